/** The churn curve: the best objective for each number of clusters added or dropped. */
import type { AppDecision } from '../model/decision';
import type { CompiledApp } from './compile';
import { type Candidate, enumerate, isEnumerable, setsOf } from './solver/exact';
import type { Limits, Work } from './solver/problem';
import { changesOf } from './solver/rules';
import { search } from './solver/search';

/** Points of the curve at the most; each is a search of its own. */
const MOST_CHANGES = 8;

/** From no change up to the changes of `best`, skipping numbers with no legal set; empty without a previous decision. */
export function churnCurve(
  compiled: CompiledApp,
  best: Candidate,
  limits: Limits,
  work: Work,
): AppDecision['churnCurve'] {
  const { problem, previous } = compiled;
  if (previous === undefined) return [];
  const changes = changesOf(problem, best.open);
  const start = best.open.filter((cluster) => problem.previous[cluster] === 1);
  const curve: { changes: number; value: number }[] = [];
  for (let most = 0; most < Math.min(changes, MOST_CHANGES); most++) {
    const limited = { ...problem, maxChanges: most };
    const effort: Work = { spent: 0, allowed: 2e7 };
    const cheap = isEnumerable(limited) && setsOf(limited) * Math.max(1, problem.origins) <= 2e8;
    const found = cheap
      ? enumerate(limited, limits, effort).best
      : search(limited, limits, [start], effort);
    work.spent += effort.spent;
    if (found !== undefined) curve.push({ changes: most, value: found.evaluated.value });
  }
  curve.push({ changes, value: best.evaluated.value });
  return curve;
}
