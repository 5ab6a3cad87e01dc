/**
 * Steps of a subgradient ascent on a Lagrangian relaxation: scaled by the weight of each origin, along a deflected direction
 * (Held, Wolfe and Crowder, Mathematical Programming 6, 1974; Camerini, Fratta and Maffioli, Study 3, 1975). After rounds
 * without progress the step is halved and the ascent goes on from the best point.
 */

import type { AppProblem, Point } from '../problem/problem';

/** Step lengths of an ascent. */
export interface StepSchedule {
  /** Share of the distance to the target that the first step aims at. */
  readonly step: number;
  /** The ascent is over when the step is no longer than this. */
  readonly leastStep: number;
  /** Rounds without progress before the step is halved. */
  readonly patience: number;
}

/** What an ascent asks of a relaxation; the fields hold what the last evaluation found. */
export interface LagrangianRelaxation {
  readonly value: number;
  /** The clusters of the cheapest set. */
  readonly open: readonly number[];
  /** By origin: how often that set serves it. */
  readonly served: Float64Array;
  /** By rule: limit less what that set has. */
  readonly slack: Float64Array;
  readonly rules: { readonly scales: ArrayLike<number> };
  /** False when no legal set is left. */
  evaluate(point: Point): boolean;
}

/** One ascent from a start point; what a round records besides is the subclass's. */
export abstract class SubgradientAscent<R extends LagrangianRelaxation> {
  /** The best point so far and its value. */
  best: Point;
  value = Number.NEGATIVE_INFINITY;
  /** By cluster: the running average of its share in the cheapest set, recent rounds weighted most: an estimate of a primal solution. */
  readonly share: Float64Array;
  /** False when no legal set is left. */
  isPossible = true;
  protected point: Point;
  private idle = 0;
  private step: number;
  private readonly direction: Float64Array;
  private readonly ruleDirection: Float64Array;
  private readonly weights: Float64Array;
  private readonly totalWeight: number;

  constructor(
    app: AppProblem,
    protected readonly relaxation: R,
    start: Point,
    private readonly schedule: StepSchedule,
    /** Share of the last direction that is added to a subgradient. */
    private readonly deflection: number,
  ) {
    this.best = start;
    this.point = copyOf(start);
    this.step = schedule.step;
    this.share = new Float64Array(app.clusters);
    this.direction = new Float64Array(app.origins);
    this.ruleDirection = new Float64Array(start.ruleMultipliers.length);
    this.weights = app.requestsPerSecond;
    this.totalWeight = this.weights.reduce((sum, one) => sum + one, 0);
  }

  /** True when further rounds would hardly help. */
  get isOver(): boolean {
    return this.step <= this.schedule.leastStep;
  }

  /** Evaluates the best point again, after clusters were fixed; the relaxation holds what it finds. */
  refresh(): boolean {
    if (!this.evaluate(this.best)) return false;
    this.recordValue();
    return true;
  }

  protected evaluate(point: Point): boolean {
    this.isPossible &&= this.relaxation.evaluate(point);
    return this.isPossible;
  }

  /** Makes the point just evaluated the best one. */
  protected keep(point: Point): void {
    this.recordValue();
    this.best = copyOf(point);
    this.idle = 0;
  }

  /** Takes over what the relaxation found at the best point. */
  protected recordValue(): void {
    this.value = this.relaxation.value;
  }

  /** Keeps the point just evaluated where it is the best one. */
  protected compare(): void {
    if (this.relaxation.value > this.value) this.keep(this.point);
    else this.idle++;
  }

  /** To the next point, on the way to a value of `target`. `caps` are the largest multipliers by origin. */
  protected proceed(target: number, caps?: Float64Array): void {
    if (this.idle >= this.schedule.patience) this.goBack();
    if (!this.advance(this.step * (target - this.relaxation.value), caps)) this.step = 0;
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
  private advance(ambition: number, caps: Float64Array | undefined): boolean {
    const { direction, ruleDirection, relaxation, weights } = this;
    const { assignmentMultipliers: multipliers, ruleMultipliers } = this.point;
    // The multiplier of a rule acts like those of about all origins that one cluster serves.
    const scale = this.totalWeight / 4 / Math.max(1, relaxation.open.length);
    const norm = this.turn(scale);
    if (norm === 0) return false;
    const stride = Math.max(ambition, 1e-12) / norm;
    for (let u = 0; u < direction.length; u++) multipliers[u] += stride * direction[u] * weights[u];
    if (caps !== undefined) {
      for (let u = 0; u < direction.length; u++) {
        if (!(multipliers[u] < caps[u])) multipliers[u] = caps[u];
      }
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

  /** Turns the direction towards the subgradient; its scaled squared norm, 0 when the subgradient is zero. */
  private turn(scale: number): number {
    const { direction, ruleDirection, weights, relaxation, point, deflection } = this;
    const { served, slack } = relaxation;
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

function copyOf({ assignmentMultipliers: multipliers, ruleMultipliers }: Point): Point {
  return { assignmentMultipliers: multipliers.slice(), ruleMultipliers: ruleMultipliers.slice() };
}
