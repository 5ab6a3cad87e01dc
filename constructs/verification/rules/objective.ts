/** The objective of a solution: its weighted terms, its cost in USD per hour, and the distribution of latency. */
import { replicasFor } from '../../model/app/workload';
import { type AppInstance, preferenceFor } from '../input/app-instance';
import type { Assignment } from '../input/assignment-problem';
import { slack, TOLERANCE } from '../input/findings';

/** Every term with a configured weight, already weighted. */
export function termsOf(
  instance: AppInstance,
  assignment: Assignment,
): ReadonlyMap<string, number> {
  const { objective } = instance.app.policy;
  const { pairs, rates } = instance;
  const terms = new Map<string, number>();
  const served = (per: (origin: number, cluster: number) => number) =>
    assignment.flows.reduce((sum, flow) => sum + flow.amount * per(flow.origin, flow.cluster), 0);
  if (objective.latency !== 0) {
    terms.set('latency', objective.latency * served(pairs.milliseconds));
  }
  if (objective.distance !== 0) {
    terms.set('distance', objective.distance * served(pairs.kilometers));
  }
  if (objective.money !== 0) terms.set('money', objective.money * usdPerHour(instance, assignment));
  if (objective.change !== 0) terms.set('change', changeTerm(instance, assignment));
  if (objective.preferred.length > 0) terms.set('preferred', preferredTerm(instance, assignment));
  for (const [name, weighted] of rates.signals) {
    if (objective.signals[name] === 0) continue;
    terms.set(
      `signals.${name}`,
      served((_, cluster) => weighted[cluster]!),
    );
  }
  return terms;
}

/** The sum of all terms; without the price of changes when `withChange` is false. */
export function objectiveValue(
  instance: AppInstance,
  assignment: Assignment,
  withChange = true,
): number {
  let value = 0;
  for (const [name, term] of termsOf(instance, assignment)) {
    if (withChange || name !== 'change') value += term;
  }
  return value;
}

/** The cost of chosen clusters, replicas and egress. */
export function usdPerHour(instance: AppInstance, assignment: Assignment): number {
  let usd = 0;
  for (const [cluster, load] of assignment.load) {
    const { usdPerHour: open, usdPerReplicaHour } = instance.clusters[cluster]!;
    const replicas = replicasOf(instance, load);
    usd += open + usdPerReplicaHour * replicas + instance.rates.egressUsd[cluster]! * load;
  }
  return usd;
}

/** The replicas of all components that serve `load` requests/s. */
export function replicasOf(instance: AppInstance, load: number): number {
  return instance.app.sizing.reduce((sum, component) => sum + replicasFor(component, load), 0);
}

/** The number of clusters added to and dropped from the previous set; clusters that left the fleet count as dropped. */
function changesOf(instance: AppInstance, chosen: Iterable<number>): number {
  const before = instance.previous?.clusters.length ?? 0;
  let [kept, added] = [0, 0];
  for (const cluster of chosen) {
    if (instance.before.has(cluster)) kept++;
    else added++;
  }
  return added + before - kept;
}

function changeTerm(instance: AppInstance, assignment: Assignment): number {
  if (instance.previous === undefined) return 0;
  return instance.app.policy.objective.change * changesOf(instance, assignment.load.keys());
}

function preferredTerm(instance: AppInstance, assignment: Assignment): number {
  let term = 0;
  for (const cluster of assignment.load.keys()) {
    term -= preferenceFor(instance.app, instance.clusters[cluster]!);
  }
  return term;
}

/** The distribution of latency over requests. */
interface LatencyDistribution {
  readonly meanMilliseconds: number;
  /** Whether `milliseconds` is the smallest latency within which the share of requests is served, up to rounding. */
  isPercentile(share: number, milliseconds: number): boolean;
  percentile(share: number): number;
}

/** The distribution of latency over all requests; zeros when there are none. */
export function latencyDistribution(
  instance: AppInstance,
  assignment: Assignment,
): LatencyDistribution {
  const parts = assignment.flows.map(({ origin, cluster, amount }) => ({
    milliseconds: instance.pairs.milliseconds(origin, cluster),
    amount,
  }));
  parts.sort((a, b) => a.milliseconds - b.milliseconds);
  const total = parts.reduce((sum, { amount }) => sum + amount, 0);
  const weighted = parts.reduce((sum, entry) => sum + entry.amount * entry.milliseconds, 0);
  const percentile = (share: number) => {
    let within = 0;
    for (const { milliseconds, amount } of parts) {
      within += amount;
      if (within >= (share - TOLERANCE) * total) return milliseconds;
    }
    return 0;
  };
  return {
    meanMilliseconds: total === 0 ? 0 : weighted / total,
    percentile,
    isPercentile(share, milliseconds) {
      if (total === 0) return milliseconds === 0;
      const near = slack(milliseconds);
      const amountUpTo = (limit: number) =>
        parts.reduce((sum, entry) => (entry.milliseconds <= limit ? sum + entry.amount : sum), 0);
      const exists = parts.some((entry) => Math.abs(entry.milliseconds - milliseconds) <= near);
      const enough = amountUpTo(milliseconds + near) >= (share - TOLERANCE) * total;
      const notBefore = amountUpTo(milliseconds - near) < (share + TOLERANCE) * total;
      return exists && enough && notBefore;
    },
  };
}
