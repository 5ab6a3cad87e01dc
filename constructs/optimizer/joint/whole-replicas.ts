/**
 * The least reduced cost of one cluster when load is paid by whole replicas. Cost is constant between the loads at which
 * some component needs one more replica, so that only these loads are compared. Up to each of them the pairs that save most
 * per request/s are served, the last in part (Dantzig, Operations Research 5, 1957).
 */

import { JOINT_RELAXATION } from '../options';
import { freeFor, largestLoad } from '../problem/capacity';
import type { AppProblem, CandidateLists, Limits } from '../problem/problem';
import { KINDS } from './assignment/residual-capacity';
import { type CapacityMultipliers, multiplierCost, replicaUse } from './capacity-multipliers';

const { POSITIVE_INFINITY } = Number;

/** Tolerance of loads, above the relative rounding of 1e-9 in capacities and replicas. */
const LOAD_TOLERANCE = 1 + 1e-8;

/** The loads of one app at which its number of replicas changes. */
export class WholeReplicas {
  /** By cluster: the load of its last solution. */
  readonly bestLoad: Float64Array;
  /** Ascending: the largest load for each number of replicas; empty when there are too many. */
  private readonly breakpoints: readonly number[];
  /** By breakpoint: use by the replicas, by kind. */
  private readonly use: readonly Float64Array[];
  /** By cluster: the largest load that fits when no other app uses it. */
  private readonly maxLoad: Float64Array;
  /** By cluster: the total demand of its pairs in requests/s. */
  private readonly demandInReach: Float64Array;
  private readonly origins: Int32Array;
  private readonly ratio: Float64Array;
  private readonly order: Int32Array;

  constructor(
    private readonly app: AppProblem,
    private readonly pairs: CandidateLists,
    limits: Limits,
  ) {
    this.breakpoints = breakpointsOf(app);
    const all = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
    this.use = this.breakpoints.map((step) =>
      replicaUse(app, Math.min(step / LOAD_TOLERANCE, all)),
    );
    this.bestLoad = new Float64Array(app.clusters);
    this.maxLoad = new Float64Array(app.clusters).fill(POSITIVE_INFINITY);
    this.demandInReach = new Float64Array(app.clusters);
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      for (let k = pairs.start[cluster]; k < pairs.start[cluster + 1]; k++)
        this.demandInReach[cluster] += app.requestsPerSecond[pairs.origin[k]];
      if (this.breakpoints.length === 0 || app.allowed[cluster] === 0) continue;
      const free = freeFor(limits, cluster, app.headroom);
      this.maxLoad[cluster] = Math.max(0, largestLoad(app, free)) * LOAD_TOLERANCE;
    }
    this.origins = new Int32Array(app.origins);
    this.ratio = new Float64Array(app.origins);
    this.order = new Int32Array(app.origins);
  }

  /** True when replicas are so many that they are treated as divisible. */
  get areDivisible(): boolean {
    return this.breakpoints.length === 0;
  }

  /** True when the cluster may need more than the minimum replicas, or may not hold all demand in reach. */
  decideAt(cluster: number): boolean {
    const first = this.breakpoints.length > 0 ? this.breakpoints[0] : POSITIVE_INFINITY;
    return this.demandInReach[cluster] > Math.min(first, this.maxLoad[cluster]);
  }

  /** The least cost of replicas less the savings of the origins served, when a request/s costs `requestCost`. */
  leastCost(
    cluster: number,
    multipliers: Float64Array,
    capacityMultipliers: CapacityMultipliers,
    requestCost: number,
  ): number {
    const { app, origins, ratio, breakpoints, use } = this;
    const weight = app.requestsPerSecond;
    const count = this.gather(cluster, multipliers, requestCost);
    const most = this.maxLoad[cluster];
    let all = 0;
    for (let i = 0; i < count; i++) all += weight[origins[i]];
    const sorted =
      all <= Math.min(breakpoints[0], most) ? this.order.subarray(0, count) : this.sort(count);
    let best = POSITIVE_INFINITY;
    let [next, taken, saved] = [0, 0, 0];
    for (let step = 0; step < breakpoints.length; step++) {
      const to = Math.min(breakpoints[step], most);
      for (; next < count; next++) {
        const i = sorted[next];
        if (taken + weight[origins[i]] > to) break;
        taken += weight[origins[i]];
        saved += ratio[i] * weight[origins[i]];
      }
      let here = saved + multiplierCost(capacityMultipliers, cluster, use[step]);
      if (next < count && to > taken) here += ratio[sorted[next]] * (to - taken);
      if (here < best) {
        best = here;
        this.bestLoad[cluster] = to;
      }
      if (next >= count || to >= most) break;
    }
    return best;
  }

  /** Adds the shares of origins served in the last solution for the cluster. Returns the load. */
  serve(
    cluster: number,
    multipliers: Float64Array,
    requestCost: number,
    served: Float64Array,
  ): number {
    const weight = this.app.requestsPerSecond;
    const sorted = this.sort(this.gather(cluster, multipliers, requestCost));
    const to = this.bestLoad[cluster];
    let taken = 0;
    for (let at = 0; at < sorted.length && taken < to; at++) {
      const u = this.origins[sorted[at]];
      const part = Math.min(1, (to - taken) / weight[u]);
      served[u] += part;
      taken += part * weight[u];
    }
    return taken;
  }

  /** Collects the pairs that save, with their savings per request/s. Returns their number. */
  private gather(cluster: number, prices: Float64Array, always: number): number {
    const { start, origin, cost } = this.pairs;
    const { origins, ratio, order } = this;
    const weight = this.app.requestsPerSecond;
    let count = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const saving = cost[k] + always * weight[u] - prices[u];
      origins[count] = u;
      ratio[count] = saving / weight[u];
      order[count] = count;
      count += saving < 0 ? 1 : 0;
    }
    return count;
  }

  private sort(count: number): Int32Array {
    const { ratio } = this;
    return this.order.subarray(0, count).sort((a, b) => ratio[a] - ratio[b] || a - b);
  }

  /** Adds the use by `load` requests/s of so many apps at a cluster, [cluster * KINDS + kind]. */
  addUse(cluster: number, load: number, use: Float64Array, times: number): void {
    const step = this.breakpoints.findIndex((one) => load <= one);
    for (let kind = 0; kind < 3; kind++)
      use[cluster * KINDS + kind] += times * this.use[step][kind];
  }
}

/** The breakpoints. The last is Infinity, because all demand needs no more replicas. */
function breakpointsOf(app: AppProblem): number[] {
  if (app.capacity === 'none') return [POSITIVE_INFINITY];
  const all = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
  const steps = new Set<number>();
  for (const one of app.components) {
    const carried = one.requestsPerSecondPerReplica;
    for (let n = one.minReplicas; n * carried < all; n++) {
      steps.add(n * carried);
      if (steps.size > JOINT_RELAXATION.maxBreakpoints) return [];
    }
  }
  // Some breakpoints change nothing, because minimum replicas of another component cover them. They are kept for simplicity.
  const ascending = [...steps].sort((a, b) => a - b).map((step) => step * LOAD_TOLERANCE);
  return [...ascending, POSITIVE_INFINITY];
}
