/** Replica deadband: replicas beyond what the load needs must have stood before, be within the deadband, and fit capacity and budget. */
import type { AppDecision } from '../../model/decision';
import { replicasFor } from '../../model/workload';
import type { EdgeApp } from '../../policy';
import type { AppInstance } from '../input/app-instance';
import { capacityAt, isCapacitated } from '../input/assignment-problem';
import type { AppEntry } from '../input/decision-reader';
import { type FindingLog, slack } from '../input/findings';
import {
  addResources,
  fits,
  NO_USAGE,
  type Resources,
  usageOf,
  usageOfReplicas,
} from '../input/load';
import type { Solution } from '../input/solution';
import { usdPerHour } from '../rules/objective';

type ClusterLine = AppDecision['clusters'][number];
/** An entry of the decision with the solution that it describes. */
interface Placed {
  readonly entry: AppEntry;
  readonly solution: Solution;
}

/** By component: replicas that a line of a decision has beyond what its load needs. */
export function sparesOf(
  app: EdgeApp,
  line: ClusterLine,
  load: number,
): ReadonlyMap<string, number> {
  const spares = app.sizing.map((one) => {
    const replicas = app.sizing.length === 1 ? line.replicas : line.componentReplicas?.[one.name];
    return [one.name, Math.max(0, (replicas ?? 0) - replicasFor(one, load))] as const;
  });
  return new Map(spares);
}

/** What spare replicas use of a cluster. */
export function usageOfSpares(app: EdgeApp, line: ClusterLine, load: number): Resources {
  const spares = sparesOf(app, line, load);
  return app.sizing.reduce(
    (used, one) => addResources(used, usageOfReplicas(one, spares.get(one.name) ?? 0)),
    NO_USAGE,
  );
}

/** Most replicas of a component that the deadband lets stand on a cluster; those that the load needs where fewer stood. */
export function mostReplicas(
  { app, previous }: AppInstance,
  component: EdgeApp['sizing'][number],
  cluster: string,
  load: number,
): number {
  const needed = replicasFor(component, load);
  const line = previous?.clusters.find(({ name }) => name === cluster);
  const before =
    app.sizing.length === 1 ? line?.replicas : line?.componentReplicas?.[component.name];
  const { replicaDeadband = 0.1 } = app.policy.stability;
  if (before === undefined || before <= needed || replicaDeadband === 0) return needed;
  const edge =
    replicaDeadband === 1
      ? Number.POSITIVE_INFINITY
      : replicasFor(component, load / (1 - replicaDeadband));
  return before <= edge ? before : needed;
}

/** Checks that spare replicas leave room for all that is needed, and stay within the budget. */
export function checkSpares(all: readonly Placed[], log: FindingLog): void {
  const used = new Map<number, Resources>();
  const hasSpares = new Map<number, string>();
  for (const { entry, solution } of all) {
    const { instance, assignment } = solution;
    let usd = usdPerHour(instance, assignment);
    for (const [index, line] of entry.appDecision.clusters.entries()) {
      const cluster = instance.clusters.findIndex(({ name }) => name === line.name);
      const load = assignment.load.get(cluster) ?? 0;
      const spare = usageOfSpares(instance.app, line, load);
      usd += spare.pods * (instance.clusters[cluster]?.usdPerReplicaHour ?? 0);
      if (spare.pods > 0) hasSpares.set(cluster, `${entry.basePath}.clusters[${index}]`);
      if (!isCapacitated(instance.app)) continue;
      const here = addResources(usageOf(instance.app, load), spare);
      used.set(cluster, addResources(used.get(cluster) ?? NO_USAGE, here));
    }
    const { budget } = instance.app.policy.constraints;
    const isDear = budget !== undefined && usd > budget.usdPerHour + slack(budget.usdPerHour);
    if (isDear && entry.appDecision.clusters.some(({ spareReplicas }) => spareReplicas)) {
      log.add(`${entry.basePath}.clusters`, 'budget: got spare replicas that it has no room for');
    }
  }
  const problems = all.map(({ solution: { instance, chosen } }) => ({
    ...instance,
    chosen,
    cost: instance.pairs.cost,
  }));
  for (const [cluster, path] of hasSpares) {
    const others = all[0]!.solution.instance.fixedApps.others;
    const usage = used.get(cluster) ?? NO_USAGE;
    if (fits(usage, capacityAt(cluster, problems, others), others.used(cluster))) continue;
    log.add(`${path}.replicas`, 'capacity: got spare replicas that it has no room for');
  }
}
