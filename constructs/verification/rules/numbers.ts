/** Checks the numbers of one app's entry, each computed again from its assignments. */

import { replicasFor } from '../../model/app/workload';
import type { AppDecision } from '../../model/decision';
import type { AppInstance } from '../input/app-instance';
import {
  type Assignment,
  type AssignmentProblem,
  assignmentOf,
  uncapacitatedAssignment,
} from '../input/assignment-problem';
import type { VerificationContext } from '../input/context';
import type { AppEntry } from '../input/decision-reader';
import { clocksOf } from '../input/eligibility';
import { type FindingLog, slack } from '../input/findings';
import type { Solution } from '../input/solution';
import { mostReplicas, sparesOf } from '../input/spare-replicas';
import { checkAfterLoss } from './after-loss';
import { latencyDistribution, replicasOf, termsOf, usdPerHour } from './objective';

/** Checks everything that follows from the assignments. */
export function checkNumbers(
  entry: AppEntry,
  solution: Solution,
  context: VerificationContext,
  log: FindingLog,
): void {
  checkClusters(entry, solution, context, log);
  checkAfterLoss(entry.appDecision.clusters, solution, entry.basePath, log);
  checkTerms(entry, solution, log);
  checkLatency(entry.appDecision.latency, `${entry.basePath}.latency`, solution, log);
  checkBefore(entry, solution.instance, solution, log);
}

function checkClusters(
  { appDecision, basePath }: AppEntry,
  solution: Solution,
  context: VerificationContext,
  log: FindingLog,
): void {
  const { instance, assignment } = solution;
  for (const [index, line] of appDecision.clusters.entries()) {
    const path = `${basePath}.clusters[${index}]`;
    const cluster = instance.clusters.findIndex(({ name }) => name === line.name);
    const load = assignment.load.get(cluster) ?? 0;
    log.expectClose(`${path}.requestsPerSecond`, line.requestsPerSecond, load);
    // Existing manifests without a statement on scaling run as they are: one replica, by convention.
    checkReplicas(line, path, instance, load, log);
    checkComponents(line, path, instance, load, log);
    const before = instance.previous?.clusters.find(({ name }) => name === line.name);
    log.expectSame(`${path}.change`, line.change, before === undefined ? 'added' : 'kept');
    if (instance.clusters[cluster] !== undefined) {
      const { app, previous } = instance;
      const eligibility = { app, now: context.now, previous, openTiers: 0 };
      const clocks = before === undefined ? {} : clocksOf(eligibility, instance.clusters[cluster]);
      checkClocks(line, clocks, path, log);
    }
    const since = before === undefined ? context.now : Date.parse(before.since);
    if (Date.parse(line.since) === since) continue;
    log.add(`${path}.since`, `got ${line.since}, expected ${new Date(since).toISOString()}`);
  }
}

type ClusterLine = AppDecision['clusters'][number];

/** Checks since when a cluster is silent or evicts. */
export function checkClocks(
  line: ClusterLine,
  expected: Pick<ClusterLine, 'unreachableSince' | 'evictedSince'>,
  path: string,
  log: FindingLog,
): void {
  for (const key of ['unreachableSince', 'evictedSince'] as const) {
    const [got, wanted] = [line[key], expected[key]];
    const isSame = got === wanted || Date.parse(got ?? '') === Date.parse(wanted ?? '');
    if (!isSame)
      log.add(`${path}.${key}`, `got ${got ?? 'nothing'}, expected ${wanted ?? 'nothing'}`);
  }
}

/** Replicas are those that the load needs, or those that stood before and are within the deadband. */
function checkReplicas(
  line: ClusterLine,
  path: string,
  instance: AppInstance,
  load: number,
  log: FindingLog,
): void {
  const { app } = instance;
  // Existing manifests without a statement on scaling run as they are: one replica, by convention.
  const needed = app.sizing.length === 0 ? 1 : replicasOf(instance, load);
  const spares = [...sparesOf(app, line, load).values()].reduce((sum, one) => sum + one, 0);
  log.expectSame(`${path}.spareReplicas`, line.spareReplicas ?? 0, spares);
  log.expectSame(`${path}.replicas`, line.replicas, needed + spares);
  const [only] = app.sizing;
  if (app.sizing.length !== 1 || only === undefined) return;
  const most = mostReplicas(instance, only, line.name, load);
  if (line.replicas !== needed) log.expectSame(`${path}.replicas`, line.replicas, most);
}

function checkComponents(
  line: ClusterLine,
  path: string,
  instance: AppInstance,
  load: number,
  log: FindingLog,
): void {
  const { app } = instance;
  const { componentReplicas } = line;
  const expected = new Map(app.sizing.map((one) => [one.name, replicasFor(one, load)]));
  if (app.sizing.length > 1) {
    for (const one of app.sizing) {
      const got = componentReplicas?.[one.name];
      const most = mostReplicas(instance, one, line.name, load);
      const wanted = got === most ? most : expected.get(one.name);
      log.expectSame(`${path}.componentReplicas.${one.name}`, got, wanted);
    }
  }
  for (const name of Object.keys(componentReplicas ?? {})) {
    if (app.sizing.length > 1 && expected.has(name)) continue;
    log.add(`${path}.componentReplicas.${name}`, 'got a component, expected none of this name');
  }
}

/** Checks terms and value; the value is as exact as the largest term. */
function checkTerms(
  { appDecision, basePath }: AppEntry,
  { instance, assignment }: Solution,
  log: FindingLog,
): void {
  const expected = termsOf(instance, assignment);
  const path = `${basePath}.objective`;
  const scale = Math.max(0, ...[...expected.values()].map(Math.abs));
  for (const [name, term] of expected) {
    const got = appDecision.objective.terms[name];
    if (got === undefined) log.add(`${path}.terms`, `got no ${name}, expected ${term}`);
    else log.expectClose(`${path}.terms.${name}`, got, term);
  }
  for (const name of Object.keys(appDecision.objective.terms)) {
    if (!expected.has(name))
      log.add(`${path}.terms.${name}`, 'got a term, expected none of this name');
  }
  const value = [...expected.values()].reduce((sum, term) => sum + term, 0);
  log.expectClose(`${path}.value`, appDecision.objective.value, value, scale);
}

/** Checks that the gap follows from value and bound, and that the bound is not above the value. */
export function checkGap(
  { value, bound, gap }: { value: number; bound: number; gap: number },
  path: string,
  log: FindingLog,
): void {
  log.expectClose(`${path}.gap`, gap, (value - bound) / Math.max(Math.abs(value), 1));
  if (bound > value + slack(value)) {
    log.add(`${path}.bound`, `got ${bound}, expected at most the value ${value}`);
  }
}

function checkLatency(
  latency: Omit<AppDecision['latency'], 'before'>,
  path: string,
  { instance, assignment }: { instance: AppInstance; assignment: Assignment },
  log: FindingLog,
): void {
  const distribution = latencyDistribution(instance, assignment);
  log.expectClose(
    `${path}.meanMilliseconds`,
    latency.meanMilliseconds,
    distribution.meanMilliseconds,
  );
  for (const [key, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    if (distribution.isPercentile(share, latency[key])) continue;
    log.add(`${path}.${key}`, `got ${latency[key]}, expected ${distribution.percentile(share)}`);
  }
}

/** Checks latency and cost of the previous clusters with the demand of now, capacity aside. */
function checkBefore(
  { appDecision, basePath }: AppEntry,
  instance: AppInstance,
  solution: Solution,
  log: FindingLog,
): void {
  const chosen = instance.eligible.filter((cluster) => instance.before.has(cluster));
  const problem = { ...instance, chosen, ...instance.pairs };
  const assignment =
    instance.previous === undefined || chosen.length === 0
      ? undefined
      : uncapacitatedAssignment(problem);
  const { before } = appDecision.latency;
  if ((before === undefined) !== (assignment === undefined)) {
    const expected = assignment === undefined ? 'nothing' : 'the latency of the previous clusters';
    log.add(
      `${basePath}.latency${before ? '.before' : ''}`,
      `got ${before ? 'one' : 'nothing'} before, expected ${expected}`,
    );
  } else if (before !== undefined && assignment !== undefined) {
    checkLatency(before, `${basePath}.latency.before`, { instance, assignment }, log);
  }
  const usd = usdPerHour(instance, solution.assignment);
  const usdBefore =
    chosen.length === 0 ? 0 : usdPerHour(instance, assignment ?? partialAssignment(problem));
  const spare = appDecision.clusters.reduce((sum, line) => {
    const cluster = instance.clusters.find(({ name }) => name === line.name);
    return sum + (line.spareReplicas ?? 0) * (cluster?.usdPerReplicaHour ?? 0);
  }, 0);
  log.expectClose(`${basePath}.cost.usdPerHour`, appDecision.cost.usdPerHour, usd + spare);
  log.expectClose(`${basePath}.cost.delta`, appDecision.cost.delta, usd - usdBefore, usd);
}

/** Every origin at its cheapest legal cluster; origins without one are left out. */
function partialAssignment(problem: AssignmentProblem): Assignment {
  const isLegal = (origin: number) =>
    problem.chosen.some((cluster) => problem.cost(origin, cluster) < Number.POSITIVE_INFINITY);
  const served = [...problem.origins.keys()].filter(isLegal);
  const cost = (origin: number, cluster: number) => problem.cost(served[origin]!, cluster);
  const origins = served.map((origin) => problem.origins[origin]!);
  const { app, clusters, chosen } = problem;
  const flows = uncapacitatedAssignment({ app, clusters, chosen, origins, cost })?.flows ?? [];
  return assignmentOf(
    problem.chosen,
    flows.map((flow) => ({ ...flow, origin: served[flow.origin]! })),
  );
}
