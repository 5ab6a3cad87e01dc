/** Costs of pairs: what the objective says of serving each origin at each cluster, and which pairs are legal. */
import type { Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import type { AppProblem } from '../../optimizer';
import { EdgeError } from '../../parsing';
import type { EdgeApp, Term } from '../../policy';
import { replicasPerRequestPerSecond, rowsOf } from '../../policy';
import { implicitCosts } from './implicit-costs';
import type { Pairs } from './latency';
import { type CostBasis, type CostRates, isUnset } from './origin-kinds';

const { POSITIVE_INFINITY } = Number;

/** Pairs up to which all are held: there is little to gain from leaving any out. */
const ALWAYS_STORED_PAIRS = 2_000_000;
/** Pairs held at most where more than distance and rules about sets decide: three numbers each, half a gigabyte. */
const MAX_PAIRS_STORED_FOR_SETS = 20_000_000;
/** Pairs are held when at least this share of them was measured, so that distance tells little. */
const MEASURED_SHARE = 0.1;

/** Pairs held at most at all: 17 bytes each and as many again while they are looked at. */
const MAX_STORED_PAIRS = 150_000_000;

/**
 * False when there are too many pairs to hold, or to look at all of them, and nothing asks for it: such problems are
 * solved on lists of near pairs. `isMoving`: there is a previous set, from which the way to the new one is told. Throws an
 * EdgeError where a rule asks for all of more pairs than any machine would like to hold.
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
  const asks = ruleThatNeedsAllPairs(app, fleet, pairs);
  if (asks === undefined || pairs <= MAX_STORED_PAIRS) return asks !== undefined;
  const [clusters, people] = [fleet.clusters.length, origins.length];
  throw new EdgeError({
    code: 'TooLarge',
    path: `${app.name}: ${asks}`,
    summary: `${asks} has to look at every pair of ${clusters} clusters and ${people} origins, and of such pairs at most ${MAX_STORED_PAIRS} can be held`,
    remedy:
      'Leave out of the fleet the clusters that no app may use, or add up the requests of origins that are near each other.',
  });
}

/** The path of the first rule or document for which near pairs are not enough; undefined without any. */
function ruleThatNeedsAllPairs(
  { policy }: EdgeApp,
  fleet: Fleet,
  pairs: number,
): string | undefined {
  if (fleet.latency.length >= MEASURED_SHARE * pairs) return 'fleet.latency';
  const isLimited = fleet.clusters.some(
    ({ allocatable, requestsPerSecond }) =>
      allocatable !== undefined || requestsPerSecond !== undefined,
  );
  for (const { key, row, value } of rowsOf(policy.constraints)) {
    const below = row.needsAllPairs?.(value, isLimited);
    if (below !== undefined) return `policy.constraints.${key}${below}`;
  }
  return undefined;
}

/** Which pairs the rows let be; [cluster * origins + origin] = 1. */
export function legalPairs(
  app: EdgeApp,
  fleet: Fleet,
  origins: readonly Origin[],
  { milliseconds }: Pairs,
): Uint8Array {
  const legal = new Uint8Array(milliseconds.length).fill(1);
  for (const { row, value } of rowsOf(app.policy.constraints)) {
    const { pair } = row;
    if (milliseconds.length === 0 || pair === undefined || isUnset(value)) continue;
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

/** The weighted sum of all terms, as costs. */
export function costsOf(basis: CostBasis): Costs {
  const { terms, app, pairs, fleet } = basis;
  const sum = (pick: (term: Term) => Float64Array | undefined) =>
    Float64Array.from(fleet.clusters, (_, c) =>
      terms.reduce((all, one) => all + (pick(one)?.[c] ?? 0), 0),
    );
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
    cost: isMany ? new Float64Array(0) : storedCosts(basis, rates),
    ...(isMany && { implicitCosts: implicitCosts(basis, rates) }),
    openCost: sum((one) => one.open),
    constantCost: terms.reduce((all, one) => all + (one.constant ?? 0), 0),
    replicaCost,
  };
}

function storedCosts(
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
