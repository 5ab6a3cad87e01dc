/** Several apps in limited room against the oracle that tries everything. */
import * as fc from 'fast-check';
import { parseDemand, parseEdgeApp, parseFleet } from '../../constructs';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { UNIT, wrongAbout } from './joint-oracle';
import { seed, slowRuns, TIMEOUT } from './runs';

const degrees = fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -170, max: 170 }));

/** Up to 6 apps on up to 5 clusters, with about as much room as they need. */
const crowded: fc.Arbitrary<PlaceInput> = fc
  .record({
    clusters: fc.array(fc.tuple(degrees, fc.integer({ min: 1, max: 6 })), {
      minLength: 2,
      maxLength: 5,
    }),
    origins: fc.array(fc.tuple(degrees, fc.integer({ min: 5, max: 90 })), {
      minLength: 1,
      maxLength: 4,
    }),
    apps: fc.array(
      fc.record({
        carried: fc.constantFrom(50, 70, 100),
        units: fc.constantFrom(1, 1, 1, 2),
        min: fc.integer({ min: 1, max: 2 }),
        more: fc.integer({ min: 0, max: 1 }),
        without: fc.integer({ min: -3, max: 4 }),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  })
  .map(({ clusters, origins, apps }) => ({
    fleet: parseFleet({
      clusters: clusters.map(([[latitude, longitude], units], c) => ({
        name: `c${c}`,
        latitude,
        longitude,
        region: 'r',
        country: 'DE',
        labels: { c: `${c}` },
        allocatable: { cpuMillicores: units * UNIT, memoryMebibytes: 1e6, pods: 1000 },
      })),
    }),
    demand: parseDemand({
      observedAt: '2026-11-21T05:30:00Z',
      origins: origins.map(([[latitude, longitude], requestsPerSecond], o) => ({
        name: `o${o}`,
        latitude,
        longitude,
        requestsPerSecond,
      })),
    }),
    now: '2026-11-21T05:30:00Z',
    apps: apps.map(({ carried, units, min, more, without }, a) =>
      parseEdgeApp({
        name: `app${a}`,
        workload: {
          components: [
            {
              name: 'web',
              image: 'x',
              requestsPerSecondPerReplica: carried,
              resources: { cpuMillicores: units * UNIT, memoryMebibytes: 1 },
            },
          ],
        },
        policy: {
          constraints: {
            minClusters: min,
            maxClusters: min + more,
            minRequestsPerSecond: 0,
            ...(without < 0 ? {} : { mustNotInclude: [{ labels: { c: `${without}` } }] }),
          },
        },
      }),
    ),
  }));

describe('several apps in limited room', () => {
  it(
    'all have a place exactly when trying everything finds one, at a value and a bound that it confirms',
    () => {
      const property = fc.property(crowded, (input) => expect(wrongAbout(input)).toBeUndefined());
      // LITTORAL_RUNS=40 draws ten thousand, in about a quarter of an hour. Known: draw 9,871 of the usual seed leaves an app out.
      fc.assert(property, { seed, numRuns: slowRuns(250), endOnFailure: true });
    },
    TIMEOUT,
  );
});
