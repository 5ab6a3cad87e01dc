/** Plans tell the change: which fields of which object, each time anew, and nothing of an app that does not change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import { ClusterError } from '../../providers/clusters/errors';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import type { World } from '../../providers/resources/release/index';
import { fieldsText } from '../../providers/resources/release/plan/changed-fields';
import { changedFields } from '../../providers/resources/release/state/fields';
import type { Fields } from '../../providers/terraform/protocol/provider';
import { releaseIn } from '../../providers/terraform/resources/release/release';
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

  const withSilence = (clusters: Clusters): World => {
    const world = worldIn(clusters);
    const connect: World['connect'] = async (cluster, seconds) => {
      if (!clusters.named(cluster.name).dead) return world.connect(cluster, seconds);
      const silent = { summary: 'does not answer', remedy: 'Wait.', unreachable: true };
      throw new ClusterError({ cluster: cluster.name, ...silent });
    };
    return { ...world, connect };
  };

  /** One place of a text in an object, where nobody but its user knows whether it is a secret. */
  const places: readonly (readonly [string, (value: string) => Manifest, string])[] = [
    ['an environment', (value) => deployment({ env: [{ name: 'TOKEN', value }] }), 'env TOKEN'],
    ['arguments', (value) => deployment({ args: ['--token', value] }), 'args[1]'],
    ['a command', (value) => deployment({ command: [`serve --token=${value}`] }), 'command[0]'],
    ['a ConfigMap', (value) => settings({ token: value }), 'data token'],
    [
      'bytes of a ConfigMap',
      (value) => ({ ...settings({}), binaryData: { token: value } }),
      'binaryData token',
    ],
    [
      'an annotation',
      (value) => deployment({}, { template: { metadata: { annotations: { token: value } } } }),
      'annotations token',
    ],
    [
      'a header of a probe',
      (value) =>
        deployment({
          livenessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value }] } },
        }),
      '[name=Authorization].value',
    ],
    [
      'an object of an operator',
      (value) => ({
        apiVersion: 'example.dev/v1',
        kind: 'Beacon',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { password: value, users: [{ name: 'web', password: value }] },
      }),
      'spec.password',
    ],
    [
      'a volume',
      (value) =>
        deployment({}, { template: { spec: { volumes: [{ name: 'v', flexVolume: { value } }] } } }),
      'value changes',
    ],
  ];
  it.each(places)('names a change in %s and keeps nothing of the text', async (_, make, field) => {
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => worldIn(clusters)),
      context,
    );
    const seen: unknown[] = [];
    for (const value of ['planted-text-1', 'planted-text-2', 'planted-text-3']) {
      const before = core.state?.fields.inventory;
      writeFileSync(join(folder, 'told.json'), JSON.stringify(bundleOf(namespace, make(value))));
      const config = releasing(['a'], { bundle: 'told.json' });
      await core.refresh();
      const reviewed = await core.plan(config);
      if (before !== undefined) expect(String(reviewed.planned?.changes)).toContain(field);
      seen.push(reviewed, Buffer.from(reviewed.hidden).toString(), await core.apply(config));
      seen.push(core.state, await core.refresh(), core.state);
      expect((await core.plan(config)).action).toBe('none');
    }
    const all = JSON.stringify(seen);
    for (const kept of [
      'planted-text',
      Buffer.from('planted-text').toString('base64').slice(0, 12),
    ])
      expect(all).not.toContain(kept);
  });

  it('keeps different digests of the same text in two releases', async () => {
    const kept = async () => {
      const core = new Core(
        releaseIn(() => worldIn(new Clusters())),
        context,
      );
      writeFileSync(join(folder, 'told.json'), JSON.stringify(bundleOf(settings({ pin: '4711' }))));
      await core.apply(releasing(['a'], { bundle: 'told.json' }));
      const { applied } = JSON.parse(String(core.state?.fields.inventory));
      return Object.values(applied.objects).map((one) => (one as Manifest).data);
    };
    const [one, two] = [await kept(), await kept()];
    expect(one).toContainEqual({ pin: expect.stringMatching(/^hmac:[0-9a-f]{16}$/) });
    expect(one).not.toEqual(two);
  });

  it('tells the fields of a cluster by what was applied there, not by what was to be', async () => {
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => withSilence(clusters)),
      context,
    );
    const release = async (image: string) => {
      writeFileSync(join(folder, 'told.json'), JSON.stringify(bundleOf(namespace, web(image))));
      const config = releasing(['a', 'b'], { bundle: 'told.json', rollout: null });
      await core.refresh();
      const reviewed = await core.plan(config);
      await core.apply(config, reviewed);
      return reviewed.planned?.changes;
    };
    await release('shop:1');
    clusters.named('b').dead = true;
    await release('shop:2');
    clusters.named('b').dead = false;
    expect(await release('shop:3')).toEqual([
      '~ a  ~ Deployment web  image: shop:2 → shop:3',
      '~ b  ~ Deployment web  image: shop:1 → shop:3',
    ]);
  });

  it('knows the clusters while planning, also when a lost one is left', async () => {
    const clusters = new Clusters();
    const core = new Core(
      releaseIn(() => withSilence(clusters)),
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
  const checking = () => {
    const provider = releaseProvider(() => worldIn(new Clusters()));
    return async (olds: Bag, ...manifests: readonly Manifest[]) => {
      const { inputs } = await provider.check(olds, {
        bundle: JSON.stringify(bundleOf(namespace, ...manifests)),
        decision: JSON.stringify(decisionFor(['a'])),
        fleet: JSON.stringify(fleet),
      });
      return inputs as Bag;
    };
  };

  it('tells the fields that change in each cluster', async () => {
    const check = checking();
    const first = await check({}, web('shop:1.1'));
    const second = await check(first, web('shop:1.2'));
    expect(second.changes).toEqual(['a: ~ Deployment shop/web  image: shop:1.1 → shop:1.2']);
  });

  it('tells a change of the same variable each time in other words, without its values', async () => {
    const check = checking();
    const line = 'a: ~ Deployment shop/web  env TOKEN changes';
    let inputs = await check({}, deployment({ env: [{ name: 'TOKEN', value: 'planted-0' }] }));
    for (const [value, expected] of [
      ['planted-1', line],
      ['planted-2', `${line}, again`],
      ['planted-3', line],
      ['planted-4', `${line}, again`],
    ] as const) {
      const container = { env: [{ name: 'TOKEN', value }] };
      inputs = await check(inputs, deployment(container));
      expect(inputs.changes).toEqual([expected]);
      expect(await check(inputs, deployment(container))).toEqual(inputs);
      // The engine encrypts the bundle; nothing else is.
      const { bundle: _, ...open } = inputs;
      expect(JSON.stringify(open)).not.toContain('planted');
    }
  });
});
