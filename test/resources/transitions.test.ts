/** What stops a rollout and what a release refuses, on clusters in memory. */
import { ClusterError } from '../../providers/clusters/errors';
import {
  basisOf,
  movedSince,
  observeAndPlan,
  parsePlan,
  type ReleaseState,
  release,
  rolloutSchema,
  sealPlan,
} from '../../providers/resources/release/index';
import { labelled } from '../../providers/resources/release/state/identity';
import { Clusters } from './cluster-double';
import { apply, decisionFor, look, namespace, releaseOf, settings, web, worldIn } from './fixtures';

const v1 = [namespace, settings({ color: 'blue' }), web('shop:1')];
const v2 = [namespace, settings({ color: 'red' }), web('shop:2')];
const bad = [namespace, settings({ color: 'red' }), web('shop:bad')];
const endings = (run: { outcome: { clusters: readonly { name: string; ending: string }[] } }) =>
  run.outcome.clusters.map(({ name, ending }) => `${name} ${ending}`);
const plainly = (clusters: Clusters, name: string) => {
  const all = JSON.stringify(clusters.named(name).picture());
  return all.replaceAll(/sha256:[0-9a-f]+/g, 'digest');
};

async function installed(letters: string, manifests = v1) {
  const clusters = new Clusters();
  const { state } = await apply(clusters, releaseOf(letters, manifests));
  clusters.restart();
  return { clusters, state: state as ReleaseState };
}

const silent = (clusters: Clusters, ...names: readonly string[]) => {
  const world = worldIn(clusters);
  const connect: typeof world.connect = async (cluster, seconds) => {
    if (!names.includes(cluster.name)) return world.connect(cluster, seconds);
    const remedy = 'Wait.';
    throw new ClusterError({
      cluster: cluster.name,
      summary: 'no answer',
      remedy,
      unreachable: true,
    });
  };
  return { ...world, connect };
};

describe('waves', () => {
  it('stop at the first that fails, and put it back as it was', async () => {
    const { clusters } = await installed('abc');
    const before = plainly(clusters, 'a');
    const run = await apply(clusters, releaseOf('abc', bad, { waves: [{ clusters: 1 }] }));
    expect(endings(run)).toEqual(['a rolled back', 'b skipped', 'c skipped']);
    expect(plainly(clusters, 'a')).toBe(before);
    const plan = await look(clusters, releaseOf('abc', v1));
    expect(plan.plan.clusters.map(({ step }) => step)).toEqual(['keep', 'keep', 'keep']);
  });

  it('take a failed new cluster back to nothing', async () => {
    const { clusters } = await installed('a');
    const run = await apply(clusters, releaseOf('ba', bad, { waves: [{ match: { name: 'b' } }] }));
    expect(endings(run)).toEqual(['a skipped', 'b rolled back']);
    expect([...clusters.named('b').objects.keys()]).toEqual([]);
  });

  it('go on while failures stay within maxFailures', async () => {
    const { clusters } = await installed('abc');
    clusters.named('a').refuse = ({ kind }) => (kind === 'Deployment' ? 'no' : undefined);
    const rollout = { waves: [{ clusters: 1 }], maxFailures: 1 };
    const run = await apply(clusters, releaseOf('abc', v2, rollout));
    expect(endings(run)).toEqual(['a refused', 'b ready', 'c ready']);
  });

  it('look again after the pause', async () => {
    const { clusters } = await installed('ab');
    const rollout = { waves: [{ clusters: 1 }], soakSeconds: 60 };
    const pause = async () => {
      const key = 'apps/Deployment/shop/web';
      clusters.named('a').edit('kubelet', key, ['spec', 'note'], 'x:bad');
    };
    const world = { ...worldIn(clusters), pause };
    const run = await apply(clusters, releaseOf('ab', v2, rollout), undefined, world);
    expect(endings(run)).toEqual(['a rolled back', 'b skipped']);
  });

  it('are passed by clusters that do not answer', async () => {
    const { clusters } = await installed('abc');
    const rollout = { waves: [{ clusters: 1 }] };
    const world = silent(clusters, 'a');
    const run = await apply(clusters, releaseOf('abc', v2, rollout), undefined, world);
    expect(endings(run)).toEqual(['a unreachable', 'b ready', 'c ready']);
  });

  it('change no more clusters at a time than may be unavailable', async () => {
    const { clusters } = await installed('abcdef');
    const world = worldIn(clusters);
    await apply(clusters, releaseOf('abcdef', v2, { maxUnavailableClusters: 2 }), undefined, world);
    const busy = new Set<string>();
    let most = 0;
    for (const { cluster, phase } of world.events) {
      if (phase === 'applying') busy.add(cluster);
      if (phase === 'ready') busy.delete(cluster);
      most = Math.max(most, busy.size);
    }
    expect(most).toBe(2);
  });
});

describe('a cluster that does not answer', () => {
  it('stays recorded after it left, until it was seen clean or is let go of', async () => {
    const { clusters, state } = await installed('ab');
    const away = silent(clusters, 'b');
    const first = await apply(clusters, releaseOf('a', v1), state, away);
    expect(endings(first)).toEqual(['a unchanged', 'b unreachable']);
    expect(first.state?.clusters[1]).toMatchObject({ name: 'b', standing: 'unreachable' });
    const kept = first.state?.clusters[1]?.inventory?.objects.length;
    expect(kept).toBe(3);

    const letGo = releaseOf('a', v1, { evacuate: ['b'] });
    const second = await apply(clusters, letGo, first.state, away);
    expect(endings(second)).toEqual(['a unchanged', 'b evacuated']);
    expect(second.problems).toEqual([]);
    const third = await apply(clusters, releaseOf('a', v1), second.state, away);
    expect(third.problems).toEqual([]);

    const back = await apply(clusters, releaseOf('a', v1), third.state);
    expect(endings(back)).toEqual(['a unchanged', 'b removed']);
    expect(back.state?.clusters.map(({ name }) => name)).toEqual(['a']);
    expect(clusters.named('b').objects.size).toBe(0);
  });
});

describe('others', () => {
  it('keep the fields they own, unless forced', async () => {
    const { clusters } = await installed('a');
    const key = 'apps/Deployment/shop/web';
    clusters.named('a').edit('kubectl-edit', key, ['spec', 'replicas'], 7);
    const { plan } = await look(clusters, releaseOf('a', v1));
    expect(plan.clusters[0]?.objects.find(({ ref }) => ref.kind === 'Deployment')).toMatchObject({
      change: 'refused',
      drifted: true,
      reason: 'kubectl-edit owns .spec.replicas',
      fields: [{ path: '.spec.replicas', before: 7, after: 2 }],
    });
    clusters.restart();
    expect(endings(await apply(clusters, releaseOf('a', v1)))).toEqual(['a refused']);
    expect(clusters.writes()).toEqual([]);
    expect(endings(await apply(clusters, releaseOf('a', v1, { force: true })))).toEqual([
      'a ready',
    ]);
    expect(clusters.named('a').read(key)?.spec).toMatchObject({ replicas: 2 });
  });

  it('keep what took the place of ours: another uid, another label', async () => {
    const { clusters } = await installed('a', [
      ...v1,
      ...[settings({}, 'x'), settings({}, 'y'), settings({}, 'z')],
    ]);
    const a = clusters.named('a');
    a.lose('/ConfigMap/shop/x');
    a.apply('kubectl', { ...settings({ mine: '1' }, 'x') });
    a.edit('kubectl', '/ConfigMap/shop/y', ['metadata', 'labels', 'littoral.dev/release'], 'other');
    a.lose('/ConfigMap/shop/z');
    a.apply(
      'littoral',
      labelled(settings({ again: '1' }, 'z'), { release: 'shop', namespace: 'shop' }),
    );
    const run = await apply(clusters, releaseOf('a', v1));
    expect(run.problems).toEqual([]);
    expect(a.read('/ConfigMap/shop/z')?.data).toEqual({ again: '1' });
    expect(a.read('/ConfigMap/shop/x')?.data).toEqual({ mine: '1' });
    expect(a.read('/ConfigMap/shop/y')).toBeDefined();
  });

  it.each([
    ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['example.dev/v1', 'Beacon'],
  ])('keep a namespace by a %s %s of theirs', async (apiVersion, kind) => {
    const { clusters } = await installed('a');
    const a = clusters.named('a');
    a.apply('others', { apiVersion, kind, metadata: { name: 'theirs', namespace: 'shop' } });
    const run = await apply(clusters, releaseOf('', []));
    expect(run.outcome.clusters[0]?.reason).toBe(
      `Namespace shop stays: it holds ${kind} shop/theirs of others`,
    );
    expect(a.read('/Namespace//shop')).toBeDefined();
    expect(a.read('/ConfigMap/shop/x')).toBeUndefined();
  });

  it('share a namespace with us, but no object', async () => {
    const { clusters } = await installed('a');
    const other = { ...releaseOf('a', [namespace, settings({}, 'more')]), name: 'other' };
    expect(endings(await apply(clusters, other))).toEqual(['a ready']);
    expect(endings(await apply(clusters, { ...releaseOf('a', v2), name: 'third' }))).toEqual([
      'a refused',
    ]);
    await apply(clusters, { ...releaseOf('', []), name: 'other' });
    expect(clusters.named('a').read('/Namespace//shop')).toBeDefined();
    expect(endings(await apply(clusters, releaseOf('a', v1)))).toEqual(['a unchanged']);
  });
});

describe('a reviewed plan', () => {
  const reviewed = async (clusters: Clusters, letters = 'ab') =>
    (await look(clusters, releaseOf(letters, v2))).plan;

  it('holds while nothing has moved, also when it was half done or a cluster went away', async () => {
    const { clusters } = await installed('ab');
    const before = await reviewed(clusters);
    expect(movedSince(before, await reviewed(clusters))).toEqual([]);
    await apply(clusters, releaseOf('ab', v2), undefined, silent(clusters, 'b'));
    expect(movedSince(before, await reviewed(clusters))).toEqual([]);
    const basis = basisOf(releaseOf('ab', v2), undefined, true);
    const { plan } = await observeAndPlan(basis, silent(clusters, 'b'));
    expect(movedSince(before, plan)).toEqual([]);
  });

  it('does not hold when an object, the fleet or the decision moved', async () => {
    const { clusters } = await installed('ab');
    const before = await reviewed(clusters);
    clusters.named('a').edit('kubectl', '/ConfigMap/shop/settings', ['data', 'color'], 'green');
    expect(movedSince(before, await reviewed(clusters))).toEqual([
      'a: ConfigMap shop/settings changed since it was planned',
    ]);
    expect(movedSince(before, await reviewed(clusters, 'abc'))[0]).toContain(
      'the decision changed',
    );
  });

  it('does not hold when what it would take by force has another value by now', async () => {
    const { clusters } = await installed('a');
    const forced = async () => (await look(clusters, releaseOf('a', v2, { force: true }))).plan;
    const before = await forced();
    clusters.named('a').edit('kubectl', '/ConfigMap/shop/settings', ['data', 'color'], 'green');
    expect(movedSince(before, await forced())).toHaveLength(1);
  });

  it('is a file that knows when it was changed', async () => {
    const { clusters } = await installed('ab');
    const plan = await reviewed(clusters);
    const content = {
      apps: ['shop.yaml'],
      fleet: 'fleet.yaml',
      rollout: rolloutSchema.parse({}),
      decision: decisionFor(['a']),
      releases: [plan],
    };
    const text = JSON.stringify(sealPlan(content));
    expect(movedSince(parsePlan(text).releases[0]!, plan)).toEqual([]);
    expect(() => parsePlan(text.replace('"red"', '"pink"'))).toThrow('changed by hand');
  });
});

describe('the resource', () => {
  it('plans from its state what it would do, and nothing after it was done', async () => {
    const { clusters, state } = await installed('ab');
    const steps = (props?: ReturnType<typeof releaseOf>) =>
      release.plan(state, props).clusters.map(({ name, step }) => `${name} ${step}`);
    expect(steps(releaseOf('ab', v1))).toEqual(['a keep', 'b keep']);
    expect(steps(releaseOf('bc', v2))).toEqual(['b update', 'c add', 'a remove']);
    expect(steps()).toEqual(['a remove', 'b remove']);
    const seen = await release.read(state, worldIn(clusters));
    expect(seen).toEqual(state);
    clusters.named('a').lose('/ConfigMap/shop/settings');
    const drifted = await release.read(state, worldIn(clusters));
    expect(release.plan(drifted, releaseOf('ab', v1)).clusters[0]?.objects).toContainEqual({
      ref: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
      change: 'created',
      fields: [],
      drifted: true,
    });
  });

  it('imported, plans nothing; deleted twice, is deleted', async () => {
    const { clusters, state } = await installed('ab');
    const world = worldIn(clusters);
    const imported = await release.import('shop@clusters.kubeconfig#a,b', world);
    expect(release.plan(imported, releaseOf('ab', v1)).clusters.map(({ step }) => step)).toEqual([
      'keep',
      'keep',
    ]);
    await expect(release.import('shop@clusters.kubeconfig#c', world)).rejects.toThrow(
      'no inventory',
    );
    expect((await release.delete(state, world)).state).toBeUndefined();
    expect((await release.delete(state, world)).state).toBeUndefined();
    expect(clusters.named('a').objects.size).toBe(0);
    expect(await release.read(state, world)).toBeUndefined();
  });

  it('says every mistake in its arguments at once', () => {
    const { bundle, decision, fleet } = releaseOf('a', v1);
    const clusters = fleet.clusters.slice(1);
    const source = { bundle, decision, fleet: { clusters }, rollout: { parallelism: 0, wave: [] } };
    expect(() => release.parse(source)).toThrow(/parallelism[\s\S]*wave/);
  });
});

it('stops between steps when asked, and finishes the next time', async () => {
  const { clusters } = await installed('abc');
  const stop = new AbortController();
  const world = {
    ...worldIn(clusters),
    signal: stop.signal,
    onEvent: ({ phase }: { phase: string }) => {
      if (phase === 'applying') stop.abort();
    },
  };
  const run = await apply(clusters, releaseOf('abc', v2), undefined, world);
  expect(run.problems.map(({ summary }) => summary)[0]).toContain('stopped on request');
  clusters.restart();
  expect(endings(await apply(clusters, releaseOf('abc', v2)))).toEqual([
    'a ready',
    'b ready',
    'c ready',
  ]);
});
