/**
 * A first answer from cells: sets and prices found for a smaller question are nearly those of the real one, where few
 * steps are then left to take (aggregation, as Avella, Boccia, Salerno and Vasilyev, Computers and Operations Research
 * 39, 2012). Nothing is taken as proved from there: the real question's relaxation is evaluated on its own pairs.
 */

import { COARSE_START } from '../options';
import { emptyLists } from '../primitives/candidate-lists';
import {
  type AppProblem,
  type CandidateLists,
  type Coarsening,
  type Coarser,
  costAt,
  type Point,
  type ProofNode,
} from '../problem/problem';
import { OUT } from '../uncapacitated/relaxation';

const { POSITIVE_INFINITY } = Number;

/** What the smaller question came to. */
export interface CoarseAnswer {
  readonly open: readonly number[];
  /** Whose last point has the prices of its cells. */
  readonly root: ProofNode;
}

/** Where the real question may begin. */
export interface CoarseStart {
  readonly open: readonly number[];
  readonly point: Point;
  /** By origin: cost of its second choice, about. */
  readonly second: Float64Array;
}

/** Tells an answer for cells as one for their members. */
export function disaggregate(
  app: AppProblem,
  coarse: AppProblem & Coarser,
  { open, root }: CoarseAnswer,
): CoarseStart {
  const point = lastPoint(root);
  const near = nearestTwo(coarse, open);
  const multipliers = new Float64Array(app.origins);
  const second = new Float64Array(app.origins).fill(POSITIVE_INFINITY);
  for (let u = 0; u < app.origins; u++) {
    const cell = coarse.cellOf[u];
    const share = app.requestsPerSecond[u] / coarse.requestsPerSecond[cell];
    const here = costOf(app, near.first[cell], u);
    const next = costOf(app, near.second[cell], u);
    const least = Math.min(here, next);
    // A price is worth as much above the member's own cost as the cell's is above the cell's.
    const above = point.assignmentMultipliers[cell] - near.firstCost[cell];
    multipliers[u] =
      least < POSITIVE_INFINITY
        ? Math.max(0, least + share * above)
        : share * point.assignmentMultipliers[cell];
    // Where only one may serve it: as if there were a second somewhat farther.
    second[u] =
      next < POSITIVE_INFINITY ? Math.max(here, next) : COARSE_START.missingSecondCost * here;
  }
  return {
    open,
    point: { assignmentMultipliers: multipliers, ruleMultipliers: point.ruleMultipliers },
    second,
  };
}

function lastPoint({ point, next }: ProofNode): Point {
  return next === undefined ? point : lastPoint(next);
}

function costOf({ implicitCosts }: AppProblem, cluster: number, origin: number): number {
  return cluster < 0 || implicitCosts === undefined
    ? POSITIVE_INFINITY
    : implicitCosts.at(cluster, origin);
}

interface NearestTwo {
  readonly first: Int32Array;
  readonly firstCost: Float64Array;
  readonly second: Int32Array;
  readonly secondCost: Float64Array;
}

/** The two cheapest clusters of a set for every origin; -1 for none. */
function nearestTwo(app: AppProblem, open: readonly number[]): NearestTwo {
  const near: NearestTwo = {
    first: new Int32Array(app.origins).fill(-1),
    firstCost: new Float64Array(app.origins).fill(POSITIVE_INFINITY),
    second: new Int32Array(app.origins).fill(-1),
    secondCost: new Float64Array(app.origins).fill(POSITIVE_INFINITY),
  };
  for (const cluster of open) {
    for (let u = 0; u < app.origins; u++) offer(near, u, cluster, costAt(app, cluster, u));
  }
  return near;
}

function offer(near: NearestTwo, u: number, cluster: number, cost: number): void {
  if (cost < near.firstCost[u]) {
    near.second[u] = near.first[u];
    near.secondCost[u] = near.firstCost[u];
    near.first[u] = cluster;
    near.firstCost[u] = cost;
  } else if (cost < near.secondCost[u]) {
    near.second[u] = cluster;
    near.secondCost[u] = cost;
  }
}

function coarseningOf({ implicitCosts }: AppProblem): Coarsening {
  if (implicitCosts?.coarsening === undefined)
    throw new Error('there is no beginning without cells');
  return implicitCosts.coarsening;
}

/** Lists that hold every pair which costs less than the prices, and somewhat more. */
function pricedLists(app: AppProblem, { point }: CoarseStart): CandidateLists {
  return coarseningOf(app).reach(
    point.assignmentMultipliers.map((price) => COARSE_START.multiplierReach * price),
  );
}

/** Lists of the clusters that are not out. */
export function listsOfFreeClusters(
  app: AppProblem,
  state: Uint8Array,
  second: Float64Array,
): CandidateLists {
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  const pairs = keeps.reduce((sum, flag) => sum + flag, 0) * app.origins;
  const reach =
    pairs <= COARSE_START.maxCompletePairs ? POSITIVE_INFINITY : COARSE_START.secondCostReach;
  return coarseningOf(app).among(
    keeps,
    second.map((cost) => reach * cost),
  );
}

/** Lists to begin with from a coarser answer; none where those that are long enough would be too long. */
export function startLists(app: AppProblem, start: CoarseStart): CandidateLists {
  return app.implicitCosts?.coarsening?.savings === undefined
    ? pricedLists(app, start)
    : emptyLists(app);
}
