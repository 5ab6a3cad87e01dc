/** The checker where looking at everything would take too long: it asks for less and comes to the same, or says what it left out. */
import * as fc from 'fast-check';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { Worths } from '../../constructs/verification/bound/reduced-costs';
import { type Facts, factsOf } from '../../constructs/verification/input/app-facts';
import { circumstancesOf } from '../../constructs/verification/input/inputs';
import { seeded, world } from '../bench/world';
import { app } from '../build';
import { problems } from '../placement/random';
import { runs, seed, TIMEOUT } from '../placement/runs';

function everyFacts(input: Parameters<typeof circumstancesOf>[0]): readonly Facts[] {
  const given = circumstancesOf(input);
  return given.apps.map((one) => factsOf(given, one, 1));
}

it('what clusters are worth is the same by near pairs as by all', () => {
  const property = fc.property(
    problems({ apps: 1, clusters: 9, origins: 9 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 3 }),
    (input, most, rented) => {
      for (const facts of everyFacts(input)) {
        const random = seeded(most);
        const prices = Float64Array.from(
          facts.origins,
          ({ requestsPerSecond }) => requestsPerSecond * most * random(),
        );
        const rent = facts.clusters.map(() => (rented === 0 ? 0 : 40 * random()));
        const paid = { prices, rent, beyond: rented === 2 ? 30 : 0 };
        const isAsked = (cluster: number) => cluster % 4 !== 3;
        const { atLeast: all } = new Worths(facts, Number.POSITIVE_INFINITY).of(isAsked, paid);
        const { atLeast, exactly } = new Worths(facts, 0).of(isAsked, paid);
        const asked = [...facts.clusters.keys()].filter(isAsked);
        const near = exactly?.(asked) ?? asked.map((cluster) => atLeast[cluster]);
        for (const [i, cluster] of asked.entries()) {
          const worth = all[cluster] ?? Number.NaN;
          expect(near[i]).toBeCloseTo(worth, 6);
          expect(atLeast[cluster]).toBeLessThanOrEqual(worth + 1e-9 * (1 + Math.abs(worth)));
        }
      }
    },
  );
  fc.assert(property, { seed, numRuns: runs(300) });
});

it('who can be near enough is never left out, on either side of the date line', () => {
  const { fleet, demand } = world(300, 50, 3);
  const wrapped = fleet.clusters.map((one, index) =>
    index % 5 === 0 ? { ...one, longitude: index % 2 === 0 ? 179.9 : -179.9 } : one,
  );
  const input = {
    fleet: parseFleet({ ...fleet, clusters: wrapped }),
    demand: parseDemand(demand),
    apps: [app('shop', { objective: { latency: 1, distance: 0.01 } })],
  };
  let found = 0;
  for (const { origins, clusters, pairs } of everyFacts(input)) {
    for (const origin of origins.keys()) {
      for (const most of [4, 9, 40, 300]) {
        const seen = new Set<number>();
        pairs.below(origin, most, (cluster) => seen.add(cluster));
        for (const cluster of clusters.keys()) {
          expect(pairs.atLeast(origin, cluster)).toBeLessThanOrEqual(pairs.cost(origin, cluster));
          if (pairs.cost(origin, cluster) >= most) continue;
          found++;
          expect(seen.has(cluster)).toBe(true);
        }
      }
    }
  }
  expect(found).toBeGreaterThan(1000);
});

/** Sixty clusters, of which at least two are to be chosen, and a thousand requests/s to serve. */
function input(cluster: object, constraints: object) {
  const { fleet, demand } = world(60, 20, 7);
  return {
    fleet: parseFleet({
      ...fleet,
      clusters: fleet.clusters.map((one) => ({ ...one, ...cluster })),
    }),
    demand: parseDemand(demand),
    apps: [
      app('shop', {
        constraints: { minClusters: 2, maxClusters: 12, minRequestsPerSecond: 0, ...constraints },
      }),
    ],
  };
}

it(
  'an app without an answer among too many sets is said to be unchecked, in seconds',
  () => {
    const tooDear = input({ usdPerHour: 1 }, { budget: { usdPerHour: 1.5 } });
    const decision = place(tooDear);
    expect(decision.apps.map(({ satisfied }) => satisfied)).toEqual([false]);
    const report = verify(decision, tooDear);
    expect(report).toEqual({
      valid: true,
      findings: [],
      notChecked: [
        { path: 'apps[0].satisfied', summary: 'whether no set of clusters keeps every rule' },
      ],
    });
  },
  TIMEOUT,
);

it('an app without an answer because no set has the room is checked, however many sets there are', () => {
  const tooSmall = input({ requestsPerSecond: 1 }, {});
  const decision = place(tooSmall);
  expect(decision.apps.map(({ satisfied }) => satisfied)).toEqual([false]);
  expect(verify(decision, tooSmall)).toEqual({ valid: true, findings: [] });
});
