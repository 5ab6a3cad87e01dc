/**
 * The cheapest set of clusters at given reduced costs, and reduced-cost fixing: the clusters that are in every set below a cutoff, or
 * in none. A multiplier on the total capacity sharpens both where clusters are limited.
 */
import { compensatedSum } from './compensated-sum';

/** The state of a cluster at a step of a proof: undecided, in every remaining set, or in none. */
export const FREE = 0;
export const IN = 1;
export const OUT = 2;

/** The cheapest set, and the clusters that it fixes. */
export interface CheapestSet {
  /** A lower bound of the cost of every remaining set. */
  readonly value: number;
  /** The clusters of the cheapest set. */
  readonly taken: readonly number[];
  /** Free clusters without which every set costs the cutoff or more. */
  readonly in: readonly number[];
  /** Free clusters with which every set costs the cutoff or more. */
  readonly out: readonly number[];
}

/** The result when no set remains. */
export const NO_SET: CheapestSet = {
  value: Number.POSITIVE_INFINITY,
  taken: [],
  in: [],
  out: [],
};

/**
 * The least sum of reduced costs, plus `constant`, over the sets of legal size that have all clusters that are IN and none that is
 * OUT. Fixing a cluster costs the difference to the best exchange, so that it is decided without another search.
 */
export function cheapestSet(
  state: readonly number[],
  reducedCosts: readonly number[],
  { min, max }: { readonly min: number; readonly max: number },
  constant: number,
  cutoff: number,
): CheapestSet {
  const fixed = [...state.keys()].filter((cluster) => state[cluster] === IN);
  const free = [...state.keys()].filter((cluster) => state[cluster] === FREE);
  free.sort((a, b) => reducedCosts[a]! - reducedCosts[b]!);
  const [least, most] = [min - fixed.length, max - fixed.length];
  if (most < 0 || free.length < least) return NO_SET;
  let size = Math.max(0, least);
  while (size < Math.min(most, free.length) && reducedCosts[free[size]!]! < 0) size++;
  const taken = free.slice(0, size);
  const terms = [...fixed, ...taken].map((cluster) => reducedCosts[cluster]!);
  const value = compensatedSum([constant, ...terms]);
  const next = size < free.length ? reducedCosts[free[size]!]! : Number.POSITIVE_INFINITY;
  const last = size > 0 ? reducedCosts[free[size - 1]!]! : Number.NEGATIVE_INFINITY;
  // Without a taken cluster: one less, or the next one in its place. With another one: one more, or in place of the last.
  const fewer = size > least ? 0 : Number.POSITIVE_INFINITY;
  const more = size < most ? 0 : Number.POSITIVE_INFINITY;
  return {
    value,
    taken: [...fixed, ...taken],
    in: taken.filter((one) => value - reducedCosts[one]! + Math.min(fewer, next) >= cutoff),
    out: free
      .slice(size)
      .filter((one) => value + reducedCosts[one]! + Math.min(more, -last) >= cutoff),
  };
}

/** Reduced costs after a multiplier on the total capacity of the chosen clusters. */
interface CapacityDualized {
  readonly reducedCosts: readonly number[];
  /** The multiplier times the demand: part of the bound whatever is chosen. */
  readonly constant: number;
  /** With fewer clusters the capacity is less than the demand. */
  readonly fewestClusters: number;
}

/** Loads may exceed the capacity by this share, so that the demand counts for a little less. */
const DEMAND_SHARE = 1 - 1e-8;

/**
 * Dualizes the constraint that the chosen clusters together have capacity for all requests. Any multiplier that is not negative
 * proves a bound; the one used here is where the continuous knapsack of capacity over reduced cost reaches the demand. Undefined
 * when the remaining clusters together have too little capacity.
 */
export function dualizeTotalCapacity(
  reducedCosts: readonly number[],
  loadCapacities: readonly number[],
  total: number,
  state: readonly number[],
): CapacityDualized | undefined {
  const isIn = (cluster: number) => state[cluster] === IN;
  const isLeft = (cluster: number) => state[cluster] !== OUT;
  const demand = total * DEMAND_SHARE;
  const left = [...reducedCosts.keys()].filter(isLeft);
  const capacity = (cluster: number) => Math.min(total, loadCapacities[cluster]!);
  const fewestClusters = fewestFor(left.map(capacity), demand);
  if (fewestClusters === undefined) return undefined;
  const rate = (cluster: number) => Math.max(0, reducedCosts[cluster]!) / capacity(cluster);
  const order = left.filter((cluster) => capacity(cluster) > 0);
  const sorted = order.sort((a, b) => (isIn(a) ? 0 : rate(a)) - (isIn(b) ? 0 : rate(b)));
  let [reached, multiplier] = [0, 0];
  for (const cluster of sorted) {
    if (reached >= demand) break;
    reached += capacity(cluster);
    if (!isIn(cluster)) multiplier = rate(cluster);
  }
  return {
    reducedCosts: reducedCosts.map((one, cluster) =>
      isLeft(cluster) ? one - multiplier * capacity(cluster) : one,
    ),
    constant: multiplier * demand,
    fewestClusters,
  };
}

/** The least number of capacities that add up to the demand; undefined when all of them do not. */
function fewestFor(capacities: readonly number[], demand: number): number | undefined {
  let reached = 0;
  const sorted = [...capacities].sort((a, b) => b - a);
  for (const [index, one] of sorted.entries()) {
    if (reached >= demand) return index;
    reached += one;
  }
  return reached >= demand ? sorted.length : undefined;
}
