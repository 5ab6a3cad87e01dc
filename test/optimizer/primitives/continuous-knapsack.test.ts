/** The price of a divisible knapsack: those above it fit, and with those at it they no longer do. */
import * as fc from 'fast-check';
import { ContinuousKnapsack } from '../../../constructs/optimizer/primitives/continuous-knapsack';
import { runs, seed } from '../../placement/runs';

const items = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 9 })), {
  maxLength: 40,
});

it('is what sorting finds', () => {
  const knapsack = new ContinuousKnapsack(40);
  const property = fc.property(items, fc.integer({ min: 0, max: 150 }), (all, room) => {
    knapsack.clear();
    for (const [rate, weight] of all) knapsack.add(rate, weight);
    const price = knapsack.price(room);
    const weigh = (isIn: (rate: number) => boolean) =>
      all.reduce((sum, [rate, weight]) => (isIn(rate) ? sum + weight : sum), 0);
    const total = weigh(() => true);
    if (total <= room) {
      expect(price).toBe(0);
      return;
    }
    expect(weigh((rate) => rate > price)).toBeLessThanOrEqual(room);
    expect(weigh((rate) => rate >= price)).toBeGreaterThan(room);
    expect(knapsack.above).toBe(weigh((rate) => rate > price));
    expect(knapsack.equal).toBe(weigh((rate) => rate === price));
  });
  fc.assert(property, { seed, numRuns: runs(3000) });
});
