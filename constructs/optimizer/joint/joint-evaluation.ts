/** Evaluates several apps together: the assignment to their sets, all rules of all apps, and the links between them. */

import { assign, assignNearest } from '../assignment/assign';
import type { Assigned, Assignment } from '../assignment/assignment';
import { evaluateAssigned } from '../assignment/evaluation';
import { limitsBesideEach } from '../assignment/limits-beside';
import type { Candidate } from '../enumeration/enumeration';
import { PRICED_ASSIGNMENT } from '../options';
import { demandOf, type Problem, type Work } from '../problem/problem';
import { assignByPrices } from './assignment/priced-assignment';

/** All apps assigned at once; undefined when some rule of some app does not hold. */
export function evaluateJointly(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): Candidate[] | undefined {
  return judgeJointly(problem, sets, work).found;
}

/** The same; `isProved` is false when a search for an assignment ended early, so that a cheaper or a legal one may exist. */
export function judgeJointly(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): { readonly found: Candidate[] | undefined; readonly isProved: boolean } {
  if (!linksHold(problem, sets)) return { found: undefined, isProved: true };
  const assignment = assignTogether(problem, sets, work);
  const isProved = assignment.isExact;
  if (assignment.shortfall > 0) return { found: undefined, isProved };
  const candidates: Candidate[] = [];
  const beside = limitsBesideEach(
    problem.limits,
    problem.apps.map((app, a) => ({ app, assigned: assignment.apps[a] })),
  );
  for (const [a, app] of problem.apps.entries()) {
    const assigned = assignment.apps[a];
    const judged = evaluateAssigned(app, assigned, 0, beside(a), work);
    if (judged.violation > 0) return { found: undefined, isProved };
    candidates.push({ open: sets[a], evaluated: { assigned, assignment, ...judged } });
  }
  return { found: candidates, isProved };
}

/** All apps on their sets: exactly while they are few, else by prices. */
function assignTogether(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): Assignment {
  const { apps, limits } = problem;
  const pairs = apps.reduce((sum, app, a) => sum + app.origins * sets[a].length, 0);
  const isMany = apps.length > 1 && pairs > PRICED_ASSIGNMENT.minPairs;
  if (!isMany || apps.some(({ implicitCosts }) => implicitCosts !== undefined)) {
    return assign(apps, sets, limits, work);
  }
  const assigned = pricedAssignment(problem, sets, work);
  const left = assigned.map((one, a) => (one === undefined ? Math.max(1, demandOf(apps[a])) : 0));
  const shortfall = left.reduce((sum, demand) => sum + demand, 0);
  const found = assigned.map((one, a) => one ?? assignNearest(apps[a], sets[a]));
  return { shortfall, apps: found, isExact: false };
}

function pricedAssignment(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): (Assigned | undefined)[] {
  const effort: Work = {
    spent: 0,
    allowed: problem.workUnits / PRICED_ASSIGNMENT.workDivisor,
  };
  const assigned = assignByPrices(problem.apps, sets, problem.limits, effort);
  work.spent += effort.spent;
  return assigned;
}

/** As many apps as prices find room for on these sets, each within its rules; undefined when links do not hold. */
export function placeByPrices(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): (Candidate | undefined)[] | undefined {
  if (!linksHold(problem, sets)) return undefined;
  const assigned = pricedAssignment(problem, sets, work);
  const beside = limitsBesideEach(
    problem.limits,
    problem.apps.map((app, a) => {
      const one = assigned[a];
      return one && { app, assigned: one };
    }),
  );
  return problem.apps.map((app, a) => {
    const one = assigned[a];
    if (one === undefined) return undefined;
    const judged = evaluateAssigned(app, one, 0, beside(a), work);
    const assignment: Assignment = { shortfall: 0, apps: [one], isExact: false };
    return judged.violation > 0
      ? undefined
      : { open: sets[a], evaluated: { assigned: one, assignment, ...judged } };
  });
}

/** The problem of these apps alone, with the links among them. */
export function subproblemOf(problem: Problem, at: readonly number[]): Problem {
  const links = problem.links.flatMap((link) => {
    const [app, other] = [at.indexOf(link.app), at.indexOf(link.other)];
    return app < 0 || other < 0 ? [] : [{ ...link, app, other }];
  });
  return { ...problem, apps: at.map((a) => problem.apps[a]), links };
}

export function linksHold(problem: Problem, sets: readonly (readonly number[])[]): boolean {
  return problem.links.every(({ kind, app, other }) => {
    const theirs = new Set(sets[other]);
    return kind === 'together'
      ? sets[app].every((cluster) => theirs.has(cluster))
      : sets[app].every((cluster) => !theirs.has(cluster));
  });
}
