/** Asks one API server: credentials, deadlines and attempts are settled here, so that the rest of the room only speaks Kubernetes. */

import type { Readable } from 'node:stream';
import { parseExactJson } from '../../../constructs/model/exact-integer';
import type { ProxyChoice } from '../../proxy/environment';
import type { AccessSource } from '../auth/access-source';
import type { Credentials, Trust } from '../auth/credentials';
import { type Redact, redacting } from '../auth/redaction';
import { DeadlinePassed, pause, withDeadline } from '../deadline';
import { ClusterError } from '../errors';
import type { Answer, Exchange } from '../http/connection';
import { type Transport, transportTo } from '../http/transport';
import { type Broken, brokenBy, lateError, unreachableError } from '../http/unreachable';
import { type Attempt, pauseAfter } from './retry';
import { type RequestDescription, statusOf } from './status';

/** One request. */
export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** In which form the answer is wanted. Default: application/json. */
  readonly accept?: string;
  /** True when doing it twice is doing it once: it may be sent again when the connection breaks. */
  readonly safe: boolean;
  /** True when it says what must be there. Default: false. */
  readonly conditional?: boolean;
  readonly description: RequestDescription;
  readonly signal?: AbortSignal;
  readonly deadlineMilliseconds?: number;
}
/** The last answer; what its status means is for the one who asked. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Since the first attempt began. */
  readonly milliseconds: number;
  readonly attempts: number;
  /** The clock of the server: milliseconds since 1970. */
  readonly date?: number;
}
/** One API server. */
export interface ApiServer {
  readonly name: string;
  readonly redact: Redact;
  /** What messages call the place where the way to it is written. */
  readonly source: AccessSource;
  readonly deadlineMilliseconds: number;
  readonly random: () => number;
  /** Rejects with a ClusterError when no answer came. */
  readonly ask: (ask: Ask) => Promise<Reply>;
  /** The body as it comes, such as that of a watch. No second attempt, and no deadline but `signal`. */
  readonly stream: (ask: Ask, signal: AbortSignal) => Promise<Answer>;
  /** Connects now. Rejects with a ClusterError. */
  readonly connect: () => Promise<'h2' | 'http/1.1'>;
  /** Forgets a connection that has gone silent. */
  readonly retire: () => void;
  readonly close: () => void;
}
/** What an API server is made of. */
export interface ApiServerProps {
  readonly name: string;
  readonly url: URL;
  readonly source: AccessSource;
  readonly trust: Trust;
  readonly proxy?: ProxyChoice;
  readonly credentials: Credentials;
  /** Reads the credentials again. */
  readonly renew: (signal: AbortSignal) => Promise<Credentials>;
  readonly deadlineMilliseconds: number;
  readonly connectMilliseconds: number;
  readonly random: () => number;
}

/** A page of a list is far smaller. */
const maxBytes = 64 * 1024 * 1024;

/** Prepares to ask; connects with the first request. */
export function apiServer(props: ApiServerProps): ApiServer {
  const { name, url, source, proxy, random, deadlineMilliseconds } = props;
  const keeper = keeperOf(props);
  const transport = transportTo(() => {
    const { cert, key } = keeper.current();
    const pair = cert === undefined || key === undefined ? {} : { cert, key };
    return { ...props, ...pair };
  });
  const redact = redacting(() => keeper.secrets);
  const inside: Inside = { props, keeper, transport, redact };
  const broken = (thrown: unknown): never => {
    throw unreachableError(name, brokenBy(thrown, { address: url.host, source, proxy }));
  };
  return {
    name,
    redact,
    source,
    random,
    deadlineMilliseconds,
    ask: (ask) => askWithin(inside, ask),
    stream: (ask, signal) =>
      exchange(inside, ask, signal).catch((thrown: unknown) =>
        thrown instanceof ClusterError ? Promise.reject(thrown) : broken(thrown),
      ),
    connect: () =>
      withDeadline(deadlineMilliseconds, undefined, (signal) =>
        transport.protocol(signal).catch(broken),
      ),
    retire: transport.retire,
    close: transport.close,
  };
}

interface Inside {
  readonly props: ApiServerProps;
  readonly keeper: Keeper;
  readonly transport: Transport;
  readonly redact: Redact;
}

/** Holds the credentials of the day, and every secret there has been. */
interface Keeper {
  readonly current: () => Credentials;
  readonly secrets: readonly string[];
  /** Other credentials than `refused`; the same object when there are none. */
  readonly renewed: (refused: Credentials, signal: AbortSignal) => Promise<Credentials>;
}

function keeperOf({ credentials, renew }: ApiServerProps): Keeper {
  let current = credentials;
  let renewing: Promise<Credentials> | undefined;
  const secrets = [...credentials.secrets];
  const read = async (signal: AbortSignal): Promise<Credentials> => {
    try {
      current = await renew(signal);
      secrets.push(...current.secrets.filter((secret) => !secrets.includes(secret)));
      return current;
    } finally {
      renewing = undefined;
    }
  };
  return {
    current: () => current,
    secrets,
    renewed: async (refused, signal) => {
      if (!refused.renewable || refused !== current) return current;
      renewing ??= read(signal);
      return await renewing;
    },
  };
}

function askWithin(inside: Inside, ask: Ask): Promise<Reply> {
  const { props } = inside;
  const milliseconds = ask.deadlineMilliseconds ?? props.deadlineMilliseconds;
  const began = performance.now();
  return withDeadline(milliseconds, ask.signal, async (signal) => {
    let last: Broken | undefined;
    for (let attempt = 0; ; attempt++) {
      const result = await attemptOnce(inside, ask, signal);
      if (signal.aborted && result.broken !== undefined) break;
      last = result.broken;
      const passed = performance.now() - began;
      const remainingMilliseconds = milliseconds - passed;
      const { safe, conditional = false } = ask;
      const context = { safe, conditional, attempt, remainingMilliseconds, random: props.random };
      const wait = pauseAfter(result.attempt, context);
      if (wait === undefined) {
        if (result.reply !== undefined) {
          return { ...result.reply, milliseconds: passed, attempts: attempt + 1 };
        }
        throw unreachableError(props.name, result.broken);
      }
      await pause(wait, signal);
      if (signal.aborted) break;
    }
    const late = signal.reason instanceof DeadlinePassed;
    // Whatever is silent now would be silent for the next request, too.
    if (late) inside.transport.retire();
    if (!late) throw stoppedError(props.name, ask);
    throw lateError(props, whatOf(ask), milliseconds / 1000, last);
  });
}

/** The error for a request that its sender has stopped. */
export function stoppedError(name: string, ask: Ask): ClusterError {
  const summary = `the request to ${whatOf(ask)} in ${name} was stopped`;
  return new ClusterError({ cluster: name, summary, remedy: 'Start again.', retriable: true });
}

function whatOf({ description }: Ask): string {
  return `${description.verb} ${description.subject}`;
}

type Result =
  | {
      readonly attempt: Attempt;
      readonly reply: Pick<Reply, 'status' | 'body' | 'date'>;
      readonly broken?: undefined;
    }
  | { readonly attempt: Attempt; readonly broken: Broken; readonly reply?: undefined };

async function attemptOnce(inside: Inside, ask: Ask, signal: AbortSignal): Promise<Result> {
  try {
    const answer = await exchange(inside, ask, signal);
    const body = parseBody(await readText(answer.body), answer);
    const date = Date.parse(answer.headers.date ?? '');
    const clock = Number.isNaN(date) ? {} : { date };
    const retryAfter = answer.headers['retry-after'];
    return {
      attempt: {
        kind: 'answered',
        httpStatus: answer.status,
        status: statusOf(body),
        ...(retryAfter === undefined ? {} : { retryAfter }),
      },
      reply: { status: answer.status, body, ...clock },
    };
  } catch (thrown) {
    if (thrown instanceof ClusterError) throw thrown;
    const { url, source, proxy } = inside.props;
    const broken = brokenBy(thrown, { address: url.host, source, proxy });
    return { attempt: { kind: 'broken', ...broken }, broken };
  }
}

/** Sends once, and once more when the server does not accept credentials that can be renewed. */
async function exchange(inside: Inside, ask: Ask, signal: AbortSignal): Promise<Answer> {
  const { keeper, transport, props } = inside;
  const base = props.url.pathname.replace(/\/+$/, '');
  const send = (by: Credentials): Promise<Answer> => {
    const message: Exchange = {
      method: ask.method,
      path: `${base}${ask.path}`,
      headers: {
        accept: ask.accept ?? 'application/json',
        'user-agent': 'littoral',
        ...by.headers,
        ...(ask.body === undefined
          ? {}
          : { 'content-type': ask.contentType ?? 'application/json' }),
      },
      ...(ask.body === undefined ? {} : { body: ask.body }),
    };
    return transport.send(message, signal);
  };
  const renewed = async (by: Credentials): Promise<Credentials> => {
    const next = await keeper.renewed(by, signal);
    if (String(next.cert) !== String(by.cert)) transport.retire();
    return next;
  };
  let by = keeper.current();
  if (by.expiresAt !== undefined && by.expiresAt <= Date.now()) by = await renewed(by);
  const first = await send(by);
  if (first.status !== 401 || !by.renewable) return first;
  const next = await renewed(by);
  if (
    JSON.stringify(next.headers) === JSON.stringify(by.headers) &&
    String(next.cert) === String(by.cert)
  ) {
    return first;
  }
  first.body.resume();
  return await send(next);
}

/** The whole body. Throws when it was cut off or is over 64 MiB. */
export async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON where it is JSON; what a gateway writes is not of interest. */
function parseBody(text: string, { headers, status }: Answer): unknown {
  if (!/json/.test(headers['content-type'] ?? '')) return undefined;
  try {
    return parseExactJson(text);
  } catch {
    if (status >= 400) return undefined;
    throw new Error('the answer was cut off');
  }
}
