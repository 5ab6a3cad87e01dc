/** Where a discovered cluster is: what a person says first, then its inventory, then the cloud region of its nodes, then the last time. */
import type { Cluster } from '../../../constructs/model/fleet';
import { kilometersBetween, type Point } from '../../../constructs/model/geography';
import { EdgeError } from '../../../constructs/parsing';
import { contradictionIn } from '../places/facts';
import {
  type CloudRegion,
  lookUpRegion,
  type RegionLookup,
  tryCity,
  tryCountry,
} from '../places/gazetteer';
import type { ListedPlace } from './inventories/inventory';
import type { Lead } from './lead';
import type { Observation } from './observation/cluster-observation';
import type { OverlayEntry } from './overlay';

/** What is known of a cluster when its place is sought. */
export interface Whereabouts {
  readonly name: string;
  readonly lead: Lead;
  readonly entry: OverlayEntry | undefined;
  readonly known: Cluster | undefined;
  /** None: nobody could ask it. */
  readonly observation: Observation | undefined;
}
/** A place as a Fleet document has it. */
export type Location = Pick<
  Cluster,
  'latitude' | 'longitude' | 'region' | 'country' | 'city' | 'provider'
>;

/** The place, or undefined where nobody knows it, and what contradicts it. */
export function placeOf(whereabouts: Whereabouts): {
  readonly place: Location | undefined;
  readonly warnings: readonly string[];
} {
  const { name } = whereabouts;
  const found = cloudOf(whereabouts);
  const cloud = found !== undefined && 'region' in found.lookup ? found.lookup.region : undefined;
  const place = locationOf(whereabouts, cloud);
  if (place === undefined) return { place, warnings: [] };
  const { entry, observation, lead } = whereabouts;
  const listed = lead.listed?.place;
  const isCertain = found !== undefined && 'region' in found.lookup && found.lookup.isCertain;
  const provider =
    entry?.provider ??
    (observation?.reachable === true ? observation.provider : undefined) ??
    listed?.provider ??
    (isCertain ? cloud?.provider : undefined);
  const isThere = cloud !== undefined && isNear(cloud, place) && cloud.country === place.country;
  const city = entry?.city ?? listed?.city ?? (isThere ? cloud.city : undefined);
  const whole = {
    ...place,
    ...(city === undefined ? {} : { city }),
    ...(provider === undefined ? {} : { provider }),
  };
  const own = contradictionIn(whole);
  return {
    place: whole,
    warnings: [
      ...(own === undefined ? [] : [`${name}: ${own}`]),
      ...(cloud === undefined || found === undefined
        ? []
        : regionDoubts(whereabouts, `${found.whose} ${cloud.code}`, cloud, whole)),
    ],
  };
}

/** Coordinates, country and region: each from the first that says it, in the order of the head of this file. */
function locationOf(
  { entry, known, lead }: Whereabouts,
  cloud: CloudRegion | undefined,
): Pick<Location, 'latitude' | 'longitude' | 'country' | 'region'> | undefined {
  const listed = lead.listed?.place;
  const said = entry?.country;
  const city = entry?.city === undefined ? undefined : tryCity(entry.city, said);
  const listedCity =
    listed?.city === undefined ? undefined : tryCity(listed.city, listed.country ?? said);
  const listedPoint = listedPointOf(listed, cloud, listedCity);
  const isSaid = (one: { readonly country: string } | undefined) =>
    said === undefined || one?.country === said;
  const from = [
    entry,
    city,
    ...[listedPoint, listedCity, cloud, known].filter(isSaid),
    // A person who says another country than the nodes is not taken for one who means the nodes' coordinates.
    cloud === undefined || said === undefined ? undefined : tryCountry(said),
  ].find((one) => one?.latitude !== undefined && one.longitude !== undefined);
  const country =
    said ?? [city, listedPoint, listedCity, cloud, known].find((one) => one !== undefined)?.country;
  const region =
    entry?.region ??
    listed?.region ??
    (country === undefined ? undefined : tryCountry(country)?.region) ??
    known?.region;
  if (from?.latitude === undefined || from.longitude === undefined) return undefined;
  if (country === undefined || region === undefined) return undefined;
  return { latitude: from.latitude, longitude: from.longitude, region, country };
}

/** Nodes of one region are spread over some places, and people round. */
const nearKilometers = 300;

function isNear(a: Point, b: Point): boolean {
  return kilometersBetween(a, b) <= nearKilometers;
}

/** The coordinates of an inventory; the country is theirs, else that of the same object's region or city. */
function listedPointOf(
  listed: ListedPlace | undefined,
  cloud: CloudRegion | undefined,
  city: { readonly country: string } | undefined,
): (Point & { readonly country: string }) | undefined {
  const { latitude, longitude } = listed ?? {};
  const country = listed?.country ?? city?.country ?? cloud?.country;
  if (latitude === undefined || longitude === undefined || country === undefined) return undefined;
  return { latitude, longitude, country };
}

/** A code of a cloud region: what its table says, and who says the code. */
interface RegionSaid {
  readonly code: string;
  readonly whose: string;
  readonly lookup: RegionLookup;
}

/** The cloud region of the nodes, else that of the inventory; undefined where neither says one. */
function cloudOf({ entry, observation, lead }: Whereabouts): RegionSaid | undefined {
  const seen = observation?.reachable === true ? observation : undefined;
  const listed = lead.listed?.place;
  const code = seen?.region ?? listed?.cloudRegion;
  if (code === undefined) return undefined;
  const whose = seen?.region === undefined ? `${lead.title} says` : 'its nodes are in';
  const provider = seen?.provider ?? listed?.provider;
  const own = lookUpRegion(code, provider);
  // A person may say whose machines they are, where the nodes do not.
  const lookup =
    'region' in own || entry?.provider === undefined ? own : lookUpRegion(code, entry.provider);
  return { code, whose, lookup };
}

/** Where the nodes say another place than the person, or than the last time. */
function regionDoubts(
  { name, entry, known, lead }: Whereabouts,
  saying: string,
  cloud: CloudRegion,
  place: Location,
): readonly string[] {
  const there = `${saying} (${cloud.city}, ${cloud.country})`;
  if (!isNear(cloud, place) || cloud.country !== place.country) {
    const hub = lead.listed?.place.latitude === undefined ? undefined : lead.title;
    const said = entry === undefined ? (hub ?? 'the fleet of the last time') : 'the overlay';
    return [
      `${name}: ${said} says ${place.city ?? place.country} at latitude ${place.latitude}, longitude ${place.longitude}, and ${there}; what ${said} says is taken`,
    ];
  }
  if (known === undefined || isNear(known, place)) return [];
  const before = `latitude ${known.latitude}, longitude ${known.longitude} (${known.city ?? known.country})`;
  return [`${name}: the last time it was at ${before}, and now ${there}; the new place is taken`];
}

/** The error for a cluster of which nobody knows where it is. One that cannot be read needs another remedy than coordinates. */
export function unknownPlace(whereabouts: Whereabouts): EdgeError {
  const { name, lead, observation } = whereabouts;
  const { key, listed } = lead;
  const isHidden = observation?.reachable === false;
  const reached = name === key || listed !== undefined ? '' : `context: ${JSON.stringify(key)}, `;
  const overlay = `to clusters of the overlay file: {name: ${name}, ${reached}latitude: ..., longitude: ..., region: ..., country: ...}.`;
  const label =
    listed === undefined
      ? ''
      : ` Or give ${lead.title} the annotations littoral.dev/latitude, littoral.dev/longitude and littoral.dev/country.`;
  return new EdgeError({
    code: 'SourceFailed',
    path: `clusters.${name}`,
    summary: `nobody knows where ${name} is: ${whyUnknown(whereabouts)}`,
    remedy: isHidden
      ? `${observation.remedy} Or, to keep it in the fleet meanwhile, add ${overlay}`
      : `Add ${overlay}${label}`,
  });
}

function whyUnknown(whereabouts: Whereabouts): string {
  const { observation, lead } = whereabouts;
  const found = cloudOf(whereabouts);
  if (found !== undefined) {
    const why = 'why' in found.lookup ? found.lookup.why : 'no place';
    return `${found.whose} ${JSON.stringify(found.code)}, which is ${why}`;
  }
  if (observation?.reachable === false) {
    return `its API server cannot say (${observation.fault}: ${observation.why})`;
  }
  const nodes = 'its nodes have no label topology.kubernetes.io/region';
  if (lead.listed === undefined) return nodes;
  return observation === undefined
    ? `${lead.title} does not say`
    : `${lead.title} does not say, and ${nodes}`;
}
