/**
 * The swap neighbourhood of one app: its open set, the cheapest two clusters of each origin, and the change of cost of every
 * exchange. One pass over the pairs evaluates all exchanges (Resende and Werneck, EJOR 174, 2007).
 */

import { assignNearest } from '../assignment/assign';
import { evaluateAssigned } from '../assignment/evaluation';
import { JOINT_RELAXATION, NEAR_PAIR } from '../options';
import { pairsBelow } from '../primitives/pairs-below';
import { dependsOnLoad } from '../problem/features';
import type { AppProblem, CandidateLists, Limits, Work } from '../problem/problem';
import { setViolation, sizeRange } from '../problem/set-rules';

const { POSITIVE_INFINITY } = Number;

/** The state of one app; all fields follow from `open`. */
export class SwapNeighbourhood {
  /** Ascending. */
  open: readonly number[] = [];
  /** Value of the set with every origin at its cheapest cluster. */
  value = POSITIVE_INFINITY;
  /** Requests/s by position in `open`. */
  load = new Float64Array(0);
  readonly candidates: readonly number[];
  /** By cluster: its position in `open`, -1 for none. */
  readonly position: Int32Array;
  /** By origin: position of the cheapest cluster and of the next, -1 for none, and their costs. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstCost: Float64Array;
  readonly secondCost: Float64Array;
  /** By position: change of value by closing that cluster. */
  closingChange = new Float64Array(0);
  /** True when costs and rules about sets determine the value of a set. */
  private readonly dependsOnSetOnly: boolean;
  private readonly range: { readonly min: number; readonly max: number };
  private readonly unservedCost: number;
  /** By candidate: change of cost by opening it; and [position * candidates + candidate]: by closing that one then. */
  private readonly openingChanges: Float64Array;
  private losses = new Float64Array(0);
  private readonly changes: Float64Array;
  private isFresh = false;
  private restrictedPairs: CandidateLists | undefined;
  /** By candidate: 1 when it is in the set. */
  readonly isOpenAt: Uint8Array;

  constructor(
    readonly app: AppProblem,
    private readonly limits: Limits,
    protected readonly work: Work,
    /** Of another table with the same app, to save looking at all its pairs again. */
    like?: SwapNeighbourhood,
  ) {
    this.restrictedPairs = like?.restrictedPairs;
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.dependsOnSetOnly = !dependsOnLoad(app);
    this.range = sizeRange(app);
    this.unservedCost = like?.unservedCost ?? unservedCost(app);
    this.position = new Int32Array(app.clusters).fill(-1);
    this.first = new Int32Array(app.origins);
    this.second = new Int32Array(app.origins);
    this.firstCost = new Float64Array(app.origins);
    this.secondCost = new Float64Array(app.origins);
    this.openingChanges = new Float64Array(this.candidates.length);
    this.changes = new Float64Array(this.candidates.length);
    this.isOpenAt = new Uint8Array(this.candidates.length);
  }

  /** Takes a set; every rule about it is the caller's concern. */
  moveTo(open: readonly number[]): void {
    const { app, first, second, firstCost, secondCost, position } = this;
    const { origins, cost } = app;
    for (const cluster of this.open) position[cluster] = -1;
    for (let p = 0; p < open.length; p++) position[open[p]] = p;
    this.open = open;
    this.isFresh = false;
    for (let i = 0; i < this.candidates.length; i++) {
      this.isOpenAt[i] = position[this.candidates[i]] >= 0 ? 1 : 0;
    }
    first.fill(-1);
    second.fill(-1);
    firstCost.fill(this.unservedCost);
    secondCost.fill(this.unservedCost);
    for (let p = 0; p < open.length; p++) {
      const row = open[p] * origins;
      for (let u = 0; u < origins; u++) {
        const here = cost[row + u];
        if (here >= secondCost[u]) continue;
        if (here < firstCost[u]) {
          secondCost[u] = firstCost[u];
          second[u] = first[u];
          firstCost[u] = here;
          first[u] = p;
        } else {
          secondCost[u] = here;
          second[u] = p;
        }
      }
    }
    this.work.spent += origins * open.length;
    this.sum();
  }

  private sum(): void {
    const { app, open, first, firstCost, secondCost } = this;
    const { origins, requestsPerSecond, openCost } = app;
    const load = new Float64Array(open.length);
    const leaving = new Float64Array(open.length);
    let value = app.constantCost;
    for (let p = 0; p < open.length; p++) {
      value += openCost[open[p]];
      leaving[p] = -openCost[open[p]];
    }
    for (let u = 0; u < origins; u++) {
      const p = first[u];
      value += firstCost[u];
      if (p < 0) continue;
      load[p] += requestsPerSecond[u];
      leaving[p] += secondCost[u] - firstCost[u];
    }
    this.load = load;
    this.closingChange = leaving;
    this.value = this.dependsOnSetOnly ? value : this.evaluated(open).value;
  }

  /** Change of value by exchanging `open[position]` for candidate `i` (-1: for none), without rules about loads. */
  swapChange(i: number, position: number): number {
    if (i < 0) return this.closingChange[position];
    return this.openingChanges[i] + this.losses[position * this.candidates.length + i];
  }

  /** By candidate: change of value by moving from `open[position]` there. Valid until the next call. */
  swapChangesFrom(position: number): Float64Array {
    const { openingChanges, losses, changes } = this;
    const row = position * openingChanges.length;
    for (let i = 0; i < openingChanges.length; i++)
      changes[i] = openingChanges[i] + losses[row + i];
    return changes;
  }

  /** Change of value by opening candidate `i` besides the others. */
  openingChange(i: number): number {
    return this.openingChanges[i];
  }

  /** From here on exchanges are evaluated on the pairs near the present set. Pairs left out can only make an exchange look dearer than it is. */
  restrictPairs(): void {
    this.restrictedPairs = pairsBelow(
      this.app,
      this.secondCost.map((cost) => cost * NEAR_PAIR.single),
    );
    this.work.spent += (this.app.origins * this.candidates.length) / 2;
    this.isFresh = false;
  }

  /** The pairs of `restrictPairs`, which is called if it was not before. */
  nearPairs(): CandidateLists {
    if (this.restrictedPairs === undefined) this.restrictPairs();
    return this.restrictedPairs as CandidateLists;
  }

  /** Brings the table of exchanges up to date; one pass over the pairs. */
  refresh(): void {
    if (this.isFresh) return;
    const { candidates } = this;
    const width = this.open.length;
    if (this.losses.length < candidates.length * width) {
      this.losses = new Float64Array(candidates.length * width);
    }
    const loss = new Float64Array(width);
    for (let i = 0; i < candidates.length; i++) {
      loss.set(this.closingChange);
      this.openingChanges[i] =
        this.restrictedPairs === undefined
          ? this.evaluateOpeningByAll(i, loss)
          : this.evaluateOpening(i, loss, this.restrictedPairs);
      for (let p = 0, at = i; p < width; p++, at += candidates.length) this.losses[at] = loss[p];
    }
    this.isFresh = true;
  }

  /** The change by opening candidate `i`; `loss` becomes what closing each cluster of the set would then add. */
  private evaluateOpening(
    i: number,
    loss: Float64Array,
    { start, origin, cost }: CandidateLists,
  ): number {
    const cluster = this.candidates[i];
    const end = start[cluster + 1];
    let gain = this.app.openCost[cluster];
    for (let k = start[cluster]; k < end; k++) gain += this.addPair(origin[k], cost[k], loss);
    this.work.spent += end - start[cluster];
    return gain;
  }

  /** The same over all pairs of the candidate. */
  private evaluateOpeningByAll(i: number, loss: Float64Array): number {
    const { origins, cost, openCost } = this.app;
    const row = this.candidates[i] * origins;
    let gain = openCost[this.candidates[i]];
    for (let u = 0; u < origins; u++) gain += this.addPair(u, cost[row + u], loss);
    this.work.spent += origins / 2;
    return gain;
  }

  /** What an origin saves at a new cluster that serves it for `here` (0 or less); adds to `loss` what it then saves when its first cluster closes. */
  private addPair(u: number, here: number, loss: Float64Array): number {
    const next = this.secondCost[u];
    if (here >= next) return 0;
    const nearest = this.firstCost[u];
    const p = this.first[u];
    if (here >= nearest) {
      if (p >= 0) loss[p] += here - next;
      return 0;
    }
    if (p >= 0) loss[p] += nearest - next;
    return here - nearest;
  }

  /** True when the rules allow a set of one cluster more. */
  canGrow(): boolean {
    return this.open.length < this.range.max;
  }

  /** First assignment multipliers and their upper limits: between the cheapest two costs of each origin, and the second of them. */
  initialMultipliers(): { readonly start: Float64Array; readonly most: Float64Array } {
    const { firstCost, secondCost } = this;
    const start = firstCost.map(
      (first, u) => first + JOINT_RELAXATION.start * (secondCost[u] - first),
    );
    return { start, most: secondCost.slice() };
  }

  /** The set after an exchange; -1: nothing comes in, or nothing goes. */
  setAfter(into: number, out: number): number[] {
    const open = this.open.filter((cluster) => cluster !== out);
    if (into >= 0) open.push(into);
    return open.sort((a, b) => a - b);
  }

  /** The value of a set when every rule holds, Infinity else. `known`: its value, for an app with no rules about loads. */
  legalValue(open: readonly number[], known: number): number {
    if (setViolation(this.app, open) > 0) return POSITIVE_INFINITY;
    if (this.dependsOnSetOnly) return known > this.unservedCost / 2 ? POSITIVE_INFINITY : known;
    const { violation, value } = this.evaluated(open);
    return violation > 0 ? POSITIVE_INFINITY : value;
  }

  private evaluated(open: readonly number[]): {
    readonly violation: number;
    readonly value: number;
  } {
    const assigned = assignNearest(this.app, open);
    this.work.spent += this.app.origins * open.length;
    return evaluateAssigned(this.app, assigned, assigned.unserved, this.limits, this.work);
  }
}

/** More than all that serving everyone may cost. */
function unservedCost(app: AppProblem): number {
  let dearest = 0;
  for (let k = 0; k < app.cost.length; k++) {
    const cost = app.cost[k];
    if (cost > dearest && cost < POSITIVE_INFINITY) dearest = cost;
  }
  let open = 0;
  for (const cost of app.openCost) open += Math.abs(cost);
  return 4 * (dearest * Math.max(1, app.origins) + open + 1);
}
