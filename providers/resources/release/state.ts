/** State: what is remembered between runs: where a release is, and which objects; digests, never manifests. */
import { z } from 'zod';
import { byCodeUnits } from '../../../constructs/model/canonical';
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { EdgeError } from '../../../constructs/parsing';
import type { Desired } from './desired';
import { keyOf } from './identity';
import { entryRef, type Inventory, inOrder, inventorySchema } from './inventory';
import type { Seen } from './observe';
import { ownedDigest } from './ownership';
import type { ReleaseOutcome } from './result';

const accessSchema = z.strictObject({
  kubeconfig: z.string().optional(),
  context: z.string().optional(),
  secret: z.string().optional(),
});
const clusterSchema = z.strictObject({
  name: z.string(),
  access: accessSchema
    .optional()
    .describe('A reference, so that it is found after leaving the fleet.'),
  standing: z
    .enum(['ready', 'unfinished', 'unreachable', 'evacuated'])
    .describe('evacuated: let go of while unreachable; cleaned when it is back.'),
  reason: z.string().optional(),
  inventory: inventorySchema
    .optional()
    .describe('Absent: the cluster has never been seen with it.'),
});
/** What is kept of a release. */
export const stateSchema = z.strictObject({
  release: z.string(),
  namespace: z.string(),
  decision: z.string(),
  fleet: z.string(),
  objects: z.string(),
  clusters: z.array(clusterSchema),
});

/** What is kept of a release. */
export type ReleaseState = z.output<typeof stateSchema>;
/** One cluster that has, or may have, the release. */
export type ClusterState = ReleaseState['clusters'][number];

/**
 * A state as it was kept. Throws an EdgeError for one that cannot be read: without it nobody would know where the release
 * is, and to go on as if it were nowhere would leave it there.
 */
export function readState(kept: unknown): ReleaseState {
  const read = stateSchema.safeParse(kept);
  if (read.success) return read.data;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary:
      'the state of the release cannot be read: another version of littoral wrote it, or somebody changed it',
    remedy: 'Use the version that wrote it, or a newer one.',
  });
}

/** The state after a rollout. A cluster is forgotten only when it was seen without the release. */
export function stateAfter(
  prior: ReleaseState | undefined,
  desired: Desired,
  outcome: ReleaseOutcome,
  fleet: Pick<Fleet, 'clusters'>,
): ReleaseState {
  const before = new Map((prior?.clusters ?? []).map((one) => [one.name, one]));
  const clusters = outcome.clusters.flatMap((result): readonly ClusterState[] => {
    const { name, ending, reason } = result;
    if (ending === 'removed') return [];
    const known = before.get(name);
    const isWhole = ending === 'ready' || ending === 'unchanged';
    const isAway = ending === 'unreachable' || ending === 'evacuated';
    const standing = isWhole ? ('ready' as const) : isAway ? ending : ('unfinished' as const);
    const inventory = result.inventory ?? known?.inventory;
    return [
      {
        name,
        ...accessOf(name, fleet, known),
        standing,
        ...(isWhole || reason === undefined ? {} : { reason }),
        ...(inventory === undefined ? {} : { inventory: inOrder(inventory) }),
      },
    ];
  });
  const { release, namespace, decision, objects, fleet: digest } = desired;
  return { release, namespace, decision, fleet: digest, objects, clusters: sorted(clusters) };
}

/** The state as the clusters show it now; undefined when no cluster has, or may have, anything. */
export function stateSeen(prior: ReleaseState, seen: readonly Seen[]): ReleaseState | undefined {
  const clusters = prior.clusters.flatMap((known): readonly ClusterState[] => {
    const now = seen.find(({ name }) => name === known.name);
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
    return [{ ...rest, standing: isReady ? 'ready' : 'unfinished', ...recorded }];
  });
  return clusters.length === 0 ? undefined : { ...prior, clusters: sorted(clusters) };
}

function accessOf(
  name: string,
  { clusters }: Pick<Fleet, 'clusters'>,
  known: ClusterState | undefined,
): { readonly access?: NonNullable<Cluster['access']> } {
  const access = clusters.find((one) => one.name === name)?.access ?? known?.access;
  return access === undefined ? {} : { access };
}

function sorted(clusters: readonly ClusterState[]): ClusterState[] {
  return [...clusters].sort((a, b) => byCodeUnits(a.name, b.name));
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
