/** The life of the plugin process: who may start it, who may connect, and what ends it. */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newIdentity } from '../../providers/terraform/protocol/certificate';
import { invitationIn } from '../../providers/terraform/protocol/handshake';
import { builtFixture, type Caller, connect, invitation, start } from './starting';

let fixture: Awaited<ReturnType<typeof builtFixture>>;

beforeAll(async () => {
  fixture = await builtFixture();
}, 30_000);
afterAll(() => fixture.remove());

/** Whether a caller gets an answer. */
async function isServed(line: string, caller: Caller): Promise<boolean> {
  const connection = connect(line, caller);
  try {
    await connection.call('GetMetadata');
    return true;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

describe('a plugin that Terraform starts', () => {
  it.each<Caller>(['other', 'anonymous', 'plain'])(
    'refuses the client that is %s, and serves the announced one after it',
    async (caller) => {
      const plugin = await start(fixture.file);
      expect(await isServed(plugin.line, caller)).toBe(false);
      expect(await isServed(plugin.line, 'announced')).toBe(true);
      plugin.child.kill('SIGKILL');
    },
  );

  it('serves without TLS when no client was announced', async () => {
    const plugin = await start(fixture.file, { ...invitation, PLUGIN_CLIENT_CERT: undefined });
    expect(plugin.line).toMatch(/^1\|6\|unix\|[^|]+\|grpc\|$/);
    expect(await isServed(plugin.line, 'plain')).toBe(true);
    plugin.child.kill('SIGKILL');
  });

  it('puts its socket where it is told', async () => {
    const plugin = await start(fixture.file, {
      ...invitation,
      PLUGIN_UNIX_SOCKET_DIR: fixture.folder,
    });
    expect(plugin.line.split('|')[3]).toMatch(new RegExp(`^${fixture.folder}/`));
    plugin.child.kill('SIGKILL');
  });

  it('listens on 127.0.0.1 between the given ports where a unix socket cannot be', async () => {
    const plugin = await start(fixture.file, {
      ...invitation,
      PLUGIN_UNIX_SOCKET_DIR: `/tmp/${'long/'.repeat(30)}`,
      PLUGIN_MIN_PORT: '21000',
      PLUGIN_MAX_PORT: '21999',
    });
    expect(plugin.line).toMatch(/^1\|6\|tcp\|127\.0\.0\.1:21\d{3}\|grpc\|/);
    expect(await isServed(plugin.line, 'announced')).toBe(true);
    plugin.child.kill('SIGKILL');
  });

  it('refuses in words to speak another protocol', async () => {
    const plugin = await start(fixture.file, { ...invitation, PLUGIN_PROTOCOL_VERSIONS: '5' });
    expect(await plugin.exit).toBe(1);
    expect(plugin.said).toEqual({
      stdout: '',
      stderr:
        'littoral speaks plugin protocol 6, and was offered 5. Use Terraform 1.8 or OpenTofu 1.8, or newer.\n',
    });
  });

  it('ends when its only connection ends', async () => {
    const plugin = await start(fixture.file);
    expect(await isServed(plugin.line, 'announced')).toBe(true);
    expect(await plugin.exit).toBe(0);
  });

  it('ends when the process that started it was killed before it connected', async () => {
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `require('node:child_process').spawn(process.execPath, [process.argv[1]], { stdio: ['ignore', 'inherit', 'ignore'] })`,
        fixture.file,
      ],
      { env: { ...invitation }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    // The pipe ends with the last process that can write to it.
    const ended = new Promise((resolve) => parent.stdout.once('close', () => resolve('ended')));
    const late = new Promise((resolve) => setTimeout(resolve, 40_000, 'still there').unref());
    parent.kill('SIGKILL');
    expect(await Promise.race([ended, late])).toBe('ended');
  });
});

describe('what a plugin keeps of its compiled parts', () => {
  const data = () => join(fixture.folder, 'data');
  const kept = () => join(data(), 'littoral/code-');

  /** Asks for what is compiled late; true when it is there. */
  async function usesLatePart(): Promise<boolean> {
    const plugin = await start(fixture.file, { ...invitation, TF_DATA_DIR: data() });
    const connection = connect(plugin.line);
    const request = { type_name: 'fixture_thing', id: 'nothing' };
    const answer = await connection.call('ImportResourceState', request);
    connection.close();
    expect(await plugin.exit).toBe(0);
    return JSON.stringify(answer).includes('Nothing is called nothing');
  }

  it('is nothing without a data folder, and else serves a bounded number of processes to write it', async () => {
    expect(await usesLatePart()).toBe(true);
    expect(existsSync(data())).toBe(false);
    mkdirSync(data());
    const written: number[] = [];
    for (let start = 0; start < 5; start += 1) {
      expect(await usesLatePart()).toBe(true);
      written.push(statSync(kept()).mtimeMs);
    }
    expect(new Set(written).size).toBe(3);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['changed', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')])],
    ['empty', () => Buffer.alloc(0)],
  ])('is passed over where it is %s', async (_, broken) => {
    mkdirSync(data(), { recursive: true });
    await usesLatePart();
    const bytes = readFileSync(kept());
    writeFileSync(kept(), broken(bytes));
    expect(await usesLatePart()).toBe(true);
    expect(readFileSync(kept()).length).toBeGreaterThan(bytes.length / 2);
  });
});

describe('a plugin started by hand', () => {
  const byHand = (...words: readonly string[]) => start(fixture.file, {}, words);

  it('introduces itself and fails', async () => {
    const { exit, said } = await byHand();
    expect(await exit).toBe(1);
    expect(said.stdout).toBe('');
    expect(said.stderr).toMatch(
      /^This is terraform-provider-fixture 1\.0\.0, a plugin for Terraform and/,
    );
    expect(said.stderr).toContain('It has data.fixture_echo, fixture_thing.');
  });

  it('says its version and its schemas', async () => {
    const version = await byHand('--version');
    await version.exit;
    expect(version.said.stdout).toBe('terraform-provider-fixture 1.0.0\n');
    const schema = await byHand('--schema');
    expect(await schema.exit).toBe(0);
    const { provider_schemas } = JSON.parse(schema.said.stdout);
    const [only] = Object.values<{ resource_schemas: object }>(provider_schemas);
    expect(only?.resource_schemas).toMatchObject({
      fixture_thing: {
        version: 2,
        block: {
          attributes: {
            token: { type: 'string', optional: true, sensitive: true },
            origin: { nested_type: { nesting_mode: 'single' } },
          },
        },
      },
    });
  });

  it('stays for debugging, serves whoever comes, and says how to reach it', async () => {
    const plugin = await byHand('--debug');
    const [, json = ''] = /^TF_REATTACH_PROVIDERS='(.*)'$/.exec(plugin.line) ?? [];
    const { 'registry.terraform.io/littoral/fixture': entry } = JSON.parse(json);
    expect(entry).toMatchObject({ Protocol: 'grpc', ProtocolVersion: 6, Pid: plugin.child.pid });
    for (const _ of [1, 2]) {
      expect(await isServed(`1|6|unix|${entry.Addr.String}|grpc|`, 'plain')).toBe(true);
    }
    plugin.child.kill('SIGINT');
    expect(await plugin.exit).toBe(0);
  });
});

describe('the handshake', () => {
  it('is nobody’s business without the cookie', () => {
    expect(invitationIn({ PLUGIN_PROTOCOL_VERSIONS: '6' })).toBeUndefined();
  });

  it('has a certificate that is its own authority, for localhost, now', () => {
    const now = Date.parse('2026-11-21T05:30:00Z');
    const certificate = new X509Certificate(newIdentity(now).certificate);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.subjectAltName).toBe('DNS:localhost');
    expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
    expect(Date.parse(certificate.validTo)).toBe(now + 30 * 86_400_000);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });
});
