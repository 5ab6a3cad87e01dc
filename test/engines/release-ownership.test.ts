/** Whose objects are whose, on real API servers: what a release may take away, and what it leaves to others. */
import type { Manifest } from '../../constructs/model/app/workload';
import {
  basisOf,
  carryOut,
  observeAndPlan,
  type ReleaseState,
  release,
  worldOf,
} from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { applyOn, configMap, namespaceOf, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`ownership${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(() => testbed?.stop());

  const there = async (path: string) =>
    (await testbed.cluster('fra').ask('GET', path)).status === 200;
  const run = async (app: string, manifests: readonly Manifest[]) =>
    (await applyOn(testbed, releaseOn(testbed, app, ['fra'], manifests))).endings;
  const gone = async (app: string) =>
    (await applyOn(testbed, releaseOn(testbed, app, [], []))).endings;

  it('the inventory stays where it is when every object moves to another namespace, and destroying finds it', async () => {
    const app = 'mover';
    expect(await run(app, [namespaceOf(app), configMap(app, 'one', {})])).toEqual({ fra: 'ready' });
    const next = [namespaceOf('moved-to'), configMap('moved-to', 'one', {})];
    expect(await run(app, next)).toEqual({ fra: 'ready' });
    expect(await there(`/api/v1/namespaces/${app}/configmaps/littoral-${app}`)).toBe(true);
    expect(await there(`/api/v1/namespaces/${app}/configmaps/one`)).toBe(false);
    expect(await run(app, next)).toEqual({ fra: 'unchanged' });
    expect(await gone(app)).toEqual({ fra: 'removed' });
    for (const name of [app, 'moved-to']) {
      expect(await there(`/api/v1/namespaces/${name}`)).toBe(false);
    }
  });

  it('a release with cluster-scoped objects alone makes a namespace for its inventory, and takes it away last', async () => {
    const app = 'clusterwide';
    const role: Manifest = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'clusterwide' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    };
    expect(await run(app, [role])).toEqual({ fra: 'ready' });
    expect(await run(app, [role])).toEqual({ fra: 'unchanged' });
    expect(await gone(app)).toEqual({ fra: 'removed' });
    expect(await there(`/api/v1/namespaces/${app}`)).toBe(false);
  });

  it('what was there before stays with its values, and is nobody of ours after pruning and destroying', async () => {
    const app = 'guest';
    const fra = testbed.cluster('fra');
    const put = (path: string, body: Manifest) =>
      fra.ask('PATCH', `${path}?fieldManager=team&fieldValidation=Strict`, body);
    await put(`/api/v1/namespaces/${app}`, namespaceOf(app));
    for (const name of ['one', 'two']) {
      await put(`/api/v1/namespaces/${app}/configmaps/${name}`, configMap(app, name, { a: 'b' }));
    }
    const all = ['one', 'two'].map((name) => configMap(app, name, { a: 'b' }));
    expect(await run(app, [namespaceOf(app), ...all])).toEqual({ fra: 'ready' });
    expect(await run(app, [namespaceOf(app), all[0]!])).toEqual({ fra: 'ready' });
    expect(await run(app, [namespaceOf(app), all[0]!])).toEqual({ fra: 'unchanged' });
    const left = await applyOn(testbed, releaseOn(testbed, app, [], []));
    expect(left.endings).toEqual({ fra: 'removed' });
    expect(left.warnings.join()).toContain(`ConfigMap ${app}/one stays`);
    for (const name of ['one', 'two']) {
      const { body } = await fra.ask('GET', `/api/v1/namespaces/${app}/configmaps/${name}`);
      const { data, metadata } = body as {
        data: object;
        metadata: { labels?: object; managedFields: readonly { manager: string }[] };
      };
      expect({ data, labels: metadata.labels ?? {} }).toEqual({ data: { a: 'b' }, labels: {} });
      expect(metadata.managedFields.map(({ manager }) => manager)).toEqual(['team']);
    }
    expect(await there(`/api/v1/namespaces/${app}/configmaps/littoral-${app}`)).toBe(false);
  });

  it('a volume claim with the keep annotation of Helm stays, and its namespace with it', async () => {
    const app = 'keeper';
    const claim: Manifest = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: 'data',
        namespace: app,
        annotations: { 'helm.sh/resource-policy': 'keep' },
      },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const objects = [namespaceOf(app), configMap(app, 'one', {})];
    const props = releaseOn(testbed, app, ['fra'], [...objects, claim], { deadlineSeconds: 5 });
    await applyOn(testbed, props);
    const left = await applyOn(testbed, releaseOn(testbed, app, [], []));
    expect(left.warnings.join()).toContain('PersistentVolumeClaim keeper/data stays: helm.sh');
    expect(await there(`/api/v1/namespaces/${app}/persistentvolumeclaims/data`)).toBe(true);
    expect(await there(`/api/v1/namespaces/${app}/configmaps/one`)).toBe(false);
  });

  it('of two owners of one release the second is refused, and the deletion of the first leaves what the second took over', async () => {
    const app = 'owned';
    const objects = [namespaceOf(app), configMap(app, 'one', {})];
    const as = async (id: string, rollout: object = {}, prior?: ReleaseState) => {
      const world = { ...worldOf(testbed.folder), owner: { id, name: id } };
      const props = releaseOn(testbed, app, ['fra'], objects, rollout);
      const open = await observeAndPlan(basisOf(props, prior), world);
      return carryOut(open, prior, world);
    };
    const first = await as('one');
    expect((await as('two')).outcome.clusters[0]?.ending).toBe('refused');
    const second = await as('two', { takeOver: true });
    expect(second.outcome.clusters[0]?.ending).toBe('ready');
    const gone = await release.delete(first.state!, worldOf(testbed.folder));
    expect(gone.state).toBeUndefined();
    expect(gone.warnings.join()).toContain('two holds the release now');
    expect(await there(`/api/v1/namespaces/${app}/configmaps/one`)).toBe(true);
    await release.delete(second.state!, worldOf(testbed.folder));
    expect(await there(`/api/v1/namespaces/${app}`)).toBe(false);
  });

  it('of two releases of one name in two namespaces neither takes or removes what the other has outside of namespaces', async () => {
    const role = (verb: string): Manifest => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'twins' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: [verb] }],
    });
    const twin = (home: string, clusters: readonly string[], manifests: readonly Manifest[]) => {
      const one = releaseOn(testbed, 'twins', clusters, manifests);
      return applyOn(testbed, { ...one, bundle: { ...one.bundle, namespace: home } });
    };
    expect((await twin('blue', ['fra'], [role('get')])).endings).toEqual({ fra: 'ready' });
    expect((await twin('green', ['fra'], [role('list')])).endings).toEqual({ fra: 'refused' });
    expect((await twin('green', ['fra'], [configMap('green', 'one', {})])).endings).toEqual({
      fra: 'ready',
    });
    expect((await twin('green', [], [])).endings).toEqual({ fra: 'removed' });
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterroles/twins';
    const { body } = await testbed.cluster('fra').ask('GET', path);
    expect(body).toMatchObject({ rules: role('get').rules });
    expect((await twin('blue', [], [])).endings).toEqual({ fra: 'removed' });
    expect(await there(path)).toBe(false);
  });

  it('a fail-closed webhook of a release that covers its inventory is named with the way out, which works', async () => {
    const app = 'guarded';
    const guard = (objectSelector: object): Manifest => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'guarded' },
      webhooks: [
        {
          name: 'guarded.example.com',
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          clientConfig: { service: { name: 'absent', namespace: app } },
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': app } },
          objectSelector,
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
          ],
        },
      ],
    });
    const objects = (objectSelector: object) => [
      namespaceOf(app),
      configMap(app, 'one', {}),
      guard(objectSelector),
    ];
    const first = await applyOn(testbed, releaseOn(testbed, app, ['fra'], objects({})));
    expect(first.endings).toEqual({ fra: 'failed' });
    expect(JSON.stringify(first)).toContain('operator DoesNotExist');
    const out = { matchExpressions: [{ key: 'littoral.dev/release', operator: 'DoesNotExist' }] };
    expect(await run(app, objects(out))).toEqual({ fra: 'ready' });
    expect(await run(app, objects(out))).toEqual({ fra: 'unchanged' });
    expect(await run(app, objects({}))).toEqual({ fra: 'failed' });
    expect(await gone(app)).toEqual({ fra: 'removed' });
    expect(await there(`/api/v1/namespaces/${app}`)).toBe(false);
  });
});
