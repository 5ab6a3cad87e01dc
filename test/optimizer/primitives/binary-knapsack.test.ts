/** The 0/1 knapsack against every choice there is. */
import * as fc from 'fast-check';
import { BinaryKnapsack } from '../../../constructs/optimizer/primitives/binary-knapsack';
import { runs, seed } from '../../placement/runs';

const items = fc.array(
  fc.record({ gain: fc.integer({ min: 1, max: 60 }), weight: fc.integer({ min: 1, max: 40 }) }),
  { minLength: 1, maxLength: 10 },
);

it('no choice that fits gains more than the one taken, which fits and gains what it says', () => {
  const knapsack = new BinaryKnapsack(10);
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 200 }), (given, room) => {
      let best = 0;
      for (let choice = 0; choice < 1 << given.length; choice++) {
        const taken = given.filter((_, i) => (choice >> i) & 1);
        const weight = taken.reduce((sum, one) => sum + one.weight, 0);
        const gain = taken.reduce((sum, one) => sum + one.gain, 0);
        if (weight <= room) best = Math.max(best, gain);
      }
      knapsack.clear();
      for (const { gain, weight } of given) knapsack.add(gain, weight);
      knapsack.solve(room);
      const taken = given.filter((_, i) => knapsack.taken[i] === 1);
      expect(taken.reduce((sum, one) => sum + one.weight, 0)).toBeLessThanOrEqual(room);
      expect(taken.reduce((sum, one) => sum + one.gain, 0)).toBe(best);
      expect(knapsack.upperBound).toBe(best);
    }),
    { seed, numRuns: runs(300) },
  );
});
