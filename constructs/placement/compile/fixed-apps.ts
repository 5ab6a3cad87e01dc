/** Fixed apps keep their previous decision (fail static): their clusters, and the capacity that they use there. */

import { replicasFor } from '../../model/app/workload';
import type { ClusterDecision, PlacementDecision } from '../../model/decision';
import type { Limits, Usage } from '../../optimizer';
import { usageAt } from '../../optimizer';
import type { EdgeApp, PlaceInput } from '../../policy';
import { componentsOf } from './compile';
import type { DemandBasis } from './demand-selection';

/** Clusters of each fixed app, by app name. */
export function clustersOfFixedApps(
  input: PlaceInput,
  apps: readonly EdgeApp[],
  bases: readonly DemandBasis[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const stands = new Map<string, ReadonlySet<string>>();
  apps.forEach((app, a) => {
    if (bases[a].kind !== 'stands') return;
    stands.set(app.name, new Set(clustersOf(app, input.previous).map(({ name }) => name)));
  });
  return stands;
}

/** The limits with the usage of fixed apps added to `taken`; `limits` itself is not changed. */
export function remainingLimitsFixedApps(
  limits: Limits,
  input: PlaceInput,
  apps: readonly EdgeApp[],
  bases: readonly DemandBasis[],
): Limits {
  const taken = {
    cpuMillicores: limits.taken.cpuMillicores.slice(),
    memoryMebibytes: limits.taken.memoryMebibytes.slice(),
    pods: limits.taken.pods.slice(),
    requestsPerSecond: limits.taken.requestsPerSecond.slice(),
  };
  const headroom = limits.headroom.slice();
  const at = new Map(input.fleet.clusters.map(({ name }, index) => [name, index]));
  apps.forEach((app, a) => {
    const { capacity } = app.policy.constraints;
    if (bases[a].kind !== 'stands' || capacity === false) return;
    const components = componentsOf(app);
    for (const line of clustersOf(app, input.previous)) {
      const { requestsPerSecond } = line;
      const cluster = at.get(line.name);
      if (cluster === undefined) continue;
      const usage = withSpares(usageAt({ components }, requestsPerSecond), app, line);
      for (const key of [
        'cpuMillicores',
        'memoryMebibytes',
        'pods',
        'requestsPerSecond',
      ] as const) {
        taken[key][cluster] += usage[key];
      }
      headroom[cluster] = Math.max(headroom[cluster], capacity.headroom);
    }
  });
  return { ...limits, taken, headroom };
}

/** Usage with the replicas that a decision has beyond need. */
function withSpares(needed: Usage, app: EdgeApp, line: ClusterDecision): Usage {
  if (line.spareReplicas === undefined) return needed;
  let usage = needed;
  app.sizing.forEach((one) => {
    const all = app.sizing.length === 1 ? line.replicas : line.componentReplicas?.[one.name];
    const spare = Math.max(0, (all ?? 0) - replicasFor(one, line.requestsPerSecond));
    usage = {
      ...usage,
      cpuMillicores: usage.cpuMillicores + spare * one.resources.cpuMillicores,
      memoryMebibytes: usage.memoryMebibytes + spare * one.resources.memoryMebibytes,
      pods: usage.pods + spare,
    };
  });
  return usage;
}

function clustersOf(app: EdgeApp, previous: PlacementDecision | undefined) {
  return previous?.apps.find((one) => one.app === app.name)?.clusters ?? [];
}
