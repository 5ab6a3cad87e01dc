/** Backends: HTTP servers on port 80 of loopback addresses of their own, as the gateways of clusters; each can fall ill or die. */
import { spawnSync } from 'node:child_process';
import { createServer, get, type Server } from 'node:http';

/** One of them. */
export interface Backend {
  readonly address: string;
  /** Whether it answers 200; else 503. */
  isReady: boolean;
  /** Whether a request would be answered with 200 now. */
  readonly serves: () => boolean;
  /** How many requests it has answered with 503 so far. */
  readonly refusals: () => number;
  readonly stop: () => Promise<void>;
}

const probe = `require('node:http').createServer().on('error', ({ message }) => {
  process.stdout.write(message);
  process.exit(1);
}).listen(80, '127.31.99.1', () => process.exit(0));`;

/** Why no port 80 can be had on loopback, known before any test is defined; undefined when it can. */
export function whyNoBackends(): string | undefined {
  const { status, stdout } = spawnSync(process.execPath, ['-e', probe], { encoding: 'utf8' });
  return status === 0 ? undefined : `port 80 of loopback cannot be used (${stdout})`;
}

/** Starts one. */
export async function startBackend(address: string, isReady: boolean): Promise<Backend> {
  let refusals = 0;
  const server = createServer((_request, response) => {
    if (!backend.isReady) refusals += 1;
    response.writeHead(backend.isReady ? 200 : 503, { connection: 'close' }).end(address);
  });
  await listen(server, address);
  const backend: Backend = {
    address,
    isReady,
    serves: () => backend.isReady && server.listening,
    refusals: () => refusals,
    stop: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  return backend;
}

/** The status that an address answers for a host; 0 when it does not answer. */
export function statusOf(address: string, host: string): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ host: address, port: 80, path: '/', headers: { host }, agent: false });
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', () => resolve(0));
  });
}

function listen(server: Server, address: string): Promise<undefined> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(80, address, () => resolve(undefined));
  });
}
