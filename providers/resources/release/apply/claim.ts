/** Claim: writes an inventory only when it is unchanged since it was read (optimistic locking), so that concurrent runs in a cluster are noticed. */
import { EdgeError } from '../../../../constructs/parsing';
import type { ClusterClient } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import {
  type Inventory,
  inventoryManifest,
  inventoryRef,
  isSameInventory,
  tryInventory,
} from '../state/inventory';

/** Another run has changed the release in this cluster meanwhile. */
export class Overtaken extends EdgeError {
  constructor(release: string) {
    super({
      code: 'GuardStopped',
      path: '',
      summary: `another run changed ${release} here at the same time`,
      remedy: 'Let it end, then plan again.',
    });
  }
}

/** An inventory and its resourceVersion; undefined versions are those of inventories that are not there. */
export interface Kept {
  readonly inventory?: Inventory | undefined;
  readonly version?: string | undefined;
}

/** Writes `next` where `kept` is still what is there. Returns its resourceVersion. Throws Overtaken, or a ClusterError. */
export async function writeInventory(
  client: ClusterClient,
  next: Inventory,
  namespace: string,
  { inventory, version }: Kept,
): Promise<string> {
  if (version !== undefined && isSameInventory(inventory, next)) return version;
  const onlyIf = version === undefined ? 'absent' : { resourceVersion: version };
  const manifest = inventoryManifest(next, namespace);
  const written = await unlessMoved(version, () => client.apply(manifest, { force: true, onlyIf }));
  if (written !== undefined && written.kind !== 'conflict') {
    return written.object.metadata.resourceVersion;
  }
  // It may have been written by our own request, of which only the answer was lost.
  const live = await client.get(inventoryRef(next.release, namespace));
  if (live === undefined || !isSameInventory(tryInventory(live, next.release), next)) {
    throw new Overtaken(next.release);
  }
  return live.metadata.resourceVersion;
}

/** Deletes the inventory where it is still the one of `version`. Throws Overtaken, or a ClusterError. */
export async function deleteInventory(
  client: ClusterClient,
  release: string,
  namespace: string,
  version: string,
  deadlineSeconds: number,
): Promise<void> {
  const options = { resourceVersion: version, deadlineSeconds };
  const ref = inventoryRef(release, namespace);
  const deleted = await unlessMoved(version, () => client.delete(ref, options));
  if (deleted === undefined) throw new Overtaken(release);
}

/** Undefined where the inventory is not what it was; one that was there may be gone with its namespace. */
async function unlessMoved<T>(
  version: string | undefined,
  request: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await request();
  } catch (thrown) {
    const status = thrown instanceof ClusterError ? thrown.status : undefined;
    if (status === 409 || (status === 404 && version !== undefined)) return undefined;
    throw thrown;
  }
}
