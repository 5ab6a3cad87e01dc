/**
 * Local search on candidate lists where costs and rules about sets decide: lazy greedy (Minoux, 1978), then eager swaps
 * with the gains of all exchanges of one newcomer found in one pass over its list (Resende and Werneck, EJOR 174, 2007;
 * Schubert and Rousseeuw, arXiv 2008.05171). A sweep costs about the pairs of the lists plus clusters times set size.
 */
import { Counters } from './counters';
import type { Lists } from './lists';
import { type AppProblem, SAME, type Work } from './problem';
import { sizeRange } from './rules';

const { POSITIVE_INFINITY } = Number;

/** An origin none of whose listed clusters is open is taken to cost this many times the cheapest pair left out. */
const BEYOND = 1.5;

/** One local search over the sets of one app. */
export class Descent {
  private readonly counters: Counters;
  private readonly candidates: readonly number[];
  /** By origin: cost when no listed cluster is open. */
  private readonly far: Float64Array;
  /** Position in `open` of the cheapest open cluster, -1 without; the costs of the cheapest two. */
  private readonly first: Int32Array;
  private readonly firstCost: Float64Array;
  readonly secondCost: Float64Array;
  /** By position: change of cost when the cluster is closed. */
  private leaving = new Float64Array(0);
  private loss = new Float64Array(0);
  private open: number[] = [];
  /** Cost of the last set looked at, capacity aside. */
  value = 0;

  constructor(
    private readonly app: AppProblem,
    private readonly lists: Lists,
    private readonly work: Work,
  ) {
    this.counters = new Counters(app);
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.far = farCosts(app, lists);
    this.first = new Int32Array(app.origins);
    this.firstCost = new Float64Array(app.origins);
    this.secondCost = new Float64Array(app.origins);
  }

  /** Held clusters, then whichever helps the rules and, among those, the cost most; at most `most` clusters. */
  greedy(most = POSITIVE_INFINITY): number[] {
    const { app, counters } = this;
    const max = Math.min(most, sizeRange(app).max);
    this.begin(this.candidates.filter((cluster) => app.held[cluster] === 1));
    const gains = new Float64Array(app.clusters).fill(-POSITIVE_INFINITY);
    const fresh = new Int32Array(app.clusters).fill(-1);
    while (counters.size < max) {
      const violation = this.leastViolation();
      const best = this.freshest(violation, gains, fresh);
      const current = counters.violation();
      if (best < 0 || violation > current) break;
      if (violation === current && gains[best] >= 0) break;
      this.admit(best);
    }
    return [...counters.isOpen.keys()].filter((cluster) => counters.isOpen[cluster] === 1);
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
    return [...this.open];
  }

  /** Cost of a set, capacity aside; somewhat guessed where origins are served from beyond their lists. */
  costOf(open: readonly number[]): number {
    this.begin(open);
    return this.value;
  }

  /** Prices of origins to begin a bound with: between what the last set looked at pays and its second choice. */
  prices(): Float64Array {
    const { firstCost, secondCost, first, lists } = this;
    return firstCost.map((nearest, u) => {
      if (first[u] < 0) return lists.cap[u] < POSITIVE_INFINITY ? lists.cap[u] : 0;
      return Math.min(lists.cap[u], (nearest + Math.min(secondCost[u], 2 * nearest)) / 2);
    });
  }

  private begin(open: readonly number[]): void {
    this.counters.reset(open);
    this.open = [...open].sort((a, b) => a - b);
    this.measure();
  }

  private leastViolation(): number {
    let least = POSITIVE_INFINITY;
    for (const cluster of this.candidates) {
      if (this.counters.isOpen[cluster] === 1) continue;
      least = Math.min(least, this.counters.violationAfter(cluster, -1));
    }
    return least;
  }

  /** The closed cluster with the best gain among those that leave this violation. Gains only shrink as sets grow, so few are computed again. */
  private freshest(violation: number, gains: Float64Array, fresh: Int32Array): number {
    const { counters } = this;
    for (;;) {
      let best = -1;
      for (const cluster of this.candidates) {
        if (counters.isOpen[cluster] === 1) continue;
        if (best >= 0 && gains[cluster] >= gains[best]) continue;
        if (counters.violationAfter(cluster, -1) === violation) best = cluster;
      }
      if (best < 0 || fresh[best] === counters.size) return best;
      gains[best] = this.gainOf(best);
      fresh[best] = counters.size;
    }
  }

  private gainOf(cluster: number): number {
    const { start, origin, cost } = this.lists;
    let gain = this.app.openCost[cluster];
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      const better = cost[k] - this.firstCost[origin[k]];
      if (better < 0) gain += better;
    }
    this.work.spent += start[cluster + 1] - start[cluster];
    return gain;
  }

  /** Opens a cluster without keeping the second costs, which greedy does not need. */
  private admit(cluster: number): void {
    const { start, origin, cost } = this.lists;
    this.counters.open(cluster);
    for (let k = start[cluster]; k < start[cluster + 1]; k++) {
      if (cost[k] < this.firstCost[origin[k]]) this.firstCost[origin[k]] = cost[k];
    }
  }

  /** Cheapest two open clusters of every origin, what each open cluster's leaving would cost, the value of the set. */
  private measure(): void {
    const { first, firstCost, secondCost, open } = this;
    const { start, origin, cost } = this.lists;
    first.fill(-1);
    firstCost.set(this.far);
    secondCost.set(this.far);
    for (let position = 0; position < open.length; position++) {
      const end = start[open[position] + 1];
      for (let k = start[open[position]]; k < end; k++) {
        const u = origin[k];
        if (cost[k] < firstCost[u]) {
          secondCost[u] = firstCost[u];
          firstCost[u] = cost[k];
          first[u] = position;
        } else if (cost[k] < secondCost[u]) secondCost[u] = cost[k];
      }
      this.work.spent += end - start[open[position]];
    }
    this.leaving = Float64Array.from(open, (cluster) => -this.app.openCost[cluster]);
    this.loss = new Float64Array(open.length);
    this.value = this.app.constantCost;
    for (const cluster of open) this.value += this.app.openCost[cluster];
    for (let u = 0; u < first.length; u++) {
      this.value += firstCost[u];
      if (first[u] >= 0) this.leaving[first[u]] += secondCost[u] - firstCost[u];
    }
  }

  /** Makes the best move that lets `into` in (-1: only drops), if one helps. */
  private exchange(into: number): boolean {
    if (into >= 0 && this.counters.isOpen[into] === 1) return false;
    const gain = this.weigh(into);
    const out = this.counters.violation() > 0 ? this.mend(into) : this.best(into, gain);
    if (out === undefined) return false;
    const next = this.open.filter((cluster) => cluster !== out);
    if (into >= 0) next.push(into);
    if (out >= 0) this.counters.close(out);
    if (into >= 0) this.counters.open(into);
    this.open = next.sort((a, b) => a - b);
    this.measure();
    return true;
  }

  /** The change of cost by opening `into`; `loss` becomes what closing each open cluster would then add. */
  private weigh(into: number): number {
    const { first, firstCost, secondCost, loss } = this;
    loss.set(this.leaving);
    this.work.spent += loss.length;
    if (into < 0) return 0;
    const { start, origin, cost } = this.lists;
    const end = start[into + 1];
    let gain = this.app.openCost[into];
    for (let k = start[into]; k < end; k++) {
      const u = origin[k];
      const second = secondCost[u];
      const here = cost[k];
      if (here >= second) continue;
      const nearest = firstCost[u];
      if (here < nearest) {
        gain += here - nearest;
        if (first[u] >= 0) loss[first[u]] += nearest - second;
      } else if (first[u] >= 0) loss[first[u]] += here - second;
    }
    this.work.spent += end - start[into];
    return gain;
  }

  /** The cluster to close in exchange (-1: none) for the move of least cost among those that lower it; undefined without one. */
  private best(into: number, gain: number): number | undefined {
    const { counters, open, loss } = this;
    let least = -SAME * Math.max(1, Math.abs(this.value));
    let best: number | undefined;
    if (into >= 0 && gain < least && counters.violationAfter(into, -1) === 0) {
      least = gain;
      best = -1;
    }
    for (let position = 0; position < open.length; position++) {
      if (gain + loss[position] >= least) continue;
      if (counters.violationAfter(into, open[position]) > 0) continue;
      least = gain + loss[position];
      best = open[position];
    }
    return best;
  }

  /** Like `best` for a set that breaks rules: the exchange that mends most, then costs least. */
  private mend(into: number): number | undefined {
    const { counters, open, loss } = this;
    let violation = counters.violation();
    let least = 0;
    let best: number | undefined;
    for (let position = into >= 0 ? -1 : 0; position < open.length; position++) {
      const out = position < 0 ? -1 : open[position];
      const after = counters.violationAfter(into, out);
      const change = position < 0 ? 0 : loss[position];
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

/** Complete lists: more than all costs together. Shortened ones: somewhat more than the cheapest pair left out. */
function farCosts(app: AppProblem, lists: Lists): Float64Array {
  const dearest = new Float64Array(app.origins);
  lists.cost.forEach((cost, k) => {
    if (cost > dearest[lists.origin[k]]) dearest[lists.origin[k]] = cost;
  });
  let all = 1;
  for (let u = 0; u < app.origins; u++) all += dearest[u];
  for (const cost of app.openCost) all += Math.abs(cost);
  return lists.cap.map((cap) => (cap < POSITIVE_INFINITY ? cap * BEYOND : all));
}
