/**
 * A bound on all sets that contain some clusters, from one multiplier by origin (Lagrangian relaxation of the assignment constraints;
 * Fisher, Management Science 27, 1981). With multipliers p, clusters C that are chosen and a set T of further ones
 *
 *   cost of serving from C and T >= sum over origins of min(cost from C, p) + sum over f in T of sum over origins of min(0, cost(f) - p)
 *
 * because an origin that T serves for less than min(cost from C, p) is counted with a saving of at least the difference.
 */

import { ENUMERATION } from '../options';
import type { AppProblem, Work } from '../problem/problem';

/** How many clusters a set may have. */
interface SizeRange {
  readonly min: number;
  readonly max: number;
}

/** Multipliers with what they say about the clusters from some depth of the enumeration on. */
export class MultiplierBound {
  /** By origin. */
  readonly multipliers: Float64Array;
  /** By position among the candidates: what choosing it adds, at least. */
  readonly reducedCost: Float64Array;
  /** [depth * (max + 1) + number]: the sum of so many of the least reduced costs from `depth` on; Infinity where there are fewer. */
  private readonly sums: Float64Array;
  /** By depth: how many of the reduced costs from there on are negative. */
  private readonly negative: Int32Array;
  private readonly width: number;
  /** By origin: the largest multiplier. Larger ones would say little and lose digits of the sum. */
  private readonly caps: Float64Array;

  /** `target`: the value of a known set, towards which the bound is raised. */
  constructor(
    private readonly app: AppProblem,
    private readonly candidates: readonly number[],
    private readonly range: SizeRange,
    target: number,
    work: Work,
  ) {
    this.reducedCost = new Float64Array(candidates.length);
    this.width = range.max + 1;
    this.sums = new Float64Array((candidates.length + 1) * this.width);
    this.negative = new Int32Array(candidates.length + 1);
    this.caps = this.largestCosts();
    this.multipliers = this.raised(target, work);
    this.computeReducedCosts(this.multipliers);
    this.fillSums();
  }

  /** The least that `fewest` to `most` further clusters from `depth` on add. There are at least so few, and `most` is not below it. */
  leastFrom(depth: number, fewest: number, most: number): number {
    const number = Math.min(most, Math.max(fewest, this.negative[depth], 0));
    return this.sums[depth * this.width + number];
  }

  /** Subgradient ascent with Polyak's step. */
  private raised(target: number, work: Work): Float64Array {
    const { app, candidates, reducedCost } = this;
    const { rounds, step, leastStep, patience } = ENUMERATION.ascent;
    const multipliers = this.start();
    let best = multipliers.slice();
    let value = Number.NEGATIVE_INFINITY;
    let [stride, idle] = [step, 0];
    for (let round = 0; round < rounds && stride > leastStep; round++) {
      this.computeReducedCosts(multipliers);
      work.spent += candidates.length * app.origins;
      const taken = this.cheapest();
      let found = app.constantCost;
      for (const multiplier of multipliers) found += multiplier;
      for (const position of taken) found += reducedCost[position];
      idle++;
      if (found > value) {
        value = found;
        best = multipliers.slice();
        idle = 0;
      }
      if (value >= target) break;
      if (idle > patience) {
        stride /= 2;
        idle = 0;
        multipliers.set(best);
        continue;
      }
      if (!this.climb(multipliers, taken, stride * (target - found))) break;
    }
    return best;
  }

  /** By origin the second least cost, as where the set that serves it has one cluster nearby. */
  private start(): Float64Array {
    const { app, candidates } = this;
    return Float64Array.from({ length: app.origins }, (_, origin) => {
      let [least, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const cluster of candidates) {
        const cost = app.cost[cluster * app.origins + origin];
        if (cost < least) [least, second] = [cost, least];
        else if (cost < second) second = cost;
      }
      if (second < Number.POSITIVE_INFINITY) return second;
      return least < Number.POSITIVE_INFINITY ? least : 0;
    });
  }

  private largestCosts(): Float64Array {
    const { app, candidates } = this;
    return Float64Array.from({ length: app.origins }, (_, origin) => {
      let largest = 0;
      for (const cluster of candidates) {
        const cost = app.cost[cluster * app.origins + origin];
        if (cost < Number.POSITIVE_INFINITY) largest = Math.max(largest, Math.abs(cost));
      }
      return ENUMERATION.ascent.largest * largest;
    });
  }

  private computeReducedCosts(multipliers: Float64Array): void {
    const { app, candidates, reducedCost } = this;
    for (let position = 0; position < candidates.length; position++) {
      const row = candidates[position] * app.origins;
      let sum = app.openCost[candidates[position]];
      for (let origin = 0; origin < app.origins; origin++)
        sum += Math.min(0, app.cost[row + origin] - multipliers[origin]);
      reducedCost[position] = sum;
    }
  }

  /** The positions of a set of legal size with the least sum of reduced costs. */
  private cheapest(): readonly number[] {
    const { reducedCost, range } = this;
    const order = [...reducedCost.keys()].sort((a, b) => reducedCost[a] - reducedCost[b] || a - b);
    const negative = order.findIndex((position) => reducedCost[position] >= 0);
    const wanted = negative < 0 ? order.length : negative;
    return order.slice(0, Math.min(range.max, Math.max(range.min, wanted)));
  }

  /** One step; false where every origin is served once. */
  private climb(multipliers: Float64Array, taken: readonly number[], distance: number): boolean {
    const { app, candidates, caps } = this;
    const gradient = new Float64Array(app.origins).fill(1);
    for (const position of taken) {
      const row = candidates[position] * app.origins;
      for (let origin = 0; origin < app.origins; origin++)
        if (app.cost[row + origin] < multipliers[origin]) gradient[origin]--;
    }
    // Steps are longer where there is more demand, because costs are.
    let norm = 0;
    for (let origin = 0; origin < app.origins; origin++)
      norm += gradient[origin] * gradient[origin] * app.requestsPerSecond[origin];
    if (norm === 0 || !(distance > 0)) return false;
    for (let origin = 0; origin < app.origins; origin++) {
      const moved = (distance / norm) * gradient[origin] * app.requestsPerSecond[origin];
      multipliers[origin] = Math.min(caps[origin], multipliers[origin] + moved);
    }
    return true;
  }

  private fillSums(): void {
    const { reducedCost, sums, negative, width } = this;
    // The least reduced costs so far, ascending: at most as many as a set has clusters.
    const least: number[] = [];
    const fill = (depth: number) => {
      let sum = 0;
      for (let number = 0; number < width; number++) {
        sums[depth * width + number] = sum;
        sum += least[number] ?? Number.POSITIVE_INFINITY;
      }
    };
    fill(reducedCost.length);
    for (let depth = reducedCost.length - 1; depth >= 0; depth--) {
      const one = reducedCost[depth];
      negative[depth] = negative[depth + 1] + (one < 0 ? 1 : 0);
      const at = least.findIndex((other) => other > one);
      least.splice(at < 0 ? least.length : at, 0, one);
      if (least.length >= width) least.pop();
      fill(depth);
    }
  }
}
