/**
 * A proven lower bound by Lagrangian relaxation of "every origin is served" (Beasley, EJOR 21, 1985; Held,
 * Wolfe, Crowder 1974): with a price per origin, each cluster is judged alone. The prices are the certificate.
 */
import { candidatesOf } from './exact';
import type { AppProblem, Work } from './problem';
import { sizeRange } from './rules';

/** The best bound found and the prices that prove it. */
export interface Bound {
  readonly value: number;
  /** Price of serving each origin, in units of the objective. */
  readonly prices: Float64Array;
  /** Sets that looked best to the relaxation, best first: starts for the search. */
  readonly starts: readonly (readonly number[])[];
}

/** Work units of one round: its inner loop runs straight through memory, some two times faster than a search does. */
export function roundCost(app: AppProblem): number {
  return Math.max(1, (app.origins * app.clusters) / 2);
}

/** Rounds of the subgradient; each looks once at every pair. */
export interface BoundEffort {
  readonly rounds: number;
}

/** Raises prices by subgradient steps scaled with the weight of each origin. `incumbent`: a value known to be reachable, or Infinity. */
export function lagrangianBound(
  app: AppProblem,
  incumbent: number,
  effort: BoundEffort,
  work: Work,
): Bound {
  const candidates = candidatesOf(app);
  const relaxation = new Relaxation(app, candidates);
  const prices = startPrices(app, candidates);
  let best = { value: Number.NEGATIVE_INFINITY, prices: prices.slice(), open: [] as number[] };
  const starts: number[][] = [];
  const direction = new Float64Array(app.origins);
  let step = 1.5;
  let stalled = 0;
  for (let round = 0; round < effort.rounds && step > 1e-4; round++) {
    const { value, open } = relaxation.at(prices);
    work.spent += roundCost(app);
    if (value > best.value + 1e-12 * Math.max(1, Math.abs(value))) {
      best = { value, prices: prices.slice(), open };
      starts.unshift(open);
      stalled = 0;
    } else if (++stalled >= 12) {
      step /= 2;
      stalled = 0;
      prices.set(best.prices);
      relaxation.at(prices);
    }
    const target = Number.isFinite(incumbent) ? incumbent : Math.abs(best.value) * 1.05 + 1;
    if (target - best.value <= 1e-9 * Math.max(1, Math.abs(target))) break;
    if (!advance(app, relaxation, prices, direction, step * (target - value))) break;
  }
  return { value: best.value, prices: best.prices, starts: starts.slice(0, 12) };
}

/** The bound that `prices` prove; one pass over all pairs. */
export function boundAt(app: AppProblem, prices: Float64Array): number {
  return new Relaxation(app, candidatesOf(app)).at(prices).value;
}

/** Moves the prices along the deflected, weight-scaled subgradient; false when the relaxation already serves everyone once. */
function advance(
  app: AppProblem,
  relaxation: Relaxation,
  prices: Float64Array,
  direction: Float64Array,
  ambition: number,
): boolean {
  let norm = 0;
  let missed = false;
  for (let origin = 0; origin < app.origins; origin++) {
    const gradient = 1 - relaxation.served[origin];
    if (gradient !== 0) missed = true;
    direction[origin] = gradient + 0.3 * direction[origin];
    norm += direction[origin] * direction[origin] * app.requestsPerSecond[origin];
  }
  if (!missed || norm === 0) return false;
  const stride = Math.max(ambition, 1e-9) / norm;
  for (let origin = 0; origin < app.origins; origin++) {
    prices[origin] += stride * direction[origin] * app.requestsPerSecond[origin];
  }
  return true;
}

/** Between the cheapest and the second cheapest of a thin sample would need an incumbent; the median of the cheapest tenth does as well. */
function startPrices(app: AppProblem, candidates: readonly number[]): Float64Array {
  const prices = new Float64Array(app.origins);
  const { min, max } = sizeRange(app);
  const typical = Math.max(1, Math.round(Math.min(max, Math.max(min, 1))));
  const rank = Math.min(candidates.length - 1, Math.floor((candidates.length / typical) * 0.7));
  const costs = new Float64Array(candidates.length);
  for (let origin = 0; origin < app.origins; origin++) {
    let legal = 0;
    for (const cluster of candidates) {
      const cost = app.cost[cluster * app.origins + origin];
      if (cost < Number.POSITIVE_INFINITY) costs[legal++] = cost;
    }
    if (legal === 0) continue;
    const sorted = costs.subarray(0, legal).sort();
    prices[origin] = sorted[Math.min(rank, legal - 1)];
  }
  return prices;
}

class Relaxation {
  /** How often the relaxed answer serves each origin. */
  readonly served: Int32Array;
  private readonly worth: Float64Array;
  private readonly range: { readonly min: number; readonly max: number };

  constructor(
    private readonly app: AppProblem,
    private readonly candidates: readonly number[],
  ) {
    this.served = new Int32Array(app.origins);
    this.worth = new Float64Array(app.clusters);
    this.range = sizeRange(app);
  }

  /** constant + sum of prices + the cheapest set by worth, held clusters always in it. */
  at(prices: Float64Array): { readonly value: number; readonly open: number[] } {
    const { origins, cost, openCost } = this.app;
    let value = this.app.constantCost;
    for (let origin = 0; origin < origins; origin++) value += prices[origin];
    for (const cluster of this.candidates) {
      const row = cluster * origins;
      let worth = openCost[cluster];
      for (let origin = 0; origin < origins; origin++) {
        const saving = cost[row + origin] - prices[origin];
        if (saving < 0) worth += saving;
      }
      this.worth[cluster] = worth;
    }
    const open = this.cheapest();
    for (const cluster of open) value += this.worth[cluster];
    this.count(prices, open);
    return { value, open };
  }

  private cheapest(): number[] {
    const held = this.candidates.filter((cluster) => this.app.held[cluster] === 1);
    const free = this.candidates
      .filter((cluster) => this.app.held[cluster] === 0)
      .sort((a, b) => this.worth[a] - this.worth[b] || a - b);
    const open = [...held];
    for (const cluster of free) {
      if (open.length >= this.range.max) break;
      if (open.length >= this.range.min && this.worth[cluster] >= 0) break;
      open.push(cluster);
    }
    return open.sort((a, b) => a - b);
  }

  private count(prices: Float64Array, open: readonly number[]): void {
    const { origins, cost } = this.app;
    this.served.fill(0);
    for (const cluster of open) {
      const row = cluster * origins;
      for (let origin = 0; origin < origins; origin++) {
        if (cost[row + origin] < prices[origin]) this.served[origin]++;
      }
    }
  }
}
