/** Replica deadband: replicas that stand are kept while the load falls by less than a share, so that noise around a whole replica changes nothing. */
import type { ClusterDecision, PlacementDecision } from '../../model/decision';
import type { ComponentLoad, Limits } from '../../optimizer';
import { fits, freeFor, remainingLimits, replicasAt } from '../../optimizer';
import type { EdgeApp } from '../../policy';
import { usdPerHour } from '../explain/statistics';
import type { ChosenApp } from './choose';

/** Default. Two measurements that are off by 5 % in opposite directions differ by about 10 %. */
const REPLICA_DEADBAND = 0.1;

/** By position in the chosen set and by component: replicas beyond what the load needs. */
export type SpareReplicas = readonly (readonly number[])[];

/**
 * For each app the replicas that it keeps beyond need. They take only room and money that the decision leaves: where
 * capacity or budget has none, they go. Apps come in the order given, clusters in that of their sets.
 */
export function spareReplicas(
  apps: readonly ChosenApp[],
  previous: PlacementDecision | undefined,
  limits: Limits,
): readonly SpareReplicas[] {
  if (previous === undefined) return apps.map(() => []);
  const left = remainingLimits(
    limits,
    apps.flatMap(({ compiled, answer: { best } }) =>
      best === undefined ? [] : [{ app: compiled.problem, assigned: best.evaluated.assigned }],
    ),
  );
  return apps.map((one) => spareOf(one, previous, left));
}

/** Replicas of every component, in the order of the policy's sizing, that a previous decision had on a cluster. */
function replicasBefore(
  { sizing }: EdgeApp,
  { replicas, componentReplicas }: ClusterDecision,
): readonly (number | undefined)[] {
  return sizing.map(({ name }) => (sizing.length === 1 ? replicas : componentReplicas?.[name]));
}

function spareOf(
  { compiled, answer: { best } }: ChosenApp,
  previous: PlacementDecision,
  left: Limits,
): SpareReplicas {
  const { app, fleet, problem } = compiled;
  if (best === undefined) return [];
  const before = previous.apps.find((one) => one.app === app.name);
  const { assigned } = best.evaluated;
  const { budget } = app.policy.constraints;
  let usd = usdPerHour(compiled, assigned);
  const spares = best.open.map(() => problem.components.map(() => 0));
  best.open.forEach((cluster, position) => {
    const { name, usdPerReplicaHour } = fleet.clusters[cluster];
    const line = before?.clusters.find((one) => one.name === name);
    if (line === undefined) return;
    const had = replicasBefore(app, line);
    problem.components.forEach((component, c) => {
      const spare = spareWithin(app, component, assigned.load[position], had[c]);
      if (spare === 0) return;
      const price = spare * usdPerReplicaHour;
      if (budget !== undefined && usd + price > budget.usdPerHour * (1 + 1e-9)) return;
      if (problem.capacity !== 'none') {
        const usage = usageOf(component, spare);
        const free = freeFor(left, cluster, problem.headroom);
        const [wanted, room] = [0, Number.POSITIVE_INFINITY];
        if (!fits({ ...usage, requestsPerSecond: wanted }, { ...free, requestsPerSecond: room }))
          return;
        for (const key of ['cpuMillicores', 'memoryMebibytes', 'pods'] as const)
          left.taken[key][cluster] += usage[key];
      }
      usd += price;
      spares[position][c] = spare;
    });
  });
  return spares;
}

/** Replicas beyond need that are still within the deadband; 0 when the load has fallen below it. */
function spareWithin(
  app: EdgeApp,
  component: ComponentLoad,
  load: number,
  before: number | undefined,
): number {
  const share = app.policy.stability.replicaDeadband ?? REPLICA_DEADBAND;
  if (before === undefined || share === 0) return 0;
  const most = share === 1 ? before : replicasAt(component, load / (1 - share));
  return before > most ? 0 : Math.max(0, before - replicasAt(component, load));
}

function usageOf(component: ComponentLoad, replicas: number) {
  return {
    cpuMillicores: replicas * component.cpuMillicores,
    memoryMebibytes: replicas * component.memoryMebibytes,
    pods: replicas,
  };
}
