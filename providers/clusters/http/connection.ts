/** The words of the wire: what goes out, what comes back, and where to connect. */
import type { Readable } from 'node:stream';
import type { ProxyChoice } from '../../proxy/environment';
import type { Trust } from '../auth/credentials';

/** One request as it goes over the wire. */
export interface Exchange {
  readonly method: string;
  /** With query; starts with a slash. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}
/** The head of an answer, and its body as it comes. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
}
/** An open way to a server. */
export interface Connection {
  readonly protocol: 'h2' | 'http/1.1';
  readonly send: (exchange: Exchange, signal: AbortSignal) => Promise<Answer>;
  /** True when no new request may be sent. */
  readonly ended: () => boolean;
  /** Lets running requests end. */
  readonly retire: () => void;
  readonly close: () => void;
}
/** Where to connect and how. */
export interface Endpoint {
  readonly url: URL;
  readonly trust: Trust;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly proxy?: ProxyChoice;
  readonly connectMilliseconds: number;
}

/** The connection could not be opened: the request has certainly not been seen by the server. */
export class NotSent extends Error {
  constructor(cause: unknown) {
    super('no connection', { cause });
    this.name = 'NotSent';
  }
}
