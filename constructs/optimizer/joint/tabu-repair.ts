/**
 * Squeezing in: where no chain of single moves leads out of a cluster that is too full, apps move or change places two by two
 * although some cluster stays too full for a while. Clusters that stay so weigh more and more (breakout; Morris, AAAI 1993), and
 * who left a cluster may not come back at once (tabu search, as for generalised assignment; Yagiura, Ibaraki and Glover, European
 * Journal of Operational Research 169, 2006). A round costs about users of a cluster x places that suit them x users there.
 */

import { usesAt } from './app-state';
import type { Step, Table } from './joint-state';
import { KINDS } from './residual-capacity';

/** Rounds per place that apps have or want, at the most. */
const ROUNDS = 3;
/** Rounds in which an app may not come back. */
const TENURE = 10;
/** By how much a cluster weighs more each time nothing but a loss helps. */
const HEAVIER = 0.2;

interface Move {
  readonly steps: readonly Step[];
  readonly change: number;
}

/** Moves seated apps until every cluster has room for those it has; true when that came about. */
export function squeeze(table: Table): boolean {
  return new Squeeze(table).run();
}

class Squeeze {
  /** By cluster: what being too full by its whole capacity costs, in units. */
  private readonly weights: Float64Array;
  /** What an app pays for a place, on average. */
  private readonly unit: number;
  private readonly places: number;
  /** By app and cluster: the round before which it may not come back. */
  private readonly barred = new Map<number, number>();
  private readonly uses = new Float64Array(2 * KINDS);

  constructor(private readonly table: Table) {
    const { clusters } = table.problem;
    this.weights = new Float64Array(clusters).fill(1);
    let places = 0;
    table.seats.forEach((seat, a) => {
      if (table.isSeated[a] === 1) places += seat.open.length;
    });
    this.places = places;
    this.unit = Math.abs(table.value()) / Math.max(1, places);
  }

  run(): boolean {
    const { table } = this;
    for (let round = 0; round < ROUNDS * this.places && !table.isTired(); round++) {
      const crowded = this.heaviest();
      if (crowded < 0) return true;
      const move = this.bestOutOf(crowded, round);
      if (move === undefined) {
        this.weights[crowded] += HEAVIER;
        continue;
      }
      for (const step of move.steps) {
        this.barred.set(this.keyOf(step.app, step.out), round + TENURE);
        table.step(step);
      }
      if (move.change >= 0) this.weigh();
    }
    return this.heaviest() < 0;
  }

  /** Every cluster that is too full now matters more. */
  private weigh(): void {
    const { weights, table } = this;
    for (let cluster = 0; cluster < weights.length; cluster++) {
      if (table.room.excess(cluster) > 0) weights[cluster] += HEAVIER;
    }
  }

  private heaviest(): number {
    const { weights, table } = this;
    let worst = -1;
    let most = 0;
    for (let cluster = 0; cluster < weights.length; cluster++) {
      const excess = table.room.excess(cluster) * weights[cluster];
      if (excess <= most) continue;
      most = excess;
      worst = cluster;
    }
    table.spend(weights.length / 4);
    return worst;
  }

  private keyOf(app: number, cluster: number): number {
    return app * this.weights.length + cluster;
  }

  private isBarred(app: number, cluster: number, round: number): boolean {
    return (this.barred.get(this.keyOf(app, cluster)) ?? 0) > round;
  }

  /** The best way for some app to leave a cluster: for a place somewhere else, or in exchange with somebody there. */
  private bestOutOf(cluster: number, round: number): Move | undefined {
    const { table } = this;
    let best: Move | undefined;
    for (const app of table.usersOf(cluster)) {
      const seat = table.seats[app];
      if (seat.app.held[cluster] === 1) continue;
      const swaps = seat.weighed();
      const position = seat.position[cluster];
      const row = position * seat.app.clusters;
      for (const into of swaps.placesFor(position)) {
        if (this.isBarred(app, into, round)) continue;
        const step = { app, into, out: cluster };
        const change = swaps.changes[row + into];
        best = this.better(best, [step], [change]);
        for (const other of table.usersOf(into)) {
          const back = this.backOf(other, into, cluster, round);
          if (back === undefined) continue;
          best = this.better(best, [step, back.step], [change, back.change]);
        }
      }
    }
    return best;
  }

  /** What somebody at `from` would pay to go to `to`; undefined when that is not possible. */
  private backOf(app: number, from: number, to: number, round: number) {
    const seat = this.table.seats[app];
    const isFree = seat.position[to] < 0 && seat.app.allowed[to] === 1;
    if (!isFree || seat.app.held[from] === 1 || this.isBarred(app, to, round)) return undefined;
    const { changes } = seat.weighed();
    const change = changes[seat.position[from] * seat.app.clusters + to];
    return { step: { app, into: to, out: from }, change };
  }

  private better(best: Move | undefined, steps: readonly Step[], costs: readonly number[]) {
    let change = 0;
    for (const cost of costs) change += cost;
    const [{ into, out }] = steps;
    change += this.unit * (this.relief(steps, out) + this.relief(steps, into));
    if (best !== undefined && change >= best.change) return best;
    const isLegal = steps.every(
      (step, k) => this.table.changeBy(step, costs[k]) < Number.POSITIVE_INFINITY,
    );
    return isLegal ? { steps, change } : best;
  }

  /** Change of the weighted excess of a cluster by steps into it and out of it; negative for less. */
  private relief(steps: readonly Step[], cluster: number): number {
    const { table, uses, weights } = this;
    uses.fill(0);
    for (const { app, into, out } of steps) {
      const seat = table.seats[app];
      if (out === cluster) {
        const at = seat.position[cluster] * KINDS;
        for (let kind = 0; kind < KINDS; kind++) uses[kind] -= seat.uses[at + kind];
      }
      if (into !== cluster) continue;
      usesAt(seat.app, table.arrivalAt(app, into, out), uses, KINDS);
      for (let kind = 0; kind < KINDS; kind++) uses[kind] += uses[KINDS + kind];
    }
    return weights[cluster] * (table.room.excess(cluster, uses) - table.room.excess(cluster));
  }
}
