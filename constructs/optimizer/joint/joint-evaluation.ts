/** Evaluates several apps together: the assignment to their sets, all rules of all apps, and the links between them. */

import { assign } from '../assignment/assign';
import { evaluateAssigned } from '../assignment/evaluation';
import { limitsBesideEach } from '../assignment/limits-beside';
import type { Candidate } from '../enumeration/enumeration';
import type { Problem, Work } from '../problem/problem';

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
  const beside = limitsBesideEach(
    problem.limits,
    problem.apps.map((app, a) => ({ app, assigned: assignment.apps[a] })),
  );
  for (const [a, app] of problem.apps.entries()) {
    const assigned = assignment.apps[a];
    const judged = evaluateAssigned(app, assigned, 0, beside(a), work);
    if (judged.violation > 0) return undefined;
    candidates.push({ open: sets[a], evaluated: { assigned, assignment, ...judged } });
  }
  return candidates;
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
