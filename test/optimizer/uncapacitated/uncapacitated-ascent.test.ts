/** The ascent: it climbs, tells the truth about where it is, and rounds prices only where that costs next to nothing. */
import * as fc from 'fast-check';
import { cheapestLists } from '../../../constructs/optimizer/primitives/candidate-lists';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { initialState } from '../../../constructs/optimizer/uncapacitated/branch-context';
import { dualizeConstraints } from '../../../constructs/optimizer/uncapacitated/dualized-constraints';
import { Relaxation } from '../../../constructs/optimizer/uncapacitated/relaxation';
import { UncapacitatedAscent } from '../../../constructs/optimizer/uncapacitated/uncapacitated-ascent';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

const pace = { step: 1, leastStep: 0.01, patience: 10 };

function started(problem: AppProblem) {
  const rules = dualizeConstraints(problem);
  const lists = cheapestLists(problem, problem.clusters);
  const relaxation = new Relaxation(problem, lists, rules, initialState(problem), plenty());
  const prices = problem.requestsPerSecond.map((weight) => weight * 3);
  const point = { assignmentMultipliers: prices, ruleMultipliers: new Float64Array(rules.length) };
  return { relaxation, ascent: new UncapacitatedAscent(problem, relaxation, point, pace), point };
}

it('ends no lower than it began, where it says it is', () => {
  let rose = 0;
  const property = fc.property(problems({ apps: 1, clusters: 9, origins: 8 }), (input) => {
    const { problem } = compiledOf(input);
    const { relaxation, ascent, point } = started(problem);
    if (!relaxation.evaluate(point)) return;
    const before = relaxation.value;
    const target = before + Math.abs(before) + 10;
    for (let round = 0, reached = before; round < 60; round++) {
      ascent.run(1, target);
      expect(ascent.value).toBeGreaterThanOrEqual(reached);
      reached = ascent.value;
    }
    if (ascent.value > before) rose++;
    relaxation.evaluate(ascent.best);
    expect(relaxation.value).toBe(ascent.value);
  });
  fc.assert(property, { seed, numRuns: runs(200) });
  expect(rose).toBeGreaterThan(runs(50));
});

it('rounds prices where little of what is missing is lost, and never below what was reached', () => {
  let [shorter, all] = [0, 0];
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const property = fc.property(
    problems({ apps: 1, clusters: 9, origins: 8 }),
    share,
    (input, beyond) => {
      const { problem } = compiledOf(input);
      const { relaxation, ascent, point } = started(problem);
      if (!relaxation.evaluate(point)) return;
      ascent.run(40, relaxation.value + Math.abs(relaxation.value) + 10);
      const { value } = ascent;
      const lengthOf = () => JSON.stringify([...ascent.best.assignmentMultipliers]).length;
      const long = lengthOf();
      // Half of the time the target is reached already.
      const target = value + (beyond - 0.5) * 1e-3 * (1 + Math.abs(value));
      ascent.shorten(target);
      const least = value >= target ? target : value - 0.0101 * (target - value);
      expect(ascent.value).toBeGreaterThanOrEqual(least);
      relaxation.evaluate(ascent.best);
      expect(relaxation.value).toBe(ascent.value);
      for (const [u, price] of ascent.best.assignmentMultipliers.entries()) {
        expect(price).toBeLessThanOrEqual(relaxation.lists.cap[u] ?? 0);
      }
      all++;
      if (lengthOf() < 0.7 * long) shorter++;
    },
  );
  fc.assert(property, { seed, numRuns: runs(200) });
  expect(shorter).toBeGreaterThan(all / 3);
});
