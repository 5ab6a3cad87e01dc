/** Enumeration of the sets of clusters of one app or of several apps; sets with a lower bound above a limit are left out. */
import type { WorkBudget } from '../assignment/cheapest-assignment';
import type { AppInstance } from '../input/app-instance';
import { slack } from '../input/findings';
import type { Solution } from '../input/solution';
import { evaluate, isLegalSet, type RestrictedApp } from '../rules/evaluation';
import { objectiveValue } from '../rules/objective';
import { type LagrangianBound, lagrangianBound } from './lagrangian-bound';

/** The sets to enumerate. */
interface SetEnumeration {
  readonly instance: AppInstance;
  /** Sets with a lower bound above this are left out; Infinity leaves out none. */
  readonly limit: number;
  /** A unit of work is an origin looked at. */
  readonly workBudget?: WorkBudget;
  /** Returns true to stop. `lowerBound` is a lower bound of the cost of the set. */
  visit(chosen: readonly number[], lowerBound: number): boolean;
}

/** How an enumeration ended: every set was visited, the visitor stopped it, or the work budget was exhausted. */
type EnumerationEnd = 'complete' | 'stoppedByVisitor' | 'budgetExhausted';

/** The default work budget: sets and partial sets times origins. */
const MAX_WORK = 10_000_000_000;
/** About how often the evaluation of a set looks at each origin. */
const LOOKS_PER_SET = 100;
/** The largest number of least costs in memory, clusters times origins; larger instances are not enumerated. */
const MAX_COSTS_IN_MEMORY = 30_000_000;

interface Search {
  readonly enumeration: SetEnumeration;
  readonly order: readonly number[];
  readonly lagrangian: LagrangianBound;
  /** [position in order][origin]: the least cost over the clusters from there on. */
  readonly later: readonly Float64Array[];
  /** [position in order]: the sum of the negative opening costs from there on. */
  readonly gain: readonly number[];
  readonly chosen: number[];
  readonly workBudget: WorkBudget;
}

/** Visits, once each, every set within minClusters and maxClusters that has all held clusters. */
export function enumerateSets(enumeration: SetEnumeration): EnumerationEnd {
  const { instance } = enumeration;
  const free = instance.eligible.filter((cluster) => !instance.held.has(cluster));
  const held = [...instance.held];
  if (free.length * instance.origins.length > MAX_COSTS_IN_MEMORY) return 'budgetExhausted';
  const workBudget = enumeration.workBudget ?? { left: MAX_WORK };
  const lagrangian = lagrangianBound(instance, free, enumeration.limit);
  const { order } = lagrangian;
  const suffixes = suffixesOf(instance, order);
  const search = { enumeration, order, lagrangian, ...suffixes, chosen: held, workBudget };
  const none = new Float64Array(instance.origins.length).fill(Number.POSITIVE_INFINITY);
  const cheapest = held.reduce<Float64Array>(
    (best, cluster) => withCluster(instance, best, cluster),
    none,
  );
  const opened = held.reduce(
    (sum, cluster) => sum + instance.openingCost[cluster]!,
    instance.constantCost,
  );
  return descend(search, 0, cheapest, opened);
}

/** Takes the next free cluster, then leaves it; the depth is at most the number of eligible clusters. */
function descend(
  search: Search,
  position: number,
  cheapest: Float64Array,
  opened: number,
): EnumerationEnd {
  const { enumeration, order, lagrangian, chosen, workBudget } = search;
  const { instance, limit } = enumeration;
  const { minClusters, maxClusters } = instance.app.policy.constraints;
  workBudget.left -= 1;
  if (workBudget.left < 0) return 'budgetExhausted';
  const isTooLarge = chosen.length > maxClusters;
  if (isTooLarge || chosen.length + order.length - position < minClusters) return 'complete';
  const dual = lagrangian.lowerBound(chosen, position);
  if (dual > limit || dual === Number.POSITIVE_INFINITY) return 'complete';
  workBudget.left -= instance.origins.length;
  const lowerBound = Math.max(dual, closestCost(search, position, cheapest, opened));
  if (lowerBound > limit || lowerBound === Number.POSITIVE_INFINITY) return 'complete';
  if (position === order.length) {
    const sorted = [...chosen].sort((a, b) => a - b);
    return enumeration.visit(sorted, lowerBound) ? 'stoppedByVisitor' : 'complete';
  }
  const next = order[position]!;
  chosen.push(next);
  const joined = withCluster(instance, cheapest, next);
  const end = descend(search, position + 1, joined, opened + instance.openingCost[next]!);
  chosen.pop();
  return end === 'complete' ? descend(search, position + 1, cheapest, opened) : end;
}

/** A lower bound: every origin at the cheapest cluster that is taken or still free, without capacities and whole replicas. */
function closestCost(
  search: Search,
  position: number,
  cheapest: Float64Array,
  opened: number,
): number {
  const later = search.later[position]!;
  let cost = opened + search.gain[position]!;
  for (const [origin, { requestsPerSecond }] of search.enumeration.instance.origins.entries()) {
    cost += requestsPerSecond * Math.min(cheapest[origin]!, later[origin]!);
  }
  return cost;
}

function withCluster(
  instance: AppInstance,
  cheapest: Float64Array,
  cluster: number,
): Float64Array<ArrayBuffer> {
  return cheapest.map((cost, origin) => Math.min(cost, instance.pairs.cost(origin, cluster)));
}

function suffixesOf(
  instance: AppInstance,
  order: readonly number[],
): Pick<Search, 'later' | 'gain'> {
  const later: Float64Array[] = [
    new Float64Array(instance.origins.length).fill(Number.POSITIVE_INFINITY),
  ];
  const gain = [0];
  for (const cluster of [...order].reverse()) {
    later.unshift(withCluster(instance, later[0]!, cluster));
    gain.unshift(gain[0]! + Math.min(0, instance.openingCost[cluster]!));
  }
  return { later, gain };
}

/** What an enumeration found. */
interface EnumerationResult {
  /** The cheapest solution found, if its cost is not above the bound by more than rounding. */
  readonly best?: readonly Solution[];
  readonly end: EnumerationEnd;
}

/** Searches for the cheapest solution of one app, alone on the fleet, that costs at most `bound`. */
export function enumerateApp(
  restrictedApp: RestrictedApp,
  bound: number,
  /** Without one, evaluated sets count for nothing: the engine has compared as many. */
  workBudget?: WorkBudget,
): EnumerationResult {
  let best: readonly Solution[] | undefined;
  const { instance } = restrictedApp;
  const end = enumerateSets({
    instance,
    limit: bound + slack(bound),
    ...(workBudget && { workBudget }),
    visit(chosen) {
      if (workBudget !== undefined) workBudget.left -= LOOKS_PER_SET * instance.origins.length;
      best = cheaper(best, evaluate([restrictedApp], [chosen]), bound);
      return false;
    },
  });
  return { end, ...(best && { best }) };
}

/** The largest number of combinations of sets that a joint enumeration looks at. */
const MAX_COMBINATIONS = 2_000_000;

interface CandidateSet {
  readonly chosen: readonly number[];
  readonly lowerBound: number;
}

/** Searches for the cheapest solutions of all apps together that cost at most `bound` in sum. */
export function enumerateJointly(apps: readonly RestrictedApp[], bound: number): EnumerationResult {
  const candidates = apps.map(candidateSets);
  if (candidates.includes(undefined)) return { end: 'budgetExhausted' };
  const lists = candidates as readonly (readonly CandidateSet[])[];
  const rest = lists.map((_, index) =>
    lists.slice(index + 1).reduce((sum, [first]) => sum + (first?.lowerBound ?? 0), 0),
  );
  let best: readonly Solution[] | undefined;
  let left = MAX_COMBINATIONS;
  const picked: (readonly number[])[] = [];
  const descendApps = (index: number, lowerBound: number): void => {
    if (left-- <= 0) return;
    if (index === lists.length) {
      best = cheaper(best, evaluate(apps, picked), bound);
      return;
    }
    for (const candidate of lists[index]!) {
      if (lowerBound + candidate.lowerBound + rest[index]! > bound + slack(bound)) break;
      picked.push(candidate.chosen);
      descendApps(index + 1, lowerBound + candidate.lowerBound);
      picked.pop();
    }
  };
  descendApps(0, 0);
  return { end: left > 0 ? 'complete' : 'budgetExhausted', ...(best && { best }) };
}

/** Every legal set of one app, by ascending lower bound; undefined when there are too many. */
function candidateSets(restrictedApp: RestrictedApp): readonly CandidateSet[] | undefined {
  const candidates: CandidateSet[] = [];
  const end = enumerateSets({
    instance: restrictedApp.instance,
    limit: Number.POSITIVE_INFINITY,
    visit(chosen, lowerBound) {
      if (isLegalSet(restrictedApp, chosen)) candidates.push({ chosen, lowerBound });
      return false;
    },
  });
  return end === 'complete' ? candidates.sort((a, b) => a.lowerBound - b.lowerBound) : undefined;
}

function cheaper(
  best: readonly Solution[] | undefined,
  found: readonly Solution[] | undefined,
  bound: number,
): readonly Solution[] | undefined {
  if (found === undefined || jointValue(found) > bound + slack(bound)) return best;
  return best === undefined || jointValue(found) < jointValue(best) ? found : best;
}

/** The sum of the objective values of these solutions. */
export function jointValue(solutions: readonly Solution[]): number {
  return solutions.reduce(
    (sum, { instance, assignment }) => sum + objectiveValue(instance, assignment),
    0,
  );
}
