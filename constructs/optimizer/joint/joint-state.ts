/** The state of a joint search: the set of every app, the use of each cluster, and the links between apps. */

import { PairRanking } from '../primitives/ranking';
import type { Limits, Problem, Work } from '../problem/problem';
import { SAME } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { AppState } from './app-state';
import { KINDS, ResidualCapacity, writeUse } from './assignment/residual-capacity';
import { linksHold } from './joint-evaluation';

/** One app opens cluster `into` and closes cluster `out`; -1: none. */
export interface Move {
  readonly app: number;
  readonly into: number;
  readonly out: number;
}

/** Sets of apps and residual capacity, kept consistent: the capacity in use is exactly that of the placed apps. */
export class JointState {
  readonly appStates: readonly AppState[];
  readonly residual: ResidualCapacity;
  /** By app: 1 when it is placed. */
  readonly isPlaced: Uint8Array;
  /** By cluster: the clock of the last change to a set that holds it. */
  readonly version: Int32Array;
  /** Counts changes. */
  clock = 0;
  readonly hasLinks: boolean;
  /** By app: its use of a cluster depends on its load there. */
  private readonly isLoadDependent: readonly boolean[];
  /** [app * KINDS + kind]: estimated use of one cluster, at the demand divided by the fewest clusters of a legal set. */
  private readonly typicalUse: Float64Array;
  /** By cluster: placed apps that count against its capacity, ascending. */
  private readonly appsByCluster: number[][];
  private readonly ranking: PairRanking;
  private readonly scratch = new Float64Array(2 * KINDS);

  constructor(
    readonly problem: Problem,
    limits: Limits,
    private readonly work: Work,
    /** Another state of the same problem, to share sorted pairs with. */
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

  /** Places an app on a set, whether or not it fits. */
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

  /** From here on swaps of the app are evaluated on pairs near its present set. */
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

  /** Makes a move. */
  apply({ app, into, out }: Move): void {
    this.place(app, this.appStates[app].setAfter(into, out));
  }

  /** Apps that use the cluster and count against it. */
  appsOn(cluster: number): readonly number[] {
    return this.appsByCluster[cluster];
  }

  /** True when after these moves of different apps no cluster would be overloaded, except those that would be less so than now. */
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

  /** Adds the changes in use by these moves (`sign` 1), or takes them back (-1). */
  private addUse(steps: readonly Move[], sign: 1 | -1): void {
    for (const step of steps) {
      this.forEachUseChange(step, (cluster, uses) => {
        this.residual.add(cluster, uses, 0, sign);
        this.residual.add(cluster, uses, KINDS, sign === 1 ? -1 : 1);
      });
    }
  }

  /** Visits the clusters whose use a move changes. `uses` holds the use after it, then from KINDS on the use before it. */
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

  /** True when the app would fit on the cluster with its typical use. */
  fitsWithTypicalUse(a: number, cluster: number): boolean {
    if (this.appStates[a].app.capacity === 'none') return true;
    return this.residual.fits(cluster, this.typicalUse, a * KINDS);
  }

  /** True when the app would fit on `into` after closing `out` (-1: none) if app `gone` (-1: none) were not there. */
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

  /** Requests/s of an app at `into` after closing `out` (-1: none); 0 when its use does not depend on load. */
  loadAt(a: number, into: number, out: number): number {
    if (!this.isLoadDependent[a]) return 0;
    const appState = this.appStates[a];
    const { openedLoad, swappedLoad } = appState.nearSwaps();
    return out < 0
      ? openedLoad[into]
      : swappedLoad[appState.position[out] * appState.app.clusters + into];
  }

  /** True when a move leaves every other cluster of the app within its capacity. */
  keepsOtherClustersFit({ app: a, into, out }: Move): boolean {
    // Opening alone adds load to no other cluster.
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

  /** True when the other clusters fit even if they take over all load of `out`. */
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

  /** The change of value by a move when it is legal, Infinity otherwise. `expected`: the change without rules about load. */
  legalChange({ app: a, into, out }: Move, expected: number): number {
    const appState = this.appStates[a];
    const open = appState.setAfter(into, out);
    if (this.hasLinks && !this.linksHoldWith(a, open)) return Number.POSITIVE_INFINITY;
    return appState.legalValue(open, appState.value + expected) - appState.value;
  }

  /** True when all links between placed apps hold with this set for app `a`. */
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

  /** By app: its set; undefined when it is not placed. `restore` takes it. */
  sets(): readonly (readonly number[] | undefined)[] {
    return this.appStates.map(({ open }, a) => (this.isPlaced[a] === 1 ? open : undefined));
  }

  /** Places all apps as in `sets`. */
  restore(sets: readonly (readonly number[] | undefined)[]): void {
    sets.forEach((open, a) => {
      if (open === undefined) this.remove(a);
      else if (this.isPlaced[a] === 0 || this.appStates[a].open !== open) this.place(a, open);
    });
  }

  /** The sum of the values of all placed apps. */
  value(): number {
    let value = 0;
    this.appStates.forEach((appState, a) => {
      if (this.isPlaced[a] === 1) value += appState.value;
    });
    return value;
  }

  /** Number of placed apps. */
  placedCount(): number {
    return this.isPlaced.reduce((all, one) => all + one, 0);
  }

  /** The smallest improvement of an app that is not rounding (negative). */
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
