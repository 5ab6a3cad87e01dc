/** Slots: apps on clusters, with the room that each has and that they share. */
import { fits, freeFor, largestLoad, type Usage, usageAt } from '../problem/capacity';
import type { AppProblem, Limits } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** A cluster that several apps may use, or one. */
export interface SharedCluster {
  readonly cluster: number;
  readonly free: Usage;
  /** [app, position in its set, slot] */
  readonly users: readonly (readonly [number, number, number])[];
}

/** The apps that count against capacity, on their clusters. */
export interface Slots {
  /** First slot by app; the slots of an app follow the order of its set. */
  readonly first: Int32Array;
  /** Largest load by slot, as far as replicas fit. */
  readonly capacity: Float64Array;
  /** Index into `shared` by slot. */
  readonly clusterOf: Int32Array;
  readonly shared: readonly SharedCluster[];
}

/** Slots of the apps that count against capacity; undefined when their least replicas already do not fit. */
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
      // Requests/s are a limit of the cluster as a whole; a slot only knows what replicas need.
      const room = { ...others.reduce(minus, free), requestsPerSecond: POSITIVE_INFINITY };
      capacity[slot] = free.requestsPerSecond < 0 ? -1 : largestLoad(apps[a], room);
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

/** The first cluster whose apps together use more than is free; requests/s aside, which the flow itself respects. */
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
