/** Windows and averages: which range is asked for, and what silence means. */
import * as fc from 'fast-check';
import { averagesOf, windowEnding } from '../../../providers/sources/demand/windows';

const series = (name: string, ...values: [number, number][]) => ({ labels: { name }, values });

describe('a window', () => {
  it('ends on a whole step, so that equal minutes ask equal questions', () => {
    expect(windowEnding(1234, 600, 120)).toEqual({
      fromSeconds: 600,
      untilSeconds: 1200,
      stepSeconds: 120,
    });
    expect(windowEnding(1200, 600, 120)).toEqual(windowEnding(1319, 600, 120));
  });

  it('of a day takes longer steps', () => {
    expect(windowEnding(1e9, 86400, 120).stepSeconds).toBe(300);
  });

  it('of a day ends where a short one does, so that the newest values are in it', () => {
    expect(windowEnding(1e9, 86400, 120).untilSeconds).toBe(
      windowEnding(1e9, 600, 120).untilSeconds,
    );
  });

  it('never asks for more than 289 values, and never for the future', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2e9 }),
        fc.integer({ min: 1, max: 1e7 }),
        fc.integer({ min: 1, max: 1e4 }),
        (now, seconds, step) => {
          const window = windowEnding(now, seconds, step);
          const steps = (window.untilSeconds - window.fromSeconds) / window.stepSeconds;
          return (
            Number.isInteger(steps) &&
            steps <= 288 &&
            window.untilSeconds <= now &&
            window.stepSeconds >= step
          );
        },
      ),
    );
  });
});

describe('an average', () => {
  it('is over the steps at which anybody has a value: a silent series counts as 0 there', () => {
    const averages = averagesOf([series('a', [0, 4], [60, 4]), series('b', [60, 4])]);
    expect(averages.series.map((one) => one.requestsPerSecond)).toEqual([4, 2]);
    expect(averages).toMatchObject({ totalRequestsPerSecond: 6, steps: 2 });
  });

  it('leaves out a gap of the whole server', () => {
    const averages = averagesOf([series('a', [0, 4], [600, 4])]);
    expect(averages.series[0]?.requestsPerSecond).toBe(4);
  });

  it('says when its newest value is from', () => {
    const averages = averagesOf([series('a', [0, 1]), series('b', [300, 1], [240, 1])]);
    expect(averages).toMatchObject({ oldestSeconds: 0, newestSeconds: 300 });
  });

  it('may keep only the last part', () => {
    const averages = averagesOf([series('a', [0, 100], [540, 1], [600, 3])], 60);
    expect(averages).toMatchObject({ oldestSeconds: 540, steps: 2, totalRequestsPerSecond: 2 });
  });

  it('does not depend on the order of series', () => {
    const values = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ max: 99, min: 0 })),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), (all) => {
        const list = all.map((one, at) => series(String(at), ...one));
        const forward = averagesOf(list).series;
        const backward = [...averagesOf([...list].reverse()).series].reverse();
        expect(backward).toEqual(forward);
      }),
    );
  });
});
