/** Distances and latencies of pairs: measured pairs first, the distance model for the rest. */
import type { Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import { Sphere } from '../../model/sphere';

/** Pairs of the fleet's clusters and the origins with demand, by index. */
export interface Pairs {
  /** [cluster * origins + origin]; empty when there are too many to store. */
  readonly milliseconds: Float64Array;
  readonly kilometers: Float64Array;
  readonly millisecondsAt: (cluster: number, origin: number) => number;
  readonly kilometersAt: (cluster: number, origin: number) => number;
  readonly sphere: Sphere;
  /** Measured milliseconds: origin, then cluster. */
  readonly measured: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** All pairs of these origins with the fleet's clusters; `isHeld`: every one is computed once and kept. */
export function pairsOf(fleet: Fleet, origins: readonly Origin[], isHeld: boolean): Pairs {
  const { clusters, latencyModel } = fleet;
  const sphere = new Sphere(clusters, origins);
  const measured = measuredPairs(fleet, origins);
  const base = latencyModel.baseMilliseconds;
  const perKilometer = latencyModel.per1000KilometersMilliseconds / 1000;
  if (!isHeld) {
    const kilometersAt = (c: number, o: number) => sphere.kilometers(c, o);
    const millisecondsAt = (c: number, o: number) =>
      measured.get(o)?.get(c) ?? base + perKilometer * sphere.kilometers(c, o);
    const nothing = new Float64Array(0);
    return {
      milliseconds: nothing,
      kilometers: nothing,
      millisecondsAt,
      kilometersAt,
      sphere,
      measured,
    };
  }
  const kilometers = new Float64Array(origins.length * clusters.length);
  const milliseconds = new Float64Array(kilometers.length);
  for (let c = 0, pair = 0; c < clusters.length; c++) {
    for (let o = 0; o < origins.length; o++, pair++) {
      const far = sphere.kilometers(c, o);
      kilometers[pair] = far;
      milliseconds[pair] = base + perKilometer * far;
    }
  }
  for (const [o, there] of measured) {
    for (const [c, value] of there) milliseconds[c * origins.length + o] = value;
  }
  return {
    milliseconds,
    kilometers,
    millisecondsAt: (c, o) => milliseconds[c * origins.length + o],
    kilometersAt: (c, o) => kilometers[c * origins.length + o],
    sphere,
    measured,
  };
}

/** Pairs of the first of `known` whose origins are at the same places; undefined without any that keeps its pairs. */
export function samePairs(
  known: readonly {
    readonly fleet: Fleet;
    readonly origins: readonly Origin[];
    readonly pairs: Pairs;
  }[],
  fleet: Fleet,
  origins: readonly Origin[],
): Pairs | undefined {
  const isThere = (one: Origin, u: number) =>
    one.name === origins[u].name &&
    one.latitude === origins[u].latitude &&
    one.longitude === origins[u].longitude;
  return known.find(
    (one) =>
      one.fleet === fleet &&
      one.pairs.milliseconds.length === fleet.clusters.length * origins.length &&
      one.origins.length === origins.length &&
      one.origins.every(isThere),
  )?.pairs;
}

function measuredPairs(fleet: Fleet, origins: readonly Origin[]): Map<number, Map<number, number>> {
  const measured = new Map<number, Map<number, number>>();
  if (fleet.latency.length === 0) return measured;
  const originAt = new Map(origins.map(({ name }, index) => [name, index]));
  const clusterAt = new Map(fleet.clusters.map(({ name }, index) => [name, index]));
  for (const [origin, cluster, value] of fleet.latency) {
    const o = originAt.get(origin);
    const c = clusterAt.get(cluster);
    if (o === undefined || c === undefined) continue;
    const there = measured.get(o) ?? new Map<number, number>();
    measured.set(o, there.set(c, value));
  }
  return measured;
}
