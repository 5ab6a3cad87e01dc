/** What choosing each cluster adds at given prices: its opening cost, and whoever pays more than serving him there costs. */

import type { Facts } from '../input/app-facts';
import { Sum } from '../input/exact-sum';
import { mostSaved, type Packed } from './knapsack';
import { Groves } from './origin-groups';

/** Costs remembered between steps, at most; with more pairs, every step asks only for those that can matter. */
const MOST_REMEMBERED = 10_000_000;
/** The same where costs follow from distance, so that many pairs are looked at as one. */
const MOST_PLAIN = 1_000_000;

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** The prices that origins pay, the rent of a request/s at each cluster, and what one beyond the latency limit pays besides. */
export interface Paid {
  readonly prices: Float64Array;
  readonly rent: readonly number[];
  readonly beyond: number;
  /** By origin: pairs that cost more are used by nobody; undefined where there is no such limit. */
  readonly most?: Float64Array | undefined;
  /** By cluster: the largest load. Without a rent only so many of those who pay more than they cost are served. */
  readonly rooms?: readonly number[];
  /** Whether the cluster cannot serve the origin. */
  readonly isBarred?: (cluster: number, origin: number) => boolean;
}

/** What choosing each cluster adds: no less than told. */
export interface Worth {
  /** By cluster; 0 where it was not asked. */
  readonly atLeast: number[];
  /** Of some clusters what it is; absent where what is told is that already. */
  readonly exactly?: (clusters: readonly number[]) => readonly number[];
}

/** Worths of one app's clusters, for any number of prices. */
export class Worths {
  private readonly rows = new Map<number, Float64Array>();
  private readonly farRows = new Map<number, Uint8Array>();
  /** True while every cost met is a whole number, so that no value lies between two of them. */
  isWhole: boolean;
  private readonly isLarge: boolean;
  private readonly isPlain: boolean;
  private readonly isUndivided: boolean;
  private groves: Groves | undefined;

  /** With more pairs than `mostRemembered`, only near ones are asked for. */
  constructor(
    private readonly facts: Facts,
    mostRemembered?: number,
  ) {
    const { constantCost, openCost, clusters, origins, pairs } = facts;
    const isPlain = pairs.line.slope > 0 && !origins.some((_, origin) => pairs.isMeasured(origin));
    const most = mostRemembered ?? (isPlain ? MOST_PLAIN : MOST_REMEMBERED);
    this.isLarge = clusters.length * origins.length > most;
    this.isPlain = this.isLarge && isPlain;
    const { capacity } = facts.app.policy.constraints;
    this.isUndivided = capacity !== false && capacity.assignment === 'whole';
    this.isWhole = !this.isLarge && [constantCost, ...openCost].every(isWholeNumber);
  }

  of(isAsked: (cluster: number) => boolean, paid: Paid): Worth {
    const { beyond, most, rooms, isBarred } = paid;
    const isFree = rooms === undefined || rooms.every((room) => room === NO_LIMIT);
    const isByPlace = beyond === 0 && most === undefined && isFree && isBarred === undefined;
    if (this.isPlain && isByPlace) return this.byGrove(isAsked, paid);
    if (this.isLarge) return { atLeast: this.byOrigin(isAsked, paid) };
    const atLeast = this.facts.clusters.map((_, c) => (isAsked(c) ? this.byCluster(c, paid) : 0));
    return { atLeast };
  }

  /** Where costs follow from distance, and nothing but that counts. */
  private byGrove(isAsked: (cluster: number) => boolean, paid: Paid): Worth {
    const { openCost } = this.facts;
    const asked = [...openCost.keys()].filter(isAsked);
    this.groves ??= new Groves(this.facts);
    const { groves } = this;
    const atLeast = openCost.map(() => 0);
    const sums = groves.atLeast(asked, paid);
    for (const [i, cluster] of asked.entries()) atLeast[cluster] = openCost[cluster]! + sums[i]!;
    return {
      atLeast,
      exactly: (some) =>
        Array.from(groves.exactly(some, paid), (sum, i) => openCost[some[i]!]! + sum),
    };
  }

  private byCluster(cluster: number, paid: Paid): number {
    const { prices, rent, beyond, most, isBarred } = paid;
    const { openCost, origins } = this.facts;
    const far = beyond === 0 ? undefined : this.farFrom(cluster);
    const sum = new Sum(openCost[cluster]!);
    const room = rent[cluster] === 0 ? (paid.rooms?.[cluster] ?? NO_LIMIT) : NO_LIMIT;
    const payers: Packed[] = [];
    let load = 0;
    for (const [origin, cost] of this.rowOf(cluster).entries()) {
      if (most !== undefined && cost > most[origin]!) continue;
      const { requestsPerSecond } = origins[origin]!;
      const each = rent[cluster]! + (far?.[origin] === 1 ? beyond : 0);
      const asked = each === 0 ? cost : cost + each * requestsPerSecond;
      if (!(asked < prices[origin]!) || isBarred?.(cluster, origin)) continue;
      sum.add(asked - prices[origin]!);
      if (room === NO_LIMIT) continue;
      load += requestsPerSecond;
      payers.push({ saved: prices[origin]! - asked, requestsPerSecond });
    }
    return load <= room
      ? sum.value
      : openCost[cluster]! - mostSaved(payers, room, this.isUndivided);
  }

  /** Only pairs that cost less than the origin pays add anything; they are near ones. */
  private byOrigin(isAsked: (cluster: number) => boolean, paid: Paid): number[] {
    const { openCost, origins, pairs, app } = this.facts;
    const { prices, rent, beyond, most } = paid;
    // Who comes to a cluster that pays for requests may cost more than he pays.
    const leastRent = rent.reduce((least, one) => Math.min(least, one), 0);
    const limit = app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
    const sums = openCost.map((cost, c) => (isAsked(c) ? new Sum(cost) : undefined));
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      const price = prices[origin]!;
      pairs.below(origin, price / requestsPerSecond - leastRent, (cluster) => {
        const sum = sums[cluster];
        if (sum === undefined) return;
        if (most !== undefined && pairs.cost(origin, cluster) * requestsPerSecond > most[origin]!) {
          return;
        }
        const isFar = beyond !== 0 && pairs.milliseconds(origin, cluster) > limit;
        const more = rent[cluster]! + (isFar ? beyond : 0);
        const cost = (pairs.cost(origin, cluster) + more) * requestsPerSecond;
        if (cost < price) sum.add(cost - price);
      });
    }
    return sums.map((sum) => sum?.value ?? 0);
  }

  /** 1 for each origin that the cluster serves beyond the latency limit. */
  private farFrom(cluster: number): Uint8Array {
    const known = this.farRows.get(cluster);
    if (known !== undefined) return known;
    const { app, origins, pairs } = this.facts;
    const limit = app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
    const far = Uint8Array.from(origins, (_, origin) =>
      pairs.milliseconds(origin, cluster) > limit ? 1 : 0,
    );
    this.farRows.set(cluster, far);
    return far;
  }

  /** Cost of all of each origin at the cluster. */
  private rowOf(cluster: number): Float64Array {
    const known = this.rows.get(cluster);
    if (known !== undefined) return known;
    const { origins, pairs } = this.facts;
    const row = Float64Array.from(origins, ({ requestsPerSecond }, origin) => {
      const cost = pairs.cost(origin, cluster);
      return cost === Number.POSITIVE_INFINITY ? cost : cost * requestsPerSecond;
    });
    this.isWhole &&= row.every((cost) => cost === NO_LIMIT || isWholeNumber(cost));
    this.rows.set(cluster, row);
    return row;
  }
}

/** Whether a number is whole but for what rounding in its last digits may have changed. */
export function isWholeNumber(number: number): boolean {
  return Math.abs(number - Math.round(number)) <= 1e-11 * Math.abs(number);
}
