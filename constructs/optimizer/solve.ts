/** The entry of the optimizer: from a problem to chosen sets, assignments and a proven lower bound. */

import { solveCapacitated } from './capacitated/capacitated-solver';
import { type Candidate, candidatesOf, enumerate, isEnumerable } from './enumeration/enumeration';
import type { LimitPrices } from './joint/app-subproblem';
import { constructStart } from './joint/constructive-start';
import { independentAnswersFit, isCoupled, solveJointly } from './joint/joint-solver';
import { capacitiesOf } from './problem/capacity';
import { isCapacitated } from './problem/features';
import type { AppProblem, Limits, Problem, Work } from './problem/problem';
import { ENUMERATED_CANDIDATES } from './single-app-options';
import { type AppSolution, solveSingleApp } from './single-app-solver';
import { search } from './uncapacitated/iterated-local-search';

/** The answer for all apps. */
export interface Answer {
  readonly apps: readonly AppSolution[];
  /** `joint`: the bounds of the apps hold only as a sum. */
  readonly proof: 'independent' | 'joint';
  /** What proves the bounds of a joint answer for which not all combinations were compared. */
  readonly limitPrices?: LimitPrices;
}

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
  const capacities = capacitiesOf(app, limits);
  if (isCapacitated(app, capacities)) return solveLimited(app, capacities, limits, work);
  if (!isEnumerable(app)) return solveSingleApp(app, limits, work);
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
    const answer = solveCapacitated(app, capacities, limits, work);
    // Where rules leave few legal sets, the longer search may still find one.
    return answer.best === undefined ? solveSingleApp(app, limits, work) : answer;
  }
  const { best, isExact } = enumerate(app, limits, work);
  if (!isExact && best !== undefined) return solveCapacitated(app, capacities, limits, work, best);
  return { best, bound: best?.evaluated.value ?? 0, proof: { kind: 'enumeration' } };
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
