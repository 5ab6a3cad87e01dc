/** Restore: undoes what a rollout did in one cluster, from what the objects were before it. */
import { overlay } from '../../../../constructs/kubernetes/overlay';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { Finding } from '../observe/finding';
import { failureOf, type World } from '../observe/world';
import type { ObjectPlan } from '../plan/plan';
import { refOf } from '../state/identity';
import { inventoryRef } from '../state/inventory';
import { ownedPart, sameShape } from '../state/ownership';
import { Overtaken, writeInventory } from './claim';
import { deleteObjects } from './delete';
import type { Ensured, Work } from './ensure';
import { remove } from './remove';
import type { ClusterResult } from './result';

/**
 * Puts back, last applied first, the fields that littoral owned with the values they had; what was not there is
 * deleted. Nothing else is kept anywhere for this: after a crash the next run goes forward instead.
 */
export async function restore(
  work: Work,
  { done, kept }: Pick<Ensured, 'done' | 'kept'>,
  why: string,
  world: World,
): Promise<ClusterResult> {
  const { seen, release, namespace, plan } = work;
  const { client, inventory } = seen;
  const { deadlineSeconds } = work.rollout;
  const context = { client, release, deadlineSeconds, onEvent: world.onEvent };
  const { name } = plan;
  world.onEvent?.({ cluster: name, phase: 'rolling back', reason: why });
  try {
    const now = await client.get(inventoryRef(release, namespace));
    if (now?.metadata.resourceVersion !== kept.version) throw new Overtaken(release);
    const made = done.filter(({ finding }) => !wasThere(finding)).reverse();
    const objects = made.map(({ object }): ObjectPlan => {
      const { uid, resourceVersion } = object.metadata;
      return { ref: refOf(object), change: 'deleted', fields: [], uid, resourceVersion };
    });
    for (const { finding, object } of done.filter((one) => wasThere(one.finding)).reverse()) {
      const { uid } = object.metadata;
      // One that was made anew cannot be changed back either.
      if (uid !== finding.live?.metadata.uid) {
        await client.delete(refOf(object), { uid, propagation: 'Foreground', deadlineSeconds });
      }
      await client.apply(previous(finding), { force: true });
    }
    if (inventory === undefined) {
      await remove({ ...context, namespace, objects, kept });
    } else {
      await deleteObjects(objects, { ...context, namespace });
      await writeInventory(client, inventory, namespace, kept);
    }
    world.onEvent?.({ cluster: name, phase: 'rolled back', reason: why });
    const recorded = inventory === undefined ? {} : { inventory };
    return { name, ending: 'rolled back', reason: why, objects: [], ...recorded };
  } catch (thrown) {
    const { reason } = failureOf(thrown);
    world.onEvent?.({ cluster: name, phase: 'failed', reason });
    const text = `${why}; rolling back failed: ${reason}`;
    return { name, ending: 'failed', reason: text, objects: [] };
  }
}

function wasThere({ live }: Finding): boolean {
  return live !== undefined && live.metadata.deletionTimestamp === undefined;
}

/** What we owned; of an object that others owned also what it held where we wrote. */
function previous({ live, manifest, conflicts = [] }: Finding): Manifest {
  if (live === undefined) return manifest;
  const owned = ownedPart(live);
  if (owned !== undefined && conflicts.length === 0) return owned;
  const shape = sameShape(live, manifest);
  return owned === undefined ? shape : overlay(owned, shape);
}
