/** The table at which all apps of a joint search sit: their seats, the room they share, the links between them. */

import { Ranking } from '../primitives/ranking';
import type { Limits, Problem, Work } from '../problem/problem';
import { SAME } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { Guest, usesAt } from './app-state';
import { linksHold } from './joint-evaluation';
import { KINDS, Room } from './residual-capacity';

/** One app exchanges a cluster for another; -1: for none. */
export interface Step {
  readonly app: number;
  readonly into: number;
  readonly out: number;
}

/** Seats and room, kept consistent: the room knows exactly what the seated apps use. */
export class Table {
  readonly seats: readonly Guest[];
  readonly room: Room;
  /** By app: sits, with a set. */
  readonly isSeated: Uint8Array;
  /** By cluster: counts the changes of who is there and of what they could do instead. */
  readonly version: Int32Array;
  /** Sum of all versions ever given: grows with every change. */
  clock = 0;
  readonly hasLinks: boolean;
  /** By app: use depends on load. */
  private readonly isLoaded: readonly boolean[];
  /** By app and kind: what a newcomer will need, guessed from demand divided by the least clusters of a set. */
  private readonly usual: Float64Array;
  /** By cluster: seated apps that count against it, ascending. */
  private readonly users: number[][];
  private readonly ranking: Ranking;
  private readonly uses = new Float64Array(2 * KINDS);

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
    this.isLoaded = apps.map((app) => !this.room.isFlat(app));
    this.seats = apps.map(
      (app, a) => new Guest(app, limits, work, this.isLoaded[a], like?.seats[a]),
    );
    this.isSeated = new Uint8Array(apps.length);
    this.version = new Int32Array(clusters);
    this.hasLinks = problem.links.length > 0;
    this.usual = new Float64Array(apps.length * KINDS);
    apps.forEach((app, a) => {
      const load = this.isLoaded[a]
        ? sum(app.requestsPerSecond) / Math.max(1, sizeRange(app).min)
        : 0;
      usesAt(app, load, this.usual, a * KINDS);
    });
    this.users = Array.from({ length: clusters }, () => []);
    this.ranking = like?.ranking ?? new Ranking(clusters);
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

  /** From here on the exchanges of an app are weighed by the pairs near its present set. */
  rank(a: number): void {
    this.seats[a].rank(this.ranking);
  }

  private count(a: number, sign: 1 | -1): void {
    const { app, open, uses } = this.seats[a];
    this.clock++;
    for (let p = 0; p < open.length; p++) this.version[open[p]] = this.clock;
    if (app.capacity === 'none') return;
    for (let p = 0; p < open.length; p++) {
      this.room.use(open[p], uses, p * KINDS, sign);
      const users = this.users[open[p]];
      if (sign === -1) users.splice(users.indexOf(a), 1);
      else {
        let at = users.length;
        while (at > 0 && users[at - 1] > a) at--;
        users.splice(at, 0, a);
      }
    }
  }

  /** Makes a step. */
  step({ app, into, out }: Step): void {
    this.seat(app, this.seats[app].after(into, out));
  }

  /** Apps that use the cluster and count against it. */
  usersOf(cluster: number): readonly number[] {
    return this.users[cluster];
  }

  /** Whether no cluster would be fuller than it may be, or than it is, after these steps of different apps. */
  fitsAfter(steps: readonly Step[]): boolean {
    const { room } = this;
    const before = new Map<number, number>();
    const grown: number[] = [];
    for (const step of steps) {
      this.forEachEffect(step, (cluster, _, isGrowing) => {
        if (!before.has(cluster)) before.set(cluster, room.excess(cluster));
        if (isGrowing) grown.push(cluster);
      });
    }
    this.apply(steps, 1);
    const fits = grown.every((cluster) => {
      const now = room.excess(cluster);
      return now === 0 || now < (before.get(cluster) ?? 0);
    });
    this.apply(steps, -1);
    return fits;
  }

  /** The steps as far as the room is concerned, or back. */
  private apply(steps: readonly Step[], sign: 1 | -1): void {
    for (const step of steps) {
      this.forEachEffect(step, (cluster, uses) => {
        this.room.use(cluster, uses, 0, sign);
        this.room.use(cluster, uses, KINDS, sign === 1 ? -1 : 1);
      });
    }
  }

  /** What a step changes in the room: what is used of a cluster after it, then before it. */
  private forEachEffect(
    { app: a, into, out }: Step,
    visit: (cluster: number, uses: Float64Array, isGrowing: boolean) => void,
  ): void {
    const { uses } = this;
    const seat = this.seats[a];
    const { app, open, load } = seat;
    if (app.capacity === 'none') return;
    const after = this.isLoaded[a] ? seat.loadAfter(into, out) : undefined;
    for (let p = 0; p < open.length; p++) {
      if (open[p] !== out && (after === undefined || after[p] === load[p])) continue;
      if (open[p] === out) uses.fill(0, 0, KINDS);
      else usesAt(app, after?.[p] ?? 0, uses, 0);
      for (let kind = 0; kind < KINDS; kind++) uses[KINDS + kind] = seat.uses[p * KINDS + kind];
      visit(open[p], uses, open[p] !== out && (after?.[p] ?? 0) > load[p]);
    }
    if (into < 0) return;
    usesAt(app, after?.[open.length] ?? 0, uses, 0);
    uses.fill(0, KINDS);
    visit(into, uses, true);
  }

  /** Whether the app would fit on the cluster with about its usual load there. */
  wouldFit(a: number, cluster: number): boolean {
    if (this.seats[a].app.capacity === 'none') return true;
    return this.room.fits(cluster, this.usual, a * KINDS);
  }

  /** Whether the app would fit there instead of `out` (-1: besides the others), were `gone` (-1: nobody) not there. */
  fitsThere(a: number, into: number, out: number, gone: number): boolean {
    const seat = this.seats[a];
    if (seat.app.capacity === 'none') return true;
    let uses = this.usual;
    let at = a * KINDS;
    if (this.isLoaded[a]) {
      uses = this.uses;
      at = 0;
      usesAt(seat.app, this.arrivalAt(a, into, out), uses, 0);
    }
    if (gone < 0) return this.room.fits(into, uses, at);
    const { position, uses: freed } = this.seats[gone];
    return this.room.fits(into, uses, at, freed, position[into] * KINDS);
  }

  /** Requests/s that an app would have at `into` instead of at `out` (-1: besides the others); 0 when its use does not depend on them. */
  arrivalAt(a: number, into: number, out: number): number {
    if (!this.isLoaded[a]) return 0;
    const seat = this.seats[a];
    const { arrivals, arrivalsFrom } = seat.weighed();
    return out < 0 ? arrivals[into] : arrivalsFrom[seat.position[out] * seat.app.clusters + into];
  }

  /** Whether an app would use more of no other cluster of its set than there is, were it to make a step. */
  othersFit({ app: a, into, out }: Step): boolean {
    // Whoever only comes leaves the others no more than they had.
    if (!this.isLoaded[a] || out < 0) return true;
    const seat = this.seats[a];
    const { open, load } = seat;
    if (this.wouldFitAll(seat, out)) return true;
    const after = seat.loadAfter(into, out);
    for (let p = 0; p < open.length; p++) {
      if (open[p] === out || after[p] <= load[p]) continue;
      usesAt(seat.app, after[p], this.uses, 0);
      if (this.uses[2] === seat.uses[p * KINDS + 2] && !this.room.isLimitedByLoad) continue;
      if (!this.room.fits(open[p], this.uses, 0, seat.uses, p * KINDS)) return false;
    }
    return true;
  }

  /** Whether they would fit even if nothing of what `out` has went to a newcomer. */
  private wouldFitAll(seat: Guest, out: number): boolean {
    const { open, load, uses, position } = seat;
    const { spills, from } = seat.spillsFrom(position[out]);
    for (let p = 0; p < open.length; p++) {
      const more = spills[from + p];
      if (more === 0 || open[p] === out) continue;
      usesAt(seat.app, load[p] + more, this.uses, 0);
      if (!this.room.fits(open[p], this.uses, 0, uses, p * KINDS)) return false;
    }
    return true;
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

  /** Who sits where, to come back to. */
  sets(): readonly (readonly number[] | undefined)[] {
    return this.seats.map(({ open }, a) => (this.isSeated[a] === 1 ? open : undefined));
  }

  /** Seats everybody as they were. */
  restore(sets: readonly (readonly number[] | undefined)[]): void {
    sets.forEach((open, a) => {
      if (open === undefined) this.leave(a);
      else if (this.isSeated[a] === 0 || this.seats[a].open !== open) this.seat(a, open);
    });
  }

  /** The value of all seated apps. */
  value(): number {
    let value = 0;
    this.seats.forEach((seat, a) => {
      if (this.isSeated[a] === 1) value += seat.value;
    });
    return value;
  }

  /** How many apps sit. */
  seated(): number {
    return this.isSeated.reduce((all, one) => all + one, 0);
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
