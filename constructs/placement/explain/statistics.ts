/** Numbers of a placement for people: latency percentiles, cost per hour, the objective term by term. */
import type { AppDecision } from '../../model/decision';
import { type Assigned, assignNearest, forEachFlow, replicasAt } from '../../optimizer';
import { usdPerHourOn } from '../../policy';
import type { CompiledApp } from '../compile/compile';

type LatencyStatistics = Omit<AppDecision['latency'], 'before'>;

/** Mean and percentiles over requests; a percentile is the smallest milliseconds within which that share is served. */
export function latencyOf(compiled: CompiledApp, assigned: Assigned): LatencyStatistics {
  const served: { milliseconds: number; amount: number }[] = [];
  let total = 0;
  let sum = 0;
  const { requestsPerSecond } = compiled.problem;
  forEachFlow(requestsPerSecond, assigned, (origin, position, amount) => {
    const milliseconds = compiled.pairs.millisecondsAt(assigned.open[position], origin);
    served.push({ milliseconds, amount });
    total += amount;
    sum += amount * milliseconds;
  });
  if (total === 0) return { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };
  served.sort((a, b) => a.milliseconds - b.milliseconds);
  const within = (share: number) => {
    let reached = 0;
    for (const { milliseconds, amount } of served) {
      reached += amount;
      if (reached >= share * total * (1 - 1e-9)) return milliseconds;
    }
    return served[served.length - 1].milliseconds;
  };
  return { meanMilliseconds: sum / total, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}

/** USD per hour: open clusters, whole replicas, egress. */
export function usdPerHour(compiled: CompiledApp, { open, load }: Assigned): number {
  return open.reduce(
    (sum, cluster, position) =>
      sum + usdPerHourOn(compiled.fleet.clusters[cluster], compiled.app.sizing, load[position]),
    0,
  );
}

/** The weighted terms of the objective; they add up to its value. */
export function termValues(compiled: CompiledApp, assigned: Assigned): Record<string, number> {
  const { open, load } = assigned;
  const { problem, pairs, terms } = compiled;
  const values: Record<string, number> = {};
  for (const term of terms) {
    let value = term.constant ?? 0;
    open.forEach((cluster, position) => {
      const replicas = problem.components.reduce(
        (sum, one) => sum + replicasAt(one, load[position]),
        0,
      );
      value +=
        (term.open?.[cluster] ?? 0) +
        (term.perReplica?.[cluster] ?? 0) * replicas +
        (term.perRequestPerSecond?.[cluster] ?? 0) * load[position];
    });
    const { perMillisecond = 0, perKilometer = 0 } = term;
    if (perMillisecond !== 0 || perKilometer !== 0) {
      forEachFlow(problem.requestsPerSecond, assigned, (origin, position, amount) => {
        const cluster = open[position];
        const slow = perMillisecond === 0 ? 0 : pairs.millisecondsAt(cluster, origin);
        const far = perKilometer === 0 ? 0 : pairs.kilometersAt(cluster, origin);
        value += amount * (perMillisecond * slow + perKilometer * far);
      });
    }
    values[term.name] = value;
  }
  return values;
}

/** The previous clusters under today's demand, everyone at the cheapest legal one, capacity aside. */
interface PreviousAssignment {
  readonly assigned: Assigned;
  /** False when some origin has no legal one among them. */
  readonly complete: boolean;
}

/** What today would look like without any change; undefined without a previous decision. */
export function previousAssignmentOf(compiled: CompiledApp): PreviousAssignment | undefined {
  if (compiled.previous === undefined) return undefined;
  const { problem, eligibility } = compiled;
  const open: number[] = [];
  for (let cluster = 0; cluster < problem.clusters; cluster++) {
    if (eligibility.previous[cluster] === 1 && eligibility.allowed[cluster] === 1)
      open.push(cluster);
  }
  if (open.length === 0) return undefined;
  const { unserved, ...assigned } = assignNearest(problem, open);
  return { assigned, complete: unserved === 0 };
}
