/**
 * Minimum usage in the bound: a chosen cluster that may not be thin serves at least so many requests/s, so it takes the origins it
 * saves by, and more that cost it least per request/s until there are enough: a divisible knapsack (Dantzig, 1957). What the
 * last of them costs is the subsidy of a request/s at which the cluster would take them by itself.
 */

import { type AppProblem, type CandidateLists, costAt, demandOf } from '../problem/problem';
import { isKeptThin, sizeRange } from '../problem/set-rules';

const { POSITIVE_INFINITY } = Number;
/** Loads may be short by this share. */
const TOLERANCE = 1e-9;

/** Sets of this size or smaller may have thin clusters, because minClusters keeps them. */
function belowMinimumSize({ rules }: AppProblem): number {
  let size = 0;
  for (const rule of rules) {
    if (rule.kind === 'count' && rule.keepsThin && rule.path === undefined) {
      size = Math.max(size, rule.min);
    }
  }
  return size;
}

/** By cluster: the least load when chosen, 0 for one that may be thin. Undefined where all may. */
export function minimumLoadsOf(app: AppProblem): Float64Array | undefined {
  if (sizeRange(app).min <= belowMinimumSize(app)) return undefined;
  const minimumLoads = app.threshold.map((one, cluster) =>
    isExempt(app, cluster) ? 0 : Math.max(0, one - TOLERANCE * Math.max(1, one)),
  );
  return minimumLoads.some((one) => one > 0) ? minimumLoads : undefined;
}

/** Held clusters may be thin, and those that mustInclude may be about: when it is, depends on the set. */
function isExempt({ required, rules }: AppProblem, cluster: number): boolean {
  if (required[cluster] === 1) return true;
  return rules.some(
    (rule) =>
      rule.kind === 'count' &&
      rule.keepsThin &&
      rule.path !== undefined &&
      rule.members[cluster] === 1,
  );
}

/** Small sets, whose clusters may be thin, and larger ones. */
export interface SizeBranches {
  /** Size of the largest small set. */
  readonly largestSmall: number;
  readonly small: AppProblem;
  readonly large: AppProblem;
}

/** Undefined when the rules leave only small sets or only larger ones, or nothing is asked of loads. */
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

/** How many clusters the demand is enough for; Infinity where some may be thin. */
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

/** True when the set has a cluster that would be too thin. */
export function isBelowMinimum(app: AppProblem, open: readonly number[]): boolean {
  const load = new Float64Array(app.clusters);
  for (let u = 0; u < app.origins; u++) {
    let best = open[0];
    for (const cluster of open) if (costAt(app, cluster, u) < costAt(app, best, u)) best = cluster;
    load[best] += app.requestsPerSecond[u];
  }
  return open.some((c) => load[c] < app.threshold[c] && !isKeptThin(app, open, c));
}

/** Finds subsidies. */
export class MinimumLoadSubproblem {
  /** Of the last one found: the share of the origins that come at exactly this subsidy. */
  share = 0;
  private readonly ratios: Float64Array;
  private readonly weights: Float64Array;
  /** What origins that are in no list would come for. */
  private ceiling = POSITIVE_INFINITY;

  constructor(
    private readonly app: AppProblem,
    private readonly minimumLoads: Float64Array,
  ) {
    this.ratios = new Float64Array(app.origins);
    this.weights = new Float64Array(app.origins);
  }

  /** To be called when prices or lists have changed. */
  prepare({ cap }: CandidateLists, multipliers: Float64Array): void {
    const weights = this.app.requestsPerSecond;
    this.ceiling = POSITIVE_INFINITY;
    for (let u = 0; u < multipliers.length; u++) {
      this.ceiling = Math.min(this.ceiling, (cap[u] - multipliers[u]) / weights[u]);
    }
  }

  /** The subsidy per request/s at which the cluster has the load it must have; 0 when it has it anyway. */
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
