/** The counting bound of whole origins, against trying every assignment. */
import * as fc from 'fast-check';
import { fitsByCount } from '../../../constructs/optimizer/assignment/whole-count';
import { runs, seed } from '../../placement/runs';

const amount = fc.integer({ min: 1, max: 40 });

function hasPlace(weights: readonly number[], left: readonly number[]): boolean {
  const [weight, ...rest] = weights;
  if (weight === undefined) return true;
  return left.some(
    (free, c) =>
      weight <= free &&
      hasPlace(
        rest,
        left.map((one, d) => (d === c ? one - weight : one)),
      ),
  );
}

describe('counting whole origins', () => {
  it('refuses nothing that has a place', () => {
    let refused = 0;
    const property = fc.property(
      fc.array(amount, { minLength: 1, maxLength: 6 }),
      fc.array(amount, { minLength: 1, maxLength: 4 }),
      (weights, capacities) => {
        const fits = fitsByCount(Float64Array.from(weights), Float64Array.from(capacities));
        if (!fits) refused++;
        if (hasPlace(weights, capacities)) expect(fits).toBe(true);
      },
    );
    fc.assert(property, { seed, numRuns: runs(300) });
    expect(refused).toBeGreaterThan(50);
  });

  it('refuses three origins of which no two fit on one of two clusters, though both have room for all', () => {
    expect(fitsByCount(Float64Array.of(16, 16, 16), Float64Array.of(30, 30))).toBe(false);
    expect(fitsByCount(Float64Array.of(15, 15, 16), Float64Array.of(30, 30))).toBe(true);
    // A share of 1e-9 over the capacity is rounding.
    expect(fitsByCount(Float64Array.of(10, 10, 10), Float64Array.of(30 - 1e-9))).toBe(true);
  });
});
