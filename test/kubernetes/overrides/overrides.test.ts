/** Overrides change the objects of one component on the clusters that match, in the order written. */
import fc from 'fast-check';
import { render, type SynthProps, synth } from '../../../constructs/kubernetes';
import type { Override } from '../../../constructs/model/app/workload';
import { objectOf } from '../../../constructs/testing';
import { ams, at, fleetOf, fra, manyClusters, mistakes, shop, sin, sizing } from '../apps';

const fleet = fleetOf(fra, ams, sin);
const overridden = (overrides: SynthProps['overrides']) => synth({ ...shop, overrides }, fleet);
const germany = { country: 'DE' };
const patched = (patch: Record<string, unknown>) => ({
  match: {},
  target: { kind: 'Deployment', name: 'shop' },
  patch,
});

describe('an override', () => {
  it('changes what matches and nothing else', () => {
    const bundle = overridden([
      { match: germany, set: { image: 'shop:2', env: { CURRENCY: 'EUR' } } },
    ]);
    const plain = synth(shop, fleet);
    expect(at(bundle, 'ams')).toEqual(at(plain, 'ams'));
    expect(objectOf(at(bundle, 'fra'), 'Deployment').spec).toMatchObject({
      template: {
        spec: { containers: [{ image: 'shop:2', env: [{ name: 'CURRENCY', value: 'EUR' }] }] },
      },
    });
  });

  it('comes after those before it', () => {
    const bundle = overridden([
      { match: { region: 'europe' }, set: { image: 'shop:2', env: { A: '1', B: '1' } } },
      { match: germany, set: { image: 'shop:3', env: { B: '2' } } },
    ]);
    const container = (name: string) => JSON.stringify(objectOf(at(bundle, name), 'Deployment'));
    expect(container('fra')).toContain('"shop:3"');
    expect(container('fra')).toContain('[{"name":"A","value":"1"},{"name":"B","value":"2"}]');
    expect(container('ams')).toContain('"shop:2"');
  });

  it('raises replicas, but never below what the decision needs', () => {
    const bundle = overridden([{ match: germany, set: { minReplicas: 4 } }]);
    const bounds = (name: string, replicas: number) =>
      objectOf(at(bundle, name, replicas), 'HorizontalPodAutoscaler').spec;
    expect(bounds('fra', 2)).toMatchObject({ minReplicas: 4, maxReplicas: 8 });
    expect(bounds('fra', 6)).toMatchObject({ minReplicas: 6, maxReplicas: 12 });
    expect(bounds('ams', 2)).toMatchObject({ minReplicas: 2 });
  });

  it('labels all objects of the component and its pods, and leaves selectors alone', () => {
    const set = { labels: { team: 'blue' }, annotations: { 'example.com/note': 'a b' } };
    const manifests = at(overridden([{ match: {}, set }]), 'fra');
    const own = manifests.filter(({ kind }) => kind !== 'Namespace' && kind !== 'NetworkPolicy');
    for (const { metadata } of own) expect(metadata).toMatchObject(set);
    const spec = objectOf(manifests, 'Deployment').spec as { selector: object; template: object };
    expect(spec.template).toMatchObject({ metadata: set });
    expect(JSON.stringify(spec.selector)).not.toContain('blue');
  });

  it('keeps the limit of memory at its request', () => {
    const set = { resources: { memoryMebibytes: 512 } };
    const deployment = JSON.stringify(
      objectOf(at(overridden([{ match: {}, set }]), 'fra'), 'Deployment'),
    );
    expect(deployment).toContain(
      '{"limits":{"memory":"512Mi"},"requests":{"cpu":"250m","memory":"512Mi"}}',
    );
  });

  it('is stored once, however many clusters it matches', () => {
    const app = { ...shop, overrides: [{ match: { region: 'asia' }, set: { image: 'shop:2' } }] };
    const bundle = synth(
      app,
      manyClusters(100, (index) => ({ region: index < 50 ? 'asia' : 'europe' })),
    );
    expect(bundle.variants).toHaveLength(2);
    expect(bundle.objects).toHaveLength(synth(shop, fleet).objects.length);
  });

  it('is matched when it is rendered, if no fleet was known', () => {
    const overrides = [{ match: germany, set: { image: 'shop:2' } }];
    const bundle = synth({ ...shop, overrides });
    const placed = { name: 'fra', replicas: 3, requestsPerSecond: 120.5 };
    const options = { decisionDigest: 'sha256:decided' };
    expect(render(bundle, placed, { ...options, cluster: fra })).toEqual(
      at(overridden(overrides), 'fra'),
    );
    expect(mistakes(() => render(bundle, placed, options))[0]).toContain(
      'need the facts of cluster "fra"',
    );
  });

  it('does not see those that match other clusters', () => {
    const set = fc.record({
      image: fc.constantFrom('a', 'b'),
      env: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2')),
    });
    const overrides = fc.array(
      fc.record({ match: fc.constantFrom({ name: 'fra' }, { name: 'ams' }), set }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(overrides, (all) => {
        const forFra = all.filter(({ match }) => match.name === 'fra');
        const others = all.filter(({ match }) => match.name !== 'fra');
        const alone = at(overridden(forFra as Override[]), 'fra');
        expect(at(overridden(all as Override[]), 'fra')).toEqual(alone);
        expect(at(overridden([...others, ...forFra] as Override[]), 'fra')).toEqual(alone);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an override is refused', () => {
  it.each<[string, SynthProps['overrides'], string]>([
    [
      'of no component',
      [{ match: {}, component: 'shpo', set: {} }],
      'overrides[0].component: got "shpo"',
    ],
    [
      'for a region nothing has',
      [{ match: { region: ['europe', 'euorpe'] }, set: {} }],
      'overrides[0].match.region: got "euorpe", which no cluster of the fleet has\n  Write europe',
    ],
    [
      'for a label nothing has',
      [{ match: { labels: { tier: 'edge' } }, set: {} }],
      'overrides[0].match.labels.tier: got "edge"',
    ],
    [
      'with a label that selects',
      [{ match: {}, set: { labels: { 'app.kubernetes.io/name': 'x' } } }],
      'overrides[0].set.labels: label app.kubernetes.io/name selects the pods',
    ],
    [
      'with a selector that finds other pods',
      [patched({ spec: { selector: { matchLabels: { tier: 'front' } } } })],
      'overrides[0].patch: got a patch of spec.selector of Deployment shop',
    ],
    [
      'without the label by which pods are found',
      [patched({ spec: { template: { metadata: { labels: null } } } })],
      'label app.kubernetes.io/component selects the pods of Deployment shop',
    ],
    [
      'without containers',
      [patched({ spec: { template: { spec: { containers: null } } } })],
      'the pods of Deployment shop have no containers',
    ],
    ['without a spec', [patched({ spec: null })], 'the pods of Deployment shop have no containers'],
    [
      'with a label value too long',
      [{ match: {}, set: { labels: { team: 'x'.repeat(64) } } }],
      'expected at most 63 letters',
    ],
    [
      'with a label key that is none',
      [{ match: {}, set: { annotations: { 'a b': '' } } }],
      'got "a b", expected a label key',
    ],
    [
      'with a key that does not exist',
      [{ match: {}, set: { imgae: 'x' } as never }],
      'overrides[0].set.imgae: got the key imgae',
    ],
  ])('%s', (_what, overrides, message) => {
    expect(mistakes(() => overridden(overrides)).join('\n')).toContain(message);
  });

  it('of manifests that do not say which object is the component', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
    const app: SynthProps = {
      name: 'web',
      manifests: [{ text }],
      overrides: [{ match: {}, set: { image: 'x' } }],
    };
    expect(mistakes(() => synth(app, fleet))[0]).toContain('scaling.component for manifests');
    expect(
      mistakes(() => synth({ ...app, scaling: { component: 'a', ...sizing } }, fleet))[0],
    ).toContain('there is nothing to choose from');
  });
});
