/** A stream costs what a transport solved from nothing costs, whatever was opened, closed and taken back before. */
import * as fc from 'fast-check';
import { IncrementalFlow } from '../../../constructs/optimizer/assignment/incremental-flow';
import { minCostFlow } from '../../../constructs/optimizer/assignment/min-cost-flow';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { runs, seed } from '../../placement/runs';
import { plenty } from '../compiled';

const clusters = 6;
const origins = 7;
const questions = fc.record({
  weights: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: origins, maxLength: origins }),
  costs: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
    { minLength: clusters * origins, maxLength: clusters * origins },
  ),
  rooms: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 90 }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
    { minLength: clusters, maxLength: clusters },
  ),
  start: fc.uniqueArray(fc.integer({ min: 0, max: clusters - 1 }), { minLength: 1 }),
  moves: fc.array(fc.integer({ min: 0, max: 2 * clusters - 1 }), { maxLength: 8 }),
});

/** Cost and shortfall of a set from nothing. */
function fresh(app: AppProblem, rooms: readonly number[], open: readonly number[]) {
  const unitCost = new Float64Array(origins * open.length);
  for (let u = 0; u < origins; u++) {
    open.forEach((cluster, position) => {
      unitCost[u * open.length + position] =
        (app.cost[cluster * origins + u] as number) / (app.requestsPerSecond[u] as number);
    });
  }
  const weight = app.requestsPerSecond;
  const answer = minCostFlow({
    apps: [{ firstSlot: 0, slots: open.length, weight, unitCost }],
    slotCapacity: Float64Array.from(open, (cluster) => rooms[cluster] as number),
    slotCluster: Int32Array.from(open.keys()),
    clusterCapacity: new Float64Array(open.length).fill(Number.POSITIVE_INFINITY),
  });
  const cost = (answer.amounts[0] as Float64Array).reduce(
    (sum, amount, k) => (amount > 0 ? sum + amount * (unitCost[k] as number) : sum),
    0,
  );
  return { cost, isComplete: answer.shortfall === 0 };
}

it('costs what a transport costs after every opening and closing, and after taking one back', () => {
  let complete = 0;
  const property = fc.property(questions, ({ weights, costs, rooms, start, moves }) => {
    const app = {
      clusters,
      origins,
      requestsPerSecond: Float64Array.from(weights),
      cost: Float64Array.from(costs),
      openCost: new Float64Array(clusters),
      allowed: new Uint8Array(clusters).fill(1),
    } as unknown as AppProblem;
    const stream = new IncrementalFlow(app, Float64Array.from(rooms), plenty());
    const open = new Set(start);
    stream.reset(start);
    const check = () => {
      const expected = fresh(app, rooms, [...open]);
      expect(stream.isComplete).toBe(expected.isComplete);
      if (!expected.isComplete) return;
      complete++;
      expect(stream.cost).toBeCloseTo(expected.cost, 4);
      for (const one of open)
        expect(stream.load[one]).toBeLessThanOrEqual((rooms[one] as number) + 1e-6);
      for (const one of open) expect(stream.price[one]).toBeGreaterThanOrEqual(-1e-9);
    };
    check();
    for (const move of moves) {
      const cluster = move % clusters;
      const before = stream.save();
      const toggle = () =>
        open.has(cluster) ? stream.closeCluster(cluster) : stream.openCluster(cluster);
      if (open.has(cluster) && open.size === 1) continue;
      toggle();
      if (move >= clusters) stream.restore(before);
      else if (!open.delete(cluster)) open.add(cluster);
      check();
    }
  });
  fc.assert(property, { seed, numRuns: runs(600) });
  expect(complete).toBeGreaterThan(runs(600));
});
