/** Claims of volumes when an app moves: a cluster is not left while that would delete data that nobody has spoken for. */
import type { Manifest } from '../../constructs/model/app/workload';
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import { Clusters } from './cluster-double';
import { apply, look, namespace, releaseOf, web } from './fixtures';

const claimWith = (annotations: Readonly<Record<string, string>> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'shop', annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
});
const is = (clusters: Clusters, one: Manifest) =>
  clusters.named('a').read(keyOf(refOf(one))) !== undefined;

/** From a and b to b and c; `later` is the claim as the manifests of the move have it. */
async function moved(first: Manifest, later = first) {
  const clusters = new Clusters();
  const { state } = await apply(clusters, releaseOf('ab', [namespace, web('web:1'), first]));
  const props = releaseOf('bc', [namespace, web('web:1'), later], {}, 'a');
  const { plan } = await look(clusters, props, state);
  const left = plan.clusters.find(({ name }) => name === 'a');
  const released = await apply(clusters, props, state);
  return { clusters, left, released };
}

describe('a move away from a claim', () => {
  it('is stopped where nobody says what becomes of the data, and names claim and size; the rest is done', async () => {
    const { clusters, left, released } = await moved(claimWith());
    expect(left).toMatchObject({
      step: 'refused',
      reason: expect.stringContaining('PersistentVolumeClaim shop/data (10Gi) would go with it'),
    });
    expect(is(clusters, claimWith())).toBe(true);
    expect(is(clusters, web('web:1'))).toBe(true);
    expect(clusters.named('c').read(keyOf(refOf(web('web:1'))))).toBeDefined();
    expect(released.problems.map(({ subject }) => subject)).toEqual(['a']);
    // Whoever has copied the data says so in the cluster, and the next apply goes on.
    clusters.named('a').apply('kubectl', claimWith({ 'littoral.dev/on-remove': 'delete' }));
    const props = releaseOf('bc', [namespace, web('web:1'), claimWith()], {}, 'a');
    expect((await apply(clusters, props, released.state)).problems).toEqual([]);
    expect(is(clusters, claimWith())).toBe(false);
    expect(is(clusters, web('web:1'))).toBe(false);
  });

  it.each([
    ['keep', true],
    ['delete', false],
  ])('goes on where the claim says %s, before or in what moves', async (word, stays) => {
    const said = claimWith({ 'littoral.dev/on-remove': word });
    for (const first of [said, claimWith()]) {
      const { clusters, left, released } = await moved(first, said);
      expect(left?.step).toBe('remove');
      expect(released.problems).toEqual([]);
      expect(is(clusters, said)).toBe(stays);
      expect(is(clusters, web('web:1'))).toBe(false);
    }
  });

  it('is no move where the release is destroyed', async () => {
    const clusters = new Clusters();
    const objects = [namespace, web('web:1'), claimWith()];
    const { state } = await apply(clusters, releaseOf('a', objects));
    await apply(clusters, releaseOf('', objects, {}, 'a'), state);
    expect(is(clusters, claimWith())).toBe(false);
  });
});
