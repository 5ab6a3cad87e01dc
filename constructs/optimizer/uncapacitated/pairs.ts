/** Candidate lists for the pairs of an app, the caps they put on multipliers, and whether all costs are whole numbers. */

import { cheapestLists } from '../primitives/candidate-lists';
import type { AppProblem, CandidateLists, Point } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { CANDIDATE_LISTS } from '../single-app-options';

const { POSITIVE_INFINITY } = Number;

/** Candidate lists long enough for the smallest set size of the rules. */
export function candidateListsFor(app: AppProblem): CandidateLists {
  const { clusters, origins } = app;
  if (app.implicitCosts !== undefined) return app.implicitCosts.lists();
  if (clusters * origins <= CANDIDATE_LISTS.maxCompletePairs) return cheapestLists(app, clusters);
  const size = Math.max(1, sizeRange(app).min);
  return cheapestLists(
    app,
    Math.max(
      CANDIDATE_LISTS.minLength,
      Math.ceil((CANDIDATE_LISTS.lengthFactor * clusters) / size),
    ),
  );
}

/** The point with no multiplier above the cheapest pair that the lists leave out. */
export function cappedPoint(
  { cap }: CandidateLists,
  { assignmentMultipliers: multipliers, ruleMultipliers }: Point,
): Point {
  return {
    ruleMultipliers,
    assignmentMultipliers: multipliers.map((price, u) => Math.min(price, cap[u])),
  };
}

/**
 * True when all costs are whole numbers, so that nothing lies between the values of two sets, unless origins are divided.
 * `rounding`: the share of a cost by which it may miss a whole number; 0 by default.
 */
export function hasWholeCosts(app: AppProblem, rounding = 0): boolean {
  const isWhole = (cost: number) =>
    cost === POSITIVE_INFINITY || Math.abs(cost - Math.round(cost)) <= rounding * Math.abs(cost);
  return isWhole(app.constantCost) && app.openCost.every(isWhole) && app.cost.every(isWhole);
}
