/** Releases that an engine delivers: moved without a gap, compared with what was assigned, and never taken away by an accident. */
import type { ClusterClient } from '../../providers/clusters/cluster';
import { deliveredWorld, parseRelease, type ReleaseState } from '../../providers/resources/release';
import type { World } from '../../providers/resources/release/observe/world';

import { settingsOf } from '../delivery/world';
import { Clusters } from './cluster-double';
import { apply, bundleOf, decisionFor, fleet, look, namespace, settings, web } from './fixtures';
import { HubDouble, type HubEngine } from './hub-double';

/** Requests between two deaths that are tried; the long tests try each. */
const stride = process.env.LITTORAL_RUNS === undefined ? 11 : 1;
const engines = ['flux', 'argocd', 'ocm', 'karmada', 'kubefleet'] as const;
const delivery = (engine: HubEngine) => ({ ...settingsOf[engine], hub: { context: 'hub' } });
const endings = ({
  outcome,
}: {
  outcome: { clusters: readonly { name: string; ending: string }[] };
}) => Object.fromEntries(outcome.clusters.map(({ name, ending }) => [name, ending]));

function world(engine: HubEngine) {
  const clusters = new Clusters();
  const double = new HubDouble(clusters, engine, delivery(engine));
  const releaseOn = (
    letters: string,
    { image = 'shop:1', dropped = '', uids = {}, names = fleet.clusters }: Options = {},
  ) =>
    parseRelease({
      bundle: bundleOf(namespace, settings({ color: 'blue' }), web(image, 3)),
      decision: decisionFor([...letters], [...dropped]),
      fleet: {
        clusters: names.map((one) => ({
          ...one,
          ...(uids[one.name] ? { uid: uids[one.name] } : {}),
        })),
      },
      rollout: { deadlineSeconds: 1 },
      delivery: delivery(engine),
    });
  const go = (
    letters: string,
    prior?: ReleaseState,
    options?: Options,
    more: Partial<World> = {},
  ) => apply(clusters, releaseOn(letters, options), prior, double.world(more));
  return { clusters, double, releaseOn, go };
}

interface Options {
  readonly image?: string;
  readonly dropped?: string;
  readonly uids?: Readonly<Record<string, string>>;
  readonly names?: typeof fleet.clusters;
}

describe.each(engines)('%s', (engine) => {
  it('brings an app to its clusters, and a second apply changes nothing', async () => {
    const { clusters, double, go } = world(engine);
    const { state, ...rest } = await go('ab');
    expect(endings(rest)).toEqual({ a: 'ready', b: 'ready' });
    expect(double.carriers()).toBe('ab');
    clusters.restart();
    expect(endings(await go('ab', state))).toEqual({ a: 'unchanged', b: 'unchanged' });
    expect(clusters.writes()).toEqual([]);
  });

  it('moves an app by the union first, and withdraws from the cluster that leaves last', async () => {
    const { double, go } = world(engine);
    const { state } = await go('ab');
    const seen = new Set<string>();
    double.onLook = () => seen.add(double.carriers());
    const moved = await go('bc', state, { dropped: 'a' });
    expect(endings(moved)).toEqual({ a: 'removed', b: 'unchanged', c: 'ready' });
    expect(double.carriers()).toBe('bc');
    expect([...seen].every((one) => one.includes('b') && /a|c/.test(one))).toBe(true);
    expect([...seen]).toContain('abc');
    const left = [...double.hub.objects.values()].map(({ manifest }) => JSON.stringify(manifest));
    expect(left.filter((one) => one.includes('"littoral.dev/cluster":"a"'))).toEqual([]);
  });

  it('keeps the old cluster while the new one has fewer replicas than were assigned, though the engine calls it healthy', async () => {
    const { double, go } = world(engine);
    const { state } = await go('a');
    double.slow.add('c');
    const stuck = await go('c', state, { dropped: 'a' });
    expect(endings(stuck)).toMatchObject({ a: 'kept', c: 'failed' });
    expect(double.carriers()).toBe('ac');
    double.slow.clear();
    const done = await go('c', stuck.state, { dropped: 'a' });
    expect(endings(done)).toMatchObject({ a: 'removed', c: 'ready' });
    expect(double.carriers()).toBe('c');
  });

  it('waits for the new version, not for the readiness of the old one', async () => {
    const { double, go } = world(engine);
    const { state } = await go('a');
    double.alive = false;
    const { outcome } = await go('a', state, { image: 'shop:2' });
    // The health of a Work, and that of a placement whose envelope changed, do not say which version they are about.
    const tells = engine === 'ocm';
    if (tells) expect(outcome.clusters[0]?.ending).toBe('failed');
    expect(double.carriers()).toBe('a');
  });

  it('loses nothing when the list of the hub fails, and goes by what it wrote down when the list comes out empty', async () => {
    const { clusters, double, go } = world(engine);
    const { state } = await go('ab');
    clusters.fault = (_, { verb }) => (verb === 'list' ? '500' : undefined);
    const failed = await go('bc', state, { dropped: 'a' });
    expect(endings(failed)).toMatchObject({ a: 'refused', b: 'refused', c: 'refused' });
    clusters.restart();
    expect(double.carriers()).toBe('ab');
    const blink = (client: ClusterClient): ClusterClient => ({ ...client, list: async () => [] });
    double.through = blink;
    expect(endings(await go('ab', state))).toEqual({ a: 'unchanged', b: 'unchanged' });
    const moved = await go('bc', state, { dropped: 'a' });
    expect(endings(moved)).toMatchObject({ a: 'removed', c: 'ready' });
    expect(double.carriers()).toBe('bc');
  });

  it('leaves the app where objects of the hub are lost, and takes them up again', async () => {
    const { double, go } = world(engine);
    const { state } = await go('ab');
    for (const [key, stored] of double.delivering()) {
      // A restored hub: the engine sees a deletion, or nothing at all for an hour.
      if (key.length % 2 === 0) stored.deleted = true;
      else double.hub.objects.delete(key);
    }
    double.look();
    expect(double.carriers()).toBe('ab');
    expect(endings(await go('ab', state))).toEqual({ a: 'ready', b: 'ready' });
  });

  it('does not withdraw from a cluster that has only been renamed', async () => {
    const { double, go } = world(engine);
    double.sameAs.set('c', 'a');
    const uids = { a: 'uid-a', b: 'uid-b' };
    const { state } = await go('ab', undefined, { uids });
    const seen = new Set<string>();
    double.onLook = () => seen.add(double.carriers());
    const reasons: string[] = [];
    const names = fleet.clusters.filter(({ name }) => name !== 'a');
    const onEvent = ({ reason = '' }) => void reasons.push(reason);
    const renamed = { names, uids: { b: 'uid-b', c: 'uid-a' } };
    const moved = await go('bc', state, renamed, { onEvent });
    expect(endings(moved)).toMatchObject({ a: 'removed', c: 'ready' });
    expect([...seen]).toEqual(['ab']);
    expect(reasons.join()).toMatch(/leaves what it delivered: a chosen cluster is the same/);
  });

  it('refuses another cluster under an old name, by both UIDs, and changes nothing', async () => {
    const { clusters, double, go } = world(engine);
    const { state } = await go('a', undefined, { uids: { a: 'uid-1' } });
    clusters.restart();
    const other = await go('a', state, { uids: { a: 'uid-2' } });
    expect(endings(other)).toEqual({ a: 'refused' });
    expect(other.outcome.clusters[0]?.reason).toMatch(/uid-1.*uid-2/);
    expect(clusters.writes()).toEqual([]);
    expect(double.carriers()).toBe('a');
  });

  it('takes nothing away that another owner holds by now', async () => {
    const { double, go, clusters, releaseOn } = world(engine);
    const me = { owner: { id: 'me', name: 'my stack' } };
    const { state } = await go('ab', undefined, {}, me);
    const them = { owner: { id: 'them', name: 'their stack' } };
    const takeOver = {
      ...releaseOn('ab'),
      rollout: { ...releaseOn('ab').rollout, takeOver: true },
    };
    await apply(clusters, takeOver, undefined, double.world(them));
    const gone = await go('b', state, { dropped: 'a' }, me);
    expect(endings(gone)).toMatchObject({ a: 'left' });
    expect(double.carriers()).toBe('ab');
  });

  it('says so where the engine would not notice a deletion, and goes on once it does', async () => {
    const { double, go } = world(engine);
    const { state } = await go('ab');
    double.alive = false;
    for (const [, { manifest }] of double.delivering()) {
      (manifest.metadata as unknown as { finalizers?: string[] }).finalizers = [];
    }
    // Argo CD's finalizer is ours to put there, and then nobody answers it.
    const lost = await go('b', state, { dropped: 'a' });
    const [{ ending, reason = '' } = { ending: '' }] = lost.outcome.clusters.filter(
      ({ name }) => name === 'a',
    );
    expect(ending).toBe('failed');
    expect(reason).toMatch(
      engine === 'argocd' ? /waits for resources-finalizer/ : /lost its finalizer/,
    );
    expect(double.carriers()).toBe('ab');
    double.alive = true;
    double.look();
    const done = await go('b', lost.state, { dropped: 'a' });
    expect(endings(done)).toMatchObject({ a: 'removed' });
    expect(double.carriers()).toBe('b');
  });

  it('comes to the same end wherever a run dies, without a gap', async () => {
    const count = await requestsOfMove(engine);
    for (let at = 0; at < count; at += stride) {
      const { clusters, double, go } = world(engine);
      const { state } = await go('ab');
      clusters.restart();
      double.onLook = () => expect(double.carriers()).toMatch(/b/);
      clusters.fault = (number) => (number === at ? 'crash after' : undefined);
      await go('bc', state, { dropped: 'a' }).catch(() => undefined);
      clusters.restart();
      const done = await go('bc', state, { dropped: 'a' });
      expect({ at, ...endings(done) }).toMatchObject({
        at,
        c: expect.stringMatching(/ready|unchanged/),
      });
      expect(double.carriers()).toBe('bc');
    }
  });
});

async function requestsOfMove(engine: HubEngine): Promise<number> {
  const { clusters, go } = world(engine);
  const { state } = await go('ab');
  clusters.restart();
  await go('bc', state, { dropped: 'a' });
  return clusters.requests.length;
}

describe('a release that an engine delivers', () => {
  it('refuses settings that nobody can act by, each with its remedy', () => {
    const { releaseOn } = world('flux');
    const { bundle, decision } = releaseOn('a');
    const parse = (given: object) => () =>
      parseRelease({ bundle, decision, fleet, rollout: {}, delivery: given });
    expect(parse({ engine: 'ocm' })).toThrow(/got no hub/);
    expect(parse({ engine: 'directories' })).toThrow(/synth alone/);
    const source = { kind: 'GitRepository', url: 'https://git.example/x' };
    expect(parse({ engine: 'flux', hub: {}, source })).toThrow(/source\.revision/);
  });

  it('puts no value of a Secret into the hub', async () => {
    const { clusters, double, releaseOn } = world('ocm');
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'shop' },
      data: { a: 'aHVudGVyMg==' },
    };
    const props = { ...releaseOn('a'), bundle: bundleOf(namespace, secret) };
    await expect(async () => apply(clusters, props, undefined, double.world())).rejects.toThrow(
      /Secret keys would lie as text/,
    );
  });

  it('is not handed from one engine to another, nor back, unseen', async () => {
    const { clusters, double, releaseOn, go } = world('ocm');
    const { state } = await go('a');
    const { delivery: _, ...bare } = releaseOn('a');
    expect(() => look(clusters, bare, state)).toThrow(
      /delivered by ocm on hub in littoral, and is to be delivered by littoral itself/,
    );
    expect(state?.delivery?.engine).toBe('ocm');
    void double;
  });

  it('says which namespace of the hub is missing', async () => {
    const { double, releaseOn, clusters } = world('ocm');
    double.hub.lose('/Namespace//littoral');
    const { outcome } = await apply(clusters, releaseOn('a'), undefined, double.world());
    expect(outcome.clusters[0]).toMatchObject({
      ending: 'refused',
      reason: expect.stringMatching(/no namespace littoral/),
    });
  });

  it('is the world itself without an engine', () => {
    const plain = { connect: async () => Promise.reject(new Error()) } as World;
    expect(deliveredWorld(plain, undefined, { release: 'a', namespace: 'a', clusters: [] })).toBe(
      plain,
    );
  });
});
