/** A PlacementDecision as Markdown, for the comment on a pull request. */
import { byCodeUnits } from '../../../../constructs/model/canonical';
import type { AppDecision, PlacementDecision } from '../../../../constructs/model/decision';
import { counted, percent, threeDigits } from '../../../../constructs/model/numbers';
import { rejectionAt } from '../../../../constructs/model/rejections';
import { costPhrase, latencyPhrase, proof, servedBy } from '../../../../constructs/placement';
import { bySize, fleetSizeOf, rejectionsByRule } from './decision';

/** One section per app: what changes in a table, what was not chosen folded away. */
export function decisionMarkdown(decision: PlacementDecision, fleetSize?: number): string {
  const apps = decision.apps.map((app) =>
    app.satisfied ? satisfied(decision, app, fleetSize) : unsatisfied(app),
  );
  const { inputs, engine, digest } = decision;
  const observed = inputs.observedAt === null ? '' : ` · demand of ${inputs.observedAt}`;
  const footer = `<sub>decision \`${digest.slice(0, 19)}\`${observed} · littoral ${engine.version}</sub>`;
  return `${[...apps, footer].join('\n\n')}\n`;
}

function satisfied(
  decision: PlacementDecision,
  app: AppDecision,
  fleetSize: number | undefined,
): string {
  const of = `${app.clusters.length} of ${counted(fleetSizeOf(decision, app, fleetSize), 'cluster')}`;
  const served = servedBy(app);
  const facts = [
    served > 0 ? `${threeDigits(served)} requests/s` : undefined,
    latencyPhrase(app),
    costPhrase(app),
    proof(app.objective.gap),
  ].filter((fact) => fact !== undefined);
  return [
    `### ${escaped(app.app)}: ${of}${changes(app)}`,
    facts.join(' · ').replaceAll('->', '→'),
    clusterTable(app, served),
    ...warnings(app),
    ...rejected(decision, app),
  ].join('\n\n');
}

function changes(app: AppDecision): string {
  const added = app.clusters
    .filter(({ change }) => change === 'added')
    .map(({ name }) => `+${name}`);
  const dropped = app.dropped.map(({ name }) => `−${name}`);
  if (added.length === app.clusters.length && dropped.length === 0) return '';
  const all = [...added, ...dropped];
  return all.length === 0 ? ', unchanged' : `, ${all.map(escaped).join(' ')}`;
}

function clusterTable(app: AppDecision, served: number): string {
  const chosen = bySize(app).map((cluster) => [
    `**${escaped(cluster.name)}**`,
    cluster.change,
    served > 0 ? threeDigits(cluster.requestsPerSecond) : '',
    served > 0 ? percent(cluster.requestsPerSecond / served) : '',
    String(cluster.replicas),
    escaped(cluster.reason),
  ]);
  const dropped = app.dropped.map(({ name, reason }) => [
    `~~${escaped(name)}~~`,
    'dropped',
    '',
    '',
    '',
    escaped(reason),
  ]);
  return [
    '| cluster | change | requests/s | share | replicas | why |',
    '|---|---|--:|--:|--:|---|',
    ...[...chosen, ...dropped].map(row),
  ].join('\n');
}

function warnings(app: AppDecision): string[] {
  if (app.warnings.length === 0) return [];
  return [['> [!WARNING]', ...app.warnings.map((text) => `> - ${escaped(text)}`)].join('\n')];
}

function rejected(decision: PlacementDecision, app: AppDecision): string[] {
  const rows = rejectionsByRule(decision, app).flatMap(({ rule, groups }) =>
    groups
      .flatMap((group) => group.clusters.map((_, at) => rejectionAt(group, at)))
      .sort((a, b) => byCodeUnits(a.name, b.name))
      .map(({ name, reason }) => row([escaped(name), escaped(rule), escaped(reason)])),
  );
  if (rows.length === 0) return [];
  return [
    `<details><summary>${rows.length} not chosen</summary>`,
    ['| cluster | rule | why |', '|---|---|---|', ...rows].join('\n'),
    '</details>',
  ];
}

function unsatisfied(app: AppDecision): string {
  const { conflict } = app;
  const rules = conflict?.rules.map(({ path, rule, relaxation }) =>
    row([`\`${path}\``, escaped(rule), escaped(relaxation)]),
  );
  return [
    `### ${escaped(app.app)}: no placement satisfies the policy`,
    ...(conflict === undefined ? [] : [escaped(conflict.summary)]),
    ...(rules === undefined || rules.length === 0
      ? []
      : [['| where | rule | would do |', '|---|---|---|', ...rules].join('\n')]),
    ...warnings(app),
  ].join('\n\n');
}

const row = (fields: readonly string[]) => `| ${fields.join(' | ')} |`;

/** Text that Markdown would read as something else. */
function escaped(text: string): string {
  return text
    .replaceAll('->', '→')
    .replace(/[\\`*_|<>[\]#]/g, '\\$&')
    .replace(/\s+/g, ' ');
}
