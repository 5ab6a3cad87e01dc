/** The tree of places that a DNS system sees, with what every cluster would cost the users of each place. */
import type { AssignedDemand } from './assigned-demand';
import { type PlaceDraft, type PlaceNode, unseenCountries, withDemand } from './place-costs';
import { continentOf, countryCodes } from './places';
import type { SlotKind } from './routing-table';
import type { Keys } from './vocabularies';

/** Places, the world first, parents before children, and what the keys do not see. */
export interface PlaceTree {
  readonly nodes: readonly PlaceNode[];
  /** Requests per second of origins that count as the world because nothing says in which country they are. */
  readonly blindRequestsPerSecond: number;
  /** Countries without demand that residency allows no chosen cluster. */
  readonly unservable: readonly string[];
}

/** Builds the tree for a system with these keys. */
export function placeTree(
  demand: AssignedDemand,
  keys: Extract<Keys, { by: 'places' }>,
): PlaceTree {
  const drafts: PlaceDraft[] = [];
  const members: number[][] = [];
  const at = new Map<string, number>();
  const node = (key: string, kind: SlotKind, code: string, parent: number): number => {
    const known = at.get(key);
    if (known !== undefined) return known;
    const origins: number[] = [];
    members.push(origins);
    at.set(key, drafts.length);
    return drafts.push({ key, kind, code, parent, origins }) - 1;
  };
  const world = node('default', 'default', '', -1);
  const hasContinents = keys.levels.includes('continent');
  const countryNode = (code: string): number => {
    const continent = hasContinents ? continentOf(code) : undefined;
    const parent =
      continent === undefined
        ? world
        : node(`continent-${continent}`, 'continent', continent, world);
    return node(`country-${code}`, 'country', code, parent);
  };
  for (const code of countryCodes) countryNode(code);
  let blind = 0;
  demand.origins.forEach((origin, index) => {
    const country = demand.countries[index];
    if (country === undefined) blind += origin.requestsPerSecond;
    const inside = country === undefined ? world : countryNode(country);
    const subdivision = subdivisionOf(origin.name, country, keys);
    const smallest =
      subdivision === undefined
        ? inside
        : node(`subdivision-${subdivision}`, 'subdivision', subdivision, inside);
    members[smallest].push(index);
  });
  const parents = new Set(drafts.map(({ parent }) => parent));
  const isUnseen = (draft: PlaceDraft, index: number) =>
    draft.kind === 'country' && draft.origins.length === 0 && !parents.has(index);
  const unseen = unseenCountries(
    demand,
    drafts.filter(isUnseen).map(({ code }) => code),
  );
  return {
    nodes: drafts.map((draft, index) =>
      isUnseen(draft, index) ? unseen.withCountry(draft, draft.code) : withDemand(draft, demand),
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
