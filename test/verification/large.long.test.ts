/** Verification of large instances: it looks at fewer pairs and computes the same numbers, or reports what it left unchecked. */
import * as fc from 'fast-check';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { ReducedCosts } from '../../constructs/verification/bound/reduced-costs';
import { type AppInstance, appInstance } from '../../constructs/verification/input/app-instance';
import { contextOf } from '../../constructs/verification/input/context';
import { seeded, world } from '../bench/world';
import { app } from '../build';
import { problems } from '../placement/random';
import { runs, seed, TIMEOUT } from '../placement/runs';

function everyInstance(input: Parameters<typeof contextOf>[0]): readonly AppInstance[] {
  const context = contextOf(input);
  return context.apps.map((one) => appInstance(context, one, 1));
}

it('reduced costs from near pairs are those from all pairs', () => {
  const property = fc.property(
    problems({ apps: 1, clusters: 9, origins: 9 }),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 3 }),
    (input, most, kind) => {
      for (const instance of everyInstance(input)) {
        const random = seeded(most);
        const originMultipliers = Float64Array.from(
          instance.origins,
          ({ requestsPerSecond }) => requestsPerSecond * most * random(),
        );
        const loadMultipliers = instance.clusters.map(() => (kind === 0 ? 0 : 40 * random()));
        const latencyMultiplier = kind === 2 ? 30 : 0;
        const multipliers = { originMultipliers, loadMultipliers, latencyMultiplier };
        const isRequested = (cluster: number) => cluster % 4 !== 3;
        const all = new ReducedCosts(instance, Number.POSITIVE_INFINITY).at(
          isRequested,
          multipliers,
        );
        const { lowerBounds, exact } = new ReducedCosts(instance, 0).at(isRequested, multipliers);
        const requested = [...instance.clusters.keys()].filter(isRequested);
        const near = exact?.(requested) ?? requested.map((cluster) => lowerBounds[cluster]);
        for (const [i, cluster] of requested.entries()) {
          const expected = all.lowerBounds[cluster] ?? Number.NaN;
          expect(near[i]).toBeCloseTo(expected, 6);
          expect(lowerBounds[cluster]).toBeLessThanOrEqual(
            expected + 1e-9 * (1 + Math.abs(expected)),
          );
        }
      }
    },
  );
  fc.assert(property, { seed, numRuns: runs(300) });
});

it('no cluster that is near enough is left out, on either side of the date line', () => {
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
  for (const { origins, clusters, pairs } of everyInstance(input)) {
    for (const origin of origins.keys()) {
      for (const most of [4, 9, 40, 300]) {
        const seen = new Set<number>();
        pairs.visitBelow(origin, most, (cluster) => seen.add(cluster));
        for (const cluster of clusters.keys()) {
          expect(pairs.lowerBound(origin, cluster)).toBeLessThanOrEqual(
            pairs.cost(origin, cluster),
          );
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
  'an unsatisfied app with too many sets to enumerate is reported as unchecked, in seconds',
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

it('an unsatisfied app is checked, however many sets there are, when no set has the capacity', () => {
  const tooSmall = input({ requestsPerSecond: 1 }, {});
  const decision = place(tooSmall);
  expect(decision.apps.map(({ satisfied }) => satisfied)).toEqual([false]);
  expect(verify(decision, tooSmall)).toEqual({ valid: true, findings: [] });
});
