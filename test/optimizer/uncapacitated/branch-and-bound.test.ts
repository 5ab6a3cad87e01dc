/** The tree: what it decides is so for every set that is good enough, and it ends with the best one. */
import * as fc from 'fast-check';
import { cheapestLists } from '../../../constructs/optimizer/primitives/candidate-lists';
import type { AppProblem, ProofNode } from '../../../constructs/optimizer/problem/problem';
import { setViolation } from '../../../constructs/optimizer/problem/set-rules';
import { branchAndBound } from '../../../constructs/optimizer/uncapacitated/branch-and-bound';
import {
  type BranchContext,
  initialState,
} from '../../../constructs/optimizer/uncapacitated/branch-context';
import { dualizeConstraints } from '../../../constructs/optimizer/uncapacitated/dualized-constraints';
import { fixFromStart } from '../../../constructs/optimizer/uncapacitated/node-bound';
import { FREE, IN, OUT } from '../../../constructs/optimizer/uncapacitated/relaxation';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

interface Valued {
  readonly open: readonly number[];
  readonly value: number;
}

/** Every set that keeps the rules about sets and serves everyone, with what its pairs cost. */
function setsOf(app: AppProblem): Valued[] {
  const candidates = [...app.allowed.keys()].filter((c) => app.allowed[c] === 1);
  return Array.from({ length: 2 ** candidates.length }, (_, mask) => {
    const open = candidates.filter((_, i) => (mask >> i) & 1);
    return { open, value: costOf(app, open) };
  }).filter(({ open, value }) => setViolation(app, open) === 0 && Number.isFinite(value));
}

function costOf(app: AppProblem, open: readonly number[]): number {
  let value = app.constantCost;
  for (const cluster of open) value += app.openCost[cluster] ?? 0;
  for (let u = 0; u < app.origins; u++) {
    value += Math.min(...open.map((c) => app.cost[c * app.origins + u] ?? Infinity));
  }
  return value;
}

function questOf(app: AppProblem, cutoff: () => number, consider: BranchContext['consider']) {
  const rules = dualizeConstraints(app);
  const quest: BranchContext = {
    ...{ app, rules, work: plenty(), cutoff, consider },
    estimate: () => 1,
    isSetFathomed: (open) => setViolation(app, open) > 0 || costOf(app, open) >= cutoff(),
  };
  const prices = app.requestsPerSecond.map((weight) => weight * 3);
  const point = { assignmentMultipliers: prices, ruleMultipliers: new Float64Array(rules.length) };
  return {
    quest,
    start: { state: initialState(app), lists: cheapestLists(app, app.clusters), point },
  };
}

const any = problems({ apps: 1, clusters: 8, origins: 7 });
const simple = (app: AppProblem): AppProblem => {
  const { nearShare: _, survive: __, budget: ___, ...rest } = app;
  return rest;
};

it('few steps decide only what every set that costs less than the cutoff agrees with', () => {
  let decided = 0;
  const share = fc.double({ min: 0.01, max: 0.5, noNaN: true });
  const property = fc.property(any, share, (input, beyond) => {
    const app = simple(compiledOf(input).problem);
    const sets = setsOf(app);
    const least = Math.min(...sets.map(({ value }) => value));
    if (!Number.isFinite(least)) return;
    const cutoff = least + beyond * Math.max(1, Math.abs(least));
    const { quest, start } = questOf(
      app,
      () => cutoff,
      () => {},
    );
    const before = [...start.state];
    fixFromStart(quest, start);
    start.state.forEach((choice, cluster) => {
      if (choice === before[cluster]) return;
      expect(before[cluster]).toBe(FREE);
      decided++;
      for (const { open, value } of sets) {
        if (value < cutoff - 1e-9 * Math.max(1, Math.abs(cutoff))) {
          expect(open.includes(cluster) ? IN : OUT).toBe(choice);
        }
      }
    });
  });
  fc.assert(property, { seed, numRuns: runs(300) });
  expect(decided).toBeGreaterThan(runs(100));
});

/** Costs without any order: relaxations of such problems are far from what sets cost. */
const scattered = fc
  .record({
    costs: fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 70, maxLength: 70 }),
    opening: fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 7, maxLength: 7 }),
    input: problems({ apps: 1, clusters: 8, origins: 7 }),
  })
  .map(({ costs, opening, input }): AppProblem => {
    const [clusters, origins] = [7, 10];
    const flags = (flag: number) => new Uint8Array(clusters).fill(flag);
    return {
      ...simple(compiledOf(input).problem),
      ...{ origins, clusters, rules: [], constantCost: 0, capacity: 'none', components: [] },
      ...{ allowed: flags(1), required: flags(0), previous: flags(0), reluctant: flags(0) },
      maxChanges: Number.POSITIVE_INFINITY,
      requestsPerSecond: new Float64Array(origins).fill(1),
      cost: Float64Array.from(costs),
      openCost: Float64Array.from(opening),
      replicaCost: new Float64Array(clusters),
      threshold: new Float64Array(clusters),
    };
  });

it.each([
  ['documents', any.map((input) => simple(compiledOf(input).problem)), 0],
  ['scattered costs', scattered, runs(20)],
] as const)(
  'of %s: ends with the cheapest set and a proof, from any first answer',
  (_, apps, least) => {
    let [ended, split] = [0, 0];
    const isSplit = (node: ProofNode): boolean =>
      node.split !== undefined || (node.next !== undefined && isSplit(node.next));
    const property = fc.property(apps, fc.nat(), (app, pick) => {
      const sets = setsOf(app);
      if (sets.length === 0) return;
      const optimum = Math.min(...sets.map(({ value }) => value));
      const margin = 1e-9 * Math.max(1, Math.abs(optimum));
      let best = sets[pick % sets.length]?.value ?? Infinity;
      const cutoff = () => best - margin / 2;
      const { quest, start } = questOf(app, cutoff, (open) => {
        if (setViolation(app, open) === 0) best = Math.min(best, costOf(app, open));
      });
      const { value, proof } = branchAndBound(quest, start);
      expect(best).toBeLessThanOrEqual(optimum + 2 * margin);
      expect(value).toBeGreaterThanOrEqual(cutoff());
      ended++;
      if (isSplit(proof)) split++;
    });
    fc.assert(property, { seed, numRuns: runs(200) });
    expect(ended).toBeGreaterThan(runs(100));
    expect(split).toBeGreaterThanOrEqual(least);
  },
);
