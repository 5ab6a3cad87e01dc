/**
 * Branch and bound over one column of every app: the cheapest combination that fits. The app with the fewest columns that still fit is next. A state is left
 * when another one with the same apps to come had at least as much room and cost no more (dominance, as in dynamic programming), and
 * when the bound of the columns to come at multipliers of the room is not below the best combination.
 */

import { COLUMNS } from '../../options';
import type { Work } from '../../problem/problem';
import { KINDS } from '../assignment/residual-capacity';
import type { Column } from './app-columns';

const { POSITIVE_INFINITY } = Number;

/** What is searched. */
export interface ColumnProblem {
  /** By app. */
  readonly columns: readonly (readonly Column[])[];
  /** [cluster * KINDS + kind]: the room for all apps; Infinity without a limit. */
  readonly room: Float64Array;
  /** [cluster * KINDS + kind]: a cost per unit of room; never negative. Any multipliers are valid, good ones save work. */
  readonly multipliers: Float64Array;
  /** Only combinations that cost less are of interest. */
  readonly below: number;
  /** What the combination is worth; undefined when it is not legal for reasons that columns do not know. Its cost by default. */
  readonly judge?: (chosen: readonly Column[], cost: number) => number | undefined;
  /** True to end with the first combination found. */
  readonly isAnyEnough: boolean;
}

/** How a search ended. */
export interface ColumnSearchEnd {
  /** By app; undefined when no combination was found. */
  readonly best: readonly Column[] | undefined;
  /** True when no combination costs less than the best one, or than `below` where there is none. */
  readonly isComplete: boolean;
}

/** Searches the cheapest combination within `work`. */
export function searchColumns(problem: ColumnProblem, work: Work): ColumnSearchEnd {
  return new ColumnSearch(problem, work).run();
}

/** An app that has no column yet, with those of its columns that still fit, the least reduced cost first. */
interface Waiting {
  readonly app: number;
  readonly fitting: readonly number[];
}

interface State {
  readonly room: Float64Array;
  readonly cost: number;
}

class ColumnSearch {
  /** By app, by column: its reduced cost. */
  private readonly reduced: readonly Float64Array[];
  /** By app, by column, by kind: what it uses of all clusters together. */
  private readonly total: readonly Float64Array[];
  /** By app: the first app with the same columns. */
  private readonly kind: readonly number[];
  private readonly room: Float64Array;
  private readonly kinds: readonly number[];
  private readonly chosen: (Column | undefined)[];
  /** By the apps to come: states that led to nothing better. */
  private readonly explored = new Map<string, State[]>();
  private best: readonly Column[] | undefined;
  private limit: number;
  private isStopped = false;
  /** Combinations that `judge` refused, so that what came before them is not known to be hopeless. */
  private refused = 0;

  constructor(
    private readonly problem: ColumnProblem,
    private readonly work: Work,
  ) {
    const { columns, multipliers, room, below } = problem;
    this.kinds = [0, 1, 2].filter((kind) =>
      room.some((one, at) => at % KINDS === kind && one < POSITIVE_INFINITY),
    );
    this.room = room.slice();
    this.limit = below;
    this.chosen = columns.map(() => undefined);
    this.reduced = columns.map((list) =>
      Float64Array.from(list, ({ open, use, value }) => {
        let cost = value;
        for (let at = 0; at < use.length; at++) {
          const price = multipliers[open[Math.floor(at / KINDS)] * KINDS + (at % KINDS)];
          if (price > 0) cost += price * use[at];
        }
        return cost;
      }),
    );
    this.total = columns.map((list) => {
      const total = new Float64Array(list.length * KINDS);
      for (const [index, { use }] of list.entries())
        for (let at = 0; at < use.length; at++) total[index * KINDS + (at % KINDS)] += use[at];
      return total;
    });
    const first = new Map<string, number>();
    this.kind = columns.map((list, app) => {
      const key = list.map(({ open, use, value }) => `${value} ${open} ${use}`).join(';');
      if (!first.has(key)) first.set(key, app);
      return first.get(key) as number;
    });
  }

  run(): ColumnSearchEnd {
    const { multipliers, room, columns } = this.problem;
    let paid = 0;
    for (let at = 0; at < multipliers.length; at++)
      if (multipliers[at] > 0) paid += multipliers[at] * room[at];
    const waiting = columns.map((list, app) => ({
      app,
      fitting: [...list.keys()].sort(
        (a, b) => this.reduced[app][a] - this.reduced[app][b] || a - b,
      ),
    }));
    this.descend(this.fitting(waiting, -paid), 0, -paid);
    return { best: this.best, isComplete: !this.isStopped };
  }

  /** `cost`: of the columns chosen. `bound`: their reduced cost, less what all room costs. */
  private descend(waiting: readonly Waiting[] | undefined, cost: number, bound: number): void {
    if (waiting === undefined) return;
    if (waiting.length === 0) {
      this.leaf(cost);
      return;
    }
    if (this.isDominated(waiting, cost)) return;
    const refused = this.refused;
    const next = waiting.reduce((least, one) =>
      one.fitting.length < least.fitting.length ? one : least,
    );
    const others = waiting.filter((one) => one !== next);
    const least = others.reduce((sum, one) => sum + this.reduced[one.app][one.fitting[0]], 0);
    for (const index of next.fitting) {
      const here = bound + this.reduced[next.app][index];
      if (here + least >= this.limit) break;
      const column = this.problem.columns[next.app][index];
      this.take(column, 1);
      this.chosen[next.app] = column;
      this.descend(this.fitting(others, here), cost + column.value, here);
      this.take(column, -1);
      if (this.work.spent > this.work.allowed) this.isStopped = true;
      if (this.isStopped || (this.problem.isAnyEnough && this.best !== undefined)) return;
    }
    if (this.refused === refused) this.remember(waiting, cost);
  }

  private leaf(cost: number): void {
    const chosen = this.chosen as readonly Column[];
    const { judge } = this.problem;
    const value = judge === undefined ? cost : judge(chosen, cost);
    if (value === undefined) this.refused++;
    else if (value < this.limit) {
      this.best = [...chosen];
      this.limit = value;
    }
  }

  private take({ open, use }: Column, sign: 1 | -1): void {
    for (let position = 0; position < open.length; position++)
      for (const kind of this.kinds)
        this.room[open[position] * KINDS + kind] -= sign * use[position * KINDS + kind];
  }

  /** The apps with the columns that fit what is left and may still lead to less than the limit; undefined when there are none for some app. */
  private fitting(waiting: readonly Waiting[], bound: number): readonly Waiting[] | undefined {
    const needed = new Float64Array(KINDS);
    const found: Waiting[] = [];
    let least = bound;
    for (const { app, fitting } of waiting) {
      const fits = fitting.filter((index) => this.fits(app, index));
      this.work.spent += fitting.length;
      if (fits.length === 0) return undefined;
      for (const kind of this.kinds) {
        let smallest = POSITIVE_INFINITY;
        for (const index of fits)
          smallest = Math.min(smallest, this.total[app][index * KINDS + kind]);
        needed[kind] += smallest;
      }
      least += this.reduced[app][fits[0]];
      found.push({ app, fitting: fits });
    }
    if (least >= this.limit || this.kinds.some((kind) => this.isShort(kind, needed[kind])))
      return undefined;
    return found.map(({ app, fitting }) => {
      const spare = this.limit - least + this.reduced[app][fitting[0]];
      const end = fitting.findIndex((index) => this.reduced[app][index] >= spare);
      return { app, fitting: end < 0 ? fitting : fitting.slice(0, end) };
    });
  }

  private fits(app: number, index: number): boolean {
    const { room, kinds } = this;
    const { open, use } = this.problem.columns[app][index];
    for (let position = 0; position < open.length; position++) {
      const at = open[position] * KINDS;
      for (let k = 0; k < kinds.length; k++)
        if (use[position * KINDS + kinds[k]] > room[at + kinds[k]]) return false;
    }
    return true;
  }

  /** True when all clusters together have less left than the apps to come need. */
  private isShort(kind: number, needed: number): boolean {
    let left = 0;
    for (let at = kind; at < this.room.length; at += KINDS) left += Math.max(0, this.room[at]);
    return needed > left;
  }

  private isDominated(waiting: readonly Waiting[], cost: number): boolean {
    const states = this.explored.get(this.keyOf(waiting)) ?? [];
    this.work.spent += states.length * 2;
    return states.some(
      (one) => one.cost <= cost && one.room.every((most, at) => most >= this.room[at]),
    );
  }

  private remember(waiting: readonly Waiting[], cost: number): void {
    const key = this.keyOf(waiting);
    const states = this.explored.get(key) ?? [];
    if (states.length >= COLUMNS.statesRemembered) states.shift();
    states.push({ room: this.room.slice(), cost });
    this.explored.set(key, states);
  }

  /** Equal apps may be exchanged: what counts is how many of each kind are to come. */
  private keyOf(waiting: readonly Waiting[]): string {
    return waiting
      .map(({ app }) => this.kind[app])
      .sort((a, b) => a - b)
      .join();
  }
}
