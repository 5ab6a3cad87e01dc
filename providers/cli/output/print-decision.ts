/** A PlacementDecision as text for a terminal: a headline, a row per cluster, and why the others were not chosen. */
import type {
  AppDecision,
  ClusterDecision,
  PlacementDecision,
} from '../../../constructs/model/decision';
import { counted, grouped, threeDigits, usd } from '../../../constructs/model/numbers';
import { costPhrase, latencyPhrase, proof, servedBy } from '../../../constructs/placement';
import { cells, columns, hanging, wrap } from './layout';
import type { Paint } from './terminal';

/** How a decision is shown. */
export interface View {
  readonly paint: Paint;
  readonly width: number;
  /** Clusters of the fleet, for `5 of 34`. Default: all that the decision names. */
  readonly fleetSize?: number;
}

/** The whole decision; ends with a line break. */
export function decisionText(decision: PlacementDecision, view: View): string {
  const apps = decision.apps.flatMap((app) => [...appLines(app, view), '']);
  const all = decision.apps.length > 1 ? [...totalLines(decision, view), ''] : [];
  return [...apps, ...all, ...limitLines(decision, view)].join('\n').replace(/\n*$/, '\n');
}

/** How many clusters there are to choose from. */
export function fleetSizeOf(app: AppDecision, known: number | undefined): number {
  const named = [...app.clusters, ...app.rejected].map(({ name }) => name);
  return known ?? new Set(named).size;
}

/** Biggest first, then by name. */
export function bySize(app: AppDecision): readonly ClusterDecision[] {
  return [...app.clusters].sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1),
  );
}

/** The least informative reasons: the cluster did not fit, or was not needed. */
const lastRules = ['maxClusters', 'objective'];

/** Rejections by rule: rules that refuse something first, what was merely not needed last. */
export function rejectionsByRule(app: AppDecision) {
  const dropped = new Set(app.dropped.map(({ name }) => name));
  const groups = new Map<string, AppDecision['rejected']>();
  for (const one of app.rejected) {
    if (!dropped.has(one.name)) groups.set(one.rule, [...(groups.get(one.rule) ?? []), one]);
  }
  const rank = (rule: string) => lastRules.indexOf(rule);
  return [...groups].sort(
    ([a, as], [b, bs]) => rank(a) - rank(b) || bs.length - as.length || (a < b ? -1 : 1),
  );
}

function appLines(app: AppDecision, view: View): string[] {
  if (!app.satisfied) return [...conflictLines(app, view), ...warningLines(app, view)];
  return [
    ...headlineOf(app, view),
    '',
    ...clusterLines(app, view),
    ...rejectedLines(app, view),
    ...warningLines(app, view),
  ];
}

/** One app in one line (more when it is narrow): how many clusters, how much, how fast, for how much, how good. */
export function headlineOf(app: AppDecision, { paint, width, fleetSize }: View): string[] {
  const served = servedBy(app);
  const segments = [
    paint('bold', app.app),
    `${app.clusters.length} of ${counted(fleetSizeOf(app, fleetSize), 'cluster')}`,
    served > 0 ? `${threeDigits(served)} requests/s` : undefined,
    latencyPhrase(app),
    costPhrase(app),
    paint(app.objective.gap <= 0 ? 'green' : 'yellow', proof(app.objective.gap)),
  ];
  return headline(segments, width);
}

/** Phrases side by side, broken between phrases only. */
function headline(segments: readonly (string | undefined)[], width: number): string[] {
  const lines: string[] = [];
  for (const segment of segments) {
    if (segment === undefined) continue;
    const last = lines.at(-1);
    if (last === undefined) lines.push(segment);
    else if (cells(last) + 3 + cells(segment) > width) lines.push(`  ${segment}`);
    else lines[lines.length - 1] = `${last}   ${segment}`;
  }
  return lines;
}

const changeStyles = { added: 'green', kept: 'dim', dropped: 'red' } as const;

function clusterLines(app: AppDecision, { paint, width }: View): string[] {
  const most = Math.max(...app.clusters.map((cluster) => cluster.requestsPerSecond), 0);
  const longest = width < 100 ? 8 : 12;
  const change = (word: keyof typeof changeStyles) => paint(changeStyles[word], word);
  const chosen = bySize(app).map((cluster) => [
    paint('bold', cluster.name),
    paint('cyan', bar(cluster.requestsPerSecond, most, longest)),
    most > 0 ? `${threeDigits(cluster.requestsPerSecond)}/s` : '',
    counted(cluster.replicas, 'replica'),
    change(cluster.change),
    cluster.reason,
  ]);
  const dropped = app.dropped.map(({ name, reason }) => [
    paint('bold', name),
    '',
    '',
    '',
    change('dropped'),
    reason,
  ]);
  return columns([...chosen, ...dropped], width, ['left', 'left', 'right', 'right', 'left']);
}

function bar(value: number, most: number, longest: number): string {
  if (value <= 0 || most <= 0) return '';
  return '▇'.repeat(Math.max(1, Math.round((value / most) * longest)));
}

const mostRules = 5;

function rejectedLines(app: AppDecision, view: View): string[] {
  const groups = rejectionsByRule(app);
  const [first] = groups[0]?.[1] ?? [];
  if (first === undefined) return [];
  const count = groups.reduce((sum, [, rejections]) => sum + rejections.length, 0);
  const rows = groups.slice(0, mostRules).map(([rule, rejections]) => {
    const [one] = rejections;
    const others = rejections.slice(1).map(({ name }) => name);
    const rest = others.length === 0 ? '' : `; also ${listed(others)}`;
    return [
      view.paint('dim', rule),
      grouped(rejections.length),
      `${view.paint('bold', one?.name ?? '')}: ${one?.reason ?? ''}${rest}`,
    ];
  });
  const more = groups.length - rows.length;
  return [
    '',
    `  not chosen: ${grouped(count)}${view.paint('dim', `   (littoral explain ${first.name} says more)`)}`,
    ...columns(rows, view.width, ['left', 'right']),
    ...(more > 0 ? [`  and ${counted(more, 'more rule')}`] : []),
  ];
}

/** At most four names, then how many more. */
function listed(names: readonly string[]): string {
  const shown = names.length <= 5 ? names : names.slice(0, 4);
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function warningLines(app: AppDecision, { paint, width }: View): string[] {
  if (app.warnings.length === 0) return [];
  const lead = `  ${paint('yellow', 'warning')} `;
  return ['', ...app.warnings.flatMap((text) => hanging(lead, text, width))];
}

/** Why no placement satisfies the policy, and what would. */
export function conflictLines(app: AppDecision, { paint, width }: View): string[] {
  const { conflict } = app;
  const head = `${paint('bold', app.app)}   ${paint('red', 'no placement satisfies the policy')}`;
  if (conflict === undefined) return [head];
  return [
    head,
    '',
    ...wrap(conflict.summary, width - 2).map((line) => `  ${line}`),
    ...conflict.rules.flatMap(({ path, rule, relaxation }) => [
      '',
      ...hanging(`  ${paint('bold', path)}  `, rule, width),
      ...hanging(`    ${paint('green', 'would do:')} `, relaxation, width),
    ]),
  ];
}

function totalLines({ apps, objective }: PlacementDecision, { paint, width }: View): string[] {
  const cost = apps.reduce((sum, app) => sum + app.cost.usdPerHour, 0);
  const unsatisfied = apps.filter((app) => !app.satisfied).length;
  return headline(
    [
      paint('bold', `all ${apps.length} apps`),
      unsatisfied > 0 ? paint('red', `${unsatisfied} not satisfied`) : undefined,
      cost === 0 ? undefined : `${usd(cost)} USD/h`,
      unsatisfied > 0 ? undefined : proof(objective.gap),
    ],
    width,
  );
}

/** Prices of a joint decision are estimates: with more room, sets change. */
function limitLines({ prices, certificate }: PlacementDecision, { paint, width }: View): string[] {
  const about = certificate.limitPrices === undefined ? '' : 'about ';
  const largest = [...prices].sort((a, b) => b.saves - a.saves).slice(0, 3);
  return largest.flatMap(({ cluster, resource, saves }) =>
    hanging(
      `  ${paint('yellow', 'at its limit')} `,
      `${cluster}: one more of ${resource} would lower the objective by ${about}${threeDigits(saves)}`,
      width,
    ),
  );
}
