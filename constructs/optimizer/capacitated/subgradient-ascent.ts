/**
 * Raises the bound of the capacitated relaxation by subgradient steps along a deflected direction (Camerini, Fratta and
 * Maffioli, Mathematical Programming Study 3, 1975). After rounds without progress the step is halved and the ascent returns
 * to the best point. Running averages of the relaxed answers estimate a primal solution (Barahona and Anbil, 2000).
 */
import { CAPACITATED_ASCENT } from '../options';
import type { AppProblem, Point } from '../problem/problem';
import type { CapacitatedRelaxation } from './relaxation';

/** Length and steps of an ascent. */
export interface AscentSchedule {
  /** Largest number of rounds. */
  readonly rounds: number;
  /** Share of the distance to the target that the first step aims at. */
  readonly step: number;
  /** The ascent ends when the step is at most this. */
  readonly leastStep: number;
  /** Rounds without progress before the step is halved. */
  readonly patience: number;
}

/** One ascent from a start point. */
export class CapacitatedAscent {
  best: Point;
  value = Number.NEGATIVE_INFINITY;
  /** By cluster: the running average of its fraction in the cheapest set. */
  readonly share: Float64Array;
  /** False when no legal set is left. */
  isPossible = true;
  private point: Point;
  private idle = 0;
  private step: number;
  private readonly direction: Float64Array;
  private readonly ruleDirection: Float64Array;
  private readonly weights: Float64Array;
  private readonly all: number;

  constructor(
    app: AppProblem,
    private readonly relaxation: CapacitatedRelaxation,
    start: Point,
    private readonly pace: AscentSchedule,
  ) {
    this.best = start;
    this.point = copyOf(start);
    this.step = pace.step;
    this.share = new Float64Array(app.clusters);
    this.direction = new Float64Array(app.origins);
    this.ruleDirection = new Float64Array(start.ruleMultipliers.length);
    this.weights = app.requestsPerSecond;
    this.all = this.weights.reduce((sum, one) => sum + one, 0);
  }

  /** True when the step is too short for further progress. */
  get isOver(): boolean {
    return this.step <= this.pace.leastStep;
  }

  /** Makes rounds until the value reaches `target()`. Calls `visit` after each. */
  run(rounds: number, target: () => number, visit: () => void): void {
    const { relaxation, share } = this;
    for (let round = 0; round < rounds && !this.isOver; round++) {
      if (!this.evaluate(this.point)) return;
      for (let c = 0; c < share.length; c++) {
        share[c] += CAPACITATED_ASCENT.averageWeight * (relaxation.share[c] - share[c]);
      }
      if (relaxation.value > this.value) this.keep(this.point);
      else this.idle++;
      visit();
      const aim = target();
      if (this.value >= aim) return;
      if (this.idle >= this.pace.patience) this.goBack();
      if (!this.advance(this.step * (aim - relaxation.value))) this.step = 0;
    }
  }

  /** Evaluates the best point again, so that the relaxation holds its result. */
  refresh(): boolean {
    if (!this.evaluate(this.best)) return false;
    this.value = this.relaxation.value;
    return true;
  }

  /** Makes another point the best when its value is at least `least`. */
  replace(point: Point, least: number): boolean {
    if (!this.evaluate(point) || !(this.relaxation.value >= least)) return false;
    this.keep(point);
    return true;
  }

  private evaluate(point: Point): boolean {
    this.isPossible &&= this.relaxation.evaluate(point);
    return this.isPossible;
  }

  private keep(point: Point): void {
    this.value = this.relaxation.value;
    this.best = copyOf(point);
    this.idle = 0;
  }

  private goBack(): void {
    this.step /= 2;
    this.idle = 0;
    this.point = copyOf(this.best);
    this.direction.fill(0);
    this.ruleDirection.fill(0);
    this.evaluate(this.point);
  }

  /** Moves along the deflected subgradient; false when it is zero: the relaxed answer serves every origin once and keeps every rule. */
  private advance(ambition: number): boolean {
    const { direction, ruleDirection, weights, relaxation } = this;
    const { assignmentMultipliers: prices, ruleMultipliers: rates } = this.point;
    // The multiplier of a rule acts like those of about all origins that one cluster serves.
    const scale = this.all / 4 / Math.max(1, relaxation.open.length);
    const norm = this.turn(scale);
    if (norm === 0) return false;
    const stride = Math.max(ambition, 1e-12) / norm;
    for (let u = 0; u < direction.length; u++) prices[u] += stride * direction[u] * weights[u];
    for (let r = 0; r < ruleDirection.length; r++) {
      const unit = relaxation.rules.scales[r];
      rates[r] = Math.max(0, rates[r] + (stride * ruleDirection[r] * scale) / (unit * unit));
    }
    return true;
  }

  /** Adds the subgradient to the direction. Returns its scaled squared norm; 0 when the subgradient is zero. */
  private turn(scale: number): number {
    const { direction, ruleDirection, weights, relaxation, point } = this;
    const { served, slack } = relaxation;
    let norm = 0;
    let isOff = false;
    for (let u = 0; u < direction.length; u++) {
      const gradient = 1 - served[u];
      if (gradient !== 0) isOff = true;
      const along = gradient + CAPACITATED_ASCENT.deflection * direction[u];
      direction[u] = along;
      norm += along * along * weights[u];
    }
    for (let r = 0; r < ruleDirection.length; r++) {
      const gradient = point.ruleMultipliers[r] === 0 ? Math.max(0, slack[r]) : slack[r];
      if (gradient !== 0) isOff = true;
      ruleDirection[r] = gradient + CAPACITATED_ASCENT.deflection * ruleDirection[r];
      const along = ruleDirection[r] / relaxation.rules.scales[r];
      norm += along * along * scale;
    }
    return isOff ? norm : 0;
  }
}

function copyOf({ assignmentMultipliers: prices, ruleMultipliers: rates }: Point): Point {
  return { assignmentMultipliers: prices.slice(), ruleMultipliers: rates.slice() };
}
