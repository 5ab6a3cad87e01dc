/** The checker where looking at everything would take too long: it asks for less and comes to the same, or says what it left out. */
import * as fc from 'fast-check';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/place';
import { verify } from '../../constructs/placement/verify';
import { circumstancesOf } from '../../constructs/placement/verify/circumstances';
import { type Facts, factsOf } from '../../constructs/placement/verify/facts';
import { Worths } from '../../constructs/placement/verify/worths';
import { seeded, world } from '../bench/world';
import { app } from '../build';
import { problems } from './random';
import { runs, seed, TIMEOUT } from './runs';

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
        const [all, near] = [new Worths(facts), new Worths(facts, 0)].map((one) =>
          one.of(isAsked, paid),
        );
        near?.forEach((worth, cluster) => {
          expect(worth).toBeCloseTo(all?.[cluster] ?? Number.NaN, 6);
        });
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

/** Sixty clusters with room for one request/s each, and a thousand to serve. */
function crowdedInput() {
  const { fleet, demand } = world(60, 20, 7);
  return {
    fleet: parseFleet({
      ...fleet,
      clusters: fleet.clusters.map((one) => ({ ...one, requestsPerSecond: 1 })),
    }),
    demand: parseDemand(demand),
    apps: [
      app('shop', { constraints: { minClusters: 2, maxClusters: 12, minRequestsPerSecond: 0 } }),
    ],
  };
}

it(
  'an app without an answer among too many sets is said to be unchecked, in seconds',
  () => {
    const input = crowdedInput();
    const decision = place(input);
    expect(decision.apps.map(({ satisfied }) => satisfied)).toEqual([false]);
    const report = verify(decision, input);
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
