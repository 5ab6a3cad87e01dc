/** Capacity: the largest load is one that fits, and any more would not. */
import * as fc from 'fast-check';
import {
  fits,
  largestLoad,
  replicasAt,
  stepBelow,
  usageAt,
} from '../../../constructs/optimizer/problem/capacity';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { decide, four, free, from, inputOf } from '../../placement/placing';
import { runs, seed } from '../../placement/runs';
import { compiledOf } from '../compiled';

const component = fc.record({
  requestsPerSecondPerReplica: fc.constantFrom(1, 7.5, 10, 33.3, 50, Number.POSITIVE_INFINITY),
  minReplicas: fc.integer({ min: 1, max: 3 }),
  cpuMillicores: fc.constantFrom(0, 100, 250, 333),
  memoryMebibytes: fc.constantFrom(0, 64, 128, 500),
});
const amount = (most: number) =>
  fc.oneof(fc.integer({ min: 0, max: most }), fc.constant(Number.POSITIVE_INFINITY));
const roomy = fc.record({
  cpuMillicores: amount(5000),
  memoryMebibytes: amount(9000),
  pods: amount(40),
  requestsPerSecond: amount(900),
});
const { problem: anyProblem } = compiledOf(inputOf({ constraints: free }));
const withComponents = (components: AppProblem['components']): AppProblem => ({
  ...anyProblem,
  components,
});
const all = fc.tuple(fc.array(component, { minLength: 1, maxLength: 3 }), roomy);

describe('the largest load', () => {
  it('fits, and a little more does not', () => {
    const property = fc.property(all, ([components, room]) => {
      const app = withComponents(components);
      const most = largestLoad(app, room);
      if (most < 0) {
        expect(fits(usageAt(app, 0), room)).toBe(false);
        return;
      }
      if (most === Number.POSITIVE_INFINITY) {
        expect(fits(usageAt(app, 1e9), room)).toBe(true);
        return;
      }
      expect(fits(usageAt(app, most), room)).toBe(true);
      expect(fits(usageAt(app, most * (1 + 1e-6) + 1e-6), room)).toBe(false);
    });
    fc.assert(property, { seed, numRuns: runs(3000) });
  });

  it('is steps of whole replicas', () => {
    const one = {
      requestsPerSecondPerReplica: 50,
      minReplicas: 1,
      cpuMillicores: 100,
      memoryMebibytes: 1,
    };
    const boundless = Number.POSITIVE_INFINITY;
    const room = (cpuMillicores: number) => ({
      cpuMillicores,
      memoryMebibytes: boundless,
      pods: boundless,
      requestsPerSecond: boundless,
    });
    expect([99, 100, 199, 200].map((cpu) => largestLoad(withComponents([one]), room(cpu)))).toEqual(
      [-1, 50, 50, 100],
    );
    const slower = { ...one, requestsPerSecondPerReplica: 30 };
    expect(largestLoad(withComponents([one, slower]), room(300))).toBe(50);
    expect(largestLoad(withComponents([one, slower]), room(299))).toBe(30);
  });
});

describe('replicas', () => {
  it('are as many as the load needs, one part in a billion over a whole one being rounding', () => {
    const one = {
      requestsPerSecondPerReplica: 10,
      minReplicas: 2,
      cpuMillicores: 1,
      memoryMebibytes: 1,
    };
    expect([0, 20, 20 * (1 + 1e-10), 20.001, 30].map((load) => replicasAt(one, load))).toEqual([
      2, 2, 2, 3, 3,
    ]);
  });

  it('need one fewer at the step below', () => {
    const property = fc.property(all, fc.integer({ min: 1, max: 900 }), ([components], load) => {
      const app = withComponents(components);
      const below = stepBelow(app, load);
      expect(below).toBeLessThan(load);
      if (below === 0) return;
      expect(usageAt(app, below).pods).toBeLessThan(usageAt(app, load).pods);
      expect(usageAt(app, (below + load) / 2).pods).toBe(usageAt(app, load).pods);
    });
    fc.assert(property, { seed, numRuns: runs(1000) });
  });
});

it('two components are placed within the room of both', () => {
  const clusters = four.map((one) => one.with({ allocatable: { pods: 5 } }));
  const decision = decide(inputOf({ constraints: free }, clusters, [from('oa', 0, 300)]));
  for (const { replicas } of decision.clusters) expect(replicas).toBeLessThanOrEqual(5);
});
