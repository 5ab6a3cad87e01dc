/** The inventory of a release outlives what it lists: its namespace is there before the first object and goes after the last. */
import type { Manifest } from '../../constructs/model/app/workload';
import { carryOut, observeAndPlanRemoval, rolloutSchema } from '../../providers/resources/release';
import { Clusters } from '../resources/cluster-double';
import { apply, look, namespace, releaseOf, settings, worldIn } from '../resources/fixtures';

const elsewhere: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
const moved: Manifest = { ...settings({}), metadata: { name: 'settings', namespace: 'other' } };
const definition: Manifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'caches.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { kind: 'Cache' },
    versions: [{ name: 'v1', served: true }],
  },
};

const inventory = '/ConfigMap/shop/littoral-shop';
const keys = (clusters: Clusters) => [...clusters.named('a').objects.keys()].sort();

async function destroyed(clusters: Clusters, namespace = 'shop') {
  const home = { name: 'shop', namespace };
  const world = worldIn(clusters);
  const rollout = rolloutSchema.parse({});
  const course = await observeAndPlanRemoval(
    home,
    releaseOf('a', []).fleet,
    rollout,
    undefined,
    world,
  );
  return carryOut(course, undefined, world);
}

describe('the namespace of the inventory', () => {
  it.each([
    ['every object names another namespace', [elsewhere, moved]],
    ['every object is outside of namespaces', [definition]],
    ['there is no object at all', []],
  ])('is made first and goes last when %s', async (_, manifests) => {
    const clusters = new Clusters();
    const released = await apply(clusters, releaseOf('a', manifests));
    expect(released.problems).toEqual([]);
    expect(clusters.writes()[0]?.object).toBe('/Namespace//shop');
    expect(keys(clusters)).toContain(inventory);
    clusters.restart();
    expect((await apply(clusters, releaseOf('a', manifests))).outcome.clusters[0]?.ending).toBe(
      'unchanged',
    );
    expect((await destroyed(clusters)).outcome.clusters[0]?.ending).toBe('removed');
    expect(clusters.writes().at(-1)?.object).toBe('/Namespace//shop');
    expect(keys(clusters)).toEqual([]);
  });

  it('is not that of a release of the same name in another namespace', async () => {
    const clusters = new Clusters();
    const one = releaseOf('a', []);
    await apply(clusters, one);
    const next = { ...one, bundle: { ...one.bundle, namespace: 'second' } };
    const { plan, close } = await look(clusters, next);
    await close();
    expect(plan.clusters[0]?.objects.map(({ ref, change }) => `${change} ${ref.name}`)).toEqual([
      'created second',
    ]);
    await apply(clusters, next);
    expect(keys(clusters)).toContain('/Namespace//shop');
    expect(keys(clusters)).toContain('/Namespace//second');
  });

  it('stays in the end when a release of the same name has come to live in it', async () => {
    const clusters = new Clusters();
    const bundle = { ...releaseOf('a', []).bundle, namespace: 'second' };
    await apply(clusters, { ...releaseOf('a', []), bundle });
    const guest = { ...settings({}), metadata: { name: 'settings', namespace: 'second' } };
    await apply(clusters, releaseOf('a', [guest]));
    const released = await destroyed(clusters, 'second');
    expect(released.outcome.clusters[0]?.reason).toContain('ConfigMap second/settings');
    expect(keys(clusters)).toContain('/ConfigMap/second/settings');
    expect(keys(clusters)).toContain('/Namespace//second');
    expect(keys(clusters)).not.toContain('/ConfigMap/second/littoral-shop');
  });

  it('tells two releases of one name apart: what one has outside of namespaces is refused to the other, and not listed when that leaves', async () => {
    const clusters = new Clusters();
    const webhook: Manifest = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'checks' },
    };
    const second = (manifests: readonly Manifest[]) => {
      const one = releaseOf('a', manifests);
      return { ...one, bundle: { ...one.bundle, namespace: 'second' } };
    };
    await apply(clusters, releaseOf('a', [webhook]));
    await apply(clusters, second([]));
    const { plan, close } = await look(clusters, second([webhook]));
    await close();
    const refused = plan.clusters[0]?.objects.find(({ ref }) => ref.name === 'checks');
    expect(refused).toMatchObject({
      change: 'refused',
      reason: 'belongs to the release shop of namespace shop',
    });
    await apply(clusters, second([webhook]));
    const released = await destroyed(clusters, 'second');
    expect(JSON.stringify(released.outcome)).not.toContain('checks');
    expect(keys(clusters)).toContain(
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration//checks',
    );
    await destroyed(clusters);
    expect(keys(clusters)).toEqual([]);
  });

  it('stays when all objects move to another namespace, and the release is still found', async () => {
    const clusters = new Clusters();
    await apply(clusters, releaseOf('a', [namespace, settings({})]));
    const next = releaseOf('a', [elsewhere, moved]);
    const { plan, close } = await look(clusters, next);
    await close();
    const gone = plan.clusters[0]?.objects.filter(({ change }) => change === 'deleted');
    expect(gone?.map(({ ref }) => ref.kind)).toEqual(['ConfigMap']);
    expect((await apply(clusters, next)).problems).toEqual([]);
    expect(keys(clusters)).toEqual([
      '/ConfigMap/other/settings',
      inventory,
      '/Namespace//other',
      '/Namespace//shop',
    ]);
    clusters.restart();
    await apply(clusters, next);
    expect(clusters.writes()).toEqual([]);
    await destroyed(clusters);
    expect(keys(clusters)).toEqual([]);
  });

  it('stays in the end when it was there before', async () => {
    const clusters = new Clusters();
    clusters.named('a').apply('kubectl', { ...namespace, metadata: { name: 'shop' } });
    await apply(clusters, releaseOf('a', [elsewhere, moved]));
    expect((await destroyed(clusters)).problems).toEqual([]);
    expect(keys(clusters)).toEqual(['/Namespace//shop']);
  });

  it('stays in the end when others have come to live in it', async () => {
    const clusters = new Clusters();
    await apply(clusters, releaseOf('a', [elsewhere, moved]));
    clusters.named('a').apply('others', settings({}, 'theirs'));
    const released = await destroyed(clusters);
    expect(released.outcome.clusters[0]?.reason).toContain('ConfigMap shop/theirs');
    expect(keys(clusters)).toEqual(['/ConfigMap/shop/theirs', '/Namespace//shop']);
  });

  it('is not made when Kubernetes always has it', async () => {
    const clusters = new Clusters();
    const props = releaseOf('a', [elsewhere, moved]);
    const { bundle } = props;
    await apply(clusters, { ...props, bundle: { ...bundle, namespace: 'default' } });
    expect(keys(clusters)).toContain('/ConfigMap/default/littoral-shop');
    expect(keys(clusters)).not.toContain('/Namespace//default');
  });
});
