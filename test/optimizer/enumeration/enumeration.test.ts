/** The enumeration: it visits exactly the sets that are worth no more than the limit, however much it prunes. */
import * as fc from 'fast-check';
import { forEachSet } from '../../../constructs/optimizer/enumeration/enumeration';
import { MultiplierBound } from '../../../constructs/optimizer/enumeration/multiplier-bound';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { runs, seed } from '../../placement/runs';
import { plenty } from '../compiled';

const CLUSTERS = 12;
const ORIGINS = 5;

/** Numbers on a coarse grid, so that values tie; a sixth of the pairs is not legal. */
const problem = fc
  .record({
    cost: fc.array(fc.integer({ min: -3, max: 14 }), {
      minLength: CLUSTERS * ORIGINS,
      maxLength: CLUSTERS * ORIGINS,
    }),
    openCost: fc.array(fc.integer({ min: -4, max: 9 }), {
      minLength: CLUSTERS,
      maxLength: CLUSTERS,
    }),
    demand: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: ORIGINS, maxLength: ORIGINS }),
    required: fc.option(fc.nat(CLUSTERS - 1)),
    min: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ cost, openCost, demand, required, min, more }): AppProblem => {
    const flags = (isSet: (cluster: number) => boolean) =>
      Uint8Array.from({ length: CLUSTERS }, (_, cluster) => (isSet(cluster) ? 1 : 0));
    return {
      origins: ORIGINS,
      clusters: CLUSTERS,
      requestsPerSecond: Float64Array.from(demand),
      cost: Float64Array.from(cost, (each, at) =>
        each > 11 ? Number.POSITIVE_INFINITY : each * (demand[at % ORIGINS] ?? 1),
      ),
      openCost: Float64Array.from(openCost),
      constantCost: 7,
      replicaCost: new Float64Array(CLUSTERS),
      allowed: flags(() => true),
      required: flags((cluster) => cluster === required),
      previous: flags(() => false),
      reluctant: flags(() => false),
      maxChanges: Number.POSITIVE_INFINITY,
      rules: [
        {
          kind: 'count',
          members: flags(() => true),
          min,
          max: min + more,
          keepsThin: false,
        },
      ],
      threshold: new Float64Array(CLUSTERS),
      capacity: 'none',
      headroom: 0,
      components: [],
    };
  });

function worthOf({ constantCost, openCost, cost }: AppProblem, open: readonly number[]): number {
  let value = constantCost;
  for (const cluster of open) value += openCost[cluster] ?? 0;
  for (let origin = 0; origin < ORIGINS; origin++) {
    value += Math.min(...open.map((cluster) => cost[cluster * ORIGINS + origin] ?? 0));
  }
  return value;
}

/** All sets of legal size with the required cluster, by their value. */
function all(app: AppProblem): readonly { readonly key: string; readonly value: number }[] {
  const [rule] = app.rules;
  const { min, max } = rule?.kind === 'count' ? rule : { min: 0, max: 0 };
  return Array.from({ length: 2 ** CLUSTERS }, (_, bits) =>
    [...app.allowed.keys()].filter((cluster) => (bits >> cluster) & 1),
  )
    .filter((open) => open.length >= min && open.length <= max)
    .filter((open) => app.required.every((flag, c) => flag === 0 || open.includes(c)))
    .map((open) => ({ key: open.join(' '), value: worthOf(app, open) }))
    .filter(({ value }) => value < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.value - b.value);
}

describe('the enumeration of sets', () => {
  it('visits every set up to the limit and none above it', () => {
    const property = fc.property(problem, fc.nat(40), (app, rank) => {
      const sets = all(app);
      const limit = sets[Math.min(rank, sets.length - 1)]?.value ?? 0;
      const expected = sets.flatMap(({ key, value }) => (value <= limit + 1e-9 ? [key] : []));
      const visited: string[] = [];
      forEachSet(app, plenty(), {
        limit: () => limit,
        visit: (open, value) => {
          expect(value).toBeCloseTo(worthOf(app, open), 9);
          visited.push(open.join(' '));
          return false;
        },
      });
      expect(visited.sort()).toEqual(expected.sort());
    });
    fc.assert(property, { seed, numRuns: runs(60) });
  });

  it('looks at far fewer sets where multipliers prune', () => {
    const [app] = fc.sample(problem, { seed, numRuns: 1 }) as [AppProblem];
    const wide = { ...app, rules: [], openCost: app.openCost.map(() => 9) };
    const [best] = all({ ...wide, rules: [countOf(1, CLUSTERS)] });
    const work = plenty();
    forEachSet({ ...wide, rules: [countOf(1, CLUSTERS)] }, work, {
      limit: () => best?.value ?? 0,
      visit: () => false,
    });
    // Every set would take 4,096 evaluations.
    expect(work.spent).toBeLessThan(1_000 * ORIGINS);
  });
});

const countOf = (min: number, max: number) => ({
  kind: 'count' as const,
  members: new Uint8Array(CLUSTERS).fill(1),
  min,
  max,
  keepsThin: false,
});

describe('a bound by multipliers', () => {
  it('is above no set that contains the chosen clusters and others from its depth on', () => {
    const property = fc.property(
      problem,
      fc.nat(2 ** CLUSTERS - 1),
      fc.nat(CLUSTERS),
      fc.integer({ min: -50, max: 200 }),
      (app, bits, depth, target) => {
        const candidates = [...app.allowed.keys()];
        const range = { min: 0, max: CLUSTERS };
        const bound = new MultiplierBound(app, candidates, range, target, plenty());
        const open = candidates.filter((cluster) => (bits >> cluster) & 1);
        const chosen = open.filter((cluster) => cluster < depth);
        const further = open.length - chosen.length;
        let least = app.constantCost + bound.leastFrom(depth, further, further);
        for (const cluster of chosen) least += app.openCost[cluster] ?? 0;
        for (let origin = 0; origin < ORIGINS; origin++) {
          const costs = chosen.map((cluster) => app.cost[cluster * ORIGINS + origin] ?? 0);
          least += Math.min(...costs, bound.multipliers[origin] ?? 0);
        }
        expect(least).toBeLessThanOrEqual(worthOf(app, open) + 1e-9);
      },
    );
    fc.assert(property, { seed, numRuns: runs(400) });
  });
});
