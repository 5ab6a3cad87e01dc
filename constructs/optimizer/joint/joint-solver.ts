/**
 * Solves several apps on shared clusters: enumerates all combinations when they are few, else takes the best of several heuristics and
 * proves a joint bound.
 */

import { type Candidate, forEachSet, isEnumerable, setsOf } from '../enumeration/enumeration';
import {
  JOINT_ENUMERATION_DIVISOR,
  JOINT_SEARCH,
  MAX_JOINT_COMBINATIONS,
  PRICED_ASSIGNMENT,
} from '../options';
import {
  type AppProblem,
  clearlyLess,
  type Problem,
  type Proof,
  type Work,
} from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import type { LimitPrices } from './app-subproblem';
import { proveByColumns } from './column-proof';
import { type CompletePlacement, searchCompletePlacement } from './complete-search';
import { boundOf, type JointBound } from './joint-bound';
import { evaluateJointly, judgeJointly } from './joint-evaluation';
import { boundJoint, distributeBound, previousSets, searchJoint } from './joint-search';
import { isBetterPlacement, type Placements, totalValue } from './placing';
import { ruinAndRecreate } from './ruin-and-recreate';
import {
  type BoundedPlacements,
  improveOneByOne,
  makeConsistent,
  placeSequentially,
  type StandaloneAnswer,
  sequentialWithBound,
} from './sequential';

/** What the joint search found. */
export interface JointAnswer {
  readonly apps: readonly {
    readonly best: Candidate | undefined;
    readonly bound?: number;
    readonly proof?: Proof;
  }[];
  readonly proof: 'independent' | 'joint';
  /** Capacity multipliers that prove the sum of the bounds. Present with `joint`, unless all combinations were compared. */
  readonly limitPrices?: LimitPrices;
  /** Where an app has no place: true when no placement has more apps. */
  readonly isMostPlaced?: boolean;
}

/** True when one app can restrict another: there is a link, or two apps count against capacity. */
export function isCoupled(problem: Problem): boolean {
  return (
    problem.links.length > 0 || problem.apps.filter((app) => app.capacity !== 'none').length > 1
  );
}

/** Places all apps together. The result is never worse than placing them one after another in name order. */
export function solveJointly(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): JointAnswer {
  const compared = isJointlyEnumerable(problem) ? enumerateJointly(problem, work) : undefined;
  if (compared?.isExact === true && compared.best !== undefined) {
    const proof: Proof = { kind: 'enumeration' };
    const apps = compared.best.map((one) => ({ best: one, bound: one.evaluated.value, proof }));
    return { apps, proof: 'joint' };
  }
  if (compared?.isExact === true) {
    // No combination satisfies all apps: place those that can be, one after another.
    const { placed, isProved } = withMorePlaced(problem, bestOfOrders(problem, alone, work), work);
    const apps = placed.map((one) => ({ best: one }));
    return { apps, proof: 'independent', isMostPlaced: isProved };
  }
  if (problem.apps.some(({ implicitCosts }) => implicitCosts !== undefined)) {
    // A joint state stores all pairs, which are too many here.
    return {
      apps: bestOfOrders(problem, alone, work).map((one) => ({ best: one })),
      proof: 'independent',
    };
  }
  const searched = bestOfSearches(problem, alone, work);
  const start =
    compared?.best !== undefined && isBetterPlacement(compared.best, searched)
      ? compared.best
      : searched;
  const most = withMorePlaced(problem, start, work);
  const { placed: best, isProved: isMostPlaced } = most;
  const bound = boundJoint(problem, alone, best, work);
  const better = isNearlyProved(problem, best, bound)
    ? undefined
    : improveBeyond(problem, alone, { placed: best, bound }, work);
  const answer =
    better === undefined
      ? distributeBound(best, bound)
      : distributeBound(better, boundJoint(problem, alone, better, work));
  const exact = proveByColumns(problem, answer, work);
  return { ...(exact ?? answer), proof: 'joint', isMostPlaced };
}

/** Where an app was left out: a placement of more apps, improved app by app, when the complete search finds one. */
function withMorePlaced(problem: Problem, best: Placements, work: Work): CompletePlacement {
  if (!best.includes(undefined)) return { placed: best, isProved: false };
  const more = searchCompletePlacement(problem, best, work);
  if (more.placed === best) return more;
  const improved = makeConsistent(problem, improveOneByOne(problem, [...more.placed], work), work);
  const asFound = makeConsistent(problem, more.placed, work);
  const placed = isBetterPlacement(asFound, improved) ? asFound : improved;
  return isBetterPlacement(best, placed) ? { placed: best, isProved: false } : { ...more, placed };
}

/** True when all of very many pairs are placed and the bound leaves nothing worth another search. */
function isNearlyProved(problem: Problem, best: Placements, bound: JointBound): boolean {
  if (pairCount(problem) <= JOINT_SEARCH.maxPairsReassigned || best.includes(undefined))
    return false;
  const value = totalValue(best);
  return value - boundOf(bound) <= JOINT_SEARCH.negligibleCrowding * Math.abs(value);
}

/** The best of the joint search, the previous sets and, with few apps, sequential placement and the joint search improved app by app. */
function bestOfSearches(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): Placements {
  let best: Placements = searchJoint(problem, alone, work);
  const isFew = problem.apps.length <= JOINT_SEARCH.maxAppsWithoutBound;
  const others = [
    isFew ? bestOfOrders(problem, alone, work) : undefined,
    isFew ? makeConsistent(problem, improveOneByOne(problem, [...best], work), work) : undefined,
    previousPlacements(problem, alone, work),
  ];
  for (const found of others) {
    if (found !== undefined && isBetterPlacement(found, best)) best = found;
  }
  return best;
}

/**
 * Better placements than those a bound is known for; undefined without any. With many apps, sequential placement runs as long as the
 * bound does not rule it out. With few pairs, single apps are placed again with real assignments, then ruin and recreate runs.
 */
function improveBeyond(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  known: BoundedPlacements,
  work: Work,
): Placements | undefined {
  const isMany = problem.apps.length > JOINT_SEARCH.maxAppsWithoutBound;
  const isJudged = pairCount(problem) <= JOINT_SEARCH.maxPairsReassigned;
  let best = known.placed;
  if (isMany && isJudged) best = improveOneByOne(problem, [...best], work);
  const turn = isMany ? sequentialWithBound(problem, alone, known, work) : undefined;
  const better = turn && improveOneByOne(problem, turn, work);
  if (better !== undefined && isBetterPlacement(better, best)) best = better;
  if (isJudged && !isPreviousNearlyAsGood(problem, alone, best, work)) {
    const effort: Work = {
      spent: 0,
      allowed: problem.workUnits / JOINT_SEARCH.ruinAndRecreateDivisor,
    };
    best = ruinAndRecreate(problem, alone, best, known.bound.capacityMultipliers, effort) ?? best;
    work.spent += effort.spent;
  }
  if (!isBetterPlacement(best, known.placed)) return undefined;
  const found = makeConsistent(problem, best, work);
  return isBetterPlacement(found, known.placed) ? found : undefined;
}

/** True when the previous sets are still legal and the found sets are only negligibly better. */
function isPreviousNearlyAsGood(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  found: Placements,
  work: Work,
): boolean {
  const before = previousPlacements(problem, alone, work);
  if (before === undefined) return false;
  const value = totalValue(before);
  return value - totalValue(found) <= JOINT_SEARCH.negligibleGain * Math.abs(value);
}

function pairCount({ apps }: Problem): number {
  return apps.reduce((sum, app) => sum + app.origins * app.clusters, 0);
}

/** The previous sets with their assignment; undefined when they are no longer legal together. */
function previousPlacements(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): readonly Candidate[] | undefined {
  if (alone.some(({ best }) => best === undefined)) return undefined;
  const sets = previousSets(problem);
  return sets && evaluateJointly(problem, sets, work);
}

/** Sequential placement in several orders, each improved app by app: the best of them. */
function bestOfOrders(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): (Candidate | undefined)[] {
  let best: (Candidate | undefined)[] | undefined;
  const orders = appOrders(problem, alone).slice(
    0,
    problem.apps.length > JOINT_SEARCH.maxAppsInSeveralOrders ? 1 : undefined,
  );
  for (const order of orders) {
    const placed = placeSequentially(problem, alone, order, work);
    const found = makeConsistent(problem, improveOneByOne(problem, placed, work), work);
    if (best === undefined || isBetterPlacement(found, best)) best = found;
  }
  return best ?? [];
}

/** True when sets are few and so small that an assignment of all apps to them can be proved the cheapest, here and by a check. */
function isJointlyEnumerable(problem: Problem): boolean {
  let combinations = 1;
  const pairs = problem.apps.reduce((sum, app) => sum + app.origins * sizeRange(app).min, 0);
  if (problem.apps.length > 1 && pairs > PRICED_ASSIGNMENT.minPairs) return false;
  for (const app of problem.apps) {
    if (!isEnumerable(app)) return false;
    combinations *= Math.max(1, setsOf(app));
    if (combinations > MAX_JOINT_COMBINATIONS) return false;
  }
  return true;
}

interface RelaxedSet {
  readonly open: readonly number[];
  readonly relaxed: number;
}

interface EnumeratedJointly {
  /** Undefined when no combination is legal. */
  readonly best: Candidate[] | undefined;
  /** False when some assignment was not solved to optimality, or the work ended: a cheaper one, or a legal one, may have been missed. */
  readonly isExact: boolean;
}

/** Branch and bound over combinations of one set per app, lowest relaxed sum first. */
function enumerateJointly(problem: Problem, work: Work): EnumeratedJointly {
  const allowed = work.spent + problem.workUnits / JOINT_ENUMERATION_DIVISOR;
  const options = problem.apps.map((app) => relaxedSetsOf(app, work));
  if (options.some((list) => list.length === 0)) return { best: undefined, isExact: true };
  let isExact = true;
  const leastRest = options.map((_, a) =>
    options.slice(a + 1).reduce((sum, list) => sum + list[0].relaxed, 0),
  );
  let best: Candidate[] | undefined;
  let bestValue = Number.POSITIVE_INFINITY;
  const chosen: RelaxedSet[] = [];
  const descend = (a: number, relaxed: number): void => {
    if (work.spent > allowed) isExact = false;
    if (work.spent > allowed) return;
    if (a === options.length) {
      const { found, isProved } = judgeJointly(
        problem,
        chosen.map((option) => option.open),
        work,
      );
      isExact &&= isProved;
      const value = found?.reduce((sum, one) => sum + one.evaluated.value, 0);
      if (found !== undefined && value !== undefined && clearlyLess(value, bestValue)) {
        best = found;
        bestValue = value;
      }
      return;
    }
    for (const option of options[a]) {
      if (!clearlyLess(relaxed + option.relaxed + leastRest[a], bestValue)) break;
      chosen.push(option);
      descend(a + 1, relaxed + option.relaxed);
      chosen.pop();
    }
  };
  descend(0, 0);
  return { best, isExact };
}

function relaxedSetsOf(app: AppProblem, work: Work): RelaxedSet[] {
  const options: RelaxedSet[] = [];
  forEachSet(app, work, {
    limit: () => Number.POSITIVE_INFINITY,
    visit: (open, relaxed) => {
      options.push({ open, relaxed });
      return false;
    },
  });
  return options.sort((a, b) => a.relaxed - b.relaxed);
}

/** Orders for sequential placement: by name, by demand, by value alone; the larger first. */
function appOrders(problem: Problem, alone: readonly StandaloneAnswer[]): number[][] {
  const names = problem.apps.map((_, a) => a);
  const demand = problem.apps.map((app) =>
    app.requestsPerSecond.reduce((sum, one) => sum + one, 0),
  );
  const values = alone.map((one) => one.best?.evaluated.value ?? 0);
  return [
    names,
    [...names].sort((a, b) => demand[b] - demand[a] || a - b),
    [...names].sort((a, b) => values[b] - values[a] || a - b),
  ];
}
