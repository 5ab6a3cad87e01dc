/** What each cluster carries after a loss that the app is to survive: nearest clusters take over, within their room, and verify holds the numbers against the demand. */
import fc from 'fast-check';
import type { PlacementDecision } from '../../../constructs/model/decision';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { at, decide, four, free, from, inputOf } from '../placing';

const all = { ...free, minClusters: 4 };
const carried = (decision: ReturnType<typeof decide>) =>
  Object.fromEntries(
    decision.clusters.map(({ name, afterLoss }) => [name, afterLoss?.requestsPerSecond]),
  );

describe('after a loss', () => {
  it('the nearest cluster takes over, and the worst loss of each counts', () => {
    const survive = (clusters: number) =>
      carried(decide(inputOf({ constraints: { ...all, survive: clusters } })));
    // Of two clusters that are as near the first takes over: nobody comes to d when c is lost.
    expect(survive(1)).toEqual({ a: 200, b: 200, c: 200, d: 100 });
    // Without a and c, or c and d, everything but one origin comes to b.
    expect(survive(2)).toEqual({ a: 200, b: 300, c: 300, d: 200 });
    expect(survive(0)).toEqual({ a: undefined, b: undefined, c: undefined, d: undefined });
  });

  it('is what a comparison of all losses by hand says, for any demand, whatever is lost', () => {
    const rates = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 4, maxLength: 4 });
    const degrees = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(rates, degrees, fc.integer({ min: 1, max: 3 }), (demand, places, survive) => {
        const clusters = places.map((place, i) => at('abcd'[i]!, place + i / 100));
        const origins = demand.map((rate, i) => from(`o${i}`, 17 * i, rate));
        const input = inputOf({ constraints: { ...all, survive } }, clusters, origins);
        const got = carried(decide(input));
        const where = places.map((place, i) => place + i / 100);
        const worst = [0, 0, 0, 0];
        for (let left = 1; left < 16; left++) {
          const stays = [0, 1, 2, 3].filter((i) => ((left >> i) & 1) === 1);
          if (stays.length !== 4 && stays.length !== 4 - survive) continue;
          const load = [0, 0, 0, 0];
          demand.forEach((rate, o) => {
            const far = (i: number) => Math.abs((where[i] ?? 0) - 17 * o);
            const nearest = stays.reduce((best, i) => (far(i) < far(best) ? i : best));
            load[nearest] = (load[nearest] ?? 0) + rate;
          });
          load.forEach((one, i) => {
            worst[i] = Math.max(worst[i] ?? 0, one);
          });
        }
        expect(Object.values(got)).toEqual(worst);
      }),
      { numRuns: 20 },
    );
  });

  it('goes on to the next cluster where the nearest has no room', () => {
    const narrow = [at('a', 0), at('b', 10).with({ requestsPerSecond: 150 }), at('c', 20)];
    const origins = [from('oa', 0), from('ob', 10), from('oc', 20)];
    const three = { ...free, minClusters: 3, survive: 1 };
    const policy = { constraints: { ...three, capacity: { headroom: 0 } } };
    // After the loss of a, b has room for 50 of its 100 requests/s, and c takes the others.
    expect(carried(decide(inputOf(policy, narrow, origins)))).toEqual({ a: 200, b: 150, c: 150 });
  });

  it('is held against the demand by verify', () => {
    const input = inputOf({ constraints: { ...all, survive: 1 } }, four);
    const decision = place(input);
    expect(verify(decision, input).findings).toEqual([]);
    const forged = (change: (line: Line) => Partial<Line>): PlacementDecision => {
      const apps = decision.apps.map((app) => ({
        ...app,
        clusters: app.clusters.map((line) => ({ ...line, ...change(line) })),
      }));
      return { ...decision, apps };
    };
    type Line = PlacementDecision['apps'][number]['clusters'][number];
    const paths = (change: (line: Line) => Partial<Line>) =>
      verify(forged(change), input).findings.map(({ path, summary }) => `${path}: ${summary}`);
    const found = (change: (line: Line) => Partial<Line>) => paths(change).join('\n');
    expect(found(() => ({ afterLoss: undefined }))).toContain(
      'apps[0].clusters[0].afterLoss: got nothing, expected what it carries after a loss: survive is 1',
    );
    const set = (change: object) => (line: Line) => ({
      afterLoss: { ...line.afterLoss!, ...change },
    });
    expect(found(set({ requestsPerSecond: 120 }))).toContain(
      'after the loss of a the others are said to carry 360 requests/s, expected at least 400',
    );
    expect(found(set({ requestsPerSecond: 90 }))).toContain(
      'got 90, expected between 100, its load now, and 400, all demand',
    );
    expect(found(set({ replicas: 99 }))).toContain('afterLoss.replicas: got 99, expected');
    expect(found(set({ componentReplicas: { web: 2 } }))).toContain(
      'afterLoss.componentReplicas.web: got a component, expected none of this name',
    );
  });
});
