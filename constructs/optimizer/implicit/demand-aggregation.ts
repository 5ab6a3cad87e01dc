/**
 * Aggregation of demand: origins with the same cheapest cluster and the same legal clusters become one group. The cost of a group
 * at a cluster is the exact sum over its origins; the error is that a group is served as one
 * (Hillsman and Rhoda, Annals of Regional Science 12, 1978). Two passes over the pairs.
 */

import { withoutLoadRules } from '../problem/features';
import type { AppProblem } from '../problem/problem';
import { MIN_ORIGINS_PER_GROUP } from '../single-app-options';

const { POSITIVE_INFINITY } = Number;

/**
 * The app for a search over sets: pair costs and rules about sets, with aggregated demand where that saves much;
 * undefined where even those have too many pairs to hold. Rules about loads are left out, so the caller evaluates
 * results on the original app.
 */
export function aggregateDemand(app: AppProblem): AppProblem | undefined {
  const { implicitCosts, ...explicit } = app;
  if (implicitCosts !== undefined) {
    const coarser = implicitCosts.coarsening?.coarser();
    return coarser && aggregateDemand({ ...explicit, ...coarser });
  }
  const withoutRules = withoutLoadRules(app);
  if (app.origins < MIN_ORIGINS_PER_GROUP * app.clusters) return withoutRules;
  const { group, groups } = groupsOf(app);
  if (groups * MIN_ORIGINS_PER_GROUP > app.origins) return withoutRules;
  const requestsPerSecond = new Float64Array(groups);
  for (let u = 0; u < app.origins; u++) requestsPerSecond[group[u]] += app.requestsPerSecond[u];
  return {
    ...withoutRules,
    origins: groups,
    requestsPerSecond,
    cost: sums(app, group, groups),
  };
}

function sums({ origins, clusters, cost }: AppProblem, group: Int32Array, groups: number) {
  const sum = new Float64Array(groups * clusters);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const row = cluster * origins;
    const into = cluster * groups;
    for (let u = 0; u < origins; u++) sum[into + group[u]] += cost[row + u];
  }
  return sum;
}

/** By origin the number of its group: the cheapest cluster, and which clusters are not legal. */
function groupsOf({ origins, clusters, cost, allowed }: AppProblem): {
  readonly group: Int32Array;
  readonly groups: number;
} {
  const first = new Int32Array(origins).fill(-1);
  const least = new Float64Array(origins).fill(POSITIVE_INFINITY);
  const illegalHash = new Int32Array(origins);
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (allowed[cluster] === 0) continue;
    const row = cluster * origins;
    for (let u = 0; u < origins; u++) {
      const here = cost[row + u];
      if (here < least[u]) {
        least[u] = here;
        first[u] = cluster;
      } else if (here === POSITIVE_INFINITY) {
        // A hash of all of them: two patterns that meet in one would only make a group too strict.
        illegalHash[u] = Math.imul(illegalHash[u] ^ (cluster + 1), 16777619);
      }
    }
  }
  const numbers = new Map<number, number>();
  const group = new Int32Array(origins);
  for (let u = 0; u < origins; u++) {
    const key = (illegalHash[u] + 2 ** 31) * (clusters + 1) + first[u] + 1;
    const known = numbers.get(key);
    if (known === undefined) numbers.set(key, numbers.size);
    group[u] = known ?? numbers.size - 1;
  }
  return { group, groups: numbers.size };
}
