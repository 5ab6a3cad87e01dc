/** Before removal: users are sent away from clusters that a release leaves, after new clusters are ready and before anything goes. */
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import { Clusters } from './cluster-double';
import { apply, namespace, releaseOf, web, worldIn } from './fixtures';

const v1 = [namespace, web('shop:1')];
const has = (clusters: Clusters, name: string) =>
  clusters.named(name).read(keyOf(refOf(web('shop:1')))) !== undefined;

async function moving(reason: string | undefined, to = 'bc', dropped = 'a') {
  const clusters = new Clusters();
  const { state } = await apply(clusters, releaseOf('ab', v1));
  const calls: object[] = [];
  const world = {
    ...worldIn(clusters),
    beforeRemoval: async (release: string, leaving: readonly string[]) => {
      calls.push({ release, leaving, old: has(clusters, 'a'), new: has(clusters, 'c') });
      return reason;
    },
  };
  const released = await apply(clusters, releaseOf(to, v1, {}, dropped), state, world);
  return { clusters, calls, released };
}

describe('before a release is removed from a cluster', () => {
  it('users are sent elsewhere, once the new cluster has it and while the old one still does', async () => {
    const { clusters, calls, released } = await moving(undefined);
    expect(calls).toEqual([{ release: 'shop', leaving: ['a'], old: true, new: true }]);
    expect(released.problems).toEqual([]);
    expect(has(clusters, 'a')).toBe(false);
  });

  it('it stays where users could not be sent away, and the next apply goes on', async () => {
    const { clusters, released } = await moving('DNS does not answer');
    expect(has(clusters, 'a')).toBe(true);
    expect(released.problems.map(({ subject }) => subject)).toEqual(['a']);
    expect(released.problems[0]?.summary).toContain('DNS does not answer');
    await apply(clusters, releaseOf('bc', v1, {}, 'a'), released.state);
    expect(has(clusters, 'a')).toBe(false);
  });

  it('nobody is asked where nothing is left', async () => {
    const { calls } = await moving(undefined, 'abc', '');
    expect(calls).toEqual([]);
  });
});
