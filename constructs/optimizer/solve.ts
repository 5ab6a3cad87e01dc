/** The entry of the optimizer: from a problem to chosen sets, assignments and a proven lower bound. */

import { assignNearest } from './assignment/assign';
import { type Evaluated, evaluate, evaluateAssigned } from './assignment/evaluation';
import { solveCapacitated } from './capacitated/capacitated-solver';
import { solveCapacitatedOnLists } from './capacitated-on-lists';
import { type Candidate, candidatesOf, enumerate, isEnumerable } from './enumeration/enumeration';
import type { LimitPrices } from './joint/app-subproblem';
import { constructStart } from './joint/constructive-start';
import { independentAnswersFit } from './joint/independent-answers';
import { isCoupled, solveJointly } from './joint/joint-solver';
import { capacitiesOf, holdsDemand } from './problem/capacity';
import { isCapacitated, LOAD_RULES } from './problem/features';
import {
  type AppProblem,
  clearlyLess,
  demandOf,
  type Limits,
  type Problem,
  type Work,
} from './problem/problem';
import { BINDING_LIMITS, ENUMERATED_CANDIDATES } from './single-app-options';
import { type AppSolution, solveSingleApp } from './single-app-solver';
import { search } from './uncapacitated/iterated-local-search';
import { ListDescent } from './uncapacitated/list-descent';
import { candidateListsFor } from './uncapacitated/pairs';

/** The answer for all apps. */
export interface Answer {
  readonly apps: readonly AppSolution[];
  /** `joint`: the bounds of the apps hold only as a sum. */
  readonly proof: 'independent' | 'joint';
  /** What proves the bounds of a joint answer for which not all combinations were compared. */
  readonly limitPrices?: LimitPrices;
  /** Where an app has no place: true when no placement has more apps. */
  readonly isMostPlaced?: boolean;
}

/** Without a placement. */
const UNPLACED: AppSolution = { best: undefined, bound: 0, proof: { kind: 'enumeration' } };

/** All apps, given what each would choose alone: together only where they share capacity or clusters. */
export function solve(problem: Problem, alone: readonly AppSolution[], work: Work): Answer {
  if (!isCoupled(problem) || independentAnswersFit(problem, alone)) {
    return { apps: alone, proof: 'independent' };
  }
  const together = solveJointly(problem, alone, work);
  const apps = together.apps.map(({ best, bound, proof }, a) => ({
    ...alone[a],
    best,
    bound: bound ?? alone[a].bound,
    proof: proof ?? alone[a].proof,
  }));
  return { ...together, apps };
}

/** One app with the limits to itself: enumerated when that is affordable, else searched and bounded. */
export function solveAlone(app: AppProblem, limits: Limits, work: Work): AppSolution {
  if (!holdsDemand(app, limits)) return UNPLACED;
  const capacities = capacitiesOf(app, limits);
  if (isCapacitated(app, capacities)) return solveLimited(app, capacities, limits, work);
  if (!isEnumerable(app)) {
    const unlimited = capacities === undefined ? undefined : solveWithoutLimits(app, limits, work);
    return unlimited ?? solveSingleApp(app, limits, work);
  }
  const start =
    app.clusters > ENUMERATED_CANDIDATES.withoutStart ? firstDescent(app, limits, work) : undefined;
  const { best, isExact } = enumerate(app, limits, work, start);
  if (isExact || best === undefined) {
    return { best, bound: best?.evaluated.value ?? 0, proof: { kind: 'enumeration' } };
  }
  // Some assignment search was cut short: the value is legal, but only a relaxation bounds it from below.
  const { bound, proof } = solveSingleApp(app, limits, work, best);
  return { best, bound, proof };
}

function solveLimited(
  app: AppProblem,
  capacities: Float64Array,
  limits: Limits,
  work: Work,
): AppSolution {
  if (!isEnumerable(app) || candidatesOf(app).length > ENUMERATED_CANDIDATES.capacitated) {
    const unlimited = solveWithoutLimits(app, limits, work);
    if (unlimited !== undefined) return unlimited;
    const answer = solveCapacitated(app, capacities, limits, work);
    // Where rules leave few legal sets, the longer search may still find one.
    return answer.best === undefined ? solveSingleApp(app, limits, work) : answer;
  }
  const { best, isExact } = enumerate(app, limits, work);
  if (!isExact && best !== undefined) return solveCapacitated(app, capacities, limits, work, best);
  return { best, bound: best?.evaluated.value ?? 0, proof: { kind: 'enumeration' } };
}

/**
 * The answer of the relaxation without capacity, and without minimum loads where pairs are implicit, when it keeps these rules at the
 * same value; undefined when it does not. The rules only forbid, so the bound of the relaxation holds with them.
 */
function solveWithoutLimits(app: AppProblem, limits: Limits, work: Work): AppSolution | undefined {
  const free: AppProblem = { ...app, capacity: 'none' };
  const relaxed = app.implicitCosts === undefined ? free : LOAD_RULES.threshold.without(free);
  if (!seemsWithinLimits(app, relaxed, limits, work)) return undefined;
  let isBinding = false;
  const keeps = (open: readonly number[]) => {
    const isKept = evaluate(app, open, limits, work).violation === 0;
    isBinding ||= !isKept;
    return isKept;
  };
  const { best, bound, proof } = solveSingleApp(relaxed, limits, work, undefined, keeps);
  if (best === undefined) return undefined;
  // Where limits keep out better sets, dividing origins may cost less than what keeps them as it is.
  const { value } = best.evaluated;
  if (isBinding && value - bound > BINDING_LIMITS.maxGap * Math.abs(value)) return undefined;
  const evaluated = evaluate(app, best.open, limits, work);
  const isSame = evaluated.violation === 0 && !clearlyLess(best.evaluated.value, evaluated.value);
  return isSame ? { best: { open: best.open, evaluated }, bound, proof } : undefined;
}

/**
 * The answer where limits bind and pairs are implicit, without minimum loads in the relaxation; undefined where no set is found that
 * keeps all rules, and where the problem is of another kind.
 */
function solveWithLimitsOnLists(
  app: AppProblem,
  limits: Limits,
  work: Work,
): AppSolution | undefined {
  const relaxed = LOAD_RULES.threshold.without(app);
  const keeps = (_open: readonly number[], { assigned, assignment }: Evaluated) =>
    evaluateAssigned(app, assigned, assignment.shortfall, limits, work).violation === 0;
  return solveCapacitatedOnLists(relaxed, limits, work, keeps);
}

/** One app with implicit costs whose limits alone would need all pairs: as if they did not bind, then with them; undefined where neither answers. */
export function solveOnLists(app: AppProblem, limits: Limits, work: Work): AppSolution | undefined {
  if (!holdsDemand(app, limits)) return UNPLACED;
  return solveWithoutLimits(app, limits, work) ?? solveWithLimitsOnLists(app, limits, work);
}

/** The problem of cells where there is one whose pairs are held, because its descent costs a tenth; else the problem itself. */
function aggregated(app: AppProblem): AppProblem {
  const coarser = app.implicitCosts?.coarsening?.coarser();
  if (coarser === undefined || coarser.implicitCosts !== undefined) return app;
  const { implicitCosts: _, ...rest } = app;
  return { ...rest, ...coarser };
}

/** True when the set of a first descent without limits keeps them: a sign that they do not bind. */
function seemsWithinLimits(
  app: AppProblem,
  relaxed: AppProblem,
  limits: Limits,
  work: Work,
): boolean {
  const capacities = capacitiesOf(app, limits);
  const isThresholdKept = relaxed.threshold === app.threshold;
  const demand = demandOf(app);
  const holdsAll = (cluster: number) => (capacities?.[cluster] ?? demand) >= demand;
  if (isThresholdKept && app.allowed.every((flag, cluster) => flag === 0 || holdsAll(cluster)))
    return true;
  const tried = aggregated(relaxed);
  const descent = new ListDescent(tried, candidateListsFor(tried), work);
  const slack = app.implicitCosts === undefined ? BINDING_LIMITS.slack : 1;
  const { open, load } = assignNearest(tried, descent.improve(descent.greedy()));
  return open.every((cluster, position) => {
    const isEnough = isThresholdKept || load[position] >= app.threshold[cluster];
    const capacity = capacities?.[cluster] ?? Number.POSITIVE_INFINITY;
    return isEnough && load[position] <= slack * capacity;
  });
}

/** A set for one app that shares limits with others. It has no bound, because the joint solver proves one anyway. */
export function constructAlone(
  app: AppProblem,
  limits: Limits,
  work: Work,
): AppSolution | undefined {
  if (app.implicitCosts !== undefined || isEnumerable(app)) return undefined;
  const best = constructStart(app, limits, work);
  return best && { best, bound: Number.NEGATIVE_INFINITY, proof: { kind: 'enumeration' } };
}

function firstDescent(app: AppProblem, limits: Limits, work: Work): Candidate | undefined {
  return search(app, limits, [], { spent: work.spent, allowed: work.spent + 1 }, () => true);
}
