/** Who holds a release: of two resources, stacks or tools with the same name and content only the one that wrote last may change or remove it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner, ReleaseState, World } from '../../providers/resources/release';
import {
  basisOf,
  carryOut,
  observeAndPlan,
  release as resource,
} from '../../providers/resources/release';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { rolloutShape } from '../../providers/terraform/resources/release/schema';
import { hclValue } from '../../providers/terraform/schema/values';
import { Clusters } from '../resources/cluster-double';
import { bundleOf, namespace, releaseOf, settings, web, worldIn } from '../resources/fixtures';
import { context, folder, releasing } from '../terraform/configurations';
import { Core } from '../terraform/core';

const v1 = [namespace, settings({ color: 'blue' }), web('shop:1')];
const one: Owner = { id: '1'.repeat(36), name: 'Terraform' };
const two: Owner = { id: '2'.repeat(36), name: 'Pulumi shop/dev, resource shop' };

async function applyAs(
  clusters: Clusters,
  owner: Owner,
  more: {
    rollout?: object;
    prior?: ReleaseState | undefined;
    letters?: string;
    follows?: Owner;
  } = {},
) {
  const { rollout = {}, prior, letters = 'ab', follows } = more;
  const mayFollow = { follows: (held: Owner) => held.id === follows?.id };
  const world: World = { ...worldIn(clusters), owner, ...mayFollow };
  const open = await observeAndPlan(basisOf(releaseOf(letters, v1, rollout), prior, true), world);
  const run = await carryOut(open, prior, world);
  const endings = run.outcome.clusters.map(({ name, ending }) => `${name} ${ending}`);
  return { ...run, endings, plan: open.plan };
}

const destroyAs = (clusters: Clusters, state: ReleaseState | undefined) =>
  resource.delete(state!, worldIn(clusters));
const objectsOn = (clusters: Clusters, name: string) => clusters.named(name).objects.size;

describe('of two owners of one release', () => {
  it('the second is refused, and nothing is written', async () => {
    const clusters = new Clusters();
    await applyAs(clusters, one);
    clusters.restart();
    const refused = await applyAs(clusters, two);
    expect(refused.endings).toEqual(['a refused', 'b refused']);
    expect(refused.plan.clusters.map(({ step, held }) => [step, held])).toEqual([
      ['refused', true],
      ['refused', true],
    ]);
    expect(refused.problems[0]?.summary).toContain('Terraform (11111111) holds the release shop');
    expect(clusters.writes()).toEqual([]);
  });

  it('the second does only what nobody holds yet', async () => {
    const clusters = new Clusters();
    await applyAs(clusters, one, { letters: 'a' });
    expect((await applyAs(clusters, two)).endings).toEqual(['a refused', 'b ready']);
  });

  it.each([
    ['told to take over', { rollout: { takeOver: true } }],
    ['that replaces the first', { follows: one }],
  ])('the second, %s, has it, also where no object changes', async (_, more) => {
    const clusters = new Clusters();
    const first = await applyAs(clusters, one);
    const second = await applyAs(clusters, two, more);
    expect(second.endings).toEqual(['a ready', 'b ready']);
    const again = await applyAs(clusters, one, { prior: first.state });
    expect(again.endings).toEqual(['a refused', 'b refused']);
    const before = objectsOn(clusters, 'a');
    clusters.restart();
    const gone = await destroyAs(clusters, first.state);
    expect(clusters.writes()).toEqual([]);
    expect(gone).toMatchObject({ state: undefined, problems: [] });
    expect(gone.warnings).toEqual([
      'a: Pulumi shop/dev, resource shop (22222222) holds the release now; left there: ConfigMap shop/settings, Namespace shop, Deployment shop/web',
      'b: Pulumi shop/dev, resource shop (22222222) holds the release now; left there: ConfigMap shop/settings, Namespace shop, Deployment shop/web',
    ]);
    expect(objectsOn(clusters, 'a')).toBe(before);
    expect((await destroyAs(clusters, second.state)).warnings).toEqual([]);
    expect(objectsOn(clusters, 'a')).toBe(0);
  });

  it('the first leaves a cluster of the second alone when it drops it', async () => {
    const clusters = new Clusters();
    const first = await applyAs(clusters, one);
    await applyAs(clusters, two, { letters: 'b', rollout: { takeOver: true } });
    const next = await applyAs(clusters, one, { prior: first.state, letters: 'a' });
    expect(next.endings).toContain('b left');
    expect(objectsOn(clusters, 'b')).toBe(4);
    expect(next.state?.clusters.map(({ name }) => name)).toEqual(['a']);
  });

  it('none is guessed: an import of several is an error, of one it is that one', async () => {
    const clusters = new Clusters();
    await applyAs(clusters, one, { letters: 'a' });
    await applyAs(clusters, two, { letters: 'b' });
    const imported = (names: string) => resource.import(`shop@k#${names}`, worldIn(clusters));
    await expect(imported('a,b')).rejects.toThrow('several owners');
    expect((await imported('b')).owner).toEqual(two);
  });
});

describe('in Terraform', () => {
  /** A provider that has just been started, for a resource without a state. */
  const open = (clusters: Clusters, origin = 'here') =>
    new Core(
      releaseIn(
        () => worldIn(clusters),
        () => origin,
      ),
      context,
    );
  const config = releasing(['a', 'b'], { rollout: null });
  const members = (rolloutShape as { members: readonly { name: string }[] }).members;
  const empty = Object.fromEntries(members.map(({ name }) => [name, null]));
  const taking = releasing(['a', 'b'], { rollout: { ...empty, take_over: true } });
  const isError = ({ severity }: { severity: string }) => severity === 'error';

  it('a tainted release is destroyed and made again in the usual order', async () => {
    const clusters = new Clusters();
    const core = open(clusters);
    await core.apply(config);
    core.state = { ...core.state!, tainted: true };
    expect((await core.plan(config)).action).toBe('replace');
    expect((await core.apply(config)).filter(isError)).toEqual([]);
    expect((await core.plan(config)).action).toBe('none');
    expect(objectsOn(clusters, 'a')).toBeGreaterThan(2);
  });

  it('a release of another state is refused, or told to take over', async () => {
    const clusters = new Clusters();
    await open(clusters, 'there').apply(config);
    const next = open(clusters);
    const { diagnostics } = await next.plan(config);
    expect(diagnostics.filter(isError)).toHaveLength(1);
    expect(JSON.stringify(diagnostics)).toContain('import it');
    expect(await next.apply(taking)).toEqual([]);
  });

  it.each([
    ['usual', config],
    ['told to take over', taking],
  ])(
    'a release that is made before the old one is destroyed survives that, %s',
    async (_, config) => {
      const clusters = new Clusters();
      const old = open(clusters);
      await old.apply(config);
      const there = objectsOn(clusters, 'a');
      const next = open(clusters);
      expect((await next.apply(config)).filter(isError)).toEqual([]);
      const gone = await old.apply(null);
      expect(gone.filter(isError)).toEqual([]);
      expect(gone.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
      expect(objectsOn(clusters, 'a')).toBe(there);
      expect((await next.plan(config)).action).toBe('none');
    },
  );

  it('a release whose state was lost goes on, and the plan says so', async () => {
    const clusters = new Clusters();
    await open(clusters).apply(config);
    const next = open(clusters);
    expect((await next.plan(config)).diagnostics.map(({ summary }) => summary)).toEqual([
      'Creating shop goes on with what an earlier run of this configuration left on a, b.',
    ]);
    expect((await next.apply(config)).filter(isError)).toEqual([]);
    expect((await next.plan(config)).action).toBe('none');
  });

  it('a creation that takes over says from whom, and what changes', async () => {
    const clusters = new Clusters();
    await open(clusters, 'there').apply(config);
    writeFileSync(
      join(folder, 'taken.json'),
      JSON.stringify(bundleOf(namespace, settings({ color: 'blue' }), web('shop:2'))),
    );
    const words = async (rollout: object) => {
      const wanted = releasing(['a', 'b'], {
        bundle: 'taken.json',
        rollout: hclValue(rolloutShape, rollout),
      });
      const { diagnostics } = await open(clusters).plan(wanted);
      return diagnostics.map(({ severity, summary, detail }) => `${severity} ${summary} ${detail}`);
    };
    const [refused, ...more] = await words({});
    expect(more).toEqual([]);
    expect(refused).toMatch(/^error a, b: Terraform \(.{8}\) holds the release shop there;/);
    expect(refused).toContain('take it over: rollout = { take_over = true }, for one apply.');
    const taken = await words({ takeOver: true });
    expect(taken).toHaveLength(3);
    expect(taken[0]).toMatch(
      /^warning Creating shop takes over what Terraform \(.{8}\) holds on a, b\./,
    );
    for (const [line, name] of [
      [taken[1], 'a'],
      [taken[2], 'b'],
    ]) {
      expect(line).toContain(
        `Creating shop on ${name} changes Deployment shop/web (image: shop:1 → shop:2)`,
      );
    }
  });

  it('a release that was imported from another state is of this one at its next change', async () => {
    const clusters = new Clusters();
    const first = open(clusters, 'there');
    await first.apply(config);
    const second = open(clusters);
    second.state = first.state!;
    const manifests = [namespace, settings({ color: 'red' }), web('shop:1')];
    writeFileSync(join(folder, 'red.json'), JSON.stringify(bundleOf(...manifests)));
    const changed = releasing(['a', 'b'], { rollout: null, bundle: 'red.json' });
    expect((await second.apply(changed)).filter(isError)).toEqual([]);
    expect((await open(clusters, 'there').plan(changed)).diagnostics.some(isError)).toBe(true);
    expect((await open(clusters).plan(changed)).diagnostics.some(isError)).toBe(false);
  });

  it('two new resources of one run that are the same release do not take it from each other', async () => {
    const clusters = new Clusters();
    const resource = open(clusters).resource;
    const [first, second] = [new Core(resource, context), new Core(resource, context)];
    const plans = [await first.plan(config), await second.plan(config)] as const;
    expect((await first.apply(config, plans[0])).filter(isError)).toEqual([]);
    expect((await second.apply(config, plans[1])).some(isError)).toBe(true);
  });

  it('a release that leaves is not taken from the one that has followed it', async () => {
    const clusters = new Clusters();
    const first = open(clusters);
    await first.apply(config);
    await open(clusters).apply(config);
    const there = objectsOn(clusters, 'a');
    first.resource = open(clusters).resource;
    await first.apply(releasing(['b'], { rollout: null }));
    expect(objectsOn(clusters, 'a')).toBe(there);
  });

  it('a creation says what it would delete and adopt', async () => {
    const clusters = new Clusters();
    clusters.named('b').apply('kubectl', { ...namespace, metadata: { name: 'shop' } });
    clusters.named('b').apply('kubectl', settings({ color: 'blue' }));
    await open(clusters, 'there').apply(releasing(['a'], { rollout: null }));
    const bundle = bundleOf(namespace, settings({ color: 'blue' }));
    writeFileSync(join(folder, 'fewer.json'), JSON.stringify(bundle));
    const rollout = { ...empty, take_over: true };
    const fewer = releasing(['a', 'b'], { rollout, bundle: 'fewer.json' });
    const { diagnostics } = await open(clusters).plan(fewer);
    expect(diagnostics.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^Creating shop takes over what Terraform \(.{8}\) holds on a\.$/),
      'Creating shop on a deletes Deployment shop/web, which it finds there.',
      'Creating shop on b adopts Namespace shop, ConfigMap shop/settings, which it finds there.',
    ]);
  });

  it('two resources that are the same release are an error, whichever is planned first', async () => {
    const clusters = new Clusters();
    const resource = releaseIn(() => worldIn(clusters));
    const first = new Core(resource, context);
    await first.apply(config);
    const second = new Core(resource, context);
    await first.plan(config);
    expect((await second.plan(config)).diagnostics.some(isError)).toBe(true);
  });
});
