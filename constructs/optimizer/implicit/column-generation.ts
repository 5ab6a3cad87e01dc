/**
 * Column generation over clusters where all pairs are too many to list: an ascent on the lists of some clusters, then pricing of all
 * clusters at its multipliers, which adds those of low reduced cost (Dantzig and Wolfe, Operations Research 8, 1960).
 * The bound at the end holds for all clusters, listed or not.
 */

import { type CandidateLists, emptyLists } from '../primitives/candidate-lists';
import { roundedToMean } from '../primitives/round-multipliers';
import type { Coarsening, Point } from '../problem/problem';
import { COLUMN_GENERATION } from '../single-app-options';
import { type BranchContext, initialState } from '../uncapacitated/branch-context';
import { fixByReducedCost } from '../uncapacitated/node-bound';
import { IN, OUT, Relaxation } from '../uncapacitated/relaxation';
import { UncapacitatedAscent } from '../uncapacitated/uncapacitated-ascent';
import type { CoarseStart } from './coarse-start';

/** State, point and bound after column generation. */
export interface ColumnGenerationResult {
  readonly state: Uint8Array;
  readonly point: Point;
  /** No set costs less. */
  readonly value: number;
  /** Of the clusters that are not out; undefined where these are too many for that. */
  readonly lists: CandidateLists | undefined;
}

/** A point with its bound over all clusters. */
interface PricedPoint {
  readonly point: Point;
  readonly value: number;
  readonly relaxation: Relaxation;
}

/** Alternates ascents and pricing. `improve` runs local search on the lists from the given sets. */
export function generateColumns(
  context: BranchContext,
  coarsening: Coarsening,
  { open, point, second }: CoarseStart,
  improve: (lists: CandidateLists, starts: readonly (readonly number[])[]) => void,
): ColumnGenerationResult {
  return new ColumnGeneration(context, coarsening, second, improve).run(open, point);
}

class ColumnGeneration {
  private readonly state: Uint8Array;
  private readonly reach: Float64Array;
  private readonly keeps: Uint8Array;

  constructor(
    private readonly context: BranchContext,
    private readonly coarsening: Coarsening,
    second: Float64Array,
    private readonly improve: (
      lists: CandidateLists,
      starts: readonly (readonly number[])[],
    ) => void,
  ) {
    this.state = initialState(context.app);
    this.keeps = this.state.map((one) => (one === IN ? 1 : 0));
    this.reach = second.map((cost) => COLUMN_GENERATION.reach * cost);
  }

  run(open: readonly number[], from: Point): ColumnGenerationResult {
    const { keeps, reach, coarsening } = this;
    for (const cluster of open) keeps[cluster] = 1;
    const pairs = Math.min(
      COLUMN_GENERATION.pairs,
      COLUMN_GENERATION.pairsPerOrigin * this.context.app.origins,
    );
    let priced = this.priceAll(from);
    let best = priced;
    for (let iteration = 0; iteration < COLUMN_GENERATION.maxIterations; iteration++) {
      this.addColumns(priced.relaxation.reducedCost, iteration === 0 ? pairs : pairs / 4);
      const lists = coarsening.among(keeps, reach);
      this.improve(lists, [open, priced.relaxation.open]);
      priced = this.priceAll(this.solveMaster(lists, best.point));
      if (priced.value > best.value) best = priced;
      if (priced.relaxation.open.every((cluster) => keeps[cluster] === 1)) break;
      if (best.value >= (1 - COLUMN_GENERATION.negligibleGap) * this.context.cutoff()) break;
    }
    fixByReducedCost(best.relaxation, this.state, this.context.cutoff());
    const { point, value } = best;
    return { state: this.state, point, value, lists: this.listsLeft() };
  }

  private listsLeft(): CandidateLists | undefined {
    const left = this.state.map((one) => (one === OUT ? 0 : 1));
    if (this.context.isApproximate || this.pairsOf(left) > COLUMN_GENERATION.maxListedPairs)
      return undefined;
    return this.coarsening.among(left, this.reach);
  }

  /** Prices all clusters at these multipliers, rounded to few digits. */
  private priceAll(from: Point): PricedPoint {
    const { app, rules, work } = this.context;
    const point: Point = {
      assignmentMultipliers: roundedToMean(from.assignmentMultipliers, COLUMN_GENERATION.meanSize),
      ruleMultipliers: from.ruleMultipliers,
    };
    const savings =
      this.coarsening.savings?.(point.assignmentMultipliers) ?? new Float64Array(app.clusters);
    const relaxation = new Relaxation(app, emptyLists(app), rules, this.state, work);
    const isPossible = relaxation.evaluateFromSavings(point, savings);
    return { point, relaxation, value: isPossible ? relaxation.value : Number.POSITIVE_INFINITY };
  }

  private solveMaster(lists: CandidateLists, from: Point): Point {
    const { app, rules, work, cutoff, estimate, isApproximate } = this.context;
    const some = this.state.map((one, cluster) => (this.keeps[cluster] === 1 ? one : OUT));
    const multipliers = from.assignmentMultipliers.map((price, u) => Math.min(price, lists.cap[u]));
    // Rounds on cells are few and save many on origins, so they are counted but not limited.
    const effort = isApproximate ? { spent: 0, allowed: Number.POSITIVE_INFINITY } : work;
    const relaxation = new Relaxation(app, lists, rules, some, effort);
    const ascent = new UncapacitatedAscent(
      app,
      relaxation,
      { assignmentMultipliers: multipliers, ruleMultipliers: from.ruleMultipliers },
      COLUMN_GENERATION.pace,
    );
    ascent.run(
      isApproximate ? COLUMN_GENERATION.approximateRounds : COLUMN_GENERATION.rounds,
      Math.min(cutoff(), estimate()),
    );
    if (isApproximate) work.spent += effort.spent;
    return ascent.best;
  }

  /** Adds the clusters of lowest reduced cost, as many as lists of so many pairs can hold. */
  private addColumns(reducedCost: Float64Array, pairs: number): void {
    const { keeps, state } = this;
    const others = [...keeps.keys()].filter((c) => keeps[c] === 0 && state[c] !== OUT);
    others.sort((a, b) => reducedCost[a] - reducedCost[b] || a - b);
    const all = state.map((one) => (one === OUT ? 0 : 1));
    const each = Math.max(1, this.pairsOf(all) / Math.max(1, others.length));
    for (const cluster of others.slice(0, Math.ceil(pairs / each))) keeps[cluster] = 1;
  }

  /** About how many pairs lists of these clusters would have. */
  private pairsOf(keeps: Uint8Array): number {
    const { app } = this.context;
    const step = Math.max(1, Math.floor(app.origins / COLUMN_GENERATION.samples));
    let [found, sampled] = [0, 0];
    for (let u = 0; u < app.origins; u += step, sampled++) {
      for (let c = 0; c < app.clusters; c++) {
        if (keeps[c] === 1 && (app.implicitCosts?.at(c, u) ?? 0) <= this.reach[u]) found++;
      }
    }
    return (found / Math.max(1, sampled)) * app.origins;
  }
}
