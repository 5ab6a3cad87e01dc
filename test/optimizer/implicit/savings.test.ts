/** Savings of origins in groups: never less than those of all pairs, and little more. */
import * as fc from 'fast-check';
import { Sphere } from '../../../constructs/model/sphere';
import {
  type LinearDistanceCosts,
  savingsOf,
} from '../../../constructs/optimizer/implicit/savings';
import { seeded, world } from '../../bench/world';
import { runs, seed } from '../../placement/runs';

/** A world of two kinds of origins, of which the second may only be served by every other cluster. */
function drawn(of: number, slope: number): LinearDistanceCosts {
  const [m, n] = [60, 1500];
  const { fleet, demand } = world(m, n, of);
  const random = seeded(of + 1);
  const sphere = new Sphere(fleet.clusters, demand.origins);
  const weight = Float64Array.from(demand.origins, (one) => one.requestsPerSecond);
  const flat = Float64Array.from({ length: m }, () => 200 * random());
  const kind = Int32Array.from({ length: n }, () => Math.floor(2 * random()));
  const all = Int32Array.from({ length: m }, (_, c) => c);
  const costOver = (c: number, u: number, kilometers: number) =>
    (slope * kilometers + (flat[c] ?? 0)) * (weight[u] ?? 0);
  return {
    ...{ sphere, weight, kind, slope, flat, costOver, isChecked: false, measured: new Map() },
    members: [all, all.filter((c) => c % 2 === 0)],
    cost: (c, u) => costOver(c, u, sphere.kilometers(c, u)),
  };
}

it('is told of groups what is no less than the pairs save, and no more than half a percent of it more', () => {
  let close = 0;
  const property = fc.property(
    fc.record({
      of: fc.nat(1e6),
      slope: fc.constantFrom(0.02, 1),
      reach: fc.integer({ min: 50, max: 9000 }),
    }),
    ({ of, slope, reach }) => {
      const slopes = drawn(of, slope);
      const { weight, kind, members } = slopes;
      const prices = weight.map((one, u) => one * (slope * reach * (1 + (u % 5) / 20) + 100));
      const { saved } = savingsOf(slopes, prices, 'atLeast');
      for (let c = 0; c < saved.length; c++) {
        let [sum, paid] = [0, 0];
        for (let u = 0; u < weight.length; u++) {
          const price = prices[u] ?? 0;
          const cost = slopes.cost(c, u);
          if (!members[kind[u] ?? 0]?.includes(c) || cost >= price) continue;
          sum += cost - price;
          paid += price;
        }
        const told = saved[c] ?? 0;
        expect(told).toBeLessThanOrEqual(sum + 1e-9 * paid);
        expect(told).toBeGreaterThanOrEqual(sum - 0.005 * paid - 1e-9);
        if (told < sum - 1e-9 * paid) close++;
      }
    },
  );
  fc.assert(property, { seed, numRuns: runs(12) });
  expect(close).toBeGreaterThan(0);
});
