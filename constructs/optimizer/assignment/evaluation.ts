/** Evaluates a set of chosen clusters: its value, and its violation of the rules about load. */

import { replicasAt } from '../problem/capacity';
import { type AppProblem, costAt, demandOf, type Limits, type Work } from '../problem/problem';
import { isKeptThin } from '../problem/set-rules';
import { assign } from './assign';
import { type Assigned, type Assignment, forEachFlow } from './assignment';
import { limitsBesideEach, type Placed } from './limits-beside';

/** The assignment, value and violation of a set. */
export interface Evaluated {
  readonly assigned: Assigned;
  readonly assignment: Assignment;
  /** 0 when all rules about load hold. Larger is farther from legal; comparable between sets of one app. */
  readonly violation: number;
  readonly value: number;
}

const TOLERANCE = 1e-9;

/** Assigns the demand of one app to `open` within `limits`, and evaluates the result. */
export function evaluate(
  app: AppProblem,
  open: readonly number[],
  limits: Limits,
  work: Work,
): Evaluated {
  const assignment = assign([app], [open], limits, work);
  const assigned = assignment.apps[0];
  return {
    assigned,
    assignment,
    ...evaluateAssigned(app, assigned, assignment.shortfall, limits, work),
  };
}

/** Value and violation of a given assignment. `limits` is the capacity that other apps leave. */
export function evaluateAssigned(
  app: AppProblem,
  assigned: Assigned,
  shortfall: number,
  limits: Limits,
  work: Work,
): { readonly violation: number; readonly value: number } {
  const value = objectiveValue(app, assigned);
  if (shortfall > 0)
    return { violation: 10 + Math.min(shortfall / Math.max(1, demandOf(app)), 10), value };
  let violation =
    thresholdViolation(app, assigned) +
    nearShareViolation(app, assigned) +
    budgetViolation(app, assigned);
  if (violation === 0) violation += lossViolation(app, assigned.open, limits, work);
  return { violation, value };
}

/** The objective: the weighted sum of all terms. */
function objectiveValue(app: AppProblem, assigned: Assigned): number {
  let value = app.constantCost;
  const { open, load } = assigned;
  open.forEach((cluster, position) => {
    value += app.openCost[cluster] + app.replicaCost[cluster] * idleReplicas(app, load[position]);
  });
  forEachFlow(app.requestsPerSecond, assigned, (origin, position, amount) => {
    value += (amount / app.requestsPerSecond[origin]) * costAt(app, open[position], origin);
  });
  return value;
}

/** Number of whole replicas less the fractions that pair costs already contain. */
function idleReplicas(app: AppProblem, load: number): number {
  let idle = 0;
  for (const component of app.components) {
    idle += replicasAt(component, load) - load / component.requestsPerSecondPerReplica;
  }
  return idle;
}

function thresholdViolation(app: AppProblem, { open, load }: Assigned): number {
  let violation = 0;
  open.forEach((cluster, position) => {
    const threshold = app.threshold[cluster];
    if (load[position] >= threshold * (1 - TOLERANCE)) return;
    if (!isKeptThin(app, open, cluster)) violation += (threshold - load[position]) / threshold;
  });
  return violation;
}

function nearShareViolation(app: AppProblem, assigned: Assigned): number {
  const share = nearDemand(app, assigned);
  if (app.nearShare === undefined || share === undefined) return 0;
  return share >= app.nearShare.share - TOLERANCE ? 0 : app.nearShare.share - share;
}

/** The share of the demand, from 0 to 1, that is served by near pairs; undefined without demand, and without a rule about it. */
export function nearDemand(app: AppProblem, { open, amounts }: Assigned): number | undefined {
  if (app.nearShare === undefined || demandOf(app) === 0) return undefined;
  let near = 0;
  for (let origin = 0; origin < app.origins; origin++) {
    for (let position = 0; position < open.length; position++) {
      if (app.nearShare.within[open[position] * app.origins + origin] === 1) {
        near += amounts[origin * open.length + position];
      }
    }
  }
  return near / Math.max(demandOf(app), Number.MIN_VALUE);
}

function budgetViolation(app: AppProblem, { open, load }: Assigned): number {
  const { budget, ease = 1 } = app;
  if (budget === undefined) return 0;
  let usdPerHour = 0;
  open.forEach((cluster, position) => {
    const served = load[position] / ease;
    const replicas = app.components.reduce((sum, one) => sum + replicasAt(one, served), 0);
    usdPerHour +=
      budget.open[cluster] +
      budget.perReplica[cluster] * replicas +
      budget.perRequestPerSecond[cluster] * served;
  });
  if (usdPerHour <= budget.usdPerHour + TOLERANCE * Math.max(1, budget.usdPerHour)) return 0;
  return Math.min(10, usdPerHour / Math.max(budget.usdPerHour, TOLERANCE) - 1);
}

/** Share of the possible losses after which the other clusters cannot serve all demand. All C(open, n) losses are tried; n is small. */
function lossViolation(
  app: AppProblem,
  open: readonly number[],
  limits: Limits,
  work: Work,
): number {
  if (app.survive === undefined || app.origins === 0) return 0;
  let losses = 0;
  let lost = 0;
  for (const { isServed } of lossesOf(app, open, limits, work)) {
    losses++;
    if (!isServed) lost++;
  }
  return losses === 0 ? 1 : lost / losses;
}

/** The first loss of `survive` after which the others of `open` cannot serve all demand; undefined when there is none. */
export function firstUnservedLoss(
  app: AppProblem,
  open: readonly number[],
  limits: Limits,
  work: Work,
): readonly number[] | undefined {
  if (app.survive === undefined || app.origins === 0) return undefined;
  for (const { remaining, isServed } of lossesOf(app, open, limits, work)) {
    if (!isServed) return open.filter((cluster) => !remaining.includes(cluster));
  }
  return undefined;
}

/** Every loss of `survive`: what remains, and whether that serves all demand. */
function* lossesOf(
  app: AppProblem,
  open: readonly number[],
  limits: Limits,
  work: Work,
): Generator<{ readonly remaining: readonly number[]; readonly isServed: boolean }> {
  const { survive, ease = 1 } = app;
  if (survive === undefined) return;
  const requestsPerSecond = app.requestsPerSecond.map((rate) => rate / ease);
  const afterLoss: AppProblem = { ...app, cost: survive.outside, requestsPerSecond };
  const demand = demandOf(afterLoss);
  const most = (1 - survive.share) * demand + TOLERANCE * demand;
  for (const remaining of subsets(open, open.length - survive.clusters)) {
    const { shortfall, apps } = assign([afterLoss], [remaining], limits, work);
    yield { remaining, isServed: shortfall <= 0 && demandOutside(afterLoss, apps[0]) <= most };
  }
}

function demandOutside(app: AppProblem, { open, amounts }: Assigned): number {
  let outside = 0;
  for (let origin = 0; origin < app.origins; origin++) {
    for (let position = 0; position < open.length; position++) {
      const amount = amounts[origin * open.length + position];
      const cost = app.cost[open[position] * app.origins + origin];
      if (amount > 0 && cost > 0) outside += amount;
    }
  }
  return outside;
}

/** All subsets of `size` members, in lexicographic order. */
export function* subsets(members: readonly number[], size: number, from = 0): Generator<number[]> {
  if (size < 0) return;
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= members.length - size; i++) {
    for (const rest of subsets(members, size - 1, i + 1)) yield [members[i], ...rest];
  }
}

/** `limits` after the use of the assigned apps is taken. */
export function remainingLimits(limits: Limits, used: readonly NonNullable<Placed>[]): Limits {
  return limitsBesideEach(limits, used)(used.length);
}
