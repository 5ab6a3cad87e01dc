/** Pairs of an origin and a cluster: how far, how slow, whether legal, and what one request/s costs there. */
import type { Origin } from '../../model/demand';
import type { Cluster, Fleet } from '../../model/fleet';
import { kilometersBetween } from '../../model/geography';
import { matches } from '../../model/match';
import type { EdgeApp } from '../app';
import { signalValue } from './eligibility';
import { stepOf } from './load';
import { nearOf } from './near';

/** Pairs by the index of the origin and of the cluster. */
export interface Pairs {
  milliseconds(origin: number, cluster: number): number;
  kilometers(origin: number, cluster: number): number;
  /** Cost of one request/s; Infinity where the policy does not allow the pair. */
  cost(origin: number, cluster: number): number;
  /** No more than the cost, and quicker to tell. */
  atLeast(origin: number, cluster: number): number;
  /** Visits, once each, every cluster where the origin costs less than `most`, and maybe some where it does not. */
  below(origin: number, most: number, visit: (cluster: number) => void): void;
}

/** What a request/s costs at a cluster wherever it comes from. */
export interface Rates {
  /** Weighted value of each signal in the objective, by name. */
  readonly signals: ReadonlyMap<string, readonly number[]>;
  /** USD/h of egress per request/s served, by cluster. */
  readonly egressUsd: readonly number[];
}

/** Up to this many pairs are remembered once computed. */
const MOST_REMEMBERED = 4_000_000;
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

/** Pairs of `origins` and the clusters of the fleet for an app. */
export function pairsOf(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
  rates: Rates,
): Pairs {
  const { clusters } = fleet;
  const { objective } = app.policy;
  const measured = measurements(fleet);
  const isAllowed = legality(app, clusters, origins);
  const perRequest = clusters.map((_, c) => clusterRate(app, fleet, rates, c));
  const kilometers = (o: number, c: number) => kilometersBetween(origins[o]!, clusters[c]!);
  const milliseconds = (o: number, c: number) =>
    measured.get(origins[o]!.name)?.get(clusters[c]!.name) ??
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
    cost: remembered(cost, origins.length, clusters.length),
    ...boundsOf(app, fleet, origins, measured, perRequest),
  };
}

type Measured = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Bounds by distance; what was measured may be less than the distance says. */
function boundsOf(
  { policy: { objective } }: EdgeApp,
  { clusters, latencyModel }: Fleet,
  origins: readonly Origin[],
  measured: Measured,
  perRequest: readonly number[],
): Pick<Pairs, 'atLeast' | 'below'> {
  const near = nearOf(origins, clusters);
  const slope =
    (objective.latency * latencyModel.per1000KilometersMilliseconds) / 1000 + objective.distance;
  const fixed = objective.latency * latencyModel.baseMilliseconds;
  const cheapest = fixed + perRequest.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const indexes = new Map(clusters.map(({ name }, c) => [name, c]));
  const known = origins.map(({ name }) => measured.get(name));
  return {
    atLeast: (o, c) =>
      known[o] === undefined
        ? slope * near.atLeast(o, c) + fixed + perRequest[c]!
        : Number.NEGATIVE_INFINITY,
    below(o, most, visit) {
      const pairs = known[o];
      const isOther = (c: number) => !pairs?.has(clusters[c]!.name);
      const visitOther = pairs ? (c: number) => void (isOther(c) && visit(c)) : visit;
      if (slope > 0) near.within(o, (most - cheapest) / slope, visitOther);
      else for (const c of clusters.keys()) visitOther(c);
      for (const name of pairs?.keys() ?? []) {
        const c = indexes.get(name);
        if (c !== undefined) visit(c);
      }
    },
  };
}

function clusterRate(app: EdgeApp, fleet: Fleet, rates: Rates, c: number): number {
  let rate = 0;
  for (const values of rates.signals.values()) rate += values[c]!;
  const replicasPerRequest = app.sizing.reduce((sum, one) => sum + 1 / stepOf(one), 0);
  const replicasUsd = fleet.clusters[c]!.usdPerReplicaHour * replicasPerRequest;
  return rate + app.policy.objective.money * (rates.egressUsd[c]! + replicasUsd);
}

/** Residency: every rule that matches the origin matches the cluster. */
function legality(app: EdgeApp, clusters: readonly Cluster[], origins: readonly Origin[]) {
  const { residency } = app.policy.constraints;
  const there = residency.map((rule) => clusters.map((one) => matches(rule.clusters, one)));
  const bound = origins.map((origin) =>
    [...residency.keys()].filter((index) => matches(residency[index]!.origins, origin)),
  );
  return (o: number, c: number) => bound[o]!.every((index) => there[index]![c]!);
}

function measurements({ latency }: Fleet): Measured {
  const byOrigin = new Map<string, Map<string, number>>();
  for (const [origin, cluster, milliseconds] of latency) {
    const byCluster = byOrigin.get(origin) ?? new Map<string, number>();
    byOrigin.set(origin, byCluster.set(cluster, milliseconds));
  }
  return byOrigin;
}

function remembered(
  compute: (origin: number, cluster: number) => number,
  origins: number,
  clusters: number,
) {
  if (origins * clusters > MOST_REMEMBERED) return compute;
  const known = new Float64Array(origins * clusters).fill(Number.NaN);
  return (origin: number, cluster: number) => {
    const at = origin * clusters + cluster;
    const value = known[at]!;
    if (!Number.isNaN(value)) return value;
    known[at] = compute(origin, cluster);
    return known[at]!;
  };
}
