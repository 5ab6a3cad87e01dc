/** The nearest ready pod: one of the cluster that answers first. */
import type { Cluster } from '../../constructs/model/fleet';
import type { ClusterError } from '../clusters/errors';
import { askClusters, failuresOf, type Reach } from './ask-clusters';
import { isReadyPod, type PodQuery, podsOf } from './pods';
import { objectsOf } from './query';

/** A pod and where it is. */
export interface NearestPod {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly pod: string;
  /** Until the cluster had answered. */
  readonly milliseconds: number;
}

/** The first ready pod of the first cluster that has one; else why there is none. */
export async function nearestPod(
  clusters: readonly Cluster[],
  reach: Reach,
  query: PodQuery,
): Promise<NearestPod | { readonly failures: readonly ClusterError[] }> {
  const began = performance.now();
  return await new Promise((resolve, reject) => {
    askClusters(clusters, reach, async (server, cluster) => {
      const found = (await podsOf(objectsOf(server), query)).filter(isReadyPod);
      const [first] = found
        .map(({ metadata }) => metadata)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      if (first === undefined) return;
      const milliseconds = performance.now() - began;
      resolve({ cluster, namespace: first.namespace ?? '', pod: first.name, milliseconds });
    }).then((answers) => resolve({ failures: failuresOf(answers) }), reject);
  });
}
