/** HTTP/1.1 with keep-alive, for servers, proxies and plain addresses that do not offer HTTP/2. */
import type { Dispatcher } from 'undici';
import { proxyAuthorization } from '../../proxy/environment';
import type { Answer, Connection, Endpoint, Exchange } from './connection';
import { tlsOf } from './handshake';
import { isSocks, socksConnector } from './socks';

/** Watches hold one connection each. */
const connections = 64;

/** Opens connections to an endpoint as requests need them; at most 64. */
export async function http1To(endpoint: Endpoint): Promise<Connection> {
  const { Pool, ProxyAgent } = await import('undici');
  const { url, proxy, connectMilliseconds } = endpoint;
  const tls = url.protocol === 'https:' ? tlsOf(endpoint) : {};
  const token = proxy === undefined ? undefined : proxyAuthorization(proxy.url);
  const limits = { headersTimeout: 0, bodyTimeout: 0, connections };
  const connect = { ...tls, timeout: connectMilliseconds, allowH2: false };
  const dispatcher: Dispatcher =
    proxy === undefined
      ? new Pool(url.origin, { ...limits, connect })
      : isSocks(proxy)
        ? new Pool(url.origin, {
            ...limits,
            connect: socksConnector(proxy, tls, connectMilliseconds),
          })
        : new ProxyAgent({
            ...limits,
            uri: proxy.url.origin,
            ...(token === undefined ? {} : { token }),
            // A proxy passes plain requests on; many open tunnels to TLS alone.
            proxyTunnel: url.protocol === 'https:',
            proxyTls: { timeout: connectMilliseconds },
            requestTls: connect,
          });
  let ended = false;
  return {
    protocol: 'http/1.1',
    send: (exchange, signal) => send(dispatcher, url.origin, exchange, signal),
    ended: () => ended,
    retire: () => {
      ended = true;
      dispatcher.close().catch(() => undefined);
    },
    close: () => {
      ended = true;
      dispatcher.destroy().catch(() => undefined);
    },
  };
}

async function send(
  dispatcher: Dispatcher,
  origin: string,
  { method, path, headers, body }: Exchange,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await dispatcher.request({
    origin,
    method: method as Dispatcher.HttpMethod,
    path,
    headers: headers as Record<string, string | string[]>,
    body: body ?? null,
    signal,
  });
  const flat = Object.entries(answer.headers).map(([key, value]) => [key, String(value)]);
  return { status: answer.statusCode, headers: Object.fromEntries(flat), body: answer.body };
}
