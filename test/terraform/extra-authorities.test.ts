/** Extra authorities: trusted where Node would trust them, read only then, and handed on to programs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { fetch } from 'undici';
import { newIdentity } from '../../providers/terraform/protocol/certificate';
import {
  deferExtraAuthorities,
  handedOn,
} from '../../providers/terraform/protocol/extra-authorities';
import type { Log } from '../../providers/terraform/protocol/log';
import { builtFixture } from './starting';

const folder = mkdtempSync(join(tmpdir(), 'littoral-authorities-'));
const file = join(folder, 'company.pem');
const create = tls.createSecureContext;
const { certificate, key } = newIdentity(Date.now());
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer({ cert: certificate, key }, (_, answer) => answer.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  tls.createSecureContext = create;
});

const asked = (options: object = {}) =>
  new Promise<string>((resolve) => {
    const question = request(url, { ...options, agent: false, family: 4 }, (answer) => {
      answer.resume();
      resolve('answered');
    });
    question.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    question.end();
  });
const said: string[] = [];
const log: Log = (_, message) => void said.push(message);

describe('authorities that are handed on', () => {
  it('are trusted by every client, and read only when one connects', async () => {
    expect(await asked()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    const env: NodeJS.ProcessEnv = { [handedOn]: file };
    deferExtraAuthorities(env, log);
    // Only now is there anything to read.
    writeFileSync(file, `company\n${certificate}`);
    expect(await asked()).toBe('answered');
    expect(await (await fetch(url)).text()).toBe('hello');
    expect(await asked({ minVersion: 'TLSv1.2' })).toBe('answered');
    expect(env).toEqual({ NODE_EXTRA_CA_CERTS: file });
  });

  it('are not for those who name their own', async () => {
    deferExtraAuthorities({ [handedOn]: file }, log);
    const [other] = tls.rootCertificates;
    expect(await asked({ ca: other })).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await asked({ ca: certificate })).toBe('answered');
  });

  it('are passed over with a warning where the file cannot be read', async () => {
    deferExtraAuthorities({ [handedOn]: join(folder, 'absent.pem') }, log);
    expect(await asked()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(said).toEqual([expect.stringMatching(/^NODE_EXTRA_CA_CERTS cannot be read/)]);
  });

  it('change nothing where nothing is handed on', () => {
    deferExtraAuthorities({}, log);
    expect(tls.createSecureContext).toBe(create);
  });
});

describe('the executable', () => {
  it.each([
    ['starts Node without the file', {}, { [handedOn]: file }],
    [
      'leaves it to Node where Node asks other stores too',
      { NODE_OPTIONS: '--use-openssl-ca' },
      { NODE_EXTRA_CA_CERTS: file },
    ],
  ])('%s', async (_, more: { readonly NODE_OPTIONS?: string }, expected) => {
    const fixture = await builtFixture();
    try {
      const [probe, told] = [join(folder, 'probe.js'), join(folder, 'told.json')];
      const names = JSON.stringify(['NODE_EXTRA_CA_CERTS', handedOn]);
      writeFileSync(
        probe,
        `const seen = Object.fromEntries(${names}.flatMap((name) => name in process.env ? [[name, process.env[name]]] : []));
         require('node:fs').writeFileSync(${JSON.stringify(told)}, JSON.stringify(seen));`,
      );
      const NODE_OPTIONS = `${more.NODE_OPTIONS ?? ''} --require ${probe}`.trim();
      spawnSync(fixture.file, ['--version'], {
        env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: file, NODE_OPTIONS },
      });
      expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual(expected);
    } finally {
      fixture.remove();
    }
  });
});
