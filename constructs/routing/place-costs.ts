/** Costs of places: what every cluster would cost the users of a place, those of the demand and those who may come. */
import type { Point } from '../model/geography';
import { Sphere } from '../model/sphere';
import type { AssignedDemand } from './assigned-demand';
import { countryCentres } from './country-centres';
import { regionOf } from './places';
import type { SlotKind } from './routing-table';

/** Requests of a country without demand, as a share of all: enough to answer it well, too few to weigh against any demand. */
const UNSEEN_SHARE = 1e-9;
/** What an answer with another cluster costs where it is no slower, in milliseconds: enough to prefer the assigned cluster. */
export const MISMATCH_MILLISECONDS = 0.001;

/** A place. What is its own is in no smaller place of the tree. */
export interface PlaceNode {
  /** Key of its slot. */
  readonly key: string;
  readonly kind: SlotKind;
  readonly code: string;
  /** Index of the place around it; -1 for the world. Always less than its own index. */
  readonly parent: number;
  /** Indexes of origins. */
  readonly origins: readonly number[];
  /** By cluster: added milliseconds times requests per second of what is its own; infinite where residency forbids one of them, and where it is not least. */
  readonly cost: Float64Array;
  /** By cluster: no more than its cost; infinite only where residency forbids it. */
  readonly atLeast: Float64Array;
  /** By cluster: about milliseconds times requests per second of what is its own, as if all were in the middle of it; never more than they are where none is measured. */
  readonly milliseconds: Float64Array;
  /** By cluster, 1: all that is its own may be served there. */
  readonly legal: Uint8Array;
  /** Requests per second of its own. */
  readonly requestsPerSecond: number;
}

/** A place and the origins in it. */
export type PlaceDraft = Omit<
  PlaceNode,
  'cost' | 'atLeast' | 'milliseconds' | 'legal' | 'requestsPerSecond'
>;

/**
 * A place with the costs of its origins; without any every cluster costs nothing. Only clusters that may cost least have
 * their cost: a cluster far from the middle of a place costs more than those that the decision assigned there. `base` is what every cluster costs the place besides.
 */
export function withDemand(
  draft: PlaceDraft,
  demand: AssignedDemand,
  base: Float64Array = new Float64Array(demand.clusters.length),
): PlaceNode {
  const { clusters } = demand;
  const node = withoutCosts(draft, demand);
  const { legal, milliseconds, requestsPerSecond } = node;
  if (draft.origins.length === 0) return { ...node, cost: base, atLeast: base };
  const cost = new Float64Array(clusters.length).fill(Number.POSITIVE_INFINITY);
  const costAt = (c: number) => base[c] + costOf(draft.origins, c, demand);
  const assigned = assignedTo(draft.origins, demand);
  for (const c of assigned) if (legal[c] === 1) cost[c] = costAt(c);
  const below = leastCosts(draft.origins, milliseconds, requestsPerSecond, demand);
  let least = Number.POSITIVE_INFINITY;
  for (const one of cost) least = Math.min(least, one);
  for (let c = 0; c < clusters.length; c++) {
    below[c] = legal[c] === 0 ? Number.POSITIVE_INFINITY : below[c] + base[c];
    if (legal[c] === 0 || assigned.has(c)) continue;
    if (below[c] > least * (1 + 1e-9) + 1e-9) continue;
    cost[c] = costAt(c);
    least = Math.min(least, cost[c]);
  }
  for (const c of assigned) below[c] = Math.min(below[c], cost[c]);
  return { ...node, cost, atLeast: below };
}

/** A place of which nobody asks what a cluster costs. */
export function withoutCosts(draft: PlaceDraft, demand: AssignedDemand): PlaceNode {
  const { clusters, origins } = demand;
  const cost = new Float64Array(0);
  const legal = new Uint8Array(clusters.length).fill(1);
  const milliseconds = new Float64Array(clusters.length);
  const node = { ...draft, cost, atLeast: cost, legal, milliseconds };
  if (draft.origins.length === 0) return { ...node, requestsPerSecond: 0 };
  const sets = new Set(draft.origins.map((o) => demand.legal(origins[o])));
  for (const allowed of sets) for (let c = 0; c < clusters.length; c++) legal[c] &= allowed[c];
  let requestsPerSecond = 0;
  for (const o of draft.origins) requestsPerSecond += origins[o].requestsPerSecond;
  const { sphere } = demand.pairs;
  const { cluster } = sphere;
  const [x, y, z] = middleOf(draft.origins, demand, requestsPerSecond);
  for (let c = 0; c < clusters.length; c++) {
    const dx = cluster[3 * c] - x;
    const dy = cluster[3 * c + 1] - y;
    const dz = cluster[3 * c + 2] - z;
    const far = sphere.kilometersOf(dx * dx + dy * dy + dz * dz);
    milliseconds[c] = requestsPerSecond * demand.modelMilliseconds(far);
  }
  return { ...node, requestsPerSecond };
}

/**
 * The mean of origins by requests, within the sphere. The length of an arc over a chord is a convex function of where it
 * ends, so a cluster is on average at least as far from origins as from their mean, by Jensen's inequality.
 */
function middleOf(
  members: readonly number[],
  { origins, pairs: { sphere } }: AssignedDemand,
  total: number,
): readonly [number, number, number] {
  let [x, y, z] = [0, 0, 0];
  for (const o of members) {
    const weight = origins[o].requestsPerSecond / total;
    x += weight * sphere.origin[3 * o];
    y += weight * sphere.origin[3 * o + 1];
    z += weight * sphere.origin[3 * o + 2];
  }
  return [x, y, z];
}

/** Added milliseconds times requests per second of these origins when one cluster answers all of them. */
export function costOf(members: readonly number[], c: number, demand: AssignedDemand): number {
  const { origins, pairs, sharesFrom, shareCluster, share, assignedMilliseconds } = demand;
  let cost = 0;
  for (const o of members) {
    const here = pairs.millisecondsAt(c, o);
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      if (shareCluster[s] === c) continue;
      const added = Math.max(0, here - assignedMilliseconds[s]) + MISMATCH_MILLISECONDS;
      cost += origins[o].requestsPerSecond * share[s] * added;
    }
  }
  return cost;
}

/** Clusters that serve some of these origins. */
function assignedTo(
  members: readonly number[],
  { sharesFrom, shareCluster }: AssignedDemand,
): ReadonlySet<number> {
  const found = new Set<number>();
  for (const o of members) {
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) found.add(shareCluster[s]);
  }
  return found;
}

/** By how much rounding may have a bound exceed what it bounds, relative: arcs over half of the Earth have the fewest digits. */
const ROUNDING = 1e-7;

/**
 * What every cluster costs at least that serves none of these origins: a mismatch each; and the latency from their
 * middle, less what the assigned clusters take. 0 for a cluster with a measured latency to one of them, of which
 * distances say nothing.
 */
function leastCosts(
  members: readonly number[],
  fromMiddle: Float64Array,
  total: number,
  { origins, pairs, sharesFrom, share, assignedMilliseconds }: AssignedDemand,
): Float64Array {
  let less = 0;
  for (const o of members) {
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      less += origins[o].requestsPerSecond * share[s] * assignedMilliseconds[s];
    }
  }
  const mismatch = total * MISMATCH_MILLISECONDS;
  const below = fromMiddle.map((one) => mismatch + Math.max(0, one * (1 - ROUNDING) - less));
  for (const o of members) for (const c of pairs.measured.get(o)?.keys() ?? []) below[c] = 0;
  return below;
}

/** Countries that nobody comes from yet, as if a few users were at the centre of their people. */
export interface UnseenCountries {
  readonly at: (country: string) => Point;
  /** The place with what a country would cost; only for countries of the list. */
  readonly withCountry: (draft: PlaceDraft, country: string) => PlaceNode;
  /** Those that residency allows no chosen cluster. */
  readonly unservable: readonly string[];
}

/** What these countries would cost. */
export function unseenCountries(
  demand: AssignedDemand,
  countries: readonly string[],
): UnseenCountries {
  const { clusters, total } = demand;
  const weight = Math.max(total, 1) * UNSEEN_SHARE;
  const at = (country: string) => countryCentres.get(country) ?? { latitude: 0, longitude: 0 };
  const sphere = new Sphere(clusters, countries.map(at));
  const positions = new Map(countries.map((country, index) => [country, index]));
  const regions = regionWords(demand);
  const legalOf = (country: string) =>
    demand.legal({ name: '', country, region: regions.get(country) ?? regionOf(country) });
  const isServable = (country: string) => legalOf(country).some((one) => one === 1);
  return {
    at,
    unservable: countries.filter((country) => !isServable(country)),
    withCountry: (draft, country) => {
      const index = positions.get(country) ?? 0;
      const legal = isServable(country)
        ? legalOf(country)
        : new Uint8Array(clusters.length).fill(1);
      const milliseconds = Float64Array.from(
        clusters,
        (_, c) => weight * demand.modelMilliseconds(sphere.kilometers(c, index)),
      );
      const cost = milliseconds.map((one, c) => (legal[c] === 1 ? one : Number.POSITIVE_INFINITY));
      return { ...draft, cost, atLeast: cost, milliseconds, legal, requestsPerSecond: 0 };
    },
  };
}

/** What the demand itself calls the region of a country, where it says so. */
function regionWords({ origins }: AssignedDemand): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const { country, region } of origins) {
    if (country !== undefined && region !== undefined && !words.has(country)) {
      words.set(country, region);
    }
  }
  return words;
}
