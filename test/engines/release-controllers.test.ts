/** Fields that controllers fill, on real clusters: what a manifest carries empty for them stays filled, and nothing ever drifts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import {
  basisOf,
  carryOut,
  observeAndPlan,
  release,
  worldOf,
} from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';
import { applyOn, deployment, kubectl, namespaceOf, planOn, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`fields of controllers${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(() => testbed?.stop());

  const get = async (path: string) =>
    (await testbed.cluster('fra').ask('GET', path)).body as Readonly<Record<string, unknown>>;
  const role = (name: string, more: object, labels: object = {}): Manifest => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    ...more,
  });
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const on = (app: string, ...objects: readonly Manifest[]) =>
    releaseOn(testbed, app, ['fra'], [namespaceOf(app), ...objects]);
  const isStable = async (props: ReturnType<typeof on>) => {
    const plan = await planOn(testbed, props);
    const left = plan.clusters[0]?.objects.filter(({ change }) => change !== 'unchanged');
    expect(left?.map(({ ref, reason }) => `${ref.kind} ${reason ?? ''}`)).toEqual([]);
    expect((await applyOn(testbed, props)).endings).toEqual({ fra: 'unchanged' });
  };

  it.each([
    ['no', {}],
    ['empty', { rules: [] }],
    ['written', { rules: [rule] }],
  ])('a role that aggregates others is stable with %s rules', async (how, rules) => {
    const app = `aggregated-${how}`;
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { agg: app } }] };
    const props = on(
      app,
      role(app, { aggregationRule, ...rules }),
      role(`${app}-part`, { rules: [rule] }, { agg: app }),
    );
    expect((await applyOn(testbed, props)).problems).toEqual([]);
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${app}`;
    await until(async () => JSON.stringify((await get(path)).rules ?? '').includes('pods'), 20);
    await isStable(props);
  });

  it.each([
    ['an injecting annotation', { 'cert-manager.io/inject-ca-from': 'a/b' }, 'Cg=='],
    ['an empty caBundle', {}, ''],
    ['a caBundle of a line break', {}, 'Cg=='],
  ])(
    'a webhook with %s keeps the authority that is written into it',
    async (how, annotations, caBundle) => {
      const app = how.replace(/[^a-z]+/gi, '-').toLowerCase();
      const hook = (path: string): Manifest => ({
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: app, annotations },
        webhooks: [
          {
            name: 'a.example.dev',
            clientConfig: { service: { name: 'a', namespace: app, path }, caBundle },
            failurePolicy: 'Ignore',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      });
      expect((await applyOn(testbed, on(app, hook('/a')))).problems).toEqual([]);
      const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${app}`;
      const now = (await get(path)) as unknown as { webhooks: { clientConfig: object }[] };
      const ca = Buffer.from(readFileSync(join(testbed.folder, 'ca.pem'))).toString('base64');
      Object.assign(now.webhooks[0]!.clientConfig, { caBundle: ca });
      const put = await testbed.cluster('fra').ask('PUT', `${path}?fieldManager=cainjector`, now);
      expect(put.status).toBe(200);
      const next = on(app, hook('/b'));
      expect((await applyOn(testbed, next)).problems).toEqual([]);
      const after = JSON.stringify(await get(path));
      expect(after).toContain(ca);
      expect(after).toContain('"path":"/b"');
      await applyOn(testbed, next);
      await isStable(next);
    },
  );

  it('values that a server allots are stable although the manifest carries them empty', async () => {
    const app = 'allotted';
    const service: Manifest = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: app },
      spec: { type: 'NodePort', clusterIP: '', ports: [{ name: 'http', port: 80, nodePort: 0 }] },
    };
    const account: Manifest = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'sa', namespace: app },
      secrets: [],
      imagePullSecrets: [],
    };
    const props = on(app, service, account);
    expect((await applyOn(testbed, props)).problems).toEqual([]);
    await isStable(props);
  });

  it('what a person changed is set back by a wire that planned so, and refused with the way by the command line', async () => {
    const app = 'drifted';
    const props = on(app, deployment(app, 'shop:1'));
    const { state } = await applyOn(testbed, props);
    kubectl(testbed, 'fra', ['set', 'image', '-n', app, 'deployment/web', 'web=shop:9']);
    const world = worldOf(testbed.folder);
    const bare = await carryOut(await observeAndPlan(basisOf(props, state), world), state, world);
    expect(bare.problems.map(({ summary, remedy }) => `${summary} ${remedy}`)).toEqual([
      expect.stringMatching(/kubectl-set owns .*image.*rollout\.force/),
    ]);
    const seen = await release.read(bare.state!, world);
    const repaired = await release.reconcile(seen, props, world);
    expect(repaired.problems).toEqual([]);
    const web = await get(`/apis/apps/v1/namespaces/${app}/deployments/web`);
    expect(JSON.stringify(web.spec)).toContain('"image":"shop:1"');
  });
});
