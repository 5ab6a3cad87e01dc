/** Search and proof against every set: bounds are never above the optimum, and proofs close where costs and sets decide. */
import * as fc from 'fast-check';
import { enumerate } from '../../constructs/optimizer/enumeration/enumeration';
import { cheapestLists } from '../../constructs/optimizer/primitives/candidate-lists';
import { RandomSequence } from '../../constructs/optimizer/primitives/random-sequence';
import { needsAssignment } from '../../constructs/optimizer/problem/features';
import type { AppProblem } from '../../constructs/optimizer/problem/problem';
import { solveSingleApp } from '../../constructs/optimizer/single-app-solver';
import { problems } from '../placement/random';
import { runs, seed, TIMEOUT } from '../placement/runs';
import { compiledOf, plenty } from './compiled';

const slack = (value: number) => 1e-7 * Math.max(1, Math.abs(value));

it(
  'never claims more than the optimum, nor finds less',
  () => {
    let [closed, simple, tight, all] = [0, 0, 0, 0];
    const property = fc.property(problems({ apps: 1, clusters: 10, origins: 8 }), (input) => {
      const { problem, limits } = compiledOf(input);
      const { best: exact, isExact } = enumerate(problem, limits, plenty());
      const { best, bound, proof } = solveSingleApp(problem, limits, { spent: 0, allowed: 4e6 });
      expect(proof.kind).toBe('dual');
      if (!isExact || exact === undefined || best === undefined) return;
      const { value } = exact.evaluated;
      expect(best.evaluated.value).toBeGreaterThanOrEqual(value - slack(value));
      expect(bound).toBeLessThanOrEqual(value + slack(value));
      all++;
      if (value - bound <= 0.02 * Math.max(1, Math.abs(value))) tight++;
      if (needsAssignment(problem, limits)) return;
      simple++;
      if (value - bound <= slack(value)) closed++;
    });
    fc.assert(property, { seed, numRuns: runs(250) });
    expect(simple).toBeGreaterThan(0);
    expect(closed).toBe(simple);
    expect(tight / all).toBeGreaterThan(0.4);
  },
  TIMEOUT,
);

/** The same problem, told as one with too many pairs to hold: short lists, and costs only when asked for. */
function told(problem: AppProblem, length: number): AppProblem {
  const lists = cheapestLists(problem, length);
  const at = (cluster: number, u: number) =>
    problem.cost[cluster * problem.origins + u] ?? Infinity;
  const cheapest = (open: readonly number[]) => {
    const served = Int32Array.from({ length: problem.origins }, (_, u) => {
      const costs = open.map((cluster) => at(cluster, u));
      return costs.every((one) => one === Infinity) ? -1 : costs.indexOf(Math.min(...costs));
    });
    return { served, cost: Float64Array.from(served, (p, u) => at(open[p] ?? -1, u)) };
  };
  const cheaper = () => {
    throw new Error('nobody asks for reasons here');
  };
  return { ...problem, cost: new Float64Array(0), implicitCosts: { at, cheapest, cheaper, lists: () => lists } }; // biome-ignore format: a row
}

it(
  'with too many pairs to hold, still never claims more than the optimum, and says what sets cost',
  () => {
    let [same, all] = [0, 0];
    const property = fc.property(problems({ apps: 1, clusters: 10, origins: 8 }), (input) => {
      const { problem, limits } = compiledOf(input);
      if (problem.survive !== undefined || problem.nearShare !== undefined) return;
      const free = { ...problem, capacity: 'none' as const, budget: undefined };
      const { best: exact } = enumerate(free as AppProblem, limits, plenty());
      const found = solveSingleApp(told(free as AppProblem, 6), limits, { spent: 0, allowed: 4e6 });
      if (exact === undefined || found.best === undefined) return;
      const { value } = exact.evaluated;
      all++;
      expect(found.best.evaluated.value).toBeGreaterThanOrEqual(value - slack(value));
      expect(found.bound).toBeLessThanOrEqual(value + slack(value));
      if (found.best.evaluated.value <= value + slack(value)) same++;
    });
    fc.assert(property, { seed, numRuns: runs(250) });
    expect(same / all).toBeGreaterThan(0.8);
  },
  TIMEOUT,
);

it('takes no more work than it is allowed, but for the evaluations that end it', () => {
  const [input] = fc.sample(problems({ apps: 1, clusters: 8, origins: 7 }), { seed, numRuns: 1 });
  if (input === undefined) throw new Error('one problem was drawn');
  const [clusters, origins] = [60, 60];
  const random = RandomSequence.forCandidates(clusters);
  const numbers = (count: number, least: number, most: number) =>
    Float64Array.from({ length: count }, () => least + random.below(most - least));
  const flags = (flag: number) => new Uint8Array(clusters).fill(flag);
  const { problem, limits } = compiledOf(input);
  const scattered: AppProblem = {
    ...{ ...problem, budget: undefined, nearShare: undefined, survive: undefined },
    ...{ origins, clusters, rules: [], constantCost: 0, capacity: 'none', components: [] },
    ...{ allowed: flags(1), required: flags(0), previous: flags(0), reluctant: flags(0) },
    maxChanges: Number.POSITIVE_INFINITY,
    requestsPerSecond: new Float64Array(origins).fill(1),
    cost: numbers(clusters * origins, 1000, 2000),
    openCost: numbers(clusters, 3000, 3100),
    replicaCost: new Float64Array(clusters),
    threshold: new Float64Array(clusters),
  } as AppProblem;
  const work = { spent: 0, allowed: 1_000_000 };
  const { best, bound } = solveSingleApp(scattered, limits, work);
  expect(bound).toBeLessThan(best?.evaluated.value ?? 0);
  expect(work.spent).toBeGreaterThan(0.5 * work.allowed);
  expect(work.spent).toBeLessThan(1.1 * work.allowed);
});
