/** gRPC over node:http2, as much of it as a plugin serves: calls with one request and one answer, and streams that stay silent. */
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';

/** Answers one request. The signal is aborted when the caller gave up. */
type CallHandler = (request: Uint8Array, gaveUp: AbortSignal) => Promise<Uint8Array>;

/** What is served, by gRPC path, e.g. `/tfplugin6.Provider/ReadResource`. */
export interface Served {
  readonly calls: Readonly<Record<string, CallHandler>>;
  /** Streams that are opened and never said anything on. */
  readonly silent: readonly string[];
}

/** What the server is doing. */
interface Activity {
  /** Resolves once no call is being answered. */
  idle(): Promise<void>;
  /** Ends the silent streams. */
  hush(): void;
}

const ok = 0;
const unimplemented = 12;
const internal = 13;
const headerBytes = 5;
const answered = { ':status': 200, 'content-type': 'application/grpc' };

/** Answers the calls that come in on `server`. */
export function serveCalls(server: Http2Server, served: Served): Activity {
  const running = new Set<Promise<void>>();
  const quiet = new Set<ServerHttp2Stream>();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const path = headers[':path'] ?? '';
    // A caller that goes away in the middle of a call is no failure of ours.
    stream.on('error', () => {});
    const answer = Object.hasOwn(served.calls, path) ? served.calls[path] : undefined;
    if (answer) {
      const call = answerCall(stream, answer).finally(() => running.delete(call));
      running.add(call);
    } else if (served.silent.includes(path)) {
      quiet.add(stream);
      stream.on('close', () => quiet.delete(stream));
      stream.respond(answered, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': ok }));
      stream.resume();
    } else refuse(stream, unimplemented, `${path} is not served`);
  });
  return {
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    hush: () => {
      for (const stream of quiet) stream.end();
    },
  };
}

async function answerCall(stream: ServerHttp2Stream, answer: CallHandler): Promise<void> {
  const gone = new AbortController();
  stream.on('aborted', () => gone.abort());
  try {
    const request = unframe(await bodyOf(stream));
    const message = frame(await answer(request, gone.signal));
    if (stream.destroyed) return;
    stream.respond(answered, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': ok }));
    await new Promise<void>((resolve) => {
      stream.on('close', resolve);
      stream.end(message);
    });
  } catch (error) {
    const status = error instanceof Unserved ? unimplemented : internal;
    refuse(stream, status, error instanceof Error ? error.message : 'unknown error');
  }
}

/** A request in a form that is not served. */
class Unserved extends Error {}

/** A message may come in many DATA frames: all of them, up to the end. */
function bodyOf(stream: ServerHttp2Stream): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('close', () => reject(new Error('the caller gave up')));
  });
}

/** One message: a flag (0: not compressed), its length in four bytes, and its bytes. */
function unframe(body: Buffer): Uint8Array {
  if (body.length < headerBytes) throw new Error('the request ended before its header');
  if (body[0] !== 0) throw new Unserved('the request is compressed');
  const end = headerBytes + body.readUInt32BE(1);
  if (body.length < end) throw new Error('the request ended before its message');
  if (body.length > end) throw new Unserved('the request has more than one message');
  return body.subarray(headerBytes, end);
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(headerBytes + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, headerBytes);
  return framed;
}

/** An error has no message, so its status comes with the headers. */
function refuse(stream: ServerHttp2Stream, status: number, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  const trailers = { 'grpc-status': status, 'grpc-message': encodeURIComponent(message) };
  stream.respond({ ...answered, ...trailers }, { endStream: true });
  stream.resume();
}
