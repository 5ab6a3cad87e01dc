/** Spare replicas: what a line of a decision has beyond need, and how many of them the deadband lets stand. */

import { replicasFor } from '../../model/app/workload';
import type { AppDecision } from '../../model/decision';
import type { EdgeApp } from '../../policy';
import type { AppInstance } from './app-instance';
import { addResources, NO_USAGE, type Resources, usageOfReplicas } from './load';

type ClusterLine = AppDecision['clusters'][number];

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
