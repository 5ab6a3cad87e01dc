/** One HTTP question and its answer: deadline, size limit, retries and redirects; nothing here knows who answers. */
import { isIP } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type Environment, proxyAuthorization, proxyFor } from '../proxy/environment';

/** What to send. */
export interface Question {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}
/** Limits of one exchange. */
export interface ExchangeLimits {
  /** For each attempt, from connecting to the last byte. */
  readonly timeoutMilliseconds: number;
  readonly retries: number;
  readonly maxBodyBytes: number;
  /** Waits between attempts. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1; spreads the attempts of many callers. */
  readonly random: () => number;
}
/** TLS settings of a connection, PEM. */
export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** The body is larger than the limit. */
export class TooLarge extends Error {}
/** No complete answer before the deadline. */
export class TooSlow extends Error {}

/** A server that asks for a longer pause is not waited for. */
const longestPauseMilliseconds = 10_000;
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** The HTTP client, loaded by the first question: a recorded answer needs none. */
const client = () => require('undici') as typeof import('undici');

/** Connections, direct or by the proxies of the environment; destroy them at the end. */
export interface Connections {
  /** Throws ProxyMistake. */
  readonly to: (target: URL) => Dispatcher;
  readonly destroy: () => Promise<void>;
}

/** Opens nothing before a question goes out. */
export function openConnections(
  tls: TlsSettings,
  timeoutMilliseconds: number,
  environment: Environment,
): Connections {
  const opened = new Map<string, Dispatcher>();
  const limits = { headersTimeout: 0, bodyTimeout: 0 };
  const timeout = timeoutMilliseconds;
  const open = (target: URL): Dispatcher => {
    const { Agent, ProxyAgent } = client();
    const proxy = proxyFor(target, environment);
    if (proxy === undefined) return new Agent({ ...limits, connect: { ...tls, timeout } });
    const token = proxyAuthorization(proxy.url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    return new ProxyAgent({
      ...limits,
      uri: proxy.url.origin,
      ...(token === undefined ? {} : { token }),
      // A proxy passes plain requests on; many open tunnels to TLS alone.
      proxyTunnel: target.protocol === 'https:',
      proxyTls: { timeout },
      requestTls: { ...(isIP(host) === 0 ? { servername: host } : {}), ...tls, timeout },
    });
  };
  return {
    to: (target) => {
      const known = opened.get(target.origin) ?? open(target);
      opened.set(target.origin, known);
      return known;
    },
    destroy: async () => {
      await Promise.all([...opened.values()].map((one) => one.destroy()));
    },
  };
}

/** Asks until there is an answer worth having: connection errors, 429 and 5xx are asked again. Throws what the last attempt threw. */
export async function exchange(
  question: Question,
  limits: ExchangeLimits,
  connections: Connections,
): Promise<Reply> {
  const dispatcher = connections.to(question.url);
  for (let attempt = 0; ; attempt++) {
    const isLast = attempt >= limits.retries;
    let pause = limits.random() * 250 * 2 ** attempt;
    try {
      const reply = await askOnce(question, limits, dispatcher);
      if (isLast || !(reply.status === 429 || reply.status >= 500)) return reply;
      const requestedMilliseconds = retryAfterMilliseconds(reply);
      if (requestedMilliseconds > longestPauseMilliseconds) return reply;
      pause += requestedMilliseconds;
    } catch (error) {
      if (isLast || !isConnectionError(error)) throw error;
    }
    await limits.sleep(pause);
  }
}

/** The code of an error or of what caused it, e.g. ECONNREFUSED. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause, errors } = error as {
    readonly code?: unknown;
    readonly cause?: unknown;
    readonly errors?: readonly unknown[];
  };
  if (typeof code === 'string') return code;
  return codeOf(cause) ?? codeOf(errors?.[0]);
}

/** Seconds in Retry-After as milliseconds; 0 without one. A date counts as too long to wait for. */
export function retryAfterMilliseconds(reply: Reply): number {
  const value = reply.headers['retry-after'];
  if (typeof value !== 'string') return 0;
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : Infinity;
}

async function askOnce(
  { method, url, headers, body }: Question,
  { timeoutMilliseconds, maxBodyBytes }: ExchangeLimits,
  dispatcher: Dispatcher,
): Promise<Reply> {
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const reply = await client().request(url, {
      method,
      headers,
      body: body ?? null,
      dispatcher,
      signal,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of reply.body) {
      size += chunk.length;
      if (size > maxBodyBytes) throw new TooLarge();
      chunks.push(chunk);
    }
    const text = unpacked(Buffer.concat(chunks), maxBodyBytes).toString('utf8');
    return { status: reply.statusCode, headers: reply.headers, text };
  } catch (error) {
    if (signal.aborted) throw new TooSlow(undefined, { cause: error });
    throw error;
  }
}

/** A body that came packed though nobody asked for it. */
function unpacked(body: Buffer, maxOutputLength: number): Buffer {
  const isPacked = body[0] === 0x1f && body[1] === 0x8b;
  if (!isPacked) return body;
  try {
    return gunzipSync(body, { maxOutputLength });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    return body;
  }
}

function isConnectionError(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && connectionCodes.has(code);
}
