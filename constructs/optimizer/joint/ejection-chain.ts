/**
 * Ejection chains: an app takes a place, whoever is in its way takes the next, until somebody finds room or the place that
 * the first one left (Glover, Discrete Applied Mathematics 65, 1996; cyclic exchanges of any length, Ahuja, Orlin and Sharma,
 * Operations Research Letters 31, 2003). The cheapest chain is a shortest path over the clusters: a label says who arrives
 * there and at what cost so far. A search costs about labels x users of a cluster x places that would suit them best.
 */
import { Heap } from '../primitives/heap';
import type { Step, Table } from './joint-state';

const { POSITIVE_INFINITY } = Number;

/** Steps of different apps and what they change together. */
export interface Chain {
  readonly steps: readonly Step[];
  readonly change: number;
}

/** Apps in one chain at the most. */
const LONGEST = 5;
/** Ends of chains that are tried before the search is given up: rules and real loads may refuse some. */
const MOST_TRIES = 6;
const NONE = -1;

/** Searches chains at one table. */
export class Chains {
  /** By cluster: the cheapest arrival there. Who arrives, instead of which cluster, from whose ejection it follows. */
  private readonly costs: Float64Array;
  private readonly arriving: Int32Array;
  private readonly leaving: Int32Array;
  private readonly from: Int32Array;
  private readonly depth: Int32Array;
  private readonly isDone: Uint8Array;
  private readonly queue: Heap;
  /** Clusters with a label. */
  private reached: number[] = [];
  /** What a chain must stay below: the limit, or the cost of the cheapest end met while that cuts off dearer ones. */
  private nearestEnd = POSITIVE_INFINITY;
  private isPruning = true;
  /** Ends that were not legal. */
  private refused = 0;
  /** By app: what a search that found nothing had looked at, and when. */
  private readonly seen: (
    | { readonly at: number; readonly clusters: readonly number[] }
    | undefined
  )[];

  /** `longest`: apps in one chain at the most. */
  constructor(
    private readonly table: Table,
    private readonly longest = LONGEST,
  ) {
    const { clusters, apps } = table.problem;
    this.costs = new Float64Array(clusters);
    this.arriving = new Int32Array(clusters).fill(NONE);
    this.leaving = new Int32Array(clusters);
    this.from = new Int32Array(clusters);
    this.depth = new Int32Array(clusters);
    this.isDone = new Uint8Array(clusters);
    this.queue = new Heap(clusters);
    this.seen = apps.map(() => undefined);
  }

  /** The cheapest chain that begins with app `a` moving; its change is below `limit`. */
  startingWith(a: number, limit: number): Chain | undefined {
    if (this.isAsBefore(a)) return undefined;
    const { table } = this;
    const clock = table.clock;
    const looked = new Set<number>(table.seats[a].open);
    const chain = this.cheapest(limit, looked, () => this.begin(a));
    this.seen[a] = chain === undefined ? { at: clock, clusters: [...looked] } : undefined;
    return chain;
  }

  /** The cheapest chain that takes some app out of `cluster`. */
  outOf(cluster: number): Chain | undefined {
    return this.cheapest(POSITIVE_INFINITY, undefined, () => {
      for (const b of this.table.usersOf(cluster)) this.leave(b, cluster, NONE);
    });
  }

  /** True when a search found nothing, and nothing it looked at has changed. */
  private isAsBefore(a: number): boolean {
    const seen = this.seen[a];
    if (seen === undefined || this.table.hasLinks) return false;
    const { version } = this.table;
    return seen.clusters.every((cluster) => version[cluster] <= seen.at);
  }

  /** Chains dearer than an end already met are of no interest, unless that end turns out not to be legal. */
  private cheapest(
    limit: number,
    looked: Set<number> | undefined,
    begin: () => void,
  ): Chain | undefined {
    for (this.isPruning = true; ; this.isPruning = false) {
      this.clear(limit);
      begin();
      const chain = this.shortest(limit, looked);
      for (const cluster of this.reached) looked?.add(cluster);
      if (chain !== undefined || !this.isPruning || this.refused === 0) return chain;
    }
  }

  private begin(a: number): void {
    const seat = this.table.seats[a];
    const { gains, bestChange, bestPosition } = seat.weighed();
    const mayGrow = seat.mayGrow();
    const { costs } = this;
    for (let into = 0; into < costs.length; into++) {
      if (mayGrow && gains[into] < costs[into]) this.offer(a, into, NONE, gains[into], NONE);
      if (bestChange[into] >= costs[into]) continue;
      this.offer(a, into, seat.open[bestPosition[into]], bestChange[into], NONE);
    }
  }

  private clear(limit: number): void {
    for (const cluster of this.reached) this.arriving[cluster] = NONE;
    this.reached = [];
    this.costs.fill(limit);
    this.isDone.fill(0);
    this.queue.clear();
    this.nearestEnd = limit;
    this.refused = 0;
  }

  private offer(app: number, into: number, out: number, cost: number, from: number): void {
    if (cost >= this.nearestEnd || !this.table.othersFit({ app, into, out })) return;
    if (this.arriving[into] === NONE) this.reached.push(into);
    this.costs[into] = cost;
    this.arriving[into] = app;
    this.leaving[into] = out;
    this.from[into] = from;
    this.depth[into] = from === NONE ? 1 : this.depth[from] + 1;
    this.queue.push(into, cost);
    if (this.isPruning && this.isEnd(into)) this.nearestEnd = cost;
  }

  /** Dijkstra's search: as if nobody gained by being ejected, which the turn of that app would find anyway. */
  private shortest(limit: number, looked: Set<number> | undefined): Chain | undefined {
    const { table, queue, isDone, costs } = this;
    while (this.refused < MOST_TRIES) {
      const cluster = queue.pop();
      if (cluster < 0) return undefined;
      if (isDone[cluster] === 1 || queue.key > costs[cluster]) continue;
      isDone[cluster] = 1;
      if (this.isEnd(cluster)) {
        const chain = this.legal(cluster, limit, looked);
        if (chain !== undefined) return chain;
        this.refused++;
      } else if (this.depth[cluster] < this.longest) this.extend(cluster);
      table.spend(1);
    }
    return undefined;
  }

  /** Whoever is there makes room for the one who arrives. */
  private extend(cluster: number): void {
    const { table } = this;
    const app = this.arriving[cluster];
    const out = this.leaving[cluster];
    for (const b of table.usersOf(cluster)) {
      if (this.isIn(cluster, b) || !table.fitsThere(app, cluster, out, b)) continue;
      this.leave(b, cluster, cluster);
    }
  }

  private leave(b: number, cluster: number, from: number): void {
    const seat = this.table.seats[b];
    if (seat.app.held[cluster] === 1) return;
    const swaps = seat.weighed();
    const position = seat.position[cluster];
    const row = position * seat.app.clusters;
    const { costs, isDone } = this;
    const { changes } = swaps;
    const before = from === NONE ? 0 : costs[from];
    const places = swaps.placesFor(position);
    this.table.spend(places.length);
    for (let k = 0; k < places.length; k++) {
      const into = places[k];
      const cost = before + changes[row + into];
      if (cost >= this.nearestEnd) return;
      if (cost >= costs[into] || isDone[into] === 1) continue;
      this.offer(b, into, cluster, cost, from);
    }
  }

  private isEnd(cluster: number): boolean {
    const { table, from } = this;
    const app = this.arriving[cluster];
    const out = this.leaving[cluster];
    if (table.fitsThere(app, cluster, out, NONE)) return true;
    let first = from[cluster];
    if (first === NONE) return false;
    while (from[first] !== NONE) first = from[first];
    if (this.leaving[first] !== cluster) return false;
    return table.fitsThere(app, cluster, out, this.arriving[first]);
  }

  private legal(end: number, limit: number, looked: Set<number> | undefined): Chain | undefined {
    const { table, arriving, leaving, from, costs } = this;
    const steps: Step[] = [];
    const expected: number[] = [];
    for (let at = end; at !== NONE; at = from[at]) {
      steps.push({ app: arriving[at], into: at, out: leaving[at] });
      expected.push(costs[at] - (from[at] === NONE ? 0 : costs[from[at]]));
      // What decides here is the load of all their clusters.
      for (const cluster of table.seats[arriving[at]].open) looked?.add(cluster);
    }
    if (!table.fitsAfter(steps)) return undefined;
    let change = 0;
    for (let k = 0; k < steps.length && change < POSITIVE_INFINITY; k++) {
      change += table.changeBy(steps[k], expected[k]);
    }
    return change < limit ? { steps, change } : undefined;
  }

  private isIn(cluster: number, app: number): boolean {
    for (let at = cluster; at !== NONE; at = this.from[at]) {
      if (this.arriving[at] === app) return true;
    }
    return false;
  }
}
