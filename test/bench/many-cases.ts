/** The cases of the bench of many apps, ample room and even places, and the sizes of its growth curves. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { ampleRoom, bindingRoom, evenApp, manyApps } from './many-inputs';
import { world } from './world';

/** A name with what makes the input. */
export interface ManyCase {
  readonly name: string;
  readonly input: () => PlaceInput;
  /** True for a case of minutes, which runs only where it is asked for by name. */
  readonly isLong?: true;
}

const many = (apps: number, clusters: number, origins: number, policies?: 'every'): ManyCase => ({
  name: `${apps} apps x ${clusters} clusters${origins > 0 ? ` x ${origins} origins` : ', no demand'}${policies ? ', policies of their own' : ''}`,
  input: () => manyApps({ apps, clusters, origins, ...(policies && { policies }) }),
});

const even = (
  m: number,
  n: number,
  range: readonly [number, number],
  room?: 'ample' | 'binding',
): ManyCase => ({
  name: `even ${m} x ${n}, ${range.join(' to ')}${room === undefined ? '' : `, ${room} room`}`,
  input: () => evenApp(m, n, range, room && (room === 'ample' ? ampleRoom : bindingRoom)),
});

/** Exactly `p` of a gathered world, with room that never binds and without. */
function gathered(m: number, n: number, p: number, hasRoom: boolean): ManyCase {
  const input = () => {
    const { fleet, demand } = world(m, n, 1);
    const clusters = fleet.clusters.map((one) => ({ ...one, allocatable: ampleRoom }));
    const constraints = { minClusters: p, maxClusters: p, minRequestsPerSecond: 0 };
    const app = { name: 'shop', policy: { constraints }, workload: gatheredWorkload };
    return {
      fleet: parseFleet(hasRoom ? { ...fleet, clusters } : fleet),
      demand: parseDemand(demand),
      apps: [parseEdgeApp(app)],
    };
  };
  return { name: `gathered ${m} x ${n}, p = ${p}${hasRoom ? ', ample room' : ''}`, input };
}

const gatheredWorkload = {
  components: [
    {
      name: 'web',
      image: 'x',
      requestsPerSecondPerReplica: 50,
      resources: { cpuMillicores: 250, memoryMebibytes: 256 },
    },
  ],
};

/** The rows of the bench. */
export const manyCases: readonly ManyCase[] = [
  many(100, 1_000, 0),
  many(1_000, 1_000, 0),
  many(1_000, 1_000, 0, 'every'),
  many(100, 1_000, 200),
  many(100, 1_000, 200, 'every'),
  { ...many(1_000, 100, 100), isLong: true },
  gathered(1_000, 10_000, 20, false),
  gathered(1_000, 10_000, 20, true),
  even(1_000, 10_000, [5, 20]),
  even(1_000, 10_000, [5, 20], 'ample'),
  even(1_000, 10_000, [5, 20], 'binding'),
  even(1_000, 10_000, [2, 5], 'ample'),
];

/** A growth curve: one size grows, everything else stays. */
export interface Curve {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly input: (size: number) => PlaceInput;
}

export const curves: readonly Curve[] = [
  {
    name: 'apps (100 clusters, no demand, policies of their own)',
    sizes: [10, 30, 100, 300, 1_000, 3_000],
    input: (apps) => manyApps({ apps, clusters: 100, origins: 0, policies: 'every' }),
  },
  {
    name: 'apps (100 clusters, 30 origins, ten policies)',
    sizes: [10, 30, 100, 300],
    input: (apps) => manyApps({ apps, clusters: 100, origins: 30 }),
  },
  {
    name: 'clusters (10 apps, no demand, policies of their own)',
    sizes: [10, 30, 100, 300, 1_000, 3_000, 10_000],
    input: (clusters) => manyApps({ apps: 10, clusters, origins: 0, policies: 'every' }),
  },
  {
    name: 'origins (100 clusters, 1 app, 5 to 20, ample room)',
    sizes: [10, 100, 1_000, 10_000, 30_000],
    input: (origins) => evenApp(100, origins, [5, 20], ampleRoom),
  },
];
