/** Keep: nothing moves for less than minGain, and placing again changes nothing. */
import * as fc from 'fast-check';
import { place } from '../../../constructs/placement/decide/place';
import { at, chose, chosen, decide, four, free, from, inputOf } from '../placing';
import { problems } from '../random';
import { runs, seed } from '../runs';

/** From `far` to `near` the milliseconds of the only origin fall from 100 to 90: a gain of a tenth. */
const clusters = [at('far', 0), at('near', 0)];
const measured = [
  ['o', 'far', 100],
  ['o', 'near', 90],
] as const;
const moved = (minGain: number | undefined, more: object = {}) => {
  const input = inputOf(
    {
      constraints: { ...free, maxClusters: 1 },
      ...(minGain === undefined ? {} : { stability: { minGain } }),
      ...more,
    },
    clusters,
    [from('o', 0)],
  );
  return decide({
    ...input,
    fleet: { ...input.fleet, latency: measured },
    previous: chose(['far']),
  });
};

describe('minGain', () => {
  it('keeps the previous clusters while moving gains less, and says what it would', () => {
    const kept = moved(0.1001);
    expect(chosen(kept)).toEqual(['far']);
    expect(kept.warnings).toEqual([
      'kept the previous clusters: moving would gain 10 %, minGain asks for 10 %',
    ]);
    expect(kept.objective.gap).toBeCloseTo(0.1, 9);
  });

  it('moves when the gain is as much', () => {
    expect(chosen(moved(0.1))).toEqual(['near']);
    expect(chosen(moved(0.0999))).toEqual(['near']);
    expect(chosen(moved(undefined))).toEqual(['near']);
  });

  it('compares without the cost of the change itself', () => {
    const objective = { latency: 1, change: 400 };
    expect(chosen(moved(0.1, { objective }))).toEqual(['near']);
    expect(moved(0.11, { objective }).objective.terms.change).toBe(0);
  });

  it('lets go of previous clusters that break a rule', () => {
    const constraints = { ...free, maxClusters: 1, mustNotInclude: [{ name: 'far' }] };
    expect(chosen(moved(1, { constraints }))).toEqual(['near']);
  });

  it('lets go when one of them is gone from the fleet', () => {
    const input = inputOf({ constraints: free, stability: { minGain: 1 } });
    expect(chosen(decide({ ...input, previous: chose(['a', 'gone']) }))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(chosen(decide({ ...input, previous: chose(['a', 'b']) }))).toEqual(['a', 'b']);
  });
});

describe('placing again', () => {
  it('with the answer as the previous decision changes nothing, whatever the problem', () => {
    const property = fc.property(problems({ apps: 1, clusters: 7, origins: 6 }), (input) => {
      const { previous: _, ...fresh } = input;
      const first = place(fresh);
      const again = place({ ...fresh, previous: first });
      expect(again.apps.map(({ clusters }) => clusters.map(({ name }) => name))).toEqual(
        first.apps.map(({ clusters }) => clusters.map(({ name }) => name)),
      );
      for (const app of again.apps) {
        expect(app.dropped).toEqual([]);
        expect(app.clusters.filter(({ change }) => change === 'added')).toEqual([]);
      }
    });
    fc.assert(property, { seed, numRuns: runs(150) });
  });

  it('keeps since and the number of changes at zero', () => {
    const input = inputOf({ constraints: free });
    const first = place(input);
    const again = decide({ ...input, previous: first, now: '2026-11-21T05:50:00Z' });
    expect(again.clusters.map(({ since }) => since)).toEqual(four.map(() => first.now));
    expect(again.churnCurve).toEqual([{ changes: 0, value: again.objective.value }]);
  });
});
