/** A chart may compute with what is known of its cluster; with what only a decision knows it is told so, whatever the operation. */
import { ApiObject, Chart } from 'cdk8s';
import { type Site, type SynthProps, synth } from '../../constructs/kubernetes';
import { testCluster } from '../../constructs/testing';
import { at, fleetOf, manyClusters, mistakes, shop } from '../kubernetes/apps';

const north = testCluster({ name: 'north', country: 'NO', region: 'eu-north-1' });
const south = testCluster({ name: 'south-east', country: 'IT', region: 'eu-south-1' });
const fleet = fleetOf(north, south);

function app(value: (site: Site) => unknown): SynthProps {
  const chart: SynthProps['chart'] = (scope, site) => thing(scope, value(site));
  return { ...shop, chart };
}

type Operation = readonly [what: string, value: (site: Site) => unknown];
const byRegion: Readonly<Record<string, string>> = { 'eu-north-1': 'cold', 'eu-south-1': 'warm' };
const zones = new Map([['north', 1]]);

const onTexts = (text: (site: Site) => string): readonly Operation[] => [
  ['=== north', (site) => (text(site) === 'north' ? 'yes' : 'no')],
  ['!== north', (site) => (text(site) !== 'north' ? 'yes' : 'no')],
  [
    'switch',
    (site) => {
      switch (text(site)) {
        case 'north':
        case 'eu-north-1':
          return 'cold';
        default:
          return 'warm';
      }
    },
  ],
  ['slice', (site) => text(site).slice(0, 3)],
  ['slice from the end', (site) => text(site).slice(-2)],
  ['split', (site) => text(site).split('-')[0]],
  ['a later part of split', (site) => text(site).split('-')[1] ?? 'none'],
  ['length', (site) => text(site).length],
  ['a length that is only compared', (site) => (text(site).length > 63 ? 'long' : 'short')],
  ['startsWith', (site) => text(site).startsWith('eu-') || text(site).startsWith('nor')],
  ['endsWith', (site) => text(site).endsWith('east')],
  ['includes', (site) => ['north', 'eu-north-1'].includes(text(site))],
  ['a part', (site) => text(site).includes('nor')],
  ['replace', (site) => text(site).replace('eu-', '').replace('nor', 'mor')],
  ['replaceAll', (site) => text(site).replaceAll('-', '_').replaceAll('o', '0')],
  ['match', (site) => /^(nor|eu-n)/.test(text(site))],
  ['toUpperCase', (site) => text(site).toUpperCase()],
  ['localeCompare', (site) => text(site).localeCompare('north')],
  ['<', (site) => text(site) < 'o'],
  ['charAt', (site) => text(site).charAt(1)],
  ['charCodeAt', (site) => text(site).charCodeAt(0)],
  ['padEnd', (site) => text(site).padEnd(30, '.')],
  ['base64', (site) => Buffer.from(text(site)).toString('base64')],
  ['a key', (site) => ({ [text(site)]: true })],
  ['a table', (site) => byRegion[text(site)] ?? 'none'],
  ['a map', (site) => zones.get(text(site)) ?? 0],
  ['a set', (site) => new Set(['north', 'eu-north-1']).has(text(site))],
  ['sort', (site) => [text(site), 'm', 'f', 'o', 'zz', 'ea'].sort()],
  ['spread', (site) => [...text(site)]],
];
const onNumbers = (number: (site: Site) => number): readonly Operation[] => [
  ['=== 1', (site) => number(site) === 1],
  ['=== 10 in a ternary', (site) => (number(site) === 10 ? 'one' : 'many')],
  ['!== 3', (site) => number(site) !== 30 && number(site) !== 3],
  ['switch', (site) => (number(site) === 2 ? 'two' : number(site) === 20 ? 'twenty' : 'more')],
  ['> 2', (site) => number(site) > 2],
  ['>= 10', (site) => (number(site) >= 10 ? { a: 1 } : {})],
  ['+ 1', (site) => number(site) + 1],
  ['* 2', (site) => number(site) * 2],
  ['% 2', (site) => number(site) % 2],
  ['% 2 in a condition', (site) => (number(site) % 20 === 0 ? 'even' : 'odd')],
  ['Math.max', (site) => Math.max(number(site), 2)],
  ['Math.min', (site) => Math.min(number(site), 5)],
  ['Math.ceil of half', (site) => Math.ceil(number(site) / 2)],
  ['a rounding', (site) => Math.round(number(site))],
  ['toFixed', (site) => number(site).toFixed(1)],
  ['the length of its text', (site) => String(number(site)).length],
  ['a part of its text', (site) => String(number(site)).slice(0, 2)],
  ['parseInt', (site) => Number.parseInt(String(number(site)), 10)],
  [
    'a table',
    (site) => (({ 1: 'a', 2: 'b', 10: 'c' }) as Record<number, string>)[number(site)] ?? 'z',
  ],
  ['a list', (site) => [1, 2, 3, 10].includes(number(site))],
  ['a list as long', (site) => Array.from({ length: Math.min(4, number(site)) }, () => 'x')],
  ['a key', (site) => ({ [number(site)]: true })],
  ['sort', (site) => [number(site), 5].sort()],
  ['toString(2)', (site) => number(site).toString(2)],
  ['JSON of a sum', (site) => JSON.stringify({ n: number(site) + 1 })],
];
const computes = 'the chart computes with values of the decision';

describe('with a fleet', () => {
  const valueAt = (value: Operation[1], name: string) =>
    at(synth(app(value), fleet), name).find(({ kind }) => kind === 'Thing')?.spec;

  it.each([
    ...onTexts((site) => site.name).map(([what, value]) => [`name: ${what}`, value] as const),
    ...onTexts((site) => site.region).map(([what, value]) => [`region: ${what}`, value] as const),
  ])('%s gives what it gives for the cluster', (_what, value) => {
    for (const { name, region } of [north, south]) {
      expect(valueAt(value, name)).toEqual({ value: value({ name, region } as Site) });
    }
  });

  it('stores an object once when the name is only shown', () => {
    const bundle = synth(
      app((site) => `${site.name} in ${site.region}`),
      manyClusters(50, (index) => ({ region: `r${index}` })),
    );
    expect(bundle.objects.filter(({ manifest }) => manifest.kind === 'Thing')).toHaveLength(1);
  });
});

describe.each([
  ['a fleet', fleet],
  ['no fleet', undefined],
])('with %s', (_what, clusters) => {
  it.each([
    ...onNumbers((site) => site.replicas).map(
      ([what, value]) => [`replicas: ${what}`, value] as const,
    ),
    ...onNumbers((site) => site.maxReplicas)
      .filter(([what]) => what !== '=== 1')
      .map(([what, value]) => [`bound: ${what}`, value] as const),
    ...onNumbers((site) => site.requestsPerSecond).map(
      ([what, value]) => [`rate: ${what}`, value] as const,
    ),
    ['decision: slice', (site: Site) => site.decision.slice(7, 19)] as const,
    ['decision: split', (site: Site) => `v-${site.decision.split(':')[1]}`] as const,
    ['decision: length', (site: Site) => site.decision.length] as const,
  ])('%s is refused', (_operation, value) => {
    expect(mistakes(() => synth(app(value), clusters))[0]).toContain(computes);
  });

  it.each<Operation>([
    ['a number', (site) => site.replicas],
    ['a text of a number', (site) => `${site.replicas}`],
    ['a longer text', (site) => `--replicas=${site.replicas},${site.maxReplicas}@${site.name}`],
    ['JSON', (site) => JSON.stringify({ n: site.replicas, where: site.region })],
    ['a default', (site) => site.replicas || 1],
    ['the digest', (site) => [site.decision]],
    ['a join', (site) => [site.name, 'svc', 'local'].join('.')],
  ])('%s is placed', (_operation, value) => {
    expect(() => synth(app(value), clusters)).not.toThrow();
  });
});

describe('without a fleet', () => {
  const words = (value: Operation[1]): readonly string[] => {
    try {
      return synth(app(value)).warnings;
    } catch {
      return mistakes(() => synth(app(value)));
    }
  };

  it.each(onTexts((site) => site.name))(
    '%s of the name is refused or warned about',
    (_what, value) => {
      expect(words(value).join()).toMatch(/computes with values|no fleet is known/);
    },
  );

  it.each<[string, SynthProps['chart']]>([
    ['a comparison', (scope, site) => thing(scope, site.region === 'eu-nowhere-7' ? 1 : 2)],
    ['a beginning', (scope, site) => thing(scope, site.name.startsWith('zürich') ? 1 : 2)],
    ['an expression', (scope, site) => thing(scope, /^kiruna/.test(site.name) ? 1 : 2)],
    [
      'a table',
      (scope, site) => thing(scope, ({ ulm: 1 } as Record<string, number>)[site.name] ?? 2),
    ],
  ])('%s that is written in the chart is refused', (_what, chart) => {
    expect(mistakes(() => synth({ ...shop, chart: chart! }))[0]).toContain(computes);
  });
});

function thing(scope: ConstructorParameters<typeof Chart>[0], value: unknown): Chart {
  const chart = new Chart(scope, 'web');
  new ApiObject(chart, 'thing', {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name: 'web' },
    ...{ spec: { value } },
  });
  return chart;
}
