/** Discovers a Fleet: one cluster for each that the contexts of a kubeconfig lead to, with what its API server says. */
import { delimiter, isAbsolute } from 'node:path';
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { type FleetInput, parseFleet } from '../../../constructs/model/fleet-document';
import { EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { eachOf } from '../../clusters/parallel';
import { observeCluster } from './cluster-observation';
import { addressOf, type Contexts, contextsIn, namesOf } from './contexts';
import { type Candidate, joinByIdentity, type OneCluster } from './identity';
import { type Connect, connectContext } from './kube-context';
import { placeOf, unknownPlace } from './location';
import type { Overlay, OverlayEntry } from './overlay';

/** What to discover. */
export interface DiscoverOptions {
  /** Path as it is to stand in the fleet, e.g. ~/.kube/config, or several as in KUBECONFIG. */
  readonly kubeconfig: string;
  /** Where a relative path starts. */
  readonly folder: string;
  /** ISO 8601: `observedAt` of the fleet, and `since` of clusters that are found unreachable. */
  readonly now: string;
  /** Default: all contexts of the file. */
  readonly contexts?: readonly string[];
  /** What a person knows; wins over what is discovered. */
  readonly overlay?: Overlay;
  /** The fleet of the last time: a cluster that cannot be read keeps what was known. */
  readonly previous?: Pick<Fleet, 'clusters'>;
  /** Subtract what pods request that littoral does not manage. Default: true. */
  readonly subtractOthers?: boolean;
  /** For each cluster. Default: 10. */
  readonly deadlineSeconds?: number;
  /** Clusters asked at the same time. Default: 16. */
  readonly parallelism?: number;
  /** How to reach a context. Default: by its kubeconfig. */
  readonly connect?: Connect;
}
/** The fleet, and what to know about it. */
export interface Discovery {
  readonly fleet: Fleet;
  /** Names of clusters that are not in the fleet, because they cannot be read and nobody knows where they are. */
  readonly leftOut: readonly string[];
  readonly warnings: readonly string[];
}

type ClusterInput = FleetInput['clusters'][number];
/** A context, what its API server says, and what is known of it. */
export interface Found extends Candidate {
  readonly entry: OverlayEntry | undefined;
  readonly known: Cluster | undefined;
}

/** Asks the API server of every context. A cluster that cannot be read is listed with the reason while its place is known. Throws EdgeErrors when no place is known. */
export async function discoverFleet(options: DiscoverOptions): Promise<Discovery> {
  const { overlay, previous, parallelism = 16 } = options;
  const contexts = contextsIn(options.kubeconfig, options.folder, options.contexts);
  const candidates = await observeAll(contexts, options, parallelism);
  const ones = joinByIdentity(candidates);
  const found = ones.map((one) => recognized(one, previous));
  throwAll(sameNames(found.map(({ one }) => one)));
  const errors: EdgeError[] = [];
  const leftOut: string[] = [];
  const warnings = [
    ...contexts.warnings,
    ...ones.flatMap((one) => one.warnings),
    ...found.flatMap((one) => one.warnings),
    ...unmatched(
      overlay,
      previous,
      contexts,
      found.map(({ one }) => one),
    ),
  ];
  const clusters = found.flatMap(({ one }) => {
    const { place, warnings: doubts } = placeOf(one);
    warnings.push(...doubts, ...seenWarnings(one));
    if (place !== undefined) return clusterOf(one, place, options);
    errors.push(unknownPlace(one));
    leftOut.push(one.name);
    return [];
  });
  if (clusters.length === 0) throwAll(errors);
  warnings.push(
    ...errors.map(({ summary, remedy }) => `${summary}; it is left out of the fleet. ${remedy}`),
  );
  return { fleet: parseFleet({ clusters, observedAt: options.now }), leftOut, warnings };
}

function observeAll(
  { chosen, kubeconfig }: Contexts,
  options: DiscoverOptions,
  parallelism: number,
): Promise<readonly Found[]> {
  const { overlay, previous } = options;
  const names = namesOf(chosen);
  const observe = {
    connect: options.connect ?? connectContext,
    deadlineMilliseconds: (options.deadlineSeconds ?? 10) * 1000,
    subtractOthers: options.subtractOthers ?? true,
  };
  return eachOf(chosen, parallelism, async (context): Promise<Found> => {
    const short = names.get(context) ?? context;
    const entry =
      overlay?.clusters.find((one) => (one.context ?? one.name) === context) ??
      overlay?.clusters.find((one) => one.context === undefined && one.name === short);
    const before = previous?.clusters.find(
      ({ access }) => access?.context === context && entry === undefined,
    );
    const name = entry?.name ?? before?.name ?? short;
    const known = previous?.clusters.find((one) => one.name === name);
    const address = addressOf(kubeconfig, context);
    const observation = await observeCluster({ kubeconfig, context }, observe);
    const spoken = entry !== undefined || known !== undefined;
    return { context, name, entry, known, address, spoken, observation };
  });
}

/** One cluster under the name of the last time, which its UID tells, and without the facts of another that had its name. */
function recognized(
  { by, others }: OneCluster<Found>,
  previous: DiscoverOptions['previous'],
): { readonly one: Found; readonly warnings: readonly string[] } {
  const entry = by.entry ?? others.find((other) => other.entry !== undefined)?.entry;
  const uid = by.observation.reachable ? by.observation.uid : undefined;
  const name = entry?.name ?? by.name;
  const same =
    uid === undefined ? undefined : previous?.clusters.find((before) => before.uid === uid);
  const known =
    previous?.clusters.find((before) => before.name === name) ??
    others.find((other) => other.known !== undefined)?.known;
  if (same !== undefined && same.name !== name) {
    if (entry !== undefined) {
      const words = `${name} was called ${same.name} the last time (UID ${uid}): what runs there as ${same.name} counts as gone`;
      return { one: { ...by, entry, name, known: same }, warnings: [words] };
    }
    const words = `the context ${JSON.stringify(by.context)} leads to ${same.name} of the last time (UID ${uid}); it keeps that name`;
    return { one: { ...by, entry, name: same.name, known: same }, warnings: [words] };
  }
  if (known?.uid !== undefined && uid !== undefined && known.uid !== uid) {
    const words = `${name} is another cluster than the last time (UID ${uid}, then ${known.uid}): nothing of what was known is taken over`;
    return { one: { ...by, entry, name, known: undefined }, warnings: [words] };
  }
  return { one: { ...by, entry, name, known }, warnings: [] };
}

/** What was seen, or why nothing was. */
function seenWarnings({ name, observation }: Found): readonly string[] {
  if (observation.reachable) return observation.warnings.map((text) => `${name}: ${text}`);
  const { fault, why, remedy } = observation;
  return [`${name} is ${fault}: ${why}. ${remedy}`];
}

/** What a person or the last time speaks of, and no context leads to. */
function unmatched(
  overlay: Overlay | undefined,
  previous: DiscoverOptions['previous'],
  { names, chosen }: Contexts,
  found: readonly Found[],
): readonly string[] {
  const named = namesOf(names);
  const short = [...named.values()];
  const entries = (overlay?.clusters ?? []).flatMap(({ name, context }) => {
    const isThere =
      context === undefined
        ? names.includes(name) || short.includes(name)
        : names.includes(context);
    if (isThere) return [];
    const wanted = context ?? name;
    const near = nearest(wanted, [...new Set([...names, ...short])]);
    const remedy =
      near === undefined ? `Contexts are: ${names.slice(0, 6).join(', ')}.` : `Write ${near}.`;
    return [`the overlay speaks of ${wanted}, to which no context leads. ${remedy}`];
  });
  const gone = (previous?.clusters ?? []).flatMap(({ name, access }) => {
    if (found.some((one) => one.name === name || one.known?.name === name)) return [];
    const context = access?.context;
    const why =
      context !== undefined && names.includes(context) && !chosen.includes(context)
        ? 'its context is not asked this time'
        : 'no context leads to it any more';
    return [
      `${name} was in the fleet of the last time, and ${why}: it is left out, and what runs there counts as gone`,
    ];
  });
  return [...entries, ...gone];
}

function clusterOf(
  { name, entry, known, observation, context }: Found,
  place: Partial<ClusterInput>,
  options: DiscoverOptions,
): ClusterInput {
  const { name: _, context: __, ...said } = entry ?? { name };
  const shared = {
    ...keptFrom(known),
    ...place,
    ...said,
    name,
    access: { kubeconfig: writtenPath(options.kubeconfig), context },
  } as ClusterInput;
  if (!observation.reachable) {
    const since = known?.state === observation.fault ? known.since : undefined;
    return { ...shared, state: observation.fault, since: since ?? options.now };
  }
  const state = observation.cordoned ? 'cordoned' : 'ready';
  const since = known?.state === state ? known.since : undefined;
  return {
    ...shared,
    ...(observation.uid === undefined ? {} : { uid: observation.uid }),
    allocatable: entry?.allocatable ?? observation.allocatable,
    state,
    ...(since === undefined ? {} : { since }),
  };
}

/** A list without its empty parts. */
function writtenPath(kubeconfig: string): string {
  if (isAbsolute(kubeconfig) && !kubeconfig.includes(delimiter)) return kubeconfig;
  return kubeconfig.split(delimiter).filter(Boolean).join(delimiter);
}

/** What a person or an earlier look has said stays; state and since are of today. */
function keptFrom(known: Cluster | undefined): Partial<ClusterInput> {
  if (known === undefined) return {};
  const { state: _, since: __, access: ___, ...rest } = known;
  return rest;
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
