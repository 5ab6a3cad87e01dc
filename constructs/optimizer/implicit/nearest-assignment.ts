/**
 * The cheapest open cluster of each origin, where there are too many pairs to hold. Groups of near origins rank the open clusters by
 * a lower bound of cost, and each origin stops when no later cluster can be cheaper. Work: groups times the set.
 */
import { ORIGINS_PER_GROUP } from '../single-app-options';
import { type Group, groupsOf } from './origin-groups';
import type { LinearDistanceCosts } from './savings';

/** Each origin at the cheapest cluster of a set. */
export interface NearestAssignment {
  /** By origin: position in the set; -1 where none is legal. */
  readonly served: Int32Array;
  /** By origin: what all of it costs there. */
  readonly cost: Float64Array;
}

/** What rounding may take from a distance, as a share of it. */
const MARGIN = 1e-9;

/** Ties go to the earlier of the set. */
export function assignToNearest(
  slopes: LinearDistanceCosts,
  open: readonly number[],
): NearestAssignment {
  const { sphere, kind, members, measured } = slopes;
  const { order, groups } = groupsOf(sphere, kind, members.length, ORIGINS_PER_GROUP.assignment);
  const served = new Int32Array(sphere.origins).fill(-1);
  const cost = new Float64Array(sphere.origins).fill(Number.POSITIVE_INFINITY);
  const offer = (u: number, position: number, here: number) => {
    if (here > cost[u] || here === Number.POSITIVE_INFINITY) return;
    if (here === cost[u] && served[u] <= position) return;
    cost[u] = here;
    served[u] = position;
  };
  const positions = new Map(open.map((cluster, position) => [cluster, position]));
  for (const group of groups) {
    const { near, least } = rankedByLowerBound(slopes, order, group, open);
    for (let i = group.from; i < group.to; i++) {
      const u = order[i];
      const measuredCosts = measured.get(u);
      for (const cluster of measuredCosts?.keys() ?? []) {
        const position = positions.get(cluster);
        if (position !== undefined) offer(u, position, slopes.cost(cluster, u));
      }
      for (let j = 0; j < near.length && least[j] * slopes.weight[u] <= cost[u]; j++) {
        const cluster = open[near[j]];
        if (measuredCosts?.has(cluster)) continue;
        offer(u, near[j], slopes.cost(cluster, u));
      }
    }
  }
  return { served, cost };
}

/** Positions of the set, and what a request/s of any origin of the group costs there at least; ascending. */
function rankedByLowerBound(
  { sphere, slope, flat }: LinearDistanceCosts,
  order: Int32Array,
  { from, to }: Group,
  open: readonly number[],
): { readonly near: readonly number[]; readonly least: Float64Array } {
  const centre = sphere.centreOf(order, from, to);
  const costs = Float64Array.from(open, (cluster) => {
    const chord = Math.sqrt(sphere.squaredTo(centre, cluster)) - centre.radius;
    const kilometers = sphere.kilometersOf(Math.max(0, chord) * Math.max(0, chord));
    return slope * kilometers * (1 - MARGIN) - MARGIN + flat[cluster];
  });
  const near = [...open.keys()].sort((a, b) => costs[a] - costs[b] || a - b);
  return { near, least: Float64Array.from(near, (position) => costs[position]) };
}
