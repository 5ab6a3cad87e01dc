/** The joint bound: never above the best of all combinations, neither as the solver nor as the checker adds it up. */
import * as fc from 'fast-check';
import { digestOf } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Demand } from '../../../constructs/model/demand';
import { RESOURCES } from '../../../constructs/optimizer/joint/assignment/residual-capacity';
import { proveJoint } from '../../../constructs/optimizer/joint/joint-search';
import type { Problem } from '../../../constructs/optimizer/problem/problem';
import { solve, solveAlone } from '../../../constructs/optimizer/solve';
import { compileApp, fullStability, limitsOf } from '../../../constructs/placement/compile/compile';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { verify } from '../../../constructs/verification';
import {
  appLagrangianBound,
  capacityCost,
  readCapacityMultipliers,
} from '../../../constructs/verification/bound/joint-bound';
import { appInstance } from '../../../constructs/verification/input/app-instance';
import { contextOf } from '../../../constructs/verification/input/context';
import { fleetOfApps } from '../../bench/fleet-of-apps';
import { problems } from '../../placement/random';
import { seed, slowRuns, TIMEOUT } from '../../placement/runs';
import { plenty } from '../compiled';

/** The apps as numbers, or undefined where something gives way or no combination is legal. */
function solved(input: PlaceInput) {
  const apps = [...input.apps].sort((a, b) => (a.name < b.name ? -1 : 1));
  const demands = input.demand as Readonly<Record<string, Demand>>;
  const compiled = apps.map((app) => {
    const before = input.previous?.apps.find((one) => one.app === app.name);
    const previous = before && new Map(before.clusters.map(({ name, since }) => [name, since]));
    const now = Date.parse(input.now ?? '');
    return compileApp(
      { app, fleet: input.fleet, demand: demands[app.name], previous, now },
      1,
      fullStability,
    );
  });
  const problem: Problem = {
    clusters: input.fleet.clusters.length,
    apps: compiled.map((one) => one.problem),
    limits: limitsOf(input.fleet),
    links: [],
    workUnits: 1e9,
  };
  const alone = problem.apps.map((app) => solveAlone(app, problem.limits, plenty()));
  if (alone.some(({ best }) => best === undefined)) return undefined;
  const { apps: found } = solve(problem, alone, plenty());
  const placed = found.map(({ best }) => best);
  if (placed.some((best) => best === undefined)) return undefined;
  const value = placed.reduce((sum, best) => sum + (best?.evaluated.value ?? 0), 0);
  return { apps, compiled, problem, alone, placed, value };
}

/** The joint bound that the verification computes from these multipliers. */
function provedBy(input: PlaceInput, limits: Float64Array, origins: readonly Float64Array[]) {
  const context = contextOf(input);
  const instances = context.apps.map((app) => appInstance(context, app, 1));
  const limitPrices = input.fleet.clusters.flatMap(({ name: cluster }, c) =>
    RESOURCES.flatMap((resource, kind) => {
      const price = limits[c * RESOURCES.length + kind] ?? 0;
      return price > 0 ? [{ cluster, resource, price }] : [];
    }),
  );
  const { byCluster } = readCapacityMultipliers(
    limitPrices,
    instances[0] as (typeof instances)[number],
  );
  const restrictions = { freeze: true, held: true, maxChanges: true };
  return instances.reduce((sum, one, a) => {
    const originPrices = Object.fromEntries(
      one.origins.map(({ name }, u) => [name, origins[a]?.[u]]),
    );
    const restrictedApp = { instance: one, restrictions, now: context.now };
    return (
      sum + appLagrangianBound(restrictedApp, byCluster, originPrices as Record<string, number>)
    );
  }, -capacityCost(byCluster, instances));
}

const pricesOf = ({ proof }: ReturnType<typeof proveJoint>['apps'][number]) =>
  proof?.kind === 'dual' ? proof.root.point.assignmentMultipliers : new Float64Array(0);

it(
  'is below the best of all combinations, and the checker comes to no less and to nothing above it',
  () => {
    let [proved, priced, gaps] = [0, 0, 0];
    fc.assert(
      fc.property(
        problems({ apps: 3, clusters: 5, origins: 4 }),
        fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (input, factors) => {
          const one = solved(input);
          if (one === undefined) return;
          const { problem, alone, placed, value } = one;
          const slack = 1e-9 * Math.max(1, Math.abs(value));
          const { apps, limitPrices } = proveJoint(problem, alone, placed, plenty());
          const claimed = apps.reduce((sum, { bound }) => sum + (bound ?? 0), 0);
          expect(claimed).toBeLessThanOrEqual(value + slack);
          const prices = apps.map(pricesOf);
          const checked = provedBy(input, limitPrices, prices);
          expect(checked).toBeGreaterThanOrEqual(claimed - slack);
          expect(checked).toBeLessThanOrEqual(value + slack);
          // Whatever the prices are, what they prove holds.
          const scaled = (list: Float64Array, by: number) =>
            list.map((price, at) => price * (factors[(at + by) % factors.length] ?? 1));
          const rents = problem.limits.total.pods.length;
          const random = Float64Array.from({ length: rents * RESOURCES.length }, (_, at) =>
            isLimited(problem, at) ? (factors[at % 7] ?? 1) * (factors[at % 5] ?? 1) : 0,
          );
          // Huge ones cancel where something is used up to the last unit: rounding must not add to what they prove.
          const huge = random.map((price) => price * 1e18);
          for (const limits of [scaled(limitPrices, 1), random, huge]) {
            const origins = prices.map((list, a) => scaled(list, a));
            expect(provedBy(input, limits, origins)).toBeLessThanOrEqual(value + slack);
            expect(provedBy(input, limits, prices)).toBeLessThanOrEqual(value + slack);
            const vast = prices.map((list) => list.map((price) => price * 1e17));
            expect(provedBy(input, limits, vast)).toBeLessThanOrEqual(value + slack);
          }
          proved++;
          if (limitPrices.some((price) => price > 0)) priced++;
          gaps += (value - claimed) / Math.max(1, Math.abs(value));
        },
      ),
      { seed, numRuns: slowRuns(400) },
    );
    expect(proved).toBeGreaterThan(slowRuns(60));
    expect(priced).toBeGreaterThan(slowRuns(15));
    expect(gaps / proved).toBeLessThan(0.1);
  },
  TIMEOUT,
);

/** A price of what has no limit would cost an endless amount. */
function isLimited({ limits: { total } }: Problem, at: number): boolean {
  const resource = RESOURCES[at % RESOURCES.length] as (typeof RESOURCES)[number];
  return (total[resource][Math.floor(at / RESOURCES.length)] ?? Infinity) < Infinity;
}

type Certificate = PlacementDecision['certificate'];
const signed = ({ digest: _, ...rest }: PlacementDecision): PlacementDecision => ({
  ...rest,
  digest: digestOf(rest),
});

describe('a joint certificate', () => {
  const shared = { apps: 6, clusters: 30, origins: 30, room: 1.4, seed: 5 } as const;

  for (const kind of ['slots', 'replicas'] as const) {
    const input = fleetOfApps({ ...shared, kind });
    const decision = place(input);
    const { certificate } = decision;
    const changed = (part: Partial<Certificate>) =>
      verify(signed({ ...decision, certificate: { ...certificate, ...part } }), input);

    it(`for ${kind} is accepted, and its numbers are short`, () => {
      expect(certificate.kind).toBe('joint');
      expect(verify(decision, input).findings).toEqual([]);
      const numbers = [
        ...(certificate.limitPrices ?? []).map(({ price }) => price),
        ...(certificate.apps ?? []).flatMap((one) =>
          one.kind === 'dual' ? Object.values(one.originPrices) : [],
        ),
      ];
      expect(numbers.length).toBeGreaterThan(100);
      expect(numbers.filter((one) => Number(one.toPrecision(5)) !== one)).toEqual([]);
    });

    it(`for ${kind} is refused when a price or a bound of it was changed so that it proves less than it says`, () => {
      const { apps = [], limitPrices = [] } = certificate;
      let refused = 0;
      const expectRefusal = (part: Partial<Certificate>) => {
        const { findings } = changed(part);
        expect(findings).not.toEqual([]);
        refused++;
      };
      for (const [index, one] of limitPrices.entries()) {
        for (const factor of [0.5, 2]) {
          const others = limitPrices.map((other) =>
            other === one ? { ...one, price: one.price * factor } : other,
          );
          // The prices of the decision are those of the certificate: either part of it speaks.
          if (index % 20 === 0) expectRefusal({ limitPrices: others });
        }
      }
      for (const [a, one] of apps.slice(0, kind === 'slots' ? 3 : 1).entries()) {
        if (one.kind !== 'dual') throw new Error('expected prices');
        const replaced = (by: object) =>
          apps.map((other, b) => (a === b ? { ...one, ...by } : other));
        expectRefusal({ apps: replaced({ bound: one.bound + 1e-3 * Math.abs(one.bound) }) });
        expectRefusal({ apps: replaced({ originPrices: {} }) });
        for (const factor of [0.9, 1.2]) {
          const originPrices = Object.fromEntries(
            Object.entries(one.originPrices).map(([name, price]) => [name, price * factor]),
          );
          expectRefusal({ apps: replaced({ originPrices }) });
        }
      }
      expect(refused).toBeGreaterThan(4);
    });
  }
});
