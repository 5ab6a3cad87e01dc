/**
 * Joint loss repair: apps that lost clusters move along ejection chains, in which each takes the capacity of the next until one
 * finds free capacity. Used where it costs less than repairing one app at a time.
 */

import type { Candidate } from '../../optimizer';
import {
  clearlyLess,
  dependsOnLoad,
  evaluateJointly,
  LossRepair,
  type Problem,
  type Work,
} from '../../optimizer';
import { type Outcome, outcomeOf } from './outcome';
import type { ScenarioBaseline } from './scenario-baseline';

/** The apps of one problem, for any clusters lost. */
export class JointLossRepair {
  /** Chains need every pair, and start from the current set of an app. */
  private readonly isPossible: boolean;
  /** Built at first use. */
  private repair: LossRepair | undefined;
  /** Results of exchanges, by lost clusters. */
  private readonly results = new Map<string, readonly Outcome[] | undefined>();

  constructor(
    private readonly baseline: ScenarioBaseline,
    private readonly problem: Problem,
    /** By app: its outcome with nothing lost, and the names of its clusters in the base decision. */
    private readonly base: readonly Outcome[],
    private readonly baseNames: readonly (readonly string[])[],
    private readonly work: Work,
  ) {
    const isHeld = problem.apps.every(({ implicitCosts }) => implicitCosts === undefined);
    this.isPossible = isHeld && base.every(({ open }) => open.length > 0);
  }

  /** All apps after those that lost clusters left along chains; undefined when chains lead to nothing legal. */
  repairedWithout(lost: readonly number[]): readonly Outcome[] | undefined {
    const { baseline, base, problem, work } = this;
    if (!this.isPossible) return undefined;
    const starts = base.map(({ open }) => open);
    this.repair ??= new LossRepair(this.searched(), starts, work);
    const sets = this.repair.setsWithout(lost);
    const judged = sets && evaluateJointly(withoutLost(problem, lost), sets, work);
    return judged?.map((best, a) =>
      isUnchanged(best, base[a])
        ? base[a]
        : outcomeOf(baseline.compiledApp(a), best, this.baseNames[a]),
    );
  }

  /** The problem that chains are sought in: with aggregated demand for apps without rules about loads. Results are evaluated in full. */
  private searched(): Problem {
    const apps = this.problem.apps.map((app, a) =>
      dependsOnLoad(app) ? app : (this.baseline.aggregated(a) ?? app),
    );
    return { ...this.problem, apps };
  }

  /** `outcomes`, or the result of ejection chains where that costs less. */
  cheaperOf(lost: readonly number[], outcomes: readonly Outcome[]): readonly Outcome[] {
    if (outcomes.some(({ app }) => !app.satisfied)) return outcomes;
    let needed = lost.filter((cluster) => this.base.some(({ open }) => open.includes(cluster)));
    for (;;) {
      const key = needed.join(' ');
      if (!this.results.has(key)) this.results.set(key, this.repairedWithout(needed));
      const found = this.results.get(key);
      if (found === undefined) return outcomes;
      const more = lost.filter((cluster) => found.some(({ open }) => open.includes(cluster)));
      if (more.length === 0)
        return clearlyLess(totalValue(found), totalValue(outcomes)) ? found : outcomes;
      needed = [...needed, ...more].sort((x, y) => x - y);
    }
  }
}

function withoutLost(problem: Problem, lost: readonly number[]): Problem {
  const apps = problem.apps.map((app) => {
    const allowed = app.allowed.slice();
    for (const cluster of lost) allowed[cluster] = 0;
    return { ...app, allowed };
  });
  return { ...problem, apps };
}

/** True when the same clusters serve the same load as before. */
function isUnchanged({ open, evaluated }: Candidate, outcome: Outcome): boolean {
  const { load } = evaluated.assigned;
  return (
    open.length === outcome.open.length &&
    open.every((cluster, at) => cluster === outcome.open[at] && load[at] === outcome.load[at])
  );
}

function totalValue(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((sum, { app }) => sum + app.value, 0);
}
