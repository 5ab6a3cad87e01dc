/**
 * Solves one app with limited capacity: local search for a good set, branch and bound for the bound, and rounding of relaxed
 * answers.
 */

import { type Candidate, isBetter } from '../enumeration/enumeration';
import { CAPACITATED_SOLVER } from '../options';
import { cheapestLists } from '../primitives/candidate-lists';
import { type AppProblem, type Limits, type Proof, SAME, type Work } from '../problem/problem';
import { dualizeConstraints } from '../uncapacitated/dualized-constraints';
import { ListDescent } from '../uncapacitated/list-descent';
import { hasWholeCosts } from '../uncapacitated/pairs';
import { FREE, IN, OUT } from '../uncapacitated/relaxation';
import { CapacitatedBranchAndBound } from './branch-and-bound';
import { CapacitatedSearch } from './capacitated-search';
import type { CapacitatedRelaxation } from './relaxation';
import { Rounding } from './rounding';

const { POSITIVE_INFINITY } = Number;

/** The result for one app alone. */
interface Answered {
  readonly best: Candidate | undefined;
  readonly bound: number;
  readonly proof: Proof;
}

/** Finds a set and proves a bound. `known` is a legal set to start from. */
export function solveCapacitated(
  app: AppProblem,
  capacities: Float64Array,
  limits: Limits,
  work: Work,
  known?: Candidate,
): Answered {
  const descent = new ListDescent(app, cheapestLists(app, app.clusters), work);
  const start = known?.open ?? descent.improve(descent.greedy());
  return new CapacitatedSolver(app, capacities, limits, work, known).run(start);
}

class CapacitatedSolver {
  private readonly search: CapacitatedSearch;
  private readonly rounding: Rounding;
  /** Work of the searches. The tree counts its own. */
  private readonly effort: Work;
  private readonly isWhole: boolean;
  private readonly hasWholeValues: boolean;
  private readonly seen = new Set<string>();
  private readonly promising: (readonly number[])[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly capacities: Float64Array,
    limits: Limits,
    private readonly work: Work,
    private best: Candidate | undefined,
  ) {
    this.effort = { spent: 0, allowed: work.allowed / CAPACITATED_SOLVER.searchDivisor };
    this.search = new CapacitatedSearch(app, capacities, limits, this.effort);
    this.rounding = new Rounding(app, capacities, limits, this.effort);
    this.isWhole = app.capacity === 'whole';
    this.hasWholeValues = this.isWhole && hasWholeCosts(app, SAME / 100);
  }

  run(start: readonly number[]): Answered {
    const { app, capacities, work } = this;
    const rules = dualizeConstraints(app, capacities);
    const begun = work.spent;
    const part = (work.allowed - begun) / CAPACITATED_SOLVER.partDivisor;
    const previous = [...app.previous.keys()].filter((cluster) => app.previous[cluster] === 1);
    if (previous.length > 0) this.take(this.search.improve(previous, this.best));
    const tree = new CapacitatedBranchAndBound({
      app,
      capacities,
      rules,
      work,
      state: app.allowed.map((flag, c) => (flag === 0 ? OUT : app.required[c] === 1 ? IN : FREE)),
      point: {
        assignmentMultipliers: this.search.startMultipliers(this.best?.open ?? start),
        ruleMultipliers: new Float64Array(rules.length),
      },
      cutoff: () => this.cutoff(),
      guess: () => this.best?.evaluated.value ?? 0,
      consider: (relaxation, isRoot) => this.consider(relaxation, isRoot),
      exactMultipliers: (open) => this.search.exactMultipliers(open),
    });
    tree.run(begun + part);
    if (tree.proved.value < this.cutoff()) {
      const starts = [start, ...this.promising.slice(-CAPACITATED_SOLVER.maxRootStarts).reverse()];
      this.best = this.search.search(starts, this.best, this.effort.spent + part) ?? this.best;
      this.polish();
      tree.run(begun + CAPACITATED_SOLVER.treeParts * part);
    }
    work.spent += this.effort.spent;
    const { value: proved, proof: root } = tree.proved;
    const isOver = proved >= this.cutoff();
    const value = this.best?.evaluated.value ?? POSITIVE_INFINITY;
    // All values are integers, so a bound above the next lower integer proves the value.
    const bound = isOver && this.hasWholeValues ? value : Math.min(proved, value);
    const { names, cliques } = rules;
    return {
      best: this.best,
      bound: this.best === undefined ? 0 : bound,
      proof: { kind: 'dual', root, rules: names, cliques },
    };
  }

  private cutoff(): number {
    if (this.best === undefined) return POSITIVE_INFINITY;
    const { value } = this.best.evaluated;
    const margin = SAME * Math.max(1, Math.abs(value));
    return this.hasWholeValues ? Math.round(value) - 1 + 4 * margin : value - margin / 2;
  }

  private consider(relaxation: CapacitatedRelaxation, isRoot: boolean): void {
    const open: number[] = [];
    relaxation.share.forEach((share, cluster) => {
      if (share > 0) open.push(cluster);
    });
    const key = open.join(' ');
    const isNew = !this.seen.has(key);
    this.seen.add(key);
    if (isRoot && isNew) this.promising.push(open);
    // The searches may spend no more work than the tree has spent.
    if (this.effort.spent > this.work.spent && !relaxation.isFeasible) return;
    if (this.isWhole) {
      this.take(this.rounding.round(relaxation, this.best));
    } else if (isNew) {
      this.take(this.search.evaluateSet(open, this.best));
    }
  }

  private polish(): void {
    if (this.best === undefined || !this.isWhole) return;
    const { perPair, max } = CAPACITATED_SOLVER.polish;
    const moves = perPair * this.app.origins * this.best.open.length;
    this.take(this.rounding.polish(this.best, Math.min(max, moves)));
  }

  private take(found: Candidate | undefined): void {
    if (found !== undefined && isBetter(this.app, found, this.best)) this.best = found;
  }
}
