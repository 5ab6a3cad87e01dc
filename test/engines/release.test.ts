/** Releases against real API servers: every transition, what it costs in requests, and what is refused. */
import type { Manifest } from '../../constructs/model/app/workload';
import {
  basisOf,
  carryOut,
  observeAndPlan,
  type ReleaseProps,
  worldOf,
} from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import { brokenImage } from '../testbed/stages';
import {
  applyOn,
  askedDuring,
  configMap,
  deployment,
  isWrite,
  namespaceOf,
  planOn,
  releaseOn,
  secretOf,
  service,
} from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
const all = ['fra', 'iad', 'sin'];

whenPossible(`releases${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(all);
  });
  afterAll(() => testbed?.stop());

  const get = async (cluster: string, path: string) =>
    (await testbed.cluster(cluster).ask('GET', path)).body as Record<string, unknown> & {
      readonly kind: string;
      readonly spec: Record<string, unknown>;
      readonly data: Record<string, unknown>;
      readonly metadata: { readonly labels?: Record<string, string> };
    };
  const there = async (cluster: string, path: string) =>
    (await testbed.cluster(cluster).ask('GET', path)).status === 200;
  const changes = (plan: Awaited<ReturnType<typeof planOn>>) =>
    plan.clusters.flatMap(({ name, objects }) =>
      objects
        .filter(({ change }) => change !== 'unchanged')
        .map(({ ref, change }) => `${name} ${change} ${ref.kind}`),
    );
  const objectsOf = (app: string, image = 'shop:1', replicas = 2): readonly Manifest[] => [
    namespaceOf(app),
    configMap(app, 'settings', { color: 'blue' }),
    secretOf(app, 'planted-secret-text'),
    service(app),
    deployment(app, image, replicas),
  ];

  it('of two runs that looked at the same time only one acts, whether it installs, changes or removes', async () => {
    const app = 'twins';
    const props = (image: string) => releaseOn(testbed, app, ['fra'], objectsOf(app, image));
    const endings = async (...wanted: readonly ReleaseProps[]) => {
      const world = worldOf(testbed.folder);
      const open = [];
      for (const one of wanted)
        open.push(await observeAndPlan(basisOf(one, undefined, true), world));
      const results = [];
      for (const one of open)
        results.push((await carryOut(one, undefined, world)).outcome.clusters);
      return results.map(([fra]) => `${fra?.ending} ${fra?.reason ?? ''}`.trim());
    };
    const overtaken = expect.stringMatching(/^failed another run changed twins here/);
    const gone = releaseOn(testbed, app, [], []);
    expect(await endings(props('shop:1'), props('shop:2'))).toEqual(['ready', overtaken]);
    expect(await endings(props('shop:3'), props('shop:4'))).toEqual(['ready', overtaken]);
    expect(await endings(props('shop:5'), gone)).toEqual(['ready', overtaken]);
    const web = await get('fra', `/apis/apps/v1/namespaces/${app}/deployments/web`);
    expect(JSON.stringify(web.spec)).toContain('"shop:5"');
    expect(await endings(gone, props('shop:6'))).toEqual(['removed', overtaken]);
    expect(await endings(props('shop:7'))).toEqual(['ready']);
    expect(await endings(gone)).toEqual(['removed']);
  });

  it('installs, does nothing the second time, changes one field, moves, and goes', async () => {
    const app = 'life';
    const first = await applyOn(testbed, releaseOn(testbed, app, ['fra', 'iad'], objectsOf(app)));
    expect(first.endings).toEqual({ fra: 'ready', iad: 'ready' });
    const web = await get('fra', `/apis/apps/v1/namespaces/${app}/deployments/web`);
    expect(web.metadata.labels).toMatchObject({ 'littoral.dev/release': app });

    const again = releaseOn(testbed, app, ['fra', 'iad'], objectsOf(app));
    const quiet = await askedDuring(testbed.cluster('fra'), async () => {
      expect((await applyOn(testbed, again)).endings).toEqual({
        fra: 'unchanged',
        iad: 'unchanged',
      });
    });
    expect(quiet.filter(isWrite)).toEqual([]);
    expect(quiet.length).toBeLessThanOrEqual(6);

    const next = releaseOn(testbed, app, ['fra', 'iad'], objectsOf(app, 'shop:1', 3));
    const plan = await planOn(testbed, next);
    expect(plan.clusters[0]?.objects.filter(({ change }) => change !== 'unchanged')).toMatchObject([
      { change: 'changed', fields: [{ path: '.spec.replicas', before: 2, after: 3 }] },
    ]);
    const asked = await askedDuring(testbed.cluster('fra'), () => applyOn(testbed, next));
    expect(asked.filter((one) => one.includes('deployments') && one.startsWith('patch'))).toEqual([
      'patch deployments (dry run)',
      'patch deployments',
    ]);

    const moved = await applyOn(testbed, releaseOn(testbed, app, ['iad', 'sin'], objectsOf(app)));
    expect(moved.endings).toEqual({ fra: 'removed', iad: 'ready', sin: 'ready' });
    expect(await there('fra', `/api/v1/namespaces/${app}`)).toBe(false);
    const order = moved.events.map(({ cluster, phase }) => `${cluster} ${phase}`);
    expect(order.indexOf('sin ready')).toBeLessThan(order.indexOf('fra removing'));

    const gone = await applyOn(testbed, releaseOn(testbed, app, [], []));
    expect(gone.endings).toEqual({ iad: 'removed', sin: 'removed' });
    expect(await there('sin', `/api/v1/namespaces/${app}`)).toBe(false);
    expect(JSON.stringify([first, moved, gone, plan])).not.toContain('planted-secret-text');
  });

  it('stops at the wave in which an image does not start, and puts it back', async () => {
    const app = 'waves';
    await applyOn(testbed, releaseOn(testbed, app, all, objectsOf(app)));
    const bad = objectsOf(app, brokenImage);
    const rollout = { waves: [{ clusters: 1 }], deadlineSeconds: 15 };
    const run = await applyOn(testbed, releaseOn(testbed, app, all, bad, rollout));
    expect(run.endings).toEqual({ fra: 'rolled back', iad: 'skipped', sin: 'skipped' });
    const image = async (cluster: string) =>
      JSON.stringify(await get(cluster, `/apis/apps/v1/namespaces/${app}/deployments/web`));
    expect(await image('fra')).toContain('"image":"shop:1"');
    expect(await image('iad')).toContain('"image":"shop:1"');
    const plan = await planOn(testbed, releaseOn(testbed, app, all, objectsOf(app)));
    expect(changes(plan)).toEqual([]);
  });

  it('finds what was deleted or changed by others, and repairs it; taking a field back needs force', async () => {
    const app = 'drift';
    const props = releaseOn(testbed, app, ['fra'], objectsOf(app));
    await applyOn(testbed, props);
    const fra = testbed.cluster('fra');
    await fra.ask('DELETE', `/api/v1/namespaces/${app}/services/web`);
    expect(changes(await planOn(testbed, props))).toEqual(['fra created Service']);
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'ready' });
    expect(await there('fra', `/api/v1/namespaces/${app}/services/web`)).toBe(true);

    const path = `/apis/apps/v1/namespaces/${app}/deployments/web`;
    await fra.ask('PATCH', path, { spec: { replicas: 5 } });
    const plan = await planOn(testbed, props);
    expect(plan.clusters[0]?.objects.find(({ ref }) => ref.kind === 'Deployment')).toMatchObject({
      change: 'refused',
      drifted: true,
      fields: [{ path: '.spec.replicas', before: 5, after: 2 }],
      conflicts: [{ field: '.spec.replicas' }],
    });
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'refused' });
    const forced = releaseOn(testbed, app, ['fra'], objectsOf(app), { force: true });
    expect((await applyOn(testbed, forced)).endings).toEqual({ fra: 'ready' });
    expect((await get('fra', path)).spec.replicas).toBe(2);
  });

  it('adopts what another manager made, and leaves its other fields alone', async () => {
    const app = 'adopt';
    const fra = testbed.cluster('fra');
    const put = (path: string, body: Manifest) =>
      fra.ask('PATCH', `${path}?fieldManager=helm`, body);
    await put(`/api/v1/namespaces/${app}`, namespaceOf(app));
    const theirs = configMap(app, 'settings', { color: 'blue', size: 'large' });
    await put(`/api/v1/namespaces/${app}/configmaps/settings`, theirs);
    const props = releaseOn(testbed, app, ['fra'], objectsOf(app));
    expect(changes(await planOn(testbed, props)).slice(0, 2)).toEqual([
      'fra adopted Namespace',
      'fra adopted ConfigMap',
    ]);
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'ready' });
    const after = await get('fra', `/api/v1/namespaces/${app}/configmaps/settings`);
    expect(after.data).toEqual({ color: 'blue', size: 'large' });
    await applyOn(testbed, releaseOn(testbed, app, [], []));
    expect(await there('fra', `/api/v1/namespaces/${app}`)).toBe(true);
    expect(await there('fra', `/api/v1/namespaces/${app}/configmaps/littoral-${app}`)).toBe(false);
  });

  it('applies a definition and what it defines in one go, and removes both', async () => {
    const app = 'custom';
    const group = 'example.com';
    const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const definition: Manifest = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `caches.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Cache', plural: 'caches', singular: 'cache', listKind: 'CacheList' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } },
        ],
      },
    };
    const cache: Manifest = {
      apiVersion: `${group}/v1`,
      kind: 'Cache',
      metadata: { name: 'pages', namespace: app },
      spec: { size: 1 },
    };
    const props = releaseOn(testbed, app, ['fra'], [namespaceOf(app), definition, cache]);
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'ready' });
    expect(await there('fra', `/apis/${group}/v1/namespaces/${app}/caches/pages`)).toBe(true);
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'unchanged' });
    expect((await applyOn(testbed, releaseOn(testbed, app, [], []))).endings).toEqual({
      fra: 'removed',
    });
    const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    expect(await there('fra', `${crds}/caches.${group}`)).toBe(false);
  });

  it.each([
    ['shared', 'v1', 'ConfigMap', {}],
    [
      'bound',
      'rbac.authorization.k8s.io/v1',
      'RoleBinding',
      {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'somebody' }],
      },
    ],
    ['fenced', 'networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }],
  ])('keeps a namespace (%s) in which others have a %s %s', async (app, apiVersion, kind, rest) => {
    await applyOn(testbed, releaseOn(testbed, app, ['fra'], objectsOf(app)));
    const fra = testbed.cluster('fra');
    const prefix = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const plural = kind === 'NetworkPolicy' ? 'networkpolicies' : `${kind.toLowerCase()}s`;
    const theirs = `${prefix}/namespaces/${app}/${plural}`;
    await fra.ask('POST', theirs, { apiVersion, kind, metadata: { name: 'theirs' }, ...rest });
    const run = await applyOn(testbed, releaseOn(testbed, app, [], []));
    expect(run.outcome.clusters[0]?.reason).toBe(
      `Namespace ${app} stays: it holds ${kind} ${app}/theirs of others`,
    );
    expect(await there('fra', `${theirs}/theirs`)).toBe(true);
    expect(await there('fra', `/api/v1/namespaces/${app}/configmaps/settings`)).toBe(false);
  });

  it('says what a quota refuses, where rights end, and who is dead; the others are done', async () => {
    const app = 'trouble';
    const iad = testbed.cluster('iad');
    await iad.ask('POST', '/api/v1/namespaces', namespaceOf(app));
    await iad.ask('POST', `/api/v1/namespaces/${app}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few' },
      spec: { hard: { services: '0' } },
    });
    testbed.cluster('sin').freeze();
    try {
      const rollout = { answerSeconds: 4 };
      const run = await applyOn(testbed, releaseOn(testbed, app, all, objectsOf(app), rollout));
      expect(run.endings).toEqual({ fra: 'ready', iad: 'refused', sin: 'unreachable' });
      expect(run.problems.find(({ subject }) => subject === 'iad')?.summary).toMatch(/quota/);
      expect(run.state?.clusters.map(({ standing }) => standing)).toEqual([
        'ready',
        'unfinished',
        'unreachable',
      ]);
    } finally {
      testbed.cluster('sin').thaw();
    }
  });

  it('says what an admission policy denies, and who may not write', async () => {
    const app = 'denied';
    const fra = testbed.cluster('fra');
    await applyOn(testbed, releaseOn(testbed, app, ['fra'], objectsOf(app)));
    const admission = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic';
    const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'] };
    const limit = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'few-replicas' },
      spec: {
        matchConstraints: { resourceRules: [{ ...rule, resources: ['deployments'] }] },
        validations: [{ expression: 'object.spec.replicas < 6', message: 'six are too many' }],
      },
    };
    const binding = {
      ...limit,
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'few-replicas', validationActions: ['Deny'] },
    };
    expect((await fra.ask('POST', `${admission}ies`, limit)).status).toBe(201);
    expect((await fra.ask('POST', `${admission}ybindings`, binding)).status).toBe(201);
    const many = releaseOn(testbed, app, ['fra'], objectsOf(app, 'shop:1', 7));
    const change = async () => {
      const plan = await planOn(testbed, many);
      return plan.clusters[0]?.objects.find(({ ref }) => ref.kind === 'Deployment');
    };
    await until(async () => (await change())?.change === 'refused');
    expect((await change())?.reason).toContain('six are too many');
    expect((await applyOn(testbed, many)).endings).toEqual({ fra: 'refused' });
    await fra.ask('DELETE', `${admission}ybindings/few-replicas`);

    const props = releaseOn(testbed, app, ['fra'], objectsOf(app));
    const clusters = props.fleet.clusters.map((one) =>
      one.name === 'fra'
        ? {
            ...one,
            access: { kubeconfig: testbed.cluster('fra').kubeconfig, context: 'fra-viewer' },
          }
        : one,
    );
    const changed = releaseOn(testbed, app, ['fra'], objectsOf(app, 'shop:2'));
    const seen = await applyOn(testbed, { ...changed, fleet: { ...props.fleet, clusters } });
    expect(['refused', 'failed']).toContain(seen.endings.fra);
    expect(seen.problems[0]?.summary).toMatch(/may not|forbidden|not allowed/i);
  });
});
