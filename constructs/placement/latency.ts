/** Distances and latencies of all pairs: measured pairs first, the distance model for the rest. */
import type { Origin } from '../model/demand';
import type { Fleet } from '../model/fleet';
import { kilometersBetween } from '../model/geography';

/** [cluster * origins + origin] */
export interface Pairs {
  readonly milliseconds: Float64Array;
  readonly kilometers: Float64Array;
  /** Pairs whose milliseconds were measured. */
  readonly measured: number;
}

/** All pairs of these origins with the fleet's clusters. */
export function pairsOf(fleet: Fleet, origins: readonly Origin[]): Pairs {
  const { clusters, latencyModel } = fleet;
  const kilometers = new Float64Array(origins.length * clusters.length);
  const milliseconds = new Float64Array(kilometers.length);
  const perKilometer = latencyModel.per1000KilometersMilliseconds / 1000;
  clusters.forEach((cluster, c) => {
    origins.forEach((origin, o) => {
      const pair = c * origins.length + o;
      kilometers[pair] = kilometersBetween(origin, cluster);
      milliseconds[pair] = latencyModel.baseMilliseconds + perKilometer * kilometers[pair];
    });
  });
  return { kilometers, milliseconds, measured: overlay(fleet, origins, milliseconds) };
}

function overlay(fleet: Fleet, origins: readonly Origin[], milliseconds: Float64Array): number {
  if (fleet.latency.length === 0) return 0;
  const originAt = new Map(origins.map(({ name }, index) => [name, index]));
  const clusterAt = new Map(fleet.clusters.map(({ name }, index) => [name, index]));
  let measured = 0;
  for (const [origin, cluster, value] of fleet.latency) {
    const o = originAt.get(origin);
    const c = clusterAt.get(cluster);
    if (o === undefined || c === undefined) continue;
    milliseconds[c * origins.length + o] = value;
    measured++;
  }
  return measured;
}
