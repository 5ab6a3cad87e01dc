/** A solution of one app: its chosen clusters with the assignment, and what the solutions of other apps leave. */
import type { AppInstance } from './app-instance';
import { type Assignment, headroomOf, isCapacitated, type OtherApps } from './assignment-problem';
import { addResources, usageOf } from './load';

/** An app instance with its chosen clusters and the assignment of its origins. */
export interface Solution {
  readonly instance: AppInstance;
  /** Ascending. */
  readonly chosen: readonly number[];
  readonly assignment: Assignment;
}

/** What all other apps use of the clusters: those with a solution in `all`, and those whose previous decision is kept. */
export function otherAppsOf(solution: Solution, all: readonly Solution[]): OtherApps {
  const fixed = solution.instance.fixedApps.others;
  const others = all.filter(
    (one) =>
      one.instance.app.name !== solution.instance.app.name && isCapacitated(one.instance.app),
  );
  const at = (cluster: number) => others.filter(({ chosen }) => chosen.includes(cluster));
  return {
    used: (cluster) =>
      at(cluster).reduce(
        (used, { instance, assignment }) =>
          addResources(used, usageOf(instance.app, assignment.load.get(cluster) ?? 0)),
        fixed.used(cluster),
      ),
    headroom: (cluster) =>
      Math.max(
        fixed.headroom(cluster),
        ...at(cluster).map(({ instance }) => headroomOf(instance.app)),
      ),
  };
}
