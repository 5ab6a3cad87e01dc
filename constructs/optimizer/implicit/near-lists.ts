/**
 * Candidate lists from geography, where all pairs are too many to evaluate. Origins form small groups. A cluster within some
 * distance of an origin is within that distance plus the group's radius of the group's centre.
 * Work: groups times clusters, plus the pairs on the lists a few times.
 */

import type { Sphere } from '../../model/sphere';
import { type CandidateLists, quickselect } from '../primitives/candidate-lists';
import { LIST_LENGTH_SAMPLES, ORIGINS_PER_GROUP } from '../single-app-options';
import { groupsOf } from './origin-groups';

/** What lists are made from. */
export interface PairCostsByDistance {
  readonly sphere: Sphere;
  /** By origin: which of `members` it may be served by, as far as its own attributes say. */
  readonly kind: Int32Array;
  /** By kind: the clusters, ascending. */
  readonly members: readonly Int32Array[];
  /** Cost of all of an origin at a cluster so many kilometres away; Infinity where it is not legal. */
  readonly costOver: (cluster: number, origin: number, kilometers: number) => number;
  /** No pair of the origin that is at least so many kilometres long costs less, but for those in `extra`. */
  readonly leastBeyond: (origin: number, kilometers: number) => number;
  /** By origin: clusters whose cost does not follow from distance. */
  readonly extra: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Cost of all of an origin at a cluster, one of `extra`. */
  readonly cost: (cluster: number, origin: number) => number;
}

/** How long lists are: so many clusters for every origin, or all within so many kilometres of each. */
export type Reach = number | Float64Array;

/** Lists of the given reach. */
export function nearLists(around: PairCostsByDistance, reach: Reach): CandidateLists {
  return new NearListBuilder(around, reach).lists();
}

/** About how many pairs lists within so many kilometres of each origin would have. It samples origins. */
export function pairsWithin(around: PairCostsByDistance, reach: Float64Array): number {
  const { sphere, kind, members } = around;
  const step = Math.max(1, Math.floor(sphere.origins / LIST_LENGTH_SAMPLES));
  let [found, sampled] = [0, 0];
  for (let u = 0; u < sphere.origins; u += step) {
    const squaredReach = sphere.squareOf(reach[u]);
    for (const cluster of members[kind[u]])
      if (sphere.squaredChord(cluster, u) <= squaredReach) found++;
    sampled++;
  }
  return (found / Math.max(1, sampled)) * sphere.origins;
}

/** Members `order[from..to)` and the clusters that may be near one of them. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly candidates: Int32Array;
}

class NearListBuilder {
  /** By origin: kilometres to the last cluster on its list; Infinity when all of its kind are on it. */
  private readonly reach: Float64Array;
  /** By origin: squared chord up to which clusters are on its list. */
  private readonly squaredReach: Float64Array;
  private readonly order: Int32Array;
  private readonly groups: Group[] = [];
  private readonly scratch: Float64Array;

  constructor(
    private readonly around: PairCostsByDistance,
    private readonly requestedReach: Reach,
  ) {
    const { sphere, kind, members } = around;
    this.reach = new Float64Array(sphere.origins).fill(Number.POSITIVE_INFINITY);
    this.squaredReach = new Float64Array(sphere.origins).fill(Number.POSITIVE_INFINITY);
    this.scratch = new Float64Array(sphere.clusters);
    const { order, groups } = groupsOf(sphere, kind, members.length, ORIGINS_PER_GROUP.lists);
    this.order = order;
    for (const { from, to, kind } of groups) this.addGroup(kind, from, to);
  }

  lists(): CandidateLists {
    const { extra, sphere, leastBeyond, cost: costOf } = this.around;
    const { clusters, origins } = sphere;
    const start = this.pairStarts();
    const at = start.slice();
    const origin = new Int32Array(start[clusters]);
    const cost = new Float64Array(start[clusters]);
    const hasExtra = extra.size > 0;
    for (const { from, to, candidates } of this.groups) {
      for (let i = from; i < to; i++) {
        const u = this.order[i];
        const measured = hasExtra ? extra.get(u) : undefined;
        this.fill(u, candidates, measured, at, origin, cost);
      }
    }
    for (const [u, measured] of extra) {
      for (const cluster of measured.keys()) {
        const k = at[cluster]++;
        origin[k] = u;
        cost[k] = costOf(cluster, u);
      }
    }
    const cap = Float64Array.from(this.reach, (kilometers, u) => leastBeyond(u, kilometers));
    return legalOnly({ origins, clusters, start, origin, cost, cap });
  }

  /** Where the pairs of each cluster begin, with room for those in `extra` twice. */
  private pairStarts(): Int32Array {
    const { sphere, extra } = this.around;
    const start = new Int32Array(sphere.clusters + 1);
    const { cluster: c, origin: o } = sphere;
    for (const { from, to, candidates } of this.groups) {
      for (let i = from; i < to; i++) {
        const u = this.order[i];
        const [x, y, z, squaredReach] = [
          o[u * 3],
          o[u * 3 + 1],
          o[u * 3 + 2],
          this.squaredReach[u],
        ];
        for (let j = 0; j < candidates.length; j++) {
          const at = candidates[j] * 3;
          const [a, b, d] = [c[at] - x, c[at + 1] - y, c[at + 2] - z];
          if (a * a + b * b + d * d <= squaredReach) start[candidates[j] + 1]++;
        }
      }
    }
    for (const measured of extra.values())
      for (const cluster of measured.keys()) start[cluster + 1]++;
    for (let cluster = 0; cluster < sphere.clusters; cluster++)
      start[cluster + 1] += start[cluster];
    return start;
  }

  /** The pairs of one origin; pairs in `measured` are marked and added later. */
  private fill(
    u: number,
    candidates: Int32Array,
    measured: ReadonlyMap<number, number> | undefined,
    at: Int32Array,
    origin: Int32Array,
    cost: Float64Array,
  ): void {
    const { sphere, costOver } = this.around;
    const squaredReach = this.squaredReach[u];
    for (let j = 0; j < candidates.length; j++) {
      const cluster = candidates[j];
      const square = sphere.squaredChord(cluster, u);
      if (square > squaredReach) continue;
      const k = at[cluster]++;
      origin[k] = measured?.has(cluster) ? -1 : u;
      cost[k] = costOver(cluster, u, sphere.kilometers(cluster, u));
    }
  }

  private addGroup(kind: number, from: number, to: number): void {
    const { sphere, members } = this.around;
    const all = members[kind];
    const centre = sphere.centreOf(this.order, from, to);
    const squares = Float64Array.from(all, (cluster) => sphere.squaredTo(centre, cluster));
    // A little more than the triangle inequality asks for, so that rounding leaves nothing out.
    const within = (chord: number) => {
      const squaredReach = (chord + centre.radius) * (1 + 1e-9) + 1e-12;
      return all.filter((_, j) => squares[j] <= squaredReach * squaredReach);
    };
    const candidates =
      typeof this.requestedReach === 'number'
        ? this.nearest(this.requestedReach, from, to, squares, centre.radius, within)
        : this.reached(this.requestedReach, from, to, within);
    this.groups.push({ from, to, candidates });
  }

  /** Lists of so many clusters. */
  private nearest(
    length: number,
    from: number,
    to: number,
    squares: Float64Array,
    radius: number,
    within: (chord: number) => Int32Array,
  ): Int32Array {
    const { scratch, order } = this;
    const { sphere } = this.around;
    if (squares.length <= length) return within(Number.POSITIVE_INFINITY);
    const measured = quickselect(squares.slice(), 0, squares.length - 1, length - 1);
    // That far from the centre, so that far and a radius from every origin of the group.
    const candidates = within(Math.sqrt(measured) + radius);
    for (let i = from; i < to; i++) {
      const u = order[i];
      for (let j = 0; j < candidates.length; j++) {
        scratch[j] = sphere.squaredChord(candidates[j], u);
      }
      this.squaredReach[u] = quickselect(scratch, 0, candidates.length - 1, length - 1);
      this.reach[u] = sphere.kilometersOf(this.squaredReach[u]);
    }
    return candidates;
  }

  /** Lists of all clusters within so many kilometres. */
  private reached(
    kilometers: Float64Array,
    from: number,
    to: number,
    within: (chord: number) => Int32Array,
  ): Int32Array {
    const { sphere } = this.around;
    let longest = 0;
    for (let i = from; i < to; i++) {
      const u = this.order[i];
      const squaredReach = sphere.squareOf(kilometers[u]);
      if (squaredReach >= 4) {
        longest = Number.POSITIVE_INFINITY;
        continue;
      }
      this.squaredReach[u] = squaredReach;
      this.reach[u] = sphere.kilometersOf(squaredReach);
      longest = Math.max(longest, squaredReach);
    }
    return within(Math.sqrt(longest));
  }
}

/** Without pairs that are not legal or came twice. */
function legalOnly(lists: CandidateLists): CandidateLists {
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
