/** Observe: what a release has in each cluster; one that does not answer is unreachable, never empty. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { Reachable } from '../../../clusters/api/way';
import type { ClusterClient, KindRef, LiveObject, ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { eachOf } from '../../../clusters/parallel';
import { isOfRelease, keyOf, refOf, selectorOf } from '../state/identity';
import { entryRef, type Inventory, inventoryRef, tryInventory } from '../state/inventory';
import { refInScope, type Scopes, scopeIn, scopesOf } from './scope';
import { failureOf, goOn, type World, within } from './world';

/** What is there. */
export interface Present {
  readonly name: string;
  readonly reachable: true;
  readonly client: ClusterClient;
  /** Of every kind that is wanted or listed. */
  readonly scopes: Scopes;
  /** Its objects are named as the server names them. */
  readonly inventory?: Inventory;
  /** Its resourceVersion, also when it is broken. */
  readonly version?: string;
  /** The ConfigMap exists, but its content cannot be parsed. */
  readonly broken?: true;
  /** By key: every object that wears the label of the release, and those of the inventory that lost it. */
  readonly objects: ReadonlyMap<string, LiveObject>;
}
/** No answer. */
export interface Absent {
  readonly name: string;
  readonly reachable: false;
  readonly reason: string;
  /** It answered, and refused. */
  readonly refused?: true;
}
/** What is known about one cluster. */
export type Seen = Present | Absent;

/** What to look for in one cluster. */
export interface Look {
  readonly cluster: Reachable;
  /** What is to be there; its kinds are searched even when there is no inventory. */
  readonly manifests: readonly Manifest[];
}

/** How to look. */
interface LookOptions {
  readonly release: string;
  readonly namespace: string;
  readonly parallelism: number;
  readonly answerSeconds: number;
}

/** Looks at every cluster, a few at a time. Clients of those that answer stay open: close them. */
export function observe(
  looks: readonly Look[],
  options: LookOptions,
  world: World,
): Promise<readonly Seen[]> {
  return eachOf(looks, options.parallelism, async (look): Promise<Seen> => {
    const { name } = look.cluster;
    goOn(world.signal);
    world.onEvent?.({ cluster: name, phase: 'observing' });
    const opening = world.connect(look.cluster, options.answerSeconds);
    const looking = opening.then((client) => lookAt(client, look, options));
    try {
      const late = () => noAnswer(name, options.answerSeconds);
      const seen = await within(options.answerSeconds + graceSeconds, looking, late);
      world.onEvent?.({ cluster: name, phase: 'observed' });
      return seen;
    } catch (thrown) {
      opening.then((client) => client.close()).catch(() => undefined);
      const { reason, dead } = failureOf(thrown);
      world.onEvent?.({ cluster: name, phase: dead ? 'unreachable' : 'failed', reason });
      return { name, reachable: false, reason, ...(dead ? {} : { refused: true }) };
    }
  });
}

/** Added to the client's own timeout, whose error is more precise. */
const graceSeconds = 1;

/** Closes the clients of `seen`. */
export async function closeAll(seen: readonly Seen[]): Promise<void> {
  await Promise.all(seen.map((one) => (one.reachable ? one.client.close() : undefined)));
}

async function lookAt(
  client: ClusterClient,
  { manifests }: Look,
  { release, namespace }: LookOptions,
): Promise<Present> {
  const { name } = client;
  const map = await client.get(inventoryRef(release, namespace));
  const recorded = map === undefined ? undefined : tryInventory(map, release);
  const broken = map !== undefined && recorded === undefined ? { broken: true as const } : {};
  const scopes = await scopesOf(client, [...manifests, ...(recorded?.objects ?? [])]);
  const there = <T extends KindRef>(ref: T): T => refInScope(ref, scopeIn(scopes, ref), namespace);
  const inventory = recorded && { ...recorded, objects: recorded.objects.map(there) };
  const wanted = manifests.map((one) => there(refOf(one)));
  const kinds = kindsOf([...wanted, ...(inventory?.objects ?? []).map(entryRef)]);
  const selector = selectorOf({ release, namespace });
  const found = await Promise.all(
    // A kind the server does not know has no objects; nor has a namespace that is still to come.
    kinds.map(async (kind) =>
      scopeIn(scopes, kind) === undefined ? [] : client.list(kind, selector),
    ),
  );
  const objects = new Map(found.flat().map((live) => [keyOf(refOf(live)), live]));
  for (const entry of inventory?.objects ?? []) {
    const ref = entryRef(entry);
    if (objects.has(keyOf(ref))) continue;
    const lost = await getIfKnown(client, ref);
    if (lost !== undefined) objects.set(keyOf(ref), lost);
  }
  if (inventory === undefined && manifests.length === 0) {
    const left = await leftNamespace(client, release, namespace);
    if (left !== undefined) objects.set(keyOf(refOf(left)), left);
  }
  const kept = {
    ...(inventory === undefined ? {} : { inventory }),
    ...(map === undefined ? {} : { version: map.metadata.resourceVersion }),
  };
  return { name, reachable: true, client, scopes, ...kept, ...broken, objects };
}

/** The first thing a release makes, and the last it removes: it may be there without an inventory. */
async function leftNamespace(
  client: ClusterClient,
  release: string,
  namespace: string,
): Promise<LiveObject | undefined> {
  const live = await client.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  return live !== undefined && isOfRelease(live, { release, namespace }) ? live : undefined;
}

/** GET; a kind the server does not know has no objects. */
export async function getIfKnown(
  client: ClusterClient,
  ref: ObjectRef,
): Promise<LiveObject | undefined> {
  const scope = await client.scopeOf(ref.apiVersion, ref.kind);
  return scope === undefined ? undefined : client.get(ref);
}

function kindsOf(refs: readonly ObjectRef[]): readonly KindRef[] {
  const kinds = refs.map(({ apiVersion, kind, namespace }): [string, KindRef] => [
    `${apiVersion}/${kind}/${namespace ?? ''}`,
    { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
  ]);
  return [...new Map(kinds).values()];
}

function noAnswer(cluster: string, seconds: number): ClusterError {
  return new ClusterError({
    cluster,
    summary: `${cluster} did not answer within ${seconds} s`,
    remedy: 'Check the cluster, or allow it more time.',
    unreachable: true,
  });
}
