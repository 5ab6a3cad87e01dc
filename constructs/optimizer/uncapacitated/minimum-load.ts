/**
 * Minimum loads in the bound: a chosen cluster takes the origins with negative reduced cost, and then the cheapest others per
 * request/s until it has its minimum load. That is a continuous knapsack (Dantzig, 1957); the cost of its critical item is the
 * subsidy per request/s at which the cluster would reach that load by itself.
 */

import { type AppProblem, type CandidateLists, costAt, demandOf } from '../problem/problem';
import { isKeptThin, sizeRange } from '../problem/set-rules';

const { POSITIVE_INFINITY } = Number;
/** Loads may be short by this share. */
const TOLERANCE = 1e-9;

/** Sets of this size or smaller may have clusters below their minimum load, because minClusters keeps them. */
function belowMinimumSize({ rules }: AppProblem): number {
  let size = 0;
  for (const rule of rules) {
    if (rule.kind === 'count' && rule.keepsThin && rule.path === undefined) {
      size = Math.max(size, rule.min);
    }
  }
  return size;
}

/** By cluster: the minimum load when chosen, 0 for an exempt one. Undefined where all are exempt. */
export function minimumLoadsOf(app: AppProblem): Float64Array | undefined {
  if (sizeRange(app).min <= belowMinimumSize(app)) return undefined;
  const minimumLoads = app.threshold.map((one, cluster) =>
    isExempt(app, cluster) ? 0 : Math.max(0, one - TOLERANCE * Math.max(1, one)),
  );
  return minimumLoads.some((one) => one > 0) ? minimumLoads : undefined;
}

/** Members of mustInclude are exempt, because whether the rule needs them depends on the set; so is a cluster without a minimum load. */
function isExempt({ threshold, rules }: AppProblem, cluster: number): boolean {
  if (threshold[cluster] === 0) return true;
  return rules.some(
    (rule) =>
      rule.kind === 'count' &&
      rule.keepsThin &&
      rule.path !== undefined &&
      rule.members[cluster] === 1,
  );
}

/** Small sets, whose clusters may be below their minimum load, and larger ones. */
export interface SizeBranches {
  /** Size of the largest small set. */
  readonly largestSmall: number;
  readonly small: AppProblem;
  readonly large: AppProblem;
}

/** Undefined when the rules leave only small sets or only larger ones, or no cluster has a minimum load. */
export function sizeBranchesOf(app: AppProblem): SizeBranches | undefined {
  const most = belowMinimumSize(app);
  const { min, max } = sizeRange(app);
  if (most < min || most >= max || app.threshold.every((one) => one === 0)) return undefined;
  return {
    largestSmall: most,
    small: withSize(app, 0, most),
    large: withSize(app, most + 1, maxSizeByDemand(app)),
  };
}

/** Largest number of clusters whose minimum loads the demand can reach; Infinity where some are exempt. */
function maxSizeByDemand(app: AppProblem): number {
  let minimumLoads = POSITIVE_INFINITY;
  for (let cluster = 0; cluster < app.clusters; cluster++) {
    if (app.allowed[cluster] === 0) continue;
    if (isExempt(app, cluster)) return POSITIVE_INFINITY;
    minimumLoads = Math.min(minimumLoads, app.threshold[cluster]);
  }
  return minimumLoads > 0
    ? Math.floor((demandOf(app) / minimumLoads) * (1 + 2 * TOLERANCE))
    : POSITIVE_INFINITY;
}

function withSize(app: AppProblem, min: number, max: number): AppProblem {
  const members = new Uint8Array(app.clusters).fill(1);
  const rule = { kind: 'count' as const, members, min, max, keepsThin: false };
  return { ...app, rules: [...app.rules, rule] };
}

/** True when the set has a cluster below its minimum load. */
export function isBelowMinimum(app: AppProblem, open: readonly number[]): boolean {
  const load = new Float64Array(app.clusters);
  for (let u = 0; u < app.origins; u++) {
    let best = open[0];
    for (const cluster of open) if (costAt(app, cluster, u) < costAt(app, best, u)) best = cluster;
    load[best] += app.requestsPerSecond[u];
  }
  return open.some((c) => load[c] < app.threshold[c] && !isKeptThin(app, open, c));
}

/** Solves the continuous knapsack of one cluster at a time. */
export class MinimumLoadSubproblem {
  /** Of the last solution: the share taken of the origins whose ratio equals the subsidy. */
  share = 0;
  private readonly ratios: Float64Array;
  private readonly weights: Float64Array;
  /** Least subsidy at which an origin outside the list could be taken. */
  private ceiling = POSITIVE_INFINITY;

  constructor(
    private readonly app: AppProblem,
    private readonly minimumLoads: Float64Array,
  ) {
    this.ratios = new Float64Array(app.origins);
    this.weights = new Float64Array(app.origins);
  }

  /** Must be called after multipliers or lists have changed. */
  prepare({ cap }: CandidateLists, multipliers: Float64Array): void {
    const weights = this.app.requestsPerSecond;
    this.ceiling = POSITIVE_INFINITY;
    for (let u = 0; u < multipliers.length; u++) {
      this.ceiling = Math.min(this.ceiling, (cap[u] - multipliers[u]) / weights[u]);
    }
  }

  /** The subsidy per request/s at which the cluster reaches its minimum load; 0 when it does without. */
  multiplierOf(
    cluster: number,
    lists: CandidateLists,
    costs: Float64Array,
    multipliers: Float64Array,
  ): number {
    const { ratios, weights } = this;
    const { start, origin } = lists;
    let missing = this.minimumLoads[cluster];
    if (missing === 0) return 0;
    let count = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const weight = this.app.requestsPerSecond[u];
      const extraCost = costs[k] - multipliers[u];
      if (extraCost < 0) missing -= weight;
      else {
        ratios[count] = extraCost / weight;
        weights[count++] = weight;
      }
    }
    if (missing <= 0 || count === 0) return 0;
    return Math.max(0, Math.min(this.marginal(count, missing), this.ceiling));
  }

  /** The least ratio up to which the weights reach `missing`; the largest where they do not (Hoare's selection, by weight). */
  private marginal(count: number, missing: number): number {
    const { ratios, weights } = this;
    let [low, high, before] = [0, count - 1, 0];
    for (;;) {
      const pivot = median(ratios[low], ratios[(low + high) >> 1], ratios[high]);
      // Below the pivot up to `i`, equal up to `j`, above from there on.
      let [i, j, k] = [low, low, high];
      let [below, equal] = [0, 0];
      while (j <= k) {
        const ratio = ratios[j];
        if (ratio < pivot) {
          below += weights[j];
          this.swap(i++, j++);
        } else if (ratio === pivot) equal += weights[j++];
        else this.swap(j, k--);
      }
      if (before + below >= missing) high = i - 1;
      else if (before + below + equal >= missing || j > high) {
        this.share = Math.min(1, (missing - before - below) / equal);
        return pivot;
      } else {
        before += below + equal;
        low = j;
      }
    }
  }

  private swap(a: number, b: number): void {
    const { ratios, weights } = this;
    const [ratio, weight] = [ratios[a], weights[a]];
    ratios[a] = ratios[b];
    weights[a] = weights[b];
    ratios[b] = ratio;
    weights[b] = weight;
  }
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
