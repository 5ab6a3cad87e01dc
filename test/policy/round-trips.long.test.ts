/** Measured round trips between cities: with the matrix the best sites are found; without it, distance stands in for it and costs. */
import { kilometersBetween } from '../../constructs/model/geography';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { inputOf } from '../bench/engine-input';
import { hasRoundTrips, meanRoundTrip, readRoundTrips, roundTripDocuments } from './round-trips';

/** Least sums of milliseconds by the number of sites, as HiGHS 1.15.3 proved them of the same matrix. */
const leastSums = new Map([
  [3, 12058.49],
  [4, 11025.89],
  [5, 10114.34],
  [6, 9363.99],
  [7, 8772.78],
  [8, 8235.64],
  [9, 7729.98],
  [10, 7353.06],
]);

if (!hasRoundTrips) {
  it.skip('round trips: the folder with their matrix is not beside this repository', () => {});
} else {
  const trips = readRoundTrips();
  const decide = (p: number, isMeasured: boolean) => {
    const input = inputOf(roundTripDocuments(trips, p, isMeasured));
    const decision = place(input);
    const sites = decision.apps[0]?.clusters.map(({ name }) => Number(name.slice(1))) ?? [];
    return { input, decision, mean: meanRoundTrip(trips, sites) };
  };

  it('are off from what distance says as much as explain tells: half within a fifth, a tenth by 78 ms or more', () => {
    const { cities, milliseconds } = trips;
    const pairs = [...milliseconds.keys()].flatMap((pair) => {
      const [from, to] = [Math.floor(pair / cities.length), pair % cities.length];
      const [a, b] = [cities[from], cities[to]];
      const got = milliseconds[pair] ?? Number.NaN;
      if (from === to || a === undefined || b === undefined || Number.isNaN(got)) return [];
      return [{ got, guess: 5 + (20 * kilometersBetween(a, b)) / 1000 }];
    });
    const share = (is: (pair: { got: number; guess: number }) => boolean) =>
      pairs.filter(is).length / pairs.length;
    expect(pairs.length).toBeGreaterThan(59_000);
    expect(share(({ got, guess }) => Math.abs(got - guess) <= 0.2 * guess)).toBeCloseTo(0.5, 1);
    expect(share(({ got, guess }) => Math.abs(got - guess) >= 78)).toBeCloseTo(0.1, 2);
  });

  describe('sites for 246 cities', () => {
    it.each([...leastSums])('%d: the least mean round trip, proved', (p, least) => {
      const { input, decision, mean } = decide(p, true);
      expect(decision.objective.gap).toBe(0);
      expect(decision.objective.value).toBeCloseTo(least, 4);
      expect(mean).toBeLessThanOrEqual((1.01 * least) / trips.cities.length);
      expect(verify(decision, input)).toEqual({ valid: true, findings: [] });
    });

    it.each([3, 5, 10])('%d by distance: people wait more than a twentieth longer', (p) => {
      const measured = decide(p, true).mean;
      expect(decide(p, false).mean / measured).toBeGreaterThan(1.05);
    });
  });
}
