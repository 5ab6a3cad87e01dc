/** Evaluates several apps together: the assignment to their sets, all rules of all apps, and the links between them. */

import { assign } from '../assignment/assign';
import type { Assigned } from '../assignment/assignment';
import { evaluateAssigned, remainingLimits } from '../assignment/evaluation';
import type { Candidate } from '../enumeration/enumeration';
import type { Limits, Problem, Work } from '../problem/problem';

/** All apps assigned at once; undefined when some rule of some app does not hold. */
export function evaluateJointly(
  problem: Problem,
  sets: readonly (readonly number[])[],
  work: Work,
): Candidate[] | undefined {
  if (!linksHold(problem, sets)) return undefined;
  const assignment = assign(problem.apps, sets, problem.limits, work);
  if (assignment.shortfall > 0) return undefined;
  const candidates: Candidate[] = [];
  for (const [a, app] of problem.apps.entries()) {
    const limits = limitsBeside(problem, assignment.apps, a);
    const assigned = assignment.apps[a];
    const judged = evaluateAssigned(app, assigned, 0, limits, work);
    if (judged.violation > 0) return undefined;
    candidates.push({ open: sets[a], evaluated: { assigned, assignment, ...judged } });
  }
  return candidates;
}

/** The limits that all apps but `a` leave; an app that is not placed has no assignment and uses nothing. */
export function limitsBeside(
  problem: Problem,
  assigned: readonly (Assigned | undefined)[],
  a: number,
): Limits {
  const others = problem.apps.flatMap((app, b) => {
    const one = assigned[b];
    return b === a || one === undefined ? [] : [{ app, assigned: one }];
  });
  return remainingLimits(problem.limits, others);
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
