/** Random problems of several apps on few clusters, with about as much room as they need. */
import * as fc from 'fast-check';
import { parseDemand, parseEdgeApp, parseFleet } from '../../constructs';
import type { PlaceInput } from '../../constructs/policy/place-input';

/** CPU of one unit of room, in millicores. Clusters and replicas have whole units. */
export const UNIT = 1000;
/** Memory of one unit of room, in mebibytes. */
export const MEMORY_UNIT = 256;

const degrees = fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -170, max: 170 }));

interface DrawnApp {
  readonly carried: number;
  readonly units: number;
  readonly memory: number;
  readonly min: number;
  readonly more: number;
  /** A cluster that the app must not have; negative: none. */
  readonly without: number;
  readonly milliseconds: number | undefined;
}

interface Drawn {
  readonly clusters: readonly (readonly [readonly [number, number], number, number])[];
  readonly origins: readonly (readonly [readonly [number, number], number])[];
  readonly apps: readonly DrawnApp[];
}

const origins = fc.array(fc.tuple(degrees, fc.integer({ min: 5, max: 90 })), {
  minLength: 1,
  maxLength: 4,
});

/** Up to 6 apps on up to 5 clusters; only CPU is short. */
export const crowded: fc.Arbitrary<PlaceInput> = fc
  .record({
    clusters: fc.array(fc.tuple(degrees, fc.integer({ min: 1, max: 6 }), fc.constant(1e6)), {
      minLength: 2,
      maxLength: 5,
    }),
    origins,
    apps: fc.array(
      fc.record({
        carried: fc.constantFrom(50, 70, 100),
        units: fc.constantFrom(1, 1, 1, 2),
        memory: fc.constant(1),
        min: fc.integer({ min: 1, max: 2 }),
        more: fc.integer({ min: 0, max: 1 }),
        without: fc.integer({ min: -3, max: 4 }),
        milliseconds: fc.constant(undefined),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  })
  .map(inputOf);

/** The same with memory of other sizes that is short too, up to three clusters at least, up to two more, and limits of latency. */
export const crowdedTwice: fc.Arbitrary<PlaceInput> = fc
  .record({
    clusters: fc.array(
      fc.tuple(degrees, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 8 })),
      { minLength: 2, maxLength: 5 },
    ),
    origins,
    apps: fc.array(
      fc.record({
        carried: fc.constantFrom(50, 90, 130),
        units: fc.constantFrom(1, 1, 2),
        memory: fc.constantFrom(1, 1, 2, 3),
        min: fc.integer({ min: 1, max: 3 }),
        more: fc.integer({ min: 0, max: 2 }),
        without: fc.integer({ min: -6, max: 4 }),
        milliseconds: fc.constantFrom(undefined, undefined, 90, 160),
      }),
      { minLength: 2, maxLength: 5 },
    ),
  })
  .map(inputOf);

function inputOf({ clusters, origins: from, apps }: Drawn): PlaceInput {
  return {
    fleet: parseFleet({
      clusters: clusters.map(([[latitude, longitude], units, memory], c) => ({
        name: `c${c}`,
        latitude,
        longitude,
        region: 'r',
        country: 'DE',
        labels: { c: `${c}` },
        allocatable: {
          cpuMillicores: units * UNIT,
          memoryMebibytes: memory * MEMORY_UNIT,
          pods: 1000,
        },
      })),
    }),
    demand: parseDemand({
      observedAt: '2026-11-21T05:30:00Z',
      origins: from.map(([[latitude, longitude], requestsPerSecond], o) => ({
        name: `o${o}`,
        latitude,
        longitude,
        requestsPerSecond,
      })),
    }),
    now: '2026-11-21T05:30:00Z',
    apps: apps.map((app, a) => parseEdgeApp(documentOf(app, `app${a}`))),
  };
}

function documentOf(app: DrawnApp, name: string) {
  const { carried, units, memory, min, more, without, milliseconds } = app;
  const resources = { cpuMillicores: units * UNIT, memoryMebibytes: memory * MEMORY_UNIT };
  return {
    name,
    workload: {
      components: [{ name: 'web', image: 'x', requestsPerSecondPerReplica: carried, resources }],
    },
    policy: {
      constraints: {
        minClusters: min,
        maxClusters: min + more,
        minRequestsPerSecond: 0,
        ...(without < 0 ? {} : { mustNotInclude: [{ labels: { c: `${without}` } }] }),
        ...(milliseconds === undefined ? {} : { latency: { milliseconds } }),
      },
    },
  };
}
