/** Where a discovered cluster is: what a person says first, then the cloud region of its nodes, then the last time. */
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
import type { Observation } from './cluster-observation';
import type { OverlayEntry } from './overlay';

/** What is known of a cluster when its place is sought. */
export interface Whereabouts {
  readonly name: string;
  readonly context: string;
  readonly entry: OverlayEntry | undefined;
  readonly known: Cluster | undefined;
  readonly observation: Observation;
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
  const { name, entry, known, observation } = whereabouts;
  const found = cloudOf(whereabouts);
  const cloud = found !== undefined && 'region' in found ? found.region : undefined;
  const city = entry?.city === undefined ? undefined : tryCity(entry.city, entry.country);
  const said = entry?.country;
  const isSaid = (one: { readonly country: string } | undefined) =>
    said === undefined || one?.country === said;
  const from = [
    entry,
    city,
    isSaid(cloud) ? cloud : undefined,
    isSaid(known) ? known : undefined,
    // A person who says another country than the nodes is not taken for one who means the nodes' coordinates.
    cloud === undefined || said === undefined ? undefined : tryCountry(said),
  ].find((one) => one?.latitude !== undefined && one.longitude !== undefined);
  const country = entry?.country ?? city?.country ?? cloud?.country ?? known?.country;
  const region =
    entry?.region ??
    (country === undefined ? undefined : tryCountry(country)?.region) ??
    known?.region;
  if (from?.latitude === undefined || from.longitude === undefined) {
    return { place: undefined, warnings: [] };
  }
  if (country === undefined || region === undefined) return { place: undefined, warnings: [] };
  const point = { latitude: from.latitude, longitude: from.longitude };
  const isCertain = found !== undefined && 'region' in found && found.isCertain;
  const provider =
    entry?.provider ??
    (observation.reachable ? observation.provider : undefined) ??
    (isCertain ? cloud?.provider : undefined);
  const isThere = cloud !== undefined && isNear(cloud, point) && cloud.country === country;
  const cityName = entry?.city ?? (isThere ? cloud.city : undefined);
  const place = {
    ...point,
    region,
    country,
    ...(cityName === undefined ? {} : { city: cityName }),
    ...(provider === undefined ? {} : { provider }),
  };
  const own = contradictionIn(place);
  return {
    place,
    warnings: [
      ...(own === undefined ? [] : [`${name}: ${own}`]),
      ...(cloud === undefined ? [] : regionDoubts(whereabouts, cloud, place)),
    ],
  };
}

/** Nodes of one region are spread over some places, and people round. */
const nearKilometers = 300;

function isNear(a: Point, b: Point): boolean {
  return kilometersBetween(a, b) <= nearKilometers;
}

/** The cloud region of the nodes; undefined where they do not say one. */
function cloudOf({ entry, observation }: Whereabouts): RegionLookup | undefined {
  if (!observation.reachable || observation.region === undefined) return undefined;
  const own = lookUpRegion(observation.region, observation.provider);
  // A person may say whose machines they are, where the nodes do not.
  return 'region' in own || entry?.provider === undefined
    ? own
    : lookUpRegion(observation.region, entry.provider);
}

/** Where the nodes say another place than the person, or than the last time. */
function regionDoubts(
  { name, entry, known }: Whereabouts,
  cloud: CloudRegion,
  place: Location,
): readonly string[] {
  const there = `its nodes are in ${cloud.code} (${cloud.city}, ${cloud.country})`;
  if (!isNear(cloud, place) || cloud.country !== place.country) {
    const said = entry === undefined ? 'the fleet of the last time' : 'the overlay';
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
  const { name, context, observation } = whereabouts;
  const found = cloudOf(whereabouts);
  const code = observation.reachable ? observation.region : undefined;
  const why = !observation.reachable
    ? `its API server cannot say (${observation.fault}: ${observation.why})`
    : code === undefined
      ? 'its nodes have no label topology.kubernetes.io/region'
      : `its nodes are in ${JSON.stringify(code)}, which is ${found !== undefined && 'why' in found ? found.why : 'no place'}`;
  const reached = name === context ? '' : `context: ${JSON.stringify(context)}, `;
  const overlay = `to clusters of the overlay file: {name: ${name}, ${reached}latitude: ..., longitude: ..., region: ..., country: ...}.`;
  return new EdgeError({
    code: 'SourceFailed',
    path: `clusters.${name}`,
    summary: `nobody knows where ${name} is: ${why}`,
    remedy: observation.reachable
      ? `Add ${overlay}`
      : `${observation.remedy} Or, to keep it in the fleet meanwhile, add ${overlay}`,
  });
}
