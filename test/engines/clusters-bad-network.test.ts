/** The clusters room against a real API server behind a proxy that cuts, delays, refuses and falls silent. */

import { openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { type Fault, script, seeded } from '../testbed/faults';
import { readyAfterAnnotation } from '../testbed/stages';
import { deployment, kindOf, namespace, refOf, settings } from './cluster-manifests';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

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
