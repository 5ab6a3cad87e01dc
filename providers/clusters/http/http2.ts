/** HTTP/2 over one TLS socket: every request of a cluster is a stream of the same connection. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { Readable } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Answer, Connection, Exchange } from './connection';

/** What one stream may receive before it must say that it has read: lists are larger than the 64 KiB of the protocol. */
const windowBytes = 4 * 1024 * 1024;
/** What waits in memory for a reader that is slower than the network. */
const bufferBytes = 256 * 1024;

/**
 * Ends a session or a stream once the frames that have arrived are read.
 *
 * Node calls us while nghttp2 reads frames, and all that follows in that tick, promises included, still runs inside that
 * reading. To end a session or a stream is to send at once whatever waits to be sent, which frees streams; nghttp2 then
 * writes into the freed one, and some time later the process dies of a corrupt heap. Node itself puts off only resets
 * with the code CANCEL; it puts off all of them since 2026, too late for version 20.
 */
const afterReading = (end: () => void): void => {
  setImmediate(end);
};

/** Speaks HTTP/2 on a socket whose handshake has agreed to it. */
export function http2Over(url: URL, socket: TLSSocket): Connection {
  const session = connect(url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: windowBytes },
  });
  // A connection that waits for nothing does not keep the process.
  let running = 0;
  session.unref();
  const run = (stream: ClientHttp2Stream): void => {
    running += 1;
    if (running === 1) session.ref();
    stream.once('close', () => {
      running -= 1;
      if (running === 0) session.unref();
    });
  };
  let ending = false;
  session.on('connect', () => {
    // It may have been closed before this was told.
    if (!session.destroyed) session.setLocalWindowSize(4 * windowBytes);
  });
  // Streams report what happens to them; an error of the session, which is destroyed by then, would end the process.
  session.on('error', () => undefined);
  const ended = (): boolean => ending || session.closed || session.destroyed;
  const end = (how: () => void): void => {
    ending = true;
    afterReading(how);
  };
  return {
    protocol: 'h2',
    send: async (exchange, signal) => {
      if (signal.aborted) throw signal.reason;
      // Nothing goes out.
      if (ended()) throw Object.assign(new Error('the connection was ended'), { refused: true });
      return await send(session, exchange, signal, run);
    },
    ended,
    retire: () => end(() => session.close()),
    close: () => end(() => session.destroy()),
  };
}

function send(
  session: ClientHttp2Session,
  { method, path, headers, body }: Exchange,
  signal: AbortSignal,
  run: (stream: ClientHttp2Stream) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Not needed by HTTP/2, but by whatever passes the request on over HTTP/1.1.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const head = { ...headers, ...length, ':method': method, ':path': path };
    let stream: ClientHttp2Stream;
    try {
      const options = { endStream: body === undefined };
      stream = session.request(head as Record<string, string | string[]>, options);
    } catch (error) {
      // The server has sent us away a moment ago: nothing went out.
      reject(Object.assign(error as Error, { refused: true }));
      return;
    }
    run(stream);
    let answerBody: Readable | undefined;
    const stop = (): void => {
      reject(signal.reason);
      if (answerBody === undefined) leave(stream);
      else answerBody.destroy(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    stream.on('error', (error) => reject(refusedOr(stream, error)));
    stream.once('close', () => {
      signal.removeEventListener('abort', stop);
      reject(refusedOr(stream, new Error('the stream was closed')));
    });
    stream.once('response', (received) => {
      const { ':status': status, ...rest } = received;
      answerBody = bodyOf(stream);
      resolve({ status: status ?? 0, headers: rest as Answer['headers'], body: answerBody });
    });
    if (body !== undefined) stream.end(body);
  });
}

/** What a stream brings. Its reader may destroy it at any moment; the stream is left when that is safe. */
function bodyOf(stream: ClientHttp2Stream): Readable {
  const body = new Readable({
    highWaterMark: bufferBytes,
    read: () => void stream.resume(),
    destroy: (error, done) => {
      leave(stream);
      done(error);
    },
  });
  // Who reads is told; without a reader nobody needs to know, and without a listener the process would end.
  body.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) stream.pause();
  });
  // A stream that was cut off ends like a complete one; only its code tells.
  stream.once('end', () => {
    if (stream.rstCode === constants.NGHTTP2_NO_ERROR) body.push(null);
    else body.destroy(new Error('the answer was cut off'));
  });
  stream.once('close', () => {
    if (!stream.readableEnded) body.destroy(new Error('the answer was cut off'));
  });
  return body;
}

/** Tells the server that we want no more of it. A stream that has ended by itself is left alone. */
function leave(stream: ClientHttp2Stream): void {
  afterReading(() => {
    if (stream.destroyed) return;
    stream.close(constants.NGHTTP2_CANCEL);
    stream.destroy();
  });
}

/** REFUSED_STREAM promises that the server has not looked at the request (RFC 9113, 8.7). */
function refusedOr(stream: ClientHttp2Stream, error: Error): Error {
  const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
  return refused ? Object.assign(error, { refused: true }) : error;
}
