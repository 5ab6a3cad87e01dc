/** Points: a system that sends users to the nearest of declared points, some of which may draw more users by a bias. */
import { Sphere } from '../model/sphere';
import type { AssignedDemand } from './assigned-demand';
import {
  MISMATCH_MILLISECONDS,
  type PlaceNode,
  unseenCountries,
  withoutCosts,
} from './place-costs';
import { countryCodes } from './places';

/** Rounds over all points; each round may only lower the cost. */
const MAX_ROUNDS = 4;
/** Costs that differ by less count as equal, relative. */
const TOLERANCE = 1e-9;

/** Points with the users whom each draws. */
export interface Points {
  readonly nodes: readonly PlaceNode[];
  /** By cluster, 0 to 99. */
  readonly bias: Int32Array;
  /** Countries without demand that residency allows no chosen cluster. */
  readonly unservable: readonly string[];
  /** Key of a place that residency forbids the cluster which draws it; undefined where all is well. */
  readonly forbidden: string | undefined;
}

/** Origins, then every country by the centre of its people with next to no weight. */
interface Users {
  readonly count: number;
  readonly sphere: Sphere;
  /** By user, by cluster, 1: residency allows it. */
  readonly legal: readonly Uint8Array[];
}

/** A point at every chosen cluster, and whole biases from 0 to `maxBias` by coordinate search from none. */
export function nearestPoints(demand: AssignedDemand, maxBias: number): Points {
  const { clusters, origins } = demand;
  const unseen = unseenCountries(demand, countryCodes);
  const visiting = countryCodes.map((country) =>
    unseen.withCountry(
      { key: '', kind: 'country', code: country, parent: -1, origins: [] },
      country,
    ),
  );
  const users: Users = {
    count: origins.length + countryCodes.length,
    sphere: new Sphere(clusters, [...origins, ...countryCodes.map(unseen.at)]),
    legal: [...origins.map(demand.legal), ...visiting.map(({ legal }) => legal)],
  };
  const { bias, drawn } =
    maxBias === 0
      ? { bias: new Int32Array(clusters.length), drawn: nearest(users) }
      : biasedPoints(users, costsOf(users, demand, visiting), maxBias);
  const wrong = drawn.findIndex((c, user) => users.legal[user][c] === 0);
  const members: number[][] = clusters.map(() => []);
  for (let o = 0; o < origins.length; o++) members[drawn[o]].push(o);
  const nodes = members.map((own, c): PlaceNode => {
    const draft = { key: `point-${c + 1}`, kind: 'point' as const, code: '', parent: -1 };
    return withoutCosts({ ...draft, origins: own }, demand);
  });
  const forbidden =
    wrong < 0
      ? undefined
      : wrong < origins.length
        ? origins[wrong].name
        : countryCodes[wrong - origins.length];
  return { nodes, bias, unservable: unseen.unservable, forbidden };
}

/** By user the nearest cluster, the first of equal ones. Clusters times users. */
function nearest({ count, sphere }: Users): Int32Array {
  return Int32Array.from({ length: count }, (_, user) => {
    let best = 0;
    let least = sphere.squaredChord(0, user);
    for (let c = 1; c < sphere.clusters; c++) {
      const here = sphere.squaredChord(c, user);
      if (here < least) [best, least] = [c, here];
    }
    return best;
  });
}

/** [cluster * users + user] added milliseconds times requests per second; infinite where residency forbids it. */
function costsOf(
  { count, legal }: Users,
  demand: AssignedDemand,
  visiting: readonly PlaceNode[],
): Float64Array {
  const { clusters, origins, pairs, sharesFrom, shareCluster, share } = demand;
  const cost = new Float64Array(clusters.length * count);
  for (let c = 0; c < clusters.length; c++) {
    for (let user = 0; user < count; user++) {
      const pair = c * count + user;
      if (user >= origins.length) cost[pair] = visiting[user - origins.length].cost[c];
      if (legal[user][c] === 0) cost[pair] = Number.POSITIVE_INFINITY;
      if (user >= origins.length || legal[user][c] === 0) continue;
      const here = pairs.millisecondsAt(c, user);
      for (let s = sharesFrom[user]; s < sharesFrom[user + 1]; s++) {
        if (shareCluster[s] === c) continue;
        const added = Math.max(0, here - demand.assignedMilliseconds[s]);
        cost[pair] += origins[user].requestsPerSecond * share[s] * (added + MISMATCH_MILLISECONDS);
      }
    }
  }
  return cost;
}

/** Points with their pull, and whom they draw. */
interface Biased {
  readonly count: number;
  /** [cluster * users + user] */
  readonly kilometers: Float64Array;
  readonly cost: Float64Array;
  readonly bias: Int32Array;
  readonly maxBias: number;
}

/** Distance as the system sees it. */
const biased = (kilometers: number, bias: number) => kilometers * (1 - bias / 100);

/** Sets one bias after the other to the best there is with all others as they are. */
function biasedPoints({ count, sphere }: Users, cost: Float64Array, maxBias: number) {
  const kilometers = new Float64Array(cost.length);
  for (let c = 0; c < sphere.clusters; c++) {
    for (let user = 0; user < count; user++) {
      kilometers[c * count + user] = sphere.kilometers(c, user);
    }
  }
  const bias = new Int32Array(sphere.clusters);
  const points: Biased = { count, kilometers, cost, bias, maxBias };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let isBetter = false;
    for (let c = 0; c < bias.length; c++) isBetter = improve(points, c) || isBetter;
    if (!isBetter) break;
  }
  return { bias, drawn: Int32Array.from({ length: count }, (_, user) => drawnBy(points, user)) };
}

/** The cluster whose point draws a user, `except` one: the first of equal ones; -1 where there is no other. */
function drawnBy({ count, kilometers, bias }: Biased, user: number, except = -1): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let c = 0; c < bias.length; c++) {
    if (c === except) continue;
    const here = biased(kilometers[c * count + user], bias[c]);
    if (here < least) [best, least] = [c, here];
  }
  return best;
}

/** Sets the bias of one point to the best there is with all others as they are; of equal ones the one it has, then the least. */
function improve(points: Biased, c: number): boolean {
  const { count, cost, bias, maxBias } = points;
  /** By least bias that draws a user: what changes from there on, forbidden users apart from costs. */
  const costs = new Float64Array(maxBias + 1);
  const forbidden = new Int32Array(maxBias + 1);
  for (let user = 0; user < count; user++) {
    const other = drawnBy(points, user, c);
    const from = leastBias(points, c, user, other);
    if (from > maxBias) continue;
    const [own, its] = [cost[c * count + user], other < 0 ? 0 : cost[other * count + user]];
    forbidden[from] += Number(own === Number.POSITIVE_INFINITY);
    forbidden[from] -= Number(its === Number.POSITIVE_INFINITY);
    costs[from] += (Number.isFinite(own) ? own : 0) - (Number.isFinite(its) ? its : 0);
  }
  for (let value = 1; value <= maxBias; value++) {
    costs[value] += costs[value - 1];
    forbidden[value] += forbidden[value - 1];
  }
  const before = bias[c];
  for (let value = 0; value <= maxBias; value++) {
    const now = bias[c];
    const isLess = costs[value] < costs[now] - TOLERANCE * Math.abs(costs[now]);
    if (forbidden[value] < forbidden[now] || (forbidden[value] === forbidden[now] && isLess)) {
      bias[c] = value;
    }
  }
  return bias[c] !== before;
}

/** The least whole bias with which a point draws a user from another; above 99 where none does. */
function leastBias({ count, kilometers, bias }: Biased, c: number, user: number, other: number) {
  if (other < 0) return 0;
  const own = kilometers[c * count + user];
  const its = biased(kilometers[other * count + user], bias[other]);
  const draws = (value: number) => {
    const here = biased(own, value);
    return here < its || (here === its && c < other);
  };
  let value = own <= its ? 0 : Math.max(0, Math.floor(100 * (1 - its / own)));
  // Rounding may leave it one beside.
  while (value > 0 && draws(value - 1)) value--;
  while (value < 100 && !draws(value)) value++;
  return value;
}
