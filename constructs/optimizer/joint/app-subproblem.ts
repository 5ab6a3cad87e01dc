/**
 * The Lagrangian relaxation of a joint placement: a price per unit of every limit of every cluster separates the apps, and a
 * price per origin separates the clusters of an app (Fisher, Management Science 27, 1981; for several
 * commodities on shared facilities Klincewicz and Luss, Operations Research 35, 1987).
 *
 *   L = sum over apps of L_a - sum over limits of price x capacity
 *   L_a = constant + sum of origin prices + min over sets S of legal size, required clusters in, of sum over S of reducedCost
 *   reducedCost(f) = openCost + min over loads l that fit an empty f of P(l) + least sum of x (cost + R w - origin price), 0 <= x <= 1,
 *              sum of x w <= l
 *
 * with P(l) the price of the whole replicas for l requests/s at f, R the price of one request/s, w the requests/s of the origin. Where
 * replicas are many, P(l) is the larger of the price of the least replicas and a price in proportion to load. L is a lower bound
 * on every legal placement of all apps.
 */

import { JOINT_RELAXATION } from '../options';
import { quickselect } from '../primitives/candidate-lists';
import type { AppProblem, CandidateLists, Limits, Work } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { KINDS } from './assignment/residual-capacity';
import {
  type CapacityMultipliers,
  type FractionalUse,
  fractionalUse,
  multiplierCost,
} from './capacity-multipliers';
import { WholeReplicas } from './whole-replicas';

export type { CapacityMultipliers as LimitPrices } from './capacity-multipliers';

/** The subproblem of one app under the multipliers: its bound and the multipliers of its origins. */
export class AppSubproblem {
  /** L_a at the last multipliers. */
  bound = Number.NEGATIVE_INFINITY;
  readonly multipliers: Float64Array;
  /** The multipliers of the last evaluation. */
  readonly evaluatedMultipliers: Float64Array;
  /** The relaxed set at the last multipliers, with the load of each of its clusters. */
  readonly open: number[] = [];
  readonly load: Float64Array;
  /** By cluster: its reduced cost, from the last evaluation that included it. */
  readonly reducedCost: Float64Array;
  readonly use: FractionalUse;
  readonly candidates: readonly number[];
  /** By cluster: 1 where use in proportion to load gives the stronger bound. */
  private readonly isProportional: Uint8Array;
  /** By origin: its largest multiplier. Pairs that were left out cost at least this. */
  readonly maxMultiplier: Float64Array;
  private readonly replicas: WholeReplicas;
  private readonly served: Float64Array;
  private readonly direction: Float64Array;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly held: readonly number[];
  /** Clusters evaluated between full evaluations: those nearest to being chosen. */
  private active: readonly number[];

  constructor(
    readonly app: AppProblem,
    private readonly pairs: CandidateLists,
    start: Float64Array,
    /** Capacity for all apps. */
    limits: Limits,
    /** True when use does not depend on load. */
    private readonly isLoadIndependent: boolean,
    private readonly work: Work,
  ) {
    this.maxMultiplier = pairs.cap;
    this.multipliers = start.map((one, u) => Math.min(one, this.maxMultiplier[u]));
    this.evaluatedMultipliers = this.multipliers.slice();
    this.load = new Float64Array(app.clusters);
    this.isProportional = new Uint8Array(app.clusters);
    this.reducedCost = new Float64Array(app.clusters);
    this.served = new Float64Array(app.origins);
    this.direction = new Float64Array(app.origins);
    this.range = sizeRange(app);
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.held = this.candidates.filter((cluster) => app.required[cluster] === 1);
    this.active = this.candidates;
    this.use = fractionalUse(app);
    this.replicas = new WholeReplicas(app, pairs, limits);
  }

  /**
   * Evaluates L_a; false when no set has a legal size. Without `isFull` only the active clusters are evaluated, and
   * the result is an estimate, not a bound.
   */
  evaluate(capacityMultipliers: CapacityMultipliers, isFull: boolean): boolean {
    const among = isFull ? this.candidates : this.active;
    for (const cluster of among)
      this.reducedCost[cluster] = this.reducedCostOf(cluster, capacityMultipliers);
    if (!this.chooseSet(among)) return false;
    if (isFull) this.activate();
    let bound = this.app.constantCost;
    for (let u = 0; u < this.multipliers.length; u++) bound += this.multipliers[u];
    for (const cluster of this.open) bound += this.reducedCost[cluster];
    this.bound = bound;
    this.countServed(capacityMultipliers);
    return true;
  }

  private reducedCostOf(cluster: number, capacityMultipliers: CapacityMultipliers): number {
    const { app, use, replicas } = this;
    const open = app.openCost[cluster];
    const always = this.requestMultiplier(cluster, capacityMultipliers);
    this.isProportional[cluster] = 0;
    if (!this.isLoadIndependent && !replicas.areDivisible && replicas.decideAt(cluster)) {
      this.work.spent += this.pairs.start[cluster + 1] - this.pairs.start[cluster];
      return open + replicas.leastCost(cluster, this.multipliers, capacityMultipliers, always);
    }
    const savings = always === 0 ? this.saved(cluster) : this.savingsWithRate(cluster, always);
    const flat = multiplierCost(capacityMultipliers, cluster, use.least) + savings;
    if (this.isLoadIndependent || !replicas.areDivisible) return open + flat;
    const rate = multiplierCost(capacityMultipliers, cluster, use.perLoad);
    if (rate === 0) {
      // Both uses cost nothing. That of the load shows the multipliers where capacity lacks; that of the least replicas never would.
      this.isProportional[cluster] = 1;
      return open + flat;
    }
    const steep = this.savingsWithRate(cluster, always + rate);
    if (steep <= flat) return open + flat;
    this.isProportional[cluster] = 1;
    return open + steep;
  }

  /** The multiplier of one request/s at the cluster. */
  private requestMultiplier(cluster: number, capacityMultipliers: CapacityMultipliers): number {
    return this.app.capacity === 'none' ? 0 : capacityMultipliers[cluster * KINDS + 3];
  }

  /** Sum over the pairs of a cluster of min(0, cost - price). It has no branch, because half of the predictions would fail. */
  private saved(cluster: number): number {
    const { multipliers } = this;
    const { start, origin, cost } = this.pairs;
    const end = start[cluster + 1];
    let k = start[cluster];
    this.work.spent += (end - k) / 4;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (; k + 3 < end; k += 4) {
      const one = cost[k] - multipliers[origin[k]];
      const two = cost[k + 1] - multipliers[origin[k + 1]];
      const three = cost[k + 2] - multipliers[origin[k + 2]];
      const four = cost[k + 3] - multipliers[origin[k + 3]];
      a += one - Math.abs(one);
      b += two - Math.abs(two);
      c += three - Math.abs(three);
      d += four - Math.abs(four);
    }
    for (; k < end; k++) {
      const one = cost[k] - multipliers[origin[k]];
      a += one - Math.abs(one);
    }
    return (a + b + c + d) / 2;
  }

  /** The same where every request/s costs `rate` more. */
  private savingsWithRate(cluster: number, rate: number): number {
    const { multipliers } = this;
    const { start, origin, cost } = this.pairs;
    const weight = this.app.requestsPerSecond;
    const end = start[cluster + 1];
    let k = start[cluster];
    this.work.spent += (end - k) / 3;
    let a = 0;
    let b = 0;
    for (; k + 1 < end; k += 2) {
      const u = origin[k];
      const v = origin[k + 1];
      const one = cost[k] + rate * weight[u] - multipliers[u];
      const two = cost[k + 1] + rate * weight[v] - multipliers[v];
      a += one - Math.abs(one);
      b += two - Math.abs(two);
    }
    for (; k < end; k++) {
      const u = origin[k];
      const one = cost[k] + rate * weight[u] - multipliers[u];
      a += one - Math.abs(one);
    }
    return (a + b) / 2;
  }

  /** Chooses the active clusters: four times as many as the set has, and at least 24. */
  private activate(): void {
    const { app, reducedCost, candidates } = this;
    const most = Math.min(Math.max(24, 4 * this.open.length), candidates.length);
    const sorted = Float64Array.from(candidates, (cluster) => reducedCost[cluster]);
    const last = quickselect(sorted, 0, sorted.length - 1, most - 1);
    this.active = candidates.filter((c) => reducedCost[c] <= last || app.required[c] === 1);
  }

  /** Chooses the set of legal size and least reduced cost, by name among equals; false when there is none. */
  private chooseSet(among: readonly number[]): boolean {
    const { app, reducedCost, range, held, open } = this;
    if (held.length > range.max || this.candidates.length < range.min) return false;
    open.length = held.length;
    for (let i = 0; i < held.length; i++) open[i] = held[i];
    for (const cluster of among) {
      if (app.required[cluster] === 1) continue;
      if (open.length === range.max && !(reducedCost[cluster] < reducedCost[open[open.length - 1]]))
        continue;
      if (open.length >= range.max) open.length = range.max - 1;
      let at = open.length;
      for (; at > held.length && reducedCost[open[at - 1]] > reducedCost[cluster]; at--)
        open[at] = open[at - 1];
      open[at] = cluster;
    }
    while (
      open.length > range.min &&
      open.length > held.length &&
      reducedCost[open[open.length - 1]] >= 0
    )
      open.length--;
    open.sort((a, b) => a - b);
    return true;
  }

  private countServed(capacityMultipliers: CapacityMultipliers): void {
    const { app, multipliers, pairs, served, load, replicas } = this;
    const { start, origin, cost } = pairs;
    const weight = app.requestsPerSecond;
    served.fill(0);
    for (const cluster of this.open) {
      const always = this.requestMultiplier(cluster, capacityMultipliers);
      if (!this.isLoadIndependent && !replicas.areDivisible && replicas.decideAt(cluster)) {
        load[cluster] = replicas.serve(cluster, multipliers, always, served);
        continue;
      }
      const isLoaded = this.isProportional[cluster] === 1;
      const rate =
        always + (isLoaded ? multiplierCost(capacityMultipliers, cluster, this.use.perLoad) : 0);
      let taken = 0;
      for (let k = start[cluster]; k < start[cluster + 1]; k++) {
        const u = origin[k];
        const hit = cost[k] + rate * weight[u] < multipliers[u] ? 1 : 0;
        served[u] += hit;
        taken += hit * weight[u];
      }
      load[cluster] = taken;
    }
  }

  /** Moves the multipliers of origins along the subgradient. `distance`: estimated distance of L_a from its maximum. */
  step(distance: number): void {
    const { app, served, direction, multipliers } = this;
    const weight = app.requestsPerSecond;
    let norm = 0;
    for (let u = 0; u < direction.length; u++) {
      direction[u] = 1 - served[u] + JOINT_RELAXATION.deflection * direction[u];
      norm += direction[u] * direction[u] * weight[u];
    }
    if (norm === 0) return;
    const stride = distance / norm;
    const { maxMultiplier } = this;
    for (let u = 0; u < direction.length; u++) {
      const price = multipliers[u] + stride * direction[u] * weight[u];
      multipliers[u] = price < maxMultiplier[u] ? price : maxMultiplier[u];
    }
  }

  /** Pairs evaluated in a full round. */
  get pairCount(): number {
    return this.pairs.origin.length;
  }

  /** Stores the multipliers of the last evaluation before they change. */
  recordEvaluated(): void {
    this.evaluatedMultipliers.set(this.multipliers);
  }

  /** Continues from these multipliers with a new direction. */
  restart(multipliers: Float64Array): void {
    this.multipliers.set(multipliers);
    this.direction.fill(0);
  }

  /** The sum of the absolute values of all terms of L_a, within a factor of three. */
  private magnitude(multipliers: Float64Array): number {
    let sum = Math.abs(this.app.constantCost);
    for (const price of multipliers) sum += 3 * Math.abs(price);
    for (const cluster of this.open)
      sum += Math.abs(this.app.openCost[cluster]) + Math.abs(this.reducedCost[cluster]);
    return sum;
  }

  /** Adds the use of the relaxed set by so many apps, [cluster * KINDS + kind]. */
  addUse(use: Float64Array, times: number): void {
    const { app, use: uses, replicas, load } = this;
    if (app.capacity === 'none') return;
    for (const cluster of this.open) {
      const at = cluster * KINDS;
      use[at + 3] += times * load[cluster];
      if (!this.isLoadIndependent && !replicas.areDivisible) {
        replicas.addUse(cluster, load[cluster], use, times);
        continue;
      }
      for (let kind = 0; kind < 3; kind++) {
        const one =
          this.isProportional[cluster] === 1
            ? uses.perLoad[kind] * load[cluster]
            : uses.least[kind];
        use[at + kind] += times * one;
      }
    }
  }

  /** A proved L_a at these multipliers: all clusters are evaluated, and the largest possible rounding error is subtracted. */
  provenBound(multipliers: Float64Array, capacityMultipliers: CapacityMultipliers): number {
    this.restart(multipliers);
    this.evaluate(capacityMultipliers, true);
    return this.bound - ROUNDING * this.magnitude(multipliers);
  }
}

/** Largest rounding error of a sum, as a share of the sum of its absolute terms. */
export const ROUNDING = 1e-12;
