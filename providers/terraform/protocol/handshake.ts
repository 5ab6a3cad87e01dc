/** Handshake: the environment with which Terraform starts a plugin, and the line that the plugin prints in reply. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server } from 'node:http2';
import type { ListenOptions, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { type Identity, newIdentity } from './certificate';

/** The settings in the environment with which Terraform started this process. */
export interface Invitation {
  /** PEM of the only client that may connect; undefined: TLS is off. */
  readonly clientCertificate: string | undefined;
  /** Where the socket goes; undefined: the system's folder for temporary files. */
  readonly socketFolder: string | undefined;
  /** TCP ports, both inclusive, where there are no unix sockets. */
  readonly ports: readonly [number, number];
}

/** Says that Terraform started this process, and no human did. It is no secret. */
export const cookie = {
  name: 'TF_PLUGIN_MAGIC_COOKIE',
  value: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
};
/** The only protocol spoken: nested attributes came with it. */
export const protocolVersion = 6;

/** The settings of the environment; a string says why they cannot be met; undefined: Terraform did not start this process. */
export function invitationIn(env: NodeJS.ProcessEnv): Invitation | string | undefined {
  if (env[cookie.name] !== cookie.value) return undefined;
  const offered = (env.PLUGIN_PROTOCOL_VERSIONS ?? '').split(',').map((one) => one.trim());
  if (!offered.includes(String(protocolVersion))) {
    const got = offered.join(', ') || 'none';
    return `littoral speaks plugin protocol ${protocolVersion}, and was offered ${got}. Use Terraform 1.8 or OpenTofu 1.8, or newer.`;
  }
  return {
    clientCertificate: env.PLUGIN_CLIENT_CERT || undefined,
    socketFolder: env.PLUGIN_UNIX_SOCKET_DIR || undefined,
    ports: [Number(env.PLUGIN_MIN_PORT ?? 10_000), Number(env.PLUGIN_MAX_PORT ?? 25_000)],
  };
}

/** A server that listens. */
export interface Listening {
  /** Has the sessions and their streams. */
  readonly server: Http2Server;
  readonly network: 'unix' | 'tcp';
  /** A path, or `127.0.0.1:port`. */
  readonly address: string;
  /** The line Terraform waits for. */
  readonly line: string;
  /** Accepts no one any more. */
  readonly close: () => void;
  /** Removes the socket. */
  readonly tidy: () => void;
}

/** The longest path a unix socket may have everywhere. */
const longestSocketPath = 100;
/** Requests of some megabytes should not wait for a window to open. */
const windowBytes = 8 * 1024 * 1024;

/** Listens where the invitation says. Throws when no port is free or the folder cannot be written. */
export async function listen(invitation: Invitation, now: number): Promise<Listening> {
  const { clientCertificate, ports } = invitation;
  const identity = clientCertificate === undefined ? undefined : newIdentity(now);
  const server = createServer({ settings: { initialWindowSize: windowBytes } });
  server.on('session', (session) => session.setLocalWindowSize(windowBytes));
  const listener = identity ? guard(server, identity, clientCertificate ?? '') : server;
  const path = process.platform === 'win32' ? undefined : newSocketPath(invitation.socketFolder);
  const [network, address] = path
    ? (['unix', await bind(listener, { path })] as const)
    : (['tcp', await bindFirst(listener, ports)] as const);
  // Terraform reads the certificate without padding, and refuses it with.
  const certificate = identity?.der.toString('base64').replace(/=+$/, '') ?? '';
  const line = `1|${protocolVersion}|${network}|${address}|grpc|${certificate}\n`;
  const tidy = () => {
    if (path) rmSync(join(path, '..'), { recursive: true, force: true });
  };
  return { server, network, address, line, close: () => listener.close(), tidy };
}

/**
 * Lets only the client with this certificate through to `server`. Node would check it against a list of authorities,
 * and the first such list makes it parse all the authorities of the web, for 30 ms; the certificate is known byte for byte.
 */
function guard(server: Http2Server, identity: Identity, clientCertificate: string): Server {
  const announced = new X509Certificate(clientCertificate).raw;
  const { key, certificate: cert } = identity;
  const options = { key, cert, ca: [], requestCert: true, rejectUnauthorized: false };
  return createTlsServer({ ...options, ALPNProtocols: ['h2'] }, (socket) => {
    const isAnnounced = socket.getPeerX509Certificate()?.raw.equals(announced) ?? false;
    if (isAnnounced) server.emit('connection', socket);
    else socket.on('error', () => {}).destroy();
  });
}

/** In a folder that only this user may enter, which also keeps the socket from others when TLS is off. */
function newSocketPath(folder: string | undefined): string | undefined {
  const inside = folder ?? tmpdir();
  if (join(inside, 'littoral-XXXXXX', 'plugin').length > longestSocketPath) return undefined;
  return join(mkdtempSync(join(inside, 'littoral-')), 'plugin');
}

function bind(server: Server, where: ListenOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound ? `${bound.address}:${bound.port}` : `${bound}`);
    });
  });
}

/** Binds the first free port. Terraform starts several plugins at once, so each begins somewhere else. */
async function bindFirst(server: Server, [first, last]: readonly [number, number]) {
  const count = last - first + 1;
  const offset = process.pid % count;
  for (let tried = 0; tried < count; tried += 1) {
    const port = first + ((offset + tried) % count);
    try {
      return await bind(server, { host: '127.0.0.1', port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`no port from ${first} to ${last} is free on 127.0.0.1`);
}
