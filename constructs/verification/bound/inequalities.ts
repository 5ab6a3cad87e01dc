/**
 * Inequalities that every legal answer keeps, by the name under which a certificate has their price: what the chosen clusters come
 * to, less what their requests come to, is at least a limit. Read again from the documents; a row is made when it has a price.
 */
import { kilometersBetween } from '../../model/geography';
import { headroomOf, isCounted } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { slack, TOLERANCE } from '../input/findings';
import { largestLoad, roomOf, stepOf } from '../input/load';
import { mustBeUsed, type Sizes } from './set-sizes';

/** One inequality. */
export interface Row {
  readonly limit: number;
  /** What a chosen cluster comes to. */
  readonly cluster: (cluster: number) => number;
  /** What a request/s that is served there comes to. */
  readonly request?: (cluster: number) => number;
  /** True when every request/s beyond the latency limit comes to one. */
  readonly isLatency?: boolean;
}

/** Finds rows by name; what does not depend on sizes is remembered. */
export class Rows {
  private readonly legal = new Map<number, ReadonlySet<number>>();
  private readonly weights = new Map<number, number>();
  /** By cluster: the largest load. */
  readonly rooms: readonly number[];

  private readonly exclusive = new Map<number, boolean>();
  /** True when no cluster has less room than there is demand: every origin is at its cheapest chosen cluster. */
  readonly isClosest: boolean;

  constructor(
    private readonly facts: Facts,
    private readonly cliques: readonly (readonly string[])[],
  ) {
    this.rooms = roomsOf(facts);
    this.isClosest = facts.eligible.every((cluster) => this.rooms[cluster]! >= facts.total);
  }

  /** Undefined when no rule of the policy has this name. */
  named(name: string, sizes: Sizes): Row | undefined {
    if (name === 'budget') return this.budget((one) => 1 / stepOf(one), undefined);
    if (name === 'budget.least') return this.budget(undefined, (one) => one.minReplicas);
    if (name === 'latency') return this.latency();
    const clique = /^cliques\[(\d+)\]$/.exec(name);
    if (clique !== null) return this.clique(Number(clique[1]), sizes);
    if (this.facts.app.policy.constraints.survive === 0 || this.facts.total === 0) return undefined;
    if (name === 'survive.room') return this.room(undefined, sizes);
    if (name.startsWith('survive.room.')) return this.roomFor(name.slice(13), sizes);
    return name.startsWith('survive.') ? this.spare(name.slice(8)) : undefined;
  }

  /** Replicas are no fewer than the load asks for, and no fewer than the least; either may be counted. */
  private budget(
    perLoad: ((one: Facts['app']['sizing'][number]) => number) | undefined,
    least: ((one: Facts['app']['sizing'][number]) => number) | undefined,
  ): Row | undefined {
    const { app, clusters, rates } = this.facts;
    const { budget } = app.policy.constraints;
    if (budget === undefined) return undefined;
    const sum = (count: typeof perLoad) =>
      count === undefined ? 0 : app.sizing.reduce((all, one) => all + count(one), 0);
    const [moving, fixed] = [sum(perLoad), sum(least)];
    return {
      limit: -budget.usdPerHour - slack(budget.usdPerHour),
      cluster: (c) => -clusters[c]!.usdPerHour - fixed * clusters[c]!.usdPerReplicaHour,
      request: (c) => rates.egressUsd[c]! + moving * clusters[c]!.usdPerReplicaHour,
    };
  }

  private latency(): Row | undefined {
    const { latency } = this.facts.app.policy.constraints;
    if (latency === undefined) return undefined;
    const limit = -(1 - latency.share + TOLERANCE) * this.facts.total;
    return { limit, cluster: () => 0, isLatency: true };
  }

  /** At most one of clusters of which no two can be chosen: too close to each other, or without demand for both. */
  private clique(index: number, sizes: Sizes): Row | undefined {
    const { clusters } = this.facts;
    const names = new Set(this.cliques[index]);
    const members = [...clusters.keys()].filter((c) => names.has(clusters[c]!.name));
    if (members.length < 2 || members.length < names.size) return undefined;
    const isLarge = sizes.min > this.facts.app.policy.constraints.minClusters;
    const key = isLarge ? index : -1 - index;
    let holds = this.exclusive.get(key);
    if (holds === undefined) {
      holds = members.every((a, at) =>
        members.slice(0, at).every((b) => this.isClose(a, b) || this.isScarce(a, b, sizes)),
      );
      this.exclusive.set(key, holds);
    }
    // What holds for larger sets only says nothing about small ones.
    if (!holds) return isLarge ? undefined : { limit: 0, cluster: () => 0 };
    const isMember = new Set(members);
    return { limit: -1, cluster: (c) => (isMember.has(c) ? -1 : 0) };
  }

  private isClose(a: number, b: number): boolean {
    const { clusters, app } = this.facts;
    const least = app.policy.constraints.apartKilometers;
    if (least === undefined) return false;
    return kilometersBetween(clusters[a]!, clusters[b]!) < least * (1 - TOLERANCE);
  }

  /** Whether one of the two has too few requests even when nobody else is chosen: each origin goes where it costs least. */
  private isScarce(a: number, b: number, sizes: Sizes): boolean {
    if (!this.isClosest) return false;
    const { origins, pairs, threshold } = this.facts;
    let [atA, atB] = [0, 0];
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      const [here, there] = [pairs.cost(origin, a), pairs.cost(origin, b)];
      if (Math.min(here, there) === Number.POSITIVE_INFINITY) continue;
      if (here <= there + TOLERANCE * Math.abs(there)) atA += requestsPerSecond;
      if (there <= here + TOLERANCE * Math.abs(here)) atB += requestsPerSecond;
    }
    const isShort = (cluster: number, load: number) =>
      mustBeUsed(this.facts, cluster, sizes) &&
      load < threshold[cluster]! - slack(threshold[cluster]!);
    return isShort(a, atA) || isShort(b, atB);
  }

  /** Whoever may be lost, a legal cluster is left for the origin. */
  private spare(origin: string): Row | undefined {
    const legal = this.legalOf(origin);
    if (legal === undefined) return undefined;
    const limit = this.facts.app.policy.constraints.survive + 1;
    return { limit, cluster: (c) => (legal.has(c) ? 1 : 0) };
  }

  private roomFor(origin: string, sizes: Sizes): Row | undefined {
    const index = this.facts.origins.findIndex(({ name }) => name === origin);
    return index < 0 ? undefined : this.room(index, sizes);
  }

  /** Without the roomiest of n clusters, the others have room for all that only these n may serve: so all have n/(n - 1) times that. */
  private room(origin: number | undefined, sizes: Sizes): Row | undefined {
    const { app, eligible, origins } = this.facts;
    const { survive } = app.policy.constraints;
    if (!isCounted(app)) return undefined;
    const members = origin === undefined ? new Set(eligible) : this.legalOf(origins[origin]!.name)!;
    const weight = this.weightOf(origin, members);
    const most = Math.min(members.size, sizes.max);
    if (most <= survive) return undefined;
    const { rooms } = this;
    return {
      limit: (weight * most) / (most - survive),
      cluster: (c) => (members.has(c) ? Math.min(weight, rooms[c]! * (1 + TOLERANCE)) : 0),
    };
  }

  private weightOf(origin: number | undefined, members: ReadonlySet<number>): number {
    const { origins, total } = this.facts;
    if (origin === undefined) return total;
    const known = this.weights.get(origin);
    if (known !== undefined) return known;
    let weight = 0;
    for (const { name, requestsPerSecond } of origins) {
      if ([...this.legalOf(name)!].every((c) => members.has(c))) weight += requestsPerSecond;
    }
    this.weights.set(origin, weight);
    return weight;
  }

  private legalOf(name: string): ReadonlySet<number> | undefined {
    const { origins, eligible, pairs } = this.facts;
    const index = origins.findIndex((one) => one.name === name);
    if (index < 0) return undefined;
    const known = this.legal.get(index);
    if (known !== undefined) return known;
    const legal = new Set(eligible.filter((c) => pairs.cost(index, c) < Number.POSITIVE_INFINITY));
    this.legal.set(index, legal);
    return legal;
  }
}

/** The largest load of each cluster beside what stands there. */
export function roomsOf({ app, eligible, clusters, standing }: Facts): readonly number[] {
  const rooms = clusters.map(() => Number.POSITIVE_INFINITY);
  if (!isCounted(app)) return rooms;
  for (const cluster of eligible) {
    const headroom = Math.max(standing.others.headroom(cluster), headroomOf(app));
    const room = roomOf(clusters[cluster]!, headroom);
    rooms[cluster] = Math.max(0, largestLoad(app, room, standing.others.taken(cluster)));
  }
  return rooms;
}
