/**
 * Groups of origins that are close together, so that far clusters look at a group rather than at every pair. A cluster that no
 * origin of the group pays for is skipped. A far cluster that is cheap enough for all of the group counts as if it served the
 * weighted mean of the group: the mean lies inside the sphere, and chords and the arcs over them are convex functions, so that the
 * cost of the group is no less.
 */
import { EARTH_RADIUS_KILOMETERS } from '../../model/geography';
import { arcSine, sine } from '../../model/trigonometry';
import type { AppInstance } from '../input/app-instance';
import { unitVectors } from '../input/near-clusters';
import { CompensatedSum } from './compensated-sum';

/** The number of origins of a group that is aimed at. */
const GROUP_SIZE = 16;
/** Degrees of latitude and longitude that a group may span, the widest first. */
const WIDTHS = [8, 4, 2, 1, 0.5, 0.25, 0.125];
/** A group is far from a cluster when its radius is at most this share of the distance; the bound is then off by at most 0.5 %. */
const FAR = 0.1;
/** The relative margin that keeps bounds valid in spite of rounding. */
const MARGIN = 1e-9;

interface OriginGroup {
  readonly members: readonly number[];
  /** [x, y, z, radius]: the weighted mean of the members, and the longest chord from there to a member. */
  readonly middle: readonly [number, number, number, number];
  readonly requestsPerSecond: number;
}

/** The multipliers of origins, each for all its requests, and those of a request/s at each cluster. */
interface GroupMultipliers {
  readonly originMultipliers: Float64Array;
  readonly loadMultipliers: readonly number[];
}

/** The origins of one app in groups; the cost of every pair must follow from its distance. */
export class OriginGroups {
  private readonly groups: readonly OriginGroup[];
  private readonly from: Float64Array;
  private readonly to: Float64Array;

  constructor(private readonly instance: AppInstance) {
    const { origins, clusters } = instance;
    this.from = unitVectors(origins);
    this.to = unitVectors(clusters);
    this.groups = groupedByPlace(instance).map((members) => this.group(members));
  }

  /** By requested cluster: a lower bound of the sum over origins of min(0, cost - multiplier). */
  lowerBounds(requested: readonly number[], multipliers: GroupMultipliers): Float64Array {
    return this.sums(requested, multipliers, FAR);
  }

  /** The sum itself. */
  exact(requested: readonly number[], multipliers: GroupMultipliers): Float64Array {
    return this.sums(requested, multipliers, 0);
  }

  private sums(
    requested: readonly number[],
    { originMultipliers, loadMultipliers }: GroupMultipliers,
    far: number,
  ): Float64Array {
    const { instance, to } = this;
    const { slope, fixed: fixedCost } = instance.pairs.linearCost;
    const sums = requested.map(() => new CompensatedSum());
    const fixed = Float64Array.from(
      requested,
      (cluster) => fixedCost[cluster]! + loadMultipliers[cluster]!,
    );
    const leastFixed = fixed.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    for (const { members, middle, requestsPerSecond } of this.groups) {
      const [x, y, z, radius] = middle;
      const { least, most, sum } = this.rangeOf(members, originMultipliers);
      const reach = chordFor(most - leastFixed, slope) + radius;
      for (let i = 0; i < requested.length; i++) {
        const at = requested[i]! * 3;
        const [a, b, c] = [to[at]! - x, to[at + 1]! - y, to[at + 2]! - z];
        const square = a * a + b * b + c * c;
        if (square > reach * reach || !instance.pairs.isAllowed(members[0]!, requested[i]!))
          continue;
        const chord = Math.sqrt(square);
        const isFar = radius <= far * chord;
        if (isFar && slope * kilometersOf(chord + radius) + fixed[i]! < least) {
          sums[i]!.add(requestsPerSecond * (slope * kilometersOf(chord) + fixed[i]!) - sum);
        } else
          this.addPairs(
            members,
            requested[i]!,
            originMultipliers,
            loadMultipliers[requested[i]!]!,
            sums[i]!,
          );
      }
    }
    return Float64Array.from(sums, (one) => one.value);
  }

  /** Adds the pairs of every member by itself. */
  private addPairs(
    members: readonly number[],
    cluster: number,
    originMultipliers: Float64Array,
    loadMultipliers: number,
    into: CompensatedSum,
  ): void {
    const { origins, pairs } = this.instance;
    for (const origin of members) {
      const cost =
        (pairs.cost(origin, cluster) + loadMultipliers) * origins[origin]!.requestsPerSecond;
      if (cost < originMultipliers[origin]!) into.add(cost - originMultipliers[origin]!);
    }
  }

  /** The least and the largest multiplier per request/s, and the sum of all. */
  private rangeOf(members: readonly number[], originMultipliers: Float64Array) {
    let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const origin of members) {
      const price = originMultipliers[origin]!;
      const each = price / this.instance.origins[origin]!.requestsPerSecond;
      least = Math.min(least, each);
      most = Math.max(most, each);
      sum += price;
    }
    return { least, most, sum };
  }

  private group(members: readonly number[]): OriginGroup {
    const { from, instance } = this;
    const mean: [number, number, number] = [0, 0, 0];
    let requestsPerSecond = 0;
    for (const origin of members) {
      const weight = instance.origins[origin]!.requestsPerSecond;
      requestsPerSecond += weight;
      for (const axis of [0, 1, 2] as const) mean[axis] += weight * from[origin * 3 + axis]!;
    }
    for (const axis of [0, 1, 2] as const) mean[axis] /= requestsPerSecond;
    let square = 0;
    for (const origin of members) {
      const away = ([0, 1, 2] as const).map((axis) => from[origin * 3 + axis]! - mean[axis]);
      square = Math.max(
        square,
        away.reduce((sum, one) => sum + one * one, 0),
      );
    }
    const radius = Math.sqrt(square) * (1 + MARGIN) + MARGIN;
    return { members, middle: [...mean, radius], requestsPerSecond };
  }
}

/** Groups origins by cells of latitude and longitude and by residency rules, with the widest cells that keep groups small. */
function groupedByPlace({ origins, pairs }: AppInstance): readonly number[][] {
  let groups = new Map<string, number[]>();
  for (const width of WIDTHS) {
    groups = new Map();
    for (const [origin, { latitude, longitude }] of origins.entries()) {
      const cell = `${Math.floor(latitude / width)} ${Math.floor(longitude / width)}`;
      const key = `${cell} ${pairs.residencyKey(origin)}`;
      const there = groups.get(key);
      if (there === undefined) groups.set(key, [origin]);
      else there.push(origin);
    }
    if (groups.size * GROUP_SIZE >= origins.length) break;
  }
  return [...groups.values()];
}

function kilometersOf(chord: number): number {
  return 2 * EARTH_RADIUS_KILOMETERS * arcSine(Math.min(1, chord / 2));
}

/** The chord over which a request/s costs this much by distance. */
function chordFor(cost: number, slope: number): number {
  if (cost <= 0) return 0;
  const half = cost / slope / (2 * EARTH_RADIUS_KILOMETERS);
  return half >= Math.PI / 2 ? Number.POSITIVE_INFINITY : 2 * sine(half) * (1 + MARGIN) + MARGIN;
}
