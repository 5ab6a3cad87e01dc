/** The relaxation: whatever origins, rules and room are priced at, no legal answer costs less. */
import * as fc from 'fast-check';
import { enumerate } from '../../../constructs/optimizer/enumeration/enumeration';
import { cheapestLists } from '../../../constructs/optimizer/primitives/candidate-lists';
import { freeFor, largestLoad } from '../../../constructs/optimizer/problem/capacity';
import type { AppProblem, Limits } from '../../../constructs/optimizer/problem/problem';
import { dualizeConstraints } from '../../../constructs/optimizer/uncapacitated/dualized-constraints';
import { FREE, IN, OUT, Relaxation } from '../../../constructs/optimizer/uncapacitated/relaxation';
import { UncapacitatedAscent } from '../../../constructs/optimizer/uncapacitated/uncapacitated-ascent';
import { problems } from '../../placement/random';
import { runs, seed } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

const slack = (value: number) => 1e-7 * Math.max(1, Math.abs(value));

function relaxed(problem: AppProblem, limits: Limits) {
  const state = Uint8Array.from(problem.allowed, (allowed, c) =>
    allowed === 0 ? OUT : problem.required[c] === 1 ? IN : FREE,
  );
  const room =
    problem.capacity === 'none'
      ? undefined
      : Float64Array.from(problem.allowed, (_, c) =>
          Math.max(0, largestLoad(problem, freeFor(limits, c, problem.headroom))),
        );
  const rules = dualizeConstraints(problem, room);
  const lists = cheapestLists(problem, problem.clusters);
  return { rules, state, relaxation: new Relaxation(problem, lists, rules, state, plenty(), room) };
}

describe('the relaxation', () => {
  const prices = fc.array(fc.integer({ min: 0, max: 20000 }), { minLength: 8, maxLength: 8 });
  const rates = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 90, maxLength: 90 });

  it('is never above the optimum, at any prices, and neither are its sets with one choice reversed', () => {
    let ruled = 0;
    const kinds = new Set<string>();
    const property = fc.property(
      problems({ apps: 1, clusters: 7, origins: 8 }),
      prices,
      rates,
      (input, anyPrices, anyRates) => {
        const { problem, limits } = compiledOf(input);
        const { best } = enumerate(problem, limits, plenty());
        if (best === undefined) return;
        const { rules, state, relaxation } = relaxed(problem, limits);
        expect(rules.length).toBeLessThanOrEqual(anyRates.length);
        if (rules.length > 0) ruled++;
        for (const name of rules.names) kinds.add(name.replace(/[.[].*/, ''));
        const point = {
          assignmentMultipliers: Float64Array.from(anyPrices.slice(0, problem.origins)),
          ruleMultipliers: Float64Array.from(anyRates.slice(0, rules.length)),
        };
        const { value } = best.evaluated;
        expect(relaxation.evaluate(point)).toBe(true);
        expect(relaxation.value).toBeLessThanOrEqual(value + slack(value));
        for (const [cluster, choice] of state.entries()) {
          if (
            choice !== FREE ||
            best.open.includes(cluster) === relaxation.open.includes(cluster)
          ) {
            continue;
          }
          const isIn = relaxation.open.includes(cluster);
          const opposite = relaxation.valueWithOpposite(cluster, isIn);
          expect(opposite).toBeLessThanOrEqual(value + slack(value));
        }
      },
    );
    fc.assert(property, { seed, numRuns: runs(300) });
    expect(ruled).toBeGreaterThan(runs(15));
    const all = ['budget', 'cliques', 'latency', 'mustInclude', 'spread', 'survive'];
    expect([...kinds].sort()).toEqual(expect.arrayContaining(all));
  });

  it('climbs: an ascent never ends below where it began', () => {
    let gained = 0;
    const property = fc.property(
      problems({ apps: 1, clusters: 8, origins: 8 }),
      prices,
      (input, anyPrices) => {
        const { problem, limits } = compiledOf(input);
        const { rules, relaxation } = relaxed(problem, limits);
        const start = {
          assignmentMultipliers: Float64Array.from(anyPrices.slice(0, problem.origins)),
          ruleMultipliers: new Float64Array(rules.length),
        };
        if (!relaxation.evaluate(start)) return;
        const before = relaxation.value;
        const pace = { step: 1, leastStep: 0.01, patience: 10 };
        const ascent = new UncapacitatedAscent(problem, relaxation, start, pace);
        ascent.run(60, Math.abs(before) * 1.2 + 1);
        expect(ascent.value).toBeGreaterThanOrEqual(before - slack(before));
        ascent.refresh();
        expect(Math.abs(relaxation.value - ascent.value)).toBeLessThanOrEqual(slack(before));
        if (ascent.value > before + slack(before)) gained++;
      },
    );
    fc.assert(property, { seed, numRuns: runs(150) });
    expect(gained).toBeGreaterThan(runs(80));
  });
});
