/**
 * The start from an aggregated problem: its set and multipliers are nearly those of the full problem, which then needs few steps
 * (aggregation, as Avella, Boccia, Salerno and Vasilyev, Computers and Operations Research 39, 2012). The bound is not taken over:
 * the relaxation of the full problem is evaluated on its own pairs.
 */

import { CAPACITATED_ON_LISTS } from '../options';
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
import { COARSE_START } from '../single-app-options';
import { OUT } from '../uncapacitated/relaxation';

const { POSITIVE_INFINITY } = Number;

/** The answer of the aggregated problem. */
export interface CoarseAnswer {
  readonly open: readonly number[];
  /** Its last point has the multipliers of the cells. */
  readonly root: ProofNode;
  /** What its ascent left between value and bound, as a share of the value. */
  readonly gap: number;
}

/** A start for the full problem. */
export interface CoarseStart {
  readonly open: readonly number[];
  readonly point: Point;
  /** By origin: cost of its second choice, about. */
  readonly second: Float64Array;
  /** True when the aggregated problem had a wide gap: the full problem then has one, too. */
  readonly expectsGap: boolean;
}

/** Translates an answer for cells into a start for their members. */
export function disaggregate(
  app: AppProblem,
  coarse: AppProblem & Coarser,
  { open, root, gap }: CoarseAnswer,
): CoarseStart {
  const point = lastPoint(root);
  const near = nearestTwo(coarse, open);
  const multipliers = new Float64Array(app.origins);
  const second = new Float64Array(app.origins).fill(POSITIVE_INFINITY);
  const isFine = coarse.origins >= COARSE_START.minInterpolatedCells * open.length;
  const between = isFine
    ? coarse.interpolate(
        point.assignmentMultipliers.map((one, cell) => one / coarse.requestsPerSecond[cell]),
      )
    : undefined;
  for (let u = 0; u < app.origins; u++) {
    const cell = coarse.cellOf[u];
    const share = app.requestsPerSecond[u] / coarse.requestsPerSecond[cell];
    const here = costOf(app, near.first[cell], u);
    const next = costOf(app, near.second[cell], u);
    const least = Math.min(here, next);
    // A member's multiplier exceeds its own cost by its share of the cell's excess.
    const above = point.assignmentMultipliers[cell] - near.firstCost[cell];
    const own =
      least < POSITIVE_INFINITY ? least + share * above : share * point.assignmentMultipliers[cell];
    multipliers[u] = Math.max(
      0,
      between === undefined ? own : between[u] * app.requestsPerSecond[u],
    );
    // Where one cluster alone may serve the origin, a second one somewhat farther is assumed.
    second[u] =
      next < POSITIVE_INFINITY ? Math.max(here, next) : COARSE_START.missingSecondCost * here;
  }
  return {
    open,
    point: { assignmentMultipliers: multipliers, ruleMultipliers: point.ruleMultipliers },
    second,
    expectsGap: gap > COARSE_START.wideGap,
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

/** Lists with every pair that costs less than the multiplier of its origin, and somewhat more. */
function pricedLists(app: AppProblem, { point }: CoarseStart): CandidateLists {
  return coarseningOf(app).reach(
    point.assignmentMultipliers.map((price) => COARSE_START.multiplierReach * price),
  );
}

/** Lists of the clusters that are not out. */
export function listsOfFreeClusters(
  app: AppProblem,
  state: Uint8Array,
  { second, expectsGap }: Pick<CoarseStart, 'second' | 'expectsGap'>,
): CandidateLists {
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  const pairs = keeps.reduce((sum, flag) => sum + flag, 0) * app.origins;
  const listed = expectsGap ? COARSE_START.gappedSecondCostReach : COARSE_START.secondCostReach;
  const reach = pairs <= COARSE_START.maxCompletePairs ? POSITIVE_INFINITY : listed;
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

/** Lists of the clusters that are not out, where capacity may send an origin beyond its second cheapest cluster. */
export function listsAround(
  app: AppProblem,
  state: Uint8Array,
  { second, point }: CoarseStart,
): CandidateLists {
  const { secondCostReach, multiplierReach } = CAPACITATED_ON_LISTS;
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  return coarseningOf(app).among(
    keeps,
    second.map((cost, u) =>
      Math.max(secondCostReach * cost, multiplierReach * point.assignmentMultipliers[u]),
    ),
  );
}
