/** Seeded fleets that many apps share: each app has its own focus of demand, and there is little more room than they need. */
import type { Demand } from '../../constructs/model/demand';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { kilometersBetween } from '../../constructs/model/geography';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { seeded, type World, world } from './world';

/** What a shared fleet is like. */
export interface Shared {
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
  /** Room divided by what the apps need. */
  readonly room: number;
  /**
   * slots: one pod per app and cluster. replicas: CPU and memory, replicas of different sizes that follow the load, three or four to a
   * cluster. nodes: clusters of a few nodes of 16 to 64 cores, apps of 0.25 to 8 cores a replica, many replicas to a cluster.
   */
  readonly kind: 'slots' | 'replicas' | 'nodes';
  readonly seed?: number;
}

/** Kilometres over which an app's demand falls to a third around its focus. */
const reach = 4000;
/** Requests/s that reach an app from far away, as a share of what its focus would send. */
const everywhere = 0.02;

/** An input of place() with an app a location count of 3 to 15; the same seed gives the same bytes. */
export function fleetOfApps(shared: Shared): PlaceInput {
  const random = seeded(shared.seed ?? 1);
  const seen = world(shared.clusters, shared.origins, shared.seed ?? 1);
  const drawn = Array.from({ length: shared.apps }, (_, index) => planOf(random, index, shared));
  const cores = coresOf(shared);
  const plans = shared.kind === 'nodes' ? loaded(drawn, cores, shared) : drawn;
  const apps = plans.map((plan) => parseEdgeApp(documentOf(plan)));
  const demand = Object.fromEntries(plans.map((plan) => [plan.name, demandOf(plan, seen, random)]));
  return { apps, fleet: fleetFor(seen, plans, shared, cores, random), demand };
}

interface Plan {
  readonly name: string;
  readonly locations: number;
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  /** Replicas that all of the demand needs; 0: one per location, whatever the load. */
  readonly replicas: number;
}

function planOf(random: () => number, index: number, { kind }: Shared): Plan {
  const locations = 3 + Math.floor(13 * random());
  const [cpu, memory, load] = [random(), random(), random()];
  const name = `app-${String(index).padStart(3, '0')}`;
  if (kind === 'nodes') {
    const cpuMillicores = 250 * 2 ** Math.floor(6 * cpu);
    const memoryMebibytes = Math.round((cpuMillicores / 1000) * mebibytesPerCore * (0.3 + memory));
    // How many replicas there are is said when it is known how much room there is.
    return { name, locations, cpuMillicores, memoryMebibytes, replicas: 0.2 + load };
  }
  const isSlot = kind === 'slots';
  return {
    name,
    locations,
    cpuMillicores: isSlot ? 100 : 100 * (1 + Math.floor(8 * cpu ** 2)),
    memoryMebibytes: isSlot ? 100 : 128 * (1 + Math.floor(12 * memory ** 2)),
    replicas: isSlot ? 0 : Math.ceil(locations * (0.1 + 0.2 * load)),
  };
}

const perReplica = 50;
/** Of a node. */
const mebibytesPerCore = 4096;

/** Cores of every cluster: two to four nodes of one size. */
function coresOf({ clusters, seed = 1 }: Shared): number[] {
  const random = seeded(seed + 1000);
  return Array.from({ length: clusters }, () => {
    const nodes = 2 + Math.floor(3 * random());
    return nodes * 16 * 2 ** Math.floor(3 * random());
  });
}

/** As many replicas of each app as leave the room that is asked for, of CPU or of memory, whichever is shorter. */
function loaded(plans: readonly Plan[], cores: readonly number[], { room }: Shared): Plan[] {
  const all = cores.reduce((sum, one) => sum + one, 0);
  // Large replicas are fewer: every app gets about as many cores as its share.
  const share = ({ replicas, cpuMillicores }: Plan) => replicas / cpuMillicores;
  const needed = (size: (plan: Plan) => number) =>
    plans.reduce((sum, plan) => sum + share(plan) * size(plan), 0);
  // Every location rounds up by half a replica.
  const rounding = (size: (plan: Plan) => number) =>
    plans.reduce((sum, plan) => sum + (plan.locations / 2) * size(plan), 0);
  const [cpu, memory] = [(plan: Plan) => plan.cpuMillicores, (plan: Plan) => plan.memoryMebibytes];
  const factor = Math.min(
    ((1000 * all) / room - rounding(cpu)) / needed(cpu),
    ((mebibytesPerCore * all) / room - rounding(memory)) / needed(memory),
  );
  return plans.map((plan) => ({ ...plan, replicas: Math.max(1, factor * share(plan)) }));
}

function documentOf({ name, locations, cpuMillicores, memoryMebibytes, replicas }: Plan) {
  return {
    name,
    workload: {
      image: `registry.example/${name}:1`,
      resources: { cpuMillicores, memoryMebibytes },
      requestsPerSecondPerReplica: replicas === 0 ? 1e9 : perReplica,
    },
    policy: {
      constraints: { minClusters: locations, maxClusters: locations, minRequestsPerSecond: 0 },
      objective: { distance: 1 },
    },
  };
}

/** The origins of the world, weighted by how near they are to a focus of this app. */
function demandOf({ replicas }: Plan, { demand }: World, random: () => number): Demand {
  const focus = weighted(demand.origins, random());
  const weights = demand.origins.map((origin) => {
    const near = Math.exp(-((kilometersBetween(origin, focus) / reach) ** 2));
    return origin.requestsPerSecond * (near + everywhere) * (0.5 + random());
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const total = replicas === 0 ? sum : replicas * perReplica;
  const origins = demand.origins.map((origin, index) => ({
    ...origin,
    requestsPerSecond: Math.max(
      1e-3,
      Math.round((1e3 * total * (weights[index] ?? 0)) / sum) / 1e3,
    ),
  }));
  return parseDemand({ ...demand, origins });
}

/** The origin at this share of all requests: busy places are the focus of more apps. */
function weighted(origins: World['demand']['origins'], share: number) {
  const all = origins.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
  let passed = 0;
  for (const origin of origins) {
    passed += origin.requestsPerSecond;
    if (passed >= share * all) return origin;
  }
  throw new Error('the world has no origins');
}

/** Room is spread unevenly: some clusters have three times the room of others. */
function fleetFor(
  { fleet }: World,
  plans: readonly Plan[],
  shared: Shared,
  cores: readonly number[],
  random: () => number,
) {
  if (shared.kind === 'nodes') {
    const clusters = fleet.clusters.map((cluster, index) => {
      const count = cores[index] ?? 0;
      const memoryMebibytes = count * mebibytesPerCore;
      return {
        ...cluster,
        allocatable: { cpuMillicores: 1000 * count, memoryMebibytes, pods: 8 * count },
      };
    });
    return parseFleet({ ...fleet, clusters });
  }
  const shares = fleet.clusters.map(() => 0.5 + random());
  const all = shares.reduce((sum, share) => sum + share, 0);
  const needed = (size: (plan: Plan) => number) =>
    shared.room *
    plans.reduce(
      // One per location, and more where there is more demand.
      (sum, plan) =>
        sum +
        size(plan) * (plan.replicas === 0 ? plan.locations : plan.locations + plan.replicas / 2),
      0,
    );
  const [cpu, memory] = [
    needed((plan) => plan.cpuMillicores),
    needed((plan) => plan.memoryMebibytes),
  ];
  const slots = slotsOf(Math.round(needed(() => 1)), shares);
  const clusters = fleet.clusters.map((cluster, index) => {
    const share = (shares[index] ?? 0) / all;
    const allocatable =
      shared.kind === 'slots'
        ? { cpuMillicores: 1e9, memoryMebibytes: 1e9, pods: slots[index] ?? 0 }
        : {
            cpuMillicores: Math.round(cpu * share),
            memoryMebibytes: Math.round(memory * share),
            pods: 110,
          };
    return { ...cluster, allocatable };
  });
  return parseFleet({ ...fleet, clusters });
}

/** `total` whole slots in these shares: what rounding leaves over goes to the first. */
function slotsOf(total: number, shares: readonly number[]): number[] {
  const all = shares.reduce((sum, share) => sum + share, 0);
  let given = 0;
  let passed = 0;
  return shares.map((share) => {
    passed += share;
    const slots = Math.round((total * passed) / all) - given;
    given += slots;
    return slots;
  });
}
