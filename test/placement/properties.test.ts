/** Properties of every placement, whatever the problem: order, scale, repetition and stricter rules. */
import * as fc from 'fast-check';
import { canonicalJson } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDecision } from '../../constructs/model/decision-document';
import type { Demand } from '../../constructs/model/demand';
import { demandDocument, parseDemand } from '../../constructs/model/demand-document';
import { fleetDocument, parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import type { EdgeApp } from '../../constructs/policy/edge-app';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { problems } from './random';
import { seed, slowRuns, TIMEOUT } from './runs';

type Policy = EdgeApp['policy'];

const single = problems({ apps: 1, clusters: 7, origins: 6 });
const several = problems({ apps: 3, clusters: 4, origins: 4 });

const forAll = (problem: fc.Arbitrary<PlaceInput>, holds: (input: PlaceInput) => void, n = 120) =>
  fc.assert(fc.property(problem, holds), { seed, numRuns: slowRuns(n) });

const withPolicy = (input: PlaceInput, change: (policy: Policy) => Policy): PlaceInput => ({
  ...input,
  apps: input.apps.map((app) => ({ ...app, policy: change(app.policy) })),
});

const clustersOf = (decision: PlacementDecision) =>
  decision.apps.map((app) => app.clusters.map(({ name }) => name));

function reversed(input: PlaceInput): PlaceInput {
  const fleet = fleetDocument(input.fleet) as { clusters: object[]; latency: object[] };
  const turned = (demand: Demand) => {
    const document = demandDocument(demand) as { origins: object[] };
    return parseDemand({ ...document, origins: [...document.origins].reverse() });
  };
  const { demand } = input;
  return {
    ...input,
    apps: [...input.apps].reverse(),
    fleet: parseFleet({
      ...fleet,
      clusters: [...fleet.clusters].reverse(),
      latency: [...fleet.latency].reverse(),
    }),
    demand: isDemand(demand)
      ? turned(demand)
      : Object.fromEntries(
          Object.entries(demand ?? {})
            .map(([app, one]) => [app, turned(one)] as const)
            .reverse(),
        ),
  };
}

function isDemand(demand: PlaceInput['demand']): demand is Demand {
  return Array.isArray((demand as Demand | undefined)?.origins);
}

describe.each([
  ['one app', single],
  ['several apps', several],
] as const)('a placement of %s', (_name, problem) => {
  it(
    'is the same bytes, whatever the order of apps, clusters and origins',
    () => {
      forAll(problem, (input) => {
        const decision = canonicalJson(place(input));
        expect(canonicalJson(place(input))).toBe(decision);
        expect(canonicalJson(place(reversed(input)))).toBe(decision);
      });
    },
    TIMEOUT,
  );

  it(
    'survives being written and read',
    () => {
      forAll(problem, (input) => {
        const decision = place(input);
        const text = JSON.stringify(decision);
        expect(JSON.parse(text)).toEqual(decision);
        expect(parseDecision(text)).toEqual(decision);
      });
    },
    TIMEOUT,
  );

  it(
    'serves all demand of every origin, once',
    () => {
      forAll(problem, (input) => {
        for (const app of place(input).apps) {
          if (!app.satisfied || app.assignments.length === 0) continue;
          const { demand } = input;
          const { origins } = (isDemand(demand) ? demand : demand?.[app.app]) as Demand;
          const total = origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0);
          const served = app.clusters.reduce((sum, one) => sum + one.requestsPerSecond, 0);
          expect(served).toBeCloseTo(total, 6);
          for (const { name, requestsPerSecond } of origins) {
            const shares = app.assignments.filter(({ origin }) => origin === name);
            const share = shares.reduce((sum, one) => sum + one.share, 0);
            expect(share).toBeCloseTo(requestsPerSecond > 0 ? 1 : 0, 9);
          }
        }
      });
    },
    TIMEOUT,
  );

  it(
    'is the same when every weight is doubled, but for what it costs',
    () => {
      forAll(problem, (input) => {
        const doubled = withPolicy(input, (policy) => ({
          ...policy,
          objective: {
            latency: policy.objective.latency * 2,
            distance: policy.objective.distance * 2,
            money: policy.objective.money * 2,
            change: policy.objective.change * 2,
            signals: Object.fromEntries(
              Object.entries(policy.objective.signals).map(([name, weight]) => [name, weight * 2]),
            ),
            preferred: policy.objective.preferred.map((one) => ({
              ...one,
              weight: one.weight * 2,
            })),
          },
        }));
        const [once, twice] = [place(input), place(doubled)];
        expect(clustersOf(twice)).toEqual(clustersOf(once));
        for (const [index, app] of twice.apps.entries()) {
          expect(app.assignments).toEqual(once.apps[index]?.assignments);
          const value = once.apps[index]?.objective.value ?? 0;
          expect(app.objective.value / 2).toBeCloseTo(value, 6);
        }
      });
    },
    TIMEOUT,
  );

  // maxChanges and freeze let the next decision go on moving. Of several apps, what stands is judged without the others,
  // so that an exit threshold below the entering one may still make room: they have one for both here.
  it(
    'changes nothing when placed again with the answer as previous',
    () => {
      forAll(problem, (given) => {
        const input = withPolicy(given, (policy) => {
          const { maxChanges: _, ...drawn } = policy.stability;
          const least = policy.constraints.minRequestsPerSecond;
          const one = { enterRequestsPerSecond: least, exitRequestsPerSecond: least };
          const isAlone = given.apps.length === 1;
          return { ...policy, stability: { ...drawn, ...(isAlone ? {} : one), freeze: [] } };
        });
        const first = place(input);
        const again = place({ ...input, previous: first });
        for (const [index, app] of again.apps.entries()) {
          const before = first.apps[index];
          expect(app.clusters.map(({ name }) => name)).toEqual(
            before?.clusters.map(({ name }) => name),
          );
          expect(app.clusters.every(({ change }) => change === 'kept')).toBe(true);
          expect(app.dropped).toEqual([]);
          expect(app.assignments).toEqual(before?.assignments);
        }
      });
    },
    TIMEOUT,
  );
});

/** Rules that only take answers away; most others also change who is thin, which can give some back. */
const stricter: readonly (readonly [
  string,
  (c: Policy['constraints']) => Policy['constraints'],
])[] = [
  ['fewer clusters', (c) => ({ ...c, maxClusters: Math.max(c.minClusters, c.maxClusters - 1) })],
  [
    'more requests/s per cluster',
    (c) => ({ ...c, minRequestsPerSecond: c.minRequestsPerSecond + 7 }),
  ],
  ['clusters farther apart', (c) => ({ ...c, apartKilometers: (c.apartKilometers ?? 0) + 1500 })],
  [
    'a smaller budget',
    (c) => ({ ...c, budget: { usdPerHour: (c.budget?.usdPerHour ?? 4) * 0.6 } }),
  ],
  ['one more loss', (c) => ({ ...c, survive: c.survive + 1 })],
  ['a group more', (c) => ({ ...c, spread: [...c.spread, { by: 'region', minGroups: 2 }] })],
  ['fewer in a group', (c) => ({ ...c, spread: [...c.spread, { by: 'country', maxPerGroup: 1 }] })],
];

describe('a stricter rule never costs less', () => {
  it.each(stricter)(
    '%s',
    (_name, tighten) => {
      forAll(
        single,
        (given) => {
          const { previous: _, ...rest } = given;
          const input = withPolicy(rest, (policy) => ({ ...policy, tiers: [] }));
          const before = place(input);
          const after = place(
            withPolicy(input, (policy) => ({
              ...policy,
              constraints: tighten(policy.constraints),
            })),
          );
          if (after.apps[0]?.satisfied !== true) return;
          expect(before.apps[0]?.satisfied).toBe(true);
          const slack = 1e-9 * Math.max(1, Math.abs(before.objective.value));
          expect(after.objective.value).toBeGreaterThanOrEqual(before.objective.value - slack);
        },
        150,
      );
    },
    TIMEOUT,
  );
});
