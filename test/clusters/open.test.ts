/** How a cluster is reached: kubeconfig, credentials, certificates, protocols. */
import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openCluster } from '../../providers/clusters/api/open';
import { ClusterError, isRetriable, isUnreachable } from '../../providers/clusters/errors';
import {
  type FakeServer,
  makeGround,
  openFake,
  removeGround,
  type Script,
  type Speaks,
  startFake,
  writeKubeconfig,
} from './fake-server';

const ground = makeGround();
const { folder, certificates } = ground;
const fakes: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((fake) => fake.stop()));
});
afterAll(() => removeGround(ground));

const fake = async (script: Script, speaks?: Speaks): Promise<FakeServer> => {
  const started = await startFake(ground, script, speaks);
  fakes.push(started);
  return started;
};
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const found = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', uid: 'u' } };
const ok: Script = () => ({ body: found });

const failure = async (promise: Promise<unknown>): Promise<ClusterError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
};
const ask = async (): Promise<unknown> => {
  const client = await openFake(ground);
  try {
    return await client.get(ref);
  } finally {
    await client.close();
  }
};

it.each([
  ['h2', '2.0', 1],
  ['http/1.1', '1.1', undefined],
  ['plain', '1.1', undefined],
] as const)('speaks to a server with %s', async (speaks, version, connections) => {
  const server = await fake(ok, speaks);
  writeKubeconfig(ground, server.url);
  const client = await openFake(ground);
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.get(ref)));
  await client.close();
  expect(answers).toEqual(Array.from({ length: 20 }, () => found));
  expect(server.seen[0]).toMatchObject({
    version,
    path: '/api/v1/namespaces/shop/configmaps/web',
    headers: { 'user-agent': 'littoral' },
  });
  const token = speaks === 'plain' ? undefined : 'Bearer planted-token';
  expect(server.seen[0]?.headers.authorization).toBe(token);
  if (connections !== undefined) expect(server.connections()).toBe(connections);
});

it('shows its certificate, impersonates, and keeps the base path of the server', async () => {
  const server = await fake(ok);
  const user = {
    'client-certificate': certificates.clientCert,
    'client-key': certificates.clientKey,
    as: 'jane',
    'as-groups': ['edge', 'ops'],
  };
  writeKubeconfig(ground, `${server.url}/k8s/clusters/c-1/`, user);
  await ask();
  expect(server.seen[0]).toMatchObject({
    certificate: true,
    path: '/k8s/clusters/c-1/api/v1/namespaces/shop/configmaps/web',
    headers: { 'impersonate-user': 'jane', 'impersonate-group': 'edge, ops' },
  });
});

it('checks the name that the kubeconfig gives', async () => {
  const server = await fake(ok);
  const authority = { 'certificate-authority': certificates.ca };
  writeKubeconfig(ground, server.url, {}, { ...authority, 'tls-server-name': 'metrics.test' });
  expect(await ask()).toEqual(found);
  writeKubeconfig(ground, server.url, {}, { ...authority, 'tls-server-name': 'other.test' });
  const error = await failure(ask());
  expect(error.message).toMatch(/its certificate is for another name\n {2}Set tls-server-name/);
});

it('trusts nobody but the authority of the kubeconfig, unless told to trust everybody', async () => {
  const server = await fake(ok);
  writeKubeconfig(ground, server.url, {}, {});
  const error = await failure(ask());
  expect(error.summary).toBe(
    'fra cannot be reached: its certificate is signed by an unknown authority',
  );
  expect([isUnreachable(error), isRetriable(error)]).toEqual([false, false]);
  writeKubeconfig(ground, server.url, {}, { 'insecure-skip-tls-verify': true });
  expect(await ask()).toEqual(found);
});

it('reads a token file again when its token is refused, and only once', async () => {
  const token = join(folder, 'token');
  writeFileSync(token, 'first-planted\n');
  const server = await fake(({ headers }) => {
    if (headers.authorization === 'Bearer second-planted') return { body: found };
    writeFileSync(token, 'second-planted');
    return { status: 401, body: { kind: 'Status', reason: 'Unauthorized' } };
  });
  writeKubeconfig(ground, server.url, { tokenFile: 'token' });
  expect(await ask()).toEqual(found);
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first-planted',
    'Bearer second-planted',
  ]);
  const strict = await fake(() => {
    writeFileSync(token, `never-${Math.random()}`);
    return { status: 401, body: { kind: 'Status', reason: 'Unauthorized' } };
  });
  writeKubeconfig(ground, strict.url, { tokenFile: 'token' });
  const error = await failure(ask());
  expect(strict.seen).toHaveLength(2);
  expect(error.message).toMatch(/does not accept the credentials.*\n {2}Log in again/);
});

/** A credential plugin: a program of this test. */
function plugin(name: string, text: string): object {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${text}`);
  chmodSync(path, 0o755);
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: `./${name}`,
      env: [{ name: 'PLANTED', value: 'from-env' }],
      provideClusterInfo: true,
    },
  };
}
const credential = (status: string) =>
  `console.log(JSON.stringify({ kind: 'ExecCredential', status: ${status} }))`;

it('asks a plugin for a token, with what it may know, and again when the token is refused', async () => {
  const counter = JSON.stringify(join(folder, 'count'));
  const user = plugin(
    'login',
    `const fs = require('fs');
    const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    fs.appendFileSync(${counter}, 'x');
    const count = fs.readFileSync(${counter}).length;
    const known = info.spec.cluster.server.startsWith('https') && process.env.PLANTED;
    ${credential('{ token: known + count }')}`,
  );
  const server = await fake(({ headers }) =>
    headers.authorization === 'Bearer from-env2' ? { body: found } : { status: 401 },
  );
  writeKubeconfig(ground, server.url, user);
  const client = await openFake(ground);
  expect(await Promise.all([client.get(ref), client.get(ref)])).toEqual([found, found]);
  await client.close();
});

it('asks a plugin again when its token has expired, and shows its certificate', async () => {
  const counter = JSON.stringify(join(folder, 'calls'));
  const [cert, key] = [certificates.clientCert, certificates.clientKey].map((path) =>
    JSON.stringify(path),
  );
  const user = plugin(
    'brief',
    `const fs = require('fs');
    fs.appendFileSync(${counter}, 'x');
    const count = fs.readFileSync(${counter}).length;
    ${credential(`{
      token: 'token-' + count, expirationTimestamp: '2001-01-01T00:00:00Z',
      clientCertificateData: fs.readFileSync(${cert}, 'utf8'),
      clientKeyData: fs.readFileSync(${key}, 'utf8'),
    }`)}`,
  );
  const server = await fake(ok);
  writeKubeconfig(ground, server.url, user);
  await ask();
  expect(server.seen[0]).toMatchObject({
    certificate: true,
    headers: { authorization: 'Bearer token-2' },
  });
});

const complaint =
  'console.error("Error: SSO session of profile edge has expired. password: planted-one");';
it.each([
  [
    'ends badly',
    `${complaint} console.log('planted-two'); process.exit(3)`,
    /login of context edge ended with 3: Error: SSO session of profile edge has expired\. password: \*\*\*\n {2}Run/,
    30,
  ],
  [
    'writes something else',
    `${complaint} console.log('planted-two')`,
    /wrote no ExecCredential: Error: SSO session/,
    30,
  ],
  ['says nothing', 'process.exit(1)', /ended with 1\n/, 30],
  [
    'repeats its answer',
    `console.log('answer-planted'); console.error('bad answer-planted'); process.exit(1)`,
    /ended with 1: bad \*\*\*\n/,
    30,
  ],
  [
    'shows what it was given',
    `console.error('no user for https://me:planted@idp.example, ' + process.env.PLANTED); process.exit(1)`,
    /no user for https:\/\/\*\*\*@idp\.example, \*\*\*\n/,
    30,
  ],
  ['never ends', `${complaint} setInterval(() => {}, 1000)`, /did not end in time/, 0.5],
])(
  'a plugin that %s is named with its complaint, without secrets',
  async (_, text, expected, connectSeconds) => {
    const user = plugin('login', text) as { exec: { env: object[] } };
    user.exec.env = [{ name: 'PLANTED', value: 'planted-from-environment' }];
    writeKubeconfig(ground, 'https://127.0.0.1:1', user);
    const error = await failure(openFake(ground, { connectSeconds }));
    expect(error.message).toMatch(expected);
    expect(error.message).not.toContain('planted');
    expect(isUnreachable(error)).toBe(false);
  },
);

it('a plugin that is not installed is said with its own hint', async () => {
  const command = 'no-such-login';
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, installHint: 'Get it.' };
  writeKubeconfig(ground, 'https://127.0.0.1:1', { exec });
  expect((await failure(ask())).message).toMatch(/no-such-login .* is not installed\n {2}Get it\./);
});

it.each([
  [{ secret: 'a/b' }, /which hub has the Secret a\/b, by which fra is reached\n {2}Write access/],
  [undefined, /nothing says how to reach fra: it has no access\n/],
  [{ kubeconfig: 'kubeconfig' }, /: its access does not name a context\n/],
  [{ context: 'edge' }, /: its access does not name a kubeconfig\n/],
  [
    { kubeconfig: 'none', context: 'edge' },
    /does not exist\n {2}Correct the path of the kubeconfig/,
  ],
  [{ kubeconfig: 'kubeconfig', context: 'edg' }, /no context "edg"\n {2}Write edge\./],
  [{ kubeconfig: 'broken', context: 'edge' }, /is not YAML in line 2/],
])('access that cannot be used is said: %j', async (access, expected) => {
  writeKubeconfig(ground, 'https://127.0.0.1:1');
  writeFileSync(join(folder, 'broken'), 'users:\n- {token: planted-token\n  x: [');
  const error = await failure(openCluster({ name: 'fra', access }, { folder }));
  expect(error.message).toMatch(expected);
  expect(error.message).not.toContain('planted');
  expect(error).toMatchObject({ code: 'SourceFailed', path: 'clusters.fra' });
});

it('a server that refuses connections or does not answer the handshake is unreachable', async () => {
  writeKubeconfig(ground, 'https://127.0.0.1:1');
  const refused = await failure(ask());
  expect(refused.summary).toBe('fra cannot be reached: 127.0.0.1:1 refuses connections');
  expect([isUnreachable(refused), isRetriable(refused)]).toEqual([true, true]);
  const { createServer } = await import('node:net');
  const mute = createServer();
  await new Promise<void>((ready) => mute.listen(0, '127.0.0.1', ready));
  const { port } = mute.address() as { port: number };
  writeKubeconfig(ground, `https://127.0.0.1:${port}`);
  const silent = await failure(openFake(ground, { connectSeconds: 0.1 }));
  mute.close();
  expect(silent.summary).toBe(`fra cannot be reached: 127.0.0.1:${port} does not answer`);
  expect(isUnreachable(silent)).toBe(true);
});

it('leaves older plugins to the official client, which this test runner cannot load', async () => {
  const claims = Buffer.from(JSON.stringify({ exp: 4102444800 })).toString('base64url');
  const token = `eyJhbGciOiJub25lIn0.${claims}.planted`;
  const config = {
    'id-token': token,
    'refresh-token': 'r',
    'client-id': 'c',
    'idp-issuer-url': 'u',
  };
  writeKubeconfig(ground, 'https://127.0.0.1:1', { 'auth-provider': { name: 'oidc', config } });
  const room = JSON.stringify(join(__dirname, '../../dist/providers/clusters'));
  const script = `
    const { readContext } = require(${room} + '/auth/kubeconfig.js');
    const { readCredentials } = require(${room} + '/auth/credentials.js');
    const access = { kubeconfig: 'kubeconfig', context: 'edge' };
    readCredentials(readContext({ name: 'fra', access }, ${JSON.stringify(folder)}), AbortSignal.timeout(9000))
      .then(({ headers, renewable }) => console.log(JSON.stringify({ ...headers, renewable })));`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['-e', script], { timeout: 20_000 });
  expect(JSON.parse(stdout)).toEqual({ authorization: `Bearer ${token}`, renewable: true });
}, 30_000);

it('names the package that an older plugin needs, where it is not installed', async () => {
  const config = { 'id-token': 'a.b.c', 'refresh-token': 'r', 'client-id': 'c' };
  writeKubeconfig(ground, 'https://127.0.0.1:1', { 'auth-provider': { name: 'oidc', config } });
  jest.doMock('@kubernetes/client-node', () => {
    const message = "Cannot find package '@kubernetes/client-node' imported from littoral";
    throw Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
  });
  const missing = await failure(openFake(ground));
  jest.dontMock('@kubernetes/client-node');
  expect(missing.summary).toMatch(
    /^the auth-provider oidc of context edge needs the package @kubernetes\/client-node, which/,
  );
  expect(missing.remedy).toContain('npm install @kubernetes/client-node@1');
});
