/** A proxy in front of an API server, over HTTP/1.1 and HTTP/2, that does to requests what networks and servers do. */
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificates } from './certificates';
import type { Fault, FaultPlan, Incoming } from './faults';
import { users } from './kube-engines';

/** A request the proxy got. */
export interface ProxiedRequest extends Incoming {
  readonly protocol: '1.1' | '2';
  /** What it met. */
  readonly fault?: Fault['kind'];
  /** What the server answered, also when the client never learned it; undefined if it was not asked or has not answered. */
  readonly status?: number;
}

/** A running proxy. */
export interface FaultProxy {
  /** https://127.0.0.1:port */
  readonly server: string;
  /** All requests since the start or `forget`, oldest first. */
  readonly requests: () => readonly ProxiedRequest[];
  readonly forget: () => void;
  /** Replaces the plan; without one nothing goes wrong. */
  readonly use: (plan?: FaultPlan) => void;
  readonly stop: () => Promise<void>;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Request = Http2ServerRequest;
type Response = Http2ServerResponse | ServerResponse;

/** Starts a proxy for `server`. It ends TLS: whoever shows the administrator's certificate is passed on by his token. */
export async function startFaultProxy({
  server: upstream,
  certificates,
}: {
  readonly server: string;
  readonly certificates: Certificates;
}): Promise<FaultProxy> {
  const ca = readFileSync(certificates.ca);
  const agent = new Agent({ keepAlive: true, ca });
  const sockets = new Map<number, TLSSocket>();
  let plan: FaultPlan | undefined;
  let requests: Writable<ProxiedRequest>[] = [];

  const server = createSecureServer({
    allowHTTP1: true,
    ca,
    cert: readFileSync(certificates.serverCert),
    key: readFileSync(certificates.serverKey),
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('secureConnection', (socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(port));
  });
  server.on('sessionError', () => undefined);
  server.on('request', (incoming, response) => {
    const { method, url: path } = incoming;
    const protocol = incoming.httpVersionMajor === 2 ? '2' : '1.1';
    const seen = { index: requests.length + 1, method, path, protocol } as const;
    const fault = plan?.(seen);
    const record: Writable<ProxiedRequest> = { ...seen, ...(fault && { fault: fault.kind }) };
    requests.push(record);
    const socket = sockets.get(incoming.socket.remotePort ?? 0);
    const cut = () => void socket?.destroy();
    const ask = (answered: (answer: IncomingMessage) => void) => {
      const headers = forwarded(incoming, socket?.authorized === true);
      const outgoing = request(`${upstream}${path}`, { method, headers, agent });
      passRequest({ incoming, response, cut }, outgoing, (answer) => {
        record.status = answer.statusCode;
        answered(answer);
      });
    };
    // A client that is gone is no failure of the proxy.
    incoming.on('error', () => undefined);
    response.on('error', () => undefined);
    meet({ incoming, response, cut, ask }, fault);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests.map((one) => ({ ...one })),
    forget: () => {
      requests = [];
    },
    use: (next) => {
      plan = next;
    },
    stop: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets.values()) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

/** A request between client and server. */
interface Exchange {
  readonly incoming: Request;
  readonly response: Response;
  /** Closes the client's connection. */
  readonly cut: () => void;
  /** Passes the request on. */
  readonly ask: (answered: (answer: IncomingMessage) => void) => void;
}

/** Sends a request to the server. When the server is lost, so is the client's connection; when the client leaves, only its request ends. */
function passRequest(
  { incoming, response, cut }: Omit<Exchange, 'ask'>,
  outgoing: ClientRequest,
  answered: (answer: IncomingMessage) => void,
): void {
  let hasLeft = false;
  const lost = () => {
    if (!hasLeft) cut();
  };
  response.on('close', () => {
    hasLeft = true;
    if (!response.writableEnded) outgoing.destroy();
  });
  outgoing.on('error', lost);
  outgoing.on('response', (answer) => {
    answer.on('error', lost);
    answered(answer);
  });
  incoming.pipe(outgoing);
}

function meet(exchange: Exchange, fault: Fault | undefined): void {
  const { incoming, response, cut, ask } = exchange;
  const passOn = () => ask((answer) => pass(answer, response));
  if (fault === undefined) passOn();
  else if (fault.kind === 'delay') setTimeout(passOn, fault.milliseconds);
  else if (fault.kind === 'cut-before') cut();
  else if (fault.kind === 'cut-after') ask((answer) => answer.resume().on('end', cut));
  else if (fault.kind === 'cut-body') {
    ask((answer) => passPart(answer, exchange, fault.afterBytes ?? 16));
  } else if (fault.kind === 'hold') {
    ask((answer) => {
      sendHead(answer, response);
      answer.resume();
    });
  } else {
    incoming.resume();
    if (fault.kind === 'status') refuse(response, fault.status, fault.retryAfterSeconds);
  }
}

function pass(answer: IncomingMessage, response: Response): void {
  sendHead(answer, response);
  answer.pipe(response);
}

function passPart(answer: IncomingMessage, { response, cut }: Exchange, bytes: number): void {
  sendHead(answer, response);
  const toSend: NodeJS.WritableStream = response;
  let left = bytes;
  answer.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, left);
    left -= part.length;
    if (part.length > 0) toSend.write(part);
    if (left === 0) setTimeout(cut, 20);
  });
  // Closing at once could overtake the bytes that are to arrive.
  answer.on('end', () => setTimeout(cut, 20));
}

const hopByHop = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

/** Sends the headers at once: a watch has no body for a long time, and its headers are news by themselves. */
function sendHead(answer: IncomingMessage, response: Response): void {
  const { statusCode = 502 } = answer;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !hopByHop.includes(name)) response.setHeader(name, value);
  }
  response.writeHead(statusCode);
  // Over HTTP/1.1 writeHead only prepares them.
  if (response instanceof ServerResponse) response.flushHeaders();
}

function forwarded(incoming: Request, isAdmin: boolean): Record<string, string | string[]> {
  const kept = Object.entries(incoming.headers).filter(
    (header): header is [string, string | string[]] =>
      header[1] !== undefined && !header[0].startsWith(':') && !hopByHop.includes(header[0]),
  );
  const { host: _, ...rest } = Object.fromEntries(kept);
  // A DELETE with a body of unknown length would otherwise be sent without saying where it ends.
  if (hasUnmeasuredBody(incoming)) rest['transfer-encoding'] = 'chunked';
  if (isAdmin) rest.authorization ??= `Bearer ${users.admin.token}`;
  return rest;
}

function hasUnmeasuredBody({ headers, stream, httpVersionMajor }: Request): boolean {
  if (headers['content-length'] !== undefined) return false;
  // Over HTTP/1.1 a request has no stream of its own.
  return httpVersionMajor === 2
    ? !stream.endAfterHeaders
    : headers['transfer-encoding'] !== undefined;
}

const reasons: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** As an API server says it: a Status object, and Retry-After where the client is to wait. */
function refuse(response: Response, status: number, retryAfterSeconds?: number): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  const reason = reasons[status];
  const head = { kind: 'Status', apiVersion: 'v1', status: 'Failure' };
  response.end(JSON.stringify({ ...head, message: 'by the fault proxy', reason, code: status }));
}
