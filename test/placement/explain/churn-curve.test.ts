/** The churn curve: what each further change would buy. */
import * as fc from 'fast-check';
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { world } from '../../bench/world';
import { app } from '../../build';
import { at, chose, decide, free, from, inputOf } from '../placing';
import { problems } from '../random';
import { runs, seed } from '../runs';

const limitedTo = (input: PlaceInput, maxChanges: number): PlaceInput => ({
  ...input,
  apps: input.apps.map((app) => ({
    ...app,
    policy: { ...app.policy, stability: { ...app.policy.stability, maxChanges, minGain: 0 } },
  })),
});

describe('the churn curve', () => {
  it('falls to what was decided, and each point is what so many changes can do', () => {
    let points = 0;
    const property = fc.property(problems({ apps: 1, clusters: 7, origins: 6 }), (written) => {
      const input = limitedTo(written, 100);
      const [decided] = place(input).apps;
      if (!decided?.satisfied || decided.churnCurve.length === 0) return;
      const { churnCurve, objective } = decided;
      const last = churnCurve[churnCurve.length - 1];
      expect(last?.value).toBeCloseTo(objective.value, 6);
      churnCurve.forEach(({ value, changes }, i) => {
        const before = churnCurve[i - 1];
        if (before === undefined) return;
        expect(value).toBeLessThanOrEqual(
          before.value + 1e-6 * Math.max(1, Math.abs(before.value)),
        );
        expect(changes).toBeGreaterThan(before.changes);
      });
      if (decided.warnings.some((words) => words.includes('gave way'))) return;
      for (const { changes, value } of churnCurve.slice(0, -1)) {
        const [limited] = place(limitedTo(written, changes)).apps;
        expect(limited?.warnings.filter((words) => words.includes('maxChanges'))).toEqual([]);
        expect(limited?.objective.value).toBeCloseTo(value, 6);
        points++;
      }
    });
    fc.assert(property, { seed, numRuns: runs(120) });
    // Few problems have a curve with more than its last point; a short run may meet none.
    if (runs(120) >= 120) expect(points).toBeGreaterThan(5);
  });

  it('counts newcomers where every previous cluster left the fleet', () => {
    const { churnCurve } = decide({
      ...inputOf({ constraints: free }, [at('a', 0)], [from('o', 0, 50)]),
      previous: chose(['gone']),
    });
    expect(churnCurve.map(({ changes }) => changes)).toEqual([1]);
  });

  it('is within a hundredth of the best for so many changes on a fleet that is searched', () => {
    const shop = (maxChanges?: number) =>
      app('shop', {
        constraints: {
          minClusters: 7,
          maxClusters: 8,
          spread: [{ by: 'provider', maxPerGroup: 3 }],
        },
        stability: {
          minGain: 0,
          minDwellSeconds: 0,
          ...(maxChanges !== undefined && { maxChanges }),
        },
      });
    const [before, after] = [world(60, 240, 5), world(60, 240, 5)];
    after.demand.origins.forEach((one) => {
      one.requestsPerSecond *= 1.02 + Math.cos((Math.PI * (one.longitude - 90)) / 180);
    });
    const fleet = parseFleet(before.fleet);
    const previous = place({ fleet, demand: parseDemand(before.demand), apps: [shop()] });
    const input = { fleet, demand: parseDemand(after.demand), apps: [shop()], previous };
    const [decided] = place(input).apps;
    const curve = decided?.churnCurve ?? [];
    expect(curve.length).toBeGreaterThan(3);
    curve.forEach(({ changes, value }, i) => {
      if (i > 0) expect(value).toBeLessThan(curve[i - 1]?.value ?? 0);
      const { objective } = place({ ...input, apps: [shop(changes)] });
      expect(value).toBeGreaterThanOrEqual(objective.bound * (1 - 1e-9));
      expect(value).toBeLessThanOrEqual(objective.value * 1.01);
    });
  });

  it('is empty without a previous decision', () => {
    expect(decide(inputOf({ constraints: free })).churnCurve).toEqual([]);
  });

  it('shows what minGain kept from happening', () => {
    const input = inputOf({ constraints: free, stability: { minGain: 1 } });
    const { churnCurve, clusters } = decide({ ...input, previous: chose(['a', 'b']) });
    expect(clusters).toHaveLength(2);
    expect(churnCurve.map(({ changes }) => changes)).toEqual([0, 1, 2]);
  });
});
