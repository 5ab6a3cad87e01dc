/** Adoption on real clusters: what kubectl made becomes ours with its fields, so that what we drop later goes, and others keep theirs. */
import type { Manifest } from '../../constructs/model/app/workload';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import {
  applyOn,
  configMap,
  deployment,
  kubectl,
  namespaceOf,
  planOn,
  releaseOn,
  service,
} from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

interface Env {
  readonly name: string;
  readonly value: string;
}

whenPossible(`adoption by releases${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(() => testbed?.stop());

  const get = async (path: string) =>
    (await testbed.cluster('fra').ask('GET', path)).body as Manifest & Record<string, never>;
  const withEnv = (
    app: string,
    env: readonly Env[],
    replicas: number | undefined = 2,
  ): Manifest => {
    const whole = structuredClone(deployment(app, 'shop:1', replicas)) as Manifest & {
      spec: { replicas?: number; template: { spec: { containers: { env?: unknown }[] } } };
    };
    whole.spec.template.spec.containers[0]!.env = env;
    return whole;
  };
  const onPort = (app: string, port: number): Manifest => ({
    ...service(app),
    spec: { selector: { app }, ports: [{ name: 'http', port, targetPort: 8080 }] },
  });
  const [a, debug] = [
    { name: 'A', value: '1' },
    { name: 'DEBUG', value: '1' },
  ];
  const before = (app: string) => [
    namespaceOf(app),
    configMap(app, 'settings', { keep: '1', gone: '1' }),
    withEnv(app, [a, debug]),
    onPort(app, 80),
  ];
  const after = (app: string) => [
    namespaceOf(app),
    configMap(app, 'settings', { keep: '1' }),
    withEnv(app, [a]),
    onPort(app, 8080),
  ];
  const reasons = (run: Awaited<ReturnType<typeof applyOn>>) =>
    run.problems.map(({ summary }) => summary);
  const release = (app: string, objects: readonly Manifest[], rollout = {}) =>
    releaseOn(testbed, app, ['fra'], objects, rollout);
  const dataOf = async (app: string) =>
    (await get(`/api/v1/namespaces/${app}/configmaps/settings`)).data as unknown;
  const envOf = async (app: string) => {
    const { spec } = (await get(`/apis/apps/v1/namespaces/${app}/deployments/web`)) as unknown as {
      spec: { template: { spec: { containers: readonly [{ readonly env?: readonly Env[] }] } } };
    };
    return spec.template.spec.containers[0].env?.map(({ name }) => name);
  };
  const portsOf = async (app: string) => {
    const { spec } = (await get(`/api/v1/namespaces/${app}/services/web`)) as unknown as {
      spec: { ports: readonly { readonly port: number }[] };
    };
    return spec.ports.map(({ port }) => port);
  };
  const areAfter = async (app: string) => {
    expect(await dataOf(app)).toEqual({ keep: '1' });
    expect(await envOf(app)).toEqual(['A']);
    expect(await portsOf(app)).toEqual([8080]);
  };

  it.each([
    ['applied', ['apply', '-f', '-']],
    ['created', ['create', '-f', '-']],
    ['saved', ['create', '--save-config', '-f', '-']],
    ['replaced', ['replace', '--force', '-f', '-']],
  ])('fields of what kubectl %s go when they are dropped after the adoption', async (how, args) => {
    const app = `by-${how}`;
    kubectl(testbed, 'fra', args, before(app));
    const first = release(app, before(app));
    expect(reasons(await applyOn(testbed, first))).toEqual([]);
    expect((await applyOn(testbed, first)).endings).toEqual({ fra: 'unchanged' });
    const next = release(app, after(app));
    const plan = await planOn(testbed, next);
    expect(
      plan.clusters[0]?.objects.flatMap(({ change }) => (change === 'unchanged' ? [] : [change])),
    ).toEqual(['changed', 'changed', 'changed']);
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'ready' });
    await areAfter(app);
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'unchanged' });
  });

  it('fields that are dropped in the adoption itself go too, and the plan says so', async () => {
    const app = 'at-once';
    kubectl(testbed, 'fra', ['apply', '-f', '-'], before(app));
    const next = release(app, after(app));
    const plan = await planOn(testbed, next);
    const paths = plan.clusters[0]?.objects.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect(paths).toEqual(
      expect.arrayContaining([
        '.data.gone',
        expect.stringContaining('env'),
        expect.stringMatching(/^\.spec\.ports\[/),
      ]),
    );
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'ready' });
    await areAfter(app);
    const settings = await get(`/api/v1/namespaces/${app}/configmaps/settings`);
    expect(JSON.stringify(settings.metadata.annotations ?? {})).not.toContain('last-applied');
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'unchanged' });
  });

  it('a value of kubectl that differs is still a conflict, and force takes it', async () => {
    const app = 'differs';
    kubectl(
      testbed,
      'fra',
      ['apply', '-f', '-'],
      [namespaceOf(app), configMap(app, 'settings', { a: 'theirs' })],
    );
    const objects = [namespaceOf(app), configMap(app, 'settings', { a: 'ours' })];
    expect((await applyOn(testbed, release(app, objects))).endings).toEqual({ fra: 'refused' });
    expect(await dataOf(app)).toEqual({ a: 'theirs' });
    const forced = await applyOn(testbed, release(app, objects, { force: true }));
    expect(forced.endings).toEqual({ fra: 'ready' });
    expect(await dataOf(app)).toEqual({ a: 'ours' });
  });

  it('what a controller has set stays', async () => {
    const app = 'controlled';
    kubectl(testbed, 'fra', ['apply', '-f', '-'], before(app));
    const path = `/api/v1/namespaces/${app}/configmaps/settings?fieldManager=some-controller`;
    const data = { keep: '1', gone: '1', theirs: '1' };
    const metadata = { name: 'settings' };
    await testbed
      .cluster('fra')
      .ask('PUT', path, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    await applyOn(testbed, release(app, after(app)));
    expect(await dataOf(app)).toEqual({ keep: '1', theirs: '1' });
  });

  it('replicas of what kubectl applied stay when an autoscaler owns them from the adoption on', async () => {
    const app = 'adopted-scale';
    kubectl(testbed, 'fra', ['apply', '-f', '-'], [namespaceOf(app), withEnv(app, [a], 3)]);
    const hpa: Manifest = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web', namespace: app },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 1,
        maxReplicas: 9,
      },
    };
    const run = await applyOn(testbed, release(app, [namespaceOf(app), withEnv(app, [a], 1), hpa]));
    expect(reasons(run)).toEqual([]);
    const { spec } = await get(`/apis/apps/v1/namespaces/${app}/deployments/web`);
    expect(spec).toMatchObject({ replicas: 3 });
  });
});
