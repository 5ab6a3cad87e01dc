/** What the pairs of an app are like: which are worth listing, how high prices may be on them, and whether all costs are whole. */

import { listsOf } from '../primitives/candidate-lists';
import type { AppProblem, Lists, Point } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';

const { POSITIVE_INFINITY } = Number;

/** Pairs up to which lists hold all of them. */
const MOST_COMPLETE = 200_000;
/** Lists are so many times longer than what one cluster of the set would serve evenly. */
const LENGTH = 6;
const SHORTEST = 64;

/** Lists long enough for sets of the size the rules ask for. */
export function listsFor(app: AppProblem): Lists {
  const { clusters, origins } = app;
  if (app.many !== undefined) return app.many.lists();
  if (clusters * origins <= MOST_COMPLETE) return listsOf(app, clusters);
  const size = Math.max(1, sizeRange(app).min);
  return listsOf(app, Math.max(SHORTEST, Math.ceil((LENGTH * clusters) / size)));
}

/** No price above what the lists leave out. */
export function cappedBy(
  { cap }: Lists,
  { assignmentMultipliers: prices, ruleMultipliers: rates }: Point,
): Point {
  return {
    ruleMultipliers: rates,
    assignmentMultipliers: prices.map((price, u) => Math.min(price, cap[u])),
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
