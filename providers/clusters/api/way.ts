/** Way: where an API server is and how to get there, from the access reference of a cluster. */
import type { Cluster } from '../../../constructs/model/fleet';
import {
  type Environment,
  type ProxyChoice,
  ProxyMistake,
  proxyAddress,
  proxyFor,
} from '../../proxy/environment';
import { type KubeContext, readContext } from '../auth/kubeconfig';
import { contextOfSecret } from '../auth/secret-context';
import type { ClusterClient } from '../cluster';
import { ClusterError } from '../errors';

/** Which cluster: its name and how to reach it. */
export type Reachable = Pick<Cluster, 'name' | 'access'>;

/** Where an API server is and how to get there. */
export interface Way {
  readonly context: KubeContext;
  readonly url: URL;
  readonly proxy: ProxyChoice | undefined;
}

/** Where paths start, proxies are looked up, and clusters are known by name. */
export interface Surroundings {
  readonly folder: string;
  /** How a cluster is reached, whatever its access says; undefined: as its access says. May throw a ClusterError. */
  readonly given?: (cluster: string) => KubeContext | undefined;
  readonly environment?: Environment;
}

type Open = (hub: Reachable) => Promise<ClusterClient>;

/** Finds the way to a cluster; `open` reaches the hub that knows it. Throws a ClusterError. */
export async function wayTo(
  cluster: Reachable,
  { folder, given, environment = process.env }: Surroundings,
  open: Open,
): Promise<Way> {
  const context = given?.(cluster.name) ?? (await contextOf(cluster, folder, open));
  const url = addressOf(context);
  return { context, url, proxy: proxyOf(context, url, environment) };
}

/** The context in a kubeconfig, or what a Secret of the hub says that it leads to. */
async function contextOf(cluster: Reachable, folder: string, open: Open): Promise<KubeContext> {
  const { name, access } = cluster;
  if (access?.secret === undefined) return readContext(cluster, folder);
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
  // Named as itself: many clusters are reached by one hub.
  const hub = await open({ name: `the hub ${access.context}`, access: hubAccess });
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

function addressOf({ name, file, cluster, source }: KubeContext): URL {
  const text = cluster.server.includes('://') ? cluster.server : `https://${cluster.server}`;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  }
  throw new ClusterError({
    cluster: name,
    file,
    summary: `the address of ${source.whose} is none of the form https://host:port`,
    remedy: `Correct ${source.server}.`,
  });
}

/** The proxy that is written beside the address, else that of the environment. */
function proxyOf(
  { name, file, cluster, source }: KubeContext,
  url: URL,
  environment: Environment,
): ProxyChoice | undefined {
  const written = cluster['proxy-url'];
  try {
    if (!written) return proxyFor(url, environment);
    return { url: proxyAddress(written, 'proxy-url', ['socks5:', 'socks5h:']), from: 'proxy-url' };
  } catch (thrown) {
    if (!(thrown instanceof ProxyMistake)) throw thrown;
    const { variable, why } = thrown;
    throw new ClusterError({
      cluster: name,
      ...(variable === 'proxy-url' ? { file } : {}),
      summary: variable === 'proxy-url' ? `${source.proxy} ${why}` : `${variable} ${why}`,
      remedy:
        'Use an HTTP proxy that understands CONNECT, written as http://host:port, or in proxy-url a SOCKS5 proxy.',
    });
  }
}
