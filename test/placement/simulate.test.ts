/** Simulate: what-ifs are placed like everything else, with the clusters they lose gone. */
import * as fc from 'fast-check';
import { place } from '../../constructs/placement/place';
import { eachLoss, simulate } from '../../constructs/placement/simulate';
import { app, cluster, demand, fleet, origin } from '../build';
import { problems } from './random';
import { runs, seed } from './runs';

const regions = ['europe', 'asia', 'africa'] as const;
/** A fleet of `size` clusters, in turn in each region, along the equator. */
const wide = (size: number) =>
  fleet(
    ...Array.from({ length: size }, (_, i) =>
      cluster(`c${String(i).padStart(2, '0')}`)
        .in('DE', regions[i % regions.length])
        .at(0, i * 3 - 20),
    ),
  );
const everywhere = demand(
  ...Array.from({ length: 8 }, (_, i) => origin(`o${i}`, 30 + i).at(1, i * 15)),
);

describe('simulate', () => {
  it.each([6, 60])('never chooses a lost cluster, on a fleet of %i', (size) => {
    const input = {
      fleet: wide(size),
      demand: everywhere,
      apps: [app('shop', { constraints: { maxClusters: 6, minClusters: 1 } })],
    };
    const results = simulate(input, eachLoss(input, 'region'));
    expect(results).toHaveLength(3);
    for (const { decision, lost } of results) {
      const chosen = decision.apps[0]?.clusters.map(({ name }) => name) ?? [];
      expect(chosen.length).toBeGreaterThan(0);
      expect(chosen.filter((name) => lost.includes(name))).toEqual([]);
    }
  });

  it('puts what cannot be satisfied first', () => {
    const input = {
      fleet: wide(6),
      demand: everywhere,
      apps: [app('shop', { constraints: { mustInclude: [{ region: 'asia' }] } })],
    };
    const results = simulate(input, eachLoss(input, 'region'));
    expect(results.map(({ satisfied }) => satisfied)).toEqual([false, true, true]);
    expect(results[0]?.name).toBe('lose region asia');
  });

  it('scales the demand of the origins that match, and nothing else', () => {
    const input = {
      fleet: wide(6),
      demand: demand(origin('o0', 30).in('DE', 'europe'), origin('o1', 40).in('CN', 'asia')),
      apps: [app('shop', { constraints: { minClusters: 1 } })],
    };
    const [doubled] = simulate(input, [{ scale: [{ origins: { region: 'asia' }, factor: 2 }] }]);
    const served = doubled?.decision.apps[0]?.clusters.reduce(
      (sum, one) => sum + one.requestsPerSecond,
      0,
    );
    expect(served).toBeCloseTo(110, 9);
  });

  it('comes to the same as placing every loss, though only clusters in use are placed', () => {
    const property = fc.property(problems({ apps: 1, clusters: 6, origins: 5 }), (input) => {
      const base = place(input);
      const scenarios = [...eachLoss(input, 'cluster'), ...eachLoss(input, 'pair')];
      for (const { lost, decision } of simulate(input, scenarios)) {
        const still = { minGain: 0, minDwellSeconds: 0, freeze: [] };
        const apps = input.apps.map((one) => ({
          ...one,
          policy: { ...one.policy, stability: { ...one.policy.stability, ...still } },
        }));
        const placed = place({ ...input, apps, previous: base, now: base.now, lost });
        const told = ({ apps: [one] }: typeof placed) => ({
          satisfied: one?.satisfied,
          clusters: one?.clusters.map(({ name, replicas }) => ({ name, replicas })),
          assignments: one?.assignments,
          value: one?.objective.value,
        });
        expect(told(decision)).toEqual(told(placed));
      }
    });
    fc.assert(property, { seed, numRuns: runs(60) });
  });
});
