/** Remove: takes a release out of one cluster, and forgets it there only when everything was seen gone. */
import type { ObjectRef } from '../../clusters/cluster';
import { type DeleteContext, type Deleted, deleteObjects } from './delete';
import { keyOf } from './identity';
import { entryRef, type Inventory, inventoryManifest, inventoryRef } from './inventory';
import type { ObjectPlan } from './plan';
import type { ClusterResult } from './result';
import { failureOf, type Phase } from './world';

/** What is to go, and from where. */
export interface Removal extends DeleteContext {
  readonly namespace: string;
  readonly inventory?: Inventory | undefined;
  /** The last applied first. */
  readonly objects: readonly ObjectPlan[];
}

/** Never rejects for what a cluster does. */
export async function remove(removal: Removal): Promise<ClusterResult> {
  const { client, inventory, onEvent } = removal;
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
    const recorded = inventory === undefined ? {} : { inventory };
    return { name, ending: dead ? 'unreachable' : 'failed', reason, objects: [], ...recorded };
  }
}

interface TakenAway extends Deleted {
  /** The inventory that was left behind. */
  readonly left?: Inventory;
}

/** The namespace of the inventory goes last, and takes the inventory with it. */
async function takeAway(removal: Removal): Promise<TakenAway> {
  const { client, release, namespace, inventory, objects, deadlineSeconds } = removal;
  const isHome = ({ ref }: ObjectPlan) => ref.kind === 'Namespace' && ref.name === namespace;
  const kept = objects
    .filter(({ change }) => change === 'kept')
    .map(({ ref, reason = 'kept' }) => ({ ref, reason }));
  const leaving = objects.filter(({ change }) => change === 'deleted');
  const most = await deleteObjects(
    leaving.filter((one) => !isHome(one)),
    removal,
  );
  if (most.staying.length > 0) {
    const left = await recordLeft(removal, most.staying);
    return { ...most, kept: [...kept, ...most.kept], ...(left === undefined ? {} : { left }) };
  }
  const home = await deleteObjects(leaving.filter(isHome), removal);
  if (home.gone.length === 0 && home.staying.length === 0 && inventory !== undefined) {
    await client.delete(inventoryRef(release, namespace), { deadlineSeconds });
  }
  return {
    gone: [...most.gone, ...home.gone],
    staying: home.staying,
    kept: [...kept, ...most.kept, ...home.kept],
  };
}

async function recordLeft(
  { client, inventory, namespace }: Removal,
  staying: readonly { readonly ref: ObjectRef }[],
): Promise<Inventory | undefined> {
  if (inventory === undefined) return undefined;
  const names = new Set(staying.map(({ ref }) => keyOf(ref)));
  const isHome = (ref: ObjectRef) => ref.kind === 'Namespace' && ref.name === namespace;
  const objects = inventory.objects.filter((one) => {
    const ref = entryRef(one);
    return names.has(keyOf(ref)) || isHome(ref);
  });
  const left: Inventory = { ...inventory, phase: 'removing', objects };
  await client.apply(inventoryManifest(left, namespace), { force: true });
  return left;
}
