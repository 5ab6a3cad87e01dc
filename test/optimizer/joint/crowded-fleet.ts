/** Seeded small fleets that apps of very different size fill: some origins send more than a cluster has room for. */
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { seeded, world } from '../../bench/world';

/** What a crowded fleet is like. */
export interface Crowded {
  /** What is short: pods, with one per app and cluster; CPU and memory of replicas that follow the load; requests/s. */
  readonly kind: 'slots' | 'replicas' | 'requests';
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
  /** Room divided by what the apps need. */
  readonly room: number;
  readonly hasRules?: boolean;
  readonly seed: number;
}

interface Plan {
  readonly name: string;
  readonly size: number;
  readonly focus: number;
  readonly minClusters: number;
  readonly maxClusters: number;
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly isSpread: boolean;
}

const perReplica = 50;

/** An input of place(); the same seed gives the same bytes. */
export function crowdedFleet(crowded: Crowded): PlaceInput {
  const random = seeded(crowded.seed + 500);
  const seen = world(crowded.clusters, crowded.origins, crowded.seed);
  const plans = Array.from({ length: crowded.apps }, (_, index) => planOf(random, index, crowded));
  const demands = plans.map(({ size, focus }) => {
    const origins = seen.demand.origins.map((origin, at) => {
      const share = random() ** 3 * (at === focus ? 5 : 0.3);
      return { ...origin, requestsPerSecond: Math.max(1, Math.round(20 * size * share)) };
    });
    return parseDemand({ ...seen.demand, origins });
  });
  return {
    apps: plans.map((plan) => parseEdgeApp(documentOf(plan, crowded))),
    fleet: fleetFor(seen, plans, demands.map(sumOf), crowded, random),
    demand: Object.fromEntries(plans.map(({ name }, at) => [name, demands[at]!])),
  };
}

function planOf(random: () => number, index: number, { origins, hasRules }: Crowded): Plan {
  const minClusters = 1 + Math.floor(2 * random());
  return {
    name: `app-${String(index).padStart(3, '0')}`,
    size: 12 ** random(),
    focus: Math.floor(origins * random()),
    minClusters,
    maxClusters: minClusters + Math.floor(4 * random()),
    cpuMillicores: 250 * 2 ** Math.floor(3 * random()),
    memoryMebibytes: 256 * 2 ** Math.floor(3 * random()),
    isSpread: hasRules === true && random() < 0.4,
  };
}

function documentOf(plan: Plan, { kind }: Crowded) {
  const { name, minClusters, maxClusters, cpuMillicores, memoryMebibytes, isSpread } = plan;
  const spread = isSpread ? [{ by: 'region', maxPerGroup: 2 }] : [];
  return {
    name,
    workload: {
      image: `registry.example/${name}:1`,
      resources: { cpuMillicores, memoryMebibytes },
      requestsPerSecondPerReplica: kind === 'slots' ? 1e9 : perReplica,
    },
    policy: {
      constraints: { minClusters, maxClusters, minRequestsPerSecond: 0, spread },
      objective: { distance: 1 },
    },
  };
}

const sumOf = ({
  origins,
}: {
  readonly origins: readonly { readonly requestsPerSecond: number }[];
}) => origins.reduce((all, one) => all + one.requestsPerSecond, 0);

/** Room is spread unevenly: some clusters have five times the room of others. */
function fleetFor(
  { fleet }: ReturnType<typeof world>,
  plans: readonly Plan[],
  loads: readonly number[],
  { kind, room }: Crowded,
  random: () => number,
) {
  const shares = fleet.clusters.map(() => 0.3 + 1.4 * random());
  const all = shares.reduce((sum, one) => sum + one, 0);
  const needed = (size: (plan: Plan) => number) =>
    plans.reduce((sum, plan, at) => {
      const replicas = (loads[at] ?? 0) / perReplica + plan.minClusters / 2;
      return sum + size(plan) * Math.max(plan.minClusters, replicas);
    }, 0);
  const most = plans.reduce((sum, plan) => sum + (plan.minClusters + plan.maxClusters) / 2, 0);
  const clusters = fleet.clusters.map((cluster, at) => {
    const share = (room * (shares[at] ?? 0)) / all;
    if (kind === 'requests') {
      return { ...cluster, requestsPerSecond: share * loads.reduce((sum, one) => sum + one, 0) };
    }
    if (kind === 'slots') {
      return { ...cluster, allocatable: { pods: Math.max(1, Math.round(share * most)) } };
    }
    const cpuMillicores = Math.round(share * needed((plan) => plan.cpuMillicores));
    const memoryMebibytes = Math.round(share * needed((plan) => plan.memoryMebibytes));
    return { ...cluster, allocatable: { cpuMillicores, memoryMebibytes } };
  });
  return parseFleet({ ...fleet, clusters });
}
