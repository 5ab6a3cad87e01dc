/**
 * Costs of more pairs than can be stored: each is computed on demand, on lists of near pairs, and between
 * clusters and cells of origins, which give a first solution.
 */

import type { Sphere } from '../../model/sphere';
import type { CandidateLists, Coarser, ManyPairs } from '../../optimizer';
import {
  assignToNearest,
  type Cells,
  cellsOf,
  interpolate,
  type LinearDistanceCosts,
  nearLists,
  type PairCostsByDistance,
  pairsWithin,
  savingsOf,
} from '../../optimizer';
import {
  type CostBasis,
  type CostRates,
  type OriginClasses,
  originClassesOf,
} from './origin-kinds';

const { POSITIVE_INFINITY } = Number;

/** Length of the first lists, as a multiple of clusters / minClusters. */
const LIST_LENGTH_FACTOR = 3.5;
const MIN_LIST_LENGTH = 48;
/** Approximate maximum of pairs on all lists together; twelve bytes each. */
const MAX_LISTED_PAIRS = 8_000_000;

/** Pairs of cells and clusters: the approximate goal, and the maximum. */
const CELL_PAIRS = 1_000_000;
const MAX_CELL_PAIRS = 2_500_000;
/** Bounds on the number of cells: per origin, per chosen cluster, and as a share of the origins. */
const CELLS_PER_ORIGIN = 0.1;
const CELLS_PER_CLUSTER = 10;
const MAX_CELLS_PER_ORIGIN = 1 / 3;
/** Origins of one cell where cells are so many that they have lists, and cells of their own. */
const CELL_MEMBERS = 20;
/** Approximate reach of prices, as a multiple of the even share of one cluster in the smallest set. */
const REACH_FACTOR = 2.6;
/** Approximate maximum of pairs on lists within that reach; more would cut prices short. */
const MAX_REACHED_PAIRS = 12_000_000;
/** The same for cells, which only have to give a good start. */
const MAX_REACHED_CELL_PAIRS = 1_000_000;

/** The demand side of the pairs: origins, or cells of them. */
interface DistanceCosts extends OriginClasses {
  readonly sphere: Sphere;
  readonly weight: Float64Array;
  readonly measured: ReadonlyMap<number, ReadonlyMap<number, number>>;
  readonly rates: CostRates;
  readonly leastFlat: number;
  readonly base: number;
  readonly perKilometer: number;
  readonly minClusters: number;
  /** True of cells. */
  readonly isCoarse?: boolean;
}

/** Costs on demand, and lists of near pairs; the last lists are kept. */
export function implicitCosts(basis: CostBasis, rates: CostRates): ManyPairs {
  const { pairs, origins, fleet, allowed } = basis;
  const model = fleet.latencyModel;
  return implicitCostsFrom({
    sphere: pairs.sphere,
    weight: Float64Array.from(origins, (origin) => origin.requestsPerSecond),
    ...originClassesOf(basis),
    measured: pairs.measured,
    rates,
    leastFlat: rates.flat.reduce(
      (least, one, c) => (allowed[c] ? Math.min(least, one) : least),
      POSITIVE_INFINITY,
    ),
    base: model.baseMilliseconds,
    perKilometer: model.per1000KilometersMilliseconds / 1000,
    minClusters: basis.app.policy.constraints.minClusters,
  });
}

function implicitCostsFrom(distanceCosts: DistanceCosts): ManyPairs {
  const { sphere, minClusters } = distanceCosts;
  const around = neighbourhoodOf(distanceCosts);
  const most = Math.max(
    MIN_LIST_LENGTH,
    Math.floor(MAX_LISTED_PAIRS / Math.max(1, sphere.origins)),
  );
  const listLength = Math.ceil((LIST_LENGTH_FACTOR * sphere.clusters) / minClusters);
  let known: CandidateLists | undefined;
  return {
    at: around.cost,
    cheapest: (open) => assignToNearest(slopesOf(distanceCosts, around), open),
    cheaper: (costs) => savingsOf(slopesOf(distanceCosts, around), costs, 'exact'),
    lists() {
      known ??= nearLists(around, Math.min(most, Math.max(MIN_LIST_LENGTH, listLength)));
      return known;
    },
    ...coarseningOf(distanceCosts, around, (lists) => {
      known = lists;
    }),
  };
}

function neighbourhoodOf(distanceCosts: DistanceCosts): PairCostsByDistance {
  const { weight, measured } = distanceCosts;
  const { perModelKilometer, fixed } = ratesByDistance(distanceCosts);
  return {
    ...distanceCosts,
    costOver: costAtDistance(distanceCosts),
    cost: costOfPair(distanceCosts),
    leastBeyond: (o, kilometers) => (perModelKilometer * kilometers + fixed) * weight[o],
    extra: measured,
  };
}

/** Coarsening by cells; none where there would be hardly fewer cells than origins, or where distance costs nothing. */
function coarseningOf(
  distanceCosts: DistanceCosts,
  around: PairCostsByDistance,
  keep: (lists: CandidateLists) => void,
): Pick<ManyPairs, 'coarsening'> {
  const { sphere, minClusters, members, measured, weight } = distanceCosts;
  const { perModelKilometer, fixed } = ratesByDistance(distanceCosts);
  const pairs =
    sphere.clusters * sphere.origins * Math.min(1, REACH_FACTOR / Math.max(1, minClusters));
  const isFew = pairs <= (distanceCosts.isCoarse ? MAX_REACHED_CELL_PAIRS : MAX_REACHED_PAIRS);
  const cells = numberOfCells(distanceCosts, isFew);
  if (cells > MAX_CELLS_PER_ORIGIN * sphere.origins || perModelKilometer <= 0) return {};
  const upTo = (some: PairCostsByDistance, costs: Float64Array) => {
    const reach = costs.map((cost, o) => (cost / weight[o] - fixed) / perModelKilometer);
    return nearLists(some, shortenedReach(some, reach));
  };
  let coarser: Coarser | undefined;
  return {
    coarsening: {
      coarser() {
        coarser ??= coarseProblem(distanceCosts, cells);
        return coarser;
      },
      ...(!isFew && {
        savings: (prices: Float64Array) =>
          savingsOf(slopesOf(distanceCosts, around), prices, 'atLeast').saved,
      }),
      reach(costs) {
        const lists = upTo(around, costs);
        keep(lists);
        return lists;
      },
      among(keeps, costs) {
        const isKept = ([cluster]: readonly [number, number]) => keeps[cluster] === 1;
        const extra = [...measured].map(
          ([o, there]) => [o, new Map([...there].filter(isKept))] as const,
        );
        const kept = members.map((some) => some.filter((cluster) => keeps[cluster] === 1));
        return upTo({ ...around, members: kept, extra: new Map(extra) }, costs);
      },
    },
  };
}

/** The same reach, shortened for every cluster where lists would be too long. */
function shortenedReach(around: PairCostsByDistance, reach: Float64Array): Float64Array {
  let shorter = reach.map((one) => Math.max(0, one));
  // Pairs grow with the area within reach at the most, so this ends soon.
  for (let i = 0; i < 8; i++) {
    const share = MAX_REACHED_PAIRS / Math.max(1, pairsWithin(around, shorter));
    if (share >= 1) break;
    const by = Math.min(0.95, Math.sqrt(share));
    shorter = shorter.map((one) => by * Math.min(one, 20_000));
  }
  return shorter;
}

function ratesByDistance({ rates, base, perKilometer, leastFlat }: DistanceCosts) {
  return {
    perModelKilometer: rates.perKilometer + rates.perMillisecond * perKilometer,
    fixed: rates.perMillisecond * base + leastFlat,
  };
}

function costAtDistance(distanceCosts: DistanceCosts): PairCostsByDistance['costOver'] {
  const { rates, base, perKilometer: perModelKilometer, weight, isLegal } = distanceCosts;
  const { perMillisecond, perKilometer, flat } = rates;
  return (c, o, kilometers) => {
    const milliseconds = base + perModelKilometer * kilometers;
    if (isLegal !== undefined && !isLegal(c, o, milliseconds)) return POSITIVE_INFINITY;
    const far = perKilometer === 0 ? 0 : perKilometer * kilometers;
    return (perMillisecond * milliseconds + far + flat[c]) * weight[o];
  };
}

function costOfPair(distanceCosts: DistanceCosts): ManyPairs['at'] {
  const { sphere, rates, weight, kind, members, isLegal, measured } = distanceCosts;
  const over = costAtDistance(distanceCosts);
  const masks = members.map((some) => {
    const mask = new Uint8Array(sphere.clusters);
    for (const cluster of some) mask[cluster] = 1;
    return mask;
  });
  return (c, o) => {
    if (masks[kind[o]][c] === 0) return POSITIVE_INFINITY;
    const kilometers = sphere.kilometers(c, o);
    const milliseconds = measured.size > 0 ? measured.get(o)?.get(c) : undefined;
    if (milliseconds === undefined) return over(c, o, kilometers);
    if (isLegal !== undefined && !isLegal(c, o, milliseconds)) return POSITIVE_INFINITY;
    const far = rates.perKilometer === 0 ? 0 : rates.perKilometer * kilometers;
    return (rates.perMillisecond * milliseconds + far + rates.flat[c]) * weight[o];
  };
}

/** How many cells there should be: so many that all their pairs can be held, or, of very many pairs, that they can have lists. */
function numberOfCells({ sphere, minClusters }: DistanceCosts, isFew: boolean): number {
  const { clusters, origins } = sphere;
  const held = Math.min(CELL_PAIRS / Math.max(1, clusters), CELLS_PER_ORIGIN * origins);
  const cells = Math.ceil(Math.max(held, CELLS_PER_CLUSTER * minClusters));
  // Where lists of the origins reach anyway, lists of cells come to no better beginning.
  if (isFew) return cells * clusters <= MAX_CELL_PAIRS ? cells : Number.POSITIVE_INFINITY;
  return Math.max(cells, Math.ceil(origins / CELL_MEMBERS));
}

function coarseProblem(distanceCosts: DistanceCosts, most: number): Coarser {
  const { sphere, weight, kind } = distanceCosts;
  const cells = cellsOf(sphere, weight, kind, most);
  const coarse = coarseDistanceCosts(distanceCosts, cells);
  const isHeld = cells.cells * sphere.clusters <= MAX_CELL_PAIRS;
  return {
    cellOf: cells.cellOf,
    interpolate: (values) => interpolate(sphere, kind, cells, values),
    origins: cells.cells,
    requestsPerSecond: cells.weight,
    cost: isHeld ? allCosts(coarse) : new Float64Array(0),
    ...(!isHeld && { implicitCosts: implicitCostsFrom(coarse) }),
  };
}

function slopesOf(distanceCosts: DistanceCosts, around: PairCostsByDistance): LinearDistanceCosts {
  const { rates, base, isLegal } = distanceCosts;
  return {
    ...distanceCosts,
    ...around,
    slope: ratesByDistance(distanceCosts).perModelKilometer,
    flat: rates.flat.map((flat) => flat + rates.perMillisecond * base),
    isChecked: isLegal !== undefined,
  };
}

/** Measured pairs are those of single origins; a cell goes by distance. */
function coarseDistanceCosts(
  distanceCosts: DistanceCosts,
  { cells, centroid: middle, weight, largestMember: foremost }: Cells,
): DistanceCosts {
  const { sphere, kind, isLegal } = distanceCosts;
  return {
    ...distanceCosts,
    isCoarse: true,
    sphere: sphere.around(middle),
    weight,
    kind: Int32Array.from({ length: cells }, (_, cell) => kind[foremost[cell]]),
    isLegal: isLegal && ((c, cell, milliseconds) => isLegal(c, foremost[cell], milliseconds)),
    measured: new Map(),
  };
}

function allCosts(distanceCosts: DistanceCosts): Float64Array {
  const { clusters, origins } = distanceCosts.sphere;
  const at = costOfPair(distanceCosts);
  const cost = new Float64Array(clusters * origins);
  for (let c = 0, pair = 0; c < clusters; c++) {
    for (let o = 0; o < origins; o++) cost[pair++] = at(c, o);
  }
  return cost;
}
