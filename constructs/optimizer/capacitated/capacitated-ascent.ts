/**
 * The ascent on the capacitated relaxation. Running averages of the relaxed answers estimate a primal solution (Barahona and
 * Anbil, Mathematical Programming 87, 2000).
 */
import { CAPACITATED_ASCENT, MULTIPLIER_ROUNDING } from '../options';
import { roundedToMean } from '../primitives/round-multipliers';
import type { AppProblem, Point } from '../problem/problem';
import { type StepSchedule, SubgradientAscent } from '../uncapacitated/subgradient-ascent';
import type { CapacitatedRelaxation } from './relaxation';

/** Length and steps of an ascent. */
export interface AscentSchedule extends StepSchedule {
  /** Largest number of rounds. */
  readonly rounds: number;
}

/** One ascent from a start point. */
export class CapacitatedAscent extends SubgradientAscent<CapacitatedRelaxation> {
  constructor(
    app: AppProblem,
    relaxation: CapacitatedRelaxation,
    start: Point,
    schedule: StepSchedule,
  ) {
    super(app, relaxation, start, schedule, CAPACITATED_ASCENT.deflection);
  }

  /** Makes rounds until the value reaches `target()`. Calls `visit` after each. */
  run(rounds: number, target: () => number, visit: () => void): void {
    const { relaxation, share } = this;
    for (let round = 0; round < rounds && !this.isOver; round++) {
      if (!this.evaluate(this.point)) return;
      for (let c = 0; c < share.length; c++) {
        share[c] += CAPACITATED_ASCENT.averageWeight * (relaxation.share[c] - share[c]);
      }
      this.compare();
      visit();
      const aim = target();
      if (this.value >= aim) return;
      this.proceed(aim);
    }
  }

  /**
   * Rounds the multipliers of the best point to few digits when the bound loses only a small share of its distance to
   * `target`: any multipliers prove a bound, and short ones keep the text of a proof short.
   */
  shorten(target: number): void {
    if (!this.isPossible || target === Number.POSITIVE_INFINITY) return;
    const { value, best } = this;
    const least = value >= target ? target : value - MULTIPLIER_ROUNDING.maxLoss * (target - value);
    for (const mean of MULTIPLIER_ROUNDING.steps) {
      const multipliers = roundedToMean(best.assignmentMultipliers, mean);
      if (multipliers.every((one, u) => one === best.assignmentMultipliers[u])) return;
      if (this.replace({ ...best, assignmentMultipliers: multipliers }, least)) return;
    }
  }

  /** Makes another point the best when its value is at least `least`. */
  replace(point: Point, least: number): boolean {
    if (!this.evaluate(point) || !(this.relaxation.value >= least)) return false;
    this.keep(point);
    return true;
  }
}
