/** Many apps on shared clusters: against trying every combination, and against the checker. */
import { digestOf } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import { enumerate, forEachSet } from '../../../constructs/optimizer/enumeration/enumeration';
import { evaluateJointly } from '../../../constructs/optimizer/joint/joint-evaluation';
import { placeJoint } from '../../../constructs/optimizer/joint/joint-search';
import type { Problem, Work } from '../../../constructs/optimizer/problem/problem';
import { compileApp, fullStability, limitsOf } from '../../../constructs/placement/compile/compile';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { fleetOfApps, type Shared } from '../../bench/fleet-of-apps';
import { slowRuns, TIMEOUT } from '../../placement/runs';

const seeds = (usual: number) => Array.from({ length: slowRuns(usual) }, (_, index) => index + 1);
const boundless = (): Work => ({ spent: 0, allowed: 1e12 });

function problemOf(shared: Shared, locations: number): Problem {
  const { fleet, apps, demand } = fleetOfApps(shared);
  const demands = demand as Record<string, ReturnType<typeof demandOf>>;
  const compiled = apps.map((app) => {
    const { constraints } = app.policy;
    const few = { ...constraints, minClusters: locations, maxClusters: locations };
    const policy = { ...app.policy, constraints: few };
    const input = {
      app: { ...app, policy },
      fleet,
      demand: demands[app.name],
      previous: undefined,
    };
    return compileApp({ ...input, now: 0 }, 1, fullStability).problem;
  });
  const limits = limitsOf(fleet);
  return { clusters: fleet.clusters.length, apps: compiled, limits, links: [], workUnits: 1e9 };
}
const demandOf = (input: ReturnType<typeof fleetOfApps>) => Object.values(input.demand ?? {})[0];

/** The least value of all combinations of sets; undefined when none is legal. */
function oracle(problem: Problem): number | undefined {
  const sets = problem.apps.map((app) => {
    const all: number[][] = [];
    const visit = (open: readonly number[]) => all.push([...open]) < 0;
    forEachSet(app, boundless(), { limit: () => Number.POSITIVE_INFINITY, visit });
    return all;
  });
  let least: number | undefined;
  const chosen: number[][] = [];
  const descend = (a: number): void => {
    if (a === sets.length) {
      const found = evaluateJointly(problem, chosen, boundless());
      const value = found?.reduce((sum, one) => sum + one.evaluated.value, 0);
      if (value !== undefined && (least === undefined || value < least)) least = value;
      return;
    }
    for (const open of sets[a] ?? []) {
      chosen.push(open);
      descend(a + 1);
      chosen.pop();
    }
  };
  descend(0);
  return least;
}

/** The value of placing the apps one after another by name, each at the best that is left; Infinity when one finds nothing. */
function oneAfterAnother(problem: Problem): number {
  const { limits } = problem;
  const pods = limits.taken.pods.slice();
  let value = 0;
  for (const app of problem.apps) {
    const left = { ...limits, taken: { ...limits.taken, pods } };
    const { best } = enumerate(app, left, boundless());
    if (best === undefined) return Number.POSITIVE_INFINITY;
    for (const cluster of best.open) pods[cluster] = (pods[cluster] ?? 0) + 1;
    value += best.evaluated.value;
  }
  return value;
}

describe('a crowd', () => {
  const small = { apps: 4, clusters: 6, origins: 12, kind: 'slots' } as const;

  it(
    'is placed near the best of all combinations, never worse than one after another, and its bound is below',
    () => {
      let placed = 0;
      let excess = 0;
      for (const seed of seeds(40)) {
        const problem = problemOf({ ...small, room: 1, seed }, 2);
        // Room for two clusters of each app, and one more.
        const pods = Float64Array.from({ length: 6 }, (_, c) => (c < 3 ? 2 : 1));
        const total = { ...problem.limits.total, pods };
        const tight = { ...problem, limits: { ...problem.limits, total } };
        const least = oracle(tight);
        if (least === undefined) continue;
        const alone = tight.apps.map((app) => enumerate(app, tight.limits, boundless()));
        const { apps } = placeJoint(tight, alone, boundless());
        if (apps.some(({ best }) => best === undefined)) continue;
        placed++;
        const value = apps.reduce((sum, { best }) => sum + (best?.evaluated.value ?? 0), 0);
        const bound = apps.reduce((sum, one) => sum + (one.bound ?? 0), 0);
        expect(value).toBeGreaterThanOrEqual(least * (1 - 1e-9));
        expect(bound).toBeLessThanOrEqual(least * (1 + 1e-9));
        expect(value).toBeLessThanOrEqual(oneAfterAnother(tight) * (1 + 1e-9));
        excess += value / least - 1;
      }
      expect(placed).toBeGreaterThan(slowRuns(20));
      expect(excess / placed).toBeLessThan(0.02);
    },
    TIMEOUT,
  );

  const shared = { apps: 6, clusters: 40, origins: 40, room: 1.1, kind: 'slots' } as const;
  const signed = ({ digest: _, ...rest }: PlacementDecision): PlacementDecision => ({
    ...rest,
    digest: digestOf(rest),
  });

  it(
    'is proved by prices that the checker accepts, and that it refuses once they were changed',
    () => {
      for (const seed of seeds(4)) {
        const input = fleetOfApps({ ...shared, seed });
        const decision = place(input);
        expect(verify(decision, input)).toEqual({ valid: true, findings: [] });
        const { certificate, prices } = decision;
        const { apps = [], limitPrices = [] } = certificate;
        expect(certificate.kind).toBe('joint');
        expect(limitPrices.length).toBeGreaterThan(0);
        const [first, ...others] = limitPrices;
        const [app, ...rest] = apps;
        if (first === undefined || app?.kind !== 'dual') throw new Error('nothing was proved');
        const more = Math.abs(app.bound) * 0.01 + 1;
        const changed: Partial<PlacementDecision>[] = [
          { certificate: { ...certificate, apps: [{ ...app, bound: app.bound + more }, ...rest] } },
          { certificate: { ...certificate, limitPrices: others } },
          { certificate: { ...certificate, limitPrices: others }, prices: prices.slice(1) },
          { certificate: { ...certificate, limitPrices: [{ ...first, price: -1 }, ...others] } },
          {
            certificate: { ...certificate, limitPrices: [{ ...first, cluster: 'no' }, ...others] },
          },
          { certificate: { ...certificate, limitPrices: [first, ...limitPrices] } },
          { certificate: { ...certificate, apps: [{ ...app, originPrices: {} }, ...rest] } },
          { certificate: { ...certificate, kind: 'independent' } },
          { prices: prices.map((one) => ({ ...one, saves: one.saves * 2 })) },
        ];
        for (const [index, change] of changed.entries()) {
          const { valid } = verify(signed({ ...decision, ...change }), input);
          expect([index, valid]).toEqual([index, false]);
        }
      }
    },
    TIMEOUT,
  );

  it('moves nothing when it is placed again', () => {
    const input = fleetOfApps({ ...shared, seed: 3 });
    const previous = place(input);
    const again = place({ ...input, previous });
    expect(again.apps.flatMap(({ dropped }) => dropped)).toEqual([]);
    expect(
      again.apps.flatMap(({ clusters }) => clusters).filter((c) => c.change !== 'kept'),
    ).toEqual([]);
  });
});
