/** Opens a cluster of the fleet by its access reference. */
import { EdgeError } from '../../constructs/model/errors';
import type { Cluster } from '../../constructs/model/fleet';
import type { ClusterClient } from './cluster';

/** Which cluster: its name and how to reach it. */
export type Reachable = Pick<Cluster, 'name' | 'access'>;

/** How to open. */
export interface OpenOptions {
  /** Where a relative kubeconfig path starts. */
  readonly folder: string;
  /** For each request with its retries. Default: 30. */
  readonly deadlineSeconds?: number;
  /** Between 0 and 1, for the pauses between retries. Default: Math.random. */
  readonly random?: () => number;
}

/** Opens a client. Throws EdgeError: access that cannot be used, or a server that does not answer (`isUnreachable`). */
export async function openCluster(
  cluster: Reachable,
  _options: OpenOptions,
): Promise<ClusterClient> {
  throw new EdgeError({
    code: 'SourceFailed',
    path: `clusters.${cluster.name}`,
    summary: 'opening clusters is not built yet',
    remedy: 'Wait for it.',
  });
}
