/** State: what is kept of a release between runs: where it is, and which objects; digests, never manifests. */

import { deliverySchema } from '../../../../constructs/delivery';
import { byCodeUnits } from '../../../../constructs/model/canonical';
import { EdgeError, z } from '../../../../constructs/parsing';
import { inventorySchema } from './inventory';
import { ownerSchema } from './owner';

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
    .enum(['ready', 'unfinished', 'unreachable', 'evacuated', 'leaving'])
    .describe(
      'evacuated: let go of while unreachable; cleaned when it is back. leaving: left the decision, and serves until it is retired.',
    ),
  reason: z.string().optional(),
  inventory: inventorySchema
    .optional()
    .describe('Absent: the cluster has never been seen with it.'),
});
/** What is kept of a release. */
export const stateSchema = z.strictObject({
  release: z.string(),
  namespace: z.string(),
  owner: ownerSchema.optional().describe('Who this state is; the owner in its inventories.'),
  decision: z.string(),
  fleet: z.string(),
  objects: z.string(),
  delivery: deliverySchema
    .optional()
    .describe('The engine that delivers; absent: littoral itself.'),
  clusters: z.array(clusterSchema),
});

/** What is kept of a release. */
export type ReleaseState = z.output<typeof stateSchema>;
/** One cluster that has, or may have, the release. */
export type ClusterState = ReleaseState['clusters'][number];

/**
 * A state as it was kept. Throws an EdgeError for one that cannot be read: without it the
 * clusters of the release are unknown, and its objects would stay there unmanaged.
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

/** Clusters that left the decision and serve until they are retired, by name. */
export function leavingIn({ clusters }: Pick<ReleaseState, 'clusters'>): readonly string[] {
  return clusters.filter(({ standing }) => standing === 'leaving').map(({ name }) => name);
}

/** The clusters by name. */
export function inNameOrder(clusters: readonly ClusterState[]): ClusterState[] {
  return [...clusters].sort((a, b) => byCodeUnits(a.name, b.name));
}
