/**
 * The Lagrangian relaxation of "every origin is served" and of rules about sets (Beasley, EJOR 21, 1985; Fisher,
 * Management Science 27, 1981). With a price per origin and per rule each cluster is judged alone:
 *
 *   L(prices, rates) = constant + sum prices + sum rates x limits + min over sets S of sum over S of worth
 *   worth(f) = openCost(f) + sum over origins of min(0, cost(f, u) - price(u)) - sum of rates of the rules of f
 *
 * where S keeps the size limits and has all held clusters. Where load is limited, a cluster also pays rent for its room
 * and is paid it by each origin; the best rent is the price of a divisible knapsack (Dantzig, 1957). No legal answer costs less, whatever the prices.
 */

import type { Lists } from '../primitives/candidate-lists';
import type { AppProblem, Point, Work } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import type { PricedRules } from './dualized-constraints';
import { leastLoads, Subsidies } from './minimum-load';

const { POSITIVE_INFINITY } = Number;

/** Halvings of the interval that a rent is in. */
const HALVINGS = 24;

/** What may still be decided of each cluster. */
export const FREE = 0;
export const IN = 1;
export const OUT = 2;

/** Evaluates the relaxation at points; the arrays hold what the last evaluation found. */
export class Relaxation {
  value = -POSITIVE_INFINITY;
  /** By cluster. */
  readonly worth: Float64Array;
  /** The clusters of the cheapest set, ascending. */
  open: number[] = [];
  /** How often that set serves each origin. */
  readonly served: Float64Array;
  /** By cluster: price of a request/s of its room; negative where it pays for requests that it must have. */
  readonly rents: Float64Array;
  /** Origins that would come at this rent but not at the real one come with this share. */
  private readonly lowRents: Float64Array;
  private readonly shares: Float64Array;
  /** By rule: limit less what that set has; the slope along its rate. */
  readonly slack: Float64Array;
  /** Worth of the last free cluster in the set, and of the first outside. */
  private lastIn = -POSITIVE_INFINITY;
  private firstOut = POSITIVE_INFINITY;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly free: number[] = [];
  private readonly sorted: Float64Array;
  /** By cluster: the load it must have when chosen; undefined where none must. */
  readonly least: Float64Array | undefined;
  private readonly subsidies: Subsidies | undefined;
  /** Of the pairs of the lists, with what they pay to rules. */
  private costs: Float64Array;

  constructor(
    private readonly app: AppProblem,
    /** May be narrowed between evaluations. */
    public lists: Lists,
    readonly rules: PricedRules,
    /** FREE, IN or OUT by cluster. */
    readonly state: Uint8Array,
    private readonly work: Work,
    /** Largest load by cluster; undefined where nothing limits it. */
    private readonly room?: Float64Array,
  ) {
    this.worth = new Float64Array(app.clusters);
    this.served = new Float64Array(app.origins);
    this.sorted = new Float64Array(app.clusters);
    this.rents = new Float64Array(app.clusters);
    this.lowRents = new Float64Array(app.clusters);
    this.shares = new Float64Array(app.clusters);
    this.slack = new Float64Array(rules.length);
    this.range = sizeRange(app);
    this.costs = lists.cost;
    this.least = leastLoads(app);
    this.subsidies = this.least && new Subsidies(app, this.least);
  }

  /**
   * The value where lists would be too long: `savings` by cluster are what its pairs come to, or less, and prices may be above the
   * caps of the lists. What the set serves is not counted. False when no set of legal size is left.
   */
  from(
    { assignmentMultipliers: prices, ruleMultipliers: rates }: Point,
    savings: Float64Array,
  ): boolean {
    const { worth, state, app } = this;
    for (let cluster = 0; cluster < worth.length; cluster++) {
      if (state[cluster] !== OUT) worth[cluster] = app.openCost[cluster] + savings[cluster];
    }
    return this.sum(prices, rates);
  }

  /** False when the clusters decided already leave no set of legal size. */
  at({ assignmentMultipliers: prices, ruleMultipliers: rates }: Point): boolean {
    this.costs = this.rules.costsAt(rates, this.lists);
    if (this.costs !== this.lists.cost) this.work.spent += this.lists.cost.length;
    this.judge(prices);
    if (!this.sum(prices, rates)) return false;
    this.count(prices);
    this.rules.slack(rates, this.open, this.slack);
    return true;
  }

  private sum(prices: Float64Array, rates: Float64Array): boolean {
    const returned = this.rules.apply(rates, this.worth);
    if (!this.choose()) return false;
    let value = this.app.constantCost + returned;
    for (let u = 0; u < prices.length; u++) value += prices[u];
    for (const cluster of this.open) value += this.worth[cluster];
    this.value = value;
    return true;
  }

  /** A copy of the rents; nothing where load is not limited. */
  rentsPaid(): Pick<Point, 'rents'> {
    return this.room === undefined && this.least === undefined ? {} : { rents: this.rents.slice() };
  }

  /** The least value of sets that have a free cluster which is outside now, or have not one that is inside. */
  valueWithOpposite(cluster: number, isOpen: boolean): number {
    const { range, open, value } = this;
    const worth = this.worth[cluster];
    if (isOpen) {
      const without = open.length > range.min ? 0 : POSITIVE_INFINITY;
      return value - worth + Math.min(without, this.firstOut);
    }
    const added = open.length < range.max ? 0 : POSITIVE_INFINITY;
    return value + worth + Math.min(added, -this.lastIn);
  }

  private judge(prices: Float64Array): void {
    const { worth, state, costs: cost } = this;
    const { start, origin } = this.lists;
    this.subsidies?.begin(this.lists, prices);
    // Where lists are short, what is done once for each origin and cluster counts as well.
    this.work.spent += prices.length + worth.length;
    for (let cluster = 0; cluster < worth.length; cluster++) {
      if (state[cluster] === OUT) continue;
      const end = start[cluster + 1];
      let twice = 0;
      for (let k = start[cluster]; k < end; k++) {
        // Twice min(0, saving), exactly, and without a branch that could only be guessed.
        const saving = cost[k] - prices[origin[k]];
        twice += saving - Math.abs(saving);
      }
      worth[cluster] = this.app.openCost[cluster] + twice / 2;
      if (this.room !== undefined && this.room[cluster] < POSITIVE_INFINITY) {
        worth[cluster] += this.payRent(cluster, this.room[cluster], prices);
      }
      if (this.least !== undefined && this.least[cluster] > 0) {
        worth[cluster] += this.subsidize(cluster, this.least[cluster], prices);
      }
      this.work.spent += end - start[cluster];
    }
  }

  /** Finds the rent at which the room is just filled, by halving; what it adds to the worth. */
  private payRent(cluster: number, room: number, prices: Float64Array): number {
    this.rents[cluster] = 0;
    let [low, high] = [0, this.highestRent(cluster, prices)];
    let atLow = this.loadAt(cluster, 0, prices);
    if (atLow <= room || high === 0) return 0;
    let atHigh = 0;
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (low + high) / 2;
      const load = this.loadAt(cluster, middle, prices);
      if (load > room) [low, atLow] = [middle, load];
      else [high, atHigh] = [middle, load];
    }
    this.rents[cluster] = high;
    this.lowRents[cluster] = low;
    this.shares[cluster] = atLow > atHigh ? (room - atHigh) / (atLow - atHigh) : 0;
    return this.savingAt(cluster, high, prices) - this.savingAt(cluster, 0, prices) - high * room;
  }

  /** Finds what the cluster pays for a request/s to have enough of them; what that adds to the worth. */
  private subsidize(cluster: number, least: number, prices: Float64Array): number {
    const { subsidies, rents, room, lists } = this;
    if (subsidies === undefined || (room !== undefined && rents[cluster] > 0)) return 0;
    const subsidy = subsidies.of(cluster, lists, this.costs, prices);
    this.work.spent += 4 * (lists.start[cluster + 1] - lists.start[cluster]);
    rents[cluster] = -subsidy;
    if (subsidy === 0) return 0;
    this.lowRents[cluster] = -subsidy * (1 + 1e-12);
    this.shares[cluster] = subsidies.share;
    const saved = this.savingAt(cluster, -subsidy, prices) - this.savingAt(cluster, 0, prices);
    return saved + subsidy * least;
  }

  private highestRent(cluster: number, prices: Float64Array): number {
    const { start, origin } = this.lists;
    const cost = this.costs;
    let most = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const rent = (prices[origin[k]] - cost[k]) / this.app.requestsPerSecond[origin[k]];
      if (rent > most) most = rent;
    }
    return most;
  }

  private loadAt(cluster: number, rent: number, prices: Float64Array): number {
    const { start, origin } = this.lists;
    const cost = this.costs;
    const weights = this.app.requestsPerSecond;
    let load = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const weight = weights[origin[k]];
      if (cost[k] + rent * weight < prices[origin[k]]) load += weight;
    }
    this.work.spent += start[cluster + 1] - start[cluster];
    return load;
  }

  private savingAt(cluster: number, rent: number, prices: Float64Array): number {
    const { start, origin } = this.lists;
    const cost = this.costs;
    const weights = this.app.requestsPerSecond;
    let sum = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      sum += Math.min(0, cost[k] + rent * weights[origin[k]] - prices[origin[k]]);
    }
    return sum;
  }

  /** The decided clusters, then the cheapest free ones while they help or too few are in. */
  private choose(): boolean {
    const { worth, state, free, range } = this;
    const open: number[] = [];
    free.length = 0;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] === IN) open.push(cluster);
      else if (state[cluster] === FREE) free.push(cluster);
    }
    if (open.length > range.max || open.length + free.length < range.min) return false;
    const sorted = this.sorted.subarray(0, free.length);
    for (let i = 0; i < free.length; i++) sorted[i] = worth[free[i]];
    sorted.sort();
    const most = Math.min(free.length, range.max - open.length);
    let taken = Math.max(0, range.min - open.length);
    while (taken < most && sorted[taken] < 0) taken++;
    this.lastIn = taken > 0 ? sorted[taken - 1] : -POSITIVE_INFINITY;
    this.firstOut = taken < free.length ? sorted[taken] : POSITIVE_INFINITY;
    let ties = taken;
    for (let i = 0; i < taken; i++) if (sorted[i] < this.lastIn) ties--;
    for (const cluster of free) {
      // Of equal worth the earlier names.
      if (worth[cluster] < this.lastIn || (worth[cluster] === this.lastIn && ties-- > 0)) {
        open.push(cluster);
      }
    }
    this.open = open.sort((a, b) => a - b);
    return true;
  }

  private count(prices: Float64Array): void {
    const { start, origin } = this.lists;
    const cost = this.costs;
    this.served.fill(0);
    if (this.rules.hasTolls) this.rules.forget();
    for (const cluster of this.open) {
      const end = start[cluster + 1];
      if (this.rents[cluster] !== 0 || this.rules.hasTolls) {
        this.countPartly(cluster, prices);
        continue;
      }
      for (let k = start[cluster]; k < end; k++) {
        if (cost[k] < prices[origin[k]]) this.served[origin[k]]++;
      }
      this.work.spent += end - start[cluster];
    }
  }

  private countPartly(cluster: number, prices: Float64Array): void {
    const { start, origin } = this.lists;
    const cost = this.costs;
    const high = this.rents[cluster];
    const low = high !== 0 ? this.lowRents[cluster] : 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const weight = this.app.requestsPerSecond[u];
      let share = 0;
      if (cost[k] + high * weight < prices[u]) share = 1;
      else if (cost[k] + low * weight < prices[u]) share = this.shares[cluster];
      if (share === 0) continue;
      this.served[u] += share;
      if (this.rules.hasTolls) this.rules.serve(cluster, u, share);
    }
    this.work.spent += start[cluster + 1] - start[cluster];
  }
}
