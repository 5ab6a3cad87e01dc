/** The reduced cost of each cluster at given multipliers: its opening cost less what serving origins there saves. */
import type { AppInstance } from '../input/app-instance';
import { CompensatedSum } from './compensated-sum';
import { type KnapsackItem, maximumSaving } from './knapsack';
import { OriginGroups } from './origin-groups';

/** The largest number of pairs whose costs are kept in memory; with more, every step looks only at pairs that can matter. */
const MAX_PAIRS_IN_MEMORY = 10_000_000;
/** The same where costs follow from distance, so that origins are grouped. */
const MAX_UNGROUPED_PAIRS = 1_000_000;

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** The multipliers of a step, and what else limits the pairs that count. */
export interface Multipliers {
  /** By origin: for all its requests. */
  readonly originMultipliers: Float64Array;
  /** By cluster: for each request/s that it serves. */
  readonly loadMultipliers: readonly number[];
  /** For each request/s beyond the latency limit. */
  readonly latencyMultiplier: number;
  /** By origin: pairs that cost more do not count; undefined where there is no such limit. */
  readonly costLimits?: Float64Array | undefined;
  /** By cluster: the largest load. It limits the savings of a cluster without a load multiplier. */
  readonly loadCapacities?: readonly number[];
  /** Whether the cluster must not serve the origin. */
  readonly isBarred?: (cluster: number, origin: number) => boolean;
}

/** Reduced costs, or lower bounds of them. */
export interface ReducedCostBounds {
  /** By cluster; 0 where it was not requested. */
  readonly lowerBounds: number[];
  /** The exact values of some clusters; absent where the lower bounds are exact. */
  readonly exact?: (clusters: readonly number[]) => readonly number[];
}

/** Computes the reduced costs of the clusters of one app at any multipliers. */
export class ReducedCosts {
  private readonly rows = new Map<number, Float64Array>();
  private readonly slowRows = new Map<number, Uint8Array>();
  /** True while every cost of a cluster and of a whole origin computed so far is a whole number. */
  isWhole: boolean;
  private readonly isLarge: boolean;
  private readonly isGrouped: boolean;
  private readonly servesWholeOrigins: boolean;
  private groups: OriginGroups | undefined;

  /** With more than `maxPairs` pairs, only those that can matter are looked at. */
  constructor(
    private readonly instance: AppInstance,
    maxPairs?: number,
  ) {
    const { constantCost, openingCost, clusters, origins, pairs } = instance;
    const followsDistance =
      pairs.linearCost.slope > 0 && !origins.some((_, origin) => pairs.isMeasured(origin));
    const most = maxPairs ?? (followsDistance ? MAX_UNGROUPED_PAIRS : MAX_PAIRS_IN_MEMORY);
    this.isLarge = clusters.length * origins.length > most;
    this.isGrouped = this.isLarge && followsDistance;
    const { capacity } = instance.app.policy.constraints;
    this.servesWholeOrigins = capacity !== false && capacity.assignment === 'whole';
    this.isWhole = !this.isLarge && [constantCost, ...openingCost].every(isWholeNumber);
  }

  /** The reduced costs of the requested clusters at these multipliers. */
  at(isRequested: (cluster: number) => boolean, multipliers: Multipliers): ReducedCostBounds {
    const { latencyMultiplier, costLimits, loadCapacities, isBarred } = multipliers;
    const isUnlimited =
      loadCapacities === undefined || loadCapacities.every((limit) => limit === NO_LIMIT);
    const isByDistance =
      latencyMultiplier === 0 && costLimits === undefined && isUnlimited && isBarred === undefined;
    if (this.isGrouped && isByDistance) return this.byGroup(isRequested, multipliers);
    if (this.isLarge) return { lowerBounds: this.byOrigin(isRequested, multipliers) };
    const lowerBounds = this.instance.clusters.map((_, c) =>
      isRequested(c) ? this.byCluster(c, multipliers) : 0,
    );
    return { lowerBounds };
  }

  /** Where costs follow from distance and nothing else limits pairs. */
  private byGroup(
    isRequested: (cluster: number) => boolean,
    multipliers: Multipliers,
  ): ReducedCostBounds {
    const { openingCost } = this.instance;
    const requested = [...openingCost.keys()].filter(isRequested);
    this.groups ??= new OriginGroups(this.instance);
    const { groups } = this;
    const lowerBounds = openingCost.map(() => 0);
    const sums = groups.lowerBounds(requested, multipliers);
    for (const [i, cluster] of requested.entries())
      lowerBounds[cluster] = openingCost[cluster]! + sums[i]!;
    return {
      lowerBounds,
      exact: (some) =>
        Array.from(groups.exact(some, multipliers), (sum, i) => openingCost[some[i]!]! + sum),
    };
  }

  /** From all pairs of the cluster; a limited cluster without a load multiplier saves at most what its capacity knapsack saves. */
  private byCluster(cluster: number, multipliers: Multipliers): number {
    const { originMultipliers, latencyMultiplier, costLimits, isBarred } = multipliers;
    const { openingCost, origins } = this.instance;
    const slow = latencyMultiplier === 0 ? undefined : this.slowRow(cluster);
    const sum = new CompensatedSum(openingCost[cluster]!);
    const loadMultiplier = multipliers.loadMultipliers[cluster]!;
    const limit =
      loadMultiplier === 0 ? (multipliers.loadCapacities?.[cluster] ?? NO_LIMIT) : NO_LIMIT;
    const items: KnapsackItem[] = [];
    let load = 0;
    for (const [origin, pairCost] of this.rowOf(cluster).entries()) {
      if (costLimits !== undefined && pairCost > costLimits[origin]!) continue;
      const { requestsPerSecond } = origins[origin]!;
      const perRequest = loadMultiplier + (slow?.[origin] === 1 ? latencyMultiplier : 0);
      const cost = perRequest === 0 ? pairCost : pairCost + perRequest * requestsPerSecond;
      if (!(cost < originMultipliers[origin]!) || isBarred?.(cluster, origin)) continue;
      sum.add(cost - originMultipliers[origin]!);
      if (limit === NO_LIMIT) continue;
      load += requestsPerSecond;
      items.push({ saved: originMultipliers[origin]! - cost, requestsPerSecond });
    }
    return load <= limit
      ? sum.value
      : openingCost[cluster]! - maximumSaving(items, limit, this.servesWholeOrigins);
  }

  /** From the pairs that cost less than the multiplier of their origin; other pairs save nothing. */
  private byOrigin(isRequested: (cluster: number) => boolean, multipliers: Multipliers): number[] {
    const { openingCost, origins, pairs, app } = this.instance;
    const { originMultipliers, loadMultipliers, latencyMultiplier, costLimits } = multipliers;
    // At a negative load multiplier a pair may cost more than the multiplier of its origin and still save.
    const leastMultiplier = loadMultipliers.reduce((least, one) => Math.min(least, one), 0);
    const limit = app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
    const sums = openingCost.map((cost, c) =>
      isRequested(c) ? new CompensatedSum(cost) : undefined,
    );
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      const multiplier = originMultipliers[origin]!;
      const most = multiplier / requestsPerSecond - leastMultiplier;
      pairs.visitBelow(origin, most, (cluster) => {
        const sum = sums[cluster];
        if (sum === undefined) return;
        const pairCost = pairs.cost(origin, cluster);
        if (costLimits !== undefined && pairCost * requestsPerSecond > costLimits[origin]!) return;
        const isSlow = latencyMultiplier !== 0 && pairs.milliseconds(origin, cluster) > limit;
        const perRequest = loadMultipliers[cluster]! + (isSlow ? latencyMultiplier : 0);
        const cost = (pairCost + perRequest) * requestsPerSecond;
        if (cost < multiplier) sum.add(cost - multiplier);
      });
    }
    return sums.map((sum) => sum?.value ?? 0);
  }

  /** By origin: 1 where the cluster serves it beyond the latency limit. */
  private slowRow(cluster: number): Uint8Array {
    const known = this.slowRows.get(cluster);
    if (known !== undefined) return known;
    const { app, origins, pairs } = this.instance;
    const limit = app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
    const row = Uint8Array.from(origins, (_, origin) =>
      pairs.milliseconds(origin, cluster) > limit ? 1 : 0,
    );
    this.slowRows.set(cluster, row);
    return row;
  }

  /** By origin: the cost of all its requests at the cluster. */
  private rowOf(cluster: number): Float64Array {
    const known = this.rows.get(cluster);
    if (known !== undefined) return known;
    const { origins, pairs } = this.instance;
    const row = Float64Array.from(origins, ({ requestsPerSecond }, origin) => {
      const cost = pairs.cost(origin, cluster);
      return cost === Number.POSITIVE_INFINITY ? cost : cost * requestsPerSecond;
    });
    this.isWhole &&= row.every((cost) => cost === NO_LIMIT || isWholeNumber(cost));
    this.rows.set(cluster, row);
    return row;
  }
}

/** Whether a number is whole, up to rounding in its last digits. */
export function isWholeNumber(number: number): boolean {
  return Math.abs(number - Math.round(number)) <= 1e-11 * Math.abs(number);
}
