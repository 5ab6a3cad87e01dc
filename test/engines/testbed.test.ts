/** The testbed itself: clusters start, run workloads, write down what they are asked, can be lost, and leave nothing behind. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFleet } from '../../constructs/model/fleet-document';
import { ask } from '../testbed/ask';
import { kubernetesVersion, whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed, type TestbedCluster } from '../testbed/clusters';
import { until, whyMissing } from '../testbed/process';
import { brokenImage, readyAfterAnnotation } from '../testbed/stages';
import { startWatchdog } from '../testbed/watchdog';

const missing = whyNoClusters();
const noPrometheus = whyMissing('prometheus');
if (missing !== undefined && !process.env.CI) process.stderr.write(`skipped: ${missing}\n`);
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const deployments = '/apis/apps/v1/namespaces/default/deployments';

whenPossible(`three clusters${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let seconds = 0;

  beforeAll(async () => {
    const started = Date.now();
    testbed = await startClusters(3, noPrometheus === undefined ? { demand: { u33d: 10 } } : {});
    seconds = (Date.now() - started) / 1000;
  });
  afterAll(() => testbed?.stop());

  /** As a client that a test is about would: with the administrator's own token. */
  const asAdmin = (cluster: TestbedCluster, method: string, path: string, body?: unknown) =>
    ask(
      { server: cluster.server, ca: readFileSync(cluster.ca, 'utf8'), token: cluster.adminToken },
      method,
      path,
      body,
    );

  test('are there, with the names and places of the quickstart', async () => {
    process.stderr.write(`three clusters started in ${seconds.toFixed(1)} s\n`);
    expect(testbed.clusters.map(({ name }) => name)).toEqual(['fra', 'iad', 'sin']);
    for (const cluster of testbed.clusters) {
      expect((await cluster.ask('GET', '/version')).body).toMatchObject({
        gitVersion: kubernetesVersion,
      });
    }
    const fleet = parseFleet(testbed.fleetDocument());
    expect(fleet.clusters.find(({ name }) => name === 'sin')).toMatchObject({
      city: 'Singapore',
      allocatable: { cpuMillicores: 48_000, memoryMebibytes: 196_608, pods: 330 },
      access: { kubeconfig: testbed.kubeconfig, context: 'sin' },
    });
  });

  test('each makes a Deployment of three ready', async () => {
    const times = await Promise.all(
      testbed.clusters.map(async (cluster) => {
        const started = Date.now();
        await asAdmin(cluster, 'POST', deployments, deployment('shop', 'registry.example/shop:1'));
        await until(async () => (await ready(cluster, 'shop')) === 3);
        return (Date.now() - started) / 1000;
      }),
    );
    process.stderr.write(`ready after ${times.map((time) => time.toFixed(1)).join(', ')} s\n`);
  });

  test('an image called broken is never pulled; an annotation makes a pod slow', async () => {
    const [cluster] = testbed.clusters as [TestbedCluster];
    const slow = deployment('slow', 'registry.example/shop:1', { [readyAfterAnnotation]: '2s' });
    await cluster.ask('POST', deployments, deployment('bad', `${brokenImage}:2`));
    await cluster.ask('POST', deployments, slow);
    await until(async () => (await waiting(cluster, 'bad')) === 3);
    expect(await ready(cluster, 'slow')).toBe(0);
    await until(async () => (await ready(cluster, 'slow')) === 3);
    expect(await ready(cluster, 'bad')).toBe(0);
  });

  test('a ResourceQuota is counted and enforced', async () => {
    const [, cluster] = testbed.clusters as [TestbedCluster, TestbedCluster];
    const quotas = '/api/v1/namespaces/default/resourcequotas';
    await cluster.ask('POST', quotas, { metadata: { name: 'few' }, spec: { hard: { pods: '3' } } });
    await until(async () => used(await cluster.ask('GET', `${quotas}/few`)) === '3');
    const pod = { metadata: { name: 'one' }, spec: { containers: [{ name: 'a', image: 'b' }] } };
    const { status } = await cluster.ask('POST', '/api/v1/namespaces/default/pods', pod);
    expect(status).toBe(403);
    await cluster.ask('DELETE', `${quotas}/few`);
  });

  test('the audit log shows who asked what, without the engines', async () => {
    const [cluster] = testbed.clusters as [TestbedCluster];
    const before = cluster.audit().length;
    const caller = { server: cluster.server, ca: readFileSync(cluster.ca, 'utf8') };
    await asAdmin(cluster, 'GET', deployments);
    const read = await ask({ ...caller, token: cluster.viewerToken }, 'GET', deployments);
    const refused = await ask({ ...caller, token: cluster.restrictedToken }, 'GET', deployments);
    expect([read.status, refused.status]).toEqual([200, 403]);
    await until(() => cluster.audit().length >= before + 3);
    const seen = cluster
      .audit()
      .slice(before)
      .map((entry) => [entry.user.username, entry.verb, entry.responseStatus?.code]);
    expect(seen).toEqual([
      ['admin', 'list', 200],
      ['viewer', 'list', 200],
      ['restricted', 'list', 403],
    ]);
    expect(cluster.audit().map(({ user }) => user.username)).not.toContain('testbed:engines');
  });

  test('one can be lost and come back with what it had', async () => {
    const [, , cluster] = testbed.clusters as [TestbedCluster, TestbedCluster, TestbedCluster];
    await cluster.stop();
    await expect(cluster.ask('GET', '/readyz')).rejects.toThrow('ECONNREFUSED');
    await cluster.start();
    expect(await ready(cluster, 'shop')).toBe(3);
    await cluster.ask('PATCH', `${deployments}/shop`, { spec: { replicas: 4 } });
    await until(async () => (await ready(cluster, 'shop')) === 4, 60);
  });

  test('one can hang and wake up', async () => {
    const [cluster] = testbed.clusters as [TestbedCluster];
    cluster.freeze();
    const answer = cluster.ask('GET', '/readyz');
    const first = await Promise.race([
      answer.then(() => 'answered'),
      new Promise((next) => setTimeout(next, 1000, 'silent')),
    ]);
    cluster.thaw();
    expect(first).toBe('silent');
    expect((await answer).status).toBe(200);
  });

  (noPrometheus === undefined ? test : test.skip)('a Prometheus knows the demand', async () => {
    const query = encodeURIComponent('max_over_time(http_requests_total{app="shop"}[1m])');
    const samples = async () => {
      const answer = await fetch(`${testbed.prometheus?.url}/api/v1/query?query=${query}`);
      return ((await answer.json()) as { data: { result: { metric: object }[] } }).data.result;
    };
    await until(async () => (await samples()).length > 0);
    expect(await samples()).toMatchObject([{ metric: { geohash: 'u33d' } }]);
  });

  test('nothing is left after the end', async () => {
    const { folder } = testbed;
    const pids = testbed.pids();
    expect(pids).toHaveLength(3 * 4 + 2 + (noPrometheus === undefined ? 1 : 0));
    expect(pids.filter(isAlive)).toEqual(pids);
    await testbed.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(folder)).toBe(false);
  });
});

test('what a killed testbed leaves behind, its watchdog ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-watchdog-'));
  const watchdog = startWatchdog(folder);
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  watchdog.watch(child.pid ?? 0, 'running');
  // Its pipe closes, as it does when the kernel ends the one who held it.
  await watchdog.release();
  expect(await ended).toBe('SIGKILL');
  expect(existsSync(folder)).toBe(false);
  expect(isAlive(watchdog.pid)).toBe(false);
});

interface Workload {
  readonly status: { readonly readyReplicas?: number };
}
interface Pods {
  readonly items: readonly {
    readonly status: {
      readonly containerStatuses?: readonly { state: { waiting?: { reason: string } } }[];
    };
  }[];
}

function deployment(name: string, image: string, annotations: Record<string, string> = {}): object {
  const template = {
    metadata: { labels: { app: name }, annotations },
    spec: { containers: [{ name: 'web', image }] },
  };
  const spec = { replicas: 3, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec };
}

async function ready(cluster: TestbedCluster, name: string): Promise<number> {
  const { body } = await cluster.ask('GET', `${deployments}/${name}`);
  return (body as Workload).status.readyReplicas ?? 0;
}

/** How many pods of an app wait for an image that cannot be pulled. */
async function waiting(cluster: TestbedCluster, app: string): Promise<number> {
  const path = `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`;
  const { items } = (await cluster.ask('GET', path)).body as Pods;
  return items.filter(({ status }) =>
    status.containerStatuses?.some(({ state }) => state.waiting?.reason === 'ImagePullBackOff'),
  ).length;
}

function used({ body }: { readonly body: unknown }): string | undefined {
  return (body as { status: { used?: { pods: string } } }).status.used?.pods;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
