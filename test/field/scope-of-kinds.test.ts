/** Whether objects of a kind live in namespaces is for each server to say: what a release takes it to be names no object. */

import { release as resource, statusOf } from '../../providers/resources/release';
import {
  versionsIn,
  withChangedFields,
} from '../../providers/resources/release/plan/changed-fields';
import { Clusters } from '../resources/cluster-double';
import { apply, fleet, look, namespace, releaseOf, settings, worldIn } from '../resources/fixtures';

const apiVersion = 'ops.example.org/v1';
const kind = 'Quota';
const key = `ops.example.org/${kind}//most`;
const quota = (most: number, more: object = { namespace: 'shop' }) => ({
  apiVersion,
  kind,
  metadata: { name: 'most', ...more },
  spec: { most },
});
const objects = (most: number) => [namespace, settings({ color: 'blue' }), quota(most)];

function clustersServing(scope: 'Cluster' | 'Namespaced'): Clusters {
  const clusters = new Clusters();
  clusters.named('a').serve(apiVersion, kind, scope);
  return clusters;
}

const stateOf = (clusters: Clusters, state: Parameters<typeof resource.read>[0]) =>
  resource.read(state, worldIn(clusters));
const changesOf = ({ plan }: Awaited<ReturnType<typeof look>>) =>
  Object.fromEntries(plan.clusters[0]!.objects.map((one) => [one.ref.kind, one]));

describe('a custom resource outside namespaces whose definition someone else brought', () => {
  it('is planned, listed and found again without a namespace', async () => {
    const clusters = clustersServing('Cluster');
    const first = await look(clusters, releaseOf('a', objects(1)));
    expect(changesOf(first)[kind]).toMatchObject({ ref: { name: 'most' }, change: 'created' });
    expect(changesOf(first)[kind]?.ref).not.toHaveProperty('namespace');
    const { state, problems } = await apply(clusters, releaseOf('a', objects(1)));
    expect(problems).toEqual([]);
    const listed = state?.clusters[0]?.inventory?.objects.find((one) => one.kind === kind);
    expect(listed).toMatchObject({ apiVersion, name: 'most' });
    expect(listed).not.toHaveProperty('namespace');
    expect(listed?.uid).toBeDefined();

    const again = await look(clusters, releaseOf('a', objects(1)), state);
    expect(again.plan.clusters[0]).toMatchObject({ step: 'keep' });
    expect(again.plan.clusters[0]!.objects.map(({ change }) => change)).toEqual(
      Array(3).fill('unchanged'),
    );
    const about = { release: 'shop', namespace: 'shop', parallelism: 1, answerSeconds: 5 };
    expect(await statusOf([fleet.clusters[0]!], about, worldIn(clusters))).toMatchObject([
      { standing: 'ready', objects: 3, missing: 0, changed: 0 },
    ]);
    expect(await stateOf(clusters, state!)).toEqual(state);
  });

  it('is as it was applied, and changed by name, for those who plan from the state', async () => {
    const clusters = clustersServing('Cluster');
    const before = releaseOf('a', objects(1));
    const { state } = await apply(clusters, before);
    expect(resource.plan(state, before).clusters).toMatchObject([{ step: 'keep' }]);
    const after = releaseOf('a', objects(2));
    const plan = withChangedFields(
      resource.plan(state, after),
      versionsIn(before),
      versionsIn(after),
    );
    expect(plan.clusters[0]?.objects.filter(({ change }) => change !== 'unchanged')).toEqual([
      {
        ref: { apiVersion, kind, name: 'most' },
        change: 'changed',
        fields: [{ path: '.spec.most', before: 1, after: 2 }],
      },
    ]);
  });

  it('shows what others changed and what they deleted', async () => {
    const clusters = clustersServing('Cluster');
    const { state } = await apply(clusters, releaseOf('a', objects(1)));
    clusters.named('a').edit('kubectl-edit', key, ['spec', 'most'], 9);
    const edited = await look(clusters, releaseOf('a', objects(1), { force: true }), state);
    expect(changesOf(edited)[kind]).toMatchObject({ change: 'changed', drifted: true });
    clusters.named('a').lose(key);
    const lost = await look(clusters, releaseOf('a', objects(1)), state);
    expect(changesOf(lost)[kind]).toMatchObject({ change: 'created', drifted: true });
  });

  it('is deleted, and said to be, when it is no longer wanted', async () => {
    const clusters = clustersServing('Cluster');
    const { state } = await apply(clusters, releaseOf('a', objects(1)));
    const without = releaseOf('a', objects(1).slice(0, 2));
    const planned = await look(clusters, without, state);
    expect(planned.plan.clusters[0]!.objects.filter((one) => one.ref.kind === kind)).toMatchObject([
      { ref: { apiVersion, kind, name: 'most' }, change: 'deleted' },
    ]);
    expect(resource.plan(state, without).clusters[0]?.objects.at(-1)).toMatchObject({
      ref: { apiVersion, kind, name: 'most' },
      change: 'deleted',
    });
    await apply(clusters, without, state);
    expect([...clusters.named('a').objects.keys()]).not.toContain(key);
  });

  it('goes with the whole release', async () => {
    const clusters = clustersServing('Cluster');
    const { state } = await apply(clusters, releaseOf('a', objects(1)));
    const gone = await resource.delete(state!, worldIn(clusters));
    expect(gone).toMatchObject({ state: undefined, problems: [], warnings: [] });
    expect([...clusters.named('a').objects.keys()]).toEqual([]);
  });

  it('is found where the namespace of the app is still to come', async () => {
    const clusters = clustersServing('Cluster');
    clusters.named('a').apply('kubectl', quota(1, {}));
    const first = await look(clusters, releaseOf('a', objects(1)));
    expect(changesOf(first)[kind]).toMatchObject({ change: 'adopted' });
  });

  it('is listed as the server has it, when the server came to know it between planning and applying', async () => {
    const clusters = new Clusters();
    const open = await look(clusters, releaseOf('a', objects(1)));
    expect(changesOf(open)[kind]).toMatchObject({
      change: 'created',
      reason: expect.stringContaining('does not know its kind yet'),
    });
    const world = worldIn(clusters);
    const { state, problems } = await apply(clusters, releaseOf('a', objects(1)), undefined, {
      ...world,
      onEvent: ({ phase }) => {
        if (phase === 'applying') clusters.named('a').serve(apiVersion, kind, 'Cluster');
      },
    });
    expect(problems).toEqual([]);
    const listed = state?.clusters[0]?.inventory?.objects.find((one) => one.kind === kind);
    expect(listed).toMatchObject({ name: 'most', uid: expect.any(String) });
    expect(listed).not.toHaveProperty('namespace');
    const again = await look(clusters, releaseOf('a', objects(1)), state);
    expect(again.plan.clusters[0]).toMatchObject({ step: 'keep' });
    expect(await stateOf(clusters, state!)).toEqual(state);
  });
});

it('one release finds a kind outside namespaces on one cluster, and inside on another', async () => {
  const clusters = clustersServing('Cluster');
  clusters.named('b').serve(apiVersion, kind, 'Namespaced');
  const { state, problems } = await apply(clusters, releaseOf('ab', objects(1)));
  expect(problems).toEqual([]);
  expect([...clusters.named('b').objects.keys()]).toContain(`ops.example.org/${kind}/shop/most`);
  const again = await look(clusters, releaseOf('ab', objects(1)), state);
  expect(again.plan.clusters.map(({ step }) => step)).toEqual(['keep', 'keep']);
  expect(
    resource.plan(state, releaseOf('ab', objects(1))).clusters.map(({ step }) => step),
  ).toEqual(['keep', 'keep']);
});

it('a namespaced custom resource that is given none is put into the namespace of the app', async () => {
  const clusters = clustersServing('Namespaced');
  const props = releaseOf('a', [namespace, quota(1, {})]);
  const { state, problems } = await apply(clusters, props);
  expect(problems).toEqual([]);
  expect([...clusters.named('a').objects.keys()]).toContain(`ops.example.org/${kind}/shop/most`);
  expect((await look(clusters, props, state)).plan.clusters[0]).toMatchObject({ step: 'keep' });
  expect(resource.plan(state, props).clusters).toMatchObject([{ step: 'keep' }]);
  expect((await resource.delete(state!, worldIn(clusters))).state).toBeUndefined();
});
