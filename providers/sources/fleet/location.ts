/** Where a discovered cluster is: what a person says first, then the cloud region of its nodes, then the last time. */
import type { Cluster } from '../../../constructs/model/fleet';
import { EdgeError } from '../../../constructs/parsing';
import { tryCity, tryCloudRegion, tryCountry } from '../places/gazetteer';
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
export function placeOf({ entry, known, observation }: Whereabouts): {
  readonly place: Location | undefined;
  readonly warnings: readonly string[];
} {
  const code = observation.reachable ? observation.region : undefined;
  const cloud = code === undefined ? undefined : tryCloudRegion(code);
  const city = entry?.city === undefined ? undefined : tryCity(entry.city, entry.country);
  const from = [entry, city, cloud, known].find(
    (one) => one?.latitude !== undefined && one.longitude !== undefined,
  );
  const country = entry?.country ?? city?.country ?? cloud?.country ?? known?.country;
  const region =
    entry?.region ??
    (country === undefined ? undefined : tryCountry(country)?.region) ??
    known?.region;
  if (from?.latitude === undefined || from.longitude === undefined) {
    return { place: undefined, warnings: [] };
  }
  if (country === undefined || region === undefined) return { place: undefined, warnings: [] };
  const provider =
    entry?.provider ??
    cloud?.provider ??
    (observation.reachable ? observation.provider : undefined);
  const cityName = entry?.city ?? cloud?.city;
  return {
    place: {
      latitude: from.latitude,
      longitude: from.longitude,
      region,
      country,
      ...(cityName === undefined ? {} : { city: cityName }),
      ...(provider === undefined ? {} : { provider }),
    },
    warnings: [],
  };
}

/** The error for a cluster of which nobody knows where it is. One that cannot be read needs another remedy than coordinates. */
export function unknownPlace({ name, context, observation }: Whereabouts): EdgeError {
  const code = observation.reachable ? observation.region : undefined;
  const why = !observation.reachable
    ? `its API server cannot say (${observation.fault}: ${observation.why})`
    : code === undefined
      ? 'its nodes have no label topology.kubernetes.io/region'
      : `its nodes are in ${JSON.stringify(code)}, which is not in the table of cloud regions`;
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
