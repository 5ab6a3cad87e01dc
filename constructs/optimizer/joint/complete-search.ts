/**
 * Looks for any placement of all apps, depth first over the sets of one app after another. Apps that have no room together have
 * none with more apps beside them, so a set that fails ends its branch. For few apps with few sets, when heuristics left one out.
 */

import {
  type Candidate,
  candidatesOf,
  forEachSet,
  isEnumerable,
  setsOf,
} from '../enumeration/enumeration';
import { COMPLETE_SEARCH } from '../options';
import { demandOf, type Problem, type Work } from '../problem/problem';
import { judgeJointly, subproblemOf } from './joint-evaluation';

/** Sets for all apps with their assignment, cheap sets first; undefined when none was found within the work of COMPLETE_SEARCH. */
export function searchCompletePlacement(problem: Problem, work: Work): Candidate[] | undefined {
  const { apps } = problem;
  const isSmall =
    apps.length <= COMPLETE_SEARCH.maxApps &&
    apps.every((app) => isEnumerable(app) && setsOf(app) <= COMPLETE_SEARCH.maxSets);
  if (!isSmall) return undefined;
  const effort: Work = { spent: 0, allowed: problem.workUnits / COMPLETE_SEARCH.workDivisor };
  const found = new CompleteSearch(problem, effort).run();
  work.spent += effort.spent;
  return found;
}

class CompleteSearch {
  /** Least freedom first: few clusters, then much demand. */
  private readonly order: readonly number[];
  /** By position in `order`: sets by relaxed value. */
  private readonly sets: readonly (readonly (readonly number[])[])[];
  private readonly chosen: (readonly number[])[] = [];

  constructor(
    private readonly problem: Problem,
    private readonly work: Work,
  ) {
    const { apps } = problem;
    this.order = apps
      .map((_, a) => a)
      .sort(
        (a, b) =>
          candidatesOf(apps[a]).length - candidatesOf(apps[b]).length ||
          demandOf(apps[b]) - demandOf(apps[a]) ||
          a - b,
      );
    this.sets = this.order.map((a) => {
      const found: { readonly open: readonly number[]; readonly relaxed: number }[] = [];
      forEachSet(apps[a], work, {
        limit: () => Number.POSITIVE_INFINITY,
        visit: (open, relaxed) => {
          found.push({ open, relaxed });
          return false;
        },
      });
      return found.sort((one, other) => one.relaxed - other.relaxed).map(({ open }) => open);
    });
  }

  run(): Candidate[] | undefined {
    const found = this.descend();
    if (found === undefined) return undefined;
    const byApp: Candidate[] = [];
    this.order.forEach((a, position) => {
      byApp[a] = found[position];
    });
    return byApp;
  }

  private descend(): Candidate[] | undefined {
    const depth = this.chosen.length;
    for (const open of this.sets[depth]) {
      if (this.work.spent > this.work.allowed) return undefined;
      this.chosen.push(open);
      const together = subproblemOf(this.problem, this.order.slice(0, depth + 1));
      const { found } = judgeJointly(together, this.chosen, this.work);
      const complete =
        found !== undefined && depth + 1 < this.order.length ? this.descend() : found;
      if (complete !== undefined) return complete;
      this.chosen.pop();
    }
    return undefined;
  }
}
