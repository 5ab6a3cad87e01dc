/** Points: a system that sends users to the nearest of declared points, some of which may draw more users by a bias. */
import { Sphere } from '../model/sphere';
import type { AssignedDemand } from './assigned-demand';
import { MISMATCH_MILLISECONDS, type PlaceNode, unseenCountries, withDemand } from './place-costs';
import { countryCodes } from './places';

/** Biases that are tried for a point, then those around the best. */
const COARSE_STEP = 9;
/** Rounds over all points; each round may only lower the cost. */
const MAX_ROUNDS = 4;

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

interface Users {
  readonly count: number;
  /** [cluster * users + user] kilometres. */
  readonly kilometers: Float64Array;
  /** [cluster * users + user]; FORBIDDEN where residency forbids it. */
  readonly cost: Float64Array;
}

/** Worse than any sum of latencies, and still a number, so that fewer forbidden pairs are better than more. */
const FORBIDDEN = 1e18;

/** A point at every chosen cluster, and whole biases from 0 to `maxBias` by coordinate search from none. */
export function nearestPoints(demand: AssignedDemand, maxBias: number): Points {
  const { clusters, origins } = demand;
  const unseen = unseenCountries(demand, countryCodes);
  const users = usersOf(demand, unseen);
  const bias = new Int32Array(clusters.length);
  for (let round = 0; round < MAX_ROUNDS && maxBias > 0; round++) {
    let isBetter = false;
    for (let c = 0; c < clusters.length; c++)
      isBetter = improve(users, bias, c, maxBias) || isBetter;
    if (!isBetter) break;
  }
  const drawn = drawnBy(users, bias);
  const wrong = [...drawn].findIndex((c, user) => users.cost[c * users.count + user] >= FORBIDDEN);
  const nodes = clusters.map((_, c): PlaceNode => {
    const own = [...origins.keys()].filter((o) => drawn[o] === c);
    const draft = { key: `point-${c + 1}`, kind: 'point' as const, code: '', parent: -1 };
    return withDemand({ ...draft, origins: own }, demand);
  });
  const forbidden =
    wrong < 0
      ? undefined
      : wrong < origins.length
        ? origins[wrong].name
        : countryCodes[wrong - origins.length];
  return { nodes, bias, unservable: unseen.unservable, forbidden };
}

/** Origins, then every country by the centre of its people with next to no weight. */
function usersOf(demand: AssignedDemand, unseen: ReturnType<typeof unseenCountries>): Users {
  const { clusters, origins, pairs, sharesFrom, shareCluster, share } = demand;
  const sphere = new Sphere(clusters, [...origins, ...countryCodes.map(unseen.at)]);
  const count = origins.length + countryCodes.length;
  const kilometers = new Float64Array(clusters.length * count);
  const cost = new Float64Array(clusters.length * count);
  const legal = origins.map((origin) => demand.legal(origin));
  const visiting = countryCodes.map((country) =>
    unseen.withCountry(
      { key: '', kind: 'country', code: country, parent: -1, origins: [] },
      country,
    ),
  );
  for (let c = 0; c < clusters.length; c++) {
    for (let user = 0; user < count; user++) {
      const pair = c * count + user;
      kilometers[pair] = sphere.kilometers(c, user);
      if (user >= origins.length) {
        const one = visiting[user - origins.length].cost[c];
        cost[pair] = Number.isFinite(one) ? one : FORBIDDEN;
        continue;
      }
      if (legal[user][c] === 0) {
        cost[pair] = FORBIDDEN;
        continue;
      }
      const here = pairs.millisecondsAt(c, user);
      for (let s = sharesFrom[user]; s < sharesFrom[user + 1]; s++) {
        if (shareCluster[s] === c) continue;
        const added = Math.max(0, here - pairs.millisecondsAt(shareCluster[s], user));
        cost[pair] += origins[user].requestsPerSecond * share[s] * (added + MISMATCH_MILLISECONDS);
      }
    }
  }
  return { count, kilometers, cost };
}

/** Distance as the system sees it. */
const biased = (kilometers: number, bias: number) => kilometers * (1 - bias / 100);

/** By user the cluster whose point draws it, the first of equal ones. */
function drawnBy({ count, kilometers }: Users, bias: Int32Array): Int32Array {
  return Int32Array.from({ length: count }, (_, user) => {
    let best = 0;
    for (let c = 1; c < bias.length; c++) {
      const here = biased(kilometers[c * count + user], bias[c]);
      if (here < biased(kilometers[best * count + user], bias[best])) best = c;
    }
    return best;
  });
}

/** Sets the bias of one point to the best there is with all others as they are; of equal ones the one it has, then the least. */
function improve(users: Users, bias: Int32Array, c: number, maxBias: number): boolean {
  const { count, kilometers, cost } = users;
  // Whom the others draw without it does not depend on its bias.
  const others = new Int32Array(count).fill(-1);
  for (let user = 0; user < count; user++) {
    for (let other = 0; other < bias.length; other++) {
      if (other === c) continue;
      const best = others[user];
      if (
        best < 0 ||
        biased(kilometers[other * count + user], bias[other]) <
          biased(kilometers[best * count + user], bias[best])
      )
        others[user] = other;
    }
  }
  const totalAt = (value: number) => {
    let total = 0;
    for (let user = 0; user < count; user++) {
      const other = others[user];
      const own = biased(kilometers[c * count + user], value);
      const its = other < 0 ? own : biased(kilometers[other * count + user], bias[other]);
      const isOwn = other < 0 || own < its || (own === its && c < other);
      total += cost[(isOwn ? c : other) * count + user];
    }
    return total;
  };
  const before = totalAt(bias[c]);
  let best = { value: bias[c], total: before };
  const attempt = (value: number) => {
    if (value < 0 || value > maxBias) return;
    const total = totalAt(value);
    if (total < best.total) best = { value, total };
  };
  for (let value = 0; value <= maxBias; value += COARSE_STEP) attempt(value);
  const middle = best.value;
  for (let value = middle - COARSE_STEP + 1; value < middle + COARSE_STEP; value++) attempt(value);
  bias[c] = best.value;
  return best.total < before;
}
