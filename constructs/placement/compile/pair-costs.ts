/** Costs of pairs: what serving each origin at each cluster costs under the objective, and which pairs are legal. */
import type { Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import type { AppProblem } from '../../optimizer';
import { EdgeError } from '../../parsing';
import type { ConstraintOfPolicy, EdgeApp, Term } from '../../policy';
import { replicasPerRequestPerSecond, rowsOf } from '../../policy';
import { implicitCosts } from './implicit-costs';
import type { Pairs } from './latency';
import { type CostBasis, type CostRates, isUnset } from './origin-kinds';

const { POSITIVE_INFINITY } = Number;

/** Up to this number of pairs, all are stored: leaving some out saves little. */
const ALWAYS_STORED_PAIRS = 2_000_000;
/** Maximum pairs stored for previous sets, links and minimum demand alone: three numbers each, half a gigabyte. */
const MAX_PAIRS_STORED_FOR_SETS = 20_000_000;
/** All pairs are stored when at least this share of them is measured, because distance then predicts few costs. */
const MEASURED_SHARE = 0.1;

/** Maximum pairs stored at all: 17 bytes each, and as many again during the search. */
const MAX_STORED_PAIRS = 150_000_000;

/**
 * False when there are too many pairs to store and no rule needs all of them: such problems are solved on lists of near
 * pairs. `isMoving`: there is a previous set, and the decision explains the moves from it. Throws an EdgeError where a
 * rule needs all of more pairs than can be stored.
 */
export function storesAllPairs(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
  isMoving: boolean,
): boolean {
  const pairs = fleet.clusters.length * origins.length;
  if (pairs <= ALWAYS_STORED_PAIRS) return true;
  const { minRequestsPerSecond, together, apart } = app.policy.constraints;
  const isSimple = minRequestsPerSecond === 0 && together.length === 0 && apart.length === 0;
  if (pairs <= MAX_PAIRS_STORED_FOR_SETS && (isMoving || !isSimple)) return true;
  const rule = ruleThatNeedsAllPairs(app, fleet, pairs);
  if (rule === undefined || pairs <= MAX_STORED_PAIRS) return rule !== undefined;
  const [clusters, people] = [fleet.clusters.length, origins.length];
  throw new EdgeError({
    code: 'TooLarge',
    path: `${app.name}: ${rule}`,
    summary: `${rule} has to look at every pair of ${clusters} clusters and ${people} origins, and of such pairs at most ${MAX_STORED_PAIRS} can be held`,
    remedy:
      'Leave out of the fleet the clusters that no app may use, or add up the requests of origins that are near each other.',
  });
}

/**
 * True when capacity or the minimum load is the only reason to store all of many pairs. These rules seldom bind, so the problem without
 * them, on lists of near pairs, comes first.
 */
export function storesAllPairsForLimits(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
): boolean {
  if (fleet.clusters.length * origins.length <= ALWAYS_STORED_PAIRS) return false;
  const { capacity, minRequestsPerSecond } = app.policy.constraints;
  const hasLimits = minRequestsPerSecond > 0 || (capacity !== false && isLimited(fleet));
  return hasLimits && !storesAllPairs(withoutLimits(app), fleet, origins, false);
}

/** The app without capacity and minimum load. */
export function withoutLimits(app: EdgeApp): EdgeApp {
  const { policy } = app;
  const constraints = { ...policy.constraints, capacity: false as const, minRequestsPerSecond: 0 };
  return { ...app, policy: { ...policy, constraints } };
}

const isLimited = ({ clusters }: Fleet): boolean =>
  clusters.some(
    ({ allocatable, requestsPerSecond }) =>
      allocatable !== undefined || requestsPerSecond !== undefined,
  );

/** The path of what cannot be computed from near pairs alone: the fleet's latencies, or the rule of the lowest rank. Undefined without any. */
function ruleThatNeedsAllPairs(
  { policy }: EdgeApp,
  fleet: Fleet,
  pairs: number,
): string | undefined {
  if (fleet.latency.length >= MEASURED_SHARE * pairs) return 'fleet.latency';
  const isFleetLimited = isLimited(fleet);
  const needs = [...rowsOf(policy.constraints)].flatMap(({ key, row, value }) => {
    const below = row.needsAllPairs?.path(value, isFleetLimited);
    if (row.needsAllPairs === undefined || below === undefined) return [];
    return [{ rank: row.needsAllPairs.rank, path: `policy.constraints.${key}${below}` }];
  });
  return needs.sort((a, b) => a.rank - b.rank)[0]?.path;
}

/** The constraints of the app that are about pairs. */
export function pairRulesOf({ policy }: EdgeApp): ConstraintOfPolicy[] {
  return [...rowsOf(policy.constraints)].filter(
    ({ row, value }) => row.pair !== undefined && !isUnset(value),
  );
}

/** The pairs that all constraints allow: [cluster * origins + origin] = 1. */
export function legalPairs(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
  { milliseconds }: Pairs,
): Uint8Array {
  const legal = new Uint8Array(milliseconds.length).fill(1);
  if (milliseconds.length === 0) return legal;
  for (const { row, value } of pairRulesOf(app)) {
    const { pair } = row;
    if (pair === undefined) continue;
    origins.forEach((origin, o) => {
      fleet.clusters.forEach((cluster, c) => {
        const at = c * origins.length + o;
        if (!pair(value, origin, cluster, milliseconds[at])) legal[at] = 0;
      });
    });
  }
  return legal;
}

/** What every cluster and pair costs one app. */
export type Costs = Pick<
  AppProblem,
  'cost' | 'implicitCosts' | 'openCost' | 'constantCost' | 'replicaCost'
>;

/** Where the costs of stored pairs come from. */
type StoredCosts = (basis: CostBasis, rates: CostRates) => Float64Array;

/** The weighted sum of all terms, as costs. */
export function costsOf(basis: CostBasis, stored: StoredCosts): Costs {
  const { terms, app, pairs, fleet } = basis;
  const sum = (pick: (term: Term) => Float64Array | undefined) => {
    const all = new Float64Array(fleet.clusters.length);
    for (const addend of terms.map(pick)) {
      if (addend !== undefined) for (let c = 0; c < all.length; c++) all[c] += addend[c];
    }
    return all;
  };
  const replicaCost = sum((one) => one.perReplica);
  const fractions = replicasPerRequestPerSecond(app.sizing);
  const flat = sum((one) => one.perRequestPerSecond).map(
    (cost, c) => cost + replicaCost[c] * fractions,
  );
  const rates: CostRates = {
    perMillisecond: terms.reduce((all, one) => all + (one.perMillisecond ?? 0), 0),
    perKilometer: terms.reduce((all, one) => all + (one.perKilometer ?? 0), 0),
    flat,
  };
  const isMany = pairs.milliseconds.length === 0 && basis.origins.length > 0;
  return {
    cost: isMany ? new Float64Array(0) : stored(basis, rates),
    ...(isMany && { implicitCosts: implicitCosts(basis, rates) }),
    openCost: sum((one) => one.open),
    constantCost: terms.reduce((all, one) => all + (one.constant ?? 0), 0),
    replicaCost,
  };
}

/** What every pair costs at these rates; Infinity where it is not legal. */
export function storedCosts(
  { pairs, origins, legal }: CostBasis,
  { perMillisecond, perKilometer, flat }: CostRates,
): Float64Array {
  const { milliseconds, kilometers } = pairs;
  const cost = new Float64Array(milliseconds.length);
  const weight = Float64Array.from(origins, (origin) => origin.requestsPerSecond);
  for (let c = 0, pair = 0; c < flat.length; c++) {
    for (let o = 0; o < weight.length; o++, pair++) {
      const unit = perMillisecond * milliseconds[pair] + perKilometer * kilometers[pair] + flat[c];
      cost[pair] = legal[pair] === 1 ? unit * weight[o] : POSITIVE_INFINITY;
    }
  }
  return cost;
}
