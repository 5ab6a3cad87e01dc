/** Simulate against placing: every loss of one cluster and of two, on random problems and on a fleet that many apps share. */
import * as fc from 'fast-check';
import { canonicalJson } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import { eachLoss, type ScenarioApp, simulate } from '../../../constructs/placement';
import { place } from '../../../constructs/placement/decide/place';
import { scenarioAppOf } from '../../../constructs/placement/scenarios/outcome';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { fleetOfApps } from '../../bench/fleet-of-apps';
import { problems } from '../random';
import { runs, seed, TIMEOUT } from '../runs';

/** What place() is asked for a loss. */
const asked = (input: PlaceInput, base: PlacementDecision, lost: readonly string[]): PlaceInput => {
  const still = { minGain: 0, minDwellSeconds: 0, leaveMargin: 0, replicaDeadband: 0, freeze: [] };
  const apps = input.apps.map((one) => ({
    ...one,
    policy: { ...one.policy, stability: { ...one.policy.stability, ...still } },
  }));
  return { ...input, apps, previous: base, now: base.now, lost };
};
const told = (apps: readonly ScenarioApp[]) =>
  apps.map(({ satisfied, clusters, value, usdPerHour, latency }) => ({
    satisfied,
    clusters,
    numbers: [value, usdPerHour, ...Object.values(latency)].map((one) => one.toPrecision(9)),
  }));

describe('simulate', () => {
  it(
    'comes to the same as placing every loss, though only clusters in use are placed',
    () => {
      const property = fc.property(problems({ apps: 1, clusters: 6, origins: 5 }), (input) => {
        const base = place(input);
        const scenarios = [...eachLoss(input, 'cluster'), ...eachLoss(input, 'pair')];
        for (const { lost, apps, decide, delta } of simulate(input, scenarios)) {
          const placed = place(asked(input, base, lost));
          expect(canonicalJson(decide())).toBe(canonicalJson(placed));
          expect(told(apps)).toEqual(told(placed.apps.map((one) => scenarioAppOf(one, []))));
          expect(delta).toBeCloseTo(placed.objective.value - base.objective.value, 6);
        }
      });
      fc.assert(property, { seed, numRuns: runs(60) });
    },
    TIMEOUT,
  );

  it(
    'counts the worst pairs as place would, where one cluster harms the whole fleet and is in all of them',
    () => {
      const input = fleetOfApps({
        apps: 8,
        clusters: 40,
        origins: 80,
        room: 1.5,
        kind: 'slots',
        seed: 3,
      });
      const worst = simulate(input, eachLoss(input, 'pair')).slice(0, 10);
      // The last of them: its clusters are lost together with the one that harms most.
      const value = worst[9]?.apps.reduce((sum, one) => sum + one.value, 0);
      expect(value).toBeLessThan(1.02 * (worst[9]?.decide().objective.value ?? 0));
    },
    TIMEOUT,
  );
});
