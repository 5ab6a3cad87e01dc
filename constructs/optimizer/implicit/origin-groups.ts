/** Origins in small groups of near ones, each of one kind: halves along the widest axis (a k-d tree, Bentley, CACM 18, 1975). */
import type { Sphere } from '../../model/sphere';

/** Members `order[from..to)` of one kind. */
export interface Group {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

/** All origins, group by group. */
export interface Grouping {
  readonly order: Int32Array;
  readonly groups: readonly Group[];
}

/** Groups of at most `most` origins; `kind` by origin, below `kinds`. */
export function groupsOf(
  { origin, origins }: Sphere,
  kind: Int32Array,
  kinds: number,
  most: number,
): Grouping {
  const order = new Int32Array(origins);
  const groups: Group[] = [];
  const divide = (k: number, from: number, to: number): void => {
    if (to <= from) return;
    if (to - from <= most) {
      groups.push({ from, to, kind: k });
      return;
    }
    const middle = (from + to) >> 1;
    partition(origin, order, widest(origin, order, from, to), from, to - 1, middle);
    divide(k, from, middle);
    divide(k, middle, to);
  };
  for (let k = 0, from = 0; k < kinds; k++) {
    let to = from;
    for (let u = 0; u < origins; u++) if (kind[u] === k) order[to++] = u;
    divide(k, from, to);
    from = to;
  }
  return { order, groups };
}

function widest(origin: Float64Array, order: Int32Array, from: number, to: number): number {
  let [best, width] = [0, -1];
  for (let axis = 0; axis < 3; axis++) {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to; i++) {
      const x = origin[order[i] * 3 + axis];
      if (x < least) least = x;
      if (x > most) most = x;
    }
    if (most - least > width) [best, width] = [axis, most - least];
  }
  return best;
}

/** Hoare's selection on the order: what is before `rank` is no larger along the axis than what is after. */
function partition(
  origin: Float64Array,
  order: Int32Array,
  axis: number,
  from: number,
  to: number,
  rank: number,
): void {
  let [low, high] = [from, to];
  while (low < high) {
    const pivot = origin[order[(low + high) >> 1] * 3 + axis];
    let [i, j] = [low, high];
    while (i <= j) {
      while (origin[order[i] * 3 + axis] < pivot) i++;
      while (origin[order[j] * 3 + axis] > pivot) j--;
      if (i > j) break;
      const swapped = order[i];
      order[i++] = order[j];
      order[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
}
