/**
 * Local search for the generalized assignment problem: whole origins on clusters with capacity (Martello and Toth, Knapsack
 * Problems, 1990, ch. 7). It starts from a divisible flow with each origin at the cluster that has most of it. Shifts of one
 * origin and exchanges of two lower the cost plus a penalty on overload. The penalty rises until nothing is overloaded.
 */
import { GENERALIZED_ASSIGNMENT } from '../options';
import type { Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** An instance. A position is an index into the clusters of the set. */
export interface GeneralizedAssignment {
  /** By origin: its demand in requests/s. */
  readonly weights: Float64Array;
  /** By position: its capacity in requests/s. */
  readonly capacities: Float64Array;
  /** [origin * positions + position]: cost of all demand of the origin there; Infinity where that is not legal. */
  readonly costs: Float64Array;
}

/** A solution: the position of every origin, and the total cost. */
export interface WholeAssignment {
  readonly at: Int32Array;
  readonly cost: number;
}

/** Local search on one instance. A sweep evaluates only positions that changed since the last one. */
export class GeneralizedAssignmentSearch {
  private readonly width: number;
  private readonly at: Int32Array;
  private readonly load: Float64Array;
  private readonly limit: Float64Array;
  /** By position: 1 when it changed in the last sweep, and 1 when it changes in this one. */
  private changed: Uint8Array;
  private changing: Uint8Array;
  /** Origins by position: those of one are from `start[position]` up to `start[position + 1]`. */
  private readonly start: Int32Array;
  private readonly members: Int32Array;
  private penalty = 0;

  constructor(
    private readonly problem: GeneralizedAssignment,
    private readonly work: Work,
  ) {
    this.width = problem.capacities.length;
    this.at = new Int32Array(problem.weights.length);
    this.load = new Float64Array(this.width);
    this.limit = problem.capacities.map((room) => room * (1 + 1e-9));
    this.changed = new Uint8Array(this.width);
    this.changing = new Uint8Array(this.width);
    this.start = new Int32Array(this.width + 2);
    this.members = new Int32Array(problem.weights.length);
  }

  /** The best solution found from `guess`; undefined when none fits. `penalty`: initial cost per request/s of overload. */
  improve(guess: Int32Array, penalty: number): WholeAssignment | undefined {
    this.changed.fill(1);
    return this.improveFrom(guess, penalty);
  }

  /** The same as `improve`, when only positions in `changed` may differ from a local optimum. */
  private improveFrom(guess: Int32Array, penalty: number): WholeAssignment | undefined {
    const touched = this.changed.slice();
    this.assignAll(guess);
    this.penalty = penalty;
    for (let rise = 0; rise < GENERALIZED_ASSIGNMENT.maxRises; rise++) {
      this.descend(touched);
      if (this.isWithin()) break;
      this.penalty *= GENERALIZED_ASSIGNMENT.riseFactor;
      for (let p = 0; p < this.width; p++) if (this.load[p] > this.limit[p]) this.changed[p] = 1;
    }
    if (!this.isWithin()) return undefined;
    this.penalty = POSITIVE_INFINITY;
    this.changed.set(touched);
    this.descend(touched);
    return this.solution();
  }

  private assignAll(guess: Int32Array): void {
    this.at.set(guess);
    this.load.fill(0);
    for (let u = 0; u < guess.length; u++) this.load[guess[u]] += this.problem.weights[u];
  }

  private isWithin(): boolean {
    for (let p = 0; p < this.width; p++) if (this.load[p] > this.limit[p]) return false;
    return true;
  }

  private solution(): WholeAssignment {
    let cost = 0;
    for (let u = 0; u < this.at.length; u++) cost += this.costAt(u, this.at[u]);
    return { at: this.at.slice(), cost };
  }

  private costAt(u: number, position: number): number {
    return this.problem.costs[u * this.width + position];
  }

  /** Sweeps until none improves. A sweep evaluates at most origins times positions shifts and origins squared exchanges. */
  private descend(touched: Uint8Array): void {
    for (let sweep = 0; sweep < GENERALIZED_ASSIGNMENT.maxSweeps; sweep++) {
      this.changing.fill(0);
      const shifted = this.shiftAll();
      const exchanged = this.exchangeAll();
      [this.changed, this.changing] = [this.changing, this.changed];
      for (let p = 0; p < this.width; p++) touched[p] |= this.changed[p];
      if (!shifted && !exchanged) return;
    }
  }

  private shiftAll(): boolean {
    const { at, width, changed: fresh, problem } = this;
    let changed = false;
    let looked = 0;
    for (let u = 0; u < at.length; u++) {
      const from = at[u];
      const here = this.costAt(u, from);
      let best = -1e-9 * (1 + Math.abs(here));
      let into = -1;
      for (let to = 0; to < width; to++) {
        if (to === from || (fresh[from] === 0 && fresh[to] === 0)) continue;
        looked++;
        const cost = problem.costs[u * width + to] - here;
        if (cost >= best && this.load[from] <= this.limit[from]) continue;
        const change = cost + this.penaltyChange(from, to, problem.weights[u]);
        if (!(change < best)) continue;
        best = change;
        into = to;
      }
      if (into < 0) continue;
      this.shift(u, into);
      changed = true;
    }
    this.work.spent += at.length + looked;
    return changed;
  }

  private exchangeAll(): boolean {
    this.groupByPosition();
    const { start, changed: fresh, width } = this;
    let changed = false;
    for (let a = 0; a < width; a++) {
      for (let b = a + 1; b < width; b++) {
        if (fresh[a] === 0 && fresh[b] === 0) continue;
        const pairs = (start[a + 1] - start[a]) * (start[b + 1] - start[b]);
        if (pairs > 0 && this.exchangeBetween(a, b)) changed = true;
        this.work.spent += pairs;
      }
    }
    return changed;
  }

  private exchangeBetween(a: number, b: number): boolean {
    const { at, problem, width, start, members, load, limit } = this;
    const { costs, weights } = problem;
    let changed = false;
    for (let i = start[a]; i < start[a + 1]; i++) {
      const u = members[i];
      if (at[u] !== a) continue;
      const fromU = costs[u * width + b] - costs[u * width + a];
      if (fromU === POSITIVE_INFINITY) continue;
      for (let j = start[b]; j < start[b + 1]; j++) {
        const v = members[j];
        const change = fromU + costs[v * width + a] - costs[v * width + b];
        // Without overload, only an exchange that is cheaper improves.
        if (change >= 0 && load[a] <= limit[a] && load[b] <= limit[b]) continue;
        if (at[v] !== b) continue;
        const total = change + this.penaltyChange(a, b, weights[u] - weights[v]);
        if (!(total < -1e-9 * (1 + costs[u * width + a] + costs[v * width + b]))) continue;
        this.shift(u, b);
        this.shift(v, a);
        changed = true;
        break;
      }
    }
    return changed;
  }

  private groupByPosition(): void {
    const { at, start, members, width } = this;
    start.fill(0);
    for (let u = 0; u < at.length; u++) start[at[u] + 2]++;
    for (let p = 1; p <= width; p++) start[p + 1] += start[p];
    for (let u = 0; u < at.length; u++) members[start[at[u] + 1]++] = u;
  }

  private shift(u: number, to: number): void {
    const weight = this.problem.weights[u];
    const from = this.at[u];
    this.load[from] -= weight;
    this.load[to] += weight;
    this.at[u] = to;
    for (const flags of [this.changed, this.changing]) {
      flags[from] = 1;
      flags[to] = 1;
    }
  }

  /** Change of the total penalty when `amount` requests/s move from one position to another. */
  private penaltyChange(from: number, to: number, amount: number): number {
    const { load, limit, penalty } = this;
    const overTo = Math.max(0, load[to] + amount - limit[to]) - Math.max(0, load[to] - limit[to]);
    const overFrom =
      Math.max(0, load[from] - amount - limit[from]) - Math.max(0, load[from] - limit[from]);
    const over = overTo + overFrom;
    if (penalty === POSITIVE_INFINITY) return over > 0 ? POSITIVE_INFINITY : 0;
    return penalty * over;
  }
}
