/** Numbers of a placement for people: latency percentiles, cost per hour, the objective term by term. */
import type { AppDecision } from '../../model/decision';
import { type Assigned, assignNearest, forEachFlow, replicasAt } from '../../optimizer';
import { usdPerHourOn } from '../../policy';
import type { CompiledApp } from '../compile/compile';

type LatencyStatistics = Omit<AppDecision['latency'], 'before'>;

/** Mean and percentiles over requests; a percentile is the smallest milliseconds within which that share is served. */
export function latencyOf(compiled: CompiledApp, assigned: Assigned): LatencyStatistics {
  const milliseconds: number[] = [];
  const amounts: number[] = [];
  let total = 0;
  let sum = 0;
  const { requestsPerSecond } = compiled.problem;
  forEachFlow(requestsPerSecond, assigned, (origin, position, amount) => {
    const here = compiled.pairs.millisecondsAt(assigned.open[position], origin);
    milliseconds.push(here);
    amounts.push(amount);
    total += amount;
    sum += amount * here;
  });
  if (total === 0) return { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };
  const within = percentilesOf(milliseconds, amounts, total);
  return { meanMilliseconds: sum / total, p50: within(0.5), p95: within(0.95), p99: within(0.99) };
}

/** Values are counted in so many buckets; only the one that holds a percentile is sorted. */
const BUCKETS = 256;

/** The smallest value within which a share of all weight lies. */
function percentilesOf(
  values: readonly number[],
  weights: readonly number[],
  total: number,
): (share: number) => number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const perUnit = most > least ? BUCKETS / (most - least) : 0;
  const sums = new Float64Array(BUCKETS);
  const bucket = Uint8Array.from(values, (value) =>
    Math.min(BUCKETS - 1, Math.floor((value - least) * perUnit)),
  );
  for (let k = 0; k < values.length; k++) sums[bucket[k]] += weights[k];
  return (share) => {
    const needed = share * total * (1 - 1e-9);
    let at = 0;
    let reached = 0;
    while (at < BUCKETS - 1 && reached + sums[at] < needed) reached += sums[at++];
    const inside: { readonly value: number; readonly weight: number }[] = [];
    for (let k = 0; k < values.length; k++) {
      if (bucket[k] === at) inside.push({ value: values[k], weight: weights[k] });
    }
    inside.sort((a, b) => a.value - b.value);
    for (const { value, weight } of inside) {
      reached += weight;
      if (reached >= needed) return value;
    }
    // Rounding alone is missing.
    return inside[inside.length - 1]?.value ?? most;
  };
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
