/** The parts of a release that only compute: order, waves, differences, ownership, lists and plans as files. */
import fc from 'fast-check';
import type { LiveObject, ObjectRef } from '../../providers/clusters/cluster';
import { wavesOf } from '../../providers/resources/release/apply/waves';
import { changedFields } from '../../providers/resources/release/state/fields';
import { byStep, keyOf, labelled } from '../../providers/resources/release/state/identity';
import {
  inventoryManifest,
  isSameInventory,
  tryInventory,
} from '../../providers/resources/release/state/inventory';
import {
  ownedDigest,
  ownedPart,
  sameShape,
} from '../../providers/resources/release/state/ownership';
import { hiding, manifestDigest } from '../../providers/resources/release/state/secrecy';
import { secret, settings, web } from './fixtures';

const ref = (kind: string, apiVersion = 'v1'): ObjectRef => ({ apiVersion, kind, name: 'one' });

describe('order', () => {
  it('is definitions and namespaces first, webhooks last', () => {
    const kinds: readonly [string, string][] = [
      ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'],
      ['Cache', 'example.com/v1'],
      ['Deployment', 'apps/v1'],
      ['CustomResourceDefinition', 'apiextensions.k8s.io/v1'],
      ['Secret', 'v1'],
      ['Namespace', 'v1'],
    ];
    const sorted = kinds.map(([kind, version]) => ref(kind, version)).sort(byStep);
    expect(sorted.map(({ kind }) => kind)).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'Secret',
      'Deployment',
      'Cache',
      'ValidatingWebhookConfiguration',
    ]);
  });

  it('does not depend on where objects come from', () => {
    const kinds = fc.constantFrom('Namespace', 'Secret', 'Service', 'Pod', 'Cache');
    const refs = fc.array(
      fc.record({ kind: kinds, name: fc.constantFrom('a', 'b'), apiVersion: fc.constant('v1') }),
    );
    fc.assert(
      fc.property(refs, fc.integer(), (all, seed) => {
        const other = [...all].sort((a, b) => ((a.name + seed).length % 2) - b.kind.length);
        expect([...other].sort(byStep).map(keyOf)).toEqual([...all].sort(byStep).map(keyOf));
      }),
    );
  });

  it('knows an object in any version of its kind', () => {
    expect(keyOf(ref('Deployment', 'apps/v1beta1'))).toBe(keyOf(ref('Deployment', 'apps/v1')));
  });
});

describe('waves', () => {
  const cluster = (name: string, requestsPerSecond: number, tier = 'prod') => ({
    name,
    requestsPerSecond,
    facts: { name, labels: { tier } },
  });
  const all = [cluster('a', 40), cluster('b', 10), cluster('c', 30), cluster('d', 20, 'canary')];
  const names = (waves: Parameters<typeof wavesOf>[1]) =>
    wavesOf(all, waves).map((group) => group.map(({ name }) => name).join(''));

  it.each([
    ['none: all at once, small ones first', [], ['bdca']],
    ['a count', [{ clusters: 1 }], ['b', 'dca']],
    ['a share, rounded up', [{ share: 0.3 }], ['bd', 'ca']],
    ['labels', [{ match: { labels: { tier: 'canary' } } }], ['d', 'bca']],
    ['several', [{ match: { name: 'a' } }, { clusters: 1 }, { share: 0.25 }], ['a', 'b', 'd', 'c']],
    ['more than there are', [{ clusters: 9 }, { clusters: 1 }], ['bdca']],
  ] as const)('%s', (_name, waves, expected) => {
    expect(names([...waves])).toEqual(expected);
  });

  it('every cluster is in exactly one', () => {
    const wave = fc.oneof(
      fc.record({ clusters: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ share: fc.double({ min: 0.01, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(wave), fc.integer({ min: 0, max: 30 }), (waves, count) => {
        const many = Array.from({ length: count }, (_, i) => cluster(`c${i}`, (i * 7) % 5));
        const taken = wavesOf(many, waves).flat();
        expect(taken.map(({ name }) => name).sort()).toEqual(many.map(({ name }) => name).sort());
      }),
    );
  });
});

describe('differences', () => {
  it('name lists of named things by name, and leave out what the server counts', () => {
    const before = { ...web('shop:1'), status: { replicas: 1 } };
    const after = { ...web('shop:2'), status: { replicas: 9 } };
    expect(changedFields(ref('Deployment', 'apps/v1'), before, after)).toEqual([
      {
        path: '.spec.template.spec.containers[name=web].image',
        before: 'shop:1',
        after: 'shop:2',
      },
    ]);
  });

  it('tell what is new and what goes', () => {
    const [before, after] = [settings({ a: '1', 'b.c': '2' }), settings({ a: '1', d: '3' })];
    expect(changedFields(ref('ConfigMap'), before, after)).toEqual([
      { path: '.data["b.c"]', before: '2' },
      { path: '.data.d', after: '3' },
    ]);
  });

  it('are none between equals, and never hold a value of a secret', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (a, b) => {
        expect(changedFields(ref('ConfigMap'), JSON.parse(a), JSON.parse(a))).toEqual([]);
        const changes = changedFields(
          ref('Secret'),
          { data: { x: `planted${a}` }, metadata: { annotations: { copy: `planted${a}` } } },
          { data: { x: `planted${b}!` }, metadata: { annotations: { copy: `planted${b}!` } } },
        );
        expect(JSON.stringify(changes)).not.toContain('planted');
        expect(changes.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('ownership', () => {
  const live = {
    ...web('shop:1'),
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '7',
      labels: { ours: 'x', theirs: 'y' },
      finalizers: ['ours/finalizer', 'theirs/finalizer'],
      managedFields: [
        {
          manager: 'littoral',
          operation: 'Apply',
          fieldsV1: {
            'f:metadata': {
              'f:labels': { 'f:ours': {} },
              'f:finalizers': { 'v:"ours/finalizer"': {} },
            },
            'f:spec': {
              'f:template': {
                'f:spec': {
                  'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {}, 'f:image': {} } },
                },
              },
            },
          },
        },
      ],
    },
  } as unknown as LiveObject;

  it('gives back what we had applied, and nothing of others', () => {
    expect(ownedPart(live)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { ours: 'x' },
        finalizers: ['ours/finalizer'],
      },
      spec: { template: { spec: { containers: [{ name: 'web', image: 'shop:1' }] } } },
    });
  });

  it('gives back what was where we write', () => {
    expect(sameShape(live, web('shop:2', 5))).toEqual(web('shop:1', 2));
  });

  it('has a digest only where we own something', () => {
    expect(ownedDigest(live)).toMatch(/^[0-9a-f]{16}$/);
    const { managedFields: _, ...metadata } = live.metadata;
    expect(ownedDigest({ ...live, metadata } as LiveObject)).toBeUndefined();
  });
});

describe('lists', () => {
  const inventory = {
    release: 'shop',
    decision: 'sha256:1',
    phase: 'ready' as const,
    objects: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'b', uid: 'u' }],
  };

  it('come back from their ConfigMap as they went', () => {
    const read = tryInventory(inventoryManifest(inventory, 'shop'), 'shop');
    expect(read).toEqual(inventory);
    expect(isSameInventory(read, inventory)).toBe(true);
  });

  it.each([['not JSON'], ['{}'], [JSON.stringify({ ...inventory, release: 'other' })]])(
    'that are broken are none: %s',
    (text) => {
      const manifest = {
        ...inventoryManifest(inventory, 'shop'),
        data: { 'inventory.json': text },
      };
      expect(tryInventory(manifest, 'shop')).toBeUndefined();
    },
  );
});

describe('secrets', () => {
  it('have digests that say nothing of their values', () => {
    expect(manifestDigest(secret('YQ=='))).toBe(manifestDigest(secret('Yg==')));
    expect(manifestDigest(settings({ a: '1' }))).not.toBe(manifestDigest(settings({ a: '2' })));
    expect(manifestDigest(labelled(secret(), { release: 'shop', namespace: 'shop' }))).not.toBe(
      manifestDigest(secret()),
    );
  });

  it('are hidden in what others say, plain and encoded', () => {
    const hide = hiding([secret(Buffer.from('hunter22').toString('base64'))]);
    expect(hide('got hunter22 and aHVudGVyMjI=, expected more')).toBe(
      'got (hidden) and (hidden), expected more',
    );
  });
});
