/** Parties: apps with their sets of clusters, who share what the clusters have. */
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import type { EdgeApp } from '../../policy';
import { fits, NOTHING, type Room, roomOf, sum, usageOf } from './load';

/** An app with its set, and what serving costs. */
export interface Party {
  readonly app: EdgeApp;
  readonly clusters: readonly Cluster[];
  readonly origins: readonly Origin[];
  /** Cost of one request/s; Infinity where not legal. */
  readonly cost: (origin: number, cluster: number) => number;
  /** No more than the cost, and quicker to tell. */
  readonly atLeast?: (origin: number, cluster: number) => number;
  /** Ascending. */
  readonly chosen: readonly number[];
}

/** Requests/s of an origin that a cluster serves. */
export interface Flow {
  readonly origin: number;
  readonly cluster: number;
  readonly amount: number;
}

/** Who serves the origins of one app. */
export interface Outcome {
  readonly flows: readonly Flow[];
  /** Requests/s by chosen cluster. */
  readonly load: ReadonlyMap<number, number>;
}

/** What apps that are not asked use of a cluster. */
export interface Others {
  taken(cluster: number): Room;
  headroom(cluster: number): number;
}

/** Nobody else is there. */
export const NOBODY: Others = { taken: () => NOTHING, headroom: () => 0 };

/** The outcome of these flows. */
export function outcomeOf(chosen: readonly number[], flows: readonly Flow[]): Outcome {
  const load = new Map(chosen.map((cluster) => [cluster, 0]));
  for (const { cluster, amount } of flows) load.set(cluster, (load.get(cluster) ?? 0) + amount);
  return { flows, load };
}

/** Every origin at its cheapest legal cluster, ties by name; undefined when an origin has none. */
export function cheapest({ origins, chosen, cost, atLeast }: Party): Outcome | undefined {
  const flows: Flow[] = [];
  for (const [origin, { requestsPerSecond }] of origins.entries()) {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of chosen) {
      if (atLeast !== undefined && atLeast(origin, cluster) > least) continue;
      const here = cost(origin, cluster);
      if (here < least) [best, least] = [cluster, here];
    }
    if (best === undefined) return undefined;
    flows.push({ origin, cluster: best, amount: requestsPerSecond });
  }
  return outcomeOf(chosen, flows);
}

/** Whether the app takes part in capacity at all. */
export function isCounted(app: EdgeApp): boolean {
  return app.policy.constraints.capacity !== false;
}

/** The share of the cluster that stays free because an app with this policy is there. */
export function headroomOf(app: EdgeApp): number {
  const { capacity } = app.policy.constraints;
  return capacity === false ? 0 : capacity.headroom;
}

/** What the counted parties may use of a cluster together. */
export function roomAt(cluster: number, parties: readonly Party[], others: Others): Room {
  const there = parties.filter(({ app, chosen }) => isCounted(app) && chosen.includes(cluster));
  const headroom = Math.max(others.headroom(cluster), ...there.map(({ app }) => headroomOf(app)));
  return roomOf(parties[0]!.clusters[cluster]!, headroom);
}

/** The clusters whose counted parties use more than there is. */
export function crowded(
  parties: readonly Party[],
  outcomes: readonly Outcome[],
  others: Others,
): readonly number[] {
  const used = new Map<number, Room>();
  for (const [index, { app }] of parties.entries()) {
    if (!isCounted(app)) continue;
    for (const [cluster, load] of outcomes[index]!.load) {
      used.set(cluster, sum(used.get(cluster) ?? NOTHING, usageOf(app, load)));
    }
  }
  const full = [...used].filter(
    ([cluster, room]) => !fits(room, roomAt(cluster, parties, others), others.taken(cluster)),
  );
  return full.map(([cluster]) => cluster).sort((a, b) => a - b);
}
