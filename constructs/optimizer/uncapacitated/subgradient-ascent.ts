/**
 * Subgradient ascent on the relaxation: steps scaled by the weight of each origin, along a deflected direction
 * (Held, Wolfe and Crowder, Mathematical Programming 6, 1974; Camerini, Fratta and Maffioli, Study 3, 1975). After
 * some rounds without progress the step is halved, and the ascent goes on from the best point.
 */

import type { AppProblem, Point } from '../problem/problem';
import { SUBGRADIENT_ASCENT } from '../single-app-options';
import type { Relaxation } from './relaxation';

/** Step lengths of an ascent. */
export interface Pace {
  /** Share of the distance to the target that the first step aims at. */
  readonly step: number;
  /** The ascent is over when the step is no longer than this. */
  readonly leastStep: number;
  /** Rounds without progress before the step is halved. */
  readonly patience: number;
}

/** One ascent on a relaxation. Clusters may be fixed between runs. */
export class Ascent {
  /** The best point so far, its value, and the cheapest set there. */
  best: Point;
  value = Number.NEGATIVE_INFINITY;
  open: readonly number[] = [];
  /** By cluster: how often it was in the cheapest set, recent rounds weighted most: an estimate of the primal relaxed solution. */
  readonly share: Float64Array;
  /** False when no set of legal size is left at all. */
  isPossible = true;
  private point: Point;
  private idle = 0;
  private step: number;
  private readonly direction: Float64Array;
  private readonly ruleDirection: Float64Array;
  private readonly weight: number;

  constructor(
    private readonly app: AppProblem,
    private readonly relaxation: Relaxation,
    start: Point,
    private readonly pace: Pace,
  ) {
    this.best = start;
    this.point = copyOf(start);
    this.step = pace.step;
    this.share = new Float64Array(app.clusters);
    this.direction = new Float64Array(app.origins);
    this.ruleDirection = new Float64Array(start.ruleMultipliers.length);
    this.weight = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
  }

  /** True when further rounds would hardly help. */
  get isOver(): boolean {
    return this.step <= this.pace.leastStep;
  }

  /** Runs until the value reaches `target`; each round evaluates every pair of the lists once. */
  run(rounds: number, target: number): void {
    const { relaxation, share } = this;
    const { recency } = SUBGRADIENT_ASCENT;
    for (let round = 0; round < rounds && !this.isOver && !relaxation.isSpent; round++) {
      if (!this.evaluate(this.point)) return;
      for (let c = 0; c < share.length; c++) share[c] *= 1 - recency;
      for (const cluster of relaxation.open) share[cluster] += recency;
      if (relaxation.value > this.value) this.keep(this.point);
      else this.idle++;
      if (this.value >= target) return;
      if (this.idle >= this.pace.patience) this.goBack();
      if (!this.advance(this.step * (target - relaxation.value))) this.step = 0;
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
    for (const most of SUBGRADIENT_ASCENT.meanSizes) {
      const multipliers = shortened(
        this.best.assignmentMultipliers,
        most,
        this.relaxation.lists.cap,
      );
      const point = { ...this.best, assignmentMultipliers: multipliers };
      if (!this.evaluate(point)) return;
      if (!(this.relaxation.value >= least)) continue;
      this.value = this.relaxation.value;
      this.open = this.relaxation.open;
      this.best = { ...point, ...this.relaxation.loadMultipliersCopy() };
      return;
    }
  }

  /** Evaluates the best point again, after clusters were decided; the relaxation holds what it finds. */
  refresh(): boolean {
    if (!this.evaluate(this.best)) return false;
    this.value = this.relaxation.value;
    this.open = this.relaxation.open;
    return true;
  }

  private evaluate(point: Point): boolean {
    this.isPossible &&= this.relaxation.evaluate(point);
    return this.isPossible;
  }

  private keep(point: Point): void {
    this.value = this.relaxation.value;
    this.open = this.relaxation.open;
    this.best = { ...copyOf(point), ...this.relaxation.loadMultipliersCopy() };
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

  /** Moves along the deflected subgradient; false when the relaxed answer serves every origin once and keeps every rule. */
  private advance(ambition: number): boolean {
    const { direction, ruleDirection, app, relaxation } = this;
    const { assignmentMultipliers: multipliers, ruleMultipliers } = this.point;
    const weights = app.requestsPerSecond;
    // A rule moves multipliers of about all origins that one cluster serves.
    const scale = this.weight / 4 / Math.max(1, relaxation.open.length);
    const norm = this.turn(scale);
    if (norm === 0) return false;
    const stride = Math.max(ambition, 1e-12) / norm;
    const { cap } = relaxation.lists;
    for (let u = 0; u < direction.length; u++) {
      const price = multipliers[u] + stride * direction[u] * weights[u];
      multipliers[u] = price < cap[u] ? price : cap[u];
    }
    for (let r = 0; r < ruleDirection.length; r++) {
      const unit = relaxation.rules.scales[r];
      ruleMultipliers[r] = Math.max(
        0,
        ruleMultipliers[r] + (stride * ruleDirection[r] * scale) / (unit * unit),
      );
    }
    return true;
  }

  /** Turns the direction towards the subgradient; its scaled norm, 0 when the subgradient is zero. */
  private turn(scale: number): number {
    const { direction, ruleDirection, app, relaxation, point } = this;
    const { served, slack } = relaxation;
    const { deflection } = SUBGRADIENT_ASCENT;
    const weights = app.requestsPerSecond;
    let norm = 0;
    let isOff = false;
    for (let u = 0; u < direction.length; u++) {
      const gradient = 1 - served[u];
      if (gradient !== 0) isOff = true;
      const along = gradient + deflection * direction[u];
      direction[u] = along;
      norm += along * along * weights[u];
    }
    for (let r = 0; r < ruleDirection.length; r++) {
      const gradient = point.ruleMultipliers[r] === 0 ? Math.max(0, slack[r]) : slack[r];
      if (gradient !== 0) isOff = true;
      ruleDirection[r] = gradient + deflection * ruleDirection[r];
      const along = ruleDirection[r] / relaxation.rules.scales[r];
      norm += along * along * scale;
    }
    return isOff ? norm : 0;
  }
}

/** Multipliers in so few digits that a mean one is a number of at least `most`, or somewhat more; none above its cap. */
export function shortened(
  multipliers: Float64Array,
  most: number,
  cap?: Float64Array,
): Float64Array {
  let mean = 0;
  for (const price of multipliers) mean += Math.abs(price) / multipliers.length;
  let [scale, coarse] = [1, 1];
  while (mean * scale < most && scale < 1e15) scale *= 10;
  while (mean / coarse > 10 * most && coarse < 1e15) coarse *= 10;
  return rounded(multipliers, scale, coarse, cap);
}

/** To whole multiples of `coarse / scale`, powers of ten of which one is 1; none above its cap. */
function rounded(
  multipliers: Float64Array,
  scale: number,
  coarse: number,
  cap?: Float64Array,
): Float64Array {
  return multipliers.map((price, u) => {
    const near = (Math.round((price * scale) / coarse) / scale) * coarse;
    return cap === undefined ? near : Math.min(cap[u], near);
  });
}

function copyOf({ assignmentMultipliers: multipliers, ruleMultipliers }: Point): Point {
  return { assignmentMultipliers: multipliers.slice(), ruleMultipliers: ruleMultipliers.slice() };
}
