/** Several apps on shared clusters: all combinations when few, else the best of a crowd, of one after another, and of where they were. */

import { evaluate, limitsLess } from '../assignment/evaluation';
import { type Candidate, forEachSet, isEnumerable, setsOf } from '../enumeration/enumeration';
import {
  type AppProblem,
  clearlyLess,
  type Problem,
  type Proof,
  type Work,
} from '../problem/problem';
import type { LimitPrices } from './app-subproblem';
import { evaluateJointly, linksHold } from './joint-evaluation';
import { boundJoint, distributeBound, LITTLE, previousSets, searchJoint } from './joint-search';
import { ruinAndRecreate } from './ruin-and-recreate';
import {
  improveOneByOne,
  makeConsistent,
  placeSequentially,
  type StandaloneAnswer,
} from './sequential';
import { type BoundedPlacements, sequentialWithBound } from './sequential-with-bound';

/** Combinations of sets up to which all are compared. */
export const MOST_COMBINATIONS = 300_000;

/** What the joint search found. */
export interface JointAnswer {
  readonly apps: readonly {
    readonly best: Candidate | undefined;
    readonly bound?: number;
    readonly proof?: Proof;
  }[];
  readonly proof: 'independent' | 'joint';
  /** With `joint`, unless all combinations were compared: prices of limits that prove the sum of the bounds. */
  readonly limitPrices?: LimitPrices;
}

/** True when apps can touch each other: a link, or two apps that count against capacity. */
export function isCoupled(problem: Problem): boolean {
  return (
    problem.links.length > 0 || problem.apps.filter((app) => app.capacity !== 'none').length > 1
  );
}

/** True when every app can have what is best for it alone. */
export function independentAnswersFit(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
): boolean {
  const sets = alone.map(({ best }) => best?.open ?? []);
  return (
    linksHold(problem, sets) &&
    problem.apps.every((app, a) => {
      const best = alone[a].best;
      if (best === undefined) return true;
      const { evaluated, open } = best;
      const others = limitsLess(problem.limits, othersOf(problem, alone, a));
      const now = evaluate(app, open, others, { spent: 0, allowed: 0 });
      return now.violation === 0 && !clearlyLess(evaluated.value, now.value);
    })
  );
}

/** Places all apps together; never worse than one after another in name order. */
export function solveJointly(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): JointAnswer {
  if (isJointlyEnumerable(problem)) {
    const best = enumerateJointly(problem, work);
    if (best !== undefined) {
      const bounds = best.map((one) => one.evaluated.value);
      return { apps: best.map((one, a) => ({ best: one, bound: bounds[a] })), proof: 'joint' };
    }
    // Nothing satisfies all apps together: serve those that can be, in order.
    return {
      apps: bestOfOrders(problem, alone, work).map((one) => ({ best: one })),
      proof: 'independent',
    };
  }
  if (problem.apps.some(({ many }) => many !== undefined)) {
    // More pairs than a table of exchanges could hold.
    return {
      apps: bestOfOrders(problem, alone, work).map((one) => ({ best: one })),
      proof: 'independent',
    };
  }
  const best = bestOfSearches(problem, alone, work);
  const bound = boundJoint(problem, alone, best, work);
  const better = improveBeyond(problem, alone, { placed: best, bound }, work);
  return better === undefined
    ? { ...distributeBound(best, bound), proof: 'joint' }
    : { ...distributeBound(better, boundJoint(problem, alone, better, work)), proof: 'joint' };
}

/** Up to so many apps, one after another is tried in several orders. */
const FEW = 4;
/** Up to so many apps, it is tried by name to the end, and improved. */
const SOME = 16;
/** Pairs of all apps up to which whole apps are judged with their real assignments, which the crowd only guesses. */
const MOST_JUDGED = 3e6;
/** Share of the work for which apps may be packed anew. */
const REPACKING = 48;

type Placements = readonly (Candidate | undefined)[];

/** The best of a crowd, of one after another and the crowd improved app by app where apps are few, and of where they were. */
function bestOfSearches(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): Placements {
  let best: Placements = searchJoint(problem, alone, work);
  const isFew = problem.apps.length <= SOME;
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
 * What is better than sets of which a bound is known: where apps are many one after another, as far as the bound lets it be; and,
 * where pairs are few, whole apps judged with their real assignments: improved one by one, packed anew. Undefined without any.
 */
function improveBeyond(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  known: BoundedPlacements,
  work: Work,
): Placements | undefined {
  const isMany = problem.apps.length > SOME;
  const isJudged = pairCount(problem) <= MOST_JUDGED;
  let best = known.placed;
  if (isMany && isJudged) best = improveOneByOne(problem, [...best], work);
  const turn = isMany ? sequentialWithBound(problem, alone, known, work) : undefined;
  const better = turn && improveOneByOne(problem, turn, work);
  if (better !== undefined && isBetterPlacement(better, best)) best = better;
  if (isJudged && !isPreviousNearlyAsGood(problem, alone, best, work)) {
    const effort: Work = { spent: 0, allowed: problem.workUnits / REPACKING };
    best = ruinAndRecreate(problem, alone, best, known.bound.capacityMultipliers, effort) ?? best;
    work.spent += effort.spent;
  }
  if (!isBetterPlacement(best, known.placed)) return undefined;
  const found = makeConsistent(problem, best, work);
  return isBetterPlacement(found, known.placed) ? found : undefined;
}

/** True when everybody may stay where he was, and what was found is little better. */
function isPreviousNearlyAsGood(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  found: Placements,
  work: Work,
): boolean {
  const before = previousPlacements(problem, alone, work);
  if (before === undefined) return false;
  const value = totalValue(before);
  return value - totalValue(found) <= LITTLE * Math.abs(value);
}

function pairCount({ apps }: Problem): number {
  return apps.reduce((sum, app) => sum + app.origins * app.clusters, 0);
}

/** Everybody where they were, when that is still legal for all together. */
function previousPlacements(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): readonly Candidate[] | undefined {
  if (alone.some(({ best }) => best === undefined)) return undefined;
  const sets = previousSets(problem);
  return sets && evaluateJointly(problem, sets, work);
}

/** One after another in several orders, each improved; the best of them. */
function bestOfOrders(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  work: Work,
): (Candidate | undefined)[] {
  let best: (Candidate | undefined)[] | undefined;
  const orders = appOrders(problem, alone).slice(0, problem.apps.length > FEW ? 1 : undefined);
  for (const order of orders) {
    const placed = placeSequentially(problem, alone, order, work);
    const found = makeConsistent(problem, improveOneByOne(problem, placed, work), work);
    if (best === undefined || isBetterPlacement(found, best)) best = found;
  }
  return best ?? [];
}

function isJointlyEnumerable(problem: Problem): boolean {
  let combinations = 1;
  for (const app of problem.apps) {
    if (!isEnumerable(app)) return false;
    combinations *= Math.max(1, setsOf(app));
    if (combinations > MOST_COMBINATIONS) return false;
  }
  return true;
}

interface RelaxedSet {
  readonly open: readonly number[];
  readonly relaxed: number;
}

/** Branch and bound over one set per app, cheapest relaxed sum first. */
function enumerateJointly(problem: Problem, work: Work): Candidate[] | undefined {
  const options = problem.apps.map((app) => relaxedSetsOf(app, work));
  if (options.some((list) => list.length === 0)) return undefined;
  const leastRest = options.map((_, a) =>
    options.slice(a + 1).reduce((sum, list) => sum + list[0].relaxed, 0),
  );
  let best: Candidate[] | undefined;
  let bestValue = Number.POSITIVE_INFINITY;
  const chosen: RelaxedSet[] = [];
  const descend = (a: number, relaxed: number): void => {
    if (a === options.length) {
      const found = evaluateJointly(
        problem,
        chosen.map((option) => option.open),
        work,
      );
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
  return best;
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

/** Name order, least room for choice first, largest demand first. */
function appOrders(problem: Problem, alone: readonly StandaloneAnswer[]): number[][] {
  const names = problem.apps.map((_, a) => a);
  const demand = problem.apps.map((app) =>
    app.requestsPerSecond.reduce((sum, one) => sum + one, 0),
  );
  const worth = alone.map((one) => one.best?.evaluated.value ?? 0);
  return [
    names,
    [...names].sort((a, b) => demand[b] - demand[a] || a - b),
    [...names].sort((a, b) => worth[b] - worth[a] || a - b),
  ];
}

function othersOf(problem: Problem, alone: readonly StandaloneAnswer[], a: number) {
  return problem.apps.flatMap((app, b) => {
    const best = alone[b].best;
    return b === a || best === undefined ? [] : [{ app, assigned: best.evaluated.assigned }];
  });
}

function isBetterPlacement(found: Placements, best: Placements): boolean {
  const placed = (sets: Placements) => sets.filter(Boolean).length;
  if (placed(found) !== placed(best)) return placed(found) > placed(best);
  return clearlyLess(totalValue(found), totalValue(best));
}

function totalValue(sets: Placements): number {
  return sets.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
}
