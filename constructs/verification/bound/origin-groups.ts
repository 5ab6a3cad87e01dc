/**
 * Groves: origins that stand close together, looked at as one where there are too many pairs to look at each. A cluster that none of
 * a grove pays for is passed over at once. One that is far from it, and cheap enough for all of it, is taken to serve its middle:
 * the weighted mean lies within the sphere, and both chords and the arcs over them are convex, so that all of it costs no less.
 */
import { EARTH_RADIUS_KILOMETERS } from '../../model/geography';
import { arcSine, sine } from '../../model/trigonometry';
import type { Facts } from '../input/app-facts';
import { Sum } from '../input/exact-sum';
import { vectorsOf } from '../input/near-clusters';

/** Origins of one grove, about. */
const MEMBERS = 16;
/** Degrees of latitude and longitude that a grove may span, the widest first. */
const WIDTHS = [8, 4, 2, 1, 0.5, 0.25, 0.125];
/** A grove is far when its radius is at most this share of the distance, which is then off by half of its square at the most. */
const FAR = 0.1;
/** What rounding may take from a bound, as a share of it. */
const MARGIN = 1e-9;

interface Grove {
  readonly members: readonly number[];
  /** [x, y, z, radius]: the weighted mean, and the longest chord from there to a member. */
  readonly middle: readonly [number, number, number, number];
  readonly requestsPerSecond: number;
}

/** What origins pay, by origin for all of it, and the rent of a request/s at each cluster. */
export interface Offer {
  readonly prices: Float64Array;
  readonly rent: readonly number[];
}

/** The origins of one app in groves; costs have to follow from distance. */
export class Groves {
  private readonly groves: readonly Grove[];
  private readonly from: Float64Array;
  private readonly to: Float64Array;

  constructor(private readonly facts: Facts) {
    const { origins, clusters } = facts;
    this.from = vectorsOf(origins);
    this.to = vectorsOf(clusters);
    this.groves = gathered(facts).map((members) => this.grove(members));
  }

  /** By cluster that is asked: the sum of what origins pay less than they cost there, or somewhat less than that sum. */
  atLeast(asked: readonly number[], offer: Offer): Float64Array {
    return this.sums(asked, offer, FAR);
  }

  /** The sum itself. */
  exactly(asked: readonly number[], offer: Offer): Float64Array {
    return this.sums(asked, offer, 0);
  }

  private sums(asked: readonly number[], { prices, rent }: Offer, far: number): Float64Array {
    const { facts, to } = this;
    const { slope, flat } = facts.pairs.line;
    const sums = asked.map(() => new Sum());
    const fixed = Float64Array.from(asked, (cluster) => flat[cluster]! + rent[cluster]!);
    const leastFixed = fixed.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    for (const { members, middle, requestsPerSecond } of this.groves) {
      const [x, y, z, radius] = middle;
      const { least, most, sum } = this.paid(members, prices);
      const reach = chordFor(most - leastFixed, slope) + radius;
      for (let i = 0; i < asked.length; i++) {
        const at = asked[i]! * 3;
        const [a, b, c] = [to[at]! - x, to[at + 1]! - y, to[at + 2]! - z];
        const square = a * a + b * b + c * c;
        if (square > reach * reach || !facts.pairs.isAllowed(members[0]!, asked[i]!)) continue;
        const chord = Math.sqrt(square);
        const isFar = radius <= far * chord;
        if (isFar && slope * kilometersOf(chord + radius) + fixed[i]! < least) {
          sums[i]!.add(requestsPerSecond * (slope * kilometersOf(chord) + fixed[i]!) - sum);
        } else this.each(members, asked[i]!, prices, rent[asked[i]!]!, sums[i]!);
      }
    }
    return Float64Array.from(sums, (one) => one.value);
  }

  private each(
    members: readonly number[],
    cluster: number,
    prices: Float64Array,
    rent: number,
    into: Sum,
  ): void {
    const { origins, pairs } = this.facts;
    for (const origin of members) {
      const cost = (pairs.cost(origin, cluster) + rent) * origins[origin]!.requestsPerSecond;
      if (cost < prices[origin]!) into.add(cost - prices[origin]!);
    }
  }

  private paid(members: readonly number[], prices: Float64Array) {
    let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (const origin of members) {
      const price = prices[origin]!;
      const each = price / this.facts.origins[origin]!.requestsPerSecond;
      least = Math.min(least, each);
      most = Math.max(most, each);
      sum += price;
    }
    return { least, most, sum };
  }

  private grove(members: readonly number[]): Grove {
    const { from, facts } = this;
    const mean: [number, number, number] = [0, 0, 0];
    let requestsPerSecond = 0;
    for (const origin of members) {
      const weight = facts.origins[origin]!.requestsPerSecond;
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

/** By squares of degrees, as wide as leaves few enough in each; who may be served elsewhere stands elsewhere. */
function gathered({ origins, pairs }: Facts): readonly number[][] {
  let groves = new Map<string, number[]>();
  for (const width of WIDTHS) {
    groves = new Map();
    for (const [origin, { latitude, longitude }] of origins.entries()) {
      const square = `${Math.floor(latitude / width)} ${Math.floor(longitude / width)}`;
      const key = `${square} ${pairs.rulesOf(origin)}`;
      const there = groves.get(key);
      if (there === undefined) groves.set(key, [origin]);
      else there.push(origin);
    }
    if (groves.size * MEMBERS >= origins.length) break;
  }
  return [...groves.values()];
}

function kilometersOf(chord: number): number {
  return 2 * EARTH_RADIUS_KILOMETERS * arcSine(Math.min(1, chord / 2));
}

/** The chord over which a request/s costs so much. */
function chordFor(cost: number, slope: number): number {
  if (cost <= 0) return 0;
  const half = cost / slope / (2 * EARTH_RADIUS_KILOMETERS);
  return half >= Math.PI / 2 ? Number.POSITIVE_INFINITY : 2 * sine(half) * (1 + MARGIN) + MARGIN;
}
