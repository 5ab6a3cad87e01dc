/** Plans tell the change: which fields of which object, each time anew, and nothing of an app that does not change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/workload';
import { ClusterError } from '../../providers/clusters/errors';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { fieldsText } from '../../providers/resources/release/plan/changed-fields';
import { changedFields } from '../../providers/resources/release/state/fields';
import type { Fields } from '../../providers/terraform/protocol/provider';
import { releaseIn } from '../../providers/terraform/resources/release';
import { Clusters } from '../resources/cluster-double';
import {
  bundleOf,
  decisionFor,
  fleet,
  namespace,
  secret,
  settings,
  web,
  worldIn,
} from '../resources/fixtures';
import { context, folder, releasing } from '../terraform/configurations';
import { Core } from '../terraform/core';

type Container = Readonly<Record<string, unknown>>;
const deployment = (container: Container, more: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'web', image: 'shop:1', ...container }] } },
    ...more,
  },
});
const text = (before: Manifest, after: Manifest) =>
  fieldsText(changedFields({ apiVersion: after.apiVersion, kind: after.kind }, before, after));

describe('the fields of an object', () => {
  const env = (...pairs: readonly [string, string][]) => ({
    env: pairs.map(([name, value]) => ({ name, value })),
  });
  it.each([
    ['an image', deployment({}), deployment({ image: 'shop:2' }), 'image: shop:1 → shop:2'],
    [
      'replicas and an image',
      deployment({}),
      deployment({ image: 'shop:2' }, { replicas: 11 }),
      'replicas: 2 → 11, image: shop:1 → shop:2',
    ],
    [
      'requests of resources',
      deployment({ resources: { requests: { cpu: '100m' } } }),
      deployment({ resources: { requests: { cpu: '200m' } } }),
      'requests.cpu: 100m → 200m',
    ],
    [
      'an environment, without its values',
      deployment(env(['LOG', 'planted-a'], ['OLD', 'planted-b'])),
      deployment(env(['LOG', 'planted-c'], ['NEW', 'planted-d'])),
      'env LOG changes, - env OLD, + env NEW',
    ],
    [
      'keys of a ConfigMap, without their values',
      settings({ color: 'planted-a', gone: 'planted-b' }),
      settings({ color: 'planted-c', 'app.conf': 'planted-d' }),
      'data color changes, - data gone, + data app.conf',
    ],
    ['a Secret', secret('MQ=='), secret('Mg=='), 'data password changes'],
    [
      'two containers with one field each',
      deployment(
        {},
        {
          template: {
            spec: {
              containers: [
                { name: 'a', image: '1' },
                { name: 'b', image: '1' },
              ],
            },
          },
        },
      ),
      deployment(
        {},
        {
          template: {
            spec: {
              containers: [
                { name: 'a', image: '2' },
                { name: 'b', image: '3' },
              ],
            },
          },
        },
      ),
      '[name=a].image: 1 → 2, [name=b].image: 1 → 3',
    ],
  ])('are told for %s', (_, before, after, expected) => {
    expect(text(before, after)).toBe(expected);
  });
});

describe('Terraform', () => {
  const run = () => {
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    return async (letters: string, ...manifests: readonly Manifest[]) => {
      writeFileSync(join(folder, 'told.json'), JSON.stringify(bundleOf(...manifests)));
      const config = releasing([...letters], { bundle: 'told.json' });
      await core.refresh();
      const reviewed = await core.plan(config);
      const shown = shownOf(reviewed.prior, reviewed.planned, 'changes');
      expect(await core.apply(config, reviewed)).toEqual([]);
      await core.refresh();
      expect((await core.plan(config)).action).toBe('none');
      return shown;
    };
  };
  /** As a plan shows an attribute: nothing when it stays the same. */
  const shownOf = (prior: Fields | null, planned: Fields | null, name: string) =>
    JSON.stringify(prior?.[name]) === JSON.stringify(planned?.[name]) ? [] : planned?.[name];

  it('tells each change of an image, one after the other', async () => {
    const release = run();
    await release('ab', namespace, web('shop:1.1'));
    const line = (name: string, before: string, after: string) =>
      `~ ${name}  ~ Deployment web  image: shop:${before} → shop:${after}`;
    for (const [before, after] of [
      ['1.1', '1.2'],
      ['1.2', '1.3'],
      ['1.3', '1.2'],
      ['1.2', '1.3'],
    ] as const) {
      expect(await release('ab', namespace, web(`shop:${after}`))).toEqual([
        line('a', before, after),
        line('b', before, after),
      ]);
    }
  });

  it('tells a change again whose words were said the last time', async () => {
    const release = run();
    await release('a', namespace, settings({ color: 'planted-1' }));
    for (const value of ['planted-2', 'planted-3', 'planted-4']) {
      expect(await release('a', namespace, settings({ color: value }))).toEqual([
        '~ a  ~ ConfigMap settings  data color changes',
      ]);
    }
  });

  it('knows the clusters while planning, also when a lost one is left', async () => {
    const clusters = new Clusters();
    const world = worldIn(clusters);
    const connect: typeof world.connect = async (cluster, seconds) => {
      if (!clusters.named(cluster.name).dead) return world.connect(cluster, seconds);
      const silent = { summary: 'does not answer', remedy: 'Wait.', unreachable: true };
      throw new ClusterError({ cluster: cluster.name, ...silent });
    };
    const core = new Core(
      releaseIn(() => ({ ...world, connect })),
      context,
    );
    await core.apply(releasing(['a', 'b'], { rollout: null }));
    clusters.named('b').dead = true;
    await core.refresh();
    const config = releasing(['a', 'c'], { rollout: null });
    const { planned } = await core.plan(config);
    expect(Object.keys(planned?.clusters ?? {})).toEqual(['a', 'c']);
    await core.apply(config);
    expect(Object.keys(core.state?.fields.clusters ?? {})).toEqual(['a', 'c']);
    expect(core.state?.fields.unreachable).toEqual(['b']);
  });

  it('touches no object for a decision that says the same of its app', async () => {
    writeFileSync(join(folder, 'told.json'), JSON.stringify(bundleOf(namespace, web('shop:1'))));
    const other = { ...decisionFor(['a']), now: '2026-11-22T05:30:00Z', digest: 'sha256:other' };
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    await core.apply(releasing(['a'], { bundle: 'told.json' }));
    const config = releasing(['a'], { bundle: 'told.json', decision: JSON.stringify(other) });
    expect((await core.plan(config)).action).toBe('none');
  });
});

describe('Pulumi', () => {
  it('tells the fields that change in each cluster', async () => {
    const provider = releaseProvider(() => worldIn(new Clusters()));
    const check = async (olds: Bag, image: string) => {
      const { inputs } = await provider.check(olds, {
        bundle: JSON.stringify(bundleOf(namespace, web(image))),
        decision: JSON.stringify(decisionFor(['a'])),
        fleet: JSON.stringify(fleet),
      });
      return inputs as Bag;
    };
    const first = await check({}, 'shop:1.1');
    const second = await check(first, 'shop:1.2');
    expect(second.changes).toEqual(['a: ~ Deployment shop/web  image: shop:1.1 → shop:1.2']);
  });
});
