/** Places spread evenly over the globe with the default minimum load, with room that binds and without: where relaxations keep a gap. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { caseOf, type EngineCase } from './engine-case';
import { seeded } from './world';

/** Room of one cluster, so that the largest set holds a fifth more than the demand: scarce, and a placement exists. */
function bindingRoom(requestsPerSecond: number, maxClusters: number) {
  const replicas = Math.ceil((1.2 * requestsPerSecond) / maxClusters / 50);
  return { cpuMillicores: 250 * replicas, memoryMebibytes: 1_000 * replicas, pods: 2 * replicas };
}

/** 1,000 clusters and 10,000 origins, two seeds. */
export function evenCases(): EngineCase[] {
  const sizes = [[5, 20], [2, 5]] as const; // biome-ignore format: a row
  return sizes.flatMap(([least, most]) =>
    [1, 2].flatMap((seed) =>
      [false, true].map((isRoomSmall) =>
        caseOf({
          name: `even 1000 x 10000, ${least} to ${most}${isRoomSmall ? ', room' : ''}, seed ${seed}`,
          goal: 'even',
          family: 'even',
          pairs: 10_000_000,
          input: () => evenly(1_000, 10_000, seed, [least, most], isRoomSmall),
        }),
      ),
    ),
  );
}

function evenly(
  fleetSize: number,
  people: number,
  seed: number,
  [minClusters, maxClusters]: readonly [number, number],
  isRoomSmall: boolean,
): PlaceInput {
  const random = seeded(seed);
  const somewhere = () => ({ latitude: -60 + 130 * random(), longitude: -180 + 360 * random() });
  const sites = Array.from({ length: fleetSize }, (_, i) => ({
    name: `c${String(i).padStart(4, '0')}`,
    ...somewhere(),
    region: `r${i % 5}`,
    country: 'ZZ',
  }));
  const origins = Array.from({ length: people }, (_, i) => ({
    name: `o${String(i).padStart(5, '0')}`,
    ...somewhere(),
    requestsPerSecond: 1 + 100 * random(),
  }));
  const total = origins.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  const allocatable = bindingRoom(total, maxClusters);
  const clusters = sites.map((site) => ({ ...site, ...(isRoomSmall && { allocatable }) }));
  const component = {
    name: 'web',
    image: 'x',
    requestsPerSecondPerReplica: 50,
    resources: { cpuMillicores: 250, memoryMebibytes: 256 },
  };
  return {
    fleet: parseFleet({ clusters }),
    demand: parseDemand({ observedAt: '2026-11-21T05:30:00Z', origins }),
    apps: [
      parseEdgeApp({
        name: 'shop',
        workload: { components: [component] },
        policy: { constraints: { minClusters, maxClusters } },
      }),
    ],
  };
}
