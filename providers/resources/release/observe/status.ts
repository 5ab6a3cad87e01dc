/** Status: how a release stands in each cluster now: what is listed, what still is as applied, and whether it is ready. */
import type { Reachable } from '../../../clusters/api/way';
import { eachOf } from '../../../clusters/parallel';
import { keyOf } from '../state/identity';
import { entryRef, type Inventory } from '../state/inventory';
import { ownedDigest } from '../state/ownership';
import { type CertificateStatus, certificatesOf } from './certificates';
import { closeAll, observe, type Present } from './observe';
import { canBeUnready, waitFor } from './readiness';
import { failureOf, type World } from './world';

/** One cluster. */
export interface ClusterStatus {
  readonly name: string;
  readonly standing: 'ready' | 'not ready' | 'unfinished' | 'unreachable' | 'refused' | 'absent';
  readonly reason?: string;
  readonly decision?: string;
  /** Objects that are listed, gone although listed, and changed by others. */
  readonly objects: number;
  readonly missing: number;
  readonly changed: number;
  /** What TLS is terminated with; absent where it is not. */
  readonly certificates?: readonly CertificateStatus[];
}

/** What to look for. */
interface StatusOptions {
  readonly release: string;
  readonly namespace: string;
  readonly parallelism: number;
  readonly answerSeconds: number;
}

const none = { objects: 0, missing: 0, changed: 0 };

/** In the order of `clusters`. Clusters without the release are `absent`. */
export async function statusOf(
  clusters: readonly Reachable[],
  options: StatusOptions,
  world: World,
): Promise<readonly ClusterStatus[]> {
  const looks = clusters.map((cluster) => ({ cluster, manifests: [] }));
  const seen = await observe(looks, options, world);
  try {
    return await eachOf(seen, options.parallelism, async (one): Promise<ClusterStatus> => {
      const { name } = one;
      if (!one.reachable) {
        const standing = one.refused ? ('refused' as const) : ('unreachable' as const);
        return { name, standing, reason: one.reason, ...none };
      }
      if (one.inventory === undefined) return { name, standing: 'absent', ...none };
      const found = await present(one, one.inventory, world);
      const { namespace } = options;
      const now = (world.clock ?? Date.now)();
      const shown = await certificatesOf(one.client, [...one.objects.values()], namespace, now);
      return shown.length === 0 ? found : { ...found, certificates: shown };
    });
  } finally {
    await closeAll(seen);
  }
}

async function present(
  { name, client, objects }: Present,
  inventory: Inventory,
  world: World,
): Promise<ClusterStatus> {
  const lives = inventory.objects.map((entry) => ({
    entry,
    live: objects.get(keyOf(entryRef(entry))),
  }));
  const missing = lives.filter(({ live }) => live === undefined).length;
  const changed = lives.filter(({ entry, live }) => {
    return live !== undefined && ownedDigest(live) !== entry.fields;
  }).length;
  const base = { name, decision: inventory.decision, objects: lives.length, missing, changed };
  if (inventory.phase !== 'ready') return { ...base, standing: 'unfinished' };
  if (missing > 0) {
    const reason = `${missing} of ${lives.length} objects ${missing === 1 ? 'is' : 'are'} not there`;
    return { ...base, standing: 'not ready', reason };
  }
  const refs = inventory.objects.map(entryRef).filter(canBeUnready);
  try {
    const late = await waitFor(client, refs, atOnceSeconds, world);
    return late === undefined
      ? { ...base, standing: 'ready' }
      : { ...base, standing: 'not ready', reason: late.replace(/ after \d+ s/, '') };
  } catch (thrown) {
    return { ...base, standing: 'unreachable', reason: failureOf(thrown).reason };
  }
}

/** Seconds: long enough for an API server to answer, too short for anything to become ready. */
const atOnceSeconds = 2;
