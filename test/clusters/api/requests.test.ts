/** What goes out again and what does not, and what comes of it: retries, deadlines, discovery, apply, delete. */

import { readFileSync } from 'node:fs';
import { pauseAfter } from '../../../providers/clusters/api/retry';
import { sourceOfContext } from '../../../providers/clusters/auth/access-source';
import type { ClusterClient } from '../../../providers/clusters/cluster';
import { ClusterError, isRetriable, isUnreachable } from '../../../providers/clusters/errors';
import { shakeHands } from '../../../providers/clusters/http/handshake';
import { http2Over } from '../../../providers/clusters/http/http2';
import { brokenBy } from '../../../providers/clusters/http/unreachable';
import {
  type FakeServer,
  makeGround,
  openFake,
  type Reply,
  removeGround,
  type Script,
  type Speaks,
  startFake,
  writeKubeconfig,
} from '../fake-server';

const ground = makeGround();
afterAll(() => removeGround(ground));
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

const serve = async (
  script: Script,
  { speaks, deadlineSeconds = 5 }: { speaks?: Speaks; deadlineSeconds?: number } = {},
): Promise<{ readonly client: ClusterClient; readonly server: FakeServer }> => {
  const server = await startFake(ground, script, speaks);
  writeKubeconfig(ground, server.url);
  const client = await openFake(ground, { deadlineSeconds });
  ends.push(client.close, server.stop);
  return { client, server };
};
/** Each answer once, the last one for ever. */
const inTurn =
  (...replies: readonly [Reply, ...Reply[]]): Script =>
  (_, index) =>
    replies[Math.min(index, replies.length - 1)] as Reply;
const failure = async (promise: Promise<unknown>): Promise<ClusterError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
};
const status = (reason: string, more: object = {}) => ({ kind: 'Status', reason, ...more });
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
const found = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7' },
};
const manifest = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'shop' },
};
const gone = { status: 404, body: status('NotFound', { details: { name: 'web' } }) };

describe.each(['h2', 'http/1.1'] as const)('over %s', (speaks) => {
  it.each([
    ['the connection breaks', { cut: true }],
    ['the server is busy', { status: 503, body: status('ServiceUnavailable') }],
    ['there are too many requests', { status: 429, body: status('TooManyRequests') }],
    [
      'etcd has no leader',
      { status: 500, body: status('InternalError', { message: 'etcdserver: leader changed' }) },
    ],
    [
      'admission has just started',
      {
        status: 403,
        body: status('Forbidden', { message: 'x is forbidden: not yet ready to handle request' }),
      },
    ],
  ])('what may be done twice is sent again when %s', async (_, trouble) => {
    const { client, server } = await serve(inTurn(trouble, trouble, { body: found }), { speaks });
    expect(await client.get(ref)).toEqual(found);
    expect(server.seen).toHaveLength(3);
  });

  it('an answer that is cut off is no answer', async () => {
    const half = {
      headers: { 'content-length': '500' },
      lines: [{ kind: 'ConfigMap' }],
      open: true,
    };
    const torn: Script = (_, index) => (index === 0 ? half : { body: found });
    const { client, server } = await serve(torn, { speaks });
    const asking = client.get(ref);
    while (server.seen.length === 0) await new Promise((done) => setTimeout(done, 10));
    await new Promise((done) => setTimeout(done, 50));
    server.cut();
    expect(await asking).toEqual(found);
  });

  it('silence ends with the deadline, and the next request takes a new connection', async () => {
    const { client, server } = await serve(inTurn({ silent: true }, { body: found }), {
      speaks,
      // Room for the second request, which has to shake hands again on a machine with other work.
      deadlineSeconds: 3,
    });
    const before = server.connections();
    const error = await failure(client.get(ref));
    expect(error.summary).toBe('fra gave no answer within 3 s to read ConfigMap shop/web');
    expect([isUnreachable(error), isRetriable(error)]).toEqual([true, true]);
    expect(await client.get(ref)).toEqual(found);
    expect(server.connections()).toBeGreaterThan(before);
  });
});

it('a delete without a uid is not sent again when the connection breaks, one with a uid is', async () => {
  const { client, server } = await serve(inTurn({ cut: true }, { body: status('') }));
  expect(isUnreachable(await failure(client.delete(ref)))).toBe(true);
  expect(server.seen).toHaveLength(1);
  const again = await serve(inTurn({ cut: true }, { body: status('') }));
  expect(await again.client.delete(ref, { uid: 'u1' })).toEqual({ gone: true, finalizers: [] });
  expect(again.server.seen.map(({ body }) => JSON.parse(body).preconditions)).toEqual([
    { uid: 'u1' },
    { uid: 'u1' },
  ]);
});

it('requests are not lost when the server sends its clients away', async () => {
  const { client, server } = await serve(() => ({ body: found }));
  for (let round = 0; round < 5; round += 1) {
    server.goAway();
    expect(await client.get(ref)).toEqual(found);
  }
  expect(server.connections()).toBeGreaterThan(1);
});

it('a connection that was ended a moment ago has not sent anything', async () => {
  const { server } = await serve(() => ({ body: found }));
  const url = new URL(server.url);
  const ca = readFileSync(ground.certificates.ca);
  const { socket } = await shakeHands({ url, trust: { ca }, connectMilliseconds: 1000 });
  const connection = http2Over(url, socket);
  connection.retire();
  const { signal } = new AbortController();
  const error = await connection.send({ method: 'GET', path: '/', headers: {} }, signal).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(brokenBy(error, { address: url.host, source: sourceOfContext('fra') })).toMatchObject({
    sent: false,
    passing: true,
  });
});

it.each(['h2', 'http/1.1', 'plain'] as const)(
  'a client over %s may be closed as soon as it is open, twice',
  async (speaks) => {
    const { client } = await serve(() => ({ body: found }), { speaks });
    await client.close();
    await client.close();
    expect((await failure(client.get(ref))).summary).toMatch(/its client is closed$/);
    await new Promise((done) => setTimeout(done, 20));
  },
);

it('gives up after five attempts and says what the server said last', async () => {
  const { client, server } = await serve(() => ({
    status: 503,
    body: status('ServiceUnavailable'),
  }));
  const error = await failure(client.get(ref));
  expect(server.seen).toHaveLength(5);
  expect(error).toMatchObject({ status: 503, reason: 'ServiceUnavailable', retriable: true });
});

it('a gateway that answers for a dead server means unreachable', async () => {
  const html = { 'content-type': 'text/html' };
  const { client } = await serve(() => ({ status: 502, body: '<h1>planted</h1>', headers: html }));
  const error = await failure(client.get(ref));
  expect(isUnreachable(error)).toBe(true);
  expect(error.message).not.toContain('planted');
});

it('a 404 without a name is a kind that is not served, not an object that is missing', async () => {
  const { client } = await serve(
    inTurn(gone, {
      status: 404,
      body: '404 page not found',
      headers: { 'content-type': 'text/plain' },
    }),
  );
  expect(await client.get(ref)).toBeUndefined();
  expect((await failure(client.get(ref))).summary).toMatch(/does not know kind ConfigMap of v1/);
});

it('custom kinds are looked up once, and once more when they are missing', async () => {
  let served: object[] = [{ name: 'beacons', kind: 'Beacon', namespaced: false }];
  const { client, server } = await serve(({ path }) =>
    path === '/apis/a.dev/v1' ? { body: { resources: served } } : gone,
  );
  expect(await client.scopeOf('a.dev/v1', 'Beacon')).toBe('Cluster');
  expect(await client.scopeOf('a.dev/v1', 'Beacon')).toBe('Cluster');
  await client.get({ apiVersion: 'a.dev/v1', kind: 'Beacon', name: 'web' });
  expect(server.seen.map(({ path }) => path)).toEqual([
    '/apis/a.dev/v1',
    '/apis/a.dev/v1/beacons/web',
  ]);
  served = [...served, { name: 'buoys', kind: 'Buoy', namespaced: true }];
  expect(await client.scopeOf('a.dev/v1', 'Buoy')).toBe('Namespaced');
  expect(await client.scopeOf('a.dev/v1', 'Ship')).toBeUndefined();
  expect(server.seen).toHaveLength(4);
  expect(await client.scopeOf('apps/v1', 'Deployment')).toBe('Namespaced');
  expect(server.seen).toHaveLength(4);
});

it('kinds of namespaced objects are those of every group that can be listed', async () => {
  const resource = (kind: string, namespaced: boolean, verbs: readonly string[]) => ({
    name: `${kind.toLowerCase()}s`,
    kind,
    namespaced,
    verbs,
  });
  const answers: Readonly<Record<string, object>> = {
    '/apis': { groups: [{ preferredVersion: { groupVersion: 'a.dev/v2' } }] },
    '/api/v1': {
      resources: [
        resource('ConfigMap', true, ['get', 'list']),
        resource('Namespace', false, ['get', 'list']),
        resource('Binding', true, ['create']),
        { ...resource('Pod', true, ['get', 'list']), name: 'pods/log' },
      ],
    },
    '/apis/a.dev/v2': { resources: [resource('Beacon', true, ['list'])] },
  };
  const { client } = await serve(({ path }) => ({ body: answers[path] ?? {} }));
  expect(await client.namespacedKinds()).toEqual([
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'a.dev/v2', kind: 'Beacon' },
  ]);
});

it('lists page by page and begins anew when the server forgets where it was', async () => {
  const item = (name: string) => ({ metadata: { name } });
  const pages: Record<string, Reply> = {
    '': { body: { metadata: { continue: 'c1' }, items: [item('a')] } },
    c1: { body: { metadata: { continue: 'c2' }, items: [item('b')] } },
    c2: { body: { metadata: {}, items: [item('c')] } },
  };
  const { client, server } = await serve(({ path }, index) => {
    const token = new URL(path, 'http://x').searchParams.get('continue') ?? '';
    return index === 1 ? { status: 410, body: status('Expired') } : (pages[token] as Reply);
  });
  const items = await client.list(ref, 'app=web');
  expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'ConfigMap a',
    'ConfigMap b',
    'ConfigMap c',
  ]);
  expect(server.seen[0]?.path).toContain('labelSelector=app%3Dweb');
});

it('applies as littoral, without force unless asked, and tells what came of it', async () => {
  const at = (resourceVersion: string) => ({
    ...found,
    metadata: { ...found.metadata, resourceVersion },
  });
  const { client, server } = await serve(
    inTurn({ status: 201, body: at('1') }, { body: at('1') }, { body: at('2') }, { body: at('2') }),
  );
  const kinds = [];
  for (const options of [{}, {}, { force: true }, { expected: '2' }]) {
    kinds.push((await client.apply(manifest, options)).kind);
  }
  expect(kinds).toEqual(['created', 'unchanged', 'changed', 'unchanged']);
  expect(server.seen).toHaveLength(4);
  expect(server.seen[0]).toMatchObject({
    method: 'PATCH',
    path: '/api/v1/namespaces/shop/configmaps/web?fieldManager=littoral&force=false',
    headers: {
      'content-type': 'application/apply-patch+yaml',
      'content-length': String(JSON.stringify(manifest).length),
    },
    body: JSON.stringify(manifest),
  });
  expect(server.seen[2]?.path).toContain('force=true');
});

it.each([
  ['long ago', '2026-01-01T10:00:00Z', 'unchanged'],
  ['this second', '2026-01-01T12:00:00Z', 'changed'],
])(
  'an object whose fields we last changed %s is told by the clock of the server',
  async (_, time, kind) => {
    const ours = { manager: 'littoral', operation: 'Apply', time };
    const body = { ...found, metadata: { ...found.metadata, managedFields: [ours] } };
    const date = 'Thu, 01 Jan 2026 12:00:00 GMT';
    const { client } = await serve(() => ({ body, headers: { date } }));
    expect((await client.apply(manifest)).kind).toBe(kind);
  },
);

it('what the first attempt did is not forgotten when only its answer was lost', async () => {
  const date = 'Thu, 01 Jan 2026 12:00:03 GMT';
  const at = '2026-01-01T12:00:03Z';
  const ours = { manager: 'littoral', operation: 'Apply', time: at };
  const answer = (creationTimestamp: string): Reply => {
    const metadata = { ...found.metadata, creationTimestamp, managedFields: [ours] };
    return { body: { ...found, metadata }, headers: { date } };
  };
  const created = await serve(inTurn({ cut: true }, answer(at)));
  expect((await created.client.apply(manifest)).kind).toBe('created');
  const changed = await serve(inTurn({ cut: true }, answer('2025-01-01T00:00:00Z')));
  expect((await changed.client.apply(manifest)).kind).toBe('changed');
});

it('what was read, listed or applied before is known to be unchanged', async () => {
  const { client } = await serve(({ path }) =>
    path.includes('labelSelector') ? { body: { metadata: {}, items: [found] } } : { body: found },
  );
  await client.list(ref, 'app=web');
  expect((await client.apply(manifest)).kind).toBe('unchanged');
});

it('acts only on what it was told is there: nothing, or one version', async () => {
  const outdated = { status: 409, body: status('Conflict', { message: 'has been modified' }) };
  const { client, server } = await serve(inTurn({ status: 201, body: found }, outdated));
  expect((await client.apply(manifest, { onlyIf: 'absent' })).kind).toBe('created');
  const old = { resourceVersion: '6' };
  const moved = [
    await failure(client.apply(manifest, { force: true, onlyIf: old })),
    await failure(client.delete(ref, old)),
  ];
  expect(moved).toMatchObject([{ status: 409 }, { status: 409 }]);
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /api/v1/namespaces/shop/configmaps?fieldManager=littoral',
    'PATCH /api/v1/namespaces/shop/configmaps/web?fieldManager=littoral&force=true',
    'DELETE /api/v1/namespaces/shop/configmaps/web',
  ]);
  expect(JSON.parse(server.seen[1]?.body ?? '').metadata).toMatchObject(old);
  expect(JSON.parse(server.seen[2]?.body ?? '').preconditions).toEqual(old);
});

describe('whether to try again', () => {
  const context = { safe: true, attempt: 0, remainingMilliseconds: 60_000, random: () => 1 };
  const answered = (httpStatus: number, reason = '', more: object = {}) =>
    ({ kind: 'answered', httpStatus, status: { reason }, ...more }) as const;

  it('doubles its pauses, up to half of them by chance', () => {
    const pauses = [0, 1, 2, 3, 4].map((attempt) =>
      pauseAfter(answered(503), { ...context, attempt }),
    );
    expect(pauses).toEqual([100, 200, 400, 800, undefined]);
    expect(pauseAfter(answered(503), { ...context, random: () => 0 })).toBe(50);
  });
  it('waits as long as the server says, but never past the deadline', () => {
    const slow = answered(429, 'TooManyRequests', { retryAfter: '7' });
    expect(pauseAfter(slow, { ...context, safe: false })).toBe(7000);
    expect(pauseAfter(slow, { ...context, remainingMilliseconds: 6000 })).toBeUndefined();
  });
  it.each([400, 403, 404, 409, 410, 422, 500, 504])('takes %i for an answer', (code) => {
    expect(pauseAfter(answered(code), context)).toBeUndefined();
  });
  it('takes a conflict for the answer where the request said what must be there', () => {
    const raced = answered(409, 'Conflict');
    expect(pauseAfter(raced, context)).toBe(100);
    expect(pauseAfter(raced, { ...context, conditional: true })).toBeUndefined();
  });
  it('does not do twice what must be done once', () => {
    const once = { ...context, safe: false };
    const broken = { kind: 'broken', sent: true, passing: true } as const;
    expect(pauseAfter(broken, once)).toBeUndefined();
    expect(pauseAfter({ ...broken, sent: false }, once)).toBe(100);
    expect(pauseAfter({ ...broken, passing: false }, context)).toBeUndefined();
    expect(pauseAfter(answered(503), once)).toBeUndefined();
  });
});
