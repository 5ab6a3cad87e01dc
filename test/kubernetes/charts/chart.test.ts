/** A chart of one's own runs once for clusters that agree on what it reads, and leaves slots where it used the site. */
import { ApiObject, type App, Chart } from 'cdk8s';
import { type Site, type SynthProps, synth } from '../../../constructs/kubernetes';
import { ams, at, fleetOf, fra, manyClusters, mistakes, shop, sin } from '../apps';

const fleet = fleetOf(fra, ams, sin);

/** A chart of one object whose data is what `data` makes of the site. */
function app(
  data: (site: Site) => Record<string, unknown>,
  more: Partial<SynthProps> = {},
): SynthProps {
  const chart = (scope: ConstructorParameters<typeof Chart>[0], site: Site) => {
    const chart = new Chart(scope, 'web');
    new ApiObject(chart, 'thing', {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'web' },
      data: data(site),
    });
    return chart;
  };
  return { ...shop, chart, ...more };
}

const dataAt = (props: SynthProps, name: string, replicas?: number) =>
  at(synth(props, fleet), name, replicas).find((one) => one.kind === 'Thing')?.data;

describe('what a chart takes from the site', () => {
  it('is filled in, as a number, a text, or inside a longer text', () => {
    const props = app((site) => ({
      replicas: site.replicas,
      most: site.maxReplicas,
      rate: site.requestsPerSecond,
      text: `${site.requestsPerSecond} requests/s on ${site.name} in ${site.region}`,
      count: String(site.replicas),
      where: site.name,
      why: [site.decision],
    }));
    expect(dataAt(props, 'sin', 4)).toEqual({
      replicas: 4,
      most: 8,
      rate: 120.5,
      text: '120.5 requests/s on sin in asia',
      count: '4',
      where: 'sin',
      why: ['sha256:decided'],
    });
  });

  it('is a fact when it is taken from site.cluster, and clusters then differ', () => {
    const props = app((site) => ({ region: site.cluster.region }));
    expect(dataAt(props, 'fra')).toEqual({ region: 'europe' });
    expect(dataAt(props, 'sin')).toEqual({ region: 'asia' });
    expect(synth(props, fleet).variants).toHaveLength(2);
  });

  it('may be the name of an object', () => {
    const chart = (scope: App, site: Site) => {
      const chart = new Chart(scope, 'web');
      new ApiObject(chart, 'one', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `for-${site.name}` },
      });
      return chart;
    };
    const bundle = synth({ ...shop, chart: chart as SynthProps['chart'] }, fleet);
    expect(at(bundle, 'ams').map((one) => one.metadata.name)).toContain('for-ams');
  });

  it.each<[string, (site: Site) => unknown]>([
    ['a product', (site) => site.replicas * 2],
    ['a bound from above', (site) => Math.min(site.replicas, 10)],
    ['a bound from below', (site) => Math.max(site.replicas, 2)],
    ['a rounding', (site) => Math.ceil(site.requestsPerSecond)],
    ['a comparison', (site) => (site.replicas > 3 ? 'many' : 'few')],
    ['digits of its own', (site) => `${site.replicas * 10}`],
    ['a different shape', (site) => (site.requestsPerSecond > 100 ? { a: 1, b: 2 } : { a: 1 })],
    ['a member more', (site) => (site.requestsPerSecond > 100 ? { a: 1 } : { a: 1, b: 2 })],
    ['a key', (site) => ({ [site.replicas]: 'x' })],
  ])('is refused when it is %s', (_what, value) => {
    const found = mistakes(() =>
      synth(
        app((site) => ({ value: value(site) })),
        fleet,
      ),
    );
    expect(found[0]).toContain('the chart computes with values of the decision');
  });

  it.each([
    ['grows', (site: Site) => site.replicas > 2],
    ['shrinks', (site: Site) => site.replicas < 2],
  ])('is refused when the number of objects %s with it', (_how, condition) => {
    const chart: SynthProps['chart'] = (scope, site) => {
      const chart = new Chart(scope, 'web');
      if (condition(site)) new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap' });
      return chart;
    };
    expect(mistakes(() => synth({ ...shop, chart }, fleet))[0]).toContain('computes with values');
  });

  it('is missing when nothing says how replicas follow requests', () => {
    const props = { ...app((site) => ({ replicas: site.replicas })), workload: undefined };
    expect(mistakes(() => synth(props as SynthProps, fleet))[0]).toContain(
      'Add workload beside chart',
    );
  });

  it('needs the name of the component when there are several', () => {
    const component = {
      image: 'x',
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      requestsPerSecondPerReplica: 1,
    };
    const workload = {
      components: [
        { name: 'web', ...component },
        { name: 'cart', ...component },
      ],
    };
    const found = mistakes(() =>
      synth(
        app((site) => ({ n: site.replicas }), { workload }),
        fleet,
      ),
    );
    expect(found[0]).toContain('Use site.replicasOf(name) with one of: web, cart.');
    expect(
      mistakes(() =>
        synth(
          app((site) => ({ n: site.replicasOf('crt') }), { workload }),
          fleet,
        ),
      )[0],
    ).toContain('Write cart');
  });
});

describe('a chart runs', () => {
  const counted = (read: (site: Site) => unknown) => {
    let runs = 0;
    const props = app((site) => {
      runs++;
      return { value: String(read(site) ?? '') };
    });
    const bundle = synth(
      props,
      manyClusters(200, (index) => ({
        region: ['asia', 'europe'][index % 2]!,
        labels: { tier: index % 4 === 0 ? 'edge' : 'cloud', serial: String(index) },
        ...(index === 7 ? { city: 'Jena' } : {}),
        ...(index < 9
          ? {}
          : { signals: { load: { value: 1, observedAt: '', validForSeconds: 1 } } }),
      })),
    );
    return {
      runs,
      objects: bundle.objects.filter((one) => one.manifest.kind === 'Thing').length,
    };
  };

  it.each<[string, number, (site: Site) => unknown]>([
    ['once when it never looks at the cluster', 1, () => 'same'],
    ['three times and once per cluster when it shows the name', 203, (site) => site.name],
    ['three times when it shows the decision', 3, (site) => site.decision],
    ['three times and once per region when it shows the region', 5, (site) => site.region],
    ['once per region when it reads the region', 2, (site) => site.cluster.region],
    ['once per label that it reads', 2, (site) => site.cluster.labels.tier],
    ['once for a key that is missing and once where it is there', 2, (site) => site.cluster.city],
    ['once per set of keys', 1, (site) => Object.keys(site.cluster.labels)],
    ['once per set of keys that differs', 2, (site) => Object.keys(site.cluster.signals)],
    ['for every cluster when it reads the name', 200, (site) => site.cluster.name],
    [
      'for every cluster when it spreads all labels',
      200,
      (site) => ({ ...site.cluster.labels }).serial,
    ],
    [
      'only where a branch leads it',
      3,
      (site) => (site.cluster.region === 'asia' ? site.cluster.labels.tier : ''),
    ],
  ])('%s', (_what, expected, read) => {
    expect(counted(read).runs).toBe(expected);
  });

  it('may not change a fact', () => {
    const props = app((site) => {
      (site.cluster as { region: string }).region = 'mars';
      return {};
    });
    expect(mistakes(() => synth(props, fleet))[0]).toContain('the chart threw');
  });

  it('without a fleet when it looks only at what the decision fills in', () => {
    const bundle = synth(app((site) => ({ where: site.name })));
    expect(bundle.clusters).toBeUndefined();
    expect(at(bundle, 'anywhere').at(-1)).toMatchObject({ data: { where: 'anywhere' } });
    expect(mistakes(() => synth(app((site) => ({ where: site.cluster.name }))))[0]).toContain(
      'no fleet is known',
    );
  });

  it('and its constructs are validated, all problems at once', () => {
    const chart: SynthProps['chart'] = (scope) => {
      const chart = new Chart(scope, 'web');
      chart.node.addValidation({ validate: () => ['too red', 'too round'] });
      return chart;
    };
    expect(
      mistakes(() => synth({ ...shop, chart }, fleet)).map((one) => one.split('\n')[0]),
    ).toEqual([
      'InvalidDocument at chart: web is not valid: too red',
      'InvalidDocument at chart: web is not valid: too round',
    ]);
  });

  it('and says so when it never uses the replicas', () => {
    expect(
      synth(
        app(() => ({})),
        fleet,
      ).warnings,
    ).toEqual(['the chart never uses the replicas of shop; they stay as the chart has them']);
    expect(
      synth(
        app((site) => ({ n: site.replicas })),
        fleet,
      ).warnings,
    ).toEqual([]);
  });
});
