/** A PlacementDecision as text for a terminal: a headline, a row per cluster, and why the others were not chosen. */

import { byCodeUnits } from '../../../../constructs/model/canonical';
import type {
  AppDecision,
  ClusterDecision,
  PlacementDecision,
  RejectionGroup,
} from '../../../../constructs/model/decision';
import { counted, grouped, threeDigits, usd } from '../../../../constructs/model/numbers';
import {
  type Rejection,
  rejectedCount,
  rejectionAt,
  rejectionGroupsOf,
} from '../../../../constructs/model/rejections';
import { costPhrase, latencyPhrase, proof, servedBy } from '../../../../constructs/placement';
import { listed } from '../alike';
import { cells, columns, hanging, wrap } from '../layout';
import type { Paint } from '../terminal';

/** How a decision is shown. */
export interface View {
  readonly paint: Paint;
  readonly width: number;
  /** Clusters of the fleet, for `5 of 34`. Default: all that the decision names. */
  readonly fleetSize?: number;
}

/** The whole decision; ends with a line break. */
export function decisionText(decision: PlacementDecision, view: View): string {
  const apps = decision.apps.flatMap((app) => [...appLines(decision, app, view), '']);
  const all = decision.apps.length > 1 ? [...totalLines(decision, view), ''] : [];
  return [...apps, ...all, ...limitLines(decision, view)].join('\n').replace(/\n*$/, '\n');
}

/** How many clusters there are to choose from. */
export function fleetSizeOf(
  decision: PlacementDecision,
  app: AppDecision,
  known: number | undefined,
): number {
  return known ?? app.clusters.length + rejectedCount(decision, app);
}

/** Biggest first, then by name. */
export function bySize(app: AppDecision): readonly ClusterDecision[] {
  return [...app.clusters].sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1),
  );
}

/** The least informative reasons: the cluster did not fit, or was not needed. */
const lastRules = ['maxClusters', 'objective'];

/** The rejections of one rule. */
export interface RejectedByRule {
  readonly rule: string;
  readonly groups: readonly RejectionGroup[];
  readonly count: number;
}

/** Rejections by rule: rules that refuse something first, what was merely not needed last. */
export function rejectionsByRule(decision: PlacementDecision, app: AppDecision): RejectedByRule[] {
  const rules = new Map<string, RejectionGroup[]>();
  for (const group of rejectionGroupsOf(decision, app)) {
    const known = rules.get(group.rule);
    if (known === undefined) rules.set(group.rule, [group]);
    else known.push(group);
  }
  const rank = ({ rule }: RejectedByRule) => lastRules.indexOf(rule);
  return [...rules]
    .map(([rule, groups]) => ({
      rule,
      groups,
      count: groups.reduce((sum, { clusters }) => sum + clusters.length, 0),
    }))
    .sort((a, b) => rank(a) - rank(b) || b.count - a.count || (a.rule < b.rule ? -1 : 1));
}

function appLines(decision: PlacementDecision, app: AppDecision, view: View): string[] {
  if (!app.satisfied) return [...conflictLines(app, view), ...warningLines(app, view)];
  return [
    ...headlineOf(decision, app, view),
    '',
    ...clusterLines(app, view),
    ...rejectedLines(rejectionsByRule(decision, app), view),
    ...warningLines(app, view),
  ];
}

/** One app in one line (more when it is narrow): how many clusters, how much, how fast, for how much, how good. */
export function headlineOf(
  decision: PlacementDecision,
  app: AppDecision,
  { paint, width, fleetSize }: View,
): string[] {
  const served = servedBy(app);
  const segments = [
    paint('bold', app.app),
    `${app.clusters.length} of ${counted(fleetSizeOf(decision, app, fleetSize), 'cluster')}`,
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

function rejectedLines(byRule: readonly RejectedByRule[], view: View): string[] {
  const [first] = byRule;
  if (first === undefined) return [];
  const all = byRule.reduce((sum, { count }) => sum + count, 0);
  const rows = byRule.slice(0, mostRules).map(({ rule, groups, count }) => {
    const { name, reason, others } = exampleOf(groups);
    const rest = count === 1 ? '' : `; also ${listed(others, count - 1)}`;
    return [
      view.paint('dim', rule),
      grouped(count),
      `${view.paint('bold', name)}: ${reason}${rest}`,
    ];
  });
  const more = byRule.length - rows.length;
  const { name } = exampleOf(first.groups);
  return [
    '',
    `  not chosen: ${grouped(all)}${view.paint('dim', `   (littoral explain ${name} says more)`)}`,
    ...columns(rows, view.width, ['left', 'right']),
    ...(more > 0 ? [`  and ${counted(more, 'more rule')}`] : []),
  ];
}

/** The first cluster by name with its sentence, and some that come next. */
function exampleOf(groups: readonly RejectionGroup[]) {
  const heads = groups
    .flatMap((group) => group.clusters.slice(0, 6).map((_, at) => rejectionAt(group, at)))
    .sort((a, b) => byCodeUnits(a.name, b.name));
  const [{ name, reason }, ...next] = heads as [Rejection, ...Rejection[]];
  return { name, reason, others: next.map((one) => one.name) };
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
