/** Statistics: percentiles as anyone would count them, and today without any change. */
import * as fc from 'fast-check';
import type { Demand } from '../../../constructs/model/demand';
import { place } from '../../../constructs/placement/decide/place';
import { app, demand, fleet } from '../../build';
import { at, chose, decide, four, fourOrigins, free, from, inputOf } from '../placing';
import { problems } from '../random';
import { runs, seed } from '../runs';

/** Hundredths of requests, one by one, in the order of their milliseconds. */
function naive(lines: readonly { readonly milliseconds: number; readonly rate: number }[]) {
  const total = lines.reduce((sum, one) => sum + one.rate, 0);
  const within = (share: number) => {
    const enough = lines
      .map(({ milliseconds }) => milliseconds)
      .sort((a, b) => a - b)
      .find((most) => {
        const served = lines.filter((one) => one.milliseconds <= most);
        return served.reduce((sum, one) => sum + one.rate, 0) >= share * total - 1e-9 * total;
      });
    return enough ?? 0;
  };
  const mean = lines.reduce((sum, one) => sum + one.rate * one.milliseconds, 0) / total;
  return { meanMilliseconds: mean, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}

describe('latency', () => {
  it('is counted as anyone would from the assignments', () => {
    const property = fc.property(problems({ apps: 1, clusters: 6, origins: 10 }), (input) => {
      const [decided] = place(input).apps;
      if (decided === undefined || decided.assignments.every(({ cluster }) => cluster === null))
        return;
      const rates = new Map(
        (input.demand as Demand).origins.map((one) => [one.name, one.requestsPerSecond]),
      );
      const lines = decided.assignments.flatMap(({ origin, share, milliseconds }) =>
        milliseconds === null ? [] : [{ milliseconds, rate: share * (rates.get(origin) ?? 0) }],
      );
      const { before: _, ...latency } = decided.latency;
      const { meanMilliseconds, ...percentiles } = naive(lines);
      expect(latency).toEqual({
        meanMilliseconds: expect.closeTo(meanMilliseconds, 6),
        ...percentiles,
      });
    });
    fc.assert(property, { seed, numRuns: runs(120) });
  });

  it('reaches a percentile exactly where that share is served', () => {
    const served = (near: number) => {
      const input = inputOf(
        { constraints: free },
        [at('a', 0)],
        [from('near', 0, near), from('far', 10, 100 - near)],
      );
      return decide(input).latency;
    };
    expect(served(95).p95).toBeCloseTo(5, 6);
    expect(served(94).p95).toBeCloseTo(27.24, 2);
    expect(served(95).p99).toBeCloseTo(27.24, 2);
    expect(served(50).p50).toBeCloseTo(5, 6);
  });
});

describe('before', () => {
  const input = inputOf({ constraints: free, stability: { minGain: 0 } });
  const beforeOf = (names: readonly string[], more: object = {}) =>
    decide({ ...input, ...more, previous: chose(names) }).latency.before;

  it('is the previous clusters under the demand of today', () => {
    const stayed = inputOf({ constraints: free }, [at('a', 0), at('b', 10)], fourOrigins);
    const { before } = decide({ ...input, previous: chose(['a', 'b']) }).latency;
    expect(before).toEqual(decide(stayed).latency);
  });

  it('is of those that may still be chosen', () => {
    const apps = [app('shop', { constraints: { ...free, mustNotInclude: [{ name: 'b' }] } })];
    expect(beforeOf(['a', 'b'], { apps })).toEqual(beforeOf(['a', 'gone']));
  });

  it('is left out without a previous decision, or where it cannot serve everyone', () => {
    expect(decide(input).latency).not.toHaveProperty('before');
    const constraints = { ...free, latency: { milliseconds: 30 } };
    expect(beforeOf(['a'], { apps: [app('shop', { constraints })] })).toBeUndefined();
    expect(beforeOf(['gone'])).toBeUndefined();
  });
});

describe('the delta of the cost', () => {
  const priced = four.map((one) => one.with({ usdPerHour: 1, usdPerReplicaHour: 0.5 }));
  const input = inputOf({ constraints: free, stability: { minGain: 0 } }, priced);

  it('is what it costs more than the previous clusters would today', () => {
    // Two clusters with four replicas each become four with two: two more clusters.
    expect(decide({ ...input, previous: chose(['a', 'b']) }).cost).toEqual({
      usdPerHour: 8,
      delta: 2,
    });
  });

  it('is all of it where nothing was there', () => {
    expect(decide(input).cost).toEqual({ usdPerHour: 8, delta: 8 });
    const { fleet: clusters } = input;
    expect(fleet(...priced)).toEqual(clusters);
    expect(demand(...fourOrigins)).toEqual(input.demand);
  });
});
