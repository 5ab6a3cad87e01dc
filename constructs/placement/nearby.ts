/**
 * Candidate lists from geography: where all pairs are too many to look at, only those of clusters near each origin are.
 * Origins are gathered in small groups (a k-d tree, Bentley, CACM 18, 1975); a cluster among the `length` nearest of any
 * origin of a group is no farther from the group's centre than its `length`-th nearest there plus twice its radius.
 * Work: groups times clusters, plus origins times a few lengths.
 */
import { type Lists, smallest } from './solver/lists';
import type { Sphere } from './sphere';

/** What lists are made from. */
export interface Neighbourhood {
  readonly sphere: Sphere;
  /** By origin: which of `members` it may be served by, as far as its own attributes say. */
  readonly kind: Int32Array;
  /** By kind: the clusters, ascending. */
  readonly members: readonly Int32Array[];
  /** Cost of all of an origin at a cluster; Infinity where it is not legal. */
  readonly cost: (cluster: number, origin: number) => number;
  /** No pair of the origin that is at least so many kilometres long costs less, but for those in `extra`. */
  readonly leastBeyond: (origin: number, kilometers: number) => number;
  /** By origin: clusters whose cost does not follow from distance. */
  readonly extra: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** Origins of one group. */
const GROUP = 64;

/** Lists of about the `length` nearest clusters of every origin. */
export function nearbyLists(around: Neighbourhood, length: number): Lists {
  const { sphere, extra } = around;
  const { origins, clusters } = sphere;
  const near = new Near(around, length);
  const counts = new Int32Array(clusters + 1);
  near.forEachPair((cluster) => {
    counts[cluster + 1]++;
  });
  for (const there of extra.values()) for (const cluster of there.keys()) counts[cluster + 1]++;
  for (let cluster = 0; cluster < clusters; cluster++) counts[cluster + 1] += counts[cluster];
  const at = counts.slice();
  const origin = new Int32Array(counts[clusters]);
  const cost = new Float64Array(counts[clusters]);
  const add = (cluster: number, u: number) => {
    const k = at[cluster]++;
    origin[k] = u;
    cost[k] = around.cost(cluster, u);
  };
  near.forEachPair((cluster, u) => {
    if (extra.get(u)?.has(cluster)) origin[at[cluster]++] = -1;
    else add(cluster, u);
  });
  for (const [u, there] of extra) for (const cluster of there.keys()) add(cluster, u);
  const cap = Float64Array.from(near.reach, (kilometers, u) => around.leastBeyond(u, kilometers));
  return legalOnly({ origins, clusters, start: counts, origin, cost, cap });
}

/** Without pairs that are not legal or came twice. */
function legalOnly(lists: Lists): Lists {
  const start = new Int32Array(lists.start.length);
  let at = 0;
  for (let cluster = 0; cluster < lists.clusters; cluster++) {
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      if (lists.origin[k] < 0 || lists.cost[k] === Number.POSITIVE_INFINITY) continue;
      lists.origin[at] = lists.origin[k];
      lists.cost[at++] = lists.cost[k];
    }
    start[cluster + 1] = at;
  }
  return {
    ...lists,
    start,
    origin: lists.origin.subarray(0, at),
    cost: lists.cost.subarray(0, at),
  };
}

class Near {
  /** By origin: kilometres to the last cluster on its list; Infinity when all of its kind are on it. */
  readonly reach: Float64Array;
  /** By origin: squared chord up to which clusters are on its list. */
  private readonly most: Float64Array;
  private readonly order: Int32Array;
  /** Groups: kind, first and end in `order`, and the clusters to look at. */
  private readonly groups: {
    readonly kind: number;
    readonly from: number;
    readonly to: number;
    readonly candidates: Int32Array;
  }[] = [];
  private readonly scratch: Float64Array;

  constructor(
    private readonly around: Neighbourhood,
    private readonly length: number,
  ) {
    const { sphere, kind, members } = around;
    this.reach = new Float64Array(sphere.origins).fill(Number.POSITIVE_INFINITY);
    this.most = new Float64Array(sphere.origins).fill(Number.POSITIVE_INFINITY);
    this.scratch = new Float64Array(sphere.clusters);
    this.order = new Int32Array(sphere.origins);
    let from = 0;
    for (let k = 0; k < members.length; k++) {
      let to = from;
      for (let u = 0; u < sphere.origins; u++) if (kind[u] === k) this.order[to++] = u;
      this.divide(k, from, to);
      from = to;
    }
  }

  /** Visits the pairs on the lists, group by group. */
  forEachPair(visit: (cluster: number, origin: number) => void): void {
    const { sphere } = this.around;
    for (const { from, to, candidates } of this.groups) {
      for (let i = from; i < to; i++) {
        const u = this.order[i];
        for (let j = 0; j < candidates.length; j++) {
          if (sphere.squaredChord(candidates[j], u) <= this.most[u]) visit(candidates[j], u);
        }
      }
    }
  }

  /** Halves along the widest coordinate until groups are small. */
  private divide(kind: number, from: number, to: number): void {
    if (to <= from) return;
    if (to - from <= GROUP) {
      this.gather(kind, from, to);
      return;
    }
    const middle = (from + to) >> 1;
    this.partition(this.widest(from, to), from, to - 1, middle);
    this.divide(kind, from, middle);
    this.divide(kind, middle, to);
  }

  private widest(from: number, to: number): number {
    const { origin } = this.around.sphere;
    let [best, width] = [0, -1];
    for (let axis = 0; axis < 3; axis++) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = from; i < to; i++) {
        const x = origin[this.order[i] * 3 + axis];
        if (x < least) least = x;
        if (x > most) most = x;
      }
      if (most - least > width) [best, width] = [axis, most - least];
    }
    return best;
  }

  /** Hoare's selection on the order: what is before `rank` is no larger along the axis than what is after. */
  private partition(axis: number, from: number, to: number, rank: number): void {
    const { order } = this;
    const { origin } = this.around.sphere;
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

  private gather(kind: number, from: number, to: number): void {
    const { length, scratch, order } = this;
    const { sphere, members } = this.around;
    const all = members[kind];
    let candidates = all;
    if (all.length > length) {
      const centre = sphere.centreOf(order, from, to);
      const squares = new Float64Array(all.length);
      for (let j = 0; j < all.length; j++) squares[j] = sphere.squaredTo(centre, all[j]);
      const there = smallest(squares.slice(), 0, all.length - 1, length - 1);
      // A little more than the triangle inequality asks for, so that rounding leaves nothing out.
      const most = (Math.sqrt(there) + 2 * centre.radius) * (1 + 1e-9) + 1e-12;
      candidates = all.filter((_, j) => squares[j] <= most * most);
      for (let i = from; i < to; i++) {
        const u = order[i];
        for (let j = 0; j < candidates.length; j++) {
          scratch[j] = sphere.squaredChord(candidates[j], u);
        }
        this.most[u] = smallest(scratch, 0, candidates.length - 1, length - 1);
        this.reach[u] = sphere.kilometersOf(this.most[u]);
      }
    }
    this.groups.push({ kind, from, to, candidates });
  }
}
