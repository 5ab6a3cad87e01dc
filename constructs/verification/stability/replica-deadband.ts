/** Replica deadband: spare replicas must leave room for all that is needed, and stay within the budget. */
import { capacityAt, isCapacitated } from '../input/assignment-problem';
import type { AppEntry } from '../input/decision-reader';
import { type FindingLog, slack } from '../input/findings';
import { addResources, fits, NO_USAGE, type Resources, usageOf } from '../input/load';
import type { Solution } from '../input/solution';
import { usageOfSpares } from '../input/spare-replicas';
import { usdPerHour } from '../rules/objective';

/** An entry of the decision with the solution that it describes. */
interface Placed {
  readonly entry: AppEntry;
  readonly solution: Solution;
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
      if (cluster < 0) continue;
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
