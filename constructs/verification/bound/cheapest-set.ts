/** The cheapest set at what clusters are worth, of those that are left, and which clusters that settles. */
import { Sum } from '../input/exact-sum';

/** What is known of a cluster: nothing yet, that it is in every set that is left, or in none. */
export const FREE = 0;
export const IN = 1;
export const OUT = 2;

/** The cheapest set, and what follows from it. */
interface Reached {
  readonly value: number;
  /** The clusters of the cheapest set. */
  readonly taken: readonly number[];
  /** Free clusters without which, or with which, every set costs enough. */
  readonly in: readonly number[];
  readonly out: readonly number[];
}

/** Of no set at all. */
export const NOTHING_LEFT: Reached = {
  value: Number.POSITIVE_INFINITY,
  taken: [],
  in: [],
  out: [],
};

/** The least sum of worths of a set of legal size that has all clusters that are in, and none that is out. */
export function cheapest(
  state: readonly number[],
  worth: readonly number[],
  { min, max }: { readonly min: number; readonly max: number },
  paid: number,
  enough: number,
): Reached {
  const fixed = [...state.keys()].filter((cluster) => state[cluster] === IN);
  const free = [...state.keys()].filter((cluster) => state[cluster] === FREE);
  free.sort((a, b) => worth[a]! - worth[b]!);
  const [least, most] = [min - fixed.length, max - fixed.length];
  if (most < 0 || free.length < least) return NOTHING_LEFT;
  let size = Math.max(0, least);
  while (size < Math.min(most, free.length) && worth[free[size]!]! < 0) size++;
  const taken = free.slice(0, size);
  const value = total([paid, ...[...fixed, ...taken].map((cluster) => worth[cluster]!)]);
  const next = size < free.length ? worth[free[size]!]! : Number.POSITIVE_INFINITY;
  const last = size > 0 ? worth[free[size - 1]!]! : Number.NEGATIVE_INFINITY;
  // Without a taken one: one less, or the next in its place. With another: one more, or in place of the last.
  const fewer = size > least ? 0 : Number.POSITIVE_INFINITY;
  const more = size < most ? 0 : Number.POSITIVE_INFINITY;
  return {
    value,
    taken: [...fixed, ...taken],
    in: taken.filter((one) => value - worth[one]! + Math.min(fewer, next) >= enough),
    out: free.slice(size).filter((one) => value + worth[one]! + Math.min(more, -last) >= enough),
  };
}

/** The sum, with what rounding loses added back. */
export function total(terms: Iterable<number>): number {
  const sum = new Sum();
  for (const term of terms) sum.add(term);
  return sum.value;
}
