/** The capacity knapsack of one cluster: an upper bound of what the origins that fit save, divisible or whole. */

/** An origin with the saving from serving it at the cluster; both numbers are positive. */
export interface KnapsackItem {
  readonly saved: number;
  readonly requestsPerSecond: number;
}

/** The largest number of partial solutions kept at a time; with more, the continuous bound is used. */
const MAX_PARTIAL_SOLUTIONS = 20_000;
/** Loads may exceed the capacity by this share. */
const CAPACITY_SHARE = 1 + 1e-8;

/** An upper bound of the saving of origins that fit together; exact for divisible origins, and for whole ones that are not too many. */
export function maximumSaving(
  origins: readonly KnapsackItem[],
  capacity: number,
  isWhole: boolean,
): number {
  const limit = capacity * CAPACITY_SHARE;
  const fitting = isWhole ? origins.filter((one) => one.requestsPerSecond <= limit) : origins;
  let [all, saved] = [0, 0];
  for (const one of fitting) {
    all += one.requestsPerSecond;
    saved += one.saved;
  }
  if (all <= limit) return saved;
  const sorted = [...fitting].sort(
    (a, b) => b.saved / b.requestsPerSecond - a.saved / a.requestsPerSecond,
  );
  const divided = continuousKnapsack(sorted, limit);
  return isWhole ? (binaryKnapsack(sorted, limit) ?? divided) : divided;
}

/** The continuous knapsack: items by saving per request/s, the last one in part. `sorted` is in that order. */
export function continuousKnapsack(
  sorted: readonly KnapsackItem[],
  capacity: number,
  from = 0,
): number {
  let [saved, left] = [0, capacity];
  for (let i = from; i < sorted.length; i++) {
    const { saved: each, requestsPerSecond } = sorted[i]!;
    if (requestsPerSecond > left) return saved + (each * left) / requestsPerSecond;
    saved += each;
    left -= requestsPerSecond;
  }
  return saved;
}

interface PartialSolution {
  readonly load: number;
  readonly saved: number;
}

/**
 * The binary knapsack by dynamic programming over undominated partial solutions (Nemhauser and Ullmann, Management Science 15,
 * 1969): one that loads no less and saves no more than another is dropped, and so is one whose continuous bound does not pass the
 * best solution. Undefined when there are too many.
 */
function binaryKnapsack(sorted: readonly KnapsackItem[], limit: number): number | undefined {
  let best = greedy(sorted, 0, { load: 0, saved: 0 }, limit);
  let partials: PartialSolution[] = [{ load: 0, saved: 0 }];
  for (const [index, one] of sorted.entries()) {
    const next: PartialSolution[] = [];
    const keep = (partial: PartialSolution) => {
      if (partial.load > limit) return;
      const last = next[next.length - 1];
      if (last !== undefined && last.saved >= partial.saved) return;
      if (partial.saved + continuousKnapsack(sorted, limit - partial.load, index + 1) <= best)
        return;
      best = Math.max(best, greedy(sorted, index + 1, partial, limit));
      next.push(partial);
    };
    for (let i = 0, j = 0; i < partials.length || j < partials.length; ) {
      const [without, start] = [partials[i], partials[j]];
      const withIt = start && {
        load: start.load + one.requestsPerSecond,
        saved: start.saved + one.saved,
      };
      if (withIt === undefined || (without !== undefined && without.load <= withIt.load)) {
        keep(without!);
        i++;
      } else {
        keep(withIt);
        j++;
      }
    }
    if (next.length > MAX_PARTIAL_SOLUTIONS) return undefined;
    partials = next;
  }
  return best;
}

/** Extends a partial solution greedily by every item that still fits. */
function greedy(
  sorted: readonly KnapsackItem[],
  from: number,
  partial: PartialSolution,
  limit: number,
): number {
  let { load, saved } = partial;
  for (let i = from; i < sorted.length; i++) {
    const one = sorted[i]!;
    if (load + one.requestsPerSecond > limit) continue;
    load += one.requestsPerSecond;
    saved += one.saved;
  }
  return saved;
}
