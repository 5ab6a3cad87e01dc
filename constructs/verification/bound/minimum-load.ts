/**
 * The minimum load of chosen clusters: in which sets a cluster must reach it, how many clusters the demand is enough for, and which
 * clusters cannot reach it because each origin is at its cheapest chosen cluster.
 */
import { matches } from '../../model/match';
import type { AppInstance } from '../input/app-instance';
import { slack, TOLERANCE } from '../input/findings';

/** The least and the greatest number of clusters of the remaining sets. */
export interface Sizes {
  readonly min: number;
  readonly max: number;
}

/** The least and the greatest number of clusters of a legal set. */
export function sizesOf({ app, clusters, eligible }: AppInstance): Sizes {
  const { minClusters, maxClusters, mustInclude, mustIncludeEvery = [] } = app.policy.constraints;
  const every = mustIncludeEvery.map(
    (element) => eligible.filter((cluster) => matches(element, clusters[cluster]!)).length,
  );
  return {
    min: Math.max(minClusters, ...mustInclude.map(({ count }) => count), ...every),
    max: Math.min(maxClusters, eligible.length),
  };
}

/** Whether the cluster must reach its minimum load in sets of these sizes: no rule about held clusters or numbers of clusters exempts it. */
export function mustReachMinimum(
  { app, clusters, exempt }: AppInstance,
  cluster: number,
  { min }: Sizes,
): boolean {
  const { minClusters, mustInclude, mustIncludeEvery = [] } = app.policy.constraints;
  if (min <= minClusters || exempt.has(cluster)) return false;
  return ![...mustInclude, ...mustIncludeEvery].some((element) =>
    matches(element, clusters[cluster]!),
  );
}

/** The greatest number of clusters that the demand is enough for, in sets of at least `min` clusters. */
export function maximumClusters(instance: AppInstance, min: number): number {
  const sizes = { min, max: Number.POSITIVE_INFINITY };
  if (!instance.eligible.every((one) => mustReachMinimum(instance, one, sizes))) return sizes.max;
  const least = Math.min(...instance.eligible.map((one) => instance.minimumLoad[one]!));
  return least > 0 ? Math.floor((instance.total / least) * (1 + 2 * TOLERANCE)) : sizes.max;
}

/** Whether some rule depends on which cluster serves which origin. */
export function dependsOnAssignment({ app, minimumLoad }: AppInstance): boolean {
  const { budget, latency } = app.policy.constraints;
  return budget !== undefined || latency !== undefined || minimumLoad.some((one) => one > 0);
}

/** By origin: the cost of all its requests at the cheapest of these clusters, plus a margin for rounding. */
export function closestCosts(
  { origins, pairs }: AppInstance,
  chosen: readonly number[],
): Float64Array {
  return Float64Array.from(origins, ({ requestsPerSecond }, origin) => {
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of chosen) least = Math.min(least, pairs.cost(origin, cluster));
    return (least + TOLERANCE * Math.abs(least)) * requestsPerSecond;
  });
}

/** Whether the cluster must reach its minimum load and cannot, when no origin costs more than `costLimits`. */
export function cannotReachMinimum(
  instance: AppInstance,
  cluster: number,
  sizes: Sizes,
  costLimits: Float64Array,
): boolean {
  if (!mustReachMinimum(instance, cluster, sizes)) return false;
  const least = instance.minimumLoad[cluster]!;
  if (least === 0) return false;
  let load = 0;
  for (const [origin, { requestsPerSecond }] of instance.origins.entries()) {
    const cost = instance.pairs.cost(origin, cluster);
    const canServe =
      cost < Number.POSITIVE_INFINITY && cost * requestsPerSecond <= costLimits[origin]!;
    if (canServe) load += requestsPerSecond;
  }
  return load < least - slack(least);
}
