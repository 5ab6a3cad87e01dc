/** A bundle costs what its distinct objects cost, and rendering it is pure and leaves nothing open. */
import { ApiObject, Chart } from 'cdk8s';
import fc from 'fast-check';
import { bundleSchema, render, type SynthProps, synth } from '../../constructs/kubernetes';
import { isNamespaced } from '../../constructs/kubernetes/kinds';
import { digestOf } from '../../constructs/model/canonical';
import { at, fleetOf, fra, manyClusters, mistakes, shop, sizing } from './apps';

const size = (value: unknown) => JSON.stringify(value).length;

describe('a bundle', () => {
  it('for a thousand equal clusters is as large as for one, plus a few bytes each', () => {
    const one = size(synth(shop, manyClusters(1)));
    const thousand = size(synth(shop, manyClusters(1000)));
    expect(thousand - one).toBeLessThanOrEqual(999 * '"cluster-0000":0,'.length);
    expect(synth(shop, manyClusters(1000)).variants).toHaveLength(1);
  });

  it('stores an object that many clusters share once, and those of one cluster once each', () => {
    const chart: SynthProps['chart'] = (scope, { cluster }) => {
      const chart = new Chart(scope, 'web');
      const map = (id: string, value: string) =>
        new ApiObject(chart, id, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: id },
          data: { value },
        });
      map('same', 'all');
      map('region', cluster.region);
      map('name', cluster.name);
      return chart;
    };
    const fleet = manyClusters(10, (index) => ({ region: index < 5 ? 'asia' : 'europe' }));
    const bundle = synth({ name: 'shop', chart }, fleet);
    expect(bundle.objects).toHaveLength(1 + 1 + 2 + 10);
    expect(
      bundle.common.map((position) => bundle.objects[position]?.manifest.metadata.name),
    ).toEqual(['shop', 'same']);
  });

  it('renders common objects and those of the cluster together, in the order they are applied', () => {
    const chart: SynthProps['chart'] = (scope, { cluster }) => {
      const chart = new Chart(scope, 'web');
      const object = (kind: string, data: string) =>
        new ApiObject(chart, kind, { apiVersion: 'v1', kind, metadata: { name: 'web' }, data });
      object('Service', 'all');
      object('ConfigMap', cluster.name);
      object('Secret', 'all');
      return chart;
    };
    const bundle = synth({ name: 'shop', chart }, manyClusters(2));
    const kinds = at(bundle, 'cluster-0001').map((one) => one.kind);
    expect(kinds).toEqual(['Namespace', 'ConfigMap', 'Secret', 'Service']);
  });

  it('survives being written and read', () => {
    const bundle = synth(
      { ...shop, overrides: [{ match: {}, set: { image: 'x' } }] },
      fleetOf(fra),
    );
    const read = bundleSchema.parse(JSON.parse(JSON.stringify(bundle)));
    expect(read).toEqual(bundle);
    expect(at(read, 'fra')).toEqual(at(bundle, 'fra'));
  });

  it('has the digest of everything else, whatever the order of the clusters', () => {
    const { clusters } = manyClusters(4, (index) => ({ region: `r${index % 2}` }));
    const overrides = [{ match: { region: 'r1' }, set: { image: 'x' } }];
    const app = { ...shop, overrides };
    const { digest, ...content } = synth(app, { clusters });
    expect(digest).toBe(digestOf(content));
    expect(synth(app, { clusters: [...clusters].reverse() }).digest).toBe(digest);
    expect(synth({ ...app, namespace: 'other' }, { clusters }).digest).not.toBe(digest);
  });

  it('is not for clusters that were not in the fleet', () => {
    const bundle = synth(shop, fleetOf(fra));
    expect(mistakes(() => at(bundle, 'frq'))).toEqual([
      'UnknownName at clusters: the bundle of shop was made for a fleet without cluster "frq"\n  Write fra.',
    ]);
    expect(() => at(bundle, '__proto__')).toThrow('without cluster');
  });
});

const names = fc.constantFrom('web', 'cart', 'mail', 'leader');
const component = fc.record({
  image: fc.string({ minLength: 1, maxLength: 20 }),
  port: fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }),
  env: fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.string({ maxLength: 8 })),
  resources: fc.record({ cpuMillicores: fc.nat(1000), memoryMebibytes: fc.nat(1000) }),
  requestsPerSecondPerReplica: fc.constant(sizing.requestsPerSecondPerReplica),
  requestsPerRequest: fc.constantFrom(0, 0.5, 1),
});
const apps = fc
  .uniqueArray(names, { minLength: 1 })
  .chain((unique) => fc.tuple(...unique.map((name) => component.map((one) => ({ name, ...one })))))
  .chain((components) =>
    fc.record({
      name: fc.constant('shop'),
      workload: fc.constant({ components }),
      autoscaling: fc.constantFrom(false as const, {}),
    }),
  );
const decisions = fc.record({
  replicas: fc.integer({ min: 1, max: 500 }),
  requestsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
});

describe('rendering any workload', () => {
  it('is the same to the byte for equal arguments, and leaves no slot open', () => {
    fc.assert(
      fc.property(apps, decisions, (app, decision) => {
        const options = { decisionDigest: 'sha256:1' };
        const text = () =>
          JSON.stringify(render(synth(app, fleetOf(fra)), { name: 'fra', ...decision }, options));
        expect(text()).toBe(text());
        expect(text()).not.toMatch(/zq7slot|19876\d{4}3|31876\d{4}3|null/);
      }),
      { numRuns: 60 },
    );
  });

  it('puts every object that lives in a namespace into one', () => {
    fc.assert(
      fc.property(apps, (app) => {
        for (const manifest of at(synth(app, fleetOf(fra)), 'fra')) {
          expect(manifest.metadata.namespace).toBe(
            isNamespaced(manifest, new Map()) ? 'shop' : undefined,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('gives every Deployment one owner of its replicas', () => {
    fc.assert(
      fc.property(apps, (app) => {
        const manifests = at(synth(app, fleetOf(fra)), 'fra');
        for (const one of manifests.filter(({ kind }) => kind === 'Deployment')) {
          const isScaled = manifests.some(
            ({ kind, metadata }) =>
              kind === 'HorizontalPodAutoscaler' && metadata.name === one.metadata.name,
          );
          expect('replicas' in (one.spec as object)).toBe(!isScaled);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('objects are applied', () => {
  it('namespaces, definitions, accounts, settings, services, workloads, autoscalers, budgets, webhooks', () => {
    const kinds = [
      'ValidatingWebhookConfiguration',
      'PodDisruptionBudget',
      'HorizontalPodAutoscaler',
      'Deployment',
      'Service',
      'Secret',
      'ConfigMap',
      'RoleBinding',
      'Role',
      'ServiceAccount',
      'CustomResourceDefinition',
      'Namespace',
      'Certificate',
    ];
    const manifests = kinds.map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: 'web' } }));
    expect(at(synth({ name: 'web', manifests }), 'fra').map((one) => one.kind)).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'ConfigMap',
      'Secret',
      'Service',
      'Deployment',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'Certificate',
      'ValidatingWebhookConfiguration',
    ]);
  });
});
