/** After a loss: what clusters are said to carry then is enough for all demand, and its replicas are those that so much needs. */
import { replicasFor } from '../../model/app/workload';
import type { AppDecision } from '../../model/decision';
import { type FindingLog, slack } from '../input/findings';
import type { Solution } from '../input/solution';
import { replicasOf } from './objective';
import { combinations } from './subsets';

type ClusterLine = AppDecision['clusters'][number];

/**
 * Whoever is lost, the others are to carry all demand between them, each at least what it serves now. How a loss divides
 * the demand is not unique, so that no number but these bounds is checked.
 */
export function checkAfterLoss(
  lines: readonly ClusterLine[],
  { instance, assignment }: Solution,
  basePath: string,
  log: FindingLog,
): void {
  const { app, total, clusters } = instance;
  const { survive } = app.policy.constraints;
  const isDue = survive > 0 && total > 0 && survive < lines.length;
  for (const [index, line] of lines.entries()) {
    const path = `${basePath}.clusters[${index}].afterLoss`;
    const { afterLoss } = line;
    if ((afterLoss !== undefined) !== isDue) {
      log.add(
        path,
        isDue
          ? `got nothing, expected what it carries after a loss: survive is ${survive}`
          : 'got loads after a loss, expected none: there is nothing to survive',
      );
      continue;
    }
    if (afterLoss === undefined) continue;
    const load = assignment.load.get(clusters.findIndex(({ name }) => name === line.name)) ?? 0;
    const carried = afterLoss.requestsPerSecond;
    const isWithin = carried >= load - slack(load) && carried <= total + slack(total);
    if (!isWithin) {
      const between = `expected between ${load}, its load now, and ${total}, all demand`;
      log.add(`${path}.requestsPerSecond`, `got ${carried}, ${between}`);
    }
    checkReplicas(afterLoss, path, instance, log);
  }
  if (isDue) checkSums(lines, survive, total, basePath, log);
}

function checkReplicas(
  { requestsPerSecond, replicas, componentReplicas }: NonNullable<ClusterLine['afterLoss']>,
  path: string,
  instance: Solution['instance'],
  log: FindingLog,
): void {
  const { sizing } = instance.app;
  const needed = sizing.length === 0 ? 1 : replicasOf(instance, requestsPerSecond);
  log.expectSame(`${path}.replicas`, replicas, needed);
  const expected = sizing.length > 1 ? sizing : [];
  for (const one of expected) {
    const wanted = replicasFor(one, requestsPerSecond);
    log.expectSame(`${path}.componentReplicas.${one.name}`, componentReplicas?.[one.name], wanted);
  }
  for (const name of Object.keys(componentReplicas ?? {})) {
    if (expected.some((one) => one.name === name)) continue;
    log.add(`${path}.componentReplicas.${name}`, 'got a component, expected none of this name');
  }
}

/** All C(clusters, survive) losses are tried, as the check of the rule itself tries them. */
function checkSums(
  lines: readonly ClusterLine[],
  survive: number,
  total: number,
  basePath: string,
  log: FindingLog,
): void {
  for (const lost of combinations(lines, survive)) {
    const left = lines.filter((line) => !lost.includes(line));
    const sum = left.reduce((all, { afterLoss }) => all + (afterLoss?.requestsPerSecond ?? 0), 0);
    if (sum >= total - slack(total)) continue;
    const names = lost.map(({ name }) => name).join(', ');
    log.add(
      `${basePath}.clusters`,
      `after the loss of ${names} the others are said to carry ${sum} requests/s, expected at least ${total}`,
    );
    return;
  }
}
