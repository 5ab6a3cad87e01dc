/** Opens a cluster of the fleet by its access reference. */
import type { Cluster } from '../../../constructs/model/fleet';
import { type Credentials, readCredentials, readTrust } from '../auth/credentials';
import { type KubeContext, readContext } from '../auth/kubeconfig';
import type { ClusterClient } from '../cluster';
import { withDeadline } from '../deadline';
import { ClusterError } from '../errors';
import { type ApiServer, apiServer } from './api-server';
import { clusterClient } from './client';
import type { Patience } from './watch';

/** Which cluster: its name and how to reach it. */
export type Reachable = Pick<Cluster, 'name' | 'access'>;

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
export async function openApiServer(cluster: Reachable, options: OpenOptions): Promise<ApiServer> {
  const { deadlineSeconds = 30, connectSeconds = 10, random = Math.random } = options;
  const context = readContext(cluster, options.folder);
  const url = addressOf(context);
  const proxy = proxyOf(context);
  const connectMilliseconds = Math.min(connectSeconds, deadlineSeconds) * 1000;
  // No credentials over plain HTTP, where they could be read in transit; kubectl proxy needs none.
  const read = (signal: AbortSignal): Promise<Credentials> =>
    url.protocol === 'http:' ? Promise.resolve(noCredentials) : readCredentials(context, signal);
  const credentials = await withDeadline(connectMilliseconds, undefined, read);
  const server = apiServer({
    name: cluster.name,
    url,
    trust: readTrust(context),
    ...(proxy === undefined ? {} : { proxy }),
    credentials,
    renew: read,
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

function addressOf({ name, file, cluster, context }: KubeContext): URL {
  const text = cluster.server.includes('://') ? cluster.server : `https://${cluster.server}`;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  }
  throw new ClusterError({
    cluster: name,
    file,
    summary: `the server of context ${context} is no address of the form https://host:port`,
    remedy: 'Correct server of the cluster in the kubeconfig.',
  });
}

/** The proxy that the kubeconfig names. */
function proxyOf({ name, file, cluster, context }: KubeContext): string | undefined {
  const proxy = cluster['proxy-url'] || undefined;
  if (proxy === undefined || /^https?:\/\//.test(proxy)) return proxy;
  throw new ClusterError({
    cluster: name,
    file,
    summary: `proxy-url of context ${context} is not of the form http://host:port`,
    remedy: 'Use an HTTP proxy that understands CONNECT.',
  });
}
