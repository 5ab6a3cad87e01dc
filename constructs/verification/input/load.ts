/** Load and capacity: what an app uses of a cluster, what a cluster has, and the largest load that fits. */

import { replicasFor } from '../../model/app/workload';
import type { Cluster } from '../../model/fleet';
import type { EdgeApp } from '../../policy';
import { TOLERANCE } from './findings';

/** An amount of every resource that a cluster limits. */
export interface Resources {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
  readonly requestsPerSecond: number;
}

/** Every resource that a cluster limits, in alphabetical order. */
export const resourceNames = [
  'cpuMillicores',
  'memoryMebibytes',
  'pods',
  'requestsPerSecond',
] as const;

/** Zero of every resource. */
export const NO_USAGE: Resources = {
  cpuMillicores: 0,
  memoryMebibytes: 0,
  pods: 0,
  requestsPerSecond: 0,
};

/** The capacity of a cluster when the share `headroom` stays free; Infinity where there is no limit. */
export function usableCapacity(cluster: Cluster, headroom: number): Resources {
  const share = (limit: number | undefined) =>
    limit === undefined ? Number.POSITIVE_INFINITY : limit * (1 - headroom);
  return {
    cpuMillicores: share(cluster.allocatable?.cpuMillicores),
    memoryMebibytes: share(cluster.allocatable?.memoryMebibytes),
    pods: share(cluster.allocatable?.pods),
    requestsPerSecond: share(cluster.requestsPerSecond),
  };
}

/** What an app uses on a cluster where it serves `load` requests/s. */
export function usageOf(app: EdgeApp, load: number): Resources {
  let used: Resources = { ...NO_USAGE, requestsPerSecond: load };
  for (const component of app.sizing) {
    used = addResources(used, usageOfReplicas(component, replicasFor(component, load)));
  }
  return used;
}

/** What so many replicas of a component use, requests/s aside. */
export function usageOfReplicas(
  { resources }: Pick<EdgeApp['sizing'][number], 'resources'>,
  replicas: number,
): Resources {
  return {
    cpuMillicores: replicas * resources.cpuMillicores,
    memoryMebibytes: replicas * resources.memoryMebibytes,
    pods: replicas,
    requestsPerSecond: 0,
  };
}

/** The sum of both. */
export function addResources(a: Resources, b: Resources): Resources {
  return {
    cpuMillicores: a.cpuMillicores + b.cpuMillicores,
    memoryMebibytes: a.memoryMebibytes + b.memoryMebibytes,
    pods: a.pods + b.pods,
    requestsPerSecond: a.requestsPerSecond + b.requestsPerSecond,
  };
}

/** Whether `used` and `usedByOthers` together stay within `capacity`, up to rounding. */
export function fits(used: Resources, capacity: Resources, usedByOthers: Resources): boolean {
  return resourceNames.every((resource) => {
    const limit = capacity[resource];
    if (limit === Number.POSITIVE_INFINITY) return true;
    return used[resource] + usedByOthers[resource] <= limit * (1 + TOLERANCE) + TOLERANCE;
  });
}

/**
 * The largest load of an app in requests/s that fits beside `usedByOthers`: -1 when not even the minimum replicas fit, Infinity
 * when nothing limits it.
 */
export function largestLoad(app: EdgeApp, capacity: Resources, usedByOthers: Resources): number {
  if (!fits(usageOf(app, 0), capacity, usedByOthers)) return -1;
  const ceiling = Math.max(0, capacity.requestsPerSecond - usedByOthers.requestsPerSecond);
  const replicas = largestLoadByReplicas(app, capacity, usedByOthers);
  return Math.min(ceiling, replicas);
}

/**
 * Replicas are whole, so the largest load is one that some component serves with full replicas. A quotient is tried first, which is right
 * where nothing else counts; else a binary search for each component finds the largest such load that fits, in at most 40 steps.
 */
function largestLoadByReplicas(app: EdgeApp, capacity: Resources, usedByOthers: Resources): number {
  const fitsAt = (load: number) =>
    fits({ ...usageOf(app, load), requestsPerSecond: 0 }, capacity, usedByOthers);
  let best = 0;
  for (const component of app.sizing) {
    const step = loadPerReplica(component);
    if (step === Number.POSITIVE_INFINITY) continue;
    let [low, high] = [0, 2 ** 40];
    if (fitsAt(high * step)) return Number.POSITIVE_INFINITY;
    const guess = replicasWithin(component, capacity, usedByOthers);
    if (guess < high && fitsAt(guess * step) && !fitsAt((guess + 1) * step))
      [low, high] = [guess, guess + 1];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (fitsAt(middle * step)) low = middle;
      else high = middle;
    }
    best = Math.max(best, low * step);
  }
  return app.sizing.every((one) => loadPerReplica(one) === Number.POSITIVE_INFINITY)
    ? Number.POSITIVE_INFINITY
    : best;
}

/** How many replicas of the component alone fit, about. */
function replicasWithin(
  { resources }: EdgeApp['sizing'][number],
  capacity: Resources,
  usedByOthers: Resources,
): number {
  const left = (resource: 'cpuMillicores' | 'memoryMebibytes' | 'pods', each: number) =>
    each > 0
      ? (capacity[resource] * (1 + TOLERANCE) + TOLERANCE - usedByOthers[resource]) / each
      : Infinity;
  const cpu = left('cpuMillicores', resources.cpuMillicores);
  const memory = left('memoryMebibytes', resources.memoryMebibytes);
  return Math.max(0, Math.floor(Math.min(cpu, memory, left('pods', 1))));
}

/** The largest load below `load` at which some component needs one replica less; undefined when all run their minimum. */
export function loadWithOneReplicaLess(app: EdgeApp, load: number): number | undefined {
  const below = app.sizing.flatMap((component) => {
    const replicas = replicasFor(component, load);
    const step = loadPerReplica(component);
    return replicas > component.minReplicas ? [(replicas - 1) * step] : [];
  });
  return below.length === 0 ? undefined : Math.max(...below);
}

/** Requests/s of the app that one replica of the component carries; Infinity when requests do not reach the component. */
export function loadPerReplica(component: EdgeApp['sizing'][number]): number {
  return component.requestsPerRequest === 0
    ? Number.POSITIVE_INFINITY
    : component.requestsPerSecondPerReplica / component.requestsPerRequest;
}
