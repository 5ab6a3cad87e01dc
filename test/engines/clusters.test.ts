/** The clusters room against a real API server: what is applied, waited for, deleted and refused. */
import { dirname } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import { openCluster } from '../../providers/clusters/api/open';
import type { ApplyOutcome, ClusterClient, Readiness } from '../../providers/clusters/cluster';
import { ClusterError, isUnreachable } from '../../providers/clusters/errors';
import { auditedDuring } from '../testbed/audit';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import { until } from '../testbed/process';
import { brokenImage, readyAfterAnnotation } from '../testbed/stages';
import {
  beacon,
  beacons,
  deployment,
  kindOf,
  namespace,
  noSecrets,
  refOf,
  secret,
  settings,
} from './cluster-manifests';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

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
  /** Servers keep the time of an apply in whole seconds, so only one of some seconds ago is told from one of now. */
  const lastApplyIsOld = () => new Promise((done) => setTimeout(done, 3200));
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
    await lastApplyIsOld();
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
    await lastApplyIsOld();
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
    const error = await failure(client.apply(beacon));
    expect(error.message).toMatch(/fra does not know kind Beacon.*\n.*CustomResourceDefinition/);
    expect(await client.scopeOf('example.dev/v1', 'Beacon')).toBeUndefined();
    await client.apply(beacons);
    expect(kindOf(await client.apply(beacon))).toBe('created');
    expect(await client.scopeOf('example.dev/v1', 'Beacon')).toBe('Namespaced');
    const [state] = await client.waitReady([refOf(beacons)], { deadlineSeconds: 20 });
    expect(state).toMatchObject({ ready: true, reason: 'is established' });
    const wrong = { ...beacon, spec: { width: 3 } };
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
    await client.apply(noSecrets);
    await until(async () => {
      const quota = await client.get(refOf(noSecrets));
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

/** The one error that a request ends in. */
async function failure(promise: Promise<unknown>): Promise<ClusterError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ClusterError);
  return error as ClusterError;
}
