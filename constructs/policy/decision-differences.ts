/** What differs between two decisions: clusters, replicas, who serves whom, and what each costs. */
import { byCodeUnits } from '../model/canonical';
import type { AppDecision, PlacementDecision } from '../model/decision';

/** What a cluster has of an app. */
export interface ClusterLoad {
  readonly requestsPerSecond: number;
  readonly replicas: number;
}
/** A cluster that one of two decisions has, or both with another load. */
export interface ClusterDifference {
  readonly cluster: string;
  /** Absent: the earlier decision does not have it. */
  readonly before?: ClusterLoad;
  /** Absent: the later decision does not have it. */
  readonly after?: ClusterLoad;
}
/** An origin that other clusters serve. */
export interface OriginDifference {
  readonly origin: string;
  /** The clusters that serve it, the largest share first; none: it has no requests, or is in one decision alone. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}
/** What a decision of one app is measured by. */
export interface Measures {
  /** False: no placement satisfies its policy, and everything else is 0. */
  readonly satisfied: boolean;
  readonly clusters: number;
  readonly objective: number;
  readonly meanMilliseconds: number;
  readonly p95Milliseconds: number;
  readonly usdPerHour: number;
}
/** What differs for one app. */
export interface AppDifference {
  readonly app: string;
  /** Absent: the decision does not have the app. */
  readonly before?: Measures;
  readonly after?: Measures;
  readonly clusters: readonly ClusterDifference[];
  readonly origins: readonly OriginDifference[];
  /** Origins of either decision. */
  readonly originCount: number;
}

/** Compares app by app; clusters and origins by name. Requests/s that differ by less than a thousandth of a request are the same. */
export function differencesOf(
  before: PlacementDecision,
  after: PlacementDecision,
): readonly AppDifference[] {
  const [earlier, later] = [appsOf(before), appsOf(after)];
  const names = [...new Set([...earlier.keys(), ...later.keys()])].sort(byCodeUnits);
  return names.map((app) => appDifference(app, earlier.get(app), later.get(app)));
}

/** True when clusters, replicas, loads or who serves whom differ. */
export function isDifferent({ before, after, clusters, origins }: AppDifference): boolean {
  if (before?.satisfied !== after?.satisfied) return true;
  return !before || !after || clusters.length > 0 || origins.length > 0;
}

const appsOf = ({ apps }: PlacementDecision) => new Map(apps.map((app) => [app.app, app]));
const loadsOf = (app: AppDecision | undefined): ReadonlyMap<string, ClusterLoad> =>
  new Map((app?.clusters ?? []).map((one) => [one.name, loadOf(one)]));

function appDifference(
  app: string,
  before: AppDecision | undefined,
  after: AppDecision | undefined,
): AppDifference {
  const [had, has] = [servedBy(before), servedBy(after)];
  const origins = [...new Set([...had.keys(), ...has.keys()])].sort(byCodeUnits);
  const moved = origins
    .map((origin) => ({ origin, before: had.get(origin) ?? [], after: has.get(origin) ?? [] }))
    .filter((one) => one.before.join('\0') !== one.after.join('\0'));
  return {
    app,
    ...(before === undefined ? {} : { before: measuresOf(before) }),
    ...(after === undefined ? {} : { after: measuresOf(after) }),
    clusters: clusterDifferences(before, after),
    origins: moved,
    originCount: origins.length,
  };
}

function clusterDifferences(
  before: AppDecision | undefined,
  after: AppDecision | undefined,
): readonly ClusterDifference[] {
  const [had, has] = [loadsOf(before), loadsOf(after)];
  const names = [...new Set([...had.keys(), ...has.keys()])].sort(byCodeUnits);
  return names.flatMap((cluster) => {
    const [then, now] = [had.get(cluster), has.get(cluster)];
    if (then !== undefined && now !== undefined && isSameLoad(then, now)) return [];
    return [
      {
        cluster,
        ...(then === undefined ? {} : { before: then }),
        ...(now === undefined ? {} : { after: now }),
      },
    ];
  });
}

const loadOf = ({ requestsPerSecond, replicas }: ClusterLoad): ClusterLoad => ({
  requestsPerSecond,
  replicas,
});
const isSameLoad = (a: ClusterLoad, b: ClusterLoad): boolean =>
  a.replicas === b.replicas && Math.abs(a.requestsPerSecond - b.requestsPerSecond) < 0.001;

/** The clusters of each origin, the largest share first. */
function servedBy(app: AppDecision | undefined): ReadonlyMap<string, readonly string[]> {
  const shares = new Map<string, { readonly cluster: string; readonly share: number }[]>();
  for (const { origin, cluster, share } of app?.assignments ?? []) {
    const found = shares.get(origin) ?? [];
    if (cluster !== null) found.push({ cluster, share });
    shares.set(origin, found);
  }
  const ordered = [...shares].map(([origin, found]) => {
    found.sort((a, b) => b.share - a.share || byCodeUnits(a.cluster, b.cluster));
    return [origin, found.map(({ cluster }) => cluster)] as const;
  });
  return new Map(ordered);
}

function measuresOf({ satisfied, clusters, objective, latency, cost }: AppDecision): Measures {
  return {
    satisfied,
    clusters: clusters.length,
    objective: objective.value,
    meanMilliseconds: latency.meanMilliseconds,
    p95Milliseconds: latency.p95,
    usdPerHour: cost.usdPerHour,
  };
}
