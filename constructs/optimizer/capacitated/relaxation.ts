/**
 * The Lagrangian relaxation of "every origin is served" where capacity is limited (Cornuejols, Sridharan and Thizy, EJOR 50, 1991;
 * for whole origins Holmberg, Ronnqvist and Yuan, EJOR 113, 1999). With a multiplier per origin each cluster is a knapsack problem:
 *
 *   L(multipliers) = constant + sum of multipliers + min over sets S of the sum over S of reducedCost
 *   reducedCost(f) = openCost(f) - max over origins that fit the capacity of f of the sum of (multiplier - cost)
 *
 * where the capacities of S together hold the demand. L is a lower bound on every legal solution.
 */

import { BinaryKnapsack } from '../primitives/binary-knapsack';
import { ContinuousKnapsack } from '../primitives/continuous-knapsack';
import { type AppProblem, demandOf, type Point, type Work } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import type { DualizedConstraints } from '../uncapacitated/dualized-constraints';
import { OUT } from '../uncapacitated/relaxation';
import { KnapsackCover } from './knapsack-cover';

const { POSITIVE_INFINITY } = Number;

/** Loads may exceed capacity by this share, which is rounding. */
const OVER = 1e-9;

/** Evaluates the relaxation at a point. The fields hold the result of the last evaluation. */
export class CapacitatedRelaxation {
  value = -POSITIVE_INFINITY;
  /** By cluster: its contribution to the value when it is chosen. */
  readonly reducedCost: Float64Array;
  /** By origin: how many times the cheapest set serves it. */
  readonly served: Float64Array;
  /** By cluster: the price of a request/s of its capacity. */
  readonly capacityPrices: Float64Array;
  /** By dualized rule: its slack for the cheapest set, which is the subgradient of its multiplier. */
  readonly slack: Float64Array;
  /** With whole origins: a cluster would serve the origins in `taken` from `first[cluster]` up to `first[cluster + 1]`. */
  readonly first: Int32Array;
  taken: Int32Array;
  /** True when the relaxed answer serves every origin exactly once. */
  isFeasible = false;
  private readonly isWhole: boolean;
  private readonly whole: BinaryKnapsack;
  private readonly divisible: ContinuousKnapsack;
  private readonly members: Int32Array;
  /** By cluster: its capacity in requests/s, at most the demand. */
  private readonly capacities: Float64Array;
  private readonly cover: KnapsackCover;
  /** The part of the value that does not depend on the set. */
  private offset = 0;

  constructor(
    private readonly app: AppProblem,
    /** By cluster: its capacity in requests/s. */
    capacities: Float64Array,
    readonly rules: DualizedConstraints,
    /** By cluster: FREE, IN or OUT. It may change between evaluations. */
    readonly state: Uint8Array,
    /** [cluster * origins + origin]: the cost. It may change between evaluations. */
    private readonly cost: Float64Array,
    private readonly work: Work,
  ) {
    this.reducedCost = new Float64Array(app.clusters);
    this.served = new Float64Array(app.origins);
    this.capacityPrices = new Float64Array(app.clusters);
    this.slack = new Float64Array(rules.length);
    this.first = new Int32Array(app.clusters + 1);
    this.taken = new Int32Array(app.origins * 4);
    this.isWhole = app.capacity === 'whole';
    this.whole = new BinaryKnapsack(app.origins);
    this.divisible = new ContinuousKnapsack(app.origins);
    this.members = new Int32Array(app.origins);
    const all = demandOf(app);
    this.capacities = capacities.map((one) => Math.min(one, all));
    this.cover = new KnapsackCover(this.capacities, all * (1 - OVER), sizeRange(app), state);
  }

  /** The clusters of the cheapest set, ascending. */
  get open(): readonly number[] {
    return this.cover.open;
  }

  /** By cluster: the fraction that the cheapest set contains. At most one is strictly between 0 and 1. */
  get share(): Float64Array {
    return this.cover.share;
  }

  /** Evaluates L; false when the fixed clusters leave no set of legal size with capacity for all demand. */
  evaluate({ assignmentMultipliers: prices, ruleMultipliers: rates }: Point): boolean {
    this.solveKnapsacks(prices);
    const returned = this.rules.applyTo(rates, this.reducedCost);
    if (!this.cover.choose(this.reducedCost)) return false;
    this.offset = this.app.constantCost + returned;
    for (let u = 0; u < prices.length; u++) this.offset += prices[u];
    this.value = this.offset + this.cover.least;
    this.countServed(prices);
    this.rules.computeSlack(rates, this.open, this.slack);
    return true;
  }

  /** IN or OUT when the cluster is so in every legal set of a value below `cutoff`; FREE otherwise. */
  decided(cluster: number, cutoff: number): number {
    return this.cover.decided(cluster, cutoff - this.offset);
  }

  private solveKnapsacks(prices: Float64Array): void {
    const { reducedCost, state, cost, capacities, app, first, capacityPrices } = this;
    const weights = app.requestsPerSecond;
    let at = 0;
    for (let cluster = 0; cluster < reducedCost.length; cluster++) {
      first[cluster] = at;
      capacityPrices[cluster] = 0;
      if (state[cluster] === OUT) continue;
      const limit = capacities[cluster] * (1 + OVER);
      const row = cluster * weights.length;
      const { whole, divisible, members } = this;
      whole.clear();
      divisible.clear();
      let [size, gain] = [0, 0];
      for (let u = 0; u < weights.length; u++) {
        const one = prices[u] - cost[row + u];
        if (!(one > 0)) continue;
        if (!this.isWhole) {
          divisible.add(one / weights[u], weights[u]);
          gain += one;
          size++;
        } else if (weights[u] <= limit) {
          whole.add(one, weights[u]);
          members[size++] = u;
        }
      }
      this.work.spent += weights.length + 4 * size;
      if (this.isWhole) {
        const looks = whole.visits;
        whole.solve(limit);
        this.work.spent += 2 * (whole.visits - looks);
        capacityPrices[cluster] = whole.criticalRatio;
        gain = whole.upperBound;
        if (at + size > this.taken.length) this.grow();
        for (let i = 0; i < size; i++) if (whole.taken[i] === 1) this.taken[at++] = members[i];
      } else {
        capacityPrices[cluster] = divisible.price(limit);
        if (capacityPrices[cluster] > 0) gain = this.gainAt(cluster, prices, limit);
      }
      reducedCost[cluster] = app.openCost[cluster] - gain;
    }
    first[reducedCost.length] = at;
  }

  private gainAt(cluster: number, prices: Float64Array, limit: number): number {
    const { cost, app, capacityPrices } = this;
    const weights = app.requestsPerSecond;
    const capacityPrice = capacityPrices[cluster];
    let gain = capacityPrice * limit;
    for (let u = 0, k = cluster * weights.length; u < weights.length; u++, k++) {
      const one = prices[u] - cost[k] - capacityPrice * weights[u];
      if (one > 0) gain += one;
    }
    return gain;
  }

  private grow(): void {
    const taken = new Int32Array(2 * this.taken.length + this.app.origins);
    taken.set(this.taken);
    this.taken = taken;
  }

  private countServed(prices: Float64Array): void {
    const { served, share } = this;
    served.fill(0);
    for (let cluster = 0; cluster < share.length; cluster++) {
      if (share[cluster] === 0) continue;
      if (this.isWhole) this.countWhole(cluster);
      else this.countDivisible(cluster, prices);
    }
    this.isFeasible = served.every((times) => times === 1);
  }

  private countWhole(cluster: number): void {
    const { first, taken, served, share } = this;
    const here = share[cluster];
    for (let i = first[cluster]; i < first[cluster + 1]; i++) served[taken[i]] += here;
  }

  /** Counts the origins that a cluster serves. Those whose rate equals the capacity price share the capacity that is left. */
  private countDivisible(cluster: number, prices: Float64Array): void {
    const { cost, capacityPrices, capacities, served, app } = this;
    const weights = app.requestsPerSecond;
    const here = this.share[cluster];
    const capacityPrice = capacityPrices[cluster];
    let [above, level] = [0, 0];
    const row = cluster * weights.length;
    // The capacity price is the rate of one origin, computed by the same expression, so that exact equality is safe.
    for (let u = 0; u < weights.length; u++) {
      const rate = (prices[u] - cost[row + u]) / weights[u];
      if (rate > capacityPrice) above += weights[u];
      else if (rate === capacityPrice && capacityPrice > 0) level += weights[u];
    }
    const part = level > 0 ? Math.max(0, Math.min(1, (capacities[cluster] - above) / level)) : 0;
    for (let u = 0; u < weights.length; u++) {
      const rate = (prices[u] - cost[row + u]) / weights[u];
      if (rate > capacityPrice) served[u] += here;
      else if (rate === capacityPrice && capacityPrice > 0) served[u] += here * part;
    }
    this.work.spent += 2 * weights.length;
  }
}
