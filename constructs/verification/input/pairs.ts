/** Pairs of an origin and a cluster: distance, latency, legality, and the cost of one request/s. */
import type { Origin } from '../../model/demand';
import type { Cluster, Fleet } from '../../model/fleet';
import { matches } from '../../model/match';
import type { EdgeApp } from '../../policy';
import { signalValue } from './eligibility';
import { loadPerReplica } from './load';
import { type NearClusters, nearClusters } from './near-clusters';

/** Pairs by the index of the origin and of the cluster. */
export interface Pairs {
  milliseconds(origin: number, cluster: number): number;
  kilometers(origin: number, cluster: number): number;
  /** Cost of one request/s; Infinity where the policy does not allow the pair. */
  cost(origin: number, cluster: number): number;
  /** A lower bound of the cost that is faster to compute. */
  lowerBound(origin: number, cluster: number): number;
  /** The cost of a request/s where no latency is measured: `slope` per kilometre, plus `fixed` by cluster. */
  readonly linearCost: { readonly slope: number; readonly fixed: readonly number[] };
  /** Whether the cost of the origin does not follow from distance alone: it has measured latencies, or a strict latency limit. */
  isMeasured(origin: number): boolean;
  /** Whether the residency rules allow the pair. */
  isAllowed(origin: number, cluster: number): boolean;
  /** A key of the residency rules that apply to the origin: equal keys, equal rules. */
  residencyKey(origin: number): string;
  /** Visits, once each, every cluster where the origin costs less than `limit`, and possibly some where it costs more. */
  visitBelow(origin: number, limit: number, visit: (cluster: number) => void): void;
}

/** The parts of the cost of a request/s that depend on the cluster alone. */
export interface Rates {
  /** Weighted value of each signal in the objective, by name. */
  readonly signals: ReadonlyMap<string, readonly number[]>;
  /** USD/h of egress per request/s served, by cluster. */
  readonly egressUsd: readonly number[];
}

/** With at most this many pairs, computed costs are kept in memory. */
const MAX_MEMOIZED_PAIRS = 4_000_000;
const SECONDS_PER_HOUR = 3600;
const KIBIBYTES_PER_GIBIBYTE = 1_048_576;

/** Rates of an app at the clusters of the fleet. */
export function ratesOf(app: EdgeApp, { clusters }: Fleet, now: number): Rates {
  const signals = new Map<string, readonly number[]>();
  for (const [name, weight] of Object.entries(app.policy.objective.signals)) {
    const values = clusters.map((cluster) => signalValue(cluster, name, now));
    const known = values.filter((value) => value !== undefined);
    const worst = known.length === 0 ? 0 : known.reduce((a, b) => Math.max(a, b));
    signals.set(
      name,
      values.map((value) => weight * (value ?? worst)),
    );
  }
  const gibibytesPerHour = app.sizing.reduce(
    (sum, { requestsPerRequest, kibibytesPerResponse }) =>
      sum + (requestsPerRequest * SECONDS_PER_HOUR * kibibytesPerResponse) / KIBIBYTES_PER_GIBIBYTE,
    0,
  );
  const egressUsd = clusters.map((cluster) => gibibytesPerHour * cluster.usdPerGibibyteEgress);
  return { signals, egressUsd };
}

/** The pairs of `origins` and the clusters of the fleet, for one app. */
export function pairsOf(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
  rates: Rates,
): Pairs {
  const { clusters } = fleet;
  const { objective } = app.policy;
  const measured = measurements(fleet, origins);
  const { isAllowed, residencyKey } = residencyOf(app, clusters, origins);
  const near = nearClusters(origins, clusters);
  const perRequest = clusters.map((_, c) => clusterRate(app, fleet, rates, c));
  const { kilometers } = near;
  const milliseconds = (o: number, c: number) =>
    measured?.at(o, c) ??
    fleet.latencyModel.baseMilliseconds +
      (fleet.latencyModel.per1000KilometersMilliseconds * kilometers(o, c)) / 1000;
  const limit = app.policy.constraints.latency;
  const strict = limit !== undefined && limit.share === 1 ? limit.milliseconds : undefined;
  const cost = (o: number, c: number) => {
    if (!isAllowed(o, c)) return Number.POSITIVE_INFINITY;
    if (strict !== undefined && milliseconds(o, c) > strict) return Number.POSITIVE_INFINITY;
    const slow = objective.latency === 0 ? 0 : objective.latency * milliseconds(o, c);
    const far = objective.distance === 0 ? 0 : objective.distance * kilometers(o, c);
    return slow + far + perRequest[c]!;
  };
  return {
    milliseconds,
    kilometers,
    cost: memoized(cost, origins.length, clusters.length),
    isMeasured: (o) => strict !== undefined || measured?.of(o) !== undefined,
    isAllowed,
    residencyKey,
    ...boundsOf(app, fleet, near, measured, perRequest),
  };
}

/** Measured latencies in milliseconds. */
interface Measured {
  at(origin: number, cluster: number): number | undefined;
  /** Of one origin, by cluster; undefined when none is measured. */
  of(origin: number): ReadonlyMap<number, number> | undefined;
}

/** Lower bounds of costs from distances; a measured latency may be less than the distance implies. */
function boundsOf(
  { policy: { objective } }: EdgeApp,
  { clusters, latencyModel }: Fleet,
  near: NearClusters,
  measured: Measured | undefined,
  perRequest: readonly number[],
): Pick<Pairs, 'lowerBound' | 'visitBelow' | 'linearCost'> {
  const slope =
    (objective.latency * latencyModel.per1000KilometersMilliseconds) / 1000 + objective.distance;
  const base = objective.latency * latencyModel.baseMilliseconds;
  const cheapest = base + perRequest.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return {
    linearCost: { slope, fixed: perRequest.map((rate) => rate + base) },
    lowerBound: (o, c) =>
      measured?.of(o) === undefined
        ? slope * near.lowerBound(o, c) + base + perRequest[c]!
        : Number.NEGATIVE_INFINITY,
    visitBelow(o, limit, visit) {
      const pairs = measured?.of(o);
      const visitOther = pairs ? (c: number) => void (!pairs.has(c) && visit(c)) : visit;
      if (slope > 0) near.visitWithin(o, (limit - cheapest) / slope, visitOther);
      else for (const c of clusters.keys()) visitOther(c);
      for (const c of pairs?.keys() ?? []) visit(c);
    },
  };
}

function clusterRate(app: EdgeApp, fleet: Fleet, rates: Rates, c: number): number {
  let rate = 0;
  for (const values of rates.signals.values()) rate += values[c]!;
  const replicasPerRequest = app.sizing.reduce((sum, one) => sum + 1 / loadPerReplica(one), 0);
  const replicasUsd = fleet.clusters[c]!.usdPerReplicaHour * replicasPerRequest;
  return rate + app.policy.objective.money * (rates.egressUsd[c]! + replicasUsd);
}

/** Residency: a cluster may serve an origin when every rule that matches the origin matches the cluster. */
function residencyOf(app: EdgeApp, clusters: readonly Cluster[], origins: readonly Origin[]) {
  const { residency } = app.policy.constraints;
  const there = residency.map((rule) => clusters.map((one) => matches(rule.clusters, one)));
  const bound = origins.map((origin) =>
    [...residency.keys()].filter((index) => matches(residency[index]!.origins, origin)),
  );
  return {
    isAllowed: (o: number, c: number) => bound[o]!.every((index) => there[index]![c]!),
    residencyKey: (o: number) => bound[o]!.join(' '),
  };
}

function measurements(
  { latency, clusters }: Fleet,
  origins: readonly Origin[],
): Measured | undefined {
  if (latency.length === 0) return undefined;
  const originAt = new Map(origins.map(({ name }, o) => [name, o]));
  const clusterAt = new Map(clusters.map(({ name }, c) => [name, c]));
  const known = origins.map((): Map<number, number> | undefined => undefined);
  for (const [origin, cluster, milliseconds] of latency) {
    const [o, c] = [originAt.get(origin), clusterAt.get(cluster)];
    if (o === undefined || c === undefined) continue;
    known[o] ??= new Map();
    known[o].set(c, milliseconds);
  }
  return { at: (o, c) => known[o]?.get(c), of: (o) => known[o] };
}

function memoized(
  compute: (origin: number, cluster: number) => number,
  origins: number,
  clusters: number,
) {
  if (origins * clusters > MAX_MEMOIZED_PAIRS) return compute;
  const known = new Float64Array(origins * clusters).fill(Number.NaN);
  return (origin: number, cluster: number) => {
    const at = origin * clusters + cluster;
    const value = known[at]!;
    if (!Number.isNaN(value)) return value;
    known[at] = compute(origin, cluster);
    return known[at]!;
  };
}
