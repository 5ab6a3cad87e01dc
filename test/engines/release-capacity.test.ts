/** Capacity on real clusters with a real autoscaler: replicas survive a change of their owner, and nothing leaves before the decided replicas are there. */
import type { Manifest } from '../../constructs/model/app/workload';
import { manifestsOf } from '../../constructs/testing';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import {
  applyOn,
  autoscaler,
  configMap,
  deployment,
  kubectl,
  namespaceOf,
  planOn,
  releaseOn,
} from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`capacity of releases${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra', 'iad']);
  });
  afterAll(() => testbed?.stop());

  const path = (app: string) => `/apis/apps/v1/namespaces/${app}/deployments/web`;
  const web = async (cluster: string, app: string) =>
    (await testbed.cluster(cluster).ask('GET', path(app))).body as {
      readonly spec: { readonly replicas: number };
      readonly status: { readonly availableReplicas?: number };
    };
  const small = (app: string, replicas?: number): Manifest => {
    const whole = structuredClone(deployment(app, 'shop:1', replicas)) as Manifest & {
      spec: { replicas?: number; template: { spec: { containers: { resources?: object }[] } } };
    };
    delete whole.spec.template.spec.containers[0]!.resources;
    if (replicas === undefined) delete whole.spec.replicas;
    return whole;
  };
  /** Every number of replicas that the Deployment asks for while `work` runs. */
  const replicasDuring = async (cluster: string, app: string, work: () => Promise<unknown>) => {
    const seen = new Set<number>();
    let isDone = false;
    const looking = (async () => {
      while (!isDone) seen.add((await web(cluster, app)).spec.replicas);
    })();
    await work();
    isDone = true;
    await looking;
    return [...seen];
  };

  it('an autoscaler that comes later gets the replicas that are there, and they come back when it goes', async () => {
    const app = 'later';
    const release = (...objects: readonly Manifest[]) =>
      releaseOn(testbed, app, ['fra'], [namespaceOf(app), ...objects]);
    await applyOn(testbed, release(small(app, 7)));
    const scaled = release(small(app), autoscaler(app, 2));
    const plan = await planOn(testbed, scaled);
    const changed = plan.clusters[0]?.objects.filter(({ change }) => change === 'changed');
    expect(changed?.flatMap(({ fields }) => fields)).toEqual([]);
    const seen = await replicasDuring('fra', app, async () => {
      expect((await applyOn(testbed, scaled)).endings).toEqual({ fra: 'ready' });
      expect((await applyOn(testbed, scaled)).endings).toEqual({ fra: 'unchanged' });
    });
    expect(seen).toEqual([7]);

    kubectl(testbed, 'fra', ['scale', '-n', app, 'deployment/web', '--replicas', '40']);
    await until(async () => (await web('fra', app)).spec.replicas === 20, 30);
    expect((await applyOn(testbed, scaled)).endings).toEqual({ fra: 'unchanged' });

    const fixed = release(small(app, 5));
    expect((await applyOn(testbed, fixed)).endings).toEqual({ fra: 'ready' });
    expect((await web('fra', app)).spec.replicas).toBe(5);
    expect((await applyOn(testbed, fixed)).endings).toEqual({ fra: 'unchanged' });
  });

  it('a workload that states replicas beside its autoscaler is stable, wherever the autoscaler comes from', async () => {
    const app = 'beside';
    const base = [namespaceOf(app), small(app, 3)];
    const own = releaseOn(testbed, app, ['fra'], [...base, autoscaler(app, 6)]);
    expect((await applyOn(testbed, own)).endings).toEqual({ fra: 'ready' });
    expect((await web('fra', app)).spec.replicas).toBe(6);
    expect((await applyOn(testbed, own)).endings).toEqual({ fra: 'unchanged' });

    const other = releaseOn(testbed, app, ['iad'], base);
    await applyOn(testbed, other);
    kubectl(testbed, 'iad', ['apply', '-f', '-'], [autoscaler(app, 8)]);
    await until(async () => (await web('iad', app)).status.availableReplicas === 8, 60);
    const seen = await replicasDuring('iad', app, async () => {
      expect((await applyOn(testbed, other)).endings).toEqual({ iad: 'ready' });
      expect((await applyOn(testbed, other)).endings).toEqual({ iad: 'unchanged' });
      const next = releaseOn(testbed, app, ['iad'], [...base, configMap(app, 'more', { a: '1' })]);
      expect((await applyOn(testbed, next)).endings).toEqual({ iad: 'ready' });
    });
    expect(seen).toEqual([8]);
  });

  it('a source stays until the target has the decided replicas, which it has from the start', async () => {
    const app = 'move';
    const objects = [namespaceOf(app), small(app), autoscaler(app, 12)];
    const run = await applyOn(testbed, releaseOn(testbed, app, ['fra'], objects));
    expect(run.endings).toEqual({ fra: 'ready' });
    expect((await web('fra', app)).status.availableReplicas).toBe(12);

    const held = { deadlineSeconds: 4 };
    kubectl(testbed, 'iad', ['create', 'namespace', app]);
    const quota = ['create', 'quota', 'few', '-n', app, '--hard', 'pods=5'];
    kubectl(testbed, 'iad', quota);
    const short = await applyOn(
      testbed,
      releaseOn(testbed, app, ['iad'], objects, held),
      run.state,
    );
    expect(short.endings).toEqual({ fra: 'kept', iad: 'failed' });
    expect((await web('fra', app)).status.availableReplicas).toBe(12);

    kubectl(testbed, 'iad', ['delete', 'quota', 'few', '-n', app]);
    const last = await applyOn(testbed, releaseOn(testbed, app, ['iad'], objects), short.state);
    expect(last.endings).toEqual({ fra: 'removed', iad: 'ready' });
    expect((await web('iad', app)).status.availableReplicas).toBe(12);
  });

  it('a rollout of three that a quota of three would hold up for good is foreseen at plan', async () => {
    const released = (name: string, image: string) => {
      const resources = { cpuMillicores: 10, memoryMebibytes: 16 };
      const workload = { image, resources, requestsPerSecondPerReplica: 10 };
      const given = { name, workload, autoscaling: false } as const;
      return releaseOn(testbed, name, ['fra'], manifestsOf(given, { replicas: 3 }));
    };
    const noteOf = async (
      name: string,
      next: ReturnType<typeof released>,
      state: Parameters<typeof planOn>[2],
    ) => {
      const plan = await planOn(testbed, next, state);
      const objects = plan.clusters.flatMap((one) => one.objects);
      expect(
        objects.filter(({ change }) => change !== 'unchanged').map((one) => one.ref.kind),
      ).toEqual(['Deployment']);
      return (
        objects.find(({ ref }) => ref.name === name && ref.kind === 'Deployment')?.reason ?? ''
      );
    };
    const full = await applyOn(testbed, released('full', 'shop:1'));
    kubectl(testbed, 'fra', ['create', 'quota', 'few', '-n', 'full', '--hard', 'pods=3']);
    await until(async () => {
      const path = '/api/v1/namespaces/full/resourcequotas/few';
      const { status } = (await testbed.cluster('fra').ask('GET', path)).body as never as {
        status?: { used?: { pods?: string } };
      };
      return status?.used?.pods === '3';
    });
    expect(await noteOf('full', released('full', 'shop:2'), full.state)).toContain(
      'the rollout would wait for good',
    );
  }, 120_000);

  it('an app with a quota of its own becomes ready, and a rollout of it has room', async () => {
    const released = (image: string) => {
      const resources = { cpuMillicores: 10, memoryMebibytes: 16 };
      const workload = { image, resources, requestsPerSecondPerReplica: 10 };
      const given = { name: 'roomy', workload, autoscaling: false, quota: {} } as const;
      return releaseOn(testbed, 'roomy', ['fra'], manifestsOf(given, { replicas: 3 }));
    };
    const first = await applyOn(testbed, released('shop:1'));
    expect(first.endings).toEqual({ fra: 'ready' });
    const path = '/api/v1/namespaces/roomy/resourcequotas/roomy';
    const { status, body } = await testbed.cluster('fra').ask('GET', path);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { spec: { hard: { pods: '6' } } },
    });
    const second = await applyOn(testbed, released('shop:2'), first.state);
    expect(second.endings).toEqual({ fra: 'ready' });
  }, 120_000);

  it('accepts autoscalers of every shape, and says at plan which field the server drops', async () => {
    const app = {
      name: 'scaled',
      workload: {
        image: 'shop:1',
        resources: { cpuMillicores: 10, memoryMebibytes: 16 },
        requestsPerSecondPerReplica: 10,
      },
      autoscaling: {
        targetCpuPercent: 60,
        targetMemoryPercent: 80,
        metrics: [
          { container: 'scaled', cpuPercent: 50 },
          { external: 'queue', labels: { of: 'orders' }, averageValue: '30' },
        ],
        behavior: {
          scaleUp: { tolerance: 0.05, stabilizationWindowSeconds: 0 },
          scaleDown: { policies: [{ type: 'Pods' as const, value: 1, periodSeconds: 60 }] },
        },
      },
    };
    const manifests = manifestsOf(app, { replicas: 2 });
    const release = releaseOn(testbed, 'scaled', ['fra'], manifests);
    // A plan into a namespace that is there is tried out.
    kubectl(testbed, 'fra', ['apply', '-f', '-'], [namespaceOf('scaled')]);
    const plan = await planOn(testbed, release);
    const planned = plan.clusters
      .flatMap((one) => one.objects)
      .find(({ ref }) => ref.kind === 'HorizontalPodAutoscaler');
    expect(planned).toMatchObject({ change: 'created' });
    expect(planned?.reason).toBe(
      'the server drops spec.behavior.scaleUp.tolerance: it has no such feature, or it is off',
    );
  }, 60_000);
});
