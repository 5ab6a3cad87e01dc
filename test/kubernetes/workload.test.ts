/** A workload becomes a Deployment, a Service, an autoscaler and a disruption budget. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestsYaml, type SynthProps, synth } from '../../constructs/kubernetes';
import { manifestsOf, objectOf } from '../../constructs/testing';
import { mistakes, shop, sizing } from './apps';

const kinds = (app: SynthProps) =>
  manifestsOf(app).flatMap(({ kind }) => (kind === 'NetworkPolicy' ? [] : kind));
const composite = (components: readonly object[]): SynthProps => ({
  name: 'shop',
  workload: { components } as SynthProps['workload'],
});

describe('a workload of one component', () => {
  it('comes out as the golden manifests, replicas in the autoscaler and nowhere else', () => {
    const app = {
      ...shop,
      workload: { ...shop.workload, env: { B: '$(C)/b', C: 'yes' } },
    } as SynthProps;
    const manifests = manifestsOf(app, { replicas: 3, name: 'fra' });
    const golden = readFileSync(join(__dirname, 'fixtures', 'shop.golden.yaml'), 'utf8');
    expect(manifestsYaml(manifests)).toBe(golden);
    expect(objectOf(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(objectOf(manifests, 'HorizontalPodAutoscaler').spec).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
      scaleTargetRef: { kind: 'Deployment', name: 'shop' },
    });
  });

  it('keeps the replicas of the decision when autoscaling is off', () => {
    const manifests = manifestsOf({ ...shop, autoscaling: false }, { replicas: 7 });
    expect(objectOf(manifests, 'Deployment').spec).toMatchObject({ replicas: 7 });
    expect(manifests.map((one) => one.kind)).not.toContain('HorizontalPodAutoscaler');
  });

  it('scales as far and as eagerly as autoscaling says', () => {
    const autoscaling = { maxReplicasFactor: 5, targetCpuPercent: 40 };
    const spec = objectOf(
      manifestsOf({ ...shop, autoscaling }, { replicas: 2 }),
      'HorizontalPodAutoscaler',
    ).spec;
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 10 });
    expect(JSON.stringify(spec)).toContain('"averageUtilization":40');
  });

  it('has no Service without a port and no autoscaler without a CPU request', () => {
    const resources = { cpuMillicores: 0, memoryMebibytes: 64 };
    const app = { ...shop, workload: { image: 'web', ...sizing, resources } };
    expect(kinds(app)).toEqual(['Namespace', 'Deployment', 'PodDisruptionBudget']);
    expect(objectOf(manifestsOf(app, { replicas: 4 }), 'Deployment').spec).toMatchObject({
      replicas: 4,
    });
  });

  it('writes nothing of the decision on objects: what is decided for others must not touch them', () => {
    expect(JSON.stringify(manifestsOf(shop))).not.toContain('sha256:test');
  });

  it('rounds fractions of resources up', () => {
    const resources = { cpuMillicores: 0.2, memoryMebibytes: 0.5 };
    const app = { ...shop, workload: { image: 'web', ...sizing, resources } };
    expect(JSON.stringify(objectOf(manifestsOf(app), 'Deployment'))).toContain(
      '"requests":{"cpu":"1m","memory":"512Ki"}',
    );
  });
});

describe('a workload of several components', () => {
  const app = composite([
    { name: 'web', image: 'web', port: 80, ...sizing },
    { name: 'cart', image: 'cart', port: 81, ...sizing, requestsPerRequest: 0.2 },
    { name: 'leader', image: 'leader', ...sizing, requestsPerRequest: 0 },
  ]);

  it('gives each its own replicas, and a Service of its name to those with a port', () => {
    const manifests = manifestsOf(app, {
      replicas: 7,
      componentReplicas: { web: 4, cart: 2, leader: 1 },
    });
    expect(objectOf(manifests, 'HorizontalPodAutoscaler', 'web').spec).toMatchObject({
      minReplicas: 4,
    });
    expect(objectOf(manifests, 'HorizontalPodAutoscaler', 'cart').spec).toMatchObject({
      minReplicas: 2,
    });
    expect(
      manifests.filter((one) => one.kind === 'Service').map((one) => one.metadata.name),
    ).toEqual(['cart', 'web']);
  });

  it('neither scales nor budgets a component that gets no requests and has one replica', () => {
    const manifests = manifestsOf(app, { componentReplicas: { web: 1, cart: 1, leader: 1 } });
    const ofLeader = manifests.filter((one) => one.metadata.name === 'leader');
    expect(ofLeader.map((one) => one.kind)).toEqual(['Deployment']);
    expect(ofLeader[0]?.spec).toMatchObject({ replicas: 1 });
  });

  it('budgets it when an override gives it a second replica', () => {
    const overrides = [{ match: {}, component: 'leader', set: { minReplicas: 2 } }];
    const manifests = manifestsOf(
      { ...app, overrides },
      { componentReplicas: { web: 1, cart: 1, leader: 1 } },
    );
    expect(objectOf(manifests, 'PodDisruptionBudget', 'leader')).toBeDefined();
    expect(objectOf(manifests, 'Deployment', 'leader').spec).toMatchObject({ replicas: 2 });
  });
});

describe('objects are put', () => {
  it('in a namespace of the name of the app, which comes first', () => {
    const manifests = manifestsOf({ ...shop, network: false });
    expect(manifests[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'shop' } });
    expect(manifests.slice(1).map((one) => one.metadata.namespace)).toEqual([
      'shop',
      'shop',
      'shop',
      'shop',
    ]);
  });

  it('in the namespace that is asked for; one that every cluster has is not made', () => {
    const manifests = manifestsOf({ ...shop, namespace: 'default', network: false });
    expect(manifests.map((one) => [one.kind, one.metadata.namespace])).toEqual([
      ['Service', 'default'],
      ['Deployment', 'default'],
      ['HorizontalPodAutoscaler', 'default'],
      ['PodDisruptionBudget', 'default'],
    ]);
  });
});

describe('a namespace', () => {
  it('is not made when nothing lives in it', () => {
    const manifests = [{ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'disk' } }];
    expect(kinds({ name: 'web', manifests })).toEqual(['PersistentVolume']);
  });
});

describe('a workload is refused', () => {
  it('when nothing says what runs', () => {
    expect(mistakes(() => synth({ name: 'shop' }))).toEqual([
      'Contradiction: nothing says what runs\n  Add one of workload, manifests and chart.',
    ]);
  });

  it('with every mistake at once, at its path', () => {
    const workload = { image: 'web', ...sizing, resources: { cpuMillicores: -1 } } as never;
    const found = mistakes(() =>
      synth({ name: 'Shop', workload, autoscaling: { maxReplicasFactor: 0 } }),
    );
    expect(found.map((one) => one.split(':')[0])).toEqual([
      'InvalidDocument at name',
      'InvalidDocument at workload.resources.cpuMillicores',
      'InvalidDocument at workload.resources.memoryMebibytes',
      'InvalidDocument at autoscaling.maxReplicasFactor',
    ]);
  });

  it('when a probe has no port to ask', () => {
    const workload = { image: 'web', ...sizing, probes: { liveness: { path: '/' } } };
    expect(mistakes(() => synth({ name: 'shop', workload }))[0]).toContain(
      'has a liveness probe but no port',
    );
  });

  it('when a Service would need another name', () => {
    const app = composite([{ name: '1web', image: 'web', port: 80, ...sizing }]);
    expect(mistakes(() => synth(app))[0]).toContain(
      'got a name for Service "1web", expected at most 63: a letter first',
    );
  });
});
