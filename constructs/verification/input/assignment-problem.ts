/** The assignment problem of one app: which of its chosen clusters serves each origin, at which cost. */
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import type { EdgeApp } from '../../policy';
import { addResources, fits, NO_USAGE, type Resources, usableCapacity, usageOf } from './load';

/** An app with its chosen clusters and the costs of serving. */
export interface AssignmentProblem {
  readonly app: EdgeApp;
  readonly clusters: readonly Cluster[];
  readonly origins: readonly Origin[];
  /** Cost of one request/s; Infinity where the cluster may not serve the origin. */
  readonly cost: (origin: number, cluster: number) => number;
  /** A lower bound of the cost that is faster to compute. */
  readonly lowerBound?: (origin: number, cluster: number) => number;
  /** Ascending. */
  readonly chosen: readonly number[];
}

/** Requests/s of an origin that a cluster serves. */
export interface Flow {
  readonly origin: number;
  readonly cluster: number;
  readonly amount: number;
}

/** Which clusters serve the origins of one app. */
export interface Assignment {
  readonly flows: readonly Flow[];
  /** Requests/s by chosen cluster. */
  readonly load: ReadonlyMap<number, number>;
}

/** What apps outside the problem use of a cluster, and the headroom that they ask for. */
export interface OtherApps {
  used(cluster: number): Resources;
  headroom(cluster: number): number;
}

/** No other app is on the fleet. */
export const NO_OTHER_APPS: OtherApps = { used: () => NO_USAGE, headroom: () => 0 };

/** The assignment with these flows. */
export function assignmentOf(chosen: readonly number[], flows: readonly Flow[]): Assignment {
  const load = new Map(chosen.map((cluster) => [cluster, 0]));
  for (const { cluster, amount } of flows) load.set(cluster, (load.get(cluster) ?? 0) + amount);
  return { flows, load };
}

/**
 * The cheapest assignment without capacities: every origin at its cheapest legal cluster, ties by name. Undefined when no chosen
 * cluster may serve some origin.
 */
export function uncapacitatedAssignment({
  origins,
  chosen,
  cost,
  lowerBound,
}: AssignmentProblem): Assignment | undefined {
  const flows: Flow[] = [];
  for (const [origin, { requestsPerSecond }] of origins.entries()) {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of chosen) {
      if (lowerBound !== undefined && lowerBound(origin, cluster) > least) continue;
      const here = cost(origin, cluster);
      if (here < least) [best, least] = [cluster, here];
    }
    if (best === undefined) return undefined;
    flows.push({ origin, cluster: best, amount: requestsPerSecond });
  }
  return assignmentOf(chosen, flows);
}

/** The total cost of assignments, one for each problem. */
export function costOf(
  problems: readonly AssignmentProblem[],
  assignments: readonly Assignment[],
): number {
  let total = 0;
  for (const [index, { flows }] of assignments.entries()) {
    for (const { origin, cluster, amount } of flows)
      total += amount * problems[index]!.cost(origin, cluster);
  }
  return total;
}

/** Whether the app counts toward the capacity of clusters. */
export function isCapacitated(app: EdgeApp): boolean {
  return app.policy.constraints.capacity !== false;
}

/** The share of a cluster that the policy of the app keeps free. */
export function headroomOf(app: EdgeApp): number {
  const { capacity } = app.policy.constraints;
  return capacity === false ? 0 : capacity.headroom;
}

/** What the capacitated apps may use of a cluster together: the largest headroom of all of them stays free. */
export function capacityAt(
  cluster: number,
  problems: readonly AssignmentProblem[],
  others: OtherApps,
): Resources {
  const there = problems.filter(
    ({ app, chosen }) => isCapacitated(app) && chosen.includes(cluster),
  );
  const headroom = Math.max(others.headroom(cluster), ...there.map(({ app }) => headroomOf(app)));
  return usableCapacity(problems[0]!.clusters[cluster]!, headroom);
}

/** The clusters of which the capacitated apps use more than the capacity, ascending. */
export function overloadedClusters(
  problems: readonly AssignmentProblem[],
  assignments: readonly Assignment[],
  others: OtherApps,
): readonly number[] {
  const used = new Map<number, Resources>();
  for (const [index, { app }] of problems.entries()) {
    if (!isCapacitated(app)) continue;
    for (const [cluster, load] of assignments[index]!.load) {
      used.set(cluster, addResources(used.get(cluster) ?? NO_USAGE, usageOf(app, load)));
    }
  }
  const full = [...used].filter(
    ([cluster, usage]) => !fits(usage, capacityAt(cluster, problems, others), others.used(cluster)),
  );
  return full.map(([cluster]) => cluster).sort((a, b) => a - b);
}
