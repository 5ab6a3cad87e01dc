/** Whose failure it is: a cluster that we cannot ask for reasons of our own is not one that does not answer. */
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { delimiter, join } from 'node:path';
import { discoverFleet } from '../../providers/sources/fleet/discover';
import {
  type FakeServer,
  type Ground,
  makeGround,
  removeGround,
  startFake,
  writeKubeconfig,
} from '../clusters/fake-server';

let ground: Ground;
let servers: Record<'good' | 'unknown' | 'closed', FakeServer>;
let plain: Server;
beforeAll(async () => {
  ground = makeGround();
  const lists = () => ({ body: { items: [] } });
  const status = (code: number) => () => ({ status: code, body: { kind: 'Status', code } });
  servers = {
    good: await startFake(ground, lists),
    unknown: await startFake(ground, status(401)),
    closed: await startFake(ground, status(403)),
  };
  plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((ready) => plain.listen(0, '127.0.0.1', ready));
});
afterAll(async () => {
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  plain.close();
  removeGround(ground);
});

const overlay = {
  clusters: [{ name: 'edge', latitude: 50, longitude: 8, region: 'europe', country: 'DE' }],
};
const exec = (command: string, more: object = {}) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, ...more },
});
function program(name: string, text: string): object {
  const path = join(ground.folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return exec(`./${name}`);
}

interface Case {
  readonly server?: string;
  readonly user?: object;
  readonly cluster?: object;
  readonly state: string;
  readonly says: RegExp;
}

it.each<[string, () => Case]>([
  [
    'it does not know us',
    () => ({ server: servers.unknown.url, state: 'forbidden', says: /Log in again/ }),
  ],
  [
    'it does not let us look',
    () => ({ server: servers.closed.url, state: 'forbidden', says: /Ask for the right/ }),
  ],
  [
    'the plugin is not installed',
    () => ({
      user: exec('no-such-login', { installHint: 'Get it there.' }),
      state: 'misconfigured',
      says: /is not installed\. Get it there\./,
    }),
  ],
  [
    'the plugin may not be run',
    () => {
      writeFileSync(join(ground.folder, 'unrunnable'), 'x');
      return {
        user: exec('./unrunnable'),
        state: 'misconfigured',
        says: /may not be run .*executable/,
      };
    },
  ],
  [
    'the plugin fails',
    () => ({
      user: program('fails', 'echo "Session expired, token=planted1" >&2; exit 2'),
      state: 'misconfigured',
      says: /ended with 2: Session expired, token=\*\*\*\. Run/,
    }),
  ],
  [
    'the plugin hangs',
    () => ({
      user: program('hangs', 'sleep 30'),
      state: 'misconfigured',
      says: /did not end in time/,
    }),
  ],
  [
    'the plugin writes nonsense',
    () => ({
      user: program('nonsense', 'echo planted2'),
      state: 'misconfigured',
      says: /wrote no ExecCredential/,
    }),
  ],
  [
    'the authority is missing',
    () => ({
      cluster: { 'certificate-authority': 'gone.pem' },
      state: 'misconfigured',
      says: /certificate-authority gone\.pem .* \(ENOENT\)\. Correct the path/,
    }),
  ],
  [
    'the authority is none',
    () => ({
      cluster: { 'certificate-authority-data': Buffer.from('planted3').toString('base64') },
      state: 'misconfigured',
      says: /\. Correct/,
    }),
  ],
  [
    'the authority is another',
    () => ({
      cluster: {},
      state: 'misconfigured',
      says: /signed by an unknown authority\. Correct cert/,
    }),
  ],
  [
    'the certificate has another name',
    () => ({
      cluster: {
        'certificate-authority': ground.certificates.ca,
        'tls-server-name': 'other.example',
      },
      state: 'misconfigured',
      says: /for another name\. Set tls-server-name/,
    }),
  ],
  [
    'the token file is missing',
    () => ({
      user: { tokenFile: 'none' },
      state: 'misconfigured',
      says: /tokenFile none .* \(ENOENT\)/,
    }),
  ],
  [
    'the client certificate is missing',
    () => ({
      user: { 'client-certificate': 'none', 'client-key': 'none' },
      state: 'misconfigured',
      says: /client-certificate none/,
    }),
  ],
  [
    'the client key is none',
    () => ({
      user: { 'client-certificate-data': 'eA==', 'client-key-data': 'eA==' },
      state: 'misconfigured',
      says: /\. Correct the certificates and keys/,
    }),
  ],
  [
    'the name of the server does not exist',
    () => ({
      server: 'https://no-such-cluster.invalid:6443',
      state: 'misconfigured',
      says: /its name .* (is unknown|cannot be looked up)/,
    }),
  ],
  [
    'the server is no address',
    () => ({
      server: 'https://:::',
      state: 'misconfigured',
      says: /is none of the form .* Correct server/,
    }),
  ],
  [
    'the server does not speak TLS',
    () => ({
      server: `https://127.0.0.1:${(plain.address() as { port: number }).port}`,
      state: 'misconfigured',
      says: /does not speak TLS/,
    }),
  ],
  [
    'the proxy is of a kind nobody knows',
    () => ({ cluster: { 'proxy-url': 'gopher://x' }, state: 'misconfigured', says: /proxy-url/ }),
  ],
  [
    'the server refuses connections',
    () => ({ server: 'https://127.0.0.1:1', state: 'unreachable', says: /refuses connections/ }),
  ],
])('%s', async (_, one) => {
  const { server = servers.good.url, user, cluster, state, says } = one();
  writeKubeconfig(ground, server, user, cluster);
  const { fleet, warnings } = await discoverFleet({
    kubeconfig: 'kubeconfig',
    folder: ground.folder,
    now: '2026-11-21T05:30:00Z',
    overlay,
    deadlineSeconds: 1,
  });
  expect(fleet.clusters).toMatchObject([{ name: 'edge', state }]);
  expect(warnings.join('\n')).toMatch(says);
  expect(warnings.join('\n')).not.toContain('planted');
});

it('a context that names an entry that is not there stops no other', async () => {
  writeKubeconfig(ground, servers.good.url);
  const more = join(ground.folder, 'more');
  writeFileSync(
    more,
    JSON.stringify({
      contexts: [{ name: 'lost', context: { cluster: 'nowhere' } }, { name: 'none' }],
    }),
  );
  const { fleet, leftOut, warnings } = await discoverFleet({
    kubeconfig: `kubeconfig${delimiter}${more}`,
    folder: ground.folder,
    now: '2026-11-21T05:30:00Z',
    overlay,
  });
  expect(fleet.clusters).toMatchObject([{ name: 'edge', state: 'ready' }]);
  expect(leftOut).toEqual(['lost', 'none']);
  expect(warnings.join('\n')).toContain('no cluster "nowhere"');
});
