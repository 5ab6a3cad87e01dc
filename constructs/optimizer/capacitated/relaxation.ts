/**
 * The Lagrangian relaxation of "every origin is served" where room is limited (Cornuejols, Sridharan and Thizy, EJOR 50, 1991; with
 * whole origins Holmberg, Ronnqvist and Yuan, EJOR 113, 1999). With a price per origin each cluster is a knapsack of its own:
 *
 *   L(prices) = constant + sum prices + min over sets S of sum over S of worth
 *   worth(f) = openCost(f) - the most that origins which fit its room pay beyond what serving them costs
 *
 * where the rooms of S together hold the demand. No legal answer costs less.
 */

import { BinaryKnapsack } from '../primitives/binary-knapsack';
import { ContinuousKnapsack } from '../primitives/continuous-knapsack';
import { type AppProblem, demandOf, type Point, type Work } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import type { DualizedConstraints } from '../uncapacitated/dualized-constraints';
import { OUT } from '../uncapacitated/relaxation';
import { KnapsackCover } from './knapsack-cover';

const { POSITIVE_INFINITY } = Number;

/** Loads may be beyond the room by this share and count as fitting. */
const OVER = 1e-9;

/** Evaluates the relaxation at points; the arrays hold what the last evaluation found. */
export class CapacitatedRelaxation {
  value = -POSITIVE_INFINITY;
  /** By cluster. */
  readonly reducedCost: Float64Array;
  /** How often the cheapest set set serves each origin. */
  readonly served: Float64Array;
  /** By cluster: price of a request/s of its room. */
  readonly capacityPrices: Float64Array;
  /** By rule: limit less what that set has; the slope along its rate. */
  readonly slack: Float64Array;
  /** With whole origins: those that each cluster would serve are from `first[cluster]` up to `first[cluster + 1]`. */
  readonly first: Int32Array;
  taken: Int32Array;
  /** True when the relaxed answer serves everyone just once. */
  isFeasible = false;
  private readonly isWhole: boolean;
  private readonly whole: BinaryKnapsack;
  private readonly divisible: ContinuousKnapsack;
  private readonly members: Int32Array;
  /** Largest load by cluster, at most all there is. */
  private readonly room: Float64Array;
  private readonly cover: KnapsackCover;
  /** Value that does not depend on the set. */
  private offset = 0;

  constructor(
    private readonly app: AppProblem,
    /** Largest load by cluster. */
    room: Float64Array,
    readonly rules: DualizedConstraints,
    /** FREE, IN or OUT by cluster; may change between evaluations. */
    readonly state: Uint8Array,
    /** [cluster * origins + origin]; may change between evaluations. */
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
    this.room = room.map((one) => Math.min(one, all));
    this.cover = new KnapsackCover(this.room, all * (1 - OVER), sizeRange(app), state);
  }

  /** The clusters of the cheapest set, ascending. */
  get open(): readonly number[] {
    return this.cover.open;
  }

  /** By cluster: how much of it the cheapest set has; all, nothing, or of one a part. */
  get share(): Float64Array {
    return this.cover.share;
  }

  /** False when the clusters decided already leave no set that is legal and has room for all. */
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

  /** Where the cluster is in every legal set that costs less than `cutoff`; FREE where that does not follow. */
  decided(cluster: number, cutoff: number): number {
    return this.cover.decided(cluster, cutoff - this.offset);
  }

  private solveKnapsacks(prices: Float64Array): void {
    const { reducedCost, state, cost, room, app, first, capacityPrices } = this;
    const weights = app.requestsPerSecond;
    let at = 0;
    for (let cluster = 0; cluster < reducedCost.length; cluster++) {
      first[cluster] = at;
      capacityPrices[cluster] = 0;
      if (state[cluster] === OUT) continue;
      const limit = room[cluster] * (1 + OVER);
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
    const rent = capacityPrices[cluster];
    let gain = rent * limit;
    for (let u = 0, k = cluster * weights.length; u < weights.length; u++, k++) {
      const one = prices[u] - cost[k] - rent * weights[u];
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

  /** Those at the rent come with the share of them that fits. */
  private countDivisible(cluster: number, prices: Float64Array): void {
    const { cost, capacityPrices, room, served, app } = this;
    const weights = app.requestsPerSecond;
    const here = this.share[cluster];
    const rent = capacityPrices[cluster];
    let [above, level] = [0, 0];
    const row = cluster * weights.length;
    // The rent is the rate of an origin, computed as it was then: equal is equal to the last digit.
    for (let u = 0; u < weights.length; u++) {
      const rate = (prices[u] - cost[row + u]) / weights[u];
      if (rate > rent) above += weights[u];
      else if (rate === rent && rent > 0) level += weights[u];
    }
    const part = level > 0 ? Math.max(0, Math.min(1, (room[cluster] - above) / level)) : 0;
    for (let u = 0; u < weights.length; u++) {
      const rate = (prices[u] - cost[row + u]) / weights[u];
      if (rate > rent) served[u] += here;
      else if (rate === rent && rent > 0) served[u] += here * part;
    }
    this.work.spent += 2 * weights.length;
  }
}
