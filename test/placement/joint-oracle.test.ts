/** Several apps in limited room against the oracle that tries everything. */
import * as fc from 'fast-check';
import { wrongAbout } from './joint-oracle';
import { crowded, crowdedTwice } from './joint-problems';
import { seed, slowRuns, TIMEOUT } from './runs';

describe('several apps in limited room', () => {
  it.each([
    ['CPU', crowded, 250],
    ['CPU and memory of different sizes', crowdedTwice, 100],
  ] as const)(
    'as many have a place as trying everything finds one for, at a value and a bound that it confirms: %s',
    (_, problems, all) => {
      const property = fc.property(problems, (input) => expect(wrongAbout(input)).toBeUndefined());
      // LITTORAL_RUNS=40 draws ten thousand, in about a quarter of an hour.
      fc.assert(property, { seed, numRuns: slowRuns(all), endOnFailure: true });
    },
    TIMEOUT,
  );
});
