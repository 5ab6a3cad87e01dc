/** Pods are tried out while a release is planned: what a server would refuse is said before anything is applied. */
import type { Manifest } from '../../constructs/model/app/workload';
import { Clusters } from './cluster-double';
import { apply, look, namespace, releaseOf, settings, web } from './fixtures';

const denied = 'namespace shop of a holds pods to Pod Security restricted v1.34: runAsNonRoot';
const there = (refusal: (pod: Manifest) => string | undefined) => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  a.apply('team', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  a.refuse = (one) => (one.kind === 'Pod' ? refusal(one) : undefined);
  return { clusters, a };
};
const changeOf = async (clusters: Clusters, manifests: readonly Manifest[], prior?: never) => {
  const { plan } = await look(clusters, releaseOf('a', manifests), prior);
  const objects = plan.clusters.flatMap((one) => one.objects);
  return objects.find(({ ref }) => ref.name === 'web');
};

it('pods that would be refused are named with the reason, and nothing is applied', async () => {
  const { clusters, a } = there(() => denied);
  const change = await changeOf(clusters, [namespace, web('web:1')]);
  expect(change).toMatchObject({
    change: 'refused',
    reason: expect.stringContaining(`its pods would be refused: ${denied}`),
  });
  const run = await apply(clusters, releaseOf('a', [namespace, web('web:1')]));
  expect(run.outcome.clusters[0]?.ending).toBe('refused');
  expect(a.read('apps/Deployment/shop/web')).toBeUndefined();
});

it.each([
  ['user ci may not create pods in namespace shop of a', 'its pods cannot be tried out'],
  ['Pod shop/web exceeds quota small of a: requested 1', 'there is no room for one more pod now'],
])('%s is a note, and the plan goes on', async (refusal, note) => {
  const { clusters } = there(() => refusal);
  const change = await changeOf(clusters, [namespace, web('web:1')]);
  expect(change).toMatchObject({ change: 'created', reason: expect.stringContaining(note) });
  const run = await apply(clusters, releaseOf('a', [namespace, web('web:1')]));
  expect(run.problems).toEqual([]);
});

it.each([
  [3, undefined, true],
  [4, undefined, false],
  [1, undefined, true],
  [12, { maxUnavailable: 0 }, true],
  [3, { maxUnavailable: 1 }, false],
  [30, { maxUnavailable: '3%' }, true],
] as const)(
  'a rollout of %d replicas (%j) into a full quota waits for good: %j',
  async (replicas, rollingUpdate, waits) => {
    const clusters = new Clusters();
    const a = clusters.named('a');
    const strategy = rollingUpdate && { type: 'RollingUpdate', rollingUpdate };
    const of = (image: string): Manifest => {
      const one = web(image, replicas);
      return { ...one, spec: { ...(one.spec as object), ...(strategy ? { strategy } : {}) } };
    };
    const { state } = await apply(clusters, releaseOf('a', [namespace, of('web:1')]));
    a.refuse = ({ kind }) => (kind === 'Pod' ? 'Pod shop/web exceeds quota small of a' : undefined);
    const change = await changeOf(clusters, [namespace, of('web:2')], state as never);
    expect(change?.reason).toContain('there is no room for one more pod now');
    expect(change?.reason?.includes('the rollout would wait for good')).toBe(waits);
  },
);

it('pods in a namespace that is still to come, and those that are there already, are not tried', async () => {
  const clusters = new Clusters();
  const a = clusters.named('a');
  const tried: string[] = [];
  a.refuse = ({ kind, metadata }) => {
    if (kind === 'Pod') tried.push(metadata.name);
    return undefined;
  };
  const { state } = await apply(clusters, releaseOf('a', [namespace, web('web:1')]));
  expect(tried).toEqual([]);
  await apply(clusters, releaseOf('a', [namespace, web('web:1', 5), settings({})]), state);
  expect(tried).toEqual([]);
  await look(clusters, releaseOf('a', [namespace, web('web:2')]), state);
  expect(tried).toEqual(['web-trial']);
});

it('a release that weakens its own namespace is not held up by what the namespace is held to now', async () => {
  const level = (enforce: string): Manifest => ({
    ...namespace,
    metadata: {
      ...namespace.metadata,
      labels: {
        'app.kubernetes.io/managed-by': 'littoral',
        'pod-security.kubernetes.io/enforce': enforce,
      },
    },
  });
  const clusters = new Clusters();
  const a = clusters.named('a');
  const { state } = await apply(clusters, releaseOf('a', [level('restricted'), web('web:1')]));
  a.refuse = ({ kind }) => (kind === 'Pod' ? denied : undefined);
  const weaker = releaseOf('a', [level('baseline'), web('web:2')]);
  const run = await apply(clusters, weaker, state);
  expect(run.problems).toEqual([]);
});

it('a pod of a StatefulSet has the volumes that its controller makes', async () => {
  let tried: Manifest | undefined;
  const { clusters } = there((pod) => {
    tried = pod;
    return undefined;
  });
  const template = {
    spec: {
      containers: [
        { name: 'db', image: 'db', volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      ],
    },
  };
  const db: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { template, volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
  };
  await look(clusters, releaseOf('a', [namespace, db]));
  expect(tried?.spec).toMatchObject({
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  });
});
