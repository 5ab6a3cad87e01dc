/** Releases on clusters in memory: every transition from one desired world to another. */
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import { Clusters } from './cluster-double';
import {
  apply,
  look,
  namespace,
  password,
  releaseOf,
  secret,
  settings,
  web,
  worldIn,
} from './fixtures';

const v1 = [namespace, settings({ color: 'blue' }), secret(), web('shop:1')];
const endings = (released: {
  outcome: { clusters: readonly { name: string; ending: string }[] };
}) => Object.fromEntries(released.outcome.clusters.map(({ name, ending }) => [name, ending]));

async function installed(letters = 'ab', manifests = v1) {
  const clusters = new Clusters();
  const { state } = await apply(clusters, releaseOf(letters, manifests));
  clusters.restart();
  return { clusters, state };
}

describe('a release', () => {
  it('is there after the first apply, labelled and listed', async () => {
    const { clusters, state } = await installed();
    const live = clusters.named('a').read(keyOf(refOf(web('shop:1'))));
    expect(live?.metadata.labels).toEqual({
      'app.kubernetes.io/managed-by': 'littoral',
      'littoral.dev/release': 'shop',
      'littoral.dev/home': 'shop',
    });
    expect(state?.clusters.map(({ name, standing }) => [name, standing])).toEqual([
      ['a', 'ready'],
      ['b', 'ready'],
    ]);
    expect([...clusters.named('a').objects.keys()].sort()).toEqual([
      '/ConfigMap/shop/littoral-shop',
      '/ConfigMap/shop/settings',
      '/Namespace//shop',
      '/Secret/shop/keys',
      'apps/Deployment/shop/web',
    ]);
  });

  it('applied twice writes nothing, and asks once per kind and for its list', async () => {
    const { clusters } = await installed('a');
    const released = await apply(clusters, releaseOf('a', v1));
    expect(endings(released)).toEqual({ a: 'unchanged' });
    expect(clusters.writes()).toEqual([]);
    expect(clusters.requests.filter(({ cluster }) => cluster === 'a')).toHaveLength(5);
  });

  it('shows one changed field with its old and new value, and writes that object and the list', async () => {
    const { clusters } = await installed('a');
    const next = releaseOf('a', [namespace, settings({ color: 'red' }), secret(), web('shop:1')]);
    const { plan, close } = await look(clusters, next);
    await close();
    expect(plan.clusters[0]?.step).toBe('update');
    expect(plan.clusters[0]?.objects.filter(({ change }) => change !== 'unchanged')).toMatchObject([
      { change: 'changed', fields: [{ path: '.data.color', before: 'blue', after: 'red' }] },
    ]);
    clusters.restart();
    await apply(clusters, next);
    const writes = clusters.writes().map(({ object }) => object);
    expect(new Set(writes)).toEqual(
      new Set(['/ConfigMap/shop/settings', '/ConfigMap/shop/littoral-shop']),
    );
    const about = clusters.requests.filter(({ object }) => object === '/ConfigMap/shop/settings');
    expect(about.map(({ verb }) => verb)).toEqual(['dry run', 'apply']);
  });

  it('removes an object that is no longer wanted, and nothing else', async () => {
    const { clusters } = await installed('a', [...v1, settings({}, 'old')]);
    const theirs = settings({ mine: 'yes' }, 'theirs');
    clusters.named('a').apply('kubectl', theirs);
    await apply(clusters, releaseOf('a', v1));
    expect(clusters.named('a').read('/ConfigMap/shop/old')).toBeUndefined();
    expect(clusters.named('a').read('/ConfigMap/shop/theirs')?.data).toEqual({ mine: 'yes' });
  });

  it('moves: the new cluster is ready before the old one is left', async () => {
    const { clusters } = await installed('ab');
    const world = worldIn(clusters);
    const released = await apply(clusters, releaseOf('bc', v1), undefined, world);
    expect(endings(released)).toEqual({ a: 'removed', b: 'unchanged', c: 'ready' });
    expect([...clusters.named('a').objects.keys()]).toEqual([]);
    const order = world.events.map(({ cluster, phase }) => `${cluster} ${phase}`);
    expect(order.indexOf('c ready')).toBeLessThan(order.indexOf('a removing'));
  });

  it('keeps the old cluster while the new one is not ready', async () => {
    const { clusters } = await installed('ab');
    clusters.named('c').refuse = () => 'quota exceeded';
    const released = await apply(clusters, releaseOf('bc', v1));
    expect(endings(released)).toEqual({ a: 'kept', b: 'unchanged', c: 'refused' });
    expect(released.outcome.clusters.find(({ name }) => name === 'a')?.reason).toBe(
      'c is not ready to take over',
    );
    expect(clusters.named('a').objects.size).toBe(5);
  });

  it('leaves no cluster while fewer than minClusters others are ready', async () => {
    const { clusters, state } = await installed('abc');
    clusters.named('b').dead = true;
    const world = worldIn(clusters);
    const connect: typeof world.connect = async (cluster, seconds) => {
      if (clusters.named(cluster.name).dead) throw unreachable(cluster.name);
      return world.connect(cluster, seconds);
    };
    const props = releaseOf('bc', v1, { minClusters: 2 });
    const released = await apply(clusters, props, state, { ...world, connect });
    expect(endings(released)).toEqual({ a: 'kept', b: 'unreachable', c: 'unchanged' });
    expect(released.problems.map(({ summary }) => summary)).toContain(
      'kept: only 1 of the other clusters is ready, and 2 must be',
    );
  });

  it.each([
    ['still chosen', 'ab', 'abc', []],
    ['dropped', 'a', 'ab', []],
    ['new', 'abc', 'ab', ['c']],
    ['the only one', 'b', 'b', ['b']],
  ])(
    'a silent cluster that is %s holds up nobody unless it must answer',
    async (_, chosen, before, failing) => {
      const { clusters, state } = await installed(before);
      const silent = failing[0] ?? 'b';
      const world = worldIn(clusters);
      const connect: typeof world.connect = async (cluster, seconds) => {
        if (cluster.name === silent) throw unreachable(silent);
        return world.connect(cluster, seconds);
      };
      const next = [...v1.slice(0, -1), web('shop:2')];
      const released = await apply(clusters, releaseOf(chosen, next), state, { ...world, connect });
      expect(released.problems.map(({ subject }) => subject)).toEqual(failing);
      expect(released.warnings.some((text) => text.startsWith(silent))).toBe(failing.length === 0);
      expect(released.state?.clusters.find(({ name }) => name === silent)?.standing).toBe(
        'unreachable',
      );
    },
  );

  it('keeps the old cluster while a new one is silent, although others are ready', async () => {
    const { clusters, state } = await installed('ab');
    const world = worldIn(clusters);
    const connect: typeof world.connect = async (cluster, seconds) => {
      if (cluster.name === 'c') throw unreachable('c');
      return world.connect(cluster, seconds);
    };
    const released = await apply(clusters, releaseOf('bc', v1), state, { ...world, connect });
    expect(endings(released)).toEqual({ a: 'kept', b: 'unchanged', c: 'unreachable' });
  });

  it('never shows, keeps or digests the value of a secret', async () => {
    const { clusters, state } = await installed('a');
    const changed = secret(Buffer.from(`${password}-2`).toString('base64'));
    const next = releaseOf('a', [namespace, settings({ color: 'blue' }), changed, web('shop:1')]);
    const { plan, close } = await look(clusters, next);
    await close();
    expect(plan.clusters[0]?.objects.find(({ ref }) => ref.kind === 'Secret')).toMatchObject({
      change: 'changed',
      fields: [{ path: '.data.password', before: '(hidden)', after: '(hidden)' }],
    });
    clusters.named('a').refuse = () => `denied: ${password}-2 is too short`;
    const world = worldIn(clusters);
    const denied = await look(clusters, next);
    const released = await apply(clusters, next, state, world);
    const told = JSON.stringify([plan, denied.plan, released, world.events, state]);
    for (const text of [password, Buffer.from(password).toString('base64')]) {
      expect(told).not.toContain(text);
    }
    expect(told).toContain('denied: (hidden) is too short');
    const list = JSON.stringify(clusters.named('a').read('/ConfigMap/shop/littoral-shop'));
    expect(list).not.toContain(password);
  });
});

function unreachable(cluster: string) {
  const { ClusterError } =
    require('../../providers/clusters/errors') as typeof import('../../providers/clusters/errors');
  return new ClusterError({ cluster, summary: 'no answer', remedy: 'Wait.', unreachable: true });
}
