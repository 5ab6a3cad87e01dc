/** Names that nothing has: a prohibition or a preference holds without them, and a slip of the pen is still said. */
import { place } from '../../constructs/placement/decide/place';
import { checkNames, type PlaceInput, type PlacementPolicyInput } from '../../constructs/policy';
import { verify } from '../../constructs/verification';
import { app, cluster, demand, fleet, origin } from '../build';

const clusters = fleet(
  cluster('fra').in('DE', 'europe').provider('hetzner').label('tier', 'edge'),
  cluster('lon').in('GB', 'europe').provider('aws').label('tier', 'cloud'),
);
const requests = demand(origin('a', 100).in('GB', 'europe'), origin('b', 100).in('DE', 'europe'));
const base = { constraints: { minClusters: 1, minRequestsPerSecond: 0 } };
const placed = (
  policy: PlacementPolicyInput,
  more: Partial<PlaceInput> = {},
  overrides?: object,
) => {
  const constraints = { ...base.constraints, ...policy.constraints };
  const one = app('shop', { ...policy, constraints }, (overrides ?? {}) as never);
  const input: PlaceInput = { apps: [one], fleet: clusters, demand: requests, ...more };
  const decision = place(input);
  expect(verify(decision, input).findings).toEqual([]);
  expect(decision.apps[0]?.satisfied).toBe(true);
  return (decision.apps[0]?.warnings ?? []).filter((text) => /names|asks for/.test(text));
};

describe('prohibitions and preferences', () => {
  it.each<[string, PlacementPolicyInput]>([
    ['countries', { constraints: { mustNotInclude: [{ country: ['CN', 'RU'] }] } }],
    ['a region of the tables', { constraints: { mustNotInclude: [{ region: 'middle-east' }] } }],
    [
      'one that is there and one that is not',
      { constraints: { mustNotInclude: [{ country: ['CN', 'GB'] }] } },
    ],
    ['a country in a tier', { tiers: [{ country: 'FR' }, { region: 'europe' }] }],
    ['a country that is preferred', { objective: { preferred: [{ country: 'JP', weight: 2 }] } }],
  ])('may name what is absent, silently: %s', (_, policy) => {
    expect(placed(policy)).toEqual([]);
  });

  it.each<[PlacementPolicyInput, RegExp]>([
    [
      { constraints: { mustNotInclude: [{ provider: 'hetzer' }] } },
      /mustNotInclude\[0\]\.provider names the provider "hetzer", .* write hetzner if/,
    ],
    [
      { constraints: { mustNotInclude: [{ region: 'erope' }] } },
      /names the region "erope", .* write europe if/,
    ],
    [
      { constraints: { mustNotInclude: [{ name: 'fraa' }] } },
      /names the cluster "fraa", .* write fra if/,
    ],
    [
      { constraints: { mustNotInclude: [{ labels: { teir: 'edge' } }] } },
      /names the label "teir", .* write tier if/,
    ],
    [
      { constraints: { mustNotInclude: [{ labels: { tier: 'egde' } }] } },
      /names the label tier "egde", .* write edge if/,
    ],
    [
      { objective: { preferred: [{ provider: 'azure', weight: 1 }] } },
      /preferred\[0\]\.provider names the provider "azure"/,
    ],
    [{ tiers: [{ provider: 'hetzer' }, {}] }, /tiers\[0\]\.provider names the provider "hetzer"/],
  ])('warn of what may be a slip of the pen: %j', (policy, words) => {
    expect(placed(policy)).toEqual([expect.stringMatching(words)]);
  });

  it('are silent about a cluster that was there', () => {
    const before = place({ apps: [app('shop', base)], fleet: clusters, demand: requests });
    const policy = { constraints: { mustNotInclude: [{ name: 'lon' }] } };
    const { clusters: all, ...rest } = clusters;
    const without = { ...rest, clusters: all.filter(({ name }) => name !== 'lon') };
    expect(placed(policy, { fleet: without, previous: before })).toEqual([]);
    expect(placed(policy, { fleet: without })).toEqual([expect.stringContaining('"lon"')]);
  });

  it('hold for an override, too, whose clusters are all gone', () => {
    const overrides = { overrides: [{ match: { name: 'sin' }, set: {} }] };
    expect(placed({}, {}, overrides)).toEqual([expect.stringContaining('overrides[0].match.name')]);
  });
});

describe('rules that must name something', () => {
  it.each<PlacementPolicyInput['constraints']>([
    { mustInclude: [{ country: 'CN' }] },
    { chooseFrom: [{ provider: 'hetzer' }] },
    { residency: [{ origins: { country: 'DE' }, clusters: { country: 'FR' } }] },
  ])('do not hold trivially: %j', (constraints) => {
    expect(checkNames([app('shop', { constraints })], clusters)).toMatchObject([
      { code: 'UnknownName' },
    ]);
  });

  it.each<[string, string]>([
    ['UK', 'GB'],
    ['GBR', 'GB'],
    ['gb', 'GB'],
    ['DEU', 'DE'],
    ['EL', 'GR'],
    ['USA', 'US'],
  ])('are refused with the code of a country that is written %s', (written, code) => {
    const all: readonly NonNullable<PlacementPolicyInput['constraints']>[] = [
      { mustNotInclude: [{ country: written }] },
      { residency: [{ origins: { country: ['FR', written] }, clusters: {} }] },
    ];
    for (const constraints of all) {
      const [error, ...more] = checkNames([app('shop', { constraints })], clusters);
      expect(more).toEqual([]);
      expect(error?.message).toContain(`got country "${written}", which is no code`);
      expect(error?.remedy).toBe(`Write ${code}.`);
    }
  });
});

describe('a residency', () => {
  const residency = (origins: object) =>
    placed({ constraints: { residency: [{ origins, clusters: { region: 'europe' } }] } });
  it.each<[object, readonly unknown[]]>([
    [{ country: 'GB' }, []],
    [{ country: 'RU' }, []],
    [{ region: ['europe', 'asia'] }, []],
    [
      { country: 'QQ' },
      [expect.stringMatching(/country names "QQ", which no origin .* binds nothing/)],
    ],
    [{ region: 'erope' }, [expect.stringMatching(/"erope".* write europe if/)]],
    [{ name: 'c' }, [expect.stringMatching(/names "c", which no origin/)]],
  ])('of %j that binds nothing is said', (origins, warnings) => {
    expect(residency(origins)).toEqual(warnings);
  });

  it('by country is said to bind nothing where no origin has a country', () => {
    const constraints = {
      residency: [{ origins: { country: 'GB' }, clusters: { region: 'europe' } }],
    };
    const found = placed({ constraints }, { demand: demand(origin('a', 100)) });
    expect(found).toEqual([
      expect.stringMatching(/asks for a country, which no origin of the demand has/),
    ]);
  });
});
