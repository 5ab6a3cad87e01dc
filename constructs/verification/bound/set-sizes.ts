/** How large sets are, and in which of them a chosen cluster must be used: thin ones stay only where a rule needs their number. */
import { matches } from '../../model/match';
import type { Facts } from '../input/app-facts';
import { TOLERANCE } from '../input/findings';

/** How many clusters the sets that are left have, at least and at most. */
export interface Sizes {
  readonly min: number;
  readonly max: number;
}

/** How many clusters a legal set has, at least and at most. */
export function sizesOf({ app, eligible }: Facts): Sizes {
  const { minClusters, maxClusters, mustInclude } = app.policy.constraints;
  return {
    min: Math.max(minClusters, ...mustInclude.map(({ count }) => count)),
    max: Math.min(maxClusters, eligible.length),
  };
}

/** Whether no rule can keep the cluster thin in sets of these sizes: it is not held, nor needed for a number of clusters. */
export function mustBeUsed(
  { app, clusters, held }: Facts,
  cluster: number,
  { min }: Sizes,
): boolean {
  const { minClusters, mustInclude } = app.policy.constraints;
  if (min <= minClusters || held.has(cluster)) return false;
  return !mustInclude.some((element) => matches(element, clusters[cluster]!));
}

/** For how many clusters the demand is enough, when each of at least so many must have its share. */
export function mostUsed(facts: Facts, min: number): number {
  const sizes = { min, max: Number.POSITIVE_INFINITY };
  if (!facts.eligible.every((one) => mustBeUsed(facts, one, sizes))) return sizes.max;
  const least = Math.min(...facts.eligible.map((one) => facts.threshold[one]!));
  return least > 0 ? Math.floor((facts.total / least) * (1 + 2 * TOLERANCE)) : sizes.max;
}
