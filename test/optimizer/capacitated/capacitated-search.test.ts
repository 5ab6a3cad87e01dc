/** Limited room against every assignment there is: never a bound above the optimum, never a legal problem called impossible. */
import * as fc from 'fast-check';
import { solveCapacitated } from '../../../constructs/optimizer/capacitated/capacitated-solver';
import { enumerate } from '../../../constructs/optimizer/enumeration/enumeration';
import { capacitiesOf, replicasAt } from '../../../constructs/optimizer/problem/capacity';
import { isCapacitated } from '../../../constructs/optimizer/problem/features';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { solveSingleApp } from '../../../constructs/optimizer/single-app-solver';
import { at, free, from, inputOf } from '../../placement/placing';
import { runs, seed, TIMEOUT } from '../../placement/runs';
import { compiledOf, plenty } from '../compiled';

const slack = (value: number) => 1e-7 * Math.max(1, Math.abs(value));
const place = fc.record({
  longitude: fc.integer({ min: 0, max: 60 }),
  usdPerHour: fc.integer({ min: 0, max: 40 }),
  requestsPerSecond: fc.option(fc.integer({ min: 40, max: 400 }), { nil: undefined }),
  cpuMillicores: fc.option(fc.integer({ min: 250, max: 2500 }), { nil: undefined }),
});
const questions = fc.record({
  places: fc.array(place, { minLength: 2, maxLength: 4 }),
  people: fc.array(
    fc.record({
      longitude: fc.integer({ min: 0, max: 60 }),
      requestsPerSecond: fc.integer({ min: 20, max: 130 }),
    }),
    { minLength: 2, maxLength: 6 },
  ),
  assignment: fc.constantFrom('split' as const, 'whole' as const),
  headroom: fc.constantFrom(0, 0, 0.1),
});

function problemOf({
  places,
  people,
  assignment,
  headroom,
}: typeof questions extends fc.Arbitrary<infer T> ? T : never) {
  const clusters = places.map(({ longitude, usdPerHour, requestsPerSecond, cpuMillicores }, i) =>
    at(`c${i}`, longitude).with({
      usdPerHour,
      ...(requestsPerSecond !== undefined && { requestsPerSecond }),
      ...(cpuMillicores !== undefined && { allocatable: { cpuMillicores } }),
    }),
  );
  const origins = people.map((one, i) => from(`o${i}`, one.longitude, one.requestsPerSecond));
  const policy = {
    constraints: { ...free, capacity: { assignment, headroom } },
    objective: { latency: 0.01, money: 1 },
  };
  return compiledOf(inputOf(policy, clusters, origins));
}

/** The least cost of a way to give every origin to one cluster whose replicas and load then fit; Infinity without one. */
function leastWhole(app: AppProblem, most: readonly ((load: number) => boolean)[]): number {
  const load = new Float64Array(app.clusters);
  let least = Number.POSITIVE_INFINITY;
  const seat = (origin: number, cost: number): void => {
    if (origin === app.origins) {
      let value = cost + app.constantCost;
      for (let c = 0; c < app.clusters; c++) {
        if (load[c] === 0) continue;
        if (!(most[c] as (load: number) => boolean)(load[c] as number)) return;
        value += app.openCost[c] as number;
      }
      least = Math.min(least, value);
      return;
    }
    for (let c = 0; c < app.clusters; c++) {
      const here = app.cost[c * app.origins + origin] as number;
      if (app.allowed[c] === 0 || here === Number.POSITIVE_INFINITY) continue;
      load[c]! += app.requestsPerSecond[origin] as number;
      seat(origin + 1, cost + here);
      load[c]! -= app.requestsPerSecond[origin] as number;
    }
  };
  seat(0, 0);
  return least;
}

it(
  'finds a legal set wherever there is one, the cheapest nearly always, and claims no more than is true',
  () => {
    const seen = { split: 0, whole: 0, best: 0, impossible: 0 };
    const property = fc.property(questions, (question) => {
      const { problem, limits } = problemOf(question);
      const { total } = limits;
      const fits = question.places.map((_, c) => (load: number) => {
        const share = 1 - question.headroom;
        const cpu = problem.components.reduce(
          (sum, one) => sum + replicasAt(one, load) * one.cpuMillicores,
          0,
        );
        return (
          load <= (total.requestsPerSecond[c] as number) * share * (1 + 1e-9) &&
          cpu <= (total.cpuMillicores[c] as number) * share * (1 + 1e-9)
        );
      });
      const isWhole = question.assignment === 'whole';
      const exact = enumerate(problem, limits, plenty());
      const least = isWhole
        ? leastWhole(problem, fits)
        : (exact.best?.evaluated.value ?? Number.POSITIVE_INFINITY);
      const work = { spent: 0, allowed: 2e7 };
      const room = capacitiesOf(problem, limits);
      const { best, bound } = isCapacitated(problem, room)
        ? solveCapacitated(problem, room, limits, work)
        : solveSingleApp(problem, limits, work);
      if (least === Number.POSITIVE_INFINITY) {
        seen.impossible++;
        expect(best).toBeUndefined();
        return;
      }
      const value = best?.evaluated.value ?? Number.POSITIVE_INFINITY;
      expect(value).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(value).toBeGreaterThanOrEqual(least - slack(least));
      expect(bound).toBeLessThanOrEqual(least + slack(least));
      seen[question.assignment]++;
      if (value <= least + slack(least)) seen.best++;
    });
    fc.assert(property, { seed, numRuns: runs(400) });
    expect(Math.min(seen.split, seen.whole, seen.impossible)).toBeGreaterThan(runs(400) / 20);
    expect(seen.best / (seen.split + seen.whole)).toBeGreaterThan(0.98);
  },
  TIMEOUT,
);
