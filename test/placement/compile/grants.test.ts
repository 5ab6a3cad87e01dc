/** Grants: an app is placed on what its team was granted, as if its policy named just these clusters, and the verification holds it to that. */
import * as fc from 'fast-check';
import { isGranted } from '../../../constructs/model/grants';
import { place } from '../../../constructs/placement/decide/place';
import { checkNames } from '../../../constructs/policy/names';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import type { PlacementPolicyInput } from '../../../constructs/policy/policy';
import { verify } from '../../../constructs/verification';
import { app, cluster, demand, fleet, origin } from '../../build';
import { problems } from '../random';
import { seed, slowRuns, TIMEOUT } from '../runs';

const europe = [
  cluster('fra').in('DE').at(50.1, 8.7),
  cluster('par').in('FR').at(48.9, 2.4),
  cluster('sin').in('SG', 'asia').at(1.3, 103.8),
];
const both = {
  ...fleet(...europe),
  grants: [
    { team: 'web', clusters: [{ name: 'fra' }] },
    { team: 'web', clusters: [{ region: 'asia' }] },
    { team: 'data', clusters: [{}] },
    { team: 'gone', clusters: [{ name: 'ams' }] },
  ],
};
const told = (team: string | undefined, constraints: PlacementPolicyInput['constraints'] = {}) =>
  checkNames([app('shop', { constraints }, team === undefined ? {} : { team })], both).map(
    ({ path, summary, remedy }) => `${path}: ${summary}. ${remedy}`,
  );

describe('what a policy may name', () => {
  it('is anything that its team was granted', () => {
    expect(told('web', { mustInclude: [{ region: 'europe' }, { name: 'sin' }] })).toEqual([]);
    expect(told('data', { chooseFrom: [{ name: 'par' }] })).toEqual([]);
  });

  it.each([
    [
      undefined,
      {},
      /^shop: team: got no team, and the fleet grants its clusters to teams\. Add team: web, or data/,
    ],
    ['wbe', {}, /^shop: team: got team "wbe", which the fleet grants no cluster to\. Write web/],
    ['gone', {}, /^shop: team: the grants to "gone" match no cluster/],
    [
      'web',
      { mustInclude: [{ country: 'FR' }] },
      /^shop: policy\.constraints\.mustInclude\[0\]: got country FR, which means clusters that the team web was not granted: par\. Ask for a grant to web/,
    ],
    ['web', { chooseFrom: [{ name: 'par' }] }, /chooseFrom\[0\]: got name par/],
  ] as const)('of team %s with %j is refused', (team, constraints, says) => {
    const found = told(team, constraints as PlacementPolicyInput['constraints']);
    expect(found).toEqual([expect.stringMatching(says)]);
  });
});

describe('a placement under grants', () => {
  it('says of other clusters that they were not granted, also where the team left what it had', () => {
    const input = {
      apps: [
        app(
          'shop',
          { constraints: { minClusters: 1, maxClusters: 1, minRequestsPerSecond: 0 } },
          { team: 'web' },
        ),
      ],
      fleet: both,
      demand: demand(origin('paris', 100).at(48.9, 2.4)),
    };
    const decision = place(input);
    expect(decision.apps[0]?.clusters.map(({ name }) => name)).toEqual(['fra']);
    expect(decision.apps[0]?.rejected).toContainEqual({
      rule: 'grants',
      reason: 'is not granted to web',
      clusters: ['par'],
    });
    const open = place({ ...input, fleet: fleet(...europe) });
    expect(open.apps[0]?.clusters.map(({ name }) => name)).toEqual(['par']);
    const moved = place({ ...input, previous: open });
    expect(moved.apps[0]?.clusters.map(({ name }) => name)).toEqual(['fra']);
    expect(verify(moved, { ...input, previous: open }).findings).toEqual([]);
    expect(verify(open, input).findings).not.toEqual([]);
  });

  const granted = fc.record({
    input: problems({ apps: 2, clusters: 4, origins: 3 }),
    masks: fc.tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 })),
  });
  it(
    'is the placement that the same apps have when each policy names these clusters alone',
    () => {
      fc.assert(
        fc.property(granted, ({ input, masks }) => {
          const teams = ['one', 'two'] as const;
          const names = input.fleet.clusters.map(({ name }) => name);
          const grants = teams.map((team, index) => ({
            team,
            clusters: [
              {
                name: names.filter(
                  (_, at) => at === index % names.length || (masks[index]! >> at) & 1,
                ),
              },
            ],
          }));
          const apps = input.apps.map((one, index) => ({ ...one, team: teams[index % 2]! }));
          const under: PlaceInput = { ...input, apps, fleet: { ...input.fleet, grants } };
          if (checkNames(apps, under.fleet).length > 0) return;
          const named = apps.map((one) => ({
            one,
            ours: under.fleet.clusters.filter((each) => isGranted(under.fleet, one.team, each)),
          }));
          const decision = place(under);
          for (const { one, ours } of named) {
            const entry = decision.apps.find((each) => each.app === one.name);
            const allowed = new Set(ours.map(({ name }) => name));
            expect(entry?.clusters.filter(({ name }) => !allowed.has(name))).toEqual([]);
          }
          expect(verify(decision, under).findings).toEqual([]);
          const asPolicy = place({
            ...input,
            apps: named.map(({ one, ours }) => {
              const { mustNotInclude } = one.policy.constraints;
              const others = names.filter((name) => !ours.some((each) => each.name === name));
              const more = others.length === 0 ? [] : [{ name: others }];
              const constraints = {
                ...one.policy.constraints,
                mustNotInclude: [...mustNotInclude, ...more],
              };
              return { ...one, policy: { ...one.policy, constraints } };
            }),
          });
          const chosen = ({ apps: all }: typeof decision) =>
            all.map((each) => [
              each.app,
              each.satisfied,
              each.objective?.value,
              each.clusters.map(({ name }) => name),
            ]);
          expect(chosen(decision)).toEqual(chosen(asPolicy));
        }),
        { seed, numRuns: slowRuns(60) },
      );
    },
    TIMEOUT,
  );
});
