/**
 * The Lagrangian relaxation of "every origin is served" and of rules about sets (Beasley, EJOR 21, 1985; Fisher,
 * Management Science 27, 1981). With a price per origin and per rule each cluster is judged alone:
 *
 *   L(prices, rates) = constant + sum prices + sum rates x limits + min over sets S of sum over S of worth
 *   worth(f) = openCost(f) + sum over origins of min(0, cost(f, u) - price(u)) - sum of rates of the rules of f
 *
 * where S keeps the size limits and has all held clusters. No legal answer costs less, whatever the prices.
 */
import type { Lists } from './lists';
import type { PricedRules } from './priced';
import type { AppProblem, Point, Work } from './problem';
import { sizeRange } from './rules';

const { POSITIVE_INFINITY } = Number;

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
  readonly served: Int32Array;
  /** By rule: limit less what that set has; the slope along its rate. */
  readonly slack: Float64Array;
  /** Worth of the last free cluster in the set, and of the first outside. */
  private lastIn = -POSITIVE_INFINITY;
  private firstOut = POSITIVE_INFINITY;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly free: number[] = [];

  constructor(
    private readonly app: AppProblem,
    /** May be narrowed between evaluations. */
    public lists: Lists,
    readonly rules: PricedRules,
    /** FREE, IN or OUT by cluster. */
    readonly state: Uint8Array,
    private readonly work: Work,
  ) {
    this.worth = new Float64Array(app.clusters);
    this.served = new Int32Array(app.origins);
    this.slack = new Float64Array(rules.length);
    this.range = sizeRange(app);
  }

  /** False when the clusters decided already leave no set of legal size. */
  at({ prices, rates }: Point): boolean {
    this.judge(prices);
    const returned = this.rules.apply(rates, this.worth);
    if (!this.choose()) return false;
    let value = this.app.constantCost + returned;
    for (let u = 0; u < prices.length; u++) value += prices[u];
    for (const cluster of this.open) value += this.worth[cluster];
    this.value = value;
    this.count(prices);
    this.rules.slack(rates, this.open, this.slack);
    return true;
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
    const { worth, state } = this;
    const { start, origin, cost } = this.lists;
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
      this.work.spent += end - start[cluster];
    }
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
    const sorted = Float64Array.from(free, (cluster) => worth[cluster]).sort();
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
    const { start, origin, cost } = this.lists;
    this.served.fill(0);
    for (const cluster of this.open) {
      const end = start[cluster + 1];
      for (let k = start[cluster]; k < end; k++) {
        if (cost[k] < prices[origin[k]]) this.served[origin[k]]++;
      }
      this.work.spent += end - start[cluster];
    }
  }
}
