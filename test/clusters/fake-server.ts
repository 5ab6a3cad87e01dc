/** An API server that says what a test scripts, over HTTP/2 or HTTP/1.1, and writes down what it was asked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type OpenOptions, openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { type Certificates, makeCertificates } from '../testbed/certificates';

/** What came in. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly version: string;
  readonly certificate: boolean;
}
/** What goes out. */
export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection without an answer. */
  readonly cut?: boolean;
  /** No answer; the connection stays open. */
  readonly silent?: boolean;
  /** Lines sent at once; the answer ends unless `open`. */
  readonly lines?: readonly object[];
  /** Sent as it is; the answer ends unless `open`. */
  readonly text?: string;
  readonly open?: boolean;
}
/** Answers a request; `index` counts from 0. */
export type Script = (seen: Seen, index: number) => Reply;
/** Which HTTP it speaks. */
export type Speaks = 'h2' | 'http/1.1' | 'plain';

/** A running fake. */
export interface FakeServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** How many connections there were. */
  readonly connections: () => number;
  /** Tells every HTTP/2 client to go elsewhere. */
  readonly goAway: () => void;
  /** Closes every connection. */
  readonly cut: () => void;
  readonly stop: () => Promise<void>;
}

/** A folder with certificates, made once for a test file. */
export interface Ground {
  readonly folder: string;
  readonly certificates: Certificates;
}

/** Makes the folder. */
export function makeGround(): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-clusters-'));
  return { folder, certificates: makeCertificates(folder) };
}

/** Removes the folder. */
export function removeGround({ folder }: Ground): void {
  rmSync(folder, { recursive: true });
}

type Request = Http2ServerRequest;
type Response = Http2ServerResponse;

/** Starts a fake. */
export async function startFake(
  { certificates }: Ground,
  script: Script,
  speaks: Speaks = 'h2',
): Promise<FakeServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let connections = 0;
  const handle = async (request: Request, response: Response): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url: path, headers, httpVersion: version } = request;
    const socket = request.socket as unknown as { readonly authorized?: boolean };
    const certificate = socket.authorized === true;
    seen.push({ method, path, headers, body, version, certificate });
    const reply = script(seen.at(-1) as Seen, seen.length - 1);
    if (reply.silent) return;
    if (reply.cut) {
      for (const one of sockets) one.destroy();
      return;
    }
    const { status = 200, lines, text } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...reply.headers });
    if (text !== undefined) {
      response.write(text);
      if (reply.open !== true) response.end();
      return;
    }
    if (lines === undefined) {
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
      return;
    }
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    if (reply.open !== true) response.end();
    else if (lines.length === 0) response.write('\n');
  };
  const server = listenerOf(certificates, speaks, (request, response) => {
    handle(request, response).catch(() => undefined);
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.on('error', () => undefined);
    session.on('close', () => sessions.delete(session));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', () => ready()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${speaks === 'plain' ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    connections: () => connections,
    goAway: () => {
      for (const session of sessions) session.goaway();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listenerOf(
  certificates: Certificates,
  speaks: Speaks,
  handle: (request: Request, response: Response) => void,
) {
  if (speaks === 'plain') return createPlainServer(handle as never);
  const tls = {
    ca: readFileSync(certificates.ca),
    cert: readFileSync(certificates.serverCert),
    key: readFileSync(certificates.serverKey),
    requestCert: true,
    rejectUnauthorized: false,
  };
  return speaks === 'h2' ? createSecureServer(tls, handle) : createServer(tls, handle as never);
}

/** Writes a kubeconfig with the context `edge`, as a user would have it. */
export function writeKubeconfig(
  { folder, certificates }: Ground,
  server: string,
  user: object = { token: 'planted-token' },
  cluster: object = { 'certificate-authority': certificates.ca },
): string {
  const path = join(folder, 'kubeconfig');
  const head = { apiVersion: 'v1', kind: 'Config' };
  const clusters = [{ name: 'c', cluster: { server, ...cluster } }];
  const contexts = [{ name: 'edge', context: { cluster: 'c', user: 'u' } }];
  writeFileSync(path, stringify({ ...head, clusters, contexts, users: [{ name: 'u', user }] }));
  return path;
}

/** Opens the context `edge` as cluster `fra`. */
export function openFake(
  { folder }: Ground,
  options: Partial<OpenOptions> = {},
): Promise<ClusterClient> {
  const access = { kubeconfig: 'kubeconfig', context: 'edge' };
  return openCluster(
    { name: 'fra', access },
    { folder, deadlineSeconds: 5, random: () => 0, ...options },
  );
}
