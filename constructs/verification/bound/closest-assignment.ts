/**
 * Where no limit of a cluster can bind, every origin is at its cheapest chosen cluster: nobody is served for more than by a cluster that
 * is chosen for certain. A cluster that is left too few requests by that cannot be chosen where it must be used.
 */
import type { Facts } from '../input/app-facts';
import { slack, TOLERANCE } from '../input/findings';
import { mustBeUsed, type Sizes } from './set-sizes';

/** Whether some rule is about who serves whom, so that it matters. */
export function asksWhoServes({ app, threshold }: Facts): boolean {
  const { budget, latency } = app.policy.constraints;
  return budget !== undefined || latency !== undefined || threshold.some((one) => one > 0);
}

/** By origin: what all of it costs at the cheapest of these clusters, and a bit more for rounding. */
export function mostPaid({ origins, pairs }: Facts, chosen: readonly number[]): Float64Array {
  return Float64Array.from(origins, ({ requestsPerSecond }, origin) => {
    let least = Number.POSITIVE_INFINITY;
    for (const cluster of chosen) least = Math.min(least, pairs.cost(origin, cluster));
    return (least + TOLERANCE * Math.abs(least)) * requestsPerSecond;
  });
}

/** Whether the cluster must be used and cannot be, when no origin is served for more than `most`. */
export function isUnused(facts: Facts, cluster: number, sizes: Sizes, most: Float64Array): boolean {
  if (!mustBeUsed(facts, cluster, sizes)) return false;
  const least = facts.threshold[cluster]!;
  if (least === 0) return false;
  let load = 0;
  for (const [origin, { requestsPerSecond }] of facts.origins.entries()) {
    const cost = facts.pairs.cost(origin, cluster);
    const isServed = cost < Number.POSITIVE_INFINITY && cost * requestsPerSecond <= most[origin]!;
    if (isServed) load += requestsPerSecond;
  }
  return load < least - slack(least);
}
