/** What cannot be changed, on real clusters: it is refused by its field, or made anew where its manifest allows it; hooks run in their order; creations are tried out. */
import type { Manifest } from '../../constructs/model/app/workload';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { applyOn, configMap, deployment, namespaceOf, planOn, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

whenPossible(`what a release cannot change${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(() => testbed?.stop());

  const get = async (path: string) =>
    (await testbed.cluster('fra').ask('GET', path)).body as unknown as Manifest & {
      readonly metadata: { readonly uid: string; readonly creationTimestamp: string };
    };
  const job = (app: string, image: string, annotations: object = {}, name = 'task'): Manifest => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: app, annotations },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'task', image }] } },
    },
  });
  const release = (app: string, ...objects: readonly Manifest[]) =>
    releaseOn(testbed, app, ['fra'], [namespaceOf(app), ...objects]);
  const reasons = (run: Awaited<ReturnType<typeof applyOn>>) =>
    run.problems.map(({ summary }) => summary).join('\n');
  const changesOf = async (props: ReturnType<typeof release>) =>
    (await planOn(testbed, props)).clusters[0]?.objects.flatMap(({ change, ref, reason = '' }) =>
      change === 'unchanged' ? [] : [`${change} ${ref.kind} ${reason}`.trim()],
    );

  it('is refused by its field and with the way out, in few words', async () => {
    const app = 'fixed';
    await applyOn(testbed, release(app, job(app, 'shop:1')));
    const run = await applyOn(testbed, release(app, job(app, 'shop:2')));
    expect(run.endings).toEqual({ fra: 'refused' });
    expect(reasons(run)).toContain('spec.template: field is immutable');
    expect(reasons(run)).toContain('annotate it with littoral.dev/replace: "true"');
    expect(reasons(run).length).toBeLessThan(320);
  });

  it.each([
    ['ours', { 'littoral.dev/replace': 'true' }],
    [
      "Helm's",
      { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation' },
    ],
    ["Argo CD's", { 'argocd.argoproj.io/sync-options': 'Prune=false,Replace=true' }],
    ["Flux's", { 'kustomize.toolkit.fluxcd.io/force': 'enabled' }],
  ])('is made anew where an annotation of %s allows it', async (whose, annotations) => {
    const app = `anew-${whose.toLowerCase().replace(/[^a-z]/g, '')}`;
    await applyOn(testbed, release(app, job(app, 'shop:1', annotations)));
    const path = `/apis/batch/v1/namespaces/${app}/jobs/task`;
    const before = await get(path);
    const next = release(app, job(app, 'shop:2', annotations));
    expect(await changesOf(next)).toEqual(['replaced Job spec.template cannot be changed']);
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'ready' });
    const after = await get(path);
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
    expect(JSON.stringify(after.spec)).toContain('shop:2');
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'unchanged' });
  });

  it.each([
    [
      'a Service',
      'spec.clusterIP',
      (app: string, second: boolean): Manifest => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: app, annotations: { 'littoral.dev/replace': 'true' } },
        spec: { ports: [{ port: 80 }], ...(second ? { clusterIP: 'None' } : {}) },
      }),
    ],
    [
      'a ConfigMap',
      'data',
      (app: string, second: boolean): Manifest => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', namespace: app, annotations: { 'littoral.dev/replace': 'true' } },
        immutable: true,
        data: { a: second ? '2' : '1' },
      }),
    ],
    [
      'a Deployment',
      'spec.selector',
      (app: string, second: boolean): Manifest => {
        const labels = { app: second ? 'b' : 'a' };
        return {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'd', namespace: app, annotations: { 'littoral.dev/replace': 'true' } },
          spec: {
            selector: { matchLabels: labels },
            template: {
              metadata: { labels },
              spec: { containers: [{ name: 'd', image: 'shop:1' }] },
            },
          },
        };
      },
    ],
    [
      'a RoleBinding',
      'roleRef',
      (app: string, second: boolean): Manifest => ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'r', namespace: app, annotations: { 'littoral.dev/replace': 'true' } },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: second ? 'view' : 'edit',
        },
        subjects: [],
      }),
    ],
  ])('is made anew for the sake of %s too', async (_, field, object) => {
    const app = `kinds-${field.toLowerCase().replace('.', '-')}`;
    expect(reasons(await applyOn(testbed, release(app, object(app, false))))).toBe('');
    const next = release(app, object(app, true));
    expect(await changesOf(next)).toEqual([expect.stringMatching(`^replaced .* ${field}`)]);
    expect(reasons(await applyOn(testbed, next))).toBe('');
    expect((await applyOn(testbed, next)).endings).toEqual({ fra: 'unchanged' });
  });

  it('is not deleted when its successor would be refused', async () => {
    const app = 'wrong';
    const annotations = { 'littoral.dev/replace': 'true' };
    await applyOn(testbed, release(app, job(app, 'shop:1', annotations)));
    const wrong = structuredClone(job(app, 'shop:2', annotations)) as Manifest & {
      spec: { template: { spec: { restartPolicy: string } } };
    };
    wrong.spec.template.spec.restartPolicy = 'Always';
    expect((await applyOn(testbed, release(app, wrong))).endings).toEqual({ fra: 'refused' });
    expect((await get(`/apis/batch/v1/namespaces/${app}/jobs/task`)).kind).toBe('Job');
  });

  it('hooks run in their order: before the workloads by weight, after them, and again when they change', async () => {
    const app = 'hooked';
    const hook = (name: string, moment: string, weight: string, image = 'shop:1') =>
      job(app, image, { 'helm.sh/hook': moment, 'helm.sh/hook-weight': weight }, name);
    const objects = (image: string) => [
      hook('late', 'post-install,post-upgrade', '0', image),
      hook('second', 'pre-install,pre-upgrade', '5', image),
      hook('first', 'pre-install', '-5', image),
      deployment(app, image),
    ];
    const orderOf = ({ events }: Awaited<ReturnType<typeof applyOn>>) =>
      events.flatMap(({ phase, object }) =>
        phase === 'applying' && object !== undefined && object.kind !== 'Namespace'
          ? object.name
          : [],
      );
    const first = await applyOn(testbed, release(app, ...objects('shop:1')));
    expect(reasons(first)).toBe('');
    expect(orderOf(first)).toEqual(['first', 'second', 'web', 'late']);
    const again = await applyOn(testbed, release(app, ...objects('shop:2')));
    expect(reasons(again)).toBe('');
    expect(orderOf(again)).toEqual(['first', 'second', 'web', 'late']);
  });

  it('what the server would not create is refused by the plan, also in a namespace that is still to come', async () => {
    const twice = (app: string): Manifest => {
      const whole = structuredClone(deployment(app, 'shop:1')) as Manifest & {
        spec: { template: { spec: { containers: { env?: object[] }[] } } };
      };
      whole.spec.template.spec.containers[0]!.env = [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ];
      return whole;
    };
    const badPort = (app: string): Manifest => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: app },
      spec: { ports: [{ port: 99999 }] },
    });
    const app = 'created';
    for (const isThere of [false, true]) {
      if (isThere) await applyOn(testbed, release(app, configMap(app, 'a', {})));
      const wrong = await planOn(
        testbed,
        release(app, configMap(app, 'a', {}), twice(app), badPort(app)),
      );
      expect(
        wrong.clusters[0]?.objects
          .filter(({ change }) => change === 'refused')
          .map(({ reason }) => reason),
      ).toEqual([
        expect.stringMatching(
          `Deployment ${app}/.*duplicate entries for key .*Keep one of the entries`,
        ),
        expect.stringContaining('65535'),
      ]);
    }
  });

  it('what cannot be tried out before its kind is there says so, and comes', async () => {
    const app = 'custom';
    const crd: Manifest = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'buoys.sea.dev' },
      spec: {
        group: 'sea.dev',
        scope: 'Namespaced',
        names: { plural: 'buoys', kind: 'Buoy' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        ],
      },
    };
    const buoy: Manifest = {
      apiVersion: 'sea.dev/v1',
      kind: 'Buoy',
      metadata: { name: 'b', namespace: app },
      spec: { a: 1 },
    };
    const props = release(app, crd, buoy);
    expect(await changesOf(props)).toContain(
      'created Buoy the server does not know its kind yet, so it cannot be tried out',
    );
    expect(reasons(await applyOn(testbed, props))).toBe('');
  });
});
