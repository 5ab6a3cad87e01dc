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
  /** By cluster: added milliseconds times requests per second of what is its own; infinite where residency forbids one of them. */
  readonly cost: Float64Array;
  /** By cluster: milliseconds times requests per second of what is its own. */
  readonly milliseconds: Float64Array;
  /** By cluster, 1: all that is its own may be served there. */
  readonly legal: Uint8Array;
  /** Requests per second of its own. */
  readonly requestsPerSecond: number;
}

/** A place and the origins in it. */
export type PlaceDraft = Omit<PlaceNode, 'cost' | 'milliseconds' | 'legal' | 'requestsPerSecond'>;

/** A place with the costs of its origins; without any every cluster costs nothing. */
export function withDemand(draft: PlaceDraft, demand: AssignedDemand): PlaceNode {
  const { clusters, origins, pairs, sharesFrom, shareCluster, share } = demand;
  const cost = new Float64Array(clusters.length);
  const milliseconds = new Float64Array(clusters.length);
  const legal = new Uint8Array(clusters.length).fill(1);
  let requestsPerSecond = 0;
  for (const o of draft.origins) {
    const weight = origins[o].requestsPerSecond;
    requestsPerSecond += weight;
    const allowed = demand.legal(origins[o]);
    const [from, to] = [sharesFrom[o], sharesFrom[o + 1]];
    for (let c = 0; c < clusters.length; c++) {
      const here = pairs.millisecondsAt(c, o);
      milliseconds[c] += weight * here;
      legal[c] &= allowed[c];
      for (let s = from; s < to; s++) {
        if (shareCluster[s] === c) continue;
        const added = Math.max(0, here - pairs.millisecondsAt(shareCluster[s], o));
        cost[c] += weight * share[s] * (added + MISMATCH_MILLISECONDS);
      }
    }
  }
  for (let c = 0; c < clusters.length; c++) if (legal[c] === 0) cost[c] = Number.POSITIVE_INFINITY;
  return { ...draft, cost, milliseconds, legal, requestsPerSecond };
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
