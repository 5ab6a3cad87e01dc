/** Conflicts: which rules cannot hold together, as few as there are, and what would do. */
import { place } from '../../../constructs/placement';
import type { PlacementPolicyInput } from '../../../constructs/policy/policy';
import { at, type Constraints, decide, free, from, inputOf } from '../placing';

/** Three clusters in the west, two in the east; an origin beside the first of each. */
const clusters = [
  at('w1', 0).in('DE', 'west').provider('x'),
  at('w2', 10).in('DE', 'west').provider('x'),
  at('w3', 20).in('FR', 'west').provider('x'),
  at('e1', 60).in('JP', 'east').provider('x'),
  at('e2', 70).in('JP', 'east').provider('y'),
].map((one) => one.with({ usdPerHour: 1, requestsPerSecond: 150 }).label('all', 'yes'));
const origins = [from('ow', 0, 100).in('DE', 'west'), from('oe', 60, 100).in('JP', 'east')];

const atHome = ['west', 'east'].map((region) => ({ origins: { region }, clusters: { region } }));

const conflictOf = (constraints: Constraints, more: PlacementPolicyInput = {}) => {
  const decision = decide(
    inputOf({ constraints: { ...free, ...constraints }, ...more }, clusters, origins),
  );
  expect(decision.satisfied).toBe(false);
  expect(decision).toMatchObject({ clusters: [], assignments: [], dropped: [] });
  return decision.conflict ?? { summary: '', rules: [] };
};

const table: readonly (readonly [string, Constraints, Record<string, string>])[] = [
  ['more clusters than there are', { minClusters: 7 }, { minClusters: 'minClusters 5' }],
  [
    'more clusters than are left',
    { minClusters: 4, mustNotInclude: [{ region: 'east' }] },
    { minClusters: 'minClusters 3', 'mustNotInclude[0]': 'without mustNotInclude region east' },
  ],
  [
    'must and must not, by different words',
    { mustInclude: [{ country: 'JP' }], mustNotInclude: [{ region: 'east' }] },
    {
      'mustInclude[0]': 'without mustInclude 1 of country JP',
      'mustNotInclude[0]': 'without mustNotInclude region east',
    },
  ],
  [
    'more of a region than it has',
    { mustInclude: [{ region: 'east', count: 4 }] },
    { 'mustInclude[0]': 'mustInclude 2 of region east' },
  ],
  [
    'places that do not fit in maxClusters',
    { maxClusters: 2, mustInclude: [{ region: 'east', count: 2 }, { region: 'west' }] },
    {
      maxClusters: 'maxClusters 3',
      'mustInclude[0]': 'mustInclude 1 of region east',
      'mustInclude[1]': 'without mustInclude 1 of region west',
    },
  ],
  [
    'a choice that leaves too few',
    { minClusters: 3, chooseFrom: [{ region: 'east' }] },
    { minClusters: 'minClusters 2', chooseFrom: 'without chooseFrom region east' },
  ],
  [
    'demand that may be served only where nothing may be',
    {
      residency: [{ origins: { region: 'east' }, clusters: { region: 'east' } }],
      mustNotInclude: [{ country: 'JP' }],
    },
    {
      'residency[0]': 'without residency of region east on region east',
      'mustNotInclude[0]': 'without mustNotInclude country JP',
    },
  ],
  ['latency that no cluster has', { latency: { milliseconds: 4 } }, { latency: 'latency 5 ms' }],
  [
    'latency from one place only',
    { maxClusters: 1, capacity: false, latency: { milliseconds: 50 } },
    { maxClusters: 'maxClusters 2', latency: 'latency 95 ms' },
  ],
  [
    'too little room in too few clusters',
    { maxClusters: 1 },
    { maxClusters: 'maxClusters 2', capacity: 'without capacity of the clusters' },
  ],
  [
    'room that the headroom takes',
    { maxClusters: 2, capacity: { headroom: 0.5 } },
    { maxClusters: 'maxClusters 3', capacity: 'capacity headroom 0' },
  ],
  [
    'whole origins where only parts fit',
    {
      maxClusters: 2,
      mustInclude: [{ name: 'w1' }],
      capacity: { assignment: 'whole', headroom: 0.34 },
    },
    { capacity: 'capacity headroom 0' },
  ],
  [
    'a budget under the price',
    { minClusters: 4, budget: { usdPerHour: 3 } },
    {
      minClusters: 'minClusters 3',
      budget: 'budget 4.05 USD/h',
    },
  ],
  [
    'a loss that leaves too little room',
    { survive: 1, maxClusters: 2 },
    {
      survive: 'without survive 1',
      maxClusters: 'maxClusters 3',
      capacity: 'without capacity of the clusters',
    },
  ],
  [
    'a loss that residency cannot bear',
    {
      survive: 2,
      capacity: false,
      residency: [{ origins: { region: 'east' }, clusters: { region: 'east' } }],
    },
    { survive: 'survive 1', 'residency[0]': 'without residency of region east on region east' },
  ],
  [
    'more groups than there are',
    { spread: [{ by: 'provider', minGroups: 3 }] },
    { 'spread[0].minGroups': 'spread by provider minGroups 2' },
  ],
  [
    'more clusters than one group has',
    { minClusters: 4, spread: [{ by: 'region', maxGroups: 1 }] },
    { minClusters: 'minClusters 3', 'spread[0].maxGroups': 'spread by region maxGroups 2' },
  ],
  [
    'a group that is too small for the rest',
    { minClusters: 3, spread: [{ by: 'provider', maxPerGroup: 1 }] },
    { minClusters: 'minClusters 2', 'spread[0].maxPerGroup': 'spread by provider maxPerGroup 2' },
  ],
  [
    'a skew that one small group forbids',
    { minClusters: 4, spread: [{ by: 'provider', maxSkew: 1 }] },
    { minClusters: 'minClusters 3', 'spread[0].maxSkew': 'spread by provider maxSkew 2' },
  ],
  [
    'distance between too many',
    { minClusters: 3, apartKilometers: 3000 },
    { minClusters: 'minClusters 2', apartKilometers: 'apartKilometers 2100' },
  ],
  [
    'a service that no thin cluster can give',
    { minRequestsPerSecond: 300, capacity: false, residency: atHome },
    {
      minRequestsPerSecond: 'minRequestsPerSecond 90',
      'residency[0]': 'without residency of region west on region west',
      'residency[1]': 'without residency of region east on region east',
    },
  ],
];

describe('a policy that asks for', () => {
  it.each(table)('%s is told so', (_name, constraints, expected) => {
    const { rules, summary } = conflictOf(constraints);
    expect(Object.fromEntries(rules.map(({ path, relaxation }) => [path, relaxation]))).toEqual(
      Object.fromEntries(
        Object.entries(expected).map(([path, words]) => [`policy.constraints.${path}`, words]),
      ),
    );
    for (const { rule } of rules) expect(summary).toContain(rule);
  });

  it('tiers that leave nothing is told to take them back', () => {
    const { rules } = conflictOf(
      { mustInclude: [{ region: 'east' }] },
      { tiers: [{ region: 'west' }] },
    );
    expect(rules).toEqual([
      {
        path: 'policy.constraints.mustInclude[0]',
        rule: 'mustInclude 1 of region east',
        relaxation: 'without mustInclude 1 of region east',
      },
      {
        path: 'policy.tiers',
        rule: 'tiers leave out the other clusters',
        relaxation: 'without tiers leave out the other clusters',
      },
    ]);
  });

  it('two things that cannot be, each for its own reason, is told one of them', () => {
    const { rules } = conflictOf({ minClusters: 9, spread: [{ by: 'provider', minGroups: 3 }] });
    expect(rules.map(({ relaxation }) => relaxation)).toEqual(['spread by provider minGroups 2']);
  });

  it('room that another app has taken is told with the proof that there is too little for both', () => {
    const constraints = { ...free, maxClusters: 2, chooseFrom: [{ country: 'DE' }] };
    const input = inputOf({ constraints }, clusters, origins);
    const [first] = input.apps;
    if (first === undefined) throw new Error('no app');
    const decision = place({ ...input, apps: [first, { ...first, name: 'other' }] });
    const conflicts = decision.apps.flatMap(({ conflict }) => conflict?.summary ?? []);
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]).toContain(
      'cannot both hold beside the other apps (proved: other and shop need 100 requestsPerSecond more than w1 and w2 have)',
    );
  });

  it('room that is too little for many equal apps is told once for all of them', () => {
    const constraints = { ...free, maxClusters: 2, chooseFrom: [{ country: 'DE' }] };
    const input = inputOf({ constraints }, clusters, origins);
    const [first] = input.apps;
    if (first === undefined) throw new Error('no app');
    const apps = Array.from({ length: 40 }, (_, a) => ({ ...first, name: `app${a}` }));
    const conflicts = place({ ...input, apps }).apps.flatMap(({ conflict }) => conflict ?? []);
    expect(conflicts).toHaveLength(39);
    // One object: the work of telling was done once.
    expect(new Set(conflicts).size).toBe(1);
  });

  it('clusters where there are none is told so, and offered nothing', () => {
    const decision = decide({
      ...inputOf({ static: true, constraints: { ...free, minClusters: 1 } }, clusters, origins),
      lost: clusters.map(({ written }) => written.name),
    });
    expect(decision.conflict).toEqual({
      summary: 'no cluster of the fleet can serve this app: 0 of 5 clusters may be chosen',
      rules: [],
    });
  });

  it('more than stability lets enter is told what would do of both', () => {
    const { rules } = conflictOf(
      { minRequestsPerSecond: 20, capacity: false, residency: atHome },
      { stability: { enterRequestsPerSecond: 300 } },
    );
    expect(rules[0]).toEqual({
      path: 'policy.constraints.minRequestsPerSecond',
      rule: 'minRequestsPerSecond 20',
      relaxation: 'minRequestsPerSecond 19',
    });
  });
});
