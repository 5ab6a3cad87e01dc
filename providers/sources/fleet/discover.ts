/** Discovers a Fleet: the clusters that a kubeconfig or the inventory of a hub leads to, with what each API server says. */
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { type FleetInput, parseFleet } from '../../../constructs/model/fleet-document';
import { EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { eachOf } from '../../clusters/parallel';
import { contextLeads, contextsIn, namesOf } from './contexts';
import { hubLeads } from './hub-leads';
import { type Candidate, joinByIdentity, type OneCluster } from './identity';
import { type InventoryKey, inventories } from './inventories/registry';
import type { Lead, Leads } from './lead';
import { placeOf, unknownPlace } from './location';
import { type Connect, connectApi } from './observation/api-reading';
import { type Observation, observeCluster } from './observation/cluster-observation';
import type { Overlay, OverlayEntry } from './overlay';

/** What to discover. */
export interface DiscoverOptions {
  /** Path as it is to stand in the fleet, e.g. ~/.kube/config, or several as in KUBECONFIG. */
  readonly kubeconfig: string;
  /** Where a relative path starts. */
  readonly folder: string;
  /** ISO 8601: `observedAt` of the fleet, and `since` of clusters that are found unreachable. */
  readonly now: string;
  /** Asks only these contexts of the kubeconfig. Default: all. Not with `from`. */
  readonly contexts?: readonly string[];
  /** Reads the inventory of this kind from a hub. Default: the contexts of the kubeconfig are the inventory. */
  readonly from?: InventoryKey;
  /** Context of the hub. Default: the current context. */
  readonly hub?: string;
  /** Namespace of the hub to list. Default: all. */
  readonly namespace?: string;
  /** Clusters of the last time that are gone, by name: what an inventory lists no more is kept, and takes nothing new, until it is named here. */
  readonly forget?: readonly string[];
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
/** A lead, what its API server says, and what is known of it. */
export interface Found extends Candidate {
  readonly lead: Lead;
  readonly entry: OverlayEntry | undefined;
  readonly known: Cluster | undefined;
}

/** Asks the API server of every cluster that there is a way to. A cluster that cannot be read is listed with the reason while its place is known. Throws EdgeErrors when no place is known, or a hub cannot be read whole. */
export async function discoverFleet(options: DiscoverOptions): Promise<Discovery> {
  const { overlay, previous } = options;
  const leads = await leadsOf(options);
  const candidates = await observeAll(leads, options);
  const ones = joinByIdentity(candidates, leads.plural);
  const found = ones.map((one) => recognized(one, previous));
  throwAll(sameNames(found.map(({ one }) => one)));
  const all = found.map(({ one }) => one);
  const vanished = vanishedFrom(previous, leads, all, options);
  const errors: EdgeError[] = [];
  const leftOut: string[] = [];
  const warnings = [
    ...leads.warnings,
    ...ones.flatMap((one) => one.warnings),
    ...found.flatMap((one) => one.warnings),
    ...unmatched(overlay, leads),
    ...vanished.warnings,
  ];
  const clusters = all.flatMap((one) => {
    const { place, warnings: doubts } = placeOf(one);
    warnings.push(...doubts, ...seenWarnings(one));
    if (place !== undefined) return clusterOf(one, place, options);
    errors.push(unknownPlace(one));
    leftOut.push(one.name);
    return [];
  });
  clusters.push(...vanished.kept);
  if (clusters.length === 0) throwAll(errors.length > 0 ? errors : [nothingListed(options)]);
  warnings.push(
    ...errors.map(({ summary, remedy }) => `${summary}; it is left out of the fleet. ${remedy}`),
  );
  return { fleet: parseFleet({ clusters, observedAt: options.now }), leftOut, warnings };
}

function leadsOf(options: DiscoverOptions): Promise<Leads> | Leads {
  const { from, kubeconfig, folder, contexts, hub, namespace, overlay, now } = options;
  if (from === undefined) return contextLeads(contextsIn(kubeconfig, folder, contexts), kubeconfig);
  return hubLeads(inventories[from], {
    ...{ kubeconfig, folder, now },
    connect: options.connect ?? connectApi,
    deadlineMilliseconds: deadlineOf(options),
    ...(hub === undefined ? {} : { hub }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(overlay === undefined ? {} : { overlay }),
  });
}

function deadlineOf({ deadlineSeconds = 10 }: DiscoverOptions): number {
  return deadlineSeconds * 1000;
}

function nothingListed({ from, hub, namespace }: DiscoverOptions): EdgeError {
  const title = from === undefined ? 'context' : inventories[from].title;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return new EdgeError({
    code: 'SourceFailed',
    path: 'from',
    summary: `the hub${hub === undefined ? '' : ` ${hub}`} lists no ${title}${where}, expected at least one`,
    remedy: 'Name the context of another hub, another namespace, or another kind of inventory.',
  });
}

function observeAll(
  { leads, kubeconfig }: Leads,
  options: DiscoverOptions,
): Promise<readonly Found[]> {
  const { overlay, previous, from, parallelism = 16 } = options;
  const observe = {
    connect: options.connect ?? connectApi,
    deadlineMilliseconds: deadlineOf(options),
    subtractOthers: options.subtractOthers ?? true,
  };
  return eachOf(leads, parallelism, async (lead): Promise<Found> => {
    const { key, access, address, title, listed } = lead;
    const entry =
      overlay?.clusters.find((one) => from === undefined && (one.context ?? one.name) === key) ??
      overlay?.clusters.find(
        (one) => (from !== undefined || one.context === undefined) && one.name === lead.name,
      );
    const before = previous?.clusters.find(
      (one) => from === undefined && one.access?.context === access?.context && entry === undefined,
    );
    const name = entry?.name ?? before?.name ?? lead.name;
    const known = previous?.clusters.find((one) => one.name === name);
    const observation =
      access === undefined
        ? undefined
        : await observeCluster({ name: key, access: { ...access, kubeconfig } }, observe);
    const seenUid = observation?.reachable === true ? observation.uid : undefined;
    const uid = seenUid ?? listed?.uid;
    const spoken = entry !== undefined || known !== undefined;
    const isReachable = observation?.reachable ?? true;
    return { key, title, name, lead, entry, known, address, uid, spoken, isReachable, observation };
  });
}

/** One cluster under the name of the last time, which its UID tells, and without the facts of another that had its name. */
function recognized(
  { by, others }: OneCluster<Found>,
  previous: DiscoverOptions['previous'],
): { readonly one: Found; readonly warnings: readonly string[] } {
  const entry = by.entry ?? others.find((other) => other.entry !== undefined)?.entry;
  const { uid } = by;
  const name = entry?.name ?? by.name;
  const same =
    uid === undefined ? undefined : previous?.clusters.find((before) => before.uid === uid);
  const known =
    previous?.clusters.find((before) => before.name === name) ??
    others.find((other) => other.known !== undefined)?.known;
  const warnings = rebuilt(by);
  if (same !== undefined && same.name !== name) {
    if (entry !== undefined) {
      const words = `${name} was called ${same.name} the last time (UID ${uid}): what runs there as ${same.name} counts as gone`;
      return { one: { ...by, entry, name, known: same }, warnings: [...warnings, words] };
    }
    const words = `${by.title} leads to ${same.name} of the last time (UID ${uid}); it keeps that name`;
    return { one: { ...by, entry, name: same.name, known: same }, warnings: [...warnings, words] };
  }
  if (known?.uid !== undefined && uid !== undefined && known.uid !== uid) {
    const words = `${name} is another cluster than the last time (UID ${uid}, then ${known.uid}): nothing of what was known is taken over`;
    return { one: { ...by, entry, name, known: undefined }, warnings: [...warnings, words] };
  }
  return { one: { ...by, entry, name, known }, warnings };
}

/** Where an inventory still speaks of a cluster that was built anew under its name. */
function rebuilt({ name, title, uid, lead }: Found): readonly string[] {
  const said = lead.listed?.uid;
  if (said === undefined || uid === undefined || said === uid) return [];
  return [
    `${name}: ${title} says that its UID is ${said}, and what answers there has ${uid}; the cluster's own is taken`,
  ];
}

/** What was seen, or why nothing was. */
function seenWarnings({ name, observation, lead }: Found): readonly string[] {
  const listed = (lead.listed?.warnings ?? []).map((text) => `${name}: ${text}`);
  if (observation?.reachable === true) {
    return [
      ...listed,
      ...cordonWarnings(name, lead),
      ...observation.warnings.map((text) => `${name}: ${text}`),
    ];
  }
  if (observation !== undefined) {
    const { fault, why, remedy } = observation;
    return [...listed, `${name} is ${fault}: ${why}. ${remedy}`];
  }
  const { state = 'ready', why = '', remedy = '' } = lead.listed?.health ?? {};
  const unasked = `${name}: nothing says how to reach it, so that what the inventory says is taken. Give it an own context, or write its context into the overlay`;
  return [
    ...listed,
    unasked,
    ...(state === 'ready' ? [] : [`${name} is ${state}: ${why}. ${remedy}`.trim()]),
  ];
}

function cordonWarnings(name: string, { listed }: Lead): readonly string[] {
  const { state, why } = listed?.health ?? {};
  return state === 'cordoned' ? [`${name} is cordoned: ${why}`] : [];
}

/** What a person speaks of, and the source does not have. */
function unmatched(
  overlay: Overlay | undefined,
  { leads, keys, keepsVanished }: Leads,
): readonly string[] {
  const short = [...(keepsVanished ? leads.map(({ name }) => name) : namesOf(keys).values())];
  return (overlay?.clusters ?? []).flatMap(({ name, context }) => {
    const wanted = keepsVanished ? name : (context ?? name);
    const isThere =
      keys.includes(wanted) || ((keepsVanished || context === undefined) && short.includes(wanted));
    if (isThere) return [];
    const near = nearest(wanted, [...new Set([...keys, ...short])]);
    const some = keys.slice(0, 6).join(', ');
    if (keepsVanished) {
      const remedy = near === undefined ? `It lists: ${some}.` : `Write ${near}.`;
      return [`the overlay speaks of ${wanted}, which the inventory does not list. ${remedy}`];
    }
    const remedy = near === undefined ? `Contexts are: ${some}.` : `Write ${near}.`;
    return [`the overlay speaks of ${wanted}, to which no context leads. ${remedy}`];
  });
}

/** Clusters of the last time that the source does not have: kept without anything new where an inventory has lost them, else left out. */
function vanishedFrom(
  previous: DiscoverOptions['previous'],
  { leads, keys, keepsVanished, plural }: Leads,
  found: readonly Found[],
  { forget = [], now }: DiscoverOptions,
): { readonly kept: readonly ClusterInput[]; readonly warnings: readonly string[] } {
  const gone = (previous?.clusters ?? []).filter(
    ({ name }) => !found.some((one) => one.name === name || one.known?.name === name),
  );
  if (!keepsVanished) {
    const warnings = gone.map(({ name, access }) => {
      const context = access?.context;
      const isSkipped =
        context !== undefined &&
        keys.includes(context) &&
        !leads.some(({ key }) => key === context);
      const why = isSkipped
        ? 'its context is not asked this time'
        : 'no context leads to it any more';
      return `${name} was in the fleet of the last time, and ${why}: it is left out, and what runs there counts as gone`;
    });
    return { kept: [], warnings };
  }
  const kept = gone.filter(({ name }) => !forget.includes(name));
  return {
    kept: kept.map((cluster) => {
      const isCordoned = cluster.state === 'cordoned' && cluster.since !== undefined;
      return {
        ...cluster,
        state: 'cordoned',
        since: isCordoned ? cluster.since : now,
      } as ClusterInput;
    }),
    warnings: kept.map(
      ({ name }) =>
        `${name} was in the fleet of the last time, and the inventory (${plural}) does not list it any more: it stays as cordoned, and what runs there stays. Forget it when it is gone: --forget ${name}, or forget = ["${name}"]`,
    ),
  };
}

function clusterOf(
  { name, entry, known, observation, lead, uid }: Found,
  place: Partial<ClusterInput>,
  options: DiscoverOptions,
): ClusterInput {
  const { name: _, context: __, ...said } = entry ?? { name };
  const { listed } = lead;
  const labels = { ...known?.labels, ...listed?.labels, ...said.labels };
  const shared = {
    ...keptFrom(known, listed !== undefined),
    ...place,
    ...(listed?.taints === undefined ? {} : { taints: listed.taints }),
    ...(listed?.signals === undefined ? {} : { signals: listed.signals }),
    ...said,
    ...(listed === undefined ? {} : { labels }),
    name,
    ...(lead.access === undefined ? {} : { access: lead.access }),
    ...(uid === undefined ? {} : { uid }),
  } as ClusterInput;
  const { state, since } = stateOf(observation, lead, options.now);
  const began = known?.state === state ? known.since : undefined;
  const start = began ?? since;
  const allocatable = allocatableOf(
    entry,
    (observation?.reachable === true ? observation.allocatable : undefined) ??
      listed?.free ??
      known?.allocatable,
  );
  return {
    ...shared,
    ...(allocatable === undefined ? {} : { allocatable }),
    state,
    ...(start === undefined ? {} : { since: start }),
  };
}

/** Amounts that a person says go before what was seen. Of a cluster without nodes nothing is seen, which is no amount beside theirs. */
function allocatableOf(
  entry: OverlayEntry | undefined,
  seen: ClusterInput['allocatable'],
): ClusterInput['allocatable'] {
  const said = entry?.allocatable;
  if (said === undefined || seen === undefined) return said ?? seen;
  const there = Object.entries(seen).filter(([, amount]) => amount !== 0);
  return { ...Object.fromEntries(there), ...said };
}

/** A cluster that answers speaks for itself, but for a cordon of its hub; one that nobody can ask is what its hub says. */
function stateOf(
  observation: Observation | undefined,
  { listed }: Lead,
  now: string,
): { readonly state: NonNullable<ClusterInput['state']>; readonly since?: string } {
  const health = listed?.health;
  const dated = health?.since === undefined ? {} : { since: health.since };
  if (observation === undefined) {
    const state = health?.state ?? 'ready';
    return { state, ...(state === 'unreachable' ? { since: now } : {}), ...dated };
  }
  if (!observation.reachable) {
    const isBoth = health?.state === 'unreachable' && observation.fault === 'unreachable';
    return { state: observation.fault, since: now, ...(isBoth ? dated : {}) };
  }
  if (observation.cordoned) return { state: 'cordoned' };
  return health?.state === 'cordoned' ? { state: 'cordoned', ...dated } : { state: 'ready' };
}

/** What a person or an earlier look has said stays; state and since are of today, and what an inventory lists comes from it. */
function keptFrom(known: Cluster | undefined, isListed: boolean): Partial<ClusterInput> {
  if (known === undefined) return {};
  const { state: _, since: __, access: ___, ...rest } = known;
  if (!isListed) return rest;
  const { taints: ____, signals: _____, labels: ______, ...own } = rest;
  return own;
}

function sameNames(found: readonly Found[]): readonly EdgeError[] {
  return found
    .filter((one, at) => found.findIndex((other) => other.name === one.name) < at)
    .map(
      ({ name, title, key, lead }) =>
        new EdgeError({
          code: 'Duplicate',
          path: `clusters.${name}`,
          summary: `got ${title.replace(/^the /, '')} with the name ${name}, which another ${lead.listed === undefined ? 'context' : 'of the inventory'} has`,
          remedy:
            lead.listed === undefined
              ? `Add to clusters of the overlay file: {name: ..., context: ${JSON.stringify(key)}}.`
              : 'Rename one of the two in the inventory.',
        }),
    );
}
