/** The bound: never above the best there is, and anyone can recompute it from its prices. */
import * as fc from 'fast-check';
import { boundAt, lagrangianBound } from '../../../constructs/placement/solver/bound';
import { evaluate } from '../../../constructs/placement/solver/evaluate';
import { enumerate, isEnumerable } from '../../../constructs/placement/solver/exact';
import { setViolation } from '../../../constructs/placement/solver/rules';
import { search } from '../../../constructs/placement/solver/search';
import { problems } from '../random';
import { runs, seed } from '../runs';
import { compiledOf, plenty } from './compiled';

const slack = (value: number) => 1e-7 * Math.max(1, Math.abs(value));

describe('the bound', () => {
  it('is never above the enumerated optimum, and its prices prove it', () => {
    let tight = 0;
    const property = fc.property(problems({ apps: 1, clusters: 10, origins: 8 }), (input) => {
      const { problem, limits } = compiledOf(input);
      const { best } = enumerate(problem, limits, plenty());
      const value = best?.evaluated.value ?? Number.POSITIVE_INFINITY;
      for (const incumbent of [Number.POSITIVE_INFINITY, value]) {
        const bound = lagrangianBound(problem, incumbent, { rounds: 60 }, plenty());
        expect(boundAt(problem, bound.prices)).toBeCloseTo(bound.value, 6);
        if (best === undefined) continue;
        expect(bound.value).toBeLessThanOrEqual(value + slack(value));
        if (value - bound.value <= 0.02 * Math.max(1, Math.abs(value))) tight++;
      }
    });
    fc.assert(property, { seed, numRuns: runs(300) });
    expect(tight).toBeGreaterThan(runs(100));
  });

  it('holds for any prices at all, only less well', () => {
    const prices = fc.array(fc.integer({ min: -100, max: 20000 }), { minLength: 8, maxLength: 8 });
    const property = fc.property(
      problems({ apps: 1, clusters: 7, origins: 8 }),
      prices,
      (input, any) => {
        const { problem, limits } = compiledOf(input);
        const { best } = enumerate(problem, limits, plenty());
        if (best === undefined) return;
        const value = boundAt(problem, Float64Array.from(any.slice(0, problem.origins)));
        expect(value).toBeLessThanOrEqual(best.evaluated.value + slack(best.evaluated.value));
      },
    );
    fc.assert(property, { seed, numRuns: runs(200) });
  });
});

describe('the search', () => {
  it('never finds better than there is, and what it calls legal is', () => {
    let [legal, found, same] = [0, 0, 0];
    const property = fc.property(problems({ apps: 1, clusters: 13, origins: 10 }), (input) => {
      const { problem, limits } = compiledOf(input);
      expect(isEnumerable(problem)).toBe(true);
      const { best: exact, isExact } = enumerate(problem, limits, plenty());
      if (!isExact) return;
      const near = search(problem, limits, [], plenty());
      if (exact !== undefined) legal++;
      if (near === undefined) return;
      found++;
      expect(setViolation(problem, near.open)).toBe(0);
      const judged = evaluate(problem, near.open, limits, plenty());
      expect(judged.violation).toBe(0);
      expect(judged.value).toBe(near.evaluated.value);
      const least = exact?.evaluated.value ?? Number.POSITIVE_INFINITY;
      expect(near.evaluated.value).toBeGreaterThanOrEqual(least - slack(least));
      if (near.evaluated.value <= least + slack(least)) same++;
    });
    fc.assert(property, { seed, numRuns: runs(150) });
    expect(found / legal).toBeGreaterThan(0.95);
    expect(same / found).toBeGreaterThan(0.9);
  });
});
