/** Asks every cluster of a fleet at the same time and tells each answer as it comes: one that is dead holds up nobody. */

import type { Cluster } from '../../constructs/model/fleet';
import type { ApiServer } from '../clusters/api/api-server';
import { openApiServer } from '../clusters/api/open';
import { ClusterError } from '../clusters/errors';
import { eachOf } from '../clusters/parallel';

/** How to reach clusters. */
export interface Reach {
  /** Where relative kubeconfig paths start. */
  readonly folder: string;
  /** For the connection, and for each request. */
  readonly answerSeconds: number;
  /** Clusters at the same time. */
  readonly parallelism: number;
}
/** What came of asking one cluster. */
export type ClusterAnswer<T> =
  | { readonly cluster: string; readonly value: T }
  | { readonly cluster: string; readonly error: ClusterError };

/** Asks each cluster; `onAnswer` is told in the order of the answers, the result is in the order of the fleet. Rejects with what is no ClusterError. */
export async function askClusters<T>(
  clusters: readonly Cluster[],
  reach: Reach,
  work: (server: ApiServer, cluster: Cluster) => Promise<T>,
  onAnswer: (answer: ClusterAnswer<T>) => void = () => undefined,
): Promise<readonly ClusterAnswer<T>[]> {
  return await eachOf(clusters, reach.parallelism, async (cluster) => {
    const answer = await answerOf(cluster, async () => {
      const server = await openApiServer(cluster, { folder: reach.folder, ...secondsOf(reach) });
      try {
        return await work(server, cluster);
      } finally {
        server.close();
      }
    });
    onAnswer(answer);
    return answer;
  });
}

async function answerOf<T>(cluster: Cluster, ask: () => Promise<T>): Promise<ClusterAnswer<T>> {
  try {
    return { cluster: cluster.name, value: await ask() };
  } catch (error) {
    if (error instanceof ClusterError) return { cluster: cluster.name, error };
    throw error;
  }
}

/** The clusters that did not answer, in the order of the fleet. */
export function failuresOf(answers: readonly ClusterAnswer<unknown>[]): readonly ClusterError[] {
  return answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
}

/** Asks each cluster, as `askClusters` does, but keeps connections open until `work` is done with all answers. */
export async function askTogether<T, R>(
  clusters: readonly Cluster[],
  reach: Reach,
  look: (server: ApiServer) => Promise<T>,
  work: (values: readonly T[], failures: readonly ClusterError[]) => Promise<R>,
): Promise<R> {
  const open: ApiServer[] = [];
  const limits = { folder: reach.folder, ...secondsOf(reach) };
  try {
    const answers = await eachOf(clusters, reach.parallelism, (cluster) =>
      answerOf(cluster, async () => {
        const server = await openApiServer(cluster, limits);
        open.push(server);
        return await look(server);
      }),
    );
    const values = answers.flatMap((answer) => ('value' in answer ? [answer.value] : []));
    return await work(values, failuresOf(answers));
  } finally {
    for (const server of open) server.close();
  }
}

const secondsOf = ({ answerSeconds }: Reach) => ({
  deadlineSeconds: answerSeconds,
  connectSeconds: answerSeconds,
});
