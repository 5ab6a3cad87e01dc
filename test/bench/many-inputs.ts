/** Seeded inputs of what users really ask: many simple apps on one fleet, ample room, and places spread evenly over the globe. */
import type { Demand } from '../../constructs/model/demand';
import { parseDemand } from '../../constructs/model/demand-document';
import type { Fleet } from '../../constructs/model/fleet';
import { parseFleet } from '../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { seeded } from './world';

/** Room of every cluster. */
export interface Room {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
}

/** As `discover` writes it for some hundred nodes: it holds the load of any app here. */
export const ampleRoom: Room = {
  cpuMillicores: 6_400_000,
  memoryMebibytes: 25_000_000,
  pods: 440_000,
};

/** For 30,000 requests/s of the app of even places: twenty such clusters hold a fifth more than 10,000 origins ask, and the best set does not fit. */
export const bindingRoom: Room = { cpuMillicores: 150_000, memoryMebibytes: 640_000, pods: 1_100 };

/** Ten nodes of 64 cores. */
const tenNodes: Room = { cpuMillicores: 640_000, memoryMebibytes: 2_621_440, pods: 4_400 };

/** How many there are; without origins the policies are static. */
export interface ManySize {
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
  /** every: each app has a policy and size of its own. ten: there are ten policies, by label. Default: ten. */
  readonly policies?: 'ten' | 'every';
}

/** Apps that pick ten clusters each among those with a label, on clusters that all share. */
export function manyApps({ apps, clusters, origins, policies = 'ten' }: ManySize): PlaceInput {
  const isEvery = policies === 'every';
  const { fleet, demand } = evenWorld(clusters, origins, tenNodes, 5);
  const size = Math.min(10, Math.floor(clusters / 10));
  const documents = Array.from({ length: apps }, (_, index) => ({
    name: `app${String(index).padStart(4, '0')}`,
    workload: workloadOf(isEvery ? 50 + index / 10 : 50),
    policy: {
      ...(origins === 0 && { static: true }),
      constraints: {
        minClusters: size,
        maxClusters: isEvery ? size + (index % 7) : size,
        minRequestsPerSecond: 0,
        chooseFrom: [{ labels: { mod: String(index % 10) } }],
      },
    },
  }));
  return { fleet, ...(demand && { demand }), apps: documents.map((one) => parseEdgeApp(one)) };
}

/** One app, the default minimum of 20 requests/s, places evenly over the globe. `room` undefined: nothing is said of it. */
export function evenApp(
  clusters: number,
  origins: number,
  [minClusters, maxClusters]: readonly [number, number],
  room: Room | undefined,
): PlaceInput {
  const { fleet, demand } = evenWorld(clusters, origins, room, 1);
  const policy = { constraints: { minClusters, maxClusters } };
  const app = parseEdgeApp({ name: 'shop', workload: workloadOf(50), policy });
  return { fleet, ...(demand && { demand }), apps: [app] };
}

function workloadOf(requestsPerSecondPerReplica: number) {
  const resources = { cpuMillicores: 250, memoryMebibytes: 256 };
  return { components: [{ name: 'web', image: 'x', requestsPerSecondPerReplica, resources }] };
}

/** Latitudes from 60 degrees south to 70 north; origins send 1 to 101 requests/s. */
function evenWorld(
  m: number,
  n: number,
  room: Room | undefined,
  seed: number,
): { readonly fleet: Fleet; readonly demand: Demand | undefined } {
  const random = seeded(seed);
  const point = () => ({ latitude: -60 + 130 * random(), longitude: -180 + 360 * random() });
  const clusters = Array.from({ length: m }, (_, index) => ({
    name: `c${String(index).padStart(5, '0')}`,
    ...point(),
    region: `r${index % 5}`,
    country: 'ZZ',
    labels: { mod: String(index % 10) },
    ...(room && { allocatable: room }),
  }));
  const origins = Array.from({ length: n }, (_, index) => ({
    name: `o${String(index).padStart(6, '0')}`,
    ...point(),
    requestsPerSecond: 1 + 100 * random(),
  }));
  const observedAt = '2026-11-21T05:30:00Z';
  const demand = n === 0 ? undefined : parseDemand({ observedAt, origins });
  return { fleet: parseFleet({ clusters }), demand };
}
