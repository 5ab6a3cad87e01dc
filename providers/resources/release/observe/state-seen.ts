/** State seen: what is kept of a release once its clusters have been looked at. */
import { keyOf } from '../state/identity';
import { entryRef, type Inventory } from '../state/inventory';
import { ownedDigest } from '../state/ownership';
import { type ClusterState, inNameOrder, type ReleaseState } from '../state/state';
import type { Seen } from './observe';

/** The state as the clusters show it now; undefined when no cluster has, or may have, anything. */
export function stateSeen(prior: ReleaseState, seen: readonly Seen[]): ReleaseState | undefined {
  const byName = new Map(seen.map((one) => [one.name, one]));
  const clusters = prior.clusters.flatMap((known): readonly ClusterState[] => {
    const now = byName.get(known.name);
    if (now === undefined) return [known];
    if (!now.reachable) {
      const standing = known.standing === 'evacuated' ? known.standing : ('unreachable' as const);
      return [{ ...known, standing, reason: now.reason }];
    }
    if (now.inventory === undefined && now.objects.size === 0) return [];
    const { reason: _, inventory: __, ...rest } = known;
    const inventory = now.inventory === undefined ? undefined : asSeen(now.inventory, now.objects);
    const isReady = inventory?.phase === 'ready';
    const recorded = inventory === undefined ? {} : { inventory };
    const isLeaving = known.standing === 'leaving';
    const standing = isLeaving ? 'leaving' : isReady ? 'ready' : 'unfinished';
    return [{ ...rest, standing, ...recorded }];
  });
  return clusters.length === 0 ? undefined : { ...prior, clusters: inNameOrder(clusters) };
}

/** Entries whose object is gone, or was changed by others, say so by what they lack. */
function asSeen(
  inventory: Inventory,
  objects: Extract<Seen, { reachable: true }>['objects'],
): Inventory {
  const entries = inventory.objects.map((entry) => {
    const live = objects.get(keyOf(entryRef(entry)));
    if (live === undefined) {
      const { uid: _, fields: __, ...rest } = entry;
      return rest;
    }
    const isSame = entry.uid === live.metadata.uid && entry.fields === ownedDigest(live);
    if (isSame) return entry;
    const { fields: _, ...rest } = entry;
    return rest;
  });
  return { ...inventory, objects: entries };
}
