/** Withdraw: the last step for a cluster that leaves: its hub object is told to take away what it delivered, and then deleted. */
import { annotationOf, CLUSTER_UID, type Engine } from '../../../../constructs/delivery';
import { overlay } from '../../../../constructs/kubernetes/overlay';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type {
  ClusterClient,
  DeleteOptions,
  Deletion,
  LiveObject,
  ObjectRef,
} from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { objectText } from '../state/identity';
import { ownedPart } from '../state/ownership';

/** Where chosen clusters are, in the engine's own terms and by the UID of kube-system. */
export interface Destinations {
  readonly ends: ReadonlySet<string>;
  readonly uids: ReadonlySet<string>;
}

interface Withdrawal {
  readonly hub: ClusterClient;
  readonly engine: Engine;
  readonly destinations: Destinations;
  readonly onEvent?: ((reason: string) => void) | undefined;
}

/** Seconds that an engine gets to put its finalizer back, of the time that the deletion has. */
const finalizerSeconds = 60;

/** Deletes a hub object so that what it delivered goes too; never what another object delivers to the same cluster. */
export async function withdraw(
  { hub, engine, destinations, onEvent }: Withdrawal,
  ref: ObjectRef,
  options: DeleteOptions,
): Promise<Deletion> {
  const live = await hub.get(ref);
  const isOther =
    live !== undefined && options.uid !== undefined && live.metadata.uid !== options.uid;
  if (live === undefined || isOther) return hub.delete(ref, options);
  const change = engine.withdrawing(live);
  if (change === undefined) return hub.delete(ref, options);
  if (isSharedCluster(live, engine, destinations)) {
    onEvent?.(`${objectText(ref)} goes and leaves what it delivered: a chosen cluster is the same`);
    return hub.delete(ref, options);
  }
  if (live.metadata.deletionTimestamp === undefined) {
    await tell(hub, live, change);
    await mustBeNoticed({ hub, engine }, live, ref, options.deadlineSeconds ?? finalizerSeconds);
  }
  return hub.delete(ref, options);
}

function isSharedCluster(live: Manifest, engine: Engine, { ends, uids }: Destinations): boolean {
  const end = engine.leadsTo(live);
  const uid = annotationOf(live, CLUSTER_UID);
  return (end !== undefined && ends.has(end)) || (uid !== undefined && uids.has(uid));
}

/** Ours is the whole part that we own: an apply of less would give the rest up. */
async function tell(hub: ClusterClient, live: LiveObject, change: object): Promise<void> {
  const { apiVersion, kind, metadata } = live;
  const { name, namespace } = metadata;
  const bare = { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } };
  const ours = ownedPart(live) ?? (bare as Manifest);
  const answer = await hub.apply(overlay(ours, change), { force: true });
  if (answer.kind !== 'conflict') return;
  throw new ClusterError({
    cluster: hub.name,
    summary: `${kind} ${name} cannot be told to take away what it delivered`,
    remedy: 'Look at who else writes it.',
  });
}

/** Without its finalizer the engine would not notice the deletion, and everything would stay in the cluster. */
async function mustBeNoticed(
  { hub, engine }: Pick<Withdrawal, 'hub' | 'engine'>,
  object: Manifest,
  ref: ObjectRef,
  deadlineSeconds: number,
): Promise<void> {
  const finalizer = engine.finalizer(object);
  if (finalizer === undefined) return;
  const judge = ({ metadata }: LiveObject) => ({
    ready: metadata.finalizers?.includes(finalizer) === true,
    reason: `it has no finalizer ${finalizer}`,
  });
  const seconds = Math.min(deadlineSeconds, finalizerSeconds);
  const [found] = await hub.waitReady([ref], { deadlineSeconds: seconds, judge });
  if (found?.ready === true) return;
  throw new ClusterError({
    cluster: hub.name,
    summary: `${objectText(ref)} has lost its finalizer ${finalizer}, and the engine does not put it back: its deletion would leave the app in ${hub.name}`,
    remedy: 'Look whether the engine runs and reaches the cluster, then apply again.',
  });
}
