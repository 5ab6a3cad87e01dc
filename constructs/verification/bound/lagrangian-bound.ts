/**
 * Prospects: what sets of clusters cost at least, by prices that the checker finds itself. Each origin pays its price and each
 * cluster is judged alone: what it costs to be chosen, less what the origins that fit would save there (a Lagrangian bound, Fisher,
 * Management Science 27, 1981). Whatever the prices, no answer costs less; sets without room for all demand cost Infinity.
 */

import type { Facts } from '../input/app-facts';
import { Sum } from '../input/exact-sum';
import { TOLERANCE } from '../input/findings';
import { roomsOf } from './inequalities';

/** Pairs looked at to find prices, and rounds at most. */
const MOST_LOOKED = 10_000_000;
const MOST_ROUNDS = 300;
/** Rounds without progress before steps are halved. */
const PATIENCE = 12;
/** What rounding may add to a sum, as a share of its terms. */
const MARGIN = 1e-11;

/** Bounds for the sets of one app. */
export interface Prospect {
  /** The free clusters, those first that matter most. */
  readonly order: readonly number[];
  /** A lower bound of every legal set with the chosen clusters and any of `order` from `at` on. */
  least(chosen: readonly number[], at: number): number;
}

/** Looks for prices that prove that most sets cost more than `most`; only room counts where that is Infinity. */
export function prospectOf(facts: Facts, free: readonly number[], most: number): Prospect {
  // What fits may be over by a part in 10^9.
  const rooms = roomsOf(facts).map((room) => room * (1 + 2 * TOLERANCE) + 2 * TOLERANCE);
  const judge = new Judge(facts, rooms);
  if (most < Number.POSITIVE_INFINITY) judge.climb(most);
  const { worth } = judge;
  const order = [...free].sort((a, b) => Math.abs(worth[b]!) - Math.abs(worth[a]!) || a - b);
  const cheapest = sumsFrom(order, (c) => worth[c]!, 1);
  const roomiest = sumsFrom(order, (c) => Math.min(rooms[c]!, facts.total), -1);
  const { minClusters, maxClusters } = facts.app.policy.constraints;
  return {
    order,
    least(chosen, at) {
      let [cost, room] = [judge.paid, 0];
      for (const cluster of chosen) {
        cost += worth[cluster]!;
        room += Math.min(rooms[cluster]!, facts.total);
      }
      const wanted = facts.total * (1 - TOLERANCE);
      let least = Number.POSITIVE_INFINITY;
      for (const [more, sum] of cheapest[at]!.entries()) {
        const size = chosen.length + more;
        if (size < minClusters || size > maxClusters) continue;
        if (room + roomiest[at]![more]! >= wanted) least = Math.min(least, cost + sum);
      }
      return least - judge.margin;
    },
  };
}

/** [at][count]: the least sum (the largest for sign -1) over so many of the clusters from `at` on. */
function sumsFrom(
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

/** Prices with what they make of each cluster. */
class Judge {
  /** By cluster: what choosing it adds at the best prices. */
  worth: Float64Array;
  /** What is paid whatever is chosen. */
  paid = Number.NEGATIVE_INFINITY;
  margin = 0;
  private value = Number.NEGATIVE_INFINITY;
  private readonly costs: ReadonlyMap<number, Float64Array>;
  /** How often the cheapest set serves each origin. */
  private readonly served: Float64Array;

  constructor(
    private readonly facts: Facts,
    private readonly rooms: readonly number[],
  ) {
    const { origins, pairs, eligible, openCost } = facts;
    this.worth = new Float64Array(openCost.length);
    this.served = new Float64Array(origins.length);
    const row = (cluster: number) =>
      Float64Array.from(origins, (_, origin) => pairs.cost(origin, cluster));
    this.costs = new Map(eligible.map((cluster) => [cluster, row(cluster)]));
  }

  /** Subgradient steps towards `most` (Held, Wolfe and Crowder, Mathematical Programming 6, 1974); the best prices are kept. */
  climb(most: number): void {
    const { origins, eligible, total } = this.facts;
    const rounds = Math.min(MOST_ROUNDS, MOST_LOOKED / (1 + origins.length * eligible.length));
    let prices = this.firstPrices();
    let best = prices;
    for (let round = 0, idle = 0, step = 1; round < rounds; round++) {
      const value = this.at(prices);
      if (value > this.value) [this.value, best, idle] = [value, prices, 0];
      else if (++idle >= PATIENCE) [step, idle, prices] = [step / 2, 0, best];
      if (this.value >= most || total === 0) break;
      const off = this.served.map((times) => 1 - times);
      const norm = off.reduce((sum, one, u) => sum + one * one * origins[u]!.requestsPerSecond, 0);
      if (norm === 0) break;
      const stride = (step * Math.max(most - value, 0)) / norm;
      prices = prices.map((price, u) => price + stride * off[u]!);
    }
    this.at(best);
  }

  /** Per request/s: the second cheapest cluster, or the only one. */
  private firstPrices(): Float64Array {
    return Float64Array.from(this.facts.origins, (_, origin) => {
      let [first, second] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (const row of this.costs.values()) {
        const cost = row[origin]!;
        if (cost < first) [first, second] = [cost, first];
        else if (cost < second) second = cost;
      }
      return Number.isFinite(second) ? second : Number.isFinite(first) ? first : 0;
    });
  }

  /** Judges every cluster at these prices per request/s; the bound of all sets. */
  private at(prices: Float64Array): number {
    const { origins, eligible, held, constantCost, app } = this.facts;
    const paid = new Sum(constantCost);
    let size = Math.abs(constantCost);
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      paid.add(prices[origin]! * requestsPerSecond);
      size += Math.abs(prices[origin]! * requestsPerSecond);
    }
    this.paid = paid.value;
    this.margin = MARGIN * size;
    for (const cluster of eligible) this.worth[cluster] = this.judge(cluster, prices);
    const { minClusters, maxClusters } = app.policy.constraints;
    const sorted = [...eligible].sort((a, b) => this.worth[a]! - this.worth[b]! || a - b);
    const chosen = sorted.filter(
      (c, rank) => held.has(c) || rank < minClusters || this.worth[c]! < 0,
    );
    this.served.fill(0);
    let value = this.paid;
    for (const cluster of chosen.slice(0, maxClusters)) {
      value += this.worth[cluster]!;
      this.judge(cluster, prices, this.served);
    }
    return value;
  }

  /** What the cluster costs less what is saved there by those that save most, as many as there is room for. */
  private judge(cluster: number, prices: Float64Array, served?: Float64Array): number {
    const { origins, openCost } = this.facts;
    const row = this.costs.get(cluster)!;
    let left = this.rooms[cluster]!;
    const comers = [...row.keys()].filter((origin) => row[origin]! < prices[origin]!);
    if (left < this.facts.total)
      comers.sort((a, b) => row[a]! - prices[a]! - (row[b]! - prices[b]!) || a - b);
    let worth = openCost[cluster]!;
    for (const origin of comers) {
      const { requestsPerSecond } = origins[origin]!;
      const amount = Math.min(left, requestsPerSecond);
      worth += amount * (row[origin]! - prices[origin]!);
      if (served !== undefined) served[origin]! += amount / requestsPerSecond;
      left -= amount;
      if (left <= 0) break;
    }
    return worth;
  }
}
