/** Opens a cluster of the fleet by its access reference. */
import type { Cluster } from '../../../constructs/model/fleet';
import {
  type Environment,
  type ProxyChoice,
  ProxyMistake,
  proxyAddress,
  proxyFor,
} from '../../proxy/environment';
import { type Credentials, readCredentials, readTrust } from '../auth/credentials';
import { type KubeContext, readContext } from '../auth/kubeconfig';
import { contextOfSecret } from '../auth/secret-context';
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
export async function openApiServer(cluster: Reachable, options: OpenOptions): Promise<ApiServer> {
  const { deadlineSeconds = 30, connectSeconds = 10, random = Math.random } = options;
  const { environment = process.env } = options;
  const context = await contextOf(cluster, options);
  const url = addressOf(context);
  const proxy = proxyOf(context, url, environment);
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

/** The context in a kubeconfig, or what a Secret of the hub says that it leads to. */
async function contextOf(cluster: Reachable, options: OpenOptions): Promise<KubeContext> {
  const { name, access } = cluster;
  if (access?.secret === undefined) return readContext(cluster, options.folder);
  const { secret, server, ...hubAccess } = access;
  if (access.kubeconfig === undefined || access.context === undefined) {
    throw new ClusterError({
      cluster: name,
      summary: `nothing says which hub has the Secret ${secret}, by which ${name} is reached`,
      remedy:
        'Write access: {kubeconfig: ..., context: ..., secret: ...} with the context of the hub.',
    });
  }
  const [namespace, secretName] = secret.split('/');
  const hub = await openCluster({ name, access: hubAccess }, options);
  try {
    const found = await hub.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: namespace ?? '',
      name: secretName ?? '',
    });
    if (found !== undefined) {
      return contextOfSecret({
        name,
        secret,
        server,
        data: (found.data ?? {}) as Record<string, string>,
      });
    }
  } finally {
    await hub.close();
  }
  throw new ClusterError({
    cluster: name,
    summary: `the Secret ${secret}, by which ${name} is reached, is not in the hub (context ${access.context})`,
    remedy: 'Discover the fleet again, or write access: {kubeconfig: ..., context: ...}.',
  });
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

/** The proxy that the kubeconfig names, else that of the environment. */
function proxyOf(
  { name, file, cluster, context }: KubeContext,
  url: URL,
  environment: Environment,
): ProxyChoice | undefined {
  const written = cluster['proxy-url'];
  try {
    if (!written) return proxyFor(url, environment);
    return { url: proxyAddress(written, 'proxy-url'), from: 'proxy-url' };
  } catch (thrown) {
    if (!(thrown instanceof ProxyMistake)) throw thrown;
    const { variable, why } = thrown;
    throw new ClusterError({
      cluster: name,
      ...(variable === 'proxy-url' ? { file } : {}),
      summary:
        variable === 'proxy-url' ? `proxy-url of context ${context} ${why}` : `${variable} ${why}`,
      remedy: 'Use an HTTP proxy that understands CONNECT, written as http://host:port.',
    });
  }
}
