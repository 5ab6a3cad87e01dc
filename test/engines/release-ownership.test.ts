/** Whose objects are whose, on real API servers: what a release may take away, and what it leaves to others. */
import type { Manifest } from '../../constructs/model/workload';
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
});
