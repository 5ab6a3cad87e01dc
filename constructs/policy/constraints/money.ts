/** Money: what a cluster, a replica and egress cost an app per hour. */

import { replicasFor, type Sizing } from '../../model/app/workload';
import type { Cluster } from '../../model/fleet';

/** USD per hour by cluster, in fleet order. */
interface HourlyPrices {
  /** Having the app there at all. */
  readonly open: Float64Array;
  readonly perReplica: Float64Array;
  /** Egress of one request/s. */
  readonly perRequestPerSecond: Float64Array;
}

/** Prices of every cluster for an app of this sizing. */
export function hourlyPricesOf(context: {
  readonly clusters: readonly Cluster[];
  readonly sizing: readonly Sizing[];
}): HourlyPrices {
  const { clusters, sizing } = context;
  const gibibytes = egressGibibytesPerHour(sizing, 1);
  return {
    open: Float64Array.from(clusters, (cluster) => cluster.usdPerHour),
    perReplica: Float64Array.from(clusters, (cluster) => cluster.usdPerReplicaHour),
    perRequestPerSecond: Float64Array.from(
      clusters,
      (cluster) => cluster.usdPerGibibyteEgress * gibibytes,
    ),
  };
}

/** Egress in GiB/h: served x 3600 x kibibytesPerResponse / 1048576, over all components. */
function egressGibibytesPerHour(sizing: readonly Sizing[], requestsPerSecond: number): number {
  return sizing.reduce(
    (sum, one) =>
      sum +
      (requestsPerSecond * one.requestsPerRequest * 3600 * one.kibibytesPerResponse) / 1048576,
    0,
  );
}

/** Replicas per request/s, in fractions, over all components. */
export function replicasPerRequestPerSecond(sizing: readonly Sizing[]): number {
  return sizing.reduce(
    (sum, one) => sum + one.requestsPerRequest / one.requestsPerSecondPerReplica,
    0,
  );
}

/** Replicas of all components that serve this much. */
function allReplicas(sizing: readonly Sizing[], requestsPerSecond: number): number {
  return sizing.reduce((sum, one) => sum + replicasFor(one, requestsPerSecond), 0);
}

/** USD per hour of an app on one cluster. */
export function usdPerHourOn(
  cluster: Cluster,
  sizing: readonly Sizing[],
  requestsPerSecond: number,
): number {
  return (
    cluster.usdPerHour +
    cluster.usdPerReplicaHour * allReplicas(sizing, requestsPerSecond) +
    cluster.usdPerGibibyteEgress * egressGibibytesPerHour(sizing, requestsPerSecond)
  );
}
