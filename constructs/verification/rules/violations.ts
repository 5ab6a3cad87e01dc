/** The rules that a solution violates: counts, groups, distances, loads, budget, latency, cluster losses and links between apps. */
import type { Cluster } from '../../model/fleet';
import { kilometersBetween } from '../../model/geography';
import { matches } from '../../model/match';
import { cheapestAssignments } from '../assignment/cheapest-assignment';
import { type AppInstance, withDividedDemand } from '../input/app-instance';
import {
  type AssignmentProblem,
  type OtherApps,
  overloadedClusters,
} from '../input/assignment-problem';
import { slack, TOLERANCE } from '../input/findings';
import { otherAppsOf, type Solution } from '../input/solution';
import { usdPerHour } from './objective';
import { combinations } from './subsets';

/** A violated rule, and how it is violated. */
interface Violation {
  readonly rule: string;
  readonly summary: string;
}

/** The violated rules about the set of clusters alone. */
export function* setViolations(
  instance: AppInstance,
  chosen: readonly number[],
): Generator<Violation> {
  const {
    minClusters,
    maxClusters,
    mustInclude,
    mustIncludeEvery = [],
  } = instance.app.policy.constraints;
  const violation = (rule: string, summary: string): Violation => ({ rule, summary });
  if (chosen.length < minClusters || chosen.length > maxClusters) {
    const rule = chosen.length < minClusters ? 'minClusters' : 'maxClusters';
    yield violation(
      rule,
      `got ${chosen.length} clusters, expected ${minClusters} to ${maxClusters}`,
    );
  }
  for (const cluster of chosen) {
    const rule = instance.refused[cluster];
    if (rule)
      yield violation(rule, `got ${instance.clusters[cluster]!.name}, which ${rule} refuses`);
  }
  for (const [index, element] of mustInclude.entries()) {
    const count = countOf(instance, chosen, element);
    if (count >= element.count) continue;
    const summary = `got ${count} clusters that match, expected ${element.count}`;
    yield violation(`mustInclude[${index}]`, summary);
  }
  for (const [index, element] of mustIncludeEvery.entries()) {
    const missing = instance.eligible
      .filter((cluster) => matches(element, instance.clusters[cluster]!))
      .filter((cluster) => !chosen.includes(cluster));
    if (missing.length === 0) continue;
    const names = missing.map((cluster) => instance.clusters[cluster]!.name).join(', ');
    yield violation(`mustIncludeEvery[${index}]`, `got none of ${names}, expected every one`);
  }
  yield* spreadViolations(instance, chosen);
  yield* distanceViolations(instance, chosen);
}

type Inclusion = AppInstance['app']['policy']['constraints']['mustInclude'][number];

function countOf({ clusters }: AppInstance, chosen: readonly number[], element: Inclusion): number {
  return chosen.filter((cluster) => matches(element, clusters[cluster]!)).length;
}

function* spreadViolations(instance: AppInstance, chosen: readonly number[]): Generator<Violation> {
  for (const [index, spread] of instance.app.policy.constraints.spread.entries()) {
    const counts = new Map(
      instance.eligible.map((c) => [groupOf(instance.clusters[c]!, spread.by), 0]),
    );
    for (const cluster of chosen) {
      const group = groupOf(instance.clusters[cluster]!, spread.by);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const sizes = [...counts.values()];
    const used = sizes.filter((size) => size > 0).length;
    const most = Math.max(0, ...sizes);
    const skew = sizes.length === 0 ? 0 : most - Math.min(...sizes);
    const rule = `spread[${index}]`;
    const { minGroups = 0, maxGroups = used, maxPerGroup = most, maxSkew = skew } = spread;
    if (used < minGroups) yield { rule, summary: `got ${used} groups, expected ${minGroups}` };
    if (used > maxGroups) {
      yield { rule, summary: `got ${used} groups, expected at most ${maxGroups}` };
    }
    if (most > maxPerGroup) {
      yield { rule, summary: `got ${most} clusters in a group, expected at most ${maxPerGroup}` };
    }
    if (skew > maxSkew) yield { rule, summary: `got skew ${skew}, expected at most ${maxSkew}` };
  }
}

type SpreadAttribute = AppInstance['app']['policy']['constraints']['spread'][number]['by'];

/** The spread group of the cluster: its value of the attribute, or `none` when it has no such attribute. */
export function groupOf(cluster: Cluster, by: SpreadAttribute): string {
  const value =
    typeof by === 'string'
      ? cluster[by]
      : Object.hasOwn(cluster.labels, by.label)
        ? cluster.labels[by.label]
        : undefined;
  return value ?? 'none';
}

function* distanceViolations(
  { app, clusters }: AppInstance,
  chosen: readonly number[],
): Generator<Violation> {
  const { apartKilometers } = app.policy.constraints;
  if (apartKilometers === undefined) return;
  for (const [index, one] of chosen.entries()) {
    for (const other of chosen.slice(index + 1)) {
      const kilometers = kilometersBetween(clusters[one]!, clusters[other]!);
      if (kilometers >= apartKilometers * (1 - TOLERANCE)) continue;
      const pair = `${clusters[one]!.name} and ${clusters[other]!.name}`;
      const summary = `got ${pair} ${kilometers} km apart, expected at least ${apartKilometers}`;
      yield { rule: 'apartKilometers', summary };
    }
  }
}

/** The violated rules about what the chosen clusters serve. `all` are the solutions of every app, this one included. */
export function* loadViolations(
  solution: Solution,
  all: readonly Solution[],
): Generator<Violation> {
  yield* minimumLoadViolations(solution);
  yield* latencyViolations(solution);
  yield* budgetViolations(solution);
  yield* linkViolations(solution, all);
  yield* lossViolations(solution, all);
}

function* minimumLoadViolations({ instance, chosen, assignment }: Solution): Generator<Violation> {
  for (const cluster of chosen) {
    const load = assignment.load.get(cluster) ?? 0;
    const least = instance.minimumLoad[cluster]!;
    if (load >= least - slack(least)) continue;
    if (instance.exempt.has(cluster) || isExemptByCounts(instance, chosen, cluster)) continue;
    const name = instance.clusters[cluster]!.name;
    const summary = `got ${name} with ${load} requests/s, expected at least ${least}`;
    yield { rule: 'minRequestsPerSecond', summary };
  }
}

/** Whether minClusters, mustInclude or mustIncludeEvery would be broken without this one of the chosen clusters. */
export function isExemptByCounts(
  instance: AppInstance,
  chosen: readonly number[],
  cluster: number,
): boolean {
  const { minClusters, mustInclude, mustIncludeEvery = [] } = instance.app.policy.constraints;
  if (chosen.length - 1 < minClusters) return true;
  if (mustIncludeEvery.some((element) => matches(element, instance.clusters[cluster]!)))
    return true;
  return mustInclude.some((element) => {
    const without = chosen.filter((one) => one !== cluster);
    const count = countOf(instance, without, element);
    return count < element.count && countOf(instance, chosen, element) > count;
  });
}

function* latencyViolations({ instance, assignment }: Solution): Generator<Violation> {
  const { latency } = instance.app.policy.constraints;
  if (latency === undefined || instance.total === 0) return;
  const near = assignment.flows
    .filter(({ origin, cluster }) => isWithinLimit(instance, origin, cluster))
    .reduce((total, { amount }) => total + amount, 0);
  const share = near / instance.total;
  if (share >= latency.share - TOLERANCE) return;
  const summary = `got ${share} of the demand within ${latency.milliseconds} ms, expected ${latency.share}`;
  yield { rule: 'latency', summary };
}

function isWithinLimit(instance: AppInstance, origin: number, cluster: number): boolean {
  const limit = instance.app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
  return instance.pairs.milliseconds(origin, cluster) <= limit;
}

function* budgetViolations({ instance, assignment }: Solution): Generator<Violation> {
  const { budget } = instance.app.policy.constraints;
  if (budget === undefined) return;
  const load = new Map(
    [...assignment.load].map(([cluster, one]) => [cluster, one / instance.demandDivisor]),
  );
  const usd = usdPerHour(instance, { ...assignment, load });
  if (usd <= budget.usdPerHour + slack(budget.usdPerHour)) return;
  yield { rule: 'budget', summary: `got ${usd} USD/h, expected at most ${budget.usdPerHour}` };
}

function* linkViolations(
  { instance, chosen }: Solution,
  all: readonly Solution[],
): Generator<Violation> {
  const { together, apart } = instance.app.policy.constraints;
  for (const rule of ['together', 'apart'] as const) {
    for (const name of rule === 'together' ? together : apart) {
      const other = all.find((one) => one.instance.app.name === name)?.chosen;
      if (other === undefined) continue;
      const wrong = chosen.find((cluster) => other.includes(cluster) === (rule === 'apart'));
      if (wrong === undefined) continue;
      const where = rule === 'together' ? 'without' : 'with';
      yield { rule, summary: `got ${instance.clusters[wrong]!.name} ${where} ${name}` };
    }
  }
}

/** For every loss of `survive` chosen clusters, the remaining ones must be able to serve all demand. */
function* lossViolations(solution: Solution, all: readonly Solution[]): Generator<Violation> {
  const { instance, chosen } = solution;
  const { survive } = instance.app.policy.constraints;
  if (survive === 0 || instance.total === 0) return;
  const others = otherAppsOf(solution, all);
  const reduced = withDividedDemand(instance);
  for (const lost of combinations(chosen, Math.min(survive, chosen.length))) {
    if (
      canServeAll(
        reduced,
        chosen.filter((one) => !lost.includes(one)),
        others,
      )
    )
      continue;
    const names = lost.map((cluster) => instance.clusters[cluster]!.name).join(', ');
    yield {
      rule: 'survive',
      summary: `after the loss of ${names} the others do not carry everything`,
    };
  }
}

/** Whether the clusters can serve all demand and still keep the latency limit: the cost counts requests beyond the limit. */
function canServeAll(instance: AppInstance, chosen: readonly number[], others: OtherApps): boolean {
  const share = instance.app.policy.constraints.latency?.share ?? 1;
  const costBeyondLimit = (origin: number, cluster: number) => {
    if (instance.pairs.cost(origin, cluster) === Number.POSITIVE_INFINITY)
      return Number.POSITIVE_INFINITY;
    return isWithinLimit(instance, origin, cluster) ? 0 : 1;
  };
  const found = cheapestAssignments([{ ...instance, chosen, cost: costBeyondLimit }], others);
  if (found === undefined) return false;
  const outside = found[0]!.flows.filter((one) => costBeyondLimit(one.origin, one.cluster) === 1);
  const total = outside.reduce((all, { amount }) => all + amount, 0);
  return total <= (1 - share + TOLERANCE) * instance.total;
}

/** The rule that all apps share: the capacity of every cluster. */
export function* capacityViolations(
  all: readonly Solution[],
): Generator<Violation & { cluster: number }> {
  const problems: AssignmentProblem[] = all.map(({ instance, chosen }) => ({
    ...instance,
    chosen,
    cost: instance.pairs.cost,
  }));
  if (problems.length === 0) return;
  const assignments = all.map(({ assignment }) => assignment);
  for (const cluster of overloadedClusters(
    problems,
    assignments,
    all[0]!.instance.fixedApps.others,
  )) {
    const name = all[0]!.instance.clusters[cluster]!.name;
    yield { cluster, rule: 'capacity', summary: `got more on ${name} than it has room for` };
  }
}
