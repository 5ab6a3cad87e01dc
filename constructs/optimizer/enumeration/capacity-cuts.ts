/**
 * Benders cuts from capacity: the capacity prices of one set bound the cost of every other set (Magnanti and Wong,
 * Operations Research 29, 1981), so that most sets need no flow of their own.
 */

import type { Assignment } from '../assignment/assignment';
import { MAX_CAPACITY_CUTS } from '../options';
import { freeFor, largestLoad } from '../problem/capacity';
import { type AppProblem, demandOf, type Limits, type Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** Lower bounds on the value of sets of one app, from capacity alone. */
export class CapacityCuts {
  /** By cluster: its capacity in requests/s; Infinity without a limit. */
  private readonly capacities: Float64Array;
  private readonly demand: number;
  private readonly isLimited: boolean;
  /** By cut, then by cluster: the price of one request/s of capacity. The latest cut comes first. */
  private readonly cuts: Float64Array[] = [];

  constructor(
    private readonly app: AppProblem,
    limits: Limits,
  ) {
    this.capacities = Float64Array.from(app.allowed, (allowed, cluster) =>
      allowed === 0 || app.capacity === 'none'
        ? POSITIVE_INFINITY
        : largestLoad(app, freeFor(limits, cluster, app.headroom)),
    );
    this.isLimited = this.capacities.some((capacity) => capacity < POSITIVE_INFINITY);
    this.demand = demandOf(app);
  }

  /** A lower bound on every legal assignment to `open`; Infinity when its clusters together have too little capacity. */
  leastValue(open: readonly number[], work: Work): number {
    if (!this.isLimited) return -POSITIVE_INFINITY;
    let total = 0;
    for (const cluster of open) {
      if (this.capacities[cluster] < 0) return POSITIVE_INFINITY;
      total += this.capacities[cluster];
    }
    if (total < this.demand * (1 - 1e-9)) return POSITIVE_INFINITY;
    let least = -POSITIVE_INFINITY;
    for (const prices of this.cuts) {
      least = Math.max(least, this.valueAt(open, prices));
      work.spent += this.app.origins * open.length;
    }
    return least;
  }

  /** Adds a cut from an assignment in which capacity binds. */
  learn({ flow, apps }: Assignment): void {
    if (flow === undefined) return;
    const { open } = apps[0];
    const savings = flow.answer.slotPrice();
    const prices = new Float64Array(this.app.clusters);
    open.forEach((cluster, position) => {
      prices[cluster] = savings[position];
    });
    this.priceClosed(open, prices);
    this.cuts.unshift(prices);
    if (this.cuts.length > MAX_CAPACITY_CUTS) this.cuts.pop();
  }

  /** Sets the prices of the other clusters: the price at which demand just fills the capacity gives the strongest valid cut. */
  private priceClosed(open: readonly number[], prices: Float64Array): void {
    const { app } = this;
    const isOpen = new Set(open);
    const best = new Float64Array(app.origins);
    for (let origin = 0; origin < app.origins; origin++) {
      const weight = app.requestsPerSecond[origin];
      best[origin] = Math.min(
        ...open.map((c) => app.cost[c * app.origins + origin] / weight + prices[c]),
      );
    }
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      if (isOpen.has(cluster) || app.allowed[cluster] === 0) continue;
      if (this.capacities[cluster] === POSITIVE_INFINITY) continue;
      prices[cluster] = this.fillingPrice(cluster, best);
    }
  }

  private fillingPrice(cluster: number, best: Float64Array): number {
    const { app } = this;
    const gains: { gain: number; weight: number }[] = [];
    for (let origin = 0; origin < app.origins; origin++) {
      const weight = app.requestsPerSecond[origin];
      const gain = best[origin] - app.cost[cluster * app.origins + origin] / weight;
      if (gain > 0) gains.push({ gain, weight });
    }
    gains.sort((a, b) => b.gain - a.gain);
    let filled = 0;
    for (const { gain, weight } of gains) {
      filled += weight;
      if (filled > this.capacities[cluster]) return gain;
    }
    return 0;
  }

  private valueAt(open: readonly number[], prices: Float64Array): number {
    const { app } = this;
    let value = app.constantCost;
    for (const cluster of open) {
      value += app.openCost[cluster];
      if (prices[cluster] > 0) value -= prices[cluster] * this.capacities[cluster];
    }
    for (let origin = 0; origin < app.origins; origin++) {
      const weight = app.requestsPerSecond[origin];
      let least = POSITIVE_INFINITY;
      for (const cluster of open) {
        const cost = app.cost[cluster * app.origins + origin] + prices[cluster] * weight;
        if (cost < least) least = cost;
      }
      value += least;
    }
    return value;
  }
}
