/** The ascent on the relaxation without capacities, whose multipliers have caps and are rounded to few digits at its end. */

import { roundedToMean } from '../primitives/round-multipliers';
import type { AppProblem, Point } from '../problem/problem';
import { SUBGRADIENT_ASCENT } from '../single-app-options';
import type { Relaxation } from './relaxation';
import { type StepSchedule, SubgradientAscent } from './subgradient-ascent';

/** One ascent on a relaxation. Clusters may be fixed between runs. */
export class UncapacitatedAscent extends SubgradientAscent<Relaxation> {
  /** The cheapest set at the best point. */
  open: readonly number[] = [];

  constructor(app: AppProblem, relaxation: Relaxation, start: Point, schedule: StepSchedule) {
    super(app, relaxation, start, schedule, SUBGRADIENT_ASCENT.deflection);
  }

  /** Runs until the value reaches `target`; each round evaluates every pair of the lists once. */
  run(rounds: number, target: number): void {
    const { relaxation, share } = this;
    const { recency } = SUBGRADIENT_ASCENT;
    for (let round = 0; round < rounds && !this.isOver && !relaxation.isSpent; round++) {
      if (!this.evaluate(this.point)) return;
      for (let c = 0; c < share.length; c++) share[c] *= 1 - recency;
      for (const cluster of relaxation.open) share[cluster] += recency;
      this.compare();
      if (this.value >= target) return;
      this.proceed(target, relaxation.lists.cap);
    }
  }

  /**
   * Rounds the multipliers of the best point to few digits where that costs little of the bound, because a certificate is text.
   * `target` is the bound to reach, `above` the bound of the parent node.
   */
  shorten(target: number, above = Number.NEGATIVE_INFINITY): void {
    if (!this.isPossible || target === Number.POSITIVE_INFINITY) return;
    const { value } = this;
    const spendable =
      SUBGRADIENT_ASCENT.roundingLoss * Math.max(0, Math.min(target - value, value - above));
    const least = value >= target ? target : value - spendable;
    for (const mean of SUBGRADIENT_ASCENT.meanSizes) {
      const { cap } = this.relaxation.lists;
      const multipliers = roundedToMean(this.best.assignmentMultipliers, mean, cap);
      const point = { ...this.best, assignmentMultipliers: multipliers };
      if (!this.evaluate(point)) return;
      if (!(this.relaxation.value >= least)) continue;
      this.recordValue();
      this.best = { ...point, ...this.relaxation.loadMultipliersCopy() };
      return;
    }
  }

  protected override keep(point: Point): void {
    super.keep(point);
    this.best = { ...this.best, ...this.relaxation.loadMultipliersCopy() };
  }

  protected override recordValue(): void {
    super.recordValue();
    this.open = this.relaxation.open;
  }
}
