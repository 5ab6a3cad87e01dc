/** The tree of places that a DNS system sees, with what every cluster would cost the users of each place. */
import type { Point } from '../model/geography';
import { Sphere } from '../model/sphere';
import type { AssignedDemand } from './assigned-demand';
import { countryCentres } from './country-centres';
import { continentCodes, continentOf, countryCodes, regionOf } from './places';
import type { SlotKind } from './routing-table';
import type { Keys } from './vocabularies';

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

/** Places, the world first, parents before children, and what the keys do not see. */
export interface PlaceTree {
  readonly nodes: readonly PlaceNode[];
  /** Requests per second of origins that count as the world because nothing says in which country they are. */
  readonly blindRequestsPerSecond: number;
  /** Countries without demand that residency allows no chosen cluster. */
  readonly unservable: readonly string[];
}

/** The country of a point, or undefined at sea. */
export type CountryOf = (point: Point) => string | undefined;

interface DraftNode {
  readonly key: string;
  readonly kind: SlotKind;
  readonly code: string;
  readonly parent: number;
  readonly origins: number[];
}

/** Builds the tree for a system with these keys. `countryOf` is used for origins that name no country. */
export function placeTree(
  demand: AssignedDemand,
  keys: Extract<Keys, { by: 'places' }>,
  countryOf: CountryOf | undefined,
): PlaceTree {
  const drafts: DraftNode[] = [
    { key: 'default', kind: 'default', code: '', parent: -1, origins: [] },
  ];
  const at = new Map([['default', 0]]);
  const node = (kind: SlotKind, code: string, parent: number): number => {
    const key = `${kind}-${code}`;
    const known = at.get(key);
    if (known !== undefined) return known;
    at.set(key, drafts.length);
    return drafts.push({ key, kind, code, parent, origins: [] }) - 1;
  };
  const hasContinents = keys.levels.includes('continent');
  const continentNode = (country: string) => {
    const continent = continentOf(country);
    return hasContinents && continent !== undefined ? node('continent', continent, 0) : 0;
  };
  if (hasContinents) for (const code of continentCodes) node('continent', code, 0);
  for (const code of countryCodes) node('country', code, continentNode(code));
  let blind = 0;
  demand.origins.forEach((origin, index) => {
    const country = origin.country ?? countryOf?.(origin);
    if (country === undefined) blind += origin.requestsPerSecond;
    const parent = country === undefined ? 0 : node('country', country, continentNode(country));
    const subdivision = subdivisionOf(origin.name, country, keys);
    drafts[
      subdivision === undefined ? parent : node('subdivision', subdivision, parent)
    ].origins.push(index);
  });
  const unseen = unseenCosts(demand, drafts);
  return {
    nodes: drafts.map((draft) =>
      draft.origins.length > 0
        ? withDemand(draft, demand)
        : (unseen.nodes.get(draft.key) ?? withoutUsers(draft, demand)),
    ),
    blindRequestsPerSecond: blind,
    unservable: unseen.unservable,
  };
}

/** An origin that is named by an ISO 3166-2 code, such as US-CA, says in which subdivision it is. */
function subdivisionOf(
  name: string,
  country: string | undefined,
  { levels, subdivisionsOf }: Extract<Keys, { by: 'places' }>,
): string | undefined {
  if (country === undefined || !levels.includes('subdivision')) return undefined;
  if (subdivisionsOf?.includes(country) === false) return undefined;
  return /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(name) && name.startsWith(`${country}-`) ? name : undefined;
}

function withoutUsers(draft: DraftNode, { clusters }: AssignedDemand): PlaceNode {
  const zeros = new Float64Array(clusters.length);
  const legal = new Uint8Array(clusters.length).fill(1);
  return { ...draft, cost: zeros, milliseconds: zeros, legal, requestsPerSecond: 0 };
}

function withDemand(draft: DraftNode, demand: AssignedDemand): PlaceNode {
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

/** Countries nobody comes from yet, as if a few users were at the centre of their people. */
function unseenCosts(demand: AssignedDemand, drafts: readonly DraftNode[]) {
  const { clusters, total } = demand;
  const weight = Math.max(total, 1) * UNSEEN_SHARE;
  const parents = new Set(drafts.map(({ parent }) => parent));
  const unseen = drafts.filter(
    (one, index) => one.kind === 'country' && one.origins.length === 0 && !parents.has(index),
  );
  const centres = unseen.map(
    ({ code }) => countryCentres.get(code) ?? { latitude: 0, longitude: 0 },
  );
  const sphere = new Sphere(clusters, centres);
  const regions = regionWords(demand);
  const unservable: string[] = [];
  const nodes = new Map<string, PlaceNode>();
  unseen.forEach((draft, index) => {
    const country = draft.code;
    const region = regions.get(country) ?? regionOf(country);
    const allowed = demand.legal({ name: '', country, region });
    const isServable = allowed.some((one) => one === 1);
    if (!isServable) unservable.push(country);
    const legal = isServable ? allowed : new Uint8Array(clusters.length).fill(1);
    const milliseconds = Float64Array.from(
      clusters,
      (_, c) => weight * demand.modelMilliseconds(sphere.kilometers(c, index)),
    );
    const cost = milliseconds.map((one, c) => (legal[c] === 1 ? one : Number.POSITIVE_INFINITY));
    nodes.set(draft.key, { ...draft, cost, milliseconds, legal, requestsPerSecond: 0 });
  });
  return { nodes, unservable };
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
