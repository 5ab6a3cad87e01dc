/** Costs of pairs: what the objective says of serving each origin at each cluster, and which pairs are legal. */
import type { Origin } from '../model/demand';
import type { Fleet } from '../model/fleet';
import type { EdgeApp } from './app';
import { rowsOf } from './constraints/table';
import type { Pairs } from './latency';
import { nearbyLists } from './nearby';
import type { Term } from './objective';
import { replicasPerRequestPerSecond } from './price';
import type { Lists } from './solver/lists';
import type { AppProblem, ManyPairs } from './solver/problem';

const { POSITIVE_INFINITY } = Number;

/** Pairs held at most: three numbers each, half a gigabyte. */
const MOST_HELD = 20_000_000;

/** Lists of problems with more pairs: so many times what one cluster of the smallest set would serve evenly. */
const LIST_LENGTH = 3.5;
const SHORTEST_LIST = 48;
/** Pairs on all lists together, about; twelve bytes each. */
const MOST_LISTED = 8_000_000;

/**
 * False when there are too many pairs to hold, and nothing in the policy asks for all of them: such problems are
 * solved on lists of near pairs.
 */
export function isHeld({ policy }: EdgeApp, fleet: Fleet, origins: readonly Origin[]): boolean {
  if (fleet.clusters.length * origins.length <= MOST_HELD) return true;
  const { latency, survive, budget, capacity } = policy.constraints;
  const isLimited =
    capacity !== false &&
    fleet.clusters.some(
      ({ allocatable, requestsPerSecond }) =>
        allocatable !== undefined || requestsPerSecond !== undefined,
    );
  const asksForAll = (latency !== undefined && latency.share < 1) || survive > 0;
  return asksForAll || budget !== undefined || isLimited;
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
    if (milliseconds.length === 0 || pair === undefined || isSilent(value)) continue;
    origins.forEach((origin, o) => {
      fleet.clusters.forEach((cluster, c) => {
        const at = c * origins.length + o;
        if (!pair(value, origin, cluster, milliseconds[at])) legal[at] = 0;
      });
    });
  }
  return legal;
}

function isSilent(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** What every cluster and pair costs one app. */
export type Costs = Pick<AppProblem, 'cost' | 'many' | 'openCost' | 'constantCost' | 'replicaCost'>;

/** Everything the costs follow from. */
export interface CostBasis {
  readonly app: EdgeApp;
  readonly fleet: Fleet;
  readonly origins: readonly Origin[];
  readonly pairs: Pairs;
  readonly terms: readonly Term[];
  readonly legal: Uint8Array;
  readonly allowed: Uint8Array;
}

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
  const rates: Rates = {
    perMillisecond: terms.reduce((all, one) => all + (one.perMillisecond ?? 0), 0),
    perKilometer: terms.reduce((all, one) => all + (one.perKilometer ?? 0), 0),
    flat,
  };
  const isMany = pairs.milliseconds.length === 0 && basis.origins.length > 0;
  return {
    cost: isMany ? new Float64Array(0) : heldCosts(basis, rates),
    ...(isMany && { many: manyPairs(basis, rates) }),
    openCost: sum((one) => one.open),
    constantCost: terms.reduce((all, one) => all + (one.constant ?? 0), 0),
    replicaCost,
  };
}

interface Rates {
  readonly perMillisecond: number;
  readonly perKilometer: number;
  /** Per request/s, by cluster. */
  readonly flat: Float64Array;
}

function heldCosts(
  { pairs, origins, legal }: CostBasis,
  { perMillisecond, perKilometer, flat }: Rates,
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

/** Costs on demand, and lists of near pairs; the last lists are kept. */
function manyPairs(basis: CostBasis, rates: Rates): ManyPairs {
  const { pairs, origins, fleet, allowed } = basis;
  const { perMillisecond, perKilometer, flat } = rates;
  const { kind, members, isLegal } = kindsOf(basis);
  const { minClusters } = basis.app.policy.constraints;
  const most = Math.max(SHORTEST_LIST, Math.floor(MOST_LISTED / Math.max(1, origins.length)));
  const asked = Math.ceil((LIST_LENGTH * fleet.clusters.length) / minClusters);
  const length = Math.min(most, Math.max(SHORTEST_LIST, asked));
  const at = (c: number, o: number): number => {
    const milliseconds = pairs.millisecondsAt(c, o);
    if (!isLegal(c, o, milliseconds)) return POSITIVE_INFINITY;
    const far = perKilometer === 0 ? 0 : perKilometer * pairs.kilometersAt(c, o);
    return (perMillisecond * milliseconds + far + flat[c]) * origins[o].requestsPerSecond;
  };
  const leastFlat = flat.reduce(
    (least, one, c) => (allowed[c] ? Math.min(least, one) : least),
    POSITIVE_INFINITY,
  );
  const model = fleet.latencyModel;
  const perModelKilometer =
    perKilometer + (perMillisecond * model.per1000KilometersMilliseconds) / 1000;
  const leastBeyond = (o: number, kilometers: number) =>
    (perModelKilometer * kilometers + perMillisecond * model.baseMilliseconds + leastFlat) *
    origins[o].requestsPerSecond;
  let known: Lists | undefined;
  return {
    at,
    lists() {
      const around = { sphere: pairs.sphere, kind, members, cost: at, leastBeyond };
      known ??= nearbyLists({ ...around, extra: pairs.measured }, length);
      return known;
    },
  };
}

/** Origins of one kind may be served by the same clusters, as far as rules go that do not ask for milliseconds. */
function kindsOf({ app, fleet, origins, allowed }: CostBasis) {
  const rows = [...rowsOf(app.policy.constraints)].filter(
    ({ row, value }) => row.pair !== undefined && !isSilent(value),
  );
  const byKind = rows.filter(({ row }) => row.kind !== undefined);
  const byPair = rows.filter(({ row }) => row.kind === undefined);
  const numbers = new Map<string, number>();
  const members: Int32Array[] = [];
  const masks: Uint8Array[] = [];
  const kind = Int32Array.from(origins, (origin) => {
    const key = byKind.map(({ row, value }) => row.kind?.(value, origin)).join(' ');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, members.length);
    const mask = Uint8Array.from(fleet.clusters, (cluster, c) =>
      allowed[c] === 1 && byKind.every(({ row, value }) => row.pair?.(value, origin, cluster, 0))
        ? 1
        : 0,
    );
    masks.push(mask);
    return members.push(Int32Array.from(mask.keys()).filter((c) => mask[c] === 1)) - 1;
  });
  const isLegal = (c: number, o: number, milliseconds: number) =>
    masks[kind[o]][c] === 1 &&
    byPair.every(({ row, value }) =>
      row.pair?.(value, origins[o], fleet.clusters[c], milliseconds),
    );
  return { kind, members, isLegal };
}
