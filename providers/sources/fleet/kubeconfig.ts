/** Discovers a Fleet: one cluster for each context of a kubeconfig, with what its API server says. */

import { z } from 'zod';
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { type FleetInput, parseFleet } from '../../../constructs/model/fleet-document';
import { EdgeError, nearest, parseDocument, throwAll } from '../../../constructs/parsing';
import { eachOf } from '../../clusters/parallel';
import { readTextFile, resolvePath } from '../files/text-file';
import { tryCity, tryCloudRegion, tryCountry } from '../places/gazetteer';
import { type Observation, observeCluster } from './cluster-observation';
import { type Connect, connectContext } from './kube-context';
import type { Overlay, OverlayEntry } from './overlay';

/** What to discover. */
export interface DiscoverOptions {
  /** Path as it is to stand in the fleet, e.g. ~/.kube/config. */
  readonly kubeconfig: string;
  /** Where a relative path starts. */
  readonly folder: string;
  /** ISO 8601: `observedAt` of the fleet, and `since` of clusters that are found unreachable. */
  readonly now: string;
  /** Default: all contexts of the file. */
  readonly contexts?: readonly string[];
  /** What a person knows; wins over what is discovered. */
  readonly overlay?: Overlay;
  /** The fleet of the last time: an unreachable cluster keeps what was known. */
  readonly previous?: Pick<Fleet, 'clusters'>;
  /** Subtract what pods request that littoral does not manage. Default: true. */
  readonly subtractOthers?: boolean;
  /** For each cluster. Default: 10. */
  readonly deadlineSeconds?: number;
  /** Clusters asked at the same time. Default: 16. */
  readonly parallelism?: number;
  /** How to reach a context. Default: the official Kubernetes client. */
  readonly connect?: Connect;
}
/** The fleet, and what to know about it. */
export interface Discovery {
  readonly fleet: Fleet;
  readonly warnings: readonly string[];
}

type ClusterInput = FleetInput['clusters'][number];
interface Found {
  readonly context: string;
  readonly name: string;
  readonly entry: OverlayEntry | undefined;
  readonly known: Cluster | undefined;
  readonly observation: Observation;
}

const kubeconfigSchema = z.looseObject({ contexts: z.array(z.looseObject({ name: z.string() })) });

/** Asks the API server of every context. A cluster that does not answer is `unreachable`, never left out. Throws EdgeErrors when a place is unknown. */
export async function discoverFleet(options: DiscoverOptions): Promise<Discovery> {
  const file = resolvePath(options.kubeconfig, options.folder);
  const contexts = chosenContexts(file, options.contexts);
  const { overlay, previous, parallelism = 16 } = options;
  const observe = {
    connect: options.connect ?? connectContext,
    deadlineMilliseconds: (options.deadlineSeconds ?? 10) * 1000,
    subtractOthers: options.subtractOthers ?? true,
  };
  const found = await eachOf(contexts, parallelism, async (context): Promise<Found> => {
    const entry =
      overlay?.clusters.find((one) => (one.context ?? one.name) === context) ??
      overlay?.clusters.find((one) => one.context === undefined && one.name === nameOf(context));
    const name = entry?.name ?? nameOf(context);
    const known = previous?.clusters.find((one) => one.name === name);
    const observation = await observeCluster({ kubeconfig: file, context }, observe);
    return { context, name, entry, known, observation };
  });
  const errors: EdgeError[] = [];
  const clusters = found.flatMap((one) => clusterOf(one, options, errors) ?? []);
  throwAll([...errors, ...sameNames(found)]);
  const warnings = found.flatMap(({ name, observation }) =>
    observation.reachable
      ? observation.warnings.map((text) => `${name}: ${text}`)
      : [`${name} is unreachable: ${observation.why}`],
  );
  return { fleet: parseFleet({ clusters, observedAt: options.now }), warnings };
}

/** A context as the name of a cluster: the last part of an ARN, only letters, digits, `.`, `_` and `-`, at most 63 characters. */
export function nameOf(context: string): string {
  const last = /^arn:.*\/([^/]+)$/.exec(context)?.[1] ?? context;
  const plain = last.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63);
  return plain.replace(/^[._-]+|[._-]+$/g, '') || 'cluster';
}

function chosenContexts(file: string, wanted?: readonly string[]): readonly string[] {
  const { contexts } = parseDocument(
    { schema: kubeconfigSchema, build: (value) => value },
    readTextFile(file),
    { file },
  );
  const names = [...new Set(contexts.map(({ name }) => name))];
  throwAll(
    (wanted ?? [])
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = nearest(name, names);
        return new EdgeError({
          code: 'UnknownName',
          path: 'contexts',
          file,
          summary: `got context ${JSON.stringify(name)}, which does not exist`,
          remedy: near === undefined ? `Use one of: ${names.join(', ')}.` : `Write ${near}.`,
        });
      }),
  );
  if (wanted !== undefined) return wanted;
  if (names.length > 0) return names;
  const summary = 'got no contexts, expected at least one';
  const remedy = 'Add a context with kubectl config set-context, or name another file.';
  throw new EdgeError({ code: 'SourceFailed', path: 'contexts', file, summary, remedy });
}

function clusterOf(
  found: Found,
  options: DiscoverOptions,
  errors: EdgeError[],
): ClusterInput | undefined {
  const { name, entry, known, observation, context } = found;
  const place = placeOf(found);
  if (place === undefined) {
    errors.push(unknownPlace(found));
    return undefined;
  }
  const { name: _, context: __, ...said } = entry ?? { name };
  const shared = {
    ...keptFrom(known),
    ...place,
    ...said,
    name,
    access: { kubeconfig: options.kubeconfig, context },
  };
  if (!observation.reachable) {
    const since = known?.state === 'unreachable' ? known.since : undefined;
    return { ...shared, state: 'unreachable', since: since ?? options.now };
  }
  const state = observation.cordoned ? 'cordoned' : 'ready';
  const since = known?.state === state ? known.since : undefined;
  return {
    ...shared,
    allocatable: observation.allocatable,
    state,
    ...(since === undefined ? {} : { since }),
  };
}

/** What a person or an earlier look has said stays; state and since are of today. */
function keptFrom(known: Cluster | undefined): Partial<ClusterInput> {
  if (known === undefined) return {};
  const { state: _, since: __, access: ___, ...rest } = known;
  return rest;
}

type Place = Pick<
  ClusterInput,
  'latitude' | 'longitude' | 'region' | 'country' | 'city' | 'provider'
>;

/** The overlay first, then the cloud region of the nodes, then the last time. */
function placeOf({ entry, known, observation }: Found): Place | undefined {
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
  if (from?.latitude === undefined || from.longitude === undefined) return undefined;
  if (country === undefined || region === undefined) return undefined;
  const provider =
    entry?.provider ??
    cloud?.provider ??
    (observation.reachable ? observation.provider : undefined);
  const cityName = entry?.city ?? cloud?.city;
  return {
    latitude: from.latitude,
    longitude: from.longitude,
    region,
    country,
    ...(cityName === undefined ? {} : { city: cityName }),
    ...(provider === undefined ? {} : { provider }),
  };
}

function unknownPlace({ name, context, observation }: Found): EdgeError {
  const code = observation.reachable ? observation.region : undefined;
  const why = !observation.reachable
    ? `its API server cannot say (${observation.why})`
    : code === undefined
      ? 'its nodes have no label topology.kubernetes.io/region'
      : `its nodes are in ${JSON.stringify(code)}, which is not in the table of cloud regions`;
  const reached = name === context ? '' : `context: ${JSON.stringify(context)}, `;
  return new EdgeError({
    code: 'SourceFailed',
    path: `clusters.${name}`,
    summary: `nobody knows where ${name} is: ${why}`,
    remedy: `Add to clusters of the overlay file: {name: ${name}, ${reached}latitude: ..., longitude: ..., region: ..., country: ...}.`,
  });
}

function sameNames(found: readonly Found[]): readonly EdgeError[] {
  return found
    .filter((one, at) => found.findIndex((other) => other.name === one.name) < at)
    .map(
      ({ name, context }) =>
        new EdgeError({
          code: 'Duplicate',
          path: `clusters.${name}`,
          summary: `got context ${JSON.stringify(context)} with the name ${name}, which another context has`,
          remedy: `Add to clusters of the overlay file: {name: ..., context: ${JSON.stringify(context)}}.`,
        }),
    );
}
