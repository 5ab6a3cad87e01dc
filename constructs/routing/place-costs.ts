/** Costs of places: what every cluster would cost the users of a place, those of the demand and those who may come. */
import { kilometersBetween, type Point } from '../model/geography';
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
  /** By cluster: added milliseconds times requests per second of what is its own; infinite where residency forbids one of them, and where it need not be known. */
  readonly cost: Float64Array;
  /** By cluster: about milliseconds times requests per second of what is its own, as if all were at its busiest origin. */
  readonly milliseconds: Float64Array;
  /** By cluster, 1: all that is its own may be served there. */
  readonly legal: Uint8Array;
  /** Requests per second of its own. */
  readonly requestsPerSecond: number;
}

/** A place and the origins in it. */
export type PlaceDraft = Omit<PlaceNode, 'cost' | 'milliseconds' | 'legal' | 'requestsPerSecond'>;

/**
 * A place with the costs of its origins; without any every cluster costs nothing. With `isLeastOnly` only clusters that
 * may cost least have their cost, and all others an infinite one: by the triangle inequality a cluster far from the
 * place costs more than those that the decision assigned there.
 */
export function withDemand(
  draft: PlaceDraft,
  demand: AssignedDemand,
  isLeastOnly = false,
): PlaceNode {
  const { clusters, origins } = demand;
  const cost = new Float64Array(clusters.length);
  const legal = new Uint8Array(clusters.length).fill(1);
  const milliseconds = new Float64Array(clusters.length);
  const node = { ...draft, cost, milliseconds, legal, requestsPerSecond: 0 };
  if (draft.origins.length === 0) return node;
  let requestsPerSecond = 0;
  let middle = draft.origins[0];
  const sets = new Set(draft.origins.map((o) => demand.legal(origins[o])));
  for (const allowed of sets) for (let c = 0; c < clusters.length; c++) legal[c] &= allowed[c];
  for (const o of draft.origins) {
    requestsPerSecond += origins[o].requestsPerSecond;
    if (origins[o].requestsPerSecond > origins[middle].requestsPerSecond) middle = o;
  }
  for (let c = 0; c < clusters.length; c++) {
    const far = demand.pairs.kilometersAt(c, middle);
    milliseconds[c] = requestsPerSecond * demand.modelMilliseconds(far);
  }
  cost.fill(Number.POSITIVE_INFINITY);
  const assigned = isLeastOnly ? assignedTo(draft.origins, demand) : new Set<number>();
  for (const c of assigned) if (legal[c] === 1) cost[c] = costOf(draft.origins, c, demand);
  const below = isLeastOnly
    ? leastCosts(draft.origins, middle, milliseconds, requestsPerSecond, demand)
    : undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const one of cost) least = Math.min(least, one);
  for (let c = 0; c < clusters.length; c++) {
    if (legal[c] === 0 || assigned.has(c)) continue;
    if (below !== undefined && below[c] > least * (1 + 1e-9) + 1e-9) continue;
    cost[c] = costOf(draft.origins, c, demand);
    least = Math.min(least, cost[c]);
  }
  return { ...node, requestsPerSecond };
}

/** Added milliseconds times requests per second of these origins when one cluster answers all of them. */
function costOf(members: readonly number[], c: number, demand: AssignedDemand): number {
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

/**
 * What every cluster costs at least that serves none of these origins: a mismatch each; and the latency from the middle,
 * less the way of every origin to the middle, less what the assigned clusters take. 0 for a cluster with a measured
 * latency to one of them, of which distances say nothing.
 */
function leastCosts(
  members: readonly number[],
  middle: number,
  fromMiddle: Float64Array,
  total: number,
  demand: AssignedDemand,
): Float64Array {
  const { origins, pairs, sharesFrom, share, assignedMilliseconds, modelMilliseconds } = demand;
  const perKilometer = modelMilliseconds(1) - modelMilliseconds(0);
  let less = 0;
  for (const o of members) {
    const weight = origins[o].requestsPerSecond;
    less += weight * perKilometer * kilometersBetween(origins[o], origins[middle]);
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      less += weight * share[s] * assignedMilliseconds[s];
    }
  }
  const mismatch = total * MISMATCH_MILLISECONDS;
  const below = fromMiddle.map((one) => mismatch + Math.max(0, one - less));
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
      return { ...draft, cost, milliseconds, legal, requestsPerSecond: 0 };
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
