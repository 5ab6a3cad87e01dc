/**
 * Ejection chains: an app takes a place, whoever is in its way takes the next, until somebody finds room or the place that
 * the first one left (Glover, Discrete Applied Mathematics 65, 1996; cyclic exchanges of any length, Ahuja, Orlin and Sharma,
 * Operations Research Letters 31, 2003). The cheapest chain is a shortest path over the clusters: a label says who arrives
 * there and at what cost so far. A search costs about labels x users of a cluster x candidates.
 */
import type { Step, Table } from './table';

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

interface Label {
  readonly step: Step;
  readonly cost: number;
  readonly depth: number;
  readonly from: Label | undefined;
}

/** Searches chains at one table. */
export class Chains {
  private readonly clusters: number;
  /** By cluster: the cheapest arrival there, and whether it was looked at. */
  private readonly labels: (Label | undefined)[];
  private readonly costs: Float64Array;
  private readonly isDone: Uint8Array;
  /** Cost of the cheapest end met, while that cuts off dearer chains. */
  private nearestEnd = POSITIVE_INFINITY;
  private isPruning = true;
  /** Ends that were not legal. */
  private refused = 0;

  /** `longest`: apps in one chain at the most. */
  constructor(
    private readonly table: Table,
    private readonly longest = LONGEST,
  ) {
    this.clusters = table.problem.clusters;
    this.labels = new Array(this.clusters).fill(undefined);
    this.costs = new Float64Array(this.clusters);
    this.isDone = new Uint8Array(this.clusters);
  }

  /** The cheapest chain that begins with app `a` moving; its change is below `limit`. */
  from(a: number, limit: number): Chain | undefined {
    return this.cheapest(limit, () => this.begin(a));
  }

  /** The cheapest chain that takes some app out of `cluster`. */
  outOf(cluster: number): Chain | undefined {
    return this.cheapest(POSITIVE_INFINITY, () => {
      for (const b of this.table.usersBeside(-1, cluster)) this.leave(b, cluster, undefined);
    });
  }

  /** Chains dearer than an end already met are of no interest, unless that end turns out not to be legal. */
  private cheapest(limit: number, begin: () => void): Chain | undefined {
    for (this.isPruning = true; ; this.isPruning = false) {
      this.clear(limit);
      this.refused = 0;
      begin();
      const chain = this.shortest(limit);
      if (chain !== undefined || !this.isPruning || this.refused === 0) return chain;
    }
  }

  private begin(a: number): void {
    const seat = this.table.seats[a];
    seat.refresh();
    const { candidates } = seat;
    for (let i = 0; i < candidates.length; i++) {
      if (seat.isOpenAt[i] === 1) continue;
      const into = candidates[i];
      if (seat.mayGrow() && seat.gain(i) < this.costs[into]) {
        this.offer({ app: a, into, out: -1 }, seat.gain(i), undefined);
      }
      const position = seat.bestPlace(i);
      if (position < 0 || seat.change(i, position) >= this.costs[into]) continue;
      this.offer({ app: a, into, out: seat.open[position] }, seat.change(i, position), undefined);
    }
  }

  private clear(limit: number): void {
    this.labels.fill(undefined);
    this.costs.fill(limit);
    this.isDone.fill(0);
    this.nearestEnd = POSITIVE_INFINITY;
  }

  private offer(step: Step, cost: number, from: Label | undefined): void {
    if (cost >= this.nearestEnd) return;
    const label = { step, cost, depth: (from?.depth ?? 0) + 1, from };
    this.costs[step.into] = cost;
    this.labels[step.into] = label;
    if (this.isPruning && this.isEnd(label)) this.nearestEnd = cost;
  }

  /** Dijkstra's search: as if nobody gained by being ejected, which the turn of that app would find anyway. */
  private shortest(limit: number): Chain | undefined {
    const { table } = this;
    while (this.refused < MOST_TRIES) {
      const label = this.nearest();
      if (label === undefined) return undefined;
      this.isDone[label.step.into] = 1;
      table.spend(this.clusters);
      if (this.isEnd(label)) {
        const chain = this.legal(label, limit);
        if (chain !== undefined) return chain;
        this.refused++;
      } else if (label.depth < this.longest) this.extend(label);
    }
    return undefined;
  }

  private nearest(): Label | undefined {
    const { costs, isDone, labels } = this;
    let best = -1;
    for (let cluster = 0; cluster < this.clusters; cluster++) {
      if (isDone[cluster] === 1 || labels[cluster] === undefined) continue;
      if (best < 0 || costs[cluster] < costs[best]) best = cluster;
    }
    return best < 0 ? undefined : labels[best];
  }

  /** Whoever is there makes room for the one who arrives. */
  private extend(label: Label): void {
    const cluster = label.step.into;
    for (const b of this.table.usersBeside(label.step.app, cluster)) {
      if (isIn(label, b) || !this.table.wouldFit(label.step.app, cluster, b)) continue;
      this.leave(b, cluster, label);
    }
  }

  private leave(b: number, cluster: number, from: Label | undefined): void {
    const seat = this.table.seats[b];
    if (seat.app.held[cluster] === 1) return;
    seat.refresh();
    const position = seat.open.indexOf(cluster);
    const { costs, isDone } = this;
    const { candidates, isOpenAt } = seat;
    const before = from?.cost ?? 0;
    const changes = seat.changesFrom(position);
    this.table.spend(candidates.length);
    for (let i = 0; i < candidates.length; i++) {
      const into = candidates[i];
      const cost = before + changes[i];
      if (cost >= this.nearestEnd || cost >= costs[into] || isOpenAt[i] === 1 || isDone[into] === 1)
        continue;
      this.offer({ app: b, into, out: cluster }, cost, from);
    }
  }

  private isEnd({ step, from }: Label): boolean {
    if (this.table.wouldFit(step.app, step.into, -1)) return true;
    let first = from;
    while (first?.from !== undefined) first = first.from;
    if (first?.step.out !== step.into) return false;
    return this.table.wouldFit(step.app, step.into, first.step.app);
  }

  private legal(end: Label, limit: number): Chain | undefined {
    const steps: Step[] = [];
    const costs: number[] = [];
    for (let label: Label | undefined = end; label !== undefined; label = label.from) {
      steps.push(label.step);
      costs.push(label.cost - (label.from?.cost ?? 0));
    }
    if (!this.table.fitsAfter(steps)) return undefined;
    let change = 0;
    for (let k = 0; k < steps.length && change < POSITIVE_INFINITY; k++) {
      change += this.table.changeBy(steps[k], costs[k]);
    }
    return change < limit ? { steps, change } : undefined;
  }
}

function isIn(label: Label, app: number): boolean {
  for (let one: Label | undefined = label; one !== undefined; one = one.from) {
    if (one.step.app === app) return true;
  }
  return false;
}
