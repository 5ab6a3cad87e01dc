/** Starts the fixture provider as Terraform would, and talks to it with an independent gRPC client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Client,
  credentials,
  loadPackageDefinition,
  type makeClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { decode, encode } from '@msgpack/msgpack';
import { newIdentity } from '../../providers/terraform/protocol/certificate';
import { cookie } from '../../providers/terraform/protocol/handshake';
import { attributes } from './fixture';

const root = join(__dirname, '../..');
const { buildProvider } = require('../../scripts/provider.js') as {
  readonly buildProvider: (entry: string, target: string) => Promise<void>;
};

/** Builds the fixture provider as one executable in a folder of its own. `remove` removes it. */
export async function builtFixture() {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-fixture-'));
  const file = join(folder, 'terraform-provider-fixture_v1.0.0');
  await buildProvider(join(root, 'test/terraform/fixture-main.ts'), file);
  return { file, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What a started plugin said and does. */
export interface Started {
  readonly child: ChildProcess;
  readonly line: string;
  /** Everything it wrote so far. */
  readonly said: { stdout: string; stderr: string };
  /** Its exit code, once it has one. */
  readonly exit: Promise<number | null>;
}

const client = newIdentity(Date.now());

/** What Terraform sets. */
export const invitation = {
  [cookie.name]: cookie.value,
  PLUGIN_PROTOCOL_VERSIONS: '5,6',
  PLUGIN_CLIENT_CERT: client.certificate,
};

/** Starts a program with these words and variables; resolves with its first line, or with what it said when it ended. */
export function start(
  file: string,
  env: Readonly<Record<string, string | undefined>> = invitation,
  words: readonly string[] = [],
): Promise<Started> {
  const child = spawn(process.execPath, [file, ...words], {
    // Beside the program, so that what a killed plugin leaves goes away with it.
    env: { PATH: process.env.PATH, PLUGIN_UNIX_SOCKET_DIR: dirname(file), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  return new Promise((resolve) => {
    const done = () => resolve({ child, line: said.stdout.split('\n')[0] ?? '', said, exit });
    child.stderr?.on('data', (chunk) => {
      said.stderr += chunk;
    });
    child.stdout?.on('data', (chunk) => {
      said.stdout += chunk;
      if (said.stdout.includes('\n')) done();
    });
    void exit.then(done);
  });
}

/** Resolves once the plugin's log has these words; what it writes comes later than what it answers. */
export async function told({ child, said }: Started, words: string): Promise<void> {
  while (!said.stderr.includes(words)) {
    if (child.exitCode !== null) throw new Error(`it ended without saying ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Who connects: the client that was announced, another one, one without a certificate, or without TLS. */
export type Caller = 'announced' | 'other' | 'anonymous' | 'plain';

type Answer = Readonly<Record<string, unknown>>;

/** A connection to a started plugin. */
export interface Connection {
  call(name: string, request?: object): Promise<Answer>;
  shutdown(): Promise<Answer>;
  health(): Promise<Answer>;
  close(): void;
}

/** Connects to the plugin that said this line. */
export function connect(line: string, caller: Caller = 'announced'): Connection {
  const [, , network, address, , certificate] = line.split('|');
  const target = network === 'unix' ? `unix:${address}` : `${address}`;
  const options = {
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.default_authority': 'localhost',
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  };
  const definition = loadSync(join(__dirname, 'plugin.proto'), { keepCase: true, longs: Number });
  const made = loadPackageDefinition(definition) as unknown as {
    tfplugin6: { Provider: ReturnType<typeof makeClientConstructor> };
  };
  const provider = new made.tfplugin6.Provider(target, secure(caller, certificate ?? ''), options);
  const unary = (service: Client, path: string) =>
    new Promise<Answer>((resolve, reject) => {
      const bytes = (one: Buffer) => one;
      const done = (error: Error | null, value?: Buffer) =>
        error ? reject(error) : resolve({ bytes: [...(value ?? [])] });
      service.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), done);
    });
  return {
    call: (name, request = {}) =>
      new Promise((resolve, reject) => {
        const method = provider[name] as (request: object, done: Done) => void;
        method.call(provider, request, (error, value) => (error ? reject(error) : resolve(value)));
      }),
    shutdown: () => unary(provider, '/plugin.GRPCController/Shutdown'),
    health: () => unary(provider, '/grpc.health.v1.Health/Check'),
    close: () => provider.close(),
  };
}

type Done = (error: Error | null, value: Answer) => void;

function secure(caller: Caller, certificate: string) {
  if (caller === 'plain') return credentials.createInsecure();
  const lines = certificate.match(/.{1,64}/g) ?? [];
  const padding = '='.repeat((4 - (certificate.length % 4)) % 4);
  const pem = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}${padding}\n-----END CERTIFICATE-----\n`;
  if (caller === 'anonymous') return credentials.createSsl(Buffer.from(pem));
  const own = caller === 'announced' ? client : newIdentity(Date.now());
  return credentials.createSsl(
    Buffer.from(pem),
    Buffer.from(own.key),
    Buffer.from(own.certificate),
  );
}

/** A whole `fixture_thing` on the wire, with these attributes and the others null; values are raw msgpack. */
export const thing = (fields: Readonly<Record<string, unknown>>) => ({
  msgpack: encode(
    { ...Object.fromEntries(attributes.map(({ name }) => [name, null])), ...fields },
    { useBigInt64: true },
  ),
});

/** What a value on the wire says, as raw msgpack. */
export const said = (value: unknown): Readonly<Record<string, unknown>> | null =>
  decode((value as { readonly msgpack: Uint8Array }).msgpack, { useBigInt64: true }) as Readonly<
    Record<string, unknown>
  > | null;

/** Nothing, on the wire. */
export const nil = { msgpack: encode(null) };
