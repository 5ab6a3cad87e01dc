/** Leases: what all who ask one cluster in one process share, and what stays each one's own. */
import { execFile } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { leaseCluster } from '../../../providers/clusters/api/lease';
import {
  type FakeServer,
  makeGround,
  removeGround,
  type Script,
  startFake,
  writeKubeconfig,
} from '../fake-server';

const ground = makeGround();
const { folder } = ground;
const fakes: (FakeServer | Server)[] = [];
afterEach(async () => {
  await Promise.all(fakes.splice(0).map((one) => ('stop' in one ? one.stop() : void one.close())));
});
afterAll(() => removeGround(ground));

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const found = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', uid: 'u' } };
const kinds = { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true }] };
const answers: Script = ({ path }) => ({ body: path.startsWith('/apis/') ? kinds : found });

const fake = async (script: Script): Promise<FakeServer> => {
  const started = await startFake(ground, script);
  fakes.push(started);
  writeKubeconfig(ground, started.url);
  return started;
};
const access = { kubeconfig: 'kubeconfig', context: 'edge' };
const lease = (more: object = {}) =>
  leaseCluster({ name: 'fra', access }, { folder, deadlineSeconds: 5, ...more });

it('many leases at once and one after another are one connection and one discovery', async () => {
  const server = await fake(answers);
  const asking = async () => {
    const client = await lease();
    await client.get(ref);
    expect(await client.scopeOf('example.com/v1', 'Widget')).toBe('Namespaced');
    await client.close();
  };
  await Promise.all(Array.from({ length: 20 }, asking));
  for (let turn = 0; turn < 20; turn += 1) await asking();
  expect(server.connections()).toBe(1);
  const asked = server.seen.filter(({ path }) => path === '/apis/example.com/v1');
  expect(asked.length).toBe(1);
});

it('closing one stops its own requests and nobody else’s', async () => {
  let arrived: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const server = await fake(({ path }) => {
    if (!path.endsWith('/silent')) return { body: found };
    arrived();
    return { silent: true };
  });
  const [one, other] = [await lease(), await lease()];
  const waiting = one.get({ ...ref, name: 'silent' });
  waiting.catch(() => undefined);
  await asked;
  await one.close();
  await expect(waiting).rejects.toThrow('was stopped');
  await expect(one.get(ref)).rejects.toThrow('was stopped');
  expect((await other.get(ref))?.metadata.name).toBe('web');
  await other.close();
  // What was given up on may hang: it is not waited on again.
  expect(server.connections()).toBe(2);
});

it('other credentials are another connection', async () => {
  const server = await fake(answers);
  await (await lease()).close();
  writeKubeconfig(ground, server.url, { token: 'another-planted-token' });
  const client = await lease();
  await client.get(ref);
  await client.close();
  expect(server.connections()).toBe(2);
  expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer another-planted-token');
});

describe('a server that lets nobody in', () => {
  it('is waited for once by all who come while that lasts, and as long again', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    fakes.push(silent);
    await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
    const { port } = silent.address() as { port: number };
    writeKubeconfig(ground, `https://127.0.0.1:${port}`);
    const trial = () =>
      lease({ connectSeconds: 0.3 }).then(
        () => 'open',
        ({ message }: Error) => message,
      );
    const first = await Promise.all(Array.from({ length: 5 }, trial));
    const then = await trial();
    expect([...new Set([...first, then])]).toEqual([expect.stringContaining('does not answer')]);
    expect(sockets.length).toBe(1);
    await new Promise((passed) => setTimeout(passed, 500));
    await trial();
    expect(sockets.length).toBe(2);
    for (const socket of sockets) socket.destroy();
  });
});

it('a connection that is kept for the next lease does not keep the process', async () => {
  const server = await fake(answers);
  const path = require.resolve('../../../dist/providers/clusters/api/lease.js');
  const program = `
    const { leaseCluster } = require(${JSON.stringify(path)});
    const cluster = { name: 'fra', access: ${JSON.stringify(access)} };
    leaseCluster(cluster, { folder: ${JSON.stringify(folder)} })
      .then(async (client) => { await client.get(${JSON.stringify(ref)}); await client.close(); })
      .then(() => { process.stdout.write('asked'); process.once('exit', () => process.stdout.write(' in ' + (process.uptime() < 9))); });
  `;
  const out = await new Promise<string>((done, fail) => {
    execFile(process.execPath, ['-e', program], (error, text) =>
      error ? fail(error) : done(text),
    );
  });
  expect(out).toBe('asked in true');
  expect(server.connections()).toBe(1);
});
