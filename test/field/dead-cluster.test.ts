/** A cluster that died for good: what the errors tell to do is done to the letter, and works. */
import { ClusterError } from '../../providers/clusters/errors';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { rolloutShape } from '../../providers/terraform/resources/release/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { Stack } from '../pulumi/stack';
import { Clusters } from '../resources/cluster-double';
import { bundleOf, decisionFor, fleet, namespace, settings, worldIn } from '../resources/fixtures';
import { context, releasing } from '../terraform/configurations';
import { Core } from '../terraform/core';

/** Clusters of which some are dead from a moment on. */
class Mortal {
  readonly clusters = new Clusters();
  readonly dead = new Set<string>();
  readonly world = () => {
    const world = worldIn(this.clusters);
    const connect: typeof world.connect = async (cluster, seconds) => {
      if (!this.dead.has(cluster.name)) return world.connect(cluster, seconds);
      const summary = `${cluster.name} does not answer`;
      throw new ClusterError({
        cluster: cluster.name,
        summary,
        remedy: 'Wait.',
        unreachable: true,
      });
    };
    return { ...world, connect };
  };
  keys(name: string) {
    return [...this.clusters.named(name).objects.keys()];
  }
}

describe.each([
  ['one of two', ['a', 'b'], 'b'],
  ['the only one', ['b'], 'b'],
])('of %s clusters that have a release', (_, letters, lost) => {
  const evacuating = hclValue(rolloutShape, { minClusters: 1, evacuate: [lost] });

  it('Terraform destroys it by the remedy of a destroy that failed', async () => {
    const mortal = new Mortal();
    const core = new Core(releaseIn(mortal.world), context);
    expect(await core.apply(releasing(letters))).toEqual([]);
    mortal.dead.add(lost);
    const [error] = await core.apply(null);
    expect(error?.detail).toContain(`put "${lost}" into rollout.evacuate, apply`);
    await core.apply(releasing(letters, { rollout: evacuating }));
    expect((await core.apply(null)).filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(core.state).toBeUndefined();
    for (const name of letters.filter((one) => one !== lost)) expect(mortal.keys(name)).toEqual([]);
  });

  it('Pulumi destroys it by the remedy of a destroy that failed', async () => {
    const mortal = new Mortal();
    const stack = new Stack(releaseProvider(mortal.world));
    const inputs = (evacuate: readonly string[]) => ({
      bundle: JSON.stringify(bundleOf(namespace, settings({}))),
      decision: JSON.stringify(decisionFor(letters)),
      fleet: JSON.stringify(fleet),
      rollout: { deadlineSeconds: 5, answerSeconds: 5, evacuate },
    });
    expect(await stack.up(inputs([]))).toEqual([]);
    mortal.dead.add(lost);
    await expect(stack.destroy()).rejects.toThrow(`put "${lost}" into rollout.evacuate, apply`);
    await stack.up(inputs([lost]));
    await stack.destroy();
    for (const name of letters.filter((one) => one !== lost)) expect(mortal.keys(name)).toEqual([]);
  });
});

it('an app that is to run on a dead cluster is applied by the remedy of the apply that failed', async () => {
  const mortal = new Mortal();
  const core = new Core(releaseIn(mortal.world), context);
  mortal.dead.add('b');
  const [error] = await core.apply(releasing(['a', 'b']));
  expect(error?.detail).toContain('put "b" into rollout.evacuate, and apply');
  const rollout = hclValue(rolloutShape, { minClusters: 1, evacuate: ['b'] });
  const moved = await core.apply(releasing(['a'], { rollout }));
  expect(moved.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(mortal.keys('a')).not.toEqual([]);
});
