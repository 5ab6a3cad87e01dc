/** Slots: the apps on the clusters of their sets, with the capacity of each slot and of each cluster. */
import { fits, freeFor, largestLoad, type Usage, usageAt } from '../problem/capacity';
import type { AppProblem, Limits } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** A cluster with the apps that use it. */
export interface SharedCluster {
  readonly cluster: number;
  readonly free: Usage;
  /** One for each app: [app, position in its set, slot]. */
  readonly users: readonly (readonly [number, number, number])[];
}

/** The slots of all apps that count against capacity. */
export interface Slots {
  /** By app: its first slot. Its slots follow the order of its set. */
  readonly first: Int32Array;
  /** By slot: the largest load in requests/s whose replicas fit beside the minimum replicas of the other apps. */
  readonly capacity: Float64Array;
  /** By slot: the index of its cluster in `shared`. */
  readonly clusterOf: Int32Array;
  readonly shared: readonly SharedCluster[];
}

/** The slots of these apps; undefined when the minimum replicas do not fit. */
export function slotsOf(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  limits: Limits,
): Slots | undefined {
  const byCluster = new Map<number, [number, number, number][]>();
  const first = new Int32Array(apps.length);
  let slots = 0;
  apps.forEach((app, a) => {
    first[a] = slots;
    if (app.capacity === 'none') return;
    sets[a].forEach((cluster, position) => {
      const users = byCluster.get(cluster) ?? [];
      users.push([a, position, slots++]);
      byCluster.set(cluster, users);
    });
  });
  const capacity = new Float64Array(slots);
  const clusterOf = new Int32Array(slots);
  const shared: SharedCluster[] = [];
  for (const cluster of [...byCluster.keys()].sort((a, b) => a - b)) {
    const users = byCluster.get(cluster) ?? [];
    const headroom = Math.max(...users.map(([a]) => apps[a].headroom));
    const free = freeFor(limits, cluster, headroom);
    for (const [a, , slot] of users) {
      const others = users
        .filter(([other]) => other !== a)
        .map(([other]) => usageAt(apps[other], 0));
      // The limit on requests/s belongs to the cluster as a whole. The capacity of a slot follows from its replicas alone.
      const left = { ...others.reduce(minus, free), requestsPerSecond: POSITIVE_INFINITY };
      capacity[slot] = free.requestsPerSecond < 0 ? -1 : largestLoad(apps[a], left);
      if (capacity[slot] < 0) return undefined;
      clusterOf[slot] = shared.length;
    }
    shared.push({ cluster, free, users });
  }
  return { first, capacity, clusterOf, shared };
}

function minus(free: Usage, used: Usage): Usage {
  return {
    cpuMillicores: free.cpuMillicores - used.cpuMillicores,
    memoryMebibytes: free.memoryMebibytes - used.memoryMebibytes,
    pods: free.pods - used.pods,
    requestsPerSecond: free.requestsPerSecond - used.requestsPerSecond,
  };
}

/** The first cluster whose apps together exceed its free capacity. Requests/s are not checked, because the flow respects them. */
export function overloadedCluster(
  slots: Slots,
  apps: readonly AppProblem[],
  loads: readonly Float64Array[],
): SharedCluster | undefined {
  return slots.shared.find(({ free, users }) => {
    let left = free;
    for (const [a, position] of users) left = minus(left, usageAt(apps[a], loads[a][position]));
    const nothing = { cpuMillicores: 0, memoryMebibytes: 0, pods: 0, requestsPerSecond: 0 };
    const slack = (limit: number, full: number) =>
      full === POSITIVE_INFINITY ? limit : limit + 1e-9 * full;
    return !fits(nothing, {
      cpuMillicores: slack(left.cpuMillicores, free.cpuMillicores),
      memoryMebibytes: slack(left.memoryMebibytes, free.memoryMebibytes),
      pods: slack(left.pods, free.pods),
      requestsPerSecond: POSITIVE_INFINITY,
    });
  });
}

/** True when the loads respect the capacity of every slot and the request limit of every cluster. */
export function fitsRequests(slots: Slots, loads: readonly Float64Array[]): boolean {
  return slots.shared.every(({ free, users }) => {
    let load = 0;
    for (const [a, position, slot] of users) {
      if (loads[a][position] > slots.capacity[slot] * (1 + 1e-9)) return false;
      load += loads[a][position];
    }
    return load <= free.requestsPerSecond * (1 + 1e-9);
  });
}
