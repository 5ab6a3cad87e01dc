/** Remove: deletes a release from one cluster, and its inventory only when every object is gone. */
import type { ObjectRef } from '../../../clusters/cluster';
import { failureOf, type Phase } from '../observe/world';
import type { ObjectPlan } from '../plan/plan';
import { keyOf, objectText } from '../state/identity';
import { entryRef, type Inventory } from '../state/inventory';
import { deleteInventory, type Kept, writeInventory } from './claim';
import { type DeleteContext, type Deleted, deleteObjects } from './delete';
import { disownObjects } from './disown';
import { isAdmission, isRefusal, patiently } from './own-admission';
import type { ClusterResult } from './result';

/** What is to go, and from where. */
interface Removal extends DeleteContext {
  readonly namespace: string;
  readonly kept: Kept;
  /** The last applied first. */
  readonly objects: readonly ObjectPlan[];
}

/** Failures of a cluster are part of the result and never reject. */
export async function remove(removal: Removal): Promise<ClusterResult> {
  const { client, kept: before, onEvent } = removal;
  const { name } = client;
  const say = (phase: Phase, reason?: string) =>
    onEvent?.({ cluster: name, phase, ...(reason === undefined ? {} : { reason }) });
  say('removing');
  try {
    const { gone, staying, kept, left } = await takeAway(removal);
    const objects = gone.map((ref) => ({ ref, change: 'deleted' as const }));
    if (staying.length > 0) {
      const reason = staying.map((one) => one.reason).join('; ');
      say('failed', reason);
      return { name, ending: 'failed', reason, objects, ...(left ? { inventory: left } : {}) };
    }
    const reason = kept.map((one) => one.reason).join('; ');
    say('removed', reason === '' ? undefined : reason);
    return { name, ending: 'removed', objects, ...(reason === '' ? {} : { reason }) };
  } catch (thrown) {
    const { reason, dead } = failureOf(thrown);
    say(dead ? 'unreachable' : 'failed', reason);
    const recorded = before.inventory === undefined ? {} : { inventory: before.inventory };
    return { name, ending: dead ? 'unreachable' : 'failed', reason, objects: [], ...recorded };
  }
}

interface TakenAway extends Deleted {
  /** The inventory that was left behind. */
  readonly left?: Inventory;
}

/** The namespace of the inventory goes last, and takes the inventory with it. */
async function takeAway(removal: Removal): Promise<TakenAway> {
  const { client, release, namespace, objects, deadlineSeconds } = removal;
  const unblocked = await claimUnblocked(removal);
  const { claimed } = unblocked;
  const isHome = ({ ref }: ObjectPlan) => ref.kind === 'Namespace' && ref.name === namespace;
  const given = await disownObjects(objects, client, removal.signal);
  const foreign = objects.filter(({ change, disowned }) => change === 'kept' && disowned !== true);
  const kept = [
    ...given,
    ...foreign.map(({ ref, reason = 'kept' }) => {
      return { ref, reason: `${objectText(ref)} stays: ${reason}` };
    }),
  ];
  const context = { ...removal, keeping: kept.map(({ ref }) => ref) };
  const leaving = objects.filter(({ change }) => change === 'deleted');
  const most = await deleteObjects(
    leaving.filter((one) => !isHome(one) && !unblocked.gone.includes(one.ref)),
    context,
  );
  if (most.staying.length > 0) {
    const left = await recordLeft(removal, claimed, most.staying);
    return { ...most, kept: [...kept, ...most.kept], ...(left === undefined ? {} : { left }) };
  }
  const home = await deleteObjects(leaving.filter(isHome), context);
  const isLeft = home.gone.length === 0 && home.staying.length === 0;
  if (isLeft && claimed?.version !== undefined) {
    await deleteInventory(client, release, namespace, claimed.version, deadlineSeconds);
  }
  return {
    gone: [...unblocked.gone, ...most.gone, ...home.gone],
    staying: home.staying,
    kept: [...kept, ...most.kept, ...home.kept],
  };
}

interface Unblocked {
  readonly claimed: Kept | undefined;
  /** What had to go first. */
  readonly gone: readonly ObjectRef[];
}

/** Claims; where the server refuses, what the release itself has to admit objects goes first: its service may be gone already. */
async function claimUnblocked(removal: Removal): Promise<Unblocked> {
  try {
    return { claimed: await claim(removal), gone: [] };
  } catch (thrown) {
    const blocking = removal.objects.filter(
      ({ ref, change }) => change === 'deleted' && isAdmission(ref),
    );
    if (!isRefusal(thrown) || blocking.length === 0) throw thrown;
    const { gone } = await deleteObjects(blocking, removal);
    return { claimed: await patiently(() => claim(removal), removal.signal), gone };
  }
}

/** Says in the cluster that the release is leaving, before anything of it goes. */
async function claim({ client, namespace, kept }: Removal): Promise<Kept | undefined> {
  if (kept.inventory === undefined) return undefined;
  const inventory: Inventory = { ...kept.inventory, phase: 'removing' };
  return { inventory, version: await writeInventory(client, inventory, namespace, kept) };
}

async function recordLeft(
  { client, namespace }: Removal,
  claimed: Kept | undefined,
  staying: readonly { readonly ref: ObjectRef }[],
): Promise<Inventory | undefined> {
  const inventory = claimed?.inventory;
  if (claimed === undefined || inventory === undefined) return undefined;
  const names = new Set(staying.map(({ ref }) => keyOf(ref)));
  const isHome = (ref: ObjectRef) => ref.kind === 'Namespace' && ref.name === namespace;
  const objects = inventory.objects.filter((one) => {
    const ref = entryRef(one);
    return names.has(keyOf(ref)) || isHome(ref);
  });
  const left: Inventory = { ...inventory, objects };
  await writeInventory(client, left, namespace, claimed);
  return left;
}
