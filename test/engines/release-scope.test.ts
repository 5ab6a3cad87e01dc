/** Custom resources outside namespaces, on real clusters that knew their kind before the release came. */

import type { Manifest } from '../../constructs/model/app/workload';
import { exactInteger } from '../../constructs/model/exact-integer';
import { release, worldOf } from '../../providers/resources/release/index';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { applyOn, configMap, kubectl, namespaceOf, planOn, releaseOn } from './releasing';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'quotas.ops.example.org' },
  spec: {
    group: 'ops.example.org',
    names: { kind: 'Quota', plural: 'quotas' },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { most: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};
const quota = (most: number | string): Manifest => ({
  apiVersion: 'ops.example.org/v1',
  kind: 'Quota',
  metadata: { name: 'most', namespace: 'scoped' },
  spec: { most },
});

whenPossible(`scope${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra']);
  });
  afterAll(() => testbed?.stop());

  it('a custom resource whose definition is of others is stable, changed, and deleted with its release', async () => {
    kubectl(testbed, 'fra', ['apply', '-f', '-'], [definition]);
    kubectl(testbed, 'fra', ['wait', '--for=condition=Established', 'crd/quotas.ops.example.org']);
    const props = (most: number) =>
      releaseOn(
        testbed,
        'scoped',
        ['fra'],
        [namespaceOf('scoped'), configMap('scoped', 'settings', { color: 'blue' }), quota(most)],
      );
    const first = await applyOn(testbed, props(1));
    expect(first.problems).toEqual([]);
    expect((await planOn(testbed, props(1), first.state)).clusters[0]?.step).toBe('keep');
    expect(await release.read(first.state!, worldOf(testbed.folder))).toEqual(first.state);
    const second = await applyOn(testbed, props(2), first.state);
    expect(second.outcome.clusters[0]?.objects).toEqual([
      { ref: { apiVersion: 'ops.example.org/v1', kind: 'Quota', name: 'most' }, change: 'changed' },
    ]);
    const gone = await release.delete(second.state!, worldOf(testbed.folder));
    expect(gone).toMatchObject({ state: undefined, problems: [], warnings: [] });
    expect(
      (await testbed.cluster('fra').ask('GET', '/apis/ops.example.org/v1/quotas')).body,
    ).toMatchObject({
      items: [],
    });
  });

  it('a whole number that no double holds is stored to its last digit, is stable, and is told from its neighbour', async () => {
    const props = (most: bigint) =>
      releaseOn(testbed, 'exact', ['fra'], [namespaceOf('exact'), quota(exactInteger(most))]);
    const stored = () =>
      kubectl(testbed, 'fra', [
        'get',
        'quotas.ops.example.org',
        'most',
        '-o',
        'jsonpath={.spec.most}',
      ]);
    const first = await applyOn(testbed, props(9007199254740993n));
    expect(first.problems).toEqual([]);
    expect(stored()).toBe('9007199254740993');
    expect((await planOn(testbed, props(9007199254740993n), first.state)).clusters[0]?.step).toBe(
      'keep',
    );
    const next = await planOn(testbed, props(9007199254740992n), first.state);
    expect(next.clusters[0]?.objects.map(({ ref, change }) => [ref.kind, change])).toContainEqual([
      'Quota',
      'changed',
    ]);
    const second = await applyOn(testbed, props(9223372036854775807n), first.state);
    expect(second.problems).toEqual([]);
    expect(stored()).toBe('9223372036854775807');
    await release.delete(second.state!, worldOf(testbed.folder));
  });
});
