/**
 * What all origins save at each cluster against their multipliers, where there are too many pairs to hold. Origins form groups. A
 * cluster that is far from a group and cheap enough for all of it serves the centroid instead. That lies within the sphere, and
 * chord and arc length are convex, so it costs no more than serving the members.
 * Work: groups times clusters, plus the pairs of groups that a cluster is near to or not cheap enough for.
 */

import type { Sphere } from '../../model/sphere';
import { FAR_GROUP_RATIO, ORIGINS_PER_GROUP } from '../single-app-options';
import { groupsOf } from './origin-groups';

/** Costs that follow from distance. */
export interface LinearDistanceCosts {
  readonly sphere: Sphere;
  /** By origin: requests/s. */
  readonly weight: Float64Array;
  readonly kind: Int32Array;
  /** By kind: the clusters. */
  readonly members: readonly Int32Array[];
  /** Cost of a request/s per kilometre; positive. */
  readonly slope: number;
  /** By cluster: cost of a request/s wherever it comes from. */
  readonly flat: Float64Array;
  /** Pairs whose cost does not follow from distance: origin, then cluster. */
  readonly measured: ReadonlyMap<number, ReadonlyMap<number, number>>;
  /** Cost of all of an origin so many kilometres away; Infinity where that is not legal. */
  readonly costOver: (cluster: number, origin: number, kilometers: number) => number;
  /** Cost of a pair, measured or not. */
  readonly cost: (cluster: number, origin: number) => number;
  /** True when more than the kind of an origin decides whether a pair is legal. */
  readonly isChecked: boolean;
}

/** What origins save at each cluster, and whose requests that are. */
export interface Savings {
  /** By cluster: the sum of `min(0, cost - multiplier)`. */
  readonly saved: Float64Array;
  /** By cluster: requests/s of origins that cost less than their multiplier there. */
  readonly load: Float64Array;
}

/** `atLeast` lets a far group count as one point: the savings are then at least the exact ones. */
export type Exactness = 'exact' | 'atLeast';
/** What rounding may take from a chord. */
const MARGIN = 1e-9;

/** What all origins save against these multipliers. */
export function savingsOf(
  slopes: LinearDistanceCosts,
  multipliers: Float64Array,
  exactness: Exactness,
): Savings {
  const { sphere, kind, members, measured, cost } = slopes;
  const { order, groups } = groupsOf(sphere, kind, members.length, ORIGINS_PER_GROUP.savings);
  const tally = new SavingsTally(slopes, multipliers, exactness === 'exact' || slopes.isChecked);
  for (const { from, to, kind } of groups) tally.add(order.subarray(from, to), members[kind]);
  for (const [o, measuredCosts] of measured)
    for (const c of measuredCosts.keys()) tally.take(c, o, cost(c, o));
  return { saved: tally.saved, load: tally.load };
}

/** A group with its multipliers. */
interface GroupTotals {
  readonly origins: Int32Array;
  readonly weight: number;
  readonly price: number;
  /** The weighted mean of its members, and the longest chord from there to one of them. */
  readonly middle: Float64Array;
  readonly radius: number;
  /** Smallest and largest multiplier per request/s. */
  readonly least: number;
  readonly most: number;
}

class SavingsTally {
  readonly saved: Float64Array;
  readonly load: Float64Array;
  private readonly leastFlat: number;

  constructor(
    private readonly slopes: LinearDistanceCosts,
    private readonly multipliers: Float64Array,
    private readonly isExact: boolean,
  ) {
    this.saved = new Float64Array(slopes.sphere.clusters);
    this.load = new Float64Array(slopes.sphere.clusters);
    this.leastFlat = slopes.flat.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }

  add(origins: Int32Array, clusters: Int32Array): void {
    const { middle, radius, least, most, weight, price } = this.totalsOf(origins);
    const { sphere, slope, flat, measured } = this.slopes;
    const isEach = this.isExact || (measured.size > 0 && origins.some((u) => measured.has(u)));
    const reach = this.chordOf(most - this.leastFlat) + radius;
    const [x, y, z] = middle;
    for (let j = 0; j < clusters.length; j++) {
      const c = clusters[j];
      const a = sphere.cluster[c * 3] - x;
      const b = sphere.cluster[c * 3 + 1] - y;
      const d = sphere.cluster[c * 3 + 2] - z;
      const square = a * a + b * b + d * d;
      if (square >= reach * reach) continue;
      const farthest = Math.sqrt(square) + radius;
      const isFar = !isEach && radius <= FAR_GROUP_RATIO * (farthest - radius);
      if (isFar && slope * sphere.kilometersOf(farthest * farthest) + flat[c] < least) {
        this.saved[c] += weight * (slope * sphere.kilometersOf(square) + flat[c]) - price;
        this.load[c] += weight;
      } else this.addEach(c, origins);
    }
  }

  take(cluster: number, origin: number, cost: number): void {
    if (cost >= this.multipliers[origin]) return;
    this.saved[cluster] += cost - this.multipliers[origin];
    this.load[cluster] += this.slopes.weight[origin];
  }

  private addEach(cluster: number, origins: Int32Array): void {
    const { sphere, costOver, measured } = this.slopes;
    const hasMeasured = measured.size > 0;
    for (let i = 0; i < origins.length; i++) {
      const u = origins[i];
      if (hasMeasured && measured.get(u)?.has(cluster)) continue;
      this.take(cluster, u, costOver(cluster, u, sphere.kilometers(cluster, u)));
    }
  }

  private totalsOf(origins: Int32Array): GroupTotals {
    const { sphere, weight } = this.slopes;
    const middle = new Float64Array(3);
    let [all, price, least, most, square] = [0, 0, Number.POSITIVE_INFINITY, 0, 0];
    for (const u of origins) {
      all += weight[u];
      price += this.multipliers[u];
      least = Math.min(least, this.multipliers[u] / weight[u]);
      most = Math.max(most, this.multipliers[u] / weight[u]);
      for (let axis = 0; axis < 3; axis++) middle[axis] += weight[u] * sphere.origin[u * 3 + axis];
    }
    for (let axis = 0; axis < 3; axis++) middle[axis] /= all;
    for (const u of origins) {
      const [x, y, z] = [0, 1, 2].map((axis) => middle[axis] - sphere.origin[u * 3 + axis]);
      square = Math.max(square, x * x + y * y + z * z);
    }
    const radius = Math.sqrt(square) * (1 + MARGIN) + MARGIN;
    return { origins, weight: all, price, middle, radius, least, most };
  }

  /** The chord that this much of a request/s spans. */
  private chordOf(cost: number): number {
    const { sphere, slope } = this.slopes;
    const square = cost <= 0 ? 0 : sphere.squareOf(cost / slope);
    return square >= 4 ? Number.POSITIVE_INFINITY : Math.sqrt(square) * (1 + MARGIN) + MARGIN;
  }
}
