/** Opens a cluster of the fleet by its access reference. */
import type { Environment } from '../../proxy/environment';
import { type Credentials, readCredentials, readTrust } from '../auth/credentials';
import type { KubeContext } from '../auth/kubeconfig';
import type { ClusterClient } from '../cluster';
import { withDeadline } from '../deadline';
import { type ApiServer, apiServer } from './api-server';
import { clusterClient } from './client';
import type { Patience } from './watch';
import { type Reachable, type Way, wayTo } from './way';

/** How to open. */
export interface OpenOptions {
  /** Where a relative kubeconfig path starts. */
  readonly folder: string;
  /** For each request with its retries. Default: 30. */
  readonly deadlineSeconds?: number;
  /** For the connection, a credential plugin included. Default: 10, and never more than the deadline. */
  readonly connectSeconds?: number;
  /** Between 0 and 1, for the pauses between retries. Default: Math.random. */
  readonly random?: () => number;
  /** How a cluster is reached, whatever its access says; undefined: as its access says. May throw a ClusterError. */
  readonly given?: (cluster: string) => KubeContext | undefined;
  /** Where HTTPS_PROXY and NO_PROXY are looked up. Default: that of the process. */
  readonly environment?: Environment;
  /** How long a watch is trusted. Default: 30 seconds and 5 of grace. */
  readonly patience?: Patience;
}

/** Opens a client and connects. Throws a ClusterError: access that cannot be used, or a server that does not answer (`isUnreachable`). */
export async function openCluster(
  cluster: Reachable,
  options: OpenOptions,
): Promise<ClusterClient> {
  return clusterClient(await openApiServer(cluster, options), options.patience);
}

/** Opens the way to an API server alone. Throws like openCluster. */
export async function openApiServer(
  cluster: Reachable,
  options: OpenOptions,
  known?: Way,
): Promise<ApiServer> {
  const { deadlineSeconds = 30, connectSeconds = 10, random = Math.random } = options;
  const way = () => wayTo(cluster, options, (hub) => openCluster(hub, options));
  const { context, url, proxy } = known ?? (await way());
  const connectMilliseconds = Math.min(connectSeconds, deadlineSeconds) * 1000;
  // No credentials over plain HTTP, where they could be read in transit; kubectl proxy needs none.
  const isPlain = url.protocol === 'http:';
  const read = (by: KubeContext, signal: AbortSignal): Promise<Credentials> =>
    isPlain ? Promise.resolve(noCredentials) : readCredentials(by, signal);
  const first = await withDeadline(connectMilliseconds, undefined, (signal) =>
    read(context, signal),
  );
  // What was refused may have been rotated meanwhile: whoever wrote the kubeconfig anew is heard before anybody gives up.
  const mayChange = !isPlain && options.given?.(cluster.name) === undefined;
  const credentials = { ...first, renewable: first.renewable || mayChange };
  const renew = async (signal: AbortSignal): Promise<Credentials> => {
    const next = await read(mayChange ? (await way()).context : context, signal);
    return { ...next, renewable: next.renewable || mayChange };
  };
  const server = apiServer({
    name: cluster.name,
    url,
    source: context.source,
    trust: readTrust(context),
    ...(proxy === undefined ? {} : { proxy }),
    credentials,
    renew,
    deadlineMilliseconds: deadlineSeconds * 1000,
    connectMilliseconds,
    random,
  });
  try {
    await server.connect();
    return server;
  } catch (error) {
    server.close();
    throw error;
  }
}

const noCredentials: Credentials = { headers: {}, secrets: [], renewable: false };
