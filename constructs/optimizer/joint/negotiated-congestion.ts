/**
 * Negotiation: apps take turns in choosing anew while clusters that are too full get dearer, until few are (negotiated congestion;
 * McMurchie and Ebeling, FPGA 1995). What a cluster charges lasts as a price of its limits does in a Lagrangian relaxation,
 * and on top comes what the newcomer alone would make too full. A round looks once at all exchanges of every app.
 */

import { power } from '../../model/trigonometry';
import { usesAt } from './app-state';
import type { Table } from './joint-state';
import { KINDS } from './residual-capacity';

const { POSITIVE_INFINITY } = Number;

const ROUNDS = 20;
/** Share of a usual place's worth by which a limit that is exceeded by one usual app gets dearer in the first round. */
const FIRST_STEP = 0.1;
const STEP_DECAY = 0.9;
/** What a newcomer that does not fit pays in the first and in the last round, in usual places. */
const FIRST_CHARGE = 0.05;
const LAST_CHARGE = 0.5;
/** Exchanges of one app in its turn at the most. */
const MOST_EXCHANGES = 2;

/** Lets the seated apps move until clusters have about the room they need; some may still be too full. */
export function negotiate(table: Table): void {
  new Negotiation(table).run();
}

class Negotiation {
  /** Price per unit, [cluster * KINDS + kind]. */
  private readonly prices: Float64Array;
  /** By kind: what an app uses of a cluster on average. */
  private readonly usual = new Float64Array(KINDS);
  /** What a place is worth on average. */
  private readonly worth: number;
  private readonly uses = new Float64Array(KINDS);
  private charge = 0;

  constructor(private readonly table: Table) {
    this.prices = new Float64Array(table.room.used.length);
    let places = 0;
    table.seats.forEach(({ uses, open, app }, a) => {
      if (table.isSeated[a] === 0 || app.capacity === 'none') return;
      places += open.length;
      for (let at = 0; at < uses.length; at++) this.usual[at % KINDS] += uses[at];
    });
    for (let kind = 0; kind < KINDS; kind++) this.usual[kind] /= Math.max(1, places);
    this.worth = Math.abs(table.value()) / Math.max(1, places);
  }

  run(): void {
    const { table } = this;
    let step = FIRST_STEP;
    for (let round = 0; round < ROUNDS && !table.isTired(); round++) {
      this.charge = FIRST_CHARGE * power(LAST_CHARGE / FIRST_CHARGE, round / (ROUNDS - 1));
      for (let a = 0; a < table.seats.length; a++) {
        if (table.isSeated[a] === 1 && table.seats[a].app.capacity !== 'none') this.turn(a);
      }
      if (!this.reprice(step)) return;
      step *= STEP_DECAY;
    }
  }

  /** Prices follow what is used; false when everything fits. */
  private reprice(step: number): boolean {
    const { prices, usual, worth } = this;
    const { used, capacity, most } = this.table.room;
    let isOver = false;
    for (let at = 0; at < prices.length; at++) {
      const unit = usual[at % KINDS];
      if (capacity[at] === POSITIVE_INFINITY || unit === 0) continue;
      if (used[at] > most[at]) isOver = true;
      const over = Math.max(-1, Math.min(1, (used[at] - capacity[at]) / unit));
      prices[at] = Math.max(0, prices[at] + (step * worth * over) / unit);
    }
    return isOver;
  }

  /** One app chooses anew, exchange by exchange. */
  private turn(a: number): void {
    const { table } = this;
    table.leave(a);
    for (let k = 0; k < MOST_EXCHANGES; k++) if (!this.exchange(a)) break;
    table.seat(a, table.seats[a].open);
  }

  private exchange(a: number): boolean {
    const { table } = this;
    const seat = table.seats[a];
    const { clusters, held } = seat.app;
    const { changes } = seat.weighed();
    let least = table.leastGain(a);
    let into = -1;
    let out = -1;
    for (let p = 0; p < seat.open.length; p++) {
      const from = seat.open[p];
      if (held[from] === 1) continue;
      const saved = this.rent(a, from, seat.load[p]);
      const row = p * clusters;
      for (let cluster = 0; cluster < clusters; cluster++) {
        const change = changes[row + cluster] - saved;
        if (change >= least) continue;
        const paid = change + this.rent(a, cluster, table.arrivalAt(a, cluster, from));
        if (paid >= least) continue;
        const step = { app: a, into: cluster, out: from };
        if (table.changeBy(step, changes[row + cluster]) === POSITIVE_INFINITY) continue;
        least = paid;
        into = cluster;
        out = from;
      }
    }
    table.spend(clusters * seat.open.length);
    if (into < 0) return false;
    seat.take(seat.after(into, out));
    return true;
  }

  /** What a cluster charges an app that is not there. */
  private rent(a: number, cluster: number, load: number): number {
    const { uses, prices, table, usual } = this;
    usesAt(table.seats[a].app, load, uses, 0);
    const { used, most, limited } = table.room;
    let rent = 0;
    let over = 0;
    for (let k = 0; k < limited.length; k++) {
      const kind = limited[k];
      const at = cluster * KINDS + kind;
      rent += prices[at] * uses[kind];
      const missing = used[at] + uses[kind] - most[at];
      if (missing > 0) over = Math.max(over, Math.min(missing, uses[kind]) / usual[kind]);
    }
    return rent + this.charge * this.worth * over;
  }
}
