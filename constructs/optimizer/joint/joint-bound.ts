/**
 * Raises the joint bound by subgradient ascent. Capacity multipliers and assignment multipliers move together; those of an
 * app have their own step, aimed at the cheapest known set of that app at the present multipliers (Polyak's step; Held,
 * Wolfe and Crowder, Mathematical Programming 6, 1974). Most rounds evaluate only clusters near to being chosen; only full
 * rounds give bounds.
 */

import { power } from '../../model/trigonometry';
import { JOINT_RELAXATION } from '../options';
import { pairsBelow } from '../primitives/pairs-below';
import { shortened } from '../primitives/round-multipliers';
import type { ComponentLoad, Work } from '../problem/problem';
import { AppSubproblem, ROUNDING } from './app-subproblem';
import { KINDS, ResidualCapacity } from './assignment/residual-capacity';
import type { CapacityMultipliers } from './capacity-multipliers';
import { ColumnPool } from './column-pool';
import { equalApps } from './equal-apps';
import type { JointState } from './joint-state';

const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
const { firstStep, lastStep } = JOINT_RELAXATION;

/** The bound that multipliers prove. */
export interface JointBound {
  readonly capacityMultipliers: CapacityMultipliers;
  /** By app: its assignment multipliers and L_a; undefined for an app that is not placed. */
  readonly apps: readonly (
    | { readonly multipliers: Float64Array; readonly value: number }
    | undefined
  )[];
  /** Cost of all capacity under the multipliers. */
  readonly capacityCost: number;
}

/** The sum that the multipliers prove. */
export function boundOf({ apps, capacityCost }: JointBound): number {
  return apps.reduce((sum, one) => sum + (one?.value ?? 0), -capacityCost);
}

/** The joint bound of the placed apps. `target` is the value of their placement. */
export function jointBound(
  state: JointState,
  alone: readonly (readonly number[] | undefined)[],
  target: number,
  work: Work,
): JointBound {
  return new JointSubgradient(state, alone, target, work).run();
}

class JointSubgradient {
  /** Placed apps; those that are the same problem together. One relaxation stands for each group. */
  private readonly groups: readonly (readonly number[])[];
  private readonly apps: readonly AppSubproblem[];
  private readonly pools: readonly ColumnPool[];
  private readonly rounds: number;
  private readonly capacity: Float64Array;
  private readonly scale: Float64Array;
  private readonly multipliers: CapacityMultipliers;
  private readonly direction: Float64Array;
  private best = {
    value: NEGATIVE_INFINITY,
    capacityMultipliers: new Float64Array(0),
    multipliers: [] as Float64Array[],
  };

  constructor(
    private readonly state: JointState,
    alone: readonly (readonly number[] | undefined)[],
    private readonly target: number,
    work: Work,
  ) {
    const { residual, problem } = state;
    const placed = state.appStates.map((_, a) => a).filter((a) => state.isPlaced[a] === 1);
    this.groups = groupsOf(placed, state);
    this.apps = this.groups.map(([a]) => {
      const { app } = state.appStates[a];
      const isFlat = residual.isLoadIndependent(app);
      const { start, most } = state.appStates[a].initialMultipliers();
      const pairs = pairsBelow(
        app,
        isFlat
          ? most
          : most.map((one) => one + (JOINT_RELAXATION.maxMultiplier - 1) * Math.abs(one)),
      );
      return new AppSubproblem(app, pairs, start, problem.limits, isFlat, work);
    });
    this.pools = this.groups.map(([a], i) => {
      const { open, value, load, app } = state.appStates[a];
      const offers = new ColumnPool(app, this.apps[i].use, work);
      offers.addColumn({ open, value, load });
      const own = alone[a];
      if (own !== undefined) offers.addNearest(own);
      return offers;
    });
    const pairs = this.apps.reduce((sum, one) => sum + one.pairCount, 1);
    const { minRounds, maxRounds, smallPairs, maxSmallRounds } = JOINT_RELAXATION;
    this.rounds = Math.max(
      minRounds,
      Math.min(maxRounds, Math.floor(JOINT_RELAXATION.pairs / pairs)),
      Math.min(maxSmallRounds, Math.floor(smallPairs / pairs)),
    );
    this.capacity = capacityOf(state);
    this.scale = scaleOf(this.capacity);
    this.multipliers = new Float64Array(this.capacity.length);
    this.direction = new Float64Array(this.capacity.length);
  }

  run(): JointBound {
    const last = this.rounds - 1;
    for (let round = 0; round <= last; round++) {
      const isFull = round % JOINT_RELAXATION.fullEvaluation === 0 || round === last;
      const step = firstStep * power(lastStep / firstStep, round / last);
      const { bound, priced } = this.round(isFull, step);
      if (isFull && bound > this.best.value) this.record(bound);
      if (round < last) this.stepCapacityMultipliers(step, bound, priced);
    }
    return this.refined();
  }

  /** One step of every app at the present multipliers. Returns the bound, and the relaxation's value at the cheapest columns. */
  private round(isFull: boolean, step: number): { bound: number; priced: number } {
    const { multipliers, apps } = this;
    let bound = -this.capacityCost(multipliers) * (1 + ROUNDING);
    let priced = bound;
    apps.forEach((one, i) => {
      one.evaluate(multipliers, isFull);
      bound += this.groups[i].length * one.bound;
      if (isFull) this.pools[i].addNearest(one.open);
      const cheapest = this.pools[i].leastCost(multipliers);
      priced += this.groups[i].length * cheapest;
      one.recordEvaluated();
      one.step(step * aim(cheapest, one.bound));
    });
    return { bound, priced };
  }

  private record(value: number): void {
    this.best = {
      value,
      capacityMultipliers: this.multipliers.slice(),
      multipliers: this.apps.map((one) => one.evaluatedMultipliers.slice()),
    };
  }

  private stepCapacityMultipliers(step: number, bound: number, priced: number): void {
    const { multipliers, direction, capacity, scale } = this;
    const use = new Float64Array(multipliers.length);
    this.apps.forEach((one, i) => {
      one.addUse(use, this.groups[i].length);
    });
    let norm = 0;
    for (let at = 0; at < multipliers.length; at++) {
      if (capacity[at] === POSITIVE_INFINITY) continue;
      let slope = (use[at] - capacity[at]) / scale[at % KINDS];
      if (multipliers[at] === 0 && slope < 0) slope = 0;
      direction[at] = slope + JOINT_RELAXATION.deflection * direction[at];
      norm += direction[at] * direction[at];
    }
    if (norm === 0) return;
    const aimed = Math.max(
      this.target - priced,
      JOINT_RELAXATION.minAim * (this.target - bound),
      0,
    );
    const stride = (step * aimed) / norm;
    for (let at = 0; at < multipliers.length; at++) {
      if (direction[at] === 0) continue;
      multipliers[at] = Math.max(0, multipliers[at] + (stride * direction[at]) / scale[at % KINDS]);
    }
  }

  /** Rounds the best capacity multipliers and raises the assignment multipliers of each app further with these fixed. */
  private refined(): JointBound {
    const capacityMultipliers = shortened(this.best.capacityMultipliers);
    const apps: JointBound['apps'][number][] = this.state.appStates.map(() => undefined);
    this.apps.forEach((one, i) => {
      const target = this.pools[i].leastCost(capacityMultipliers);
      const climbed = raiseMultipliers(
        one,
        capacityMultipliers,
        this.best.multipliers[i],
        target,
        JOINT_RELAXATION.refinement * this.rounds,
      );
      const multipliers = shortened(climbed, one.maxMultiplier);
      const value = one.provenBound(multipliers, capacityMultipliers);
      for (const a of this.groups[i]) apps[a] = { multipliers, value };
    });
    return {
      capacityMultipliers,
      apps,
      capacityCost: this.capacityCost(capacityMultipliers) * (1 + ROUNDING),
    };
  }

  private capacityCost(multipliers: CapacityMultipliers): number {
    let paid = 0;
    for (let at = 0; at < multipliers.length; at++) {
      if (multipliers[at] > 0) paid += multipliers[at] * this.capacity[at];
    }
    return paid;
  }
}

/** Apps that are the same problem together, where they are so many that it pays; else each by itself. */
function groupsOf(placed: readonly number[], { problem }: JointState): number[][] {
  if (placed.length < JOINT_RELAXATION.minAppsGrouped) return placed.map((a) => [a]);
  const groups = equalApps(placed.map((a) => problem.apps[a]));
  return groups.map((group) => group.map((index) => placed[index]));
}

/** The distance a bound may still rise; always positive. */
function aim(cheapest: number, bound: number): number {
  return Math.max(cheapest - bound, 1e-4 * Math.abs(cheapest));
}

/** Raises the bound of one app from the given multipliers. Returns the best of the full evaluations. */
function raiseMultipliers(
  subproblem: AppSubproblem,
  capacityMultipliers: CapacityMultipliers,
  multipliers: Float64Array,
  target: number,
  rounds: number,
): Float64Array {
  let best = { multipliers, value: NEGATIVE_INFINITY };
  let step = lastStep;
  subproblem.restart(multipliers);
  for (let round = 0; round <= rounds; round++) {
    const isFull = round % JOINT_RELAXATION.fullEvaluation === 0;
    subproblem.evaluate(capacityMultipliers, isFull);
    if (isFull) {
      if (subproblem.bound > best.value)
        best = { multipliers: subproblem.multipliers.slice(), value: subproblem.bound };
      else {
        step /= 2;
        subproblem.restart(best.multipliers);
        subproblem.evaluate(capacityMultipliers, true);
      }
      if (target - best.value <= 1e-9 * Math.abs(target)) break;
    }
    subproblem.step(step * Math.max(0, target - subproblem.bound));
  }
  return best.multipliers;
}

/**
 * The capacity by limit in the bound: with the least headroom of all apps and the tolerance of fitting. As replicas are whole, it is
 * rounded down to a multiple of the common divisor of their sizes.
 */
function capacityOf({ problem }: JointState): Float64Array {
  const counted = problem.apps.filter((app) => app.capacity !== 'none');
  const share = counted.reduce((least, app) => Math.min(least, app.headroom), 1);
  const { capacity } = new ResidualCapacity(problem.clusters, problem.limits, share);
  const grains = granularities(counted.flatMap((app) => app.components));
  return capacity.map((one, at) => {
    const most = Math.max(0, one) * (1 + 1e-9);
    const grain = grains[at % KINDS];
    if (!(grain > 0) || most === POSITIVE_INFINITY) return most;
    const whole = grain * Math.floor((most / grain) * (1 + 1e-8) + 1e-6);
    // The multiplier of capacity that is used to the last unit changes no bound and could rise without end. The tolerance prevents it.
    return Math.min(most, whole * (1 + 1e-9));
  });
}

/** By kind: the largest amount of which the size of every replica is a multiple; 0 or NaN without one. */
function granularities(components: readonly ComponentLoad[]): number[] {
  const grains = [0, 0, 1, 0];
  for (const one of components) {
    grains[0] = greatestCommonDivisor(grains[0], one.cpuMillicores);
    grains[1] = greatestCommonDivisor(grains[1], one.memoryMebibytes);
  }
  return grains;
}

/** The greatest common divisor (Euclid); NaN, which nothing is rounded to, when one is no whole number. */
function greatestCommonDivisor(a: number, b: number): number {
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b)) return Number.NaN;
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** By kind: the mean capacity, which makes millicores and pods comparable. */
function scaleOf(capacity: Float64Array): Float64Array {
  const scale = new Float64Array(KINDS).fill(1);
  for (let kind = 0; kind < KINDS; kind++) {
    const limited = capacity.filter((one, at) => at % KINDS === kind && one < POSITIVE_INFINITY);
    const all = limited.reduce((sum, one) => sum + one, 0);
    if (all > 0) scale[kind] = all / limited.length;
  }
  return scale;
}
