/** The table at which all apps of a joint search sit: their seats, the room they share, the links between them. */

import type { AppProblem, Limits, Problem, Work } from './problem';
import { SAME } from './problem';
import { Room } from './room';
import { sizeRange } from './rules';
import { Seat } from './seat';
import { linksHold } from './together';

/** One app exchanges a cluster for another; -1: for none. */
export interface Step {
  readonly app: number;
  readonly into: number;
  readonly out: number;
}

/** An app at a cluster before and after a step, in requests/s. */
interface Effect {
  readonly app: AppProblem;
  readonly cluster: number;
  readonly before: number;
  readonly after: number;
}

const NOT_THERE = -1;

/** Seats and room, kept consistent: the room knows exactly what the seated apps use. */
export class Table {
  readonly seats: readonly Seat[];
  readonly room: Room;
  /** By app: use does not depend on load. */
  private readonly isFlat: readonly boolean[];
  /** By app: sits, with a set. */
  readonly isSeated: Uint8Array;
  private readonly hasLinks: boolean;
  /** By app: demand divided by the least clusters of a set: a guess of what a newcomer will need. */
  private readonly usual: Float64Array;

  constructor(
    readonly problem: Problem,
    limits: Limits,
    private readonly work: Work,
    /** A table of the same problem. */
    like?: Table,
  ) {
    const { apps, clusters } = problem;
    const counted = apps.filter((app) => app.capacity !== 'none');
    this.room = new Room(clusters, limits, Math.max(0, ...counted.map((app) => app.headroom)));
    this.seats = apps.map((app, a) => new Seat(app, limits, work, like?.seats[a]));
    this.isFlat = apps.map((app) => this.room.isFlat(app));
    this.isSeated = new Uint8Array(apps.length);
    this.hasLinks = problem.links.length > 0;
    this.usual = Float64Array.from(apps, (app, a) =>
      this.isFlat[a] ? 0 : sum(app.requestsPerSecond) / Math.max(1, sizeRange(app).min),
    );
  }

  /** Seats an app with a set, whether or not it fits. */
  seat(a: number, open: readonly number[]): void {
    this.leave(a);
    this.seats[a].take(open);
    this.isSeated[a] = 1;
    this.count(a, 1);
  }

  leave(a: number): void {
    if (this.isSeated[a] === 0) return;
    this.count(a, -1);
    this.isSeated[a] = 0;
  }

  private count(a: number, sign: 1 | -1): void {
    const { app, open, load } = this.seats[a];
    for (let p = 0; p < open.length; p++) this.room.use(app, open[p], load[p], sign);
  }

  /** Makes a step. */
  step({ app, into, out }: Step): void {
    this.seat(app, this.seats[app].after(into, out));
  }

  /** Apps other than `a` that use the cluster and count against it. */
  usersBeside(a: number, cluster: number): number[] {
    const users: number[] = [];
    for (let b = 0; b < this.seats.length; b++) {
      if (b === a || this.isSeated[b] === 0) continue;
      if (this.problem.apps[b].capacity !== 'none' && this.seats[b].isOpen(cluster)) users.push(b);
    }
    return users;
  }

  /** Whether no cluster would be fuller than it may be, or than it is, after these steps of different apps. */
  fitsAfter(steps: readonly Step[]): boolean {
    const { room } = this;
    const effects = steps.flatMap((step) => this.effectsOf(step));
    const grown = effects.filter(({ after, before }) => after > before);
    const excess = grown.map(({ cluster }) => room.excess(cluster));
    for (const effect of effects) this.apply(effect, 1);
    const fits = grown.every(({ cluster }, k) => {
      const now = room.excess(cluster);
      return now === 0 || now < excess[k];
    });
    for (const effect of effects) this.apply(effect, -1);
    return fits;
  }

  private apply({ app, cluster, before, after }: Effect, sign: 1 | -1): void {
    if (before !== NOT_THERE) this.room.use(app, cluster, before, sign === 1 ? -1 : 1);
    if (after !== NOT_THERE) this.room.use(app, cluster, after, sign);
  }

  /** What a step changes in the room: where the app comes, goes, and serves more or less. */
  private effectsOf({ app: a, into, out }: Step): Effect[] {
    const { app, open, load } = this.seats[a];
    if (app.capacity === 'none') return [];
    const effects: Effect[] = [];
    const add = (cluster: number, before: number, after: number) => {
      effects.push({ app, cluster, before, after });
    };
    if (this.isFlat[a]) {
      if (out >= 0) add(out, 0, NOT_THERE);
      if (into >= 0) add(into, NOT_THERE, 0);
      return effects;
    }
    const after = this.seats[a].loadAfter(into, out);
    for (let p = 0; p < open.length; p++) {
      if (open[p] === out) add(out, load[p], NOT_THERE);
      else if (after[p] !== load[p]) add(open[p], load[p], after[p]);
    }
    if (into >= 0) add(into, NOT_THERE, after[open.length]);
    return effects;
  }

  /** Whether the app would fit on the cluster with about its usual load there, were `gone` (-1: nobody) not there. */
  wouldFit(a: number, cluster: number, gone: number): boolean {
    const { room, seats } = this;
    if (gone >= 0) room.use(seats[gone].app, cluster, this.loadAt(gone, cluster), -1);
    const { app } = seats[a];
    room.use(app, cluster, this.usual[a], 1);
    const fits = room.excess(cluster) === 0;
    room.use(app, cluster, this.usual[a], -1);
    if (gone >= 0) room.use(seats[gone].app, cluster, this.loadAt(gone, cluster), 1);
    return fits;
  }

  private loadAt(a: number, cluster: number): number {
    const { open, load } = this.seats[a];
    return load[open.indexOf(cluster)];
  }

  /** The change of value by the step when it is legal, Infinity else. */
  changeBy({ app: a, into, out }: Step, expected: number): number {
    const seat = this.seats[a];
    const open = seat.after(into, out);
    if (this.hasLinks && !this.linksHoldWith(a, open)) return Number.POSITIVE_INFINITY;
    return seat.legalValue(open, seat.value + expected) - seat.value;
  }

  /** Links between seated apps, were `a` to have this set. */
  linksHoldWith(a: number, open: readonly number[]): boolean {
    if (!this.hasLinks) return true;
    const links = this.problem.links.filter(
      ({ app, other }) =>
        (app === a || other === a) &&
        (app === a || this.isSeated[app] === 1) &&
        (other === a || this.isSeated[other] === 1),
    );
    const sets = this.seats.map((seat, b) => (b === a ? open : seat.open));
    return linksHold({ ...this.problem, links }, sets);
  }

  /** The value of all seated apps. */
  value(): number {
    let value = 0;
    this.seats.forEach((seat, a) => {
      if (this.isSeated[a] === 1) value += seat.value;
    });
    return value;
  }

  /** The least change that counts as one, for an app. */
  leastGain(a: number): number {
    return -SAME * Math.max(1, Math.abs(this.seats[a].value));
  }

  spend(work: number): void {
    this.work.spent += work;
  }

  isTired(): boolean {
    return this.work.spent > this.work.allowed;
  }
}

function sum(values: Float64Array): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
