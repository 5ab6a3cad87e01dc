/** Reads the entry of one app in a decision: names become indexes, and the lists must be complete and in order. */
import type { AppDecision } from '../../model/decision';
import { setConstraints } from '../../policy';
import type { AppInstance } from './app-instance';
import { assignmentOf, type Flow } from './assignment-problem';
import { demandOf, type VerificationContext } from './context';
import { type FindingLog, TOLERANCE } from './findings';
import { checkOrder } from './order';
import { checkRejected, type RejectedList } from './rejected';
import type { Solution } from './solution';

/** The entry of one app in the decision. */
export interface AppEntry {
  readonly appDecision: AppDecision;
  /** The path of the entry, e.g. `apps[0]`. */
  readonly basePath: string;
  /** The clusters that are not chosen, with lists of other apps in place of what refers to them. */
  readonly rejected: readonly RejectedList[];
}

/** Checks that the chosen, dropped and rejected clusters are those of the fleet, each once, in order. */
export function checkClusterLists(
  { appDecision, basePath, rejected }: AppEntry,
  context: VerificationContext,
  log: FindingLog,
): void {
  const fleet = context.fleet.clusters.map(({ name }) => name);
  const isInFleet = new Set(fleet);
  const previous = context.previous?.apps.find(
    (one) => one.app === appDecision.app && one.satisfied,
  );
  const before = previous?.clusters.map(({ name }) => name) ?? [];
  const chosen = appDecision.clusters.map(({ name }) => name);
  checkOrder(chosen, `${basePath}.clusters`, log);
  for (const [index, name] of chosen.entries()) {
    if (!isInFleet.has(name))
      log.add(`${basePath}.clusters[${index}].name`, `got ${name}, which the fleet does not have`);
  }
  const isChosen = new Set(chosen);
  const dropped = appDecision.satisfied ? before.filter((name) => !isChosen.has(name)) : [];
  checkListed(appDecision.dropped, dropped, `${basePath}.dropped`, log);
  const wasChosen = new Set(before);
  const expected = fleet.filter((name) => !isChosen.has(name) && !wasChosen.has(name));
  if (appDecision.satisfied) checkRejected(rejected, expected, `${basePath}.rejected`, log);
}

/** Checks that every rejection names the rule that refuses the cluster, or a rule about sets where no rule refuses it. */
export function checkRejections(
  { appDecision, basePath, rejected }: AppEntry,
  instance: AppInstance,
  log: FindingLog,
): void {
  if (!appDecision.satisfied) {
    const refused = instance.clusters.filter(
      (_, cluster) => instance.refused[cluster] !== undefined,
    );
    const names = refused.map(({ name }) => name);
    checkRejected(rejected, names, `${basePath}.rejected`, log);
  }
  const clusters = new Map(instance.clusters.map(({ name }, cluster) => [name, cluster]));
  for (const { rule, clusters: names, path } of rejected) {
    for (const name of names) {
      const cluster = clusters.get(name);
      if (cluster === undefined) continue;
      const expected = instance.refused[cluster];
      if (expected === undefined && !setRules.has(rule))
        log.add(`${path}.rule`, `got ${rule} for ${name}, expected a rule about the set`);
      if (expected !== undefined && expected !== rule)
        log.add(`${path}.rule`, `got ${rule} for ${name}, expected ${expected}`);
    }
  }
}

/** Rules that may exclude a cluster because of the chosen set: constraints, and what is no constraint. */
const setRules: ReadonlySet<string> = new Set([
  ...setConstraints,
  'objective',
  'freeze',
  'leaveMargin',
  'maxChanges',
  'conflict',
]);

/** The solution that the assignments of the entry describe; the shares of every origin must add up to 1. */
export function readSolution(
  { appDecision, basePath }: AppEntry,
  instance: AppInstance,
  context: VerificationContext,
  log: FindingLog,
): Solution {
  const chosen = chosenOf(appDecision, instance);
  const byName = new Map(chosen.map((cluster) => [instance.clusters[cluster]!.name, cluster]));
  const flows: Flow[] = [];
  const served = new Map<string, number>();
  const origins = new Map(instance.origins.map(({ name }, index) => [name, index]));
  for (const [index, line] of appDecision.assignments.entries()) {
    const path = `${basePath}.assignments[${index}]`;
    served.set(line.origin, (served.get(line.origin) ?? 0) + line.share);
    const origin = origins.get(line.origin);
    if (origin === undefined) checkIdleOrigin(line, path, log);
    else {
      const flow = readFlow(line, origin, { instance, byName, path }, log);
      if (flow !== undefined) flows.push(flow);
    }
  }
  const expected = demandOf(context, appDecision.app)?.origins ?? [];
  checkShares({ appDecision, basePath }, expected, served, log);
  return { instance, chosen, assignment: assignmentOf(chosen, flows) };
}

/** The indexes of the chosen clusters, ascending; unknown names are left out. */
export function chosenOf(
  appDecision: AppDecision,
  instance: Pick<AppInstance, 'clusters'>,
): readonly number[] {
  const names = new Set(appDecision.clusters.map(({ name }) => name));
  return [...instance.clusters.keys()].filter((cluster) =>
    names.has(instance.clusters[cluster]!.name),
  );
}

type Line = AppDecision['assignments'][number];

/** An origin without requests is assigned to no cluster. */
function checkIdleOrigin(line: Line, path: string, log: FindingLog): void {
  log.expectSame(`${path}.cluster`, line.cluster, null);
  log.expectSame(`${path}.share`, line.share, 0);
  log.expectSame(`${path}.milliseconds`, line.milliseconds, null);
}

function readFlow(
  line: Line,
  origin: number,
  {
    instance,
    byName,
    path,
  }: { instance: AppInstance; byName: ReadonlyMap<string, number>; path: string },
  log: FindingLog,
): Flow | undefined {
  const cluster = byName.get(line.cluster ?? '');
  if (cluster === undefined) {
    log.add(`${path}.cluster`, `got ${line.cluster}, which is not chosen`);
    return undefined;
  }
  if (instance.pairs.cost(origin, cluster) === Number.POSITIVE_INFINITY) {
    log.add(`${path}.cluster`, `got ${line.cluster}, which may not serve ${line.origin}`);
  }
  if (line.share <= 0) log.add(`${path}.share`, `got ${line.share}, expected more than 0`);
  log.expectClose(
    `${path}.milliseconds`,
    line.milliseconds ?? Number.NaN,
    instance.pairs.milliseconds(origin, cluster),
  );
  return { origin, cluster, amount: line.share * instance.origins[origin]!.requestsPerSecond };
}

/** Checks that the shares of every origin add up, and that assignments are in order. */
function checkShares(
  { appDecision, basePath }: Pick<AppEntry, 'appDecision' | 'basePath'>,
  origins: readonly { readonly name: string; readonly requestsPerSecond: number }[],
  served: ReadonlyMap<string, number>,
  log: FindingLog,
): void {
  const path = `${basePath}.assignments`;
  checkOrder(
    appDecision.assignments.map(({ origin, cluster }) => `${origin}\u0000${cluster ?? ''}`),
    path,
    log,
  );
  for (const { name, requestsPerSecond } of origins) {
    const share = served.get(name);
    const expected = requestsPerSecond > 0 ? 1 : 0;
    if (share === undefined) log.add(path, `got nothing for origin ${name}, expected shares`);
    else if (Math.abs(share - expected) > TOLERANCE) {
      const first = appDecision.assignments.findIndex(({ origin }) => origin === name);
      log.add(`${path}[${first}].share`, `got ${share} of ${name} in all, expected ${expected}`);
    }
  }
  const known = new Set(origins.map(({ name }) => name));
  for (const [index, { origin }] of appDecision.assignments.entries()) {
    if (!known.has(origin))
      log.add(`${path}[${index}].origin`, `got ${origin}, which has no demand`);
  }
}

/** Checks that a list has exactly the expected names, in order. */
function checkListed(
  appDecision: readonly { readonly name: string }[],
  expected: readonly string[],
  path: string,
  log: FindingLog,
): void {
  const names = appDecision.map(({ name }) => name);
  const [isListed, isExpected] = [new Set(names), new Set(expected)];
  checkOrder(names, path, log);
  for (const [index, name] of names.entries()) {
    if (!isExpected.has(name))
      log.add(`${path}[${index}].name`, `got ${name}, which does not belong here`);
  }
  const missing = expected.filter((name) => !isListed.has(name));
  if (missing.length > 0) log.add(path, `got no entry for ${missing.join(', ')}`);
}
