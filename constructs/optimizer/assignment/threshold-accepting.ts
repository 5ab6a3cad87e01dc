/**
 * Threshold accepting for whole origins on clusters with little spare capacity: random shifts and exchanges, which may raise
 * the cost by less and less (Dueck and Scheuer, Journal of Computational Physics 90, 1990). The penalty on overload rises
 * while some cluster is overloaded and falls otherwise, so that the walk stays near the boundary of feasibility.
 */

import { power } from '../../model/trigonometry';
import { THRESHOLD_ACCEPTING } from '../options';
import { RandomSequence } from '../primitives/random-sequence';
import type { Work } from '../problem/problem';
import type { GeneralizedAssignment, WholeAssignment } from './generalized-assignment';

const { POSITIVE_INFINITY } = Number;

/** Random walks on one instance. */
export class ThresholdAccepting {
  private readonly width: number;
  private readonly at: Int32Array;
  private readonly load: Float64Array;
  private readonly limit: Float64Array;
  /** [origin * width + rank]: positions, the cheapest of the origin first. */
  private readonly order: Int32Array;
  /** By origin: the number of legal positions. */
  private readonly legal: Int32Array;
  /** [position * origins + index]: origins at the position; their number by position; and the index of each origin. */
  private readonly members: Int32Array;
  private readonly count: Int32Array;
  private readonly place: Int32Array;
  private penalty = 0;
  private overloaded = 0;
  private draws = new RandomSequence(1);

  constructor(
    private readonly problem: GeneralizedAssignment,
    private readonly work: Work,
  ) {
    const { weights, capacities, costs } = problem;
    const width = capacities.length;
    this.width = width;
    this.at = new Int32Array(weights.length);
    this.load = new Float64Array(width);
    this.limit = capacities.map((one) => one * (1 + 1e-9));
    this.order = new Int32Array(weights.length * width);
    this.legal = new Int32Array(weights.length);
    this.members = new Int32Array(weights.length * width);
    this.count = new Int32Array(width);
    this.place = new Int32Array(weights.length);
    for (let u = 0; u < weights.length; u++) {
      const row = this.order.subarray(u * width, (u + 1) * width);
      for (let p = 0; p < width; p++) row[p] = p;
      row.sort((a, b) => costs[u * width + a] - costs[u * width + b] || a - b);
      while (this.legal[u] < width && costs[u * width + row[this.legal[u]]] < POSITIVE_INFINITY) {
        this.legal[u]++;
      }
    }
    work.spent += weights.length * width * 4;
  }

  /** The best feasible solution of a walk of `moves` moves; undefined without one. `penalty`: initial cost per request/s of overload. */
  run(guess: Int32Array, penalty: number, moves: number): WholeAssignment | undefined {
    const { problem, width } = this;
    const origins = this.at.length;
    if (width < 2 || origins < 2) return undefined;
    this.assignAll(guess);
    this.penalty = penalty;
    this.draws = new RandomSequence(1 + origins * width);
    let cost = 0;
    for (let u = 0; u < origins; u++) cost += problem.costs[u * width + this.at[u]];
    let best: Int32Array | undefined;
    let bestCost = POSITIVE_INFINITY;
    let threshold = this.typicalStep();
    const rounds = Math.max(1, Math.floor(moves / origins));
    const { penaltyRise, penaltyFall } = THRESHOLD_ACCEPTING;
    const cooling = power(THRESHOLD_ACCEPTING.lastThreshold, 1 / rounds);
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < origins; i++) {
        cost += this.step(threshold);
        if (this.overloaded > 0 || cost >= bestCost - 1e-9 * Math.abs(bestCost)) continue;
        bestCost = cost;
        best = best ?? new Int32Array(origins);
        best.set(this.at);
      }
      this.penalty *= this.overloaded > 0 ? penaltyRise : penaltyFall;
      threshold *= cooling;
    }
    this.work.spent += 4 * rounds * origins;
    return best && { at: best, cost: bestCost };
  }

  private assignAll(guess: Int32Array): void {
    const origins = this.at.length;
    this.at.set(guess);
    this.load.fill(0);
    this.count.fill(0);
    for (let u = 0; u < origins; u++) {
      const p = guess[u];
      this.load[p] += this.problem.weights[u];
      this.place[u] = this.count[p];
      this.members[p * origins + this.count[p]++] = u;
    }
    this.overloaded = 0;
    for (let p = 0; p < this.width; p++) if (this.load[p] > this.limit[p]) this.overloaded++;
  }

  /** Half of the mean cost of moving an origin from its cheapest position to its third cheapest: the first threshold. */
  private typicalStep(): number {
    const { order, legal, width, problem } = this;
    let sum = 0;
    for (let u = 0; u < legal.length; u++) {
      const row = u * width;
      const next = Math.min(2, legal[u] - 1);
      if (next > 0) sum += problem.costs[row + order[row + next]] - problem.costs[row + order[row]];
    }
    return sum / Math.max(1, legal.length) / 2;
  }

  /** Makes one random move if it is within the threshold. Returns the change of cost; 0 when it is refused. */
  private step(threshold: number): number {
    const { at, width, problem, order, legal } = this;
    const { weights, costs } = problem;
    const origins = at.length;
    const u = this.draws.below(origins);
    const rank = this.draws.next();
    const to = order[u * width + Math.floor(rank * rank * legal[u])];
    const from = at[u];
    if (to === from) return 0;
    const shift = costs[u * width + to] - costs[u * width + from];
    const chance = this.draws.next();
    const slackened = (threshold * (1 - chance)) / (chance + 0.1);
    const isFull = this.load[to] + weights[u] > this.limit[to];
    if (!isFull || this.count[to] === 0 || this.draws.next() < THRESHOLD_ACCEPTING.overloadShare) {
      const change = shift + this.penaltyChange(from, to, weights[u]);
      if (change >= slackened) return 0;
      this.move(u, to);
      return shift;
    }
    const v = this.members[to * origins + this.draws.below(this.count[to])];
    const exchange = shift + costs[v * width + from] - costs[v * width + to];
    if (!(exchange + this.penaltyChange(from, to, weights[u] - weights[v]) < slackened)) return 0;
    this.move(u, to);
    this.move(v, from);
    return exchange;
  }

  private move(u: number, to: number): void {
    const { at, load, limit, members, count, place } = this;
    const origins = at.length;
    const from = at[u];
    const wasOver = (load[from] > limit[from] ? 1 : 0) + (load[to] > limit[to] ? 1 : 0);
    load[from] -= this.problem.weights[u];
    load[to] += this.problem.weights[u];
    this.overloaded +=
      (load[from] > limit[from] ? 1 : 0) + (load[to] > limit[to] ? 1 : 0) - wasOver;
    const last = members[from * origins + --count[from]];
    members[from * origins + place[u]] = last;
    place[last] = place[u];
    place[u] = count[to];
    members[to * origins + count[to]++] = u;
    at[u] = to;
  }

  private penaltyChange(from: number, to: number, amount: number): number {
    const { load, limit } = this;
    const overTo = Math.max(0, load[to] + amount - limit[to]) - Math.max(0, load[to] - limit[to]);
    const overFrom =
      Math.max(0, load[from] - amount - limit[from]) - Math.max(0, load[from] - limit[from]);
    return this.penalty * (overTo + overFrom);
  }
}
