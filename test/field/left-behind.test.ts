/** What stays when a release is done with it: what was there before, and what annotations keep. */
import type { Manifest } from '../../constructs/model/app/workload';
import {
  carryOut,
  observeAndPlanRemoval,
  type ReleaseState,
  release,
  rolloutSchema,
} from '../../providers/resources/release';
import { keepingAnnotation } from '../../providers/resources/release/state/keeping';
import { Clusters } from '../resources/cluster-double';
import { apply, look, namespace, releaseOf, settings, web, worldIn } from '../resources/fixtures';

const key = '/ConfigMap/shop/theirs';
const theirs = settings({ color: 'blue' }, 'theirs');
const v1 = [namespace, web('shop:1')];
const annotated = (annotations: object, labels: object = {}): Manifest => ({
  ...settings({}, 'kept'),
  metadata: { name: 'kept', namespace: 'shop', annotations, labels },
});

async function destroyed(
  clusters: Clusters,
  state: ReleaseState | undefined,
  rollout: object = {},
) {
  const world = worldIn(clusters);
  const home = { name: 'shop', namespace: 'shop' };
  const how = rolloutSchema.parse(rollout);
  const { fleet } = releaseOf('a', []);
  return carryOut(await observeAndPlanRemoval(home, fleet, how, state, world), state, world);
}

describe('an object that was there before the release', () => {
  const adopted = async () => {
    const clusters = new Clusters();
    const a = clusters.named('a');
    a.apply('team', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    a.apply('team', theirs);
    const { state } = await apply(clusters, releaseOf('a', [...v1, theirs]));
    expect(a.read(key)?.metadata.labels).toHaveProperty(['littoral.dev/release']);
    clusters.restart();
    return { clusters, state, a };
  };
  const expectTheirs = (clusters: Clusters) => {
    const live = clusters.named('a').read(key);
    expect(live?.data).toEqual({ color: 'blue' });
    expect(live?.metadata.labels ?? {}).toEqual({});
    expect(live?.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['team']);
  };

  it('stays when the release is destroyed, without our label, and is named', async () => {
    const { clusters, state } = await adopted();
    const run = await destroyed(clusters, state);
    expect(run).toMatchObject({ state: undefined, problems: [] });
    expect(run.warnings.join()).toContain(
      'ConfigMap shop/theirs stays: it was there before the release',
    );
    expectTheirs(clusters);
    expect([...clusters.named('a').objects.keys()].sort()).toEqual([key, '/Namespace//shop']);
  });

  it("stays when it leaves the manifests, is shown so in the plan, and is then nobody's", async () => {
    const { clusters, state } = await adopted();
    const next = releaseOf('a', v1);
    const { plan, close } = await look(clusters, next, state);
    await close();
    const kept = { change: 'kept', reason: 'it was there before the release', disowned: true };
    expect(plan.clusters[0]?.objects.at(-1)).toMatchObject(kept);
    expect(release.plan(state, next).clusters[0]?.objects.at(-1)).toMatchObject(kept);
    const run = await apply(clusters, next, state);
    expect(run.warnings).toEqual([
      'a: ConfigMap shop/theirs stays: it was there before the release',
    ]);
    expectTheirs(clusters);
    clusters.restart();
    expect((await apply(clusters, next, run.state)).outcome.clusters[0]?.ending).toBe('unchanged');
    expect(clusters.writes()).toEqual([]);
  });

  it.each([
    ['the rollout says so', { deleteAdopted: true }, undefined],
    ['its annotation says so', {}, 'delete'],
  ])('goes when %s', async (_, rollout, annotation) => {
    const { clusters, state, a } = await adopted();
    if (annotation !== undefined) {
      a.edit('team', key, ['metadata', 'annotations', 'littoral.dev/on-remove'], annotation);
    }
    expect((await destroyed(clusters, state, rollout)).problems).toEqual([]);
    expect(a.read(key)).toBeUndefined();
  });

  it('is ours once it was deleted by others and made again', async () => {
    const { clusters, state, a } = await adopted();
    a.lose(key);
    const again = await apply(clusters, releaseOf('a', [...v1, theirs]), state);
    await destroyed(clusters, again.state);
    expect(a.read(key)).toBeUndefined();
  });
});

describe('annotations of the ecosystem', () => {
  const keeping: readonly [object, object][] = [
    [{ 'helm.sh/resource-policy': 'keep' }, {}],
    [{ 'argocd.argoproj.io/sync-options': 'Prune=false' }, {}],
    [{ 'argocd.argoproj.io/sync-options': 'ServerSideApply=true, Delete=false' }, {}],
    [{ 'argocd.argoproj.io/sync-options': 'Prune=confirm' }, {}],
    [{ 'kustomize.toolkit.fluxcd.io/prune': 'disabled' }, {}],
    [{}, { 'kustomize.toolkit.fluxcd.io/prune': 'Disabled' }],
    [{ 'cli-utils.sigs.k8s.io/on-remove': 'keep' }, {}],
    [{ 'littoral.dev/on-remove': 'keep' }, {}],
  ];

  it.each(keeping)('%j %j keep an object on prune and on destroy', async (annotations, labels) => {
    const kept = annotated(annotations, labels);
    for (const next of [v1, undefined]) {
      const clusters = new Clusters();
      const { state } = await apply(clusters, releaseOf('a', [...v1, kept]));
      const run =
        next === undefined
          ? await destroyed(clusters, state)
          : await apply(clusters, releaseOf('a', next), state);
      expect(run.problems).toEqual([]);
      expect(run.warnings.join()).toContain('ConfigMap shop/kept stays: ');
      const live = clusters.named('a').read('/ConfigMap/shop/kept');
      expect(live?.metadata.labels ?? {}).not.toHaveProperty(['littoral.dev/release']);
      expect(live).toBeDefined();
      expect(clusters.named('a').read('/Namespace//shop')).toBeDefined();
    }
  });

  it('count on the live object and in the last manifest', async () => {
    const clusters = new Clusters();
    const plain = annotated({});
    const path = ['metadata', 'annotations', 'helm.sh/resource-policy'];
    const { state } = await apply(clusters, releaseOf('a', [...v1, plain]));
    clusters.named('a').edit('people', '/ConfigMap/shop/kept', path, 'keep');
    await destroyed(clusters, state);
    expect(clusters.named('a').read('/ConfigMap/shop/kept')).toBeDefined();
    const others = new Clusters();
    const kept = annotated({ 'helm.sh/resource-policy': 'keep' });
    const first = await apply(others, releaseOf('a', [...v1, kept]));
    others.named('a').edit('people', '/ConfigMap/shop/kept', path, undefined);
    await destroyed(others, first.state);
    expect(others.named('a').read('/ConfigMap/shop/kept')).toBeDefined();
  });

  it.each([
    { 'helm.sh/resource-policy': 'keeper' },
    { 'argocd.argoproj.io/sync-options': 'Prune=true,SkipDryRunOnMissingResource=true' },
    { 'kustomize.toolkit.fluxcd.io/prune': 'enabled' },
    { 'littoral.dev/on-remove': 'delete' },
  ])('with another value keep nothing: %j', (annotations) => {
    expect(keepingAnnotation(annotated(annotations))).toBeUndefined();
  });
});
