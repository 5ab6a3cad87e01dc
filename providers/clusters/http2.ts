/** HTTP/2 over one TLS socket: every request of a cluster is a stream of the same connection. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Answer, Connection, Exchange } from './connection';

/** What one stream may receive before it must say that it has read: lists are larger than the 64 KiB of the protocol. */
const windowBytes = 4 * 1024 * 1024;

/** Speaks HTTP/2 on a socket whose handshake has agreed to it. */
export function http2Over(url: URL, socket: TLSSocket): Connection {
  const session = connect(url.origin, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: windowBytes },
  });
  session.on('connect', () => {
    // It may have been closed before this was told.
    if (!session.destroyed) session.setLocalWindowSize(4 * windowBytes);
  });
  // Streams report what happens to them; an error of the session without a listener would end the process.
  session.on('error', () => session.destroy());
  return {
    protocol: 'h2',
    send: (exchange, signal) => send(session, exchange, signal),
    ended: () => session.closed || session.destroyed,
    retire: () => session.close(),
    close: () => session.destroy(),
  };
}

function send(
  session: ClientHttp2Session,
  { method, path, headers, body }: Exchange,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Not needed by HTTP/2, but by whatever passes the request on over HTTP/1.1.
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const head = { ...headers, ...length, ':method': method, ':path': path };
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(head as Record<string, string | string[]>, {
        signal,
        endStream: body === undefined,
      });
    } catch (error) {
      // The connection was ended a moment ago: nothing went out.
      reject(Object.assign(error as Error, { refused: true }));
      return;
    }
    stream.on('error', (error) => reject(refusedOr(stream, error)));
    stream.once('close', () => reject(refusedOr(stream, new Error('the stream was closed'))));
    stream.once('response', (received) => {
      const { ':status': status, ...rest } = received;
      resolve({ status: status ?? 0, headers: rest as Answer['headers'], body: stream });
    });
    if (body !== undefined) stream.end(body);
  });
}

/** REFUSED_STREAM promises that the server has not looked at the request (RFC 9113, 8.7). */
function refusedOr(stream: ClientHttp2Stream, error: Error): Error {
  const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
  return refused ? Object.assign(error, { refused: true }) : error;
}
