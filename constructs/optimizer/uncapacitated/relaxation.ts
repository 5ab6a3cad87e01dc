/**
 * The Lagrangian relaxation of assignment constraints and of rules about sets (Beasley, EJOR 21, 1985; Fisher,
 * Management Science 27, 1981). With a multiplier p(u) per origin and q(r) per rule each cluster is priced alone:
 *
 *   L(p, q) = constant + sum of p(u) + sum of q(r) x limit(r) + min over sets S of the sum of reducedCost(f) over f in S
 *   reducedCost(f) = openCost(f) + sum over origins of min(0, cost(f, u) - p(u)) - sum of q(r) over the rules of f
 *
 * S keeps the size limits and contains all required clusters. Where load is limited, a capacity multiplier per request/s is added
 * to the pairs of a cluster and subtracted for its capacity; the best one solves a continuous knapsack (Dantzig, 1957).
 * L is a lower bound of every legal answer for any q >= 0 and any p that is nowhere above the cheapest pair left out of the lists.
 */

import type { CandidateLists } from '../primitives/candidate-lists';
import { ContinuousKnapsack } from '../primitives/continuous-knapsack';
import type { AppProblem, Point, Work } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { KNAPSACK_BAND } from '../single-app-options';
import type { DualizedConstraints } from './dualized-constraints';
import { MinimumLoadSubproblem, minimumLoadsOf } from './minimum-load';

const { POSITIVE_INFINITY } = Number;

/** State of a cluster: not fixed, fixed open, fixed closed. */
export const FREE = 0;
export const IN = 1;
export const OUT = 2;

/** Evaluates the relaxation at points; the arrays hold what the last evaluation found. */
export class Relaxation {
  value = -POSITIVE_INFINITY;
  /** By cluster. */
  readonly reducedCost: Float64Array;
  /** The clusters of the cheapest set, ascending. */
  open: number[] = [];
  /** How often that set serves each origin. */
  readonly served: Float64Array;
  /** By cluster: capacity multiplier per request/s; negative where it is the subsidy of a minimum load. */
  readonly loadMultipliers: Float64Array;
  /** Origins taken at this lower multiplier but not at the real one are taken with this share. */
  private readonly lowerMultipliers: Float64Array;
  private readonly shares: Float64Array;
  /** By rule: limit less what that set has; the subgradient along its multiplier. */
  readonly slack: Float64Array;
  /** Highest reduced cost of a free cluster in the set, and lowest of one outside. */
  private highestInside = -POSITIVE_INFINITY;
  private lowestOutside = POSITIVE_INFINITY;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly free: number[] = [];
  private readonly sorted: Float64Array;
  /** By cluster: the load it must have when chosen; undefined where none must. */
  readonly minimumLoads: Float64Array | undefined;
  private readonly minimumLoadSubproblem: MinimumLoadSubproblem | undefined;
  private readonly knapsack: ContinuousKnapsack;
  private readonly savings: Float64Array;
  private readonly loads: Float64Array;
  /** Costs of the pairs of the lists with the penalties of rules. */
  private costs: Float64Array;

  constructor(
    private readonly app: AppProblem,
    /** May be narrowed between evaluations. */
    public lists: CandidateLists,
    readonly rules: DualizedConstraints,
    /** FREE, IN or OUT by cluster. */
    readonly state: Uint8Array,
    private readonly work: Work,
    /** Largest load by cluster; undefined where nothing limits it. */
    private readonly maxLoads?: Float64Array,
  ) {
    this.reducedCost = new Float64Array(app.clusters);
    this.served = new Float64Array(app.origins);
    this.sorted = new Float64Array(app.clusters);
    this.loadMultipliers = new Float64Array(app.clusters);
    this.lowerMultipliers = new Float64Array(app.clusters);
    this.shares = new Float64Array(app.clusters);
    this.slack = new Float64Array(rules.length);
    this.range = sizeRange(app);
    this.costs = lists.cost;
    const most = maxLoads === undefined ? 0 : app.origins;
    this.knapsack = new ContinuousKnapsack(most);
    // One more: the loop that fills them writes before it counts.
    this.savings = new Float64Array(most + 1);
    this.loads = new Float64Array(most + 1);
    this.minimumLoads = minimumLoadsOf(app);
    this.minimumLoadSubproblem =
      this.minimumLoads && new MinimumLoadSubproblem(app, this.minimumLoads);
  }

  /**
   * The value where lists would be too long: `savings` by cluster are what its pairs come to, or less, and multipliers may be above the
   * caps of the lists. What the set serves is not counted. False when no set of legal size is left.
   */
  evaluateFromSavings(
    { assignmentMultipliers: multipliers, ruleMultipliers }: Point,
    savings: Float64Array,
  ): boolean {
    const { reducedCost, state, app } = this;
    for (let cluster = 0; cluster < reducedCost.length; cluster++) {
      if (state[cluster] !== OUT) reducedCost[cluster] = app.openCost[cluster] + savings[cluster];
    }
    return this.computeValue(multipliers, ruleMultipliers);
  }

  /** True when evaluations have taken all work that is allowed. */
  get isSpent(): boolean {
    return this.work.spent > this.work.allowed;
  }

  /** False when the clusters decided already leave no set of legal size. */
  evaluate({ assignmentMultipliers: multipliers, ruleMultipliers }: Point): boolean {
    this.costs = this.rules.lagrangianCosts(ruleMultipliers, this.lists);
    if (this.costs !== this.lists.cost) this.work.spent += this.lists.cost.length;
    this.computeReducedCosts(multipliers);
    if (!this.computeValue(multipliers, ruleMultipliers)) return false;
    this.countService(multipliers);
    this.rules.computeSlack(ruleMultipliers, this.open, this.slack);
    return true;
  }

  private computeValue(multipliers: Float64Array, ruleMultipliers: Float64Array): boolean {
    const returned = this.rules.applyTo(ruleMultipliers, this.reducedCost);
    if (!this.chooseSet()) return false;
    let value = this.app.constantCost + returned;
    for (let u = 0; u < multipliers.length; u++) value += multipliers[u];
    for (const cluster of this.open) value += this.reducedCost[cluster];
    this.value = value;
    return true;
  }

  /** A copy of the load multipliers; empty where load is not limited. */
  loadMultipliersCopy(): Pick<Point, 'loadMultipliers'> {
    return this.maxLoads === undefined && this.minimumLoads === undefined
      ? {}
      : { loadMultipliers: this.loadMultipliers.slice() };
  }

  /** The least value of sets that have a free cluster which is outside now, or have not one that is inside. */
  valueWithOpposite(cluster: number, isOpen: boolean): number {
    const { range, open, value } = this;
    const reducedCost = this.reducedCost[cluster];
    if (isOpen) {
      const without = open.length > range.min ? 0 : POSITIVE_INFINITY;
      return value - reducedCost + Math.min(without, this.lowestOutside);
    }
    const added = open.length < range.max ? 0 : POSITIVE_INFINITY;
    return value + reducedCost + Math.min(added, -this.highestInside);
  }

  private computeReducedCosts(multipliers: Float64Array): void {
    const { reducedCost, state, costs: cost } = this;
    const { start, origin } = this.lists;
    this.minimumLoadSubproblem?.prepare(this.lists, multipliers);
    // Where lists are short, what is done once for each origin and cluster counts as well.
    this.work.spent += multipliers.length + reducedCost.length;
    for (let cluster = 0; cluster < reducedCost.length; cluster++) {
      if (state[cluster] === OUT) continue;
      const end = start[cluster + 1];
      const maxLoad = this.maxLoads === undefined ? POSITIVE_INFINITY : this.maxLoads[cluster];
      if (maxLoad < POSITIVE_INFINITY)
        reducedCost[cluster] =
          this.app.openCost[cluster] + this.costWithin(cluster, maxLoad, multipliers);
      else {
        let twice = 0;
        for (let k = start[cluster]; k < end; k++) {
          // Twice min(0, saving), exactly, and without a branch that could only be guessed.
          const saving = cost[k] - multipliers[origin[k]];
          twice += saving - Math.abs(saving);
        }
        reducedCost[cluster] = this.app.openCost[cluster] + twice / 2;
      }
      if (this.minimumLoads !== undefined && this.minimumLoads[cluster] > 0) {
        reducedCost[cluster] += this.applyMinimumLoad(
          cluster,
          this.minimumLoads[cluster],
          multipliers,
        );
      }
      this.work.spent += end - start[cluster];
    }
  }

  /** The sum of negative reduced costs of pairs, within the capacity: a continuous knapsack, whose price is kept. */
  private costWithin(cluster: number, maxLoad: number, multipliers: Float64Array): number {
    const { savings, loads, lists, costs, knapsack, loadMultipliers } = this;
    const { start, origin } = lists;
    const weights = this.app.requestsPerSecond;
    const known = loadMultipliers[cluster];
    loadMultipliers[cluster] = 0;
    if (known > 0) {
      const near = this.costNear(cluster, maxLoad, known, multipliers);
      if (near !== undefined) return near;
    }
    let [size, load, sum] = [0, 0, 0];
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const saving = multipliers[u] - costs[k];
      // Written in any case and kept by the count: without a branch that could only be guessed.
      savings[size] = saving;
      loads[size] = weights[u];
      size += saving > 0 ? 1 : 0;
    }
    for (let i = 0; i < size; i++) {
      sum -= savings[i];
      load += loads[i];
    }
    if (load <= maxLoad) return sum;
    this.work.spent += 3 * size;
    knapsack.clear();
    for (let i = 0; i < size; i++) knapsack.add(savings[i] / loads[i], loads[i]);
    const price = knapsack.price(maxLoad);
    return price === 0 ? sum : this.priced(cluster, price, maxLoad, 0, 0);
  }

  /** The same where the price is near the one of the last evaluation, in one pass; undefined where it is not. */
  private costNear(
    cluster: number,
    maxLoad: number,
    known: number,
    multipliers: Float64Array,
  ): number | undefined {
    const { savings, loads, lists, costs, knapsack } = this;
    const { start, origin } = lists;
    const weights = this.app.requestsPerSecond;
    const [low, high] = [known * (1 - KNAPSACK_BAND), known * (1 + KNAPSACK_BAND)];
    let [size, above, gain, within] = [0, 0, 0, 0];
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const weight = weights[u];
      const saving = multipliers[u] - costs[k];
      const isAbove = saving > high * weight;
      above += isAbove ? weight : 0;
      gain += isAbove ? saving : 0;
      savings[size] = saving;
      loads[size] = weight;
      size += !isAbove && saving > low * weight ? 1 : 0;
    }
    if (above > maxLoad) return undefined;
    knapsack.clear();
    for (let i = 0; i < size; i++) {
      knapsack.add(savings[i] / loads[i], loads[i]);
      within += loads[i];
    }
    if (above + within <= maxLoad) return undefined;
    this.work.spent += 3 * size;
    const price = knapsack.price(maxLoad - above);
    return price === 0 ? undefined : this.priced(cluster, price, maxLoad, above, gain);
  }

  /** Keeps the price that the knapsack found, beside items of this load and gain above it; returns the cost. */
  private priced(
    cluster: number,
    price: number,
    maxLoad: number,
    load: number,
    gain: number,
  ): number {
    const { above, equal, gainAbove } = this.knapsack;
    const left = maxLoad - load - above;
    this.loadMultipliers[cluster] = price;
    // Origins at the price itself fill what those above it leave.
    this.lowerMultipliers[cluster] = price * (1 - 1e-9);
    this.shares[cluster] = equal > 0 ? left / equal : 0;
    return -gain - gainAbove - price * left;
  }

  /** Finds the subsidy at which the cluster reaches its minimum load; returns what it adds to the reduced cost. */
  private applyMinimumLoad(
    cluster: number,
    minimumLoad: number,
    multipliers: Float64Array,
  ): number {
    const { minimumLoadSubproblem, loadMultipliers, maxLoads, lists } = this;
    if (
      minimumLoadSubproblem === undefined ||
      (maxLoads !== undefined && loadMultipliers[cluster] > 0)
    )
      return 0;
    const multiplier = minimumLoadSubproblem.multiplierOf(cluster, lists, this.costs, multipliers);
    this.work.spent += 4 * (lists.start[cluster + 1] - lists.start[cluster]);
    loadMultipliers[cluster] = -multiplier;
    if (multiplier === 0) return 0;
    this.lowerMultipliers[cluster] = -multiplier * (1 + 1e-12);
    this.shares[cluster] = minimumLoadSubproblem.share;
    const saved =
      this.savingAt(cluster, -multiplier, multipliers) - this.savingAt(cluster, 0, multipliers);
    return saved + multiplier * minimumLoad;
  }

  private savingAt(cluster: number, multiplier: number, multipliers: Float64Array): number {
    const { start, origin } = this.lists;
    const cost = this.costs;
    const weights = this.app.requestsPerSecond;
    let sum = 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      sum += Math.min(0, cost[k] + multiplier * weights[origin[k]] - multipliers[origin[k]]);
    }
    return sum;
  }

  /** The decided clusters, then the cheapest free ones while they help or too few are in. */
  private chooseSet(): boolean {
    const { reducedCost, state, free, range } = this;
    const open: number[] = [];
    free.length = 0;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] === IN) open.push(cluster);
      else if (state[cluster] === FREE) free.push(cluster);
    }
    if (open.length > range.max || open.length + free.length < range.min) return false;
    const sorted = this.sorted.subarray(0, free.length);
    for (let i = 0; i < free.length; i++) sorted[i] = reducedCost[free[i]];
    sorted.sort();
    const most = Math.min(free.length, range.max - open.length);
    let taken = Math.max(0, range.min - open.length);
    while (taken < most && sorted[taken] < 0) taken++;
    this.highestInside = taken > 0 ? sorted[taken - 1] : -POSITIVE_INFINITY;
    this.lowestOutside = taken < free.length ? sorted[taken] : POSITIVE_INFINITY;
    let ties = taken;
    for (let i = 0; i < taken; i++) if (sorted[i] < this.highestInside) ties--;
    for (const cluster of free) {
      // Ties by index.
      if (
        reducedCost[cluster] < this.highestInside ||
        (reducedCost[cluster] === this.highestInside && ties-- > 0)
      ) {
        open.push(cluster);
      }
    }
    this.open = open.sort((a, b) => a - b);
    return true;
  }

  private countService(multipliers: Float64Array): void {
    const { start, origin } = this.lists;
    const cost = this.costs;
    this.served.fill(0);
    if (this.rules.hasServiceCoefficients) this.rules.resetServed();
    for (const cluster of this.open) {
      const end = start[cluster + 1];
      if (this.loadMultipliers[cluster] !== 0 || this.rules.hasServiceCoefficients) {
        this.countFractionalService(cluster, multipliers);
        continue;
      }
      for (let k = start[cluster]; k < end; k++) {
        if (cost[k] < multipliers[origin[k]]) this.served[origin[k]]++;
      }
      this.work.spent += end - start[cluster];
    }
  }

  private countFractionalService(cluster: number, multipliers: Float64Array): void {
    const { start, origin } = this.lists;
    const cost = this.costs;
    const high = this.loadMultipliers[cluster];
    const low = high !== 0 ? this.lowerMultipliers[cluster] : 0;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const u = origin[k];
      const weight = this.app.requestsPerSecond[u];
      let share = 0;
      if (cost[k] + high * weight < multipliers[u]) share = 1;
      else if (cost[k] + low * weight < multipliers[u]) share = this.shares[cluster];
      if (share === 0) continue;
      this.served[u] += share;
      if (this.rules.hasServiceCoefficients) this.rules.countServed(cluster, u, share);
    }
    this.work.spent += start[cluster + 1] - start[cluster];
  }
}
