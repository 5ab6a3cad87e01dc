/** The largest load that fits: one replica more would not. */
import * as fc from 'fast-check';
import type { EdgeApp } from '../../../constructs/policy/edge-app';
import {
  fits,
  largestLoad,
  loadPerReplica,
  usageOf,
} from '../../../constructs/verification/input/load';
import { app } from '../../build';

const component = fc.record({
  requestsPerSecondPerReplica: fc.integer({ min: 1, max: 90 }),
  cpuMillicores: fc.integer({ min: 0, max: 700 }),
  memoryMebibytes: fc.integer({ min: 0, max: 900 }),
  minReplicas: fc.integer({ min: 1, max: 4 }),
});
const amounts = (max: number) =>
  fc.record({
    cpuMillicores: fc.integer({ min: 0, max: 100 * max }),
    memoryMebibytes: fc.integer({ min: 0, max: 100 * max }),
    pods: fc.integer({ min: 0, max }),
    requestsPerSecond: fc.integer({ min: 0, max: 100 * max }),
  });

const some: EdgeApp = app('shop', {});
const sized = (
  components: readonly {
    readonly requestsPerSecondPerReplica: number;
    readonly cpuMillicores: number;
    readonly memoryMebibytes: number;
    readonly minReplicas: number;
  }[],
): EdgeApp => ({
  ...some,
  sizing: components.map(({ cpuMillicores, memoryMebibytes, ...one }) => ({
    ...(some.sizing[0] as EdgeApp['sizing'][number]),
    ...one,
    requestsPerRequest: 1,
    resources: { cpuMillicores, memoryMebibytes },
  })),
});

it('fits, and the next load at which a component needs one replica more does not, whatever else limits it', () => {
  fc.assert(
    fc.property(
      fc.array(component, { minLength: 1, maxLength: 3 }),
      amounts(200),
      amounts(20),
      (components, capacity, used) => {
        const one = sized(components);
        const most = largestLoad(one, capacity, used);
        const fitsAt = (load: number) => fits(usageOf(one, load), capacity, used);
        if (most < 0) return expect(fitsAt(0)).toBe(false);
        expect(fitsAt(most)).toBe(true);
        const steps = one.sizing.map(loadPerReplica);
        const next = Math.min(...steps.map((step) => (Math.floor(most / step + 1e-9) + 1) * step));
        return expect(fitsAt(next)).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});
