/** Waiting by watches that break, go silent, forget or are forbidden: what is asked again, and from where. */
import type { ClusterClient, Readiness } from '../../../providers/clusters/cluster';
import { isUnreachable } from '../../../providers/clusters/errors';
import {
  type FakeServer,
  makeGround,
  openFake,
  type Reply,
  removeGround,
  type Seen,
  startFake,
  writeKubeconfig,
} from '../fake-server';

const ground = makeGround();
afterAll(() => removeGround(ground));
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const api = { ...web, name: 'api' };
const deployment = (ready: number, resourceVersion: string, name = 'web') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', uid: `u-${name}`, resourceVersion, generation: 1 },
  spec: { replicas: 2, selector: { matchLabels: { app: name } } },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: ready },
});
const listOf = (resourceVersion: string, ...items: object[]) => ({
  body: { metadata: { resourceVersion }, items },
});
const event = (object: object, type = 'MODIFIED') => ({ type, object });
const bookmark = (resourceVersion: string) =>
  event({ kind: 'Deployment', metadata: { resourceVersion } }, 'BOOKMARK');
const refusal = (status: number, reason: string): Reply => ({
  status,
  body: { kind: 'Status', reason, message: reason, details: { name: 'web' } },
});

interface Scene {
  readonly get?: readonly Reply[];
  readonly list?: readonly Reply[];
  readonly watch?: readonly Reply[];
}
type Verb = keyof Scene;
const verbOf = ({ path }: Seen): Verb =>
  path.includes('watch=1') ? 'watch' : /\/deployments\/[a-z]+$/.test(path) ? 'get' : 'list';

/** Every answer of a verb once, its last one for ever. */
async function serve(scene: Scene): Promise<{ client: ClusterClient; server: FakeServer }> {
  const counts = { get: 0, list: 0, watch: 0 };
  const server = await startFake(ground, (seen) => {
    const verb = verbOf(seen);
    const replies = scene[verb] ?? [refusal(500, 'InternalError')];
    return replies[Math.min(counts[verb]++, replies.length - 1)] as Reply;
  });
  writeKubeconfig(ground, server.url);
  const patience = { watchSeconds: 0.1, graceSeconds: 0.05, pollSeconds: 0.02 };
  const client = await openFake(ground, { patience });
  ends.push(client.close, server.stop);
  return { client, server };
}
const wait = async (client: ClusterClient, refs = [web], deadlineSeconds = 3) => {
  const told: Readiness[] = [];
  const onChange = (readiness: Readiness) => void told.push(readiness);
  const states = await client.waitReady(refs, { deadlineSeconds, onChange });
  return { told: told.map(({ reason }) => reason), states };
};
const asked = ({ seen }: FakeServer) =>
  seen.map((one) => {
    const version = new URL(one.path, 'http://x').searchParams.get('resourceVersion');
    return version === null ? verbOf(one) : `${verbOf(one)} ${version}`;
  });
const unready = { body: deployment(0, '5') };
const isReady = [{ ready: true, reason: '2 of 2 replicas are available' }];

it('what is ready costs one request', async () => {
  const { client, server } = await serve({ get: [{ body: deployment(2, '5') }] });
  expect((await wait(client)).states).toMatchObject(isReady);
  expect(asked(server)).toEqual(['get']);
});

it('one object is watched from where it was seen, and every change is told once', async () => {
  const lines = [event(deployment(1, '6')), event(deployment(1, '7')), event(deployment(2, '8'))];
  const { client, server } = await serve({ get: [unready], watch: [{ lines, open: true }] });
  const { states, told } = await wait(client);
  expect(states).toMatchObject(isReady);
  expect(told).toEqual([0, 1, 2].map((count) => `${count} of 2 replicas are available`));
  expect(asked(server)).toEqual(['get', 'watch 5']);
  expect(server.seen[1]?.path).toContain('fieldSelector=metadata.name%3Dweb');
});

it('several objects of a kind share a list and a watch', async () => {
  const { client, server } = await serve({
    get: [unready, { body: deployment(0, '5', 'api') }],
    list: [listOf('9', deployment(2, '8'), deployment(0, '5', 'api'))],
    watch: [{ lines: [event(deployment(2, '10', 'api'))], open: true }],
  });
  expect((await wait(client, [web, api])).states).toMatchObject([...isReady, ...isReady]);
  expect(asked(server)).toEqual(['get', 'get', 'list', 'watch 9']);
});

it('a watch that breaks is resumed after the last thing it said, bookmarks included', async () => {
  const { client, server } = await serve({
    get: [unready],
    watch: [
      { lines: [event(deployment(1, '6')), bookmark('40')] },
      { cut: true },
      { lines: [event(deployment(2, '41'))], open: true },
    ],
  });
  expect((await wait(client)).states).toMatchObject(isReady);
  expect(asked(server)).toEqual(['get', 'watch 5', 'watch 40', 'watch 40']);
});

it.each([
  ['with a status', refusal(410, 'Expired')],
  ['in the middle', { lines: [event({ kind: 'Status', code: 410, metadata: {} }, 'ERROR')] }],
])('a server that has forgotten, and says so %s, is asked for a list', async (_, forgotten) => {
  const { client, server } = await serve({
    get: [unready],
    watch: [forgotten],
    list: [listOf('50', deployment(2, '49'))],
  });
  expect((await wait(client)).states).toMatchObject(isReady);
  expect(asked(server)).toEqual(['get', 'watch 5', 'list']);
});

it('a watch that is held open in silence is left for a list over a new connection', async () => {
  const { client, server } = await serve({
    get: [unready],
    watch: [{ lines: [], open: true }],
    list: [listOf('50', deployment(2, '49'))],
  });
  expect((await wait(client)).states).toMatchObject(isReady);
  expect(asked(server)).toEqual(['get', 'watch 5', 'list']);
  expect(server.connections()).toBe(2);
});

it('an object that vanishes is missed, and one that comes back is seen', async () => {
  const lines = [event(deployment(0, '6'), 'DELETED'), event(deployment(2, '7'), 'ADDED')];
  const { client } = await serve({ get: [unready], watch: [{ lines, open: true }] });
  expect((await wait(client)).told).toEqual([
    '0 of 2 replicas are available',
    'does not exist',
    '2 of 2 replicas are available',
  ]);
});

it('who may read but not watch looks again from time to time', async () => {
  const { client, server } = await serve({
    get: [unready, { body: deployment(2, '6') }],
    watch: [refusal(403, 'Forbidden')],
  });
  expect((await wait(client)).states).toMatchObject(isReady);
  expect(asked(server)).toEqual(['get', 'watch 5', 'get']);
});

it('at the deadline the worst pod is the reason', async () => {
  const pulling = { waiting: { reason: 'ImagePullBackOff', message: 'no such tag' } };
  const status = {
    phase: 'Pending',
    containerStatuses: [{ name: 'c', image: 'a:1', state: pulling }],
  };
  const { client, server } = await serve({
    get: [unready],
    watch: [{ lines: [], open: true }],
    list: [listOf('51', { metadata: { name: 'web-1' }, status })],
  });
  const { states } = await wait(client, [web], 0.1);
  expect(states[0]).toMatchObject({ ready: false, failed: true });
  expect(states[0]?.reason).toMatch(
    /^0 of 2 .*; pod web-1 cannot pull image a:1 \(Image.*no such tag\)/,
  );
  expect(server.seen.at(-1)?.path).toMatch(
    /^\/api\/v1\/namespaces\/shop\/pods\?labelSelector=app%3Dweb/,
  );
});

it('a server that stops answering while waited for is said with the last state', async () => {
  const { client, server } = await serve({ get: [unready], watch: [{ lines: [], open: true }] });
  const waiting = wait(client, [web], 0.6);
  while (server.seen.length < 2) await new Promise((done) => setTimeout(done, 10));
  await server.stop();
  const { states } = await waiting;
  expect(states[0]?.reason).toMatch(/^0 of 2 replicas are available; fra cannot be reached: /);
});

it('without a first answer there is no state to tell', async () => {
  const { client } = await serve({ get: [{ silent: true }] });
  const error = await wait(client, [web], 0.1).catch((reason: unknown) => reason);
  expect(isUnreachable(error)).toBe(true);
});

it('stops when it is told to, with what it knows', async () => {
  const { client } = await serve({ get: [unready], watch: [{ lines: [], open: true }] });
  const stop = new AbortController();
  const onChange = () => setTimeout(() => stop.abort(), 20);
  const options = { deadlineSeconds: 30, signal: stop.signal, onChange };
  expect(await client.waitReady([web], options)).toMatchObject([{ ready: false }]);
});

it('an object with a finalizer is watched until it is gone', async () => {
  const going = deployment(2, '9');
  const lines = [event(going), event(going, 'DELETED')];
  const { client, server } = await serve({
    get: [{ body: going }, { body: going }],
    watch: [{ lines, open: true }],
  });
  expect(await client.delete(web, { uid: 'u-web' })).toEqual({ gone: true, finalizers: [] });
  expect(server.seen.map(({ method }) => method)).toEqual(['DELETE', 'GET', 'GET']);
});
