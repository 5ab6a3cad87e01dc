/** Follows what the containers of pods write in one cluster, also of pods to come; each start of a container is read once. */

import type { ApiServer } from '../clusters/api/api-server';
import { follow } from '../clusters/api/watch';
import type { LiveObject } from '../clusters/cluster';
import { ClusterError } from '../clusters/errors';
import { type FleetLogLine, type LogSource, linesOfSource, logSources } from './container-logs';
import { appLookMilliseconds, followSelections } from './follow-selections';
import { type PodQuery, podSelections } from './pods';
import { objectsOf } from './query';

/** What is followed, and who is told. */
export interface LogFollower {
  readonly query: PodQuery;
  readonly container: string | undefined;
  /** Of containers that have written before we look. */
  readonly first: { readonly tailLines?: number; readonly sinceSeconds?: number };
  readonly write: (line: FleetLogLine) => Promise<void>;
  readonly onTrouble: (error: ClusterError) => void;
  readonly signal: AbortSignal;
  /** The containers that are read now, of all clusters, and how many may be. */
  readonly open: Set<string>;
  readonly mostContainers: number;
}

/** Follows until the signal is aborted. Rejects with a ClusterError when the server refuses for good. */
export async function followLogs(server: ApiServer, follower: LogFollower): Promise<void> {
  const { query, onTrouble, signal } = follower;
  const objects = objectsOf(server);
  const where = query.namespace === undefined ? {} : { namespace: query.namespace };
  const kind = { apiVersion: 'v1', kind: 'Pod', ...where };
  // Kept of a pod as long as the pod.
  const begun = new Set<string>();
  let isFirst = true;
  const begin = (pod: LiveObject) => {
    for (const source of logSources(server, pod, follower)) {
      if (begun.has(source.run)) continue;
      begun.add(source.run);
      void followContainer(source, isFirst ? follower.first : {}, follower);
    }
  };
  const handlers = {
    onList: (pods: readonly LiveObject[]) => {
      for (const pod of pods) begin(pod);
      isFirst = false;
    },
    onEvent: ({ type, object }: { readonly type: string; readonly object: LiveObject }) => {
      if (type !== 'DELETED') return begin(object);
      for (const run of begun) if (run.startsWith(`${object.metadata.uid}/`)) begun.delete(run);
    },
    onTrouble,
  };
  await followSelections(
    {
      selections: () => podSelections(objects, query),
      follow: (selection, until) => follow(objects, { kind, selection }, handlers, until),
      lookMilliseconds: query.app === undefined ? undefined : appLookMilliseconds,
    },
    signal,
  );
}

async function followContainer(
  source: LogSource,
  limits: LogFollower['first'],
  { write, onTrouble, signal, open, mostContainers }: LogFollower,
): Promise<void> {
  const { server, pod, container, run } = source;
  if (open.size >= mostContainers) {
    const summary = `${container} of ${pod} in ${server.name} is not followed: ${mostContainers} containers are`;
    onTrouble(
      new ClusterError({ cluster: server.name, summary, remedy: 'Raise --max-log-requests.' }),
    );
    return;
  }
  open.add(run);
  try {
    for await (const line of linesOfSource(source, { ...limits, follow: true, signal })) {
      await write(line);
    }
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    // Gone before it could be read.
    if (error.status !== 404) onTrouble(error);
  } finally {
    open.delete(run);
  }
}
