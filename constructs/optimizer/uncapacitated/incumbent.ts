/** The incumbent: the best legal set known for one app, the cutoff that follows from it, and the descents that improve it. */

import { type Evaluated, evaluate } from '../assignment/evaluation';
import { type Candidate, isBetter } from '../enumeration/enumeration';
import {
  type AppProblem,
  type CandidateLists,
  clearlyLess,
  type Limits,
  SAME,
  type Work,
} from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import { MAX_IMPROVED_GAP } from '../single-app-options';
import { ListDescent } from './list-descent';

const { POSITIVE_INFINITY } = Number;

/** True of a set, evaluated without rules that the problem leaves out, that keeps them. */
export type Keeps = (open: readonly number[], evaluated: Evaluated) => boolean;

/** Evaluates sets of one app and keeps the best. */
export class Incumbent {
  /** Runs on `lists`. */
  descent: ListDescent;

  constructor(
    private readonly app: AppProblem,
    private readonly limits: Limits,
    /** Work of evaluating sets. */
    private readonly work: Work,
    /** Work of the descents, apart because the bound might leave them none. */
    private readonly effort: Work,
    /** True when every set's value is a whole number. */
    private readonly isWhole: boolean,
    public lists: CandidateLists,
    /** Undefined while no legal set is known. */
    public best: Candidate | undefined,
    /** True of sets that keep rules which the problem leaves out. */
    private readonly keeps: Keeps = () => true,
  ) {
    this.descent = new ListDescent(app, lists, effort);
  }

  /** Sets must cost less than this to matter. It is somewhat below the best value to allow for rounding errors. */
  cutoff(): number {
    if (this.best === undefined) return POSITIVE_INFINITY;
    const { value } = this.best.evaluated;
    const margin = SAME * Math.max(1, Math.abs(value));
    return this.isWhole ? value - 1 + 4 * margin : value - margin / 2;
  }

  /** The lower bound of the answer from the bound proved; `isProved`: it has reached the cutoff. */
  boundFrom(proved: number, isProved: boolean): number {
    if (this.best === undefined) return 0;
    const { value } = this.best.evaluated;
    if (isProved && this.isWhole) return value;
    // Whole costs: nothing lies between what is proved and the next whole number.
    const margin = SAME * Math.max(1, Math.abs(proved));
    return Math.min(this.isWhole ? Math.ceil(proved - 4 * margin) : proved, value);
  }

  /** With very many pairs, sets far from the best take too long to improve. */
  isNear(open: readonly number[]): boolean {
    if (this.best === undefined || this.app.implicitCosts === undefined) return true;
    const { value } = this.best.evaluated;
    return this.descent.costOf(open) <= value + MAX_IMPROVED_GAP * Math.abs(value);
  }

  mayBeBetter(open: readonly number[]): boolean {
    const value = this.descent.costOf(open);
    return this.best === undefined || clearlyLess(value, this.best.evaluated.value);
  }

  /** Evaluates a set and keeps it when it is legal and better. */
  consider(open: readonly number[]): void {
    if (open.length === 0 || setViolation(this.app, open) > 0 || !this.mayBeBetter(open)) return;
    const evaluated = evaluate(this.app, open, this.limits, this.work);
    if (evaluated.violation > 0 || !this.keeps(open, evaluated)) return;
    this.take({ open, evaluated });
  }

  /** Improves a set by a descent and considers the result. */
  improve(start: readonly number[]): void {
    this.consider(this.descent.improve(start));
  }

  take(found: Candidate | undefined): void {
    if (found !== undefined && isBetter(this.app, found, this.best)) this.best = found;
  }

  /** The best set of descents from `starts` on these lists, which later descents use, too. */
  improveOn(lists: CandidateLists, starts: readonly (readonly number[])[]): readonly number[] {
    this.lists = lists;
    this.descent = new ListDescent(this.app, lists, this.effort);
    let found: readonly number[] = [];
    for (const start of [...starts, this.best?.open ?? []]) {
      if (start.length > 0) found = this.descent.improve(start);
      this.consider(found);
    }
    return this.best?.open ?? found;
  }
}
