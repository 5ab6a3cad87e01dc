/** The clusters room against real API servers: what is applied, waited for, deleted and refused. */
import { dirname } from 'node:path';
import type { Manifest } from '../../constructs/model/workload';
import type { ApplyOutcome, ClusterClient, Readiness } from '../../providers/clusters/cluster';
import { ClusterError, isUnreachable } from '../../providers/clusters/errors';
import { openCluster } from '../../providers/clusters/open';
import { auditedDuring } from '../testbed/audit';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import { type Fault, script, seeded } from '../testbed/faults';
import { until } from '../testbed/process';
import { brokenImage, readyAfterAnnotation } from '../testbed/stages';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const deployment = (name: string, more: object = {}, template: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name }, ...template },
      spec: { containers: [{ name: 'web', image: 'registry.example/shop:1' }] },
    },
    ...more,
  },
});
const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: Manifest) => ({
  ...{ apiVersion, kind, name },
  ...(namespace === undefined ? {} : { namespace }),
});
const settings = (name: string, data: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
const namespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

const kindOf = (outcome: ApplyOutcome) => outcome.kind;

whenPossible(`one real cluster${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let cluster: TestbedCluster;
  let client: ClusterClient;
  const clients: ClusterClient[] = [];

  const open = async (context = 'fra', deadlineSeconds = 20): Promise<ClusterClient> => {
    const access = { kubeconfig: 'kubeconfig', context };
    const folder = dirname(cluster.kubeconfig);
    const opened = await openCluster({ name: 'fra', access }, { folder, deadlineSeconds });
    clients.push(opened);
    return opened;
  };
  const failure = async (promise: Promise<unknown>): Promise<ClusterError> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ClusterError);
    return error as ClusterError;
  };
  /** What the server got between the calls, without watches that were resumed. */
  const requestsOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
    const entries = await auditedDuring(cluster, work);
    return entries
      .filter(({ stage, userAgent }) => stage === 'ResponseComplete' && userAgent === 'littoral')
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource ?? ''}`);
  };
  beforeAll(async () => {
    testbed = await startClusters(['fra'], { nodes: 2 });
    cluster = testbed.cluster('fra');
    client = await open();
    await client.apply(namespace('shop'));
  });
  afterAll(async () => {
    await Promise.all(clients.map((one) => one.close()));
    await testbed?.stop();
  });

  test('an apply creates, then changes nothing, then changes: one request each', async () => {
    const outcomes: string[] = [];
    const apply = (manifest: Manifest) => async () => {
      outcomes.push(kindOf(await client.apply(manifest)));
    };
    const manifest = settings('plain', { a: '1' });
    expect(await requestsOf(apply(manifest))).toEqual(['patch configmaps']);
    expect(await requestsOf(apply(manifest))).toEqual(['patch configmaps']);
    expect(await requestsOf(apply(settings('plain', { a: '2' })))).toEqual(['patch configmaps']);
    expect(outcomes).toEqual(['created', 'unchanged', 'changed']);
  });

  test('a client that has never seen the object knows a no-op by the time of the last apply', async () => {
    await client.apply(settings('old', { a: '1' }));
    await new Promise((done) => setTimeout(done, 3200));
    const other = await open();
    expect(kindOf(await other.apply(settings('old', { a: '1' }), { dryRun: true }))).toBe(
      'unchanged',
    );
    expect(kindOf(await other.apply(settings('old', { a: '1' })))).toBe('unchanged');
    const third = await open();
    expect(kindOf(await third.apply(settings('old', { a: '2' }), { dryRun: true }))).toBe(
      'changed',
    );
    expect(kindOf(await third.apply(settings('old', { a: '2' })))).toBe('changed');
  });

  test('a dry run of this very second tells created, unchanged and changed, and stores nothing', async () => {
    const dry = (data: object) => client.apply(settings('dry', data), { dryRun: true });
    expect(kindOf(await dry({ a: '1' }))).toBe('created');
    expect(await client.get(refOf(settings('dry', {})))).toBeUndefined();
    const { object } = (await client.apply(settings('dry', { a: '1' }))) as ApplyOutcome & {
      kind: 'created';
    };
    expect(kindOf(await dry({ a: '1' }))).toBe('unchanged');
    expect(kindOf(await dry({ a: '2' }))).toBe('changed');
    const live = await client.get(refOf(settings('dry', {})));
    expect(live?.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
  });

  test('a status that moves meanwhile is no change of ours', async () => {
    const manifest = deployment('moving');
    await client.apply(manifest);
    await client.waitReady([refOf(manifest)], { deadlineSeconds: 60 });
    await new Promise((done) => setTimeout(done, 3200));
    const other = await open();
    expect(kindOf(await other.apply(manifest, { expected: '1' }))).toBe('unchanged');
  });

  test('a field of another manager is a conflict that names him; force takes it', async () => {
    await client.apply(deployment('contested'));
    const path = '/apis/apps/v1/namespaces/shop/deployments/contested?fieldManager=kubectl';
    const { body } = await cluster.ask('GET', path);
    const theirs = body as { metadata: { resourceVersion?: string }; spec: { replicas: number } };
    theirs.spec.replicas = 1;
    delete theirs.metadata.resourceVersion;
    expect((await cluster.ask('PUT', path, theirs)).status).toBe(200);
    expect(await client.apply(deployment('contested'))).toEqual({
      kind: 'conflict',
      conflicts: [{ manager: 'kubectl', field: '.spec.replicas' }],
    });
    expect(kindOf(await client.apply(deployment('contested'), { force: true }))).toBe('changed');
  });

  test('a kind is served right after its definition, and unknown before', async () => {
    const own: Manifest = {
      apiVersion: 'example.dev/v1',
      kind: 'Beacon',
      metadata: { name: 'one', namespace: 'shop' },
      spec: { height: 3 },
    };
    const error = await failure(client.apply(own));
    expect(error.message).toMatch(/fra does not know kind Beacon.*\n.*CustomResourceDefinition/);
    expect(await client.scopeOf('example.dev/v1', 'Beacon')).toBeUndefined();
    const definition: Manifest = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'beacons.example.dev' },
      spec: {
        group: 'example.dev',
        scope: 'Namespaced',
        names: { plural: 'beacons', singular: 'beacon', kind: 'Beacon', listKind: 'BeaconList' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  spec: { type: 'object', properties: { height: { type: 'integer' } } },
                },
              },
            },
          },
        ],
      },
    };
    await client.apply(definition);
    expect(kindOf(await client.apply(own))).toBe('created');
    expect(await client.scopeOf('example.dev/v1', 'Beacon')).toBe('Namespaced');
    const [state] = await client.waitReady([refOf(definition)], { deadlineSeconds: 20 });
    expect(state).toMatchObject({ ready: true, reason: 'is established' });
    const wrong = { ...own, spec: { width: 3 } };
    expect((await failure(client.apply(wrong))).message).toMatch(
      /\.spec\.width: field not declared/,
    );
  });

  test('who may not is told which verb on what, and who he is', async () => {
    const viewer = await open('fra-viewer');
    const error = await failure(viewer.apply(settings('no', {})));
    expect(error).toMatchObject({ status: 403, reason: 'Forbidden', code: 'SourceFailed' });
    expect(error.summary).toBe(
      'user viewer may not patch configmaps in namespace shop of fra, needed for ConfigMap shop/no',
    );
    expect(error.message).not.toContain(cluster.viewerToken);
  });

  test('a quota, a missing namespace, a long name and an immutable field say what to do', async () => {
    await client.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few', namespace: 'default' },
      spec: { hard: { 'count/secrets': '0' } },
    });
    const secret = (name: string): Manifest => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      stringData: { password: 'planted-hunter2' },
    });
    await until(async () => {
      const quota = await client.get({
        ...{ apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'default', name: 'few' },
      });
      return (quota?.status as { hard?: object } | undefined)?.hard !== undefined;
    });
    const over = await failure(client.apply(secret('one')));
    expect(over.summary).toMatch(
      /Secret default\/one exceeds quota few of fra: requested count\/secrets=1, used count\/secrets=0, limit count\/secrets=0/,
    );
    const nowhere = await failure(
      client.apply({ ...settings('x', {}), metadata: { name: 'x', namespace: 'nowhere' } }),
    );
    expect(nowhere.message).toMatch(/fra has no namespace nowhere.*\n {2}Add a Namespace nowhere/);
    const long = await failure(client.apply(namespace('n'.repeat(64))));
    expect(long.message).toMatch(/metadata\.name.*\n {2}Shorten metadata\.name/);
    await client.apply(deployment('fixed'));
    const selector = { matchLabels: { app: 'other' } };
    const template = deployment('other').spec as { template: object };
    const moved = await failure(
      client.apply(deployment('fixed', { selector, template: template.template })),
    );
    expect(moved.message).toMatch(/immutable.*\n {2}Keep spec\.selector as it is/);
    const bad = { ...secret('two'), data: { password: '%%planted-hunter2%%' }, stringData: {} };
    const refusedSecret = await failure(client.apply(bad));
    expect(JSON.stringify({ ...refusedSecret, message: refusedSecret.message })).not.toContain(
      'hunter2',
    );
  });

  test('a Deployment becomes ready; one that is ready costs one request', async () => {
    const slow = deployment('slow', {}, { annotations: { [readyAfterAnnotation]: '1s' } });
    await client.apply(slow);
    const seen: Readiness[] = [];
    const onChange = (readiness: Readiness) => void seen.push(readiness);
    const [state] = await client.waitReady([refOf(slow)], { deadlineSeconds: 60, onChange });
    expect(state).toMatchObject({ ready: true, reason: '2 of 2 replicas are available' });
    expect(seen[0]?.ready).toBe(false);
    expect(seen.at(-1)?.ready).toBe(true);
    const again = () => client.waitReady([refOf(slow)], { deadlineSeconds: 60 });
    expect(await requestsOf(again)).toEqual(['get deployments']);
  });

  test('several of a kind share one watch, and one that is missing has a reason', async () => {
    const two = [deployment('north'), deployment('south')];
    for (const one of two) await client.apply(one);
    const states = await client.waitReady([...two.map(refOf), refOf(deployment('absent'))], {
      deadlineSeconds: 8,
    });
    expect(states.map(({ ready, reason }) => [ready, reason])).toEqual([
      [true, '2 of 2 replicas are available'],
      [true, '2 of 2 replicas are available'],
      [false, 'does not exist'],
    ]);
  });

  test('an image that cannot be pulled is the reason, with its pod', async () => {
    const containers = [{ name: 'web', image: `${brokenImage}:2` }];
    const template = { metadata: { labels: { app: 'bad' } }, spec: { containers } };
    await client.apply(deployment('bad', { template }));
    const [state] = await client.waitReady([refOf(deployment('bad'))], { deadlineSeconds: 6 });
    expect(state).toMatchObject({ ready: false, failed: true });
    expect(state?.reason).toMatch(/0 of 2 replicas.*pod bad-\S+ cannot pull image/);
  });

  test('an object with a finalizer stays and says what holds it; without, it is gone', async () => {
    const held: Manifest = {
      ...settings('held', {}),
      metadata: { name: 'held', namespace: 'shop', finalizers: ['example.dev/hold'] },
    };
    const outcome = await client.apply(held);
    expect(await client.delete(refOf(held), { deadlineSeconds: 1 })).toEqual({
      gone: false,
      finalizers: ['example.dev/hold'],
    });
    const path = '/api/v1/namespaces/shop/configmaps/held';
    const waiting = client.delete(refOf(held), { deadlineSeconds: 20 });
    const { body } = await cluster.ask('GET', path);
    const live = body as { metadata: { finalizers?: string[] } };
    delete live.metadata.finalizers;
    await cluster.ask('PUT', path, live);
    expect(await waiting).toEqual({ gone: true, finalizers: [] });
    expect(await client.delete(refOf(held))).toEqual({ gone: true, finalizers: [] });
    const { uid } = (outcome as { object: { metadata: { uid: string } } }).object.metadata;
    await client.apply(settings('held', {}));
    expect(await client.delete(refOf(held), { uid })).toMatchObject({ gone: true });
    expect(await client.get(refOf(held))).toBeDefined();
  });

  test('a Deployment deleted in the foreground is gone after its pods', async () => {
    await client.apply(deployment('brief'));
    await client.waitReady([refOf(deployment('brief'))], { deadlineSeconds: 60 });
    const options = { propagation: 'Foreground', deadlineSeconds: 60 } as const;
    expect(await client.delete(refOf(deployment('brief')), options)).toMatchObject({ gone: true });
    const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' };
    expect(await client.list(pods, 'app=brief')).toEqual([]);
  });

  test('waiting survives the death and return of the API server', async () => {
    const late = deployment('late', {}, { annotations: { [readyAfterAnnotation]: '4s' } });
    await client.apply(late);
    const waiting = client.waitReady([refOf(late)], { deadlineSeconds: 90 });
    await new Promise((done) => setTimeout(done, 500));
    await cluster.stop();
    await new Promise((done) => setTimeout(done, 500));
    await cluster.start();
    expect(await waiting).toMatchObject([{ ready: true }]);
    expect(await client.get(refOf(late))).toBeDefined();
  });

  test('a frozen server is unreachable by the deadline, and usable when it thaws', async () => {
    const impatient = await open('fra', 5);
    await impatient.apply(settings('plain', {}));
    cluster.freeze();
    try {
      const started = Date.now();
      const error = await failure(impatient.get(refOf(settings('plain', {}))));
      expect(isUnreachable(error)).toBe(true);
      expect(error.summary).toBe('fra gave no answer within 5 s to read ConfigMap shop/plain');
      expect(Date.now() - started).toBeLessThan(30_000);
      expect(isUnreachable(await failure(open('fra', 1)))).toBe(true);
    } finally {
      cluster.thaw();
    }
    await until(async () => (await impatient.get(refOf(settings('plain', {})))) !== undefined);
  });

  test('a stopped server is unreachable at once', async () => {
    await cluster.stop();
    try {
      const error = await failure(open());
      expect(error.summary).toMatch(
        /^fra cannot be reached: 127\.0\.0\.1:\d+ refuses connections$/,
      );
      expect(isUnreachable(error)).toBe(true);
    } finally {
      await cluster.start();
    }
  });
});

whenPossible('a cluster behind a bad network', () => {
  let testbed: Testbed;
  let client: ClusterClient;
  const bad: readonly Fault[] = [
    { kind: 'cut-before' },
    { kind: 'cut-after' },
    { kind: 'cut-body' },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 429, retryAfterSeconds: 1 },
    { kind: 'delay', milliseconds: 200 },
  ];

  beforeAll(async () => {
    testbed = await startClusters(['fra'], { nodes: 2, faults: true });
    const cluster = testbed.cluster('fra');
    const access = { kubeconfig: cluster.kubeconfig, context: 'fra' };
    client = await openCluster({ name: 'fra', access }, { folder: '/', deadlineSeconds: 30 });
    await client.apply(namespace('shop'));
  });
  afterAll(async () => {
    await client?.close();
    await testbed?.stop();
  });

  test('every object is applied, becomes ready and is deleted, whatever happens on the way', async () => {
    const proxy = testbed.cluster('fra').proxy;
    proxy?.use(seeded(7, 0.1, bad));
    const manifests = Array.from({ length: 12 }, (_, index) =>
      index % 3 === 0 ? deployment(`d${index}`) : settings(`c${index}`, { index: `${index}` }),
    );
    for (const manifest of manifests) {
      expect(['created', 'changed']).toContain(kindOf(await client.apply(manifest)));
    }
    const states = await client.waitReady(manifests.map(refOf), { deadlineSeconds: 60 });
    expect(states.filter(({ ready }) => !ready)).toEqual([]);
    const again = await Promise.all(manifests.map((one) => client.apply(one)));
    // A controller may move a status in this very second; settings have none.
    const calm = again.filter((_, index) => index % 3 !== 0);
    expect(calm.map(kindOf)).toEqual(calm.map(() => 'unchanged'));
    for (const manifest of manifests) {
      const { uid } = (await client.get(refOf(manifest)))?.metadata ?? { uid: '' };
      expect(await client.delete(refOf(manifest), { uid })).toMatchObject({ gone: true });
    }
    const seen = proxy?.requests() ?? [];
    expect(seen.filter(({ fault }) => fault !== undefined).length).toBeGreaterThan(3);
    expect(seen.every(({ protocol }) => protocol === '2')).toBe(true);
  });

  test('a watch that is held open in silence loses no time beyond its patience', async () => {
    const { proxy, kubeconfig } = testbed.cluster('fra');
    proxy?.use(script({ fault: { kind: 'hold' }, path: 'watch=1', nth: 1 }));
    const access = { kubeconfig, context: 'fra' };
    const patience = { watchSeconds: 1, graceSeconds: 0.5, pollSeconds: 1 };
    const impatient = await openCluster({ name: 'fra', access }, { folder: '/', patience });
    const late = deployment('late', {}, { annotations: { [readyAfterAnnotation]: '1s' } });
    await impatient.apply(late);
    const began = Date.now();
    const states = await impatient.waitReady([refOf(late)], { deadlineSeconds: 200 });
    await impatient.close();
    expect(states).toMatchObject([{ ready: true }]);
    expect(Date.now() - began).toBeLessThan(100_000);
  });
});
