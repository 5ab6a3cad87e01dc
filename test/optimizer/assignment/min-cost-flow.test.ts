/** Transport: the flow is the one a linear program finds, and so is what one more unit of room would save. */
import * as fc from 'fast-check';
import { type Model, solve } from 'yalps';
import {
  type MinCostFlowProblem,
  minCostFlow,
} from '../../../constructs/optimizer/assignment/min-cost-flow';
import { runs, seed } from '../../placement/runs';

const cost = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 400 }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);
const room = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);

/** One or two apps on up to four clusters; some costs, rooms and weights make it infeasible. */
const problems: fc.Arbitrary<MinCostFlowProblem> = fc
  .record({
    clusters: fc.integer({ min: 1, max: 4 }),
    apps: fc.array(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 2,
    }),
    costs: fc.array(cost, { minLength: 40, maxLength: 40 }),
    rooms: fc.array(room, { minLength: 12, maxLength: 12 }),
  })
  .map(({ clusters, apps, costs, rooms }) => ({
    apps: apps.map((weights, a) => ({
      firstSlot: a * clusters,
      slots: clusters,
      weight: Float64Array.from(weights),
      unitCost: Float64Array.from(
        weights.flatMap((_, o) => costs.slice(a * 20 + o * clusters, a * 20 + (o + 1) * clusters)),
      ),
    })),
    slotCapacity: Float64Array.from(rooms.slice(0, apps.length * clusters)),
    slotCluster: Int32Array.from({ length: apps.length * clusters }, (_, slot) => slot % clusters),
    clusterCapacity: Float64Array.from(rooms.slice(8, 8 + clusters)),
  }));

/** The same as a linear program; undefined when it has no answer. */
function linear({ apps, slotCapacity, slotCluster, clusterCapacity }: MinCostFlowProblem) {
  const constraints: Record<string, { equal?: number; max?: number }> = {};
  const variables: Record<string, Record<string, number>> = {};
  apps.forEach((app, a) => {
    app.weight.forEach((weight, o) => {
      constraints[`origin ${a} ${o}`] = { equal: weight };
      for (let s = 0; s < app.slots; s++) {
        const slot = app.firstSlot + s;
        const unit = app.unitCost[o * app.slots + s] as number;
        if (unit === Number.POSITIVE_INFINITY) continue;
        variables[`x ${a} ${o} ${s}`] = {
          cost: unit,
          [`origin ${a} ${o}`]: 1,
          [`slot ${slot}`]: 1,
          [`cluster ${slotCluster[slot]}`]: 1,
        };
      }
    });
  });
  const limit = (name: string) => (most: number, index: number) => {
    if (most < Number.POSITIVE_INFINITY) constraints[`${name} ${index}`] = { max: most };
  };
  slotCapacity.forEach(limit('slot'));
  clusterCapacity.forEach(limit('cluster'));
  const model: Model = { direction: 'minimize', objective: 'cost', constraints, variables };
  const { status, result } = solve(model, { precision: 1e-9 });
  return status === 'optimal' ? result : undefined;
}

const costOf = ({ apps }: MinCostFlowProblem, amounts: readonly Float64Array[]) =>
  apps.reduce(
    (sum, app, a) =>
      sum +
      (amounts[a] as Float64Array).reduce(
        (all, amount, k) => (amount > 0 ? all + amount * (app.unitCost[k] as number) : all),
        0,
      ),
    0,
  );

describe('a transport', () => {
  it('costs what the linear program costs, and is short exactly when that has no answer', () => {
    let feasible = 0;
    const property = fc.property(problems, (problem) => {
      const answer = minCostFlow(problem);
      const least = linear(problem);
      expect(answer.shortfall > 0).toBe(least === undefined);
      if (least === undefined) return;
      feasible++;
      expect(costOf(problem, answer.amounts)).toBeCloseTo(least, 5);
    });
    fc.assert(property, { seed, numRuns: runs(600) });
    expect(feasible).toBeGreaterThan(runs(600) / 5);
    expect(feasible).toBeLessThan(runs(600));
  });

  it('serves every origin once and keeps within every room', () => {
    const property = fc.property(problems, (problem) => {
      const { amounts, shortfall, slotLoad } = minCostFlow(problem);
      if (shortfall > 0) return;
      const clusterLoad = new Float64Array(problem.clusterCapacity.length);
      problem.apps.forEach((app, a) => {
        const own = amounts[a] as Float64Array;
        expect(own.every((amount) => amount >= -1e-9)).toBe(true);
        app.weight.forEach((weight, o) => {
          const served = own.slice(o * app.slots, (o + 1) * app.slots);
          expect(served.reduce((sum, one) => sum + one, 0)).toBeCloseTo(weight, 6);
        });
      });
      slotLoad.forEach((load, slot) => {
        expect(load).toBeLessThanOrEqual((problem.slotCapacity[slot] as number) + 1e-6);
        clusterLoad[problem.slotCluster[slot] as number]! += load;
      });
      clusterLoad.forEach((load, c) => {
        expect(load).toBeLessThanOrEqual((problem.clusterCapacity[c] as number) + 1e-6);
      });
    });
    fc.assert(property, { seed, numRuns: runs(200) });
  });

  it('says what one more unit of each room would save', () => {
    const epsilon = 0.01;
    const more = (room: Float64Array, index: number) =>
      room.map((most, i) => (i === index ? most + epsilon : most));
    const property = fc.property(problems, (problem) => {
      const answer = minCostFlow(problem);
      const least = linear(problem);
      if (answer.shortfall > 0 || least === undefined) return;
      answer.slotSaving().forEach((saving, slot) => {
        const wider = { ...problem, slotCapacity: more(problem.slotCapacity, slot) };
        expect(saving).toBeCloseTo((least - (linear(wider) ?? Number.NaN)) / epsilon, 3);
      });
      answer.clusterSaving().forEach((saving, c) => {
        const wider = { ...problem, clusterCapacity: more(problem.clusterCapacity, c) };
        expect(saving).toBeCloseTo((least - (linear(wider) ?? Number.NaN)) / epsilon, 3);
      });
    });
    fc.assert(property, { seed, numRuns: runs(200) });
  });
});
