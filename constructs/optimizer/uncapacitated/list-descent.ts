/**
 * Local search on candidate lists where costs and rules about sets decide: lazy greedy (Minoux, 1978), then eager swaps
 * with the gains of all exchanges of one newcomer found in one pass over its list (Resende and Werneck, EJOR 174, 2007;
 * Schubert and Rousseeuw, arXiv 2008.05171). A sweep costs about the pairs of the lists plus clusters times set size.
 */

import type { CandidateLists } from '../primitives/candidate-lists';
import { ClosestTwo } from '../primitives/closest-two';
import { GainQueue } from '../primitives/gain-queue';
import { type AppProblem, SAME, type Work } from '../problem/problem';
import { Counters } from '../problem/rule-counters';
import { sizeRange } from '../problem/set-rules';
import { UNSERVED_COST_FACTOR } from '../single-app-options';

const { POSITIVE_INFINITY } = Number;

/** One local search over the sets of one app. */
export class ListDescent {
  readonly closestTwo: ClosestTwo;
  /** Cost of the last set evaluated, without capacity. */
  value = 0;
  private readonly counters: Counters;
  private readonly candidates: readonly number[];
  /** By open cluster: change of cost when it is closed after the newcomer has opened. */
  private readonly closingChange: Float64Array;
  private open: number[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly lists: CandidateLists,
    private readonly work: Work,
  ) {
    this.counters = new Counters(app);
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.closestTwo = new ClosestTwo(lists, unservedCosts(app, lists), work);
    this.closingChange = new Float64Array(app.clusters);
  }

  /** Required clusters, then each time the cluster that lowers violation most, then cost most; at most `most` clusters. */
  greedy(most = POSITIVE_INFINITY): number[] {
    const { app, counters } = this;
    const max = Math.min(most, sizeRange(app).max);
    this.begin(this.candidates.filter((cluster) => app.required[cluster] === 1));
    const queue = new GainQueue(this.candidates.filter((cluster) => app.required[cluster] === 0));
    while (counters.size < max) {
      const current = counters.violation();
      const violation = this.leastViolation();
      if (violation > current) break;
      const bestImprovement = queue.take(
        (cluster) => counters.violationAfter(cluster, -1) === violation,
        (cluster) => this.gainOf(cluster),
      );
      if (bestImprovement === undefined || (violation === current && bestImprovement.gain >= 0))
        break;
      this.openForGreedy(bestImprovement.cluster);
    }
    return [...this.open].sort((a, b) => a - b);
  }

  /** Improves a set until no add, drop or swap helps or the work is spent: first the rules, then the cost. */
  improve(start: readonly number[]): number[] {
    this.begin(start);
    const turns = this.candidates.length + 1;
    for (let turn = 0, idle = 0; idle < turns; turn++) {
      if (this.work.spent > this.work.allowed) break;
      const next = turn % turns;
      idle = this.exchange(next < this.candidates.length ? this.candidates[next] : -1)
        ? 0
        : idle + 1;
    }
    this.begin(this.open);
    return [...this.open];
  }

  /** Cost of a set without capacity; an estimate where an origin has no open cluster on its list. */
  costOf(open: readonly number[]): number {
    this.begin(open);
    return this.value;
  }

  /** First assignment multipliers: between the cheapest and second cheapest cost in the last set evaluated. */
  initialMultipliers(): Float64Array {
    const { firstCost, secondCost, first } = this.closestTwo;
    const { cap } = this.lists;
    return firstCost.map((nearest, u) => {
      if (first[u] < 0) return cap[u] < POSITIVE_INFINITY ? cap[u] : 0;
      return Math.min(cap[u], (nearest + Math.min(secondCost[u], 2 * nearest)) / 2);
    });
  }

  private begin(open: readonly number[]): void {
    this.counters.reset(open);
    this.open = [...open].sort((a, b) => a - b);
    this.closestTwo.reset(this.open);
    this.value = this.app.constantCost;
    for (const cluster of this.open) this.value += this.app.openCost[cluster];
    for (const cost of this.closestTwo.firstCost) this.value += cost;
  }

  private leastViolation(): number {
    let least = POSITIVE_INFINITY;
    for (const cluster of this.candidates) {
      if (this.counters.isOpen[cluster] === 1) continue;
      least = Math.min(least, this.counters.violationAfter(cluster, -1));
    }
    return least;
  }

  private gainOf(cluster: number): number {
    const { start, origin, cost } = this.lists;
    const { firstCost } = this.closestTwo;
    let gain = this.app.openCost[cluster];
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const better = cost[k] - firstCost[origin[k]];
      if (better < 0) gain += better;
    }
    this.work.spent += start[cluster + 1] - start[cluster];
    return gain;
  }

  /** Opens a cluster without keeping the second costs, which greedy does not need. */
  private openForGreedy(cluster: number): void {
    const { start, origin, cost } = this.lists;
    const { firstCost } = this.closestTwo;
    this.counters.open(cluster);
    this.open.push(cluster);
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      if (cost[k] < firstCost[origin[k]]) firstCost[origin[k]] = cost[k];
    }
  }

  /** Makes the best move that opens `into` (-1: only drops), if one helps. */
  private exchange(into: number): boolean {
    if (into >= 0 && this.counters.isOpen[into] === 1) return false;
    const gain = this.gainAndLosses(into);
    const out = this.counters.violation() > 0 ? this.bestRepair(into) : this.best(into, gain);
    if (out === undefined) return false;
    if (into >= 0) {
      this.counters.open(into);
      this.closestTwo.open(into);
      this.value += gain;
    }
    if (out >= 0) {
      this.counters.close(out);
      this.closestTwo.close(out);
      this.value += this.closingChange[out];
    }
    const next = this.open.filter((cluster) => cluster !== out);
    this.open = into < 0 ? next : insert(next, into);
    return true;
  }

  /** The change of cost by opening `into`; `loss` becomes what closing each open cluster would then add. */
  private gainAndLosses(into: number): number {
    const { closingChange, open } = this;
    const { first, firstCost, secondCost, closingCost } = this.closestTwo;
    const { openCost } = this.app;
    for (let i = 0; i < open.length; i++)
      closingChange[open[i]] = closingCost[open[i]] - openCost[open[i]];
    this.work.spent += open.length;
    if (into < 0) return 0;
    const { start, origin, cost } = this.lists;
    const end = start[into + 1];
    let gain = openCost[into];
    for (let k = start[into]; k < end; k++) {
      const u = origin[k];
      const second = secondCost[u];
      const here = cost[k];
      if (here >= second) continue;
      const nearest = firstCost[u];
      if (here < nearest) {
        gain += here - nearest;
        if (first[u] >= 0) closingChange[first[u]] += nearest - second;
      } else if (first[u] >= 0) closingChange[first[u]] += here - second;
    }
    this.work.spent += end - start[into];
    return gain;
  }

  /** The cluster to close in exchange (-1: none) for the move of least cost among those that lower it; undefined without one. */
  private best(into: number, gain: number): number | undefined {
    const { counters, open, closingChange } = this;
    let least = -SAME * Math.max(1, Math.abs(this.value));
    let best: number | undefined;
    if (into >= 0 && gain < least && counters.violationAfter(into, -1) === 0) {
      least = gain;
      best = -1;
    }
    for (let i = 0; i < open.length; i++) {
      const change = gain + closingChange[open[i]];
      if (change >= least || counters.violationAfter(into, open[i]) > 0) continue;
      least = change;
      best = open[i];
    }
    return best;
  }

  /** Like `best` for a set that breaks rules: the exchange that lowers violation most, then costs least. */
  private bestRepair(into: number): number | undefined {
    const { counters, open, closingChange } = this;
    let violation = counters.violation();
    let least = 0;
    let best: number | undefined;
    for (let i = into >= 0 ? -1 : 0; i < open.length; i++) {
      const out = i < 0 ? -1 : open[i];
      const after = counters.violationAfter(into, out);
      const change = i < 0 ? 0 : closingChange[out];
      if (after > violation || (after === violation && (best === undefined || change >= least))) {
        continue;
      }
      violation = after;
      least = change;
      best = out;
    }
    return best;
  }
}

function insert(open: readonly number[], cluster: number): number[] {
  const at = open.findIndex((one) => one > cluster);
  return at < 0 ? [...open, cluster] : [...open.slice(0, at), cluster, ...open.slice(at)];
}

/** Complete lists: more than all costs together. Shortened ones: somewhat more than the cheapest pair left out. */
function unservedCosts(app: AppProblem, lists: CandidateLists): Float64Array {
  const dearest = new Float64Array(app.origins);
  lists.cost.forEach((cost, k) => {
    if (cost > dearest[lists.origin[k]]) dearest[lists.origin[k]] = cost;
  });
  let all = 1;
  for (let u = 0; u < app.origins; u++) all += dearest[u];
  for (const cost of app.openCost) all += Math.abs(cost);
  return lists.cap.map((cap) => (cap < POSITIVE_INFINITY ? cap * UNSERVED_COST_FACTOR : all));
}
