/** The churn curve: the best value found for each number of clusters added or dropped. */
import type { AppDecision } from '../../model/decision';
import {
  type AppProblem,
  aggregateDemand,
  type Candidate,
  changesOf,
  clearlyLess,
  enumerate,
  evaluate,
  isEnumerable,
  type Limits,
  ListDescent,
  SteepestDescent,
  setsOf,
  setViolation,
  type Work,
} from '../../optimizer';
import type { CompiledApp } from '../compile/compile';

/** Maximum number of points of the curve, not counting the last one. */
const MAX_POINTS = 8;
/** Sets times origins up to which every point comes from a comparison of all sets. */
const MAX_ENUMERATION = 2e7;
/** Pairs up to which the table of exchanges uses all of them. */
const MAX_FULL_TABLE = 2e5;

/**
 * From no change up to the changes of `best`: a point where one change more lowers the value, each the value of a legal set.
 * Exact where all sets can be compared; else from the point before by the steepest exchanges. Empty without a previous decision.
 */
export function churnCurve(
  compiled: CompiledApp,
  best: Candidate,
  limits: () => Limits,
  work: Work,
): AppDecision['churnCurve'] {
  const { problem, previous } = compiled;
  if (previous === undefined) return [];
  const changes = changesOf(problem, best.open);
  const start = [...problem.previous.keys()].filter(
    (cluster) => problem.previous[cluster] === 1 && problem.allowed[cluster] === 1,
  );
  let within: BestWithin | undefined;
  const curve: { changes: number; value: number }[] = [];
  let open: readonly number[] = start;
  let least = Number.POSITIVE_INFINITY;
  for (let most = 0; most < changes && curve.length < MAX_POINTS; most++) {
    within ??= bestWithinChanges(problem, limits(), work);
    const found = within(open, most);
    if (found === undefined || !clearlyLess(found.evaluated.value, least)) continue;
    // A heuristic point with fewer changes may be better than the decision; the curve ends with the decision all the same.
    if (clearlyLess(found.evaluated.value, best.evaluated.value)) break;
    open = found.open;
    least = found.evaluated.value;
    curve.push({ changes: most, value: least });
  }
  curve.push({ changes, value: best.evaluated.value });
  return curve;
}

type BestWithin = (start: readonly number[], most: number) => Candidate | undefined;

/** The search for the best legal set within a number of changes. */
function bestWithinChanges(problem: AppProblem, limits: Limits, work: Work): BestWithin {
  const table = aggregateDemand(problem);
  if (table === undefined) return bestOnLists(problem, limits, work);
  const exchanges = new SteepestDescent(problem, limits, work, table);
  const isCompared =
    isEnumerable(problem) && setsOf(problem) * Math.max(1, problem.origins) <= MAX_ENUMERATION;
  let isNarrow = table.clusters * table.origins <= MAX_FULL_TABLE;
  return (start, most) => {
    if (!isNarrow) exchanges.narrow(start);
    isNarrow = true;
    const found = exchanges.descend(start, most);
    if (!isCompared) return found;
    const maxChanges = Math.min(most, problem.maxChanges);
    return enumerate({ ...problem, maxChanges }, limits, work, found).best;
  };
}

/** For more pairs than can be stored: first-improvement exchanges on lists. */
function bestOnLists(problem: AppProblem, limits: Limits, work: Work): BestWithin {
  const lists = problem.implicitCosts?.lists();
  if (lists === undefined) return () => undefined;
  return (start, most) => {
    const limited = { ...problem, maxChanges: Math.min(most, problem.maxChanges) };
    const open = new ListDescent(limited, lists, { spent: 0, allowed: work.allowed }).improve(
      start,
    );
    if (open.length === 0 || setViolation(limited, open) > 0) return undefined;
    const evaluated = evaluate(problem, open, limits, work);
    return evaluated.violation === 0 ? { open, evaluated } : undefined;
  };
}
