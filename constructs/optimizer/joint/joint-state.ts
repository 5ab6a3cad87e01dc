/** The table at which all apps of a joint search sit: their seats, the room they share, the links between them. */

import { PairRanking } from '../primitives/ranking';
import type { Limits, Problem, Work } from '../problem/problem';
import { SAME } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { AppState, writeUse } from './app-state';
import { linksHold } from './joint-evaluation';
import { KINDS, ResidualCapacity } from './residual-capacity';

/** One app exchanges a cluster for another; -1: for none. */
export interface Move {
  readonly app: number;
  readonly into: number;
  readonly out: number;
}

/** Seats and room, kept consistent: the room knows exactly what the seated apps use. */
export class JointState {
  readonly appStates: readonly AppState[];
  readonly residual: ResidualCapacity;
  /** By app: sits, with a set. */
  readonly isPlaced: Uint8Array;
  /** By cluster: counts the changes of who is there and of what they could do instead. */
  readonly version: Int32Array;
  /** Sum of all versions ever given: grows with every change. */
  clock = 0;
  readonly hasLinks: boolean;
  /** By app: use depends on load. */
  private readonly isLoadDependent: readonly boolean[];
  /** By app and kind: what a newcomer will need, guessed from demand divided by the least clusters of a set. */
  private readonly typicalUse: Float64Array;
  /** By cluster: seated apps that count against it, ascending. */
  private readonly appsByCluster: number[][];
  private readonly ranking: PairRanking;
  private readonly scratch = new Float64Array(2 * KINDS);

  constructor(
    readonly problem: Problem,
    limits: Limits,
    private readonly work: Work,
    /** A table of the same problem. */
    like?: JointState,
  ) {
    const { apps, clusters } = problem;
    const counted = apps.filter((app) => app.capacity !== 'none');
    this.residual = new ResidualCapacity(
      clusters,
      limits,
      Math.max(0, ...counted.map((app) => app.headroom)),
    );
    this.isLoadDependent = apps.map((app) => !this.residual.isLoadIndependent(app));
    this.appStates = apps.map(
      (app, a) => new AppState(app, limits, work, this.isLoadDependent[a], like?.appStates[a]),
    );
    this.isPlaced = new Uint8Array(apps.length);
    this.version = new Int32Array(clusters);
    this.hasLinks = problem.links.length > 0;
    this.typicalUse = new Float64Array(apps.length * KINDS);
    apps.forEach((app, a) => {
      const load = this.isLoadDependent[a]
        ? sum(app.requestsPerSecond) / Math.max(1, sizeRange(app).min)
        : 0;
      writeUse(app, load, this.typicalUse, a * KINDS);
    });
    this.appsByCluster = Array.from({ length: clusters }, () => []);
    this.ranking = like?.ranking ?? new PairRanking(clusters);
  }

  /** Seats an app with a set, whether or not it fits. */
  place(a: number, open: readonly number[]): void {
    this.remove(a);
    this.appStates[a].moveTo(open);
    this.isPlaced[a] = 1;
    this.count(a, 1);
  }

  remove(a: number): void {
    if (this.isPlaced[a] === 0) return;
    this.count(a, -1);
    this.isPlaced[a] = 0;
  }

  /** From here on the exchanges of an app are weighed by the pairs near its present set. */
  restrictToNear(a: number): void {
    this.appStates[a].restrictToNear(this.ranking);
  }

  private count(a: number, sign: 1 | -1): void {
    const { app, open, use } = this.appStates[a];
    this.clock++;
    for (let p = 0; p < open.length; p++) this.version[open[p]] = this.clock;
    if (app.capacity === 'none') return;
    for (let p = 0; p < open.length; p++) {
      this.residual.add(open[p], use, p * KINDS, sign);
      const users = this.appsByCluster[open[p]];
      if (sign === -1) users.splice(users.indexOf(a), 1);
      else {
        let at = users.length;
        while (at > 0 && users[at - 1] > a) at--;
        users.splice(at, 0, a);
      }
    }
  }

  /** Makes a step. */
  apply({ app, into, out }: Move): void {
    this.place(app, this.appStates[app].setAfter(into, out));
  }

  /** Apps that use the cluster and count against it. */
  appsOn(cluster: number): readonly number[] {
    return this.appsByCluster[cluster];
  }

  /** Whether no cluster would be fuller than it may be, or than it is, after these steps of different apps. */
  fitsAfter(steps: readonly Move[]): boolean {
    const { residual } = this;
    const before = new Map<number, number>();
    const grown: number[] = [];
    for (const step of steps) {
      this.forEachUseChange(step, (cluster, _, isGrowing) => {
        if (!before.has(cluster)) before.set(cluster, residual.excess(cluster));
        if (isGrowing) grown.push(cluster);
      });
    }
    this.addUse(steps, 1);
    const fits = grown.every((cluster) => {
      const now = residual.excess(cluster);
      return now === 0 || now < (before.get(cluster) ?? 0);
    });
    this.addUse(steps, -1);
    return fits;
  }

  /** The steps as far as the room is concerned, or back. */
  private addUse(steps: readonly Move[], sign: 1 | -1): void {
    for (const step of steps) {
      this.forEachUseChange(step, (cluster, uses) => {
        this.residual.add(cluster, uses, 0, sign);
        this.residual.add(cluster, uses, KINDS, sign === 1 ? -1 : 1);
      });
    }
  }

  /** What a step changes in the room: what is used of a cluster after it, then before it. */
  private forEachUseChange(
    { app: a, into, out }: Move,
    visit: (cluster: number, uses: Float64Array, isGrowing: boolean) => void,
  ): void {
    const { scratch } = this;
    const appState = this.appStates[a];
    const { app, open, load } = appState;
    if (app.capacity === 'none') return;
    const after = this.isLoadDependent[a] ? appState.loadAfter(into, out) : undefined;
    for (let p = 0; p < open.length; p++) {
      if (open[p] !== out && (after === undefined || after[p] === load[p])) continue;
      if (open[p] === out) scratch.fill(0, 0, KINDS);
      else writeUse(app, after?.[p] ?? 0, scratch, 0);
      for (let kind = 0; kind < KINDS; kind++)
        scratch[KINDS + kind] = appState.use[p * KINDS + kind];
      visit(open[p], scratch, open[p] !== out && (after?.[p] ?? 0) > load[p]);
    }
    if (into < 0) return;
    writeUse(app, after?.[open.length] ?? 0, scratch, 0);
    scratch.fill(0, KINDS);
    visit(into, scratch, true);
  }

  /** Whether the app would fit on the cluster with about its usual load there. */
  fitsWithTypicalUse(a: number, cluster: number): boolean {
    if (this.appStates[a].app.capacity === 'none') return true;
    return this.residual.fits(cluster, this.typicalUse, a * KINDS);
  }

  /** Whether the app would fit there instead of `out` (-1: besides the others), were `gone` (-1: nobody) not there. */
  fitsOn(a: number, into: number, out: number, gone: number): boolean {
    const appState = this.appStates[a];
    if (appState.app.capacity === 'none') return true;
    let uses = this.typicalUse;
    let at = a * KINDS;
    if (this.isLoadDependent[a]) {
      uses = this.scratch;
      at = 0;
      writeUse(appState.app, this.loadAt(a, into, out), uses, 0);
    }
    if (gone < 0) return this.residual.fits(into, uses, at);
    const { position, use } = this.appStates[gone];
    return this.residual.fits(into, uses, at, use, position[into] * KINDS);
  }

  /** Requests/s that an app would have at `into` instead of at `out` (-1: besides the others); 0 when its use does not depend on them. */
  loadAt(a: number, into: number, out: number): number {
    if (!this.isLoadDependent[a]) return 0;
    const appState = this.appStates[a];
    const { openedLoad, swappedLoad } = appState.nearSwaps();
    return out < 0
      ? openedLoad[into]
      : swappedLoad[appState.position[out] * appState.app.clusters + into];
  }

  /** Whether an app would use more of no other cluster of its set than there is, were it to make a step. */
  keepsOtherClustersFit({ app: a, into, out }: Move): boolean {
    // Whoever only comes leaves the others no more than they had.
    if (!this.isLoadDependent[a] || out < 0) return true;
    const appState = this.appStates[a];
    const { open, load } = appState;
    if (this.fitsAllTakeovers(appState, out)) return true;
    const after = appState.loadAfter(into, out);
    for (let p = 0; p < open.length; p++) {
      if (open[p] === out || after[p] <= load[p]) continue;
      writeUse(appState.app, after[p], this.scratch, 0);
      if (this.scratch[2] === appState.use[p * KINDS + 2] && !this.residual.isLimitedByLoad)
        continue;
      if (!this.residual.fits(open[p], this.scratch, 0, appState.use, p * KINDS)) return false;
    }
    return true;
  }

  /** Whether they would fit even if nothing of what `out` has went to a newcomer. */
  private fitsAllTakeovers(appState: AppState, out: number): boolean {
    const { open, load, use, position } = appState;
    const { spills, from } = appState.takeoversFrom(position[out]);
    for (let p = 0; p < open.length; p++) {
      const more = spills[from + p];
      if (more === 0 || open[p] === out) continue;
      writeUse(appState.app, load[p] + more, this.scratch, 0);
      if (!this.residual.fits(open[p], this.scratch, 0, use, p * KINDS)) return false;
    }
    return true;
  }

  /** The change of value by the step when it is legal, Infinity else. */
  legalChange({ app: a, into, out }: Move, expected: number): number {
    const appState = this.appStates[a];
    const open = appState.setAfter(into, out);
    if (this.hasLinks && !this.linksHoldWith(a, open)) return Number.POSITIVE_INFINITY;
    return appState.legalValue(open, appState.value + expected) - appState.value;
  }

  /** Links between seated apps, were `a` to have this set. */
  linksHoldWith(a: number, open: readonly number[]): boolean {
    if (!this.hasLinks) return true;
    const links = this.problem.links.filter(
      ({ app, other }) =>
        (app === a || other === a) &&
        (app === a || this.isPlaced[app] === 1) &&
        (other === a || this.isPlaced[other] === 1),
    );
    const sets = this.appStates.map((appState, b) => (b === a ? open : appState.open));
    return linksHold({ ...this.problem, links }, sets);
  }

  /** Who sits where, to come back to. */
  sets(): readonly (readonly number[] | undefined)[] {
    return this.appStates.map(({ open }, a) => (this.isPlaced[a] === 1 ? open : undefined));
  }

  /** Seats everybody as they were. */
  restore(sets: readonly (readonly number[] | undefined)[]): void {
    sets.forEach((open, a) => {
      if (open === undefined) this.remove(a);
      else if (this.isPlaced[a] === 0 || this.appStates[a].open !== open) this.place(a, open);
    });
  }

  /** The value of all seated apps. */
  value(): number {
    let value = 0;
    this.appStates.forEach((appState, a) => {
      if (this.isPlaced[a] === 1) value += appState.value;
    });
    return value;
  }

  /** How many apps sit. */
  placedCount(): number {
    return this.isPlaced.reduce((all, one) => all + one, 0);
  }

  /** The least change that counts as one, for an app. */
  leastGain(a: number): number {
    return -SAME * Math.max(1, Math.abs(this.appStates[a].value));
  }

  spend(work: number): void {
    this.work.spent += work;
  }

  isOutOfWork(): boolean {
    return this.work.spent > this.work.allowed;
  }
}

function sum(values: Float64Array): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
