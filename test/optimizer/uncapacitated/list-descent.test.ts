/** The local search on lists: what it returns costs what it says, and no single move improves it. */
import * as fc from 'fast-check';
import { cheapestLists } from '../../../constructs/optimizer/primitives/candidate-lists';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { setViolation } from '../../../constructs/optimizer/problem/set-rules';
import { ListDescent } from '../../../constructs/optimizer/uncapacitated/list-descent';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

/** Everyone at the cheapest of `open`, added up anew; undefined when somebody has nowhere to go. */
function costOf(app: AppProblem, open: readonly number[]): number | undefined {
  let value = app.constantCost;
  for (const cluster of open) value += app.openCost[cluster] ?? 0;
  for (let u = 0; u < app.origins; u++) {
    value += Math.min(...open.map((c) => app.cost[c * app.origins + u] ?? Infinity));
  }
  return Number.isFinite(value) ? value : undefined;
}

/** Every set that one add, drop or swap makes of `open`. */
function neighbours(app: AppProblem, open: readonly number[]): number[][] {
  const closed = [...app.allowed.keys()].filter((c) => app.allowed[c] === 1 && !open.includes(c));
  const less = open.map((out) => open.filter((one) => one !== out));
  return [open, ...less].flatMap((some) => [
    [...some],
    ...closed.map((into) => [...some, into].sort((a, b) => a - b)),
  ]);
}

it('ends where no legal neighbour is cheaper, at the cost it says', () => {
  let ended = 0;
  const property = fc.property(problems({ apps: 1, clusters: 9, origins: 8 }), (input) => {
    const { problem } = compiledOf(input);
    const descent = new ListDescent(problem, cheapestLists(problem, problem.clusters), plenty());
    const open = descent.improve(descent.greedy());
    const value = costOf(problem, open);
    if (setViolation(problem, open) > 0 || value === undefined) return;
    ended++;
    const slack = 1e-7 * Math.max(1, Math.abs(value));
    expect(Math.abs(descent.costOf(open) - value)).toBeLessThanOrEqual(slack);
    for (const other of neighbours(problem, open)) {
      if (setViolation(problem, other) > 0) continue;
      expect(costOf(problem, other) ?? Infinity).toBeGreaterThanOrEqual(value - slack);
    }
  });
  fc.assert(property, { seed, numRuns: runs(300) });
  expect(ended).toBeGreaterThan(runs(100));
});

it('keeps the rules about sets when a start breaks them', () => {
  let mended = 0;
  const property = fc.property(problems({ apps: 1, clusters: 9, origins: 5 }), (input) => {
    const { problem } = compiledOf(input);
    const descent = new ListDescent(problem, cheapestLists(problem, problem.clusters), plenty());
    const all = [...problem.allowed.keys()].filter((c) => problem.allowed[c] === 1);
    const before = setViolation(problem, all);
    const after = setViolation(problem, descent.improve(all));
    expect(after).toBeLessThanOrEqual(before);
    if (before > 0 && after === 0) mended++;
  });
  fc.assert(property, { seed, numRuns: runs(200) });
  expect(mended).toBeGreaterThan(runs(50));
});
