/** Many apps whose sets are given: the engine divides their demand where it alone would fill the nearest clusters. */
import { parseDemand, parseEdgeApp, parseFleet, place, verify } from '../../../../constructs';
import type { PlaceInput } from '../../../../constructs/policy/place-input';
import { seeded } from '../../../bench/world';

const CLUSTERS = 10;

/** Apps that must run on all clusters, each with room for so many replicas of 250 millicores. */
function crowded(apps: number, replicas: number, sizes: readonly number[] = [250]): PlaceInput {
  const random = seeded(7);
  const latitude = () => -60 + 130 * random();
  const longitude = () => -180 + 360 * random();
  return {
    fleet: parseFleet({
      clusters: Array.from({ length: CLUSTERS }, (_, c) => ({
        name: `c${c}`,
        latitude: latitude(),
        longitude: longitude(),
        region: 'r',
        country: 'ZZ',
        allocatable: { cpuMillicores: 250 * replicas, memoryMebibytes: 1e7, pods: 1e5 },
      })),
    }),
    demand: parseDemand({
      observedAt: '2026-11-21T05:30:00Z',
      origins: Array.from({ length: 20 }, (_, o) => ({
        name: `o${o}`,
        latitude: latitude(),
        longitude: longitude(),
        requestsPerSecond: 1 + Math.floor(101 * random()),
      })),
    }),
    apps: Array.from({ length: apps }, (_, a) =>
      parseEdgeApp({
        name: `app${String(a).padStart(3, '0')}`,
        workload: {
          components: [
            {
              name: 'web',
              image: 'x',
              requestsPerSecondPerReplica: 10,
              resources: { cpuMillicores: sizes[a % sizes.length] as number, memoryMebibytes: 256 },
            },
          ],
        },
        policy: {
          constraints: { minClusters: CLUSTERS, maxClusters: CLUSTERS, minRequestsPerSecond: 0 },
        },
      }),
    ),
  };
}

/** Replicas that one app needs where every one but one at each cluster is full. */
const needed = ({ demand }: PlaceInput) =>
  (demand as { origins: readonly { requestsPerSecond: number }[] }).origins.reduce(
    (sum, one) => sum + one.requestsPerSecond,
    0,
  ) /
    10 +
  CLUSTERS;

describe('many apps whose sets are given', () => {
  const APPS = 102;
  it.each([
    ['with hardly more room than they need', 1.02, [250], 0.12],
    ['of three sizes', 1.1, [250, 500, 125], 0.07],
  ] as const)('all have a place where demand can be divided: %s', (_, share, sizes, gap) => {
    const mean = sizes.reduce((sum, one) => sum + one, 0) / sizes.length / 250;
    const each = Math.ceil((share * mean * APPS * needed(crowded(1, 1))) / CLUSTERS);
    const input = crowded(APPS, each, sizes);
    const decision = place(input);
    expect(decision.apps.filter(({ satisfied }) => !satisfied)).toEqual([]);
    expect(decision.objective.gap).toBeLessThan(gap);
    // Many replicas are taken as divisible: their use has to show where room lacks before anything has a price.
    expect(decision.certificate.limitPrices?.length).toBeGreaterThan(0);
    expect(decision.engine.workUnits).toBeLessThan(1.2e9);
    expect(verify(decision, input).findings).toEqual([]);
  });
});
