/** Load: what an app uses of a cluster, what a cluster has, and the largest load that fits. */
import type { Cluster } from '../../model/fleet';
import { replicasFor } from '../../model/workload';
import type { EdgeApp } from '../../policy';
import { TOLERANCE } from './findings';

/** An amount of everything that a cluster may run out of. */
export interface Room {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
  readonly requestsPerSecond: number;
}

/** Everything a cluster may run out of, in the order of the alphabet. */
export const resources = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;

/** No use of anything. */
export const NOTHING: Room = {
  cpuMillicores: 0,
  memoryMebibytes: 0,
  pods: 0,
  requestsPerSecond: 0,
};

/** What may be used of a cluster when `headroom` (a share) stays free; Infinity without a limit. */
export function roomOf(cluster: Cluster, headroom: number): Room {
  const share = (limit: number | undefined) =>
    limit === undefined ? Number.POSITIVE_INFINITY : limit * (1 - headroom);
  return {
    cpuMillicores: share(cluster.allocatable?.cpuMillicores),
    memoryMebibytes: share(cluster.allocatable?.memoryMebibytes),
    pods: share(cluster.allocatable?.pods),
    requestsPerSecond: share(cluster.requestsPerSecond),
  };
}

/** What an app uses where it serves `load` requests/s. */
export function usageOf(app: EdgeApp, load: number): Room {
  let used: Room = { ...NOTHING, requestsPerSecond: load };
  for (const component of app.sizing) {
    const replicas = replicasFor(component, load);
    used = sum(used, {
      cpuMillicores: replicas * component.resources.cpuMillicores,
      memoryMebibytes: replicas * component.resources.memoryMebibytes,
      pods: replicas,
      requestsPerSecond: 0,
    });
  }
  return used;
}

/** Both together. */
export function sum(a: Room, b: Room): Room {
  return {
    cpuMillicores: a.cpuMillicores + b.cpuMillicores,
    memoryMebibytes: a.memoryMebibytes + b.memoryMebibytes,
    pods: a.pods + b.pods,
    requestsPerSecond: a.requestsPerSecond + b.requestsPerSecond,
  };
}

/** Whether `used` on top of what is `taken` stays within `room`, up to rounding. */
export function fits(used: Room, room: Room, taken: Room): boolean {
  return resources.every((resource) => {
    const limit = room[resource];
    if (limit === Number.POSITIVE_INFINITY) return true;
    return used[resource] + taken[resource] <= limit * (1 + TOLERANCE) + TOLERANCE;
  });
}

/** The largest load that fits beside what is taken; -1 when not even the least replicas do; Infinity without a limit. */
export function largestLoad(app: EdgeApp, room: Room, taken: Room): number {
  if (!fits(usageOf(app, 0), room, taken)) return -1;
  const ceiling = Math.max(0, room.requestsPerSecond - taken.requestsPerSecond);
  const replicas = largestByReplicas(app, room, taken);
  return Math.min(ceiling, replicas);
}

/**
 * Replicas are whole, so the largest load is one that some component serves with full replicas:
 * the largest of these that fits, found by halving for each component.
 */
function largestByReplicas(app: EdgeApp, room: Room, taken: Room): number {
  const fitsAt = (load: number) =>
    fits({ ...usageOf(app, load), requestsPerSecond: 0 }, room, taken);
  let best = 0;
  for (const component of app.sizing) {
    const step = stepOf(component);
    if (step === Number.POSITIVE_INFINITY) continue;
    let [low, high] = [0, 2 ** 40];
    if (fitsAt(high * step)) return Number.POSITIVE_INFINITY;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (fitsAt(middle * step)) low = middle;
      else high = middle;
    }
    best = Math.max(best, low * step);
  }
  return app.sizing.every((one) => stepOf(one) === Number.POSITIVE_INFINITY)
    ? Number.POSITIVE_INFINITY
    : best;
}

/** The largest load below `load` with which some component needs a replica less; undefined when none does. */
export function loadBelow(app: EdgeApp, load: number): number | undefined {
  const below = app.sizing.flatMap((component) => {
    const replicas = replicasFor(component, load);
    const step = stepOf(component);
    return replicas > component.minReplicas ? [(replicas - 1) * step] : [];
  });
  return below.length === 0 ? undefined : Math.max(...below);
}

/** Requests/s of the app that one replica of the component carries. */
export function stepOf(component: EdgeApp['sizing'][number]): number {
  return component.requestsPerRequest === 0
    ? Number.POSITIVE_INFINITY
    : component.requestsPerSecondPerReplica / component.requestsPerRequest;
}
