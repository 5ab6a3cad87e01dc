/** Leases: all who ask the same cluster in one process share its connection, credentials and discovery. */
import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { ClusterClient } from '../cluster';
import { type ApiServer, type Ask, stoppedError } from './api-server';
import { clusterClient } from './client';
import { type Discovery, discovery } from './discovery';
import { type OpenOptions, openApiServer } from './open';
import { type Reachable, type Way, wayTo } from './way';

/** A connection that nobody leases is closed after this long: longer than one release of many needs until the next. */
const idleMilliseconds = 10_000;
/** Connections that nobody leases and that are kept all the same; beyond it the one that is idle longest is closed. */
const mostIdle = 1_000;

interface Shared {
  readonly key: string;
  readonly opening: Promise<ApiServer>;
  leases: number;
  discovery?: Discovery;
  ending?: NodeJS.Timeout;
}

/** By what they are reached with. */
const shared = new Map<string, Shared>();
/** Those without a lease, in the order in which they became so. */
const idle = new Set<Shared>();

/**
 * Opens a client on a shared connection. Closing it stops its own requests alone. Throws as openCluster does; a failure
 * is the answer to all who ask while it is waited for, and afterwards for as long as that took: of a cluster that is
 * silent, many releases hear once.
 */
export async function leaseCluster(
  cluster: Reachable,
  options: OpenOptions,
): Promise<ClusterClient> {
  const held = await hold(cluster, options);
  held.one.discovery ??= discovery(held.server);
  return clusterClient(leased(held), options.patience, held.one.discovery);
}

/** Opens the way to an API server alone, as leaseCluster does. */
export async function leaseApiServer(cluster: Reachable, options: OpenOptions): Promise<ApiServer> {
  return leased(await hold(cluster, options));
}

interface Held {
  readonly one: Shared;
  readonly server: ApiServer;
  readonly leave: () => void;
}

async function hold(cluster: Reachable, options: OpenOptions): Promise<Held> {
  const way = await wayTo(cluster, options, (hub) => leaseCluster(hub, options));
  const key = keyOf(cluster.name, way, options);
  const one = shared.get(key) ?? open(key, openApiServer(cluster, options, way));
  one.leases += 1;
  idle.delete(one);
  clearTimeout(one.ending);
  const leave = (): void => {
    one.leases -= 1;
    if (one.leases === 0) rest(one);
  };
  return { one, server: await one.opening, leave };
}

function open(key: string, opening: Promise<ApiServer>): Shared {
  const began = performance.now();
  const one: Shared = { key, opening, leases: 0 };
  shared.set(key, one);
  opening.catch(() => {
    setTimeout(() => shared.delete(key), performance.now() - began).unref();
  });
  return one;
}

/** Keeps it for a while. */
function rest(one: Shared): void {
  idle.add(one);
  one.ending = setTimeout(() => end(one), idleMilliseconds).unref();
  const [oldest] = idle.size > mostIdle ? idle : [];
  if (oldest !== undefined) end(oldest);
}

function end(one: Shared): void {
  clearTimeout(one.ending);
  idle.delete(one);
  shared.delete(one.key);
  one.opening.then((server) => server.close()).catch(() => undefined);
}

/** Other credentials, another address or another patience are another connection. Secrets are not kept here. */
function keyOf(name: string, { context, url, proxy }: Way, options: OpenOptions): string {
  const { deadlineSeconds, connectSeconds } = options;
  const way = [context, url.href, proxy?.url.href, proxy?.from, deadlineSeconds, connectSeconds];
  return `${name} ${createHash('sha256').update(JSON.stringify(way)).digest('hex')}`;
}

/** A server as one of those sees it who share it. */
function leased({ server, leave }: Held): ApiServer {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  let running = 0;
  const within = async <T>(ask: Ask, send: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (closing.signal.aborted) throw stoppedError(server.name, ask);
    const { signal } = ask;
    running += 1;
    try {
      return await send(
        signal === undefined ? closing.signal : AbortSignal.any([signal, closing.signal]),
      );
    } finally {
      running -= 1;
    }
  };
  return {
    ...server,
    ask: (ask) => within(ask, (signal) => server.ask({ ...ask, signal })),
    stream: (ask, signal) => within({ ...ask, signal }, (both) => server.stream(ask, both)),
    close: () => {
      if (closing.signal.aborted) return;
      // Who gives up on what runs has found the connection silent: the next one opens another.
      if (running > 0) server.retire();
      closing.abort();
      leave();
    },
  };
}
