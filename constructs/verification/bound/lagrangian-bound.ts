/**
 * The Lagrangian bound that prunes the enumeration, with multipliers that the verification finds itself. Each origin pays its
 * multiplier, and the reduced cost of a cluster is its opening cost less what the origins that fit save there (Fisher, Management
 * Science 27, 1981). Whatever the multipliers, no solution costs less. Sets without capacity for all demand have the bound Infinity.
 */
import type { AppInstance } from '../input/app-instance';
import { TOLERANCE } from '../input/findings';
import { CompensatedSum } from './compensated-sum';
import { loadCapacitiesOf } from './inequalities';

/** The work of the subgradient method: pairs of an origin and a cluster, and rounds. */
const MAX_PAIRS = 10_000_000;
const MAX_ROUNDS = 300;
/** Rounds without progress before the step is halved. */
const PATIENCE = 12;
/** The relative rounding error of a sum. */
const ROUNDING = 1e-11;

/** Lower bounds for the sets of one app. */
export interface LagrangianBound {
  /** The free clusters, by descending magnitude of their reduced costs. */
  readonly order: readonly number[];
  /** A lower bound of every legal set with the chosen clusters and any of `order` from `position` on. */
  lowerBound(chosen: readonly number[], position: number): number;
}

/** Searches for multipliers that prove that most sets cost more than `limit`; where that is Infinity, only capacity counts. */
export function lagrangianBound(
  instance: AppInstance,
  free: readonly number[],
  limit: number,
): LagrangianBound {
  // Loads may exceed capacities by the tolerance.
  const loadCapacities = loadCapacitiesOf(instance).map(
    (capacity) => capacity * (1 + 2 * TOLERANCE) + 2 * TOLERANCE,
  );
  const relaxation = new LagrangianRelaxation(instance, loadCapacities);
  if (limit < Number.POSITIVE_INFINITY) relaxation.ascend(limit);
  const { reducedCosts } = relaxation;
  const order = [...free].sort(
    (a, b) => Math.abs(reducedCosts[b]!) - Math.abs(reducedCosts[a]!) || a - b,
  );
  const cheapest = partialSums(order, (c) => reducedCosts[c]!, 1);
  const largest = partialSums(order, (c) => Math.min(loadCapacities[c]!, instance.total), -1);
  const { minClusters, maxClusters } = instance.app.policy.constraints;
  return {
    order,
    lowerBound(chosen, position) {
      let [cost, capacity] = [relaxation.constant, 0];
      for (const cluster of chosen) {
        cost += reducedCosts[cluster]!;
        capacity += Math.min(loadCapacities[cluster]!, instance.total);
      }
      const demand = instance.total * (1 - TOLERANCE);
      let least = Number.POSITIVE_INFINITY;
      for (const [more, sum] of cheapest[position]!.entries()) {
        const size = chosen.length + more;
        if (size < minClusters || size > maxClusters) continue;
        if (capacity + largest[position]![more]! >= demand) least = Math.min(least, cost + sum);
      }
      return least - relaxation.roundingError;
    },
  };
}

/** [position][count]: the least sum (the largest for sign -1) over so many of the clusters from the position on. */
function partialSums(
  order: readonly number[],
  of: (cluster: number) => number,
  sign: number,
): readonly (readonly number[])[] {
  const sorted: number[] = [];
  const sums: number[][] = [[0]];
  for (const cluster of [...order].reverse()) {
    const value = of(cluster);
    const place = sorted.findIndex((one) => sign * one > sign * value);
    sorted.splice(place < 0 ? sorted.length : place, 0, value);
    const growing = [0];
    for (const one of sorted) growing.push(growing.at(-1)! + one);
    sums.unshift(growing);
  }
  return sums;
}

/** The Lagrangian relaxation at its current multipliers. */
class LagrangianRelaxation {
  /** By cluster: what choosing it adds at the best multipliers. */
  readonly reducedCosts: Float64Array;
  /** The sum of the multipliers and of the constant cost. */
  constant = Number.NEGATIVE_INFINITY;
  roundingError = 0;
  private value = Number.NEGATIVE_INFINITY;
  private readonly costs: ReadonlyMap<number, Float64Array>;
  /** By origin: how often the cheapest set serves it. */
  private readonly served: Float64Array;

  constructor(
    private readonly instance: AppInstance,
    private readonly loadCapacities: readonly number[],
  ) {
    const { origins, pairs, eligible, openingCost } = instance;
    this.reducedCosts = new Float64Array(openingCost.length);
    this.served = new Float64Array(origins.length);
    const row = (cluster: number) =>
      Float64Array.from(origins, (_, origin) => pairs.cost(origin, cluster));
    this.costs = new Map(eligible.map((cluster) => [cluster, row(cluster)]));
  }

  /** Subgradient steps toward `target` (Held, Wolfe and Crowder, Mathematical Programming 6, 1974); the best multipliers are kept. */
  ascend(target: number): void {
    const { origins, eligible, total } = this.instance;
    const rounds = Math.min(MAX_ROUNDS, MAX_PAIRS / (1 + origins.length * eligible.length));
    let multipliers = this.firstMultipliers();
    let best = multipliers;
    for (let round = 0, idle = 0, step = 1; round < rounds; round++) {
      const value = this.evaluate(multipliers);
      if (value > this.value) [this.value, best, idle] = [value, multipliers, 0];
      else if (++idle >= PATIENCE) [step, idle, multipliers] = [step / 2, 0, best];
      if (this.value >= target || total === 0) break;
      const subgradient = this.served.map((times) => 1 - times);
      const norm = subgradient.reduce(
        (sum, one, u) => sum + one * one * origins[u]!.requestsPerSecond,
        0,
      );
      if (norm === 0) break;
      const stride = (step * Math.max(target - value, 0)) / norm;
      multipliers = multipliers.map((one, u) => one + stride * subgradient[u]!);
    }
    this.evaluate(best);
  }

  /** By origin, per request/s: the cost of the second cheapest cluster, or of the only one. */
  private firstMultipliers(): Float64Array {
    return Float64Array.from(this.instance.origins, (_, origin) => {
      let [first, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const row of this.costs.values()) {
        const cost = row[origin]!;
        if (cost < first) [first, second] = [cost, first];
        else if (cost < second) second = cost;
      }
      return Number.isFinite(second) ? second : Number.isFinite(first) ? first : 0;
    });
  }

  /** Sets the reduced costs at these multipliers per request/s; returns the bound of all sets. */
  private evaluate(multipliers: Float64Array): number {
    const { origins, eligible, held, constantCost, app } = this.instance;
    const constant = new CompensatedSum(constantCost);
    let magnitude = Math.abs(constantCost);
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      constant.add(multipliers[origin]! * requestsPerSecond);
      magnitude += Math.abs(multipliers[origin]! * requestsPerSecond);
    }
    this.constant = constant.value;
    this.roundingError = ROUNDING * magnitude;
    for (const cluster of eligible)
      this.reducedCosts[cluster] = this.reducedCost(cluster, multipliers);
    const { minClusters, maxClusters } = app.policy.constraints;
    const sorted = [...eligible].sort(
      (a, b) => this.reducedCosts[a]! - this.reducedCosts[b]! || a - b,
    );
    const chosen = sorted.filter(
      (c, rank) => held.has(c) || rank < minClusters || this.reducedCosts[c]! < 0,
    );
    this.served.fill(0);
    let value = this.constant;
    for (const cluster of chosen.slice(0, maxClusters)) {
      value += this.reducedCosts[cluster]!;
      this.reducedCost(cluster, multipliers, this.served);
    }
    return value;
  }

  /** The opening cost less the savings of the origins that save most, as many as there is capacity for. */
  private reducedCost(cluster: number, multipliers: Float64Array, served?: Float64Array): number {
    const { origins, openingCost } = this.instance;
    const row = this.costs.get(cluster)!;
    let left = this.loadCapacities[cluster]!;
    const saving = [...row.keys()].filter((origin) => row[origin]! < multipliers[origin]!);
    if (left < this.instance.total) {
      const difference = (origin: number) => row[origin]! - multipliers[origin]!;
      saving.sort((a, b) => difference(a) - difference(b) || a - b);
    }
    let reducedCost = openingCost[cluster]!;
    for (const origin of saving) {
      const { requestsPerSecond } = origins[origin]!;
      const amount = Math.min(left, requestsPerSecond);
      reducedCost += amount * (row[origin]! - multipliers[origin]!);
      if (served !== undefined) served[origin]! += amount / requestsPerSecond;
      left -= amount;
      if (left <= 0) break;
    }
    return reducedCost;
  }
}
