/** A gateway on loopback: a real HAProxy that terminates TLS with a certificate in front of a backend of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onPath } from './path-lookup';
import { startEngine } from './process';

/** A running one. */
export interface Gateway {
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** Why HAProxy cannot be used here; undefined when it can. */
export function whyNoGateway(): string | undefined {
  return onPath('haproxy') === undefined ? 'haproxy is not installed' : undefined;
}

/** Listens at port 443 of an address; `pem` is a certificate with its chain and key. The backend answers 200. */
export async function startGateway(address: string, pem: string): Promise<Gateway> {
  const backend = createServer((_, response) => {
    response.writeHead(200, { connection: 'close' }).end(address);
  });
  await new Promise<void>((next) => backend.listen(0, '127.0.0.1', next));
  const { port } = backend.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'littoral-gateway-'));
  writeFileSync(join(folder, 'server.pem'), pem, { mode: 0o600 });
  writeFileSync(join(folder, 'haproxy.cfg'), configuration(address, port, folder));
  const engine = await startEngine('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], () =>
    isOpen(address),
  );
  return {
    address,
    stop: async () => {
      await engine.stop('SIGKILL');
      backend.closeAllConnections();
      await new Promise((closed) => backend.close(closed));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configuration(address: string, port: number, folder: string): string {
  return `global
  maxconn 100
defaults
  mode http
  timeout connect 2s
  timeout client 10s
  timeout server 10s
frontend tls
  bind ${address}:443 ssl crt ${join(folder, 'server.pem')}
  default_backend app
backend app
  server one 127.0.0.1:${port}
`;
}

function isOpen(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 443 });
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
