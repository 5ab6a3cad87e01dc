/**
 * Inequalities that every legal solution keeps, by the name under which a certificate has their multiplier: the coefficients of the
 * chosen clusters, less those of the requests they serve, are at least a limit. They are derived again from the documents.
 */
import { kilometersBetween } from '../../model/geography';
import { type AppInstance, loadCapacityAt } from '../input/app-instance';
import { isCapacitated } from '../input/assignment-problem';
import { slack, TOLERANCE } from '../input/findings';
import { loadPerReplica } from '../input/load';
import { mustReachMinimum, type Sizes } from './minimum-load';

/** One inequality. */
interface Inequality {
  readonly limit: number;
  /** The coefficient of a chosen cluster. */
  readonly cluster: (cluster: number) => number;
  /** The coefficient of a request/s that the cluster serves; it counts against the limit. */
  readonly request?: (cluster: number) => number;
  /** True when every request/s beyond the latency limit has the coefficient 1. */
  readonly isLatency?: boolean;
}

/** Finds inequalities by name. */
export class Inequalities {
  private readonly legal = new Map<number, ReadonlySet<number>>();
  private readonly weights = new Map<number, number>();
  /** By cluster: the largest load of the app. */
  readonly loadCapacities: readonly number[];

  private readonly exclusive = new Map<number, boolean>();
  /** True when every cluster has capacity for all demand, so that every origin is at its cheapest chosen cluster. */
  readonly isUncapacitated: boolean;

  constructor(
    private readonly instance: AppInstance,
    private readonly cliques: readonly (readonly string[])[],
  ) {
    this.loadCapacities = loadCapacitiesOf(instance);
    this.isUncapacitated = instance.eligible.every(
      (cluster) => this.loadCapacities[cluster]! >= instance.total,
    );
  }

  /** Undefined when no rule of the policy has this name. */
  named(name: string, sizes: Sizes): Inequality | undefined {
    if (name === 'budget') return this.budget((one) => 1 / loadPerReplica(one), undefined);
    if (name === 'budget.least') return this.budget(undefined, (one) => one.minReplicas);
    if (name === 'latency') return this.latency();
    const clique = /^cliques\[(\d+)\]$/.exec(name);
    if (clique !== null) return this.clique(Number(clique[1]), sizes);
    if (this.instance.app.policy.constraints.survive === 0 || this.instance.total === 0)
      return undefined;
    if (name === 'survive.room') return this.capacityAfterLoss(undefined, sizes);
    if (name.startsWith('survive.room.')) return this.capacityForOrigin(name.slice(13), sizes);
    return name.startsWith('survive.') ? this.spareClusters(name.slice(8)) : undefined;
  }

  /** The budget, with replicas bounded below by the load (`budget`) or by the minimum replicas (`budget.least`). */
  private budget(
    perLoad: ((one: AppInstance['app']['sizing'][number]) => number) | undefined,
    least: ((one: AppInstance['app']['sizing'][number]) => number) | undefined,
  ): Inequality | undefined {
    const { app, clusters, rates } = this.instance;
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

  private latency(): Inequality | undefined {
    const { latency } = this.instance.app.policy.constraints;
    if (latency === undefined) return undefined;
    const limit = -(1 - latency.share + TOLERANCE) * this.instance.total;
    return { limit, cluster: () => 0, isLatency: true };
  }

  /** At most one cluster of a clique: no two are far enough apart, or have demand for both. */
  private clique(index: number, sizes: Sizes): Inequality | undefined {
    const { clusters } = this.instance;
    const names = new Set(this.cliques[index]);
    const members = [...clusters.keys()].filter((c) => names.has(clusters[c]!.name));
    if (members.length < 2 || members.length < names.size) return undefined;
    const isLarge = sizes.min > this.instance.app.policy.constraints.minClusters;
    const key = isLarge ? index : -1 - index;
    let holds = this.exclusive.get(key);
    if (holds === undefined) {
      holds = members.every((a, at) =>
        members
          .slice(0, at)
          .every((b) => this.areTooClose(a, b) || this.lackDemandForBoth(a, b, sizes)),
      );
      this.exclusive.set(key, holds);
    }
    // A clique that holds only for larger sets bounds nothing in sets of minClusters.
    if (!holds) return isLarge ? undefined : { limit: 0, cluster: () => 0 };
    const isMember = new Set(members);
    return { limit: -1, cluster: (c) => (isMember.has(c) ? -1 : 0) };
  }

  private areTooClose(a: number, b: number): boolean {
    const { clusters, app } = this.instance;
    const least = app.policy.constraints.apartKilometers;
    if (least === undefined) return false;
    return kilometersBetween(clusters[a]!, clusters[b]!) < least * (1 - TOLERANCE);
  }

  /** Whether one of the two misses its minimum load even when no third cluster is chosen: each origin goes where it costs least. */
  private lackDemandForBoth(a: number, b: number, sizes: Sizes): boolean {
    if (!this.isUncapacitated) return false;
    const { origins, pairs, minimumLoad } = this.instance;
    let [atA, atB] = [0, 0];
    for (const [origin, { requestsPerSecond }] of origins.entries()) {
      const [here, there] = [pairs.cost(origin, a), pairs.cost(origin, b)];
      if (Math.min(here, there) === Number.POSITIVE_INFINITY) continue;
      if (here <= there + TOLERANCE * Math.abs(there)) atA += requestsPerSecond;
      if (there <= here + TOLERANCE * Math.abs(here)) atB += requestsPerSecond;
    }
    const isShort = (cluster: number, load: number) =>
      mustReachMinimum(this.instance, cluster, sizes) &&
      load < minimumLoad[cluster]! - slack(minimumLoad[cluster]!);
    return isShort(a, atA) || isShort(b, atB);
  }

  /** `survive`: the origin has survive + 1 legal chosen clusters, so that one is left after any loss. */
  private spareClusters(origin: string): Inequality | undefined {
    const legal = this.legalOf(origin);
    if (legal === undefined) return undefined;
    const limit = this.instance.app.policy.constraints.survive + 1;
    return { limit, cluster: (c) => (legal.has(c) ? 1 : 0) };
  }

  private capacityForOrigin(origin: string, sizes: Sizes): Inequality | undefined {
    const index = this.instance.origins.findIndex(({ name }) => name === origin);
    return index < 0 ? undefined : this.capacityAfterLoss(index, sizes);
  }

  /**
   * `survive`: without the k largest of n clusters, the others have capacity for the demand that only these n may serve; all n
   * together have n / (n - k) times that.
   */
  private capacityAfterLoss(origin: number | undefined, sizes: Sizes): Inequality | undefined {
    const { app, eligible, origins } = this.instance;
    const { survive } = app.policy.constraints;
    if (!isCapacitated(app)) return undefined;
    const members = origin === undefined ? new Set(eligible) : this.legalOf(origins[origin]!.name)!;
    const weight = this.weightOf(origin, members);
    const most = Math.min(members.size, sizes.max);
    if (most <= survive) return undefined;
    const { loadCapacities } = this;
    return {
      limit: (weight * most) / (most - survive),
      cluster: (c) => (members.has(c) ? Math.min(weight, loadCapacities[c]! * (1 + TOLERANCE)) : 0),
    };
  }

  private weightOf(origin: number | undefined, members: ReadonlySet<number>): number {
    const { origins, total } = this.instance;
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
    const { origins, eligible, pairs } = this.instance;
    const index = origins.findIndex((one) => one.name === name);
    if (index < 0) return undefined;
    const known = this.legal.get(index);
    if (known !== undefined) return known;
    const legal = new Set(eligible.filter((c) => pairs.cost(index, c) < Number.POSITIVE_INFINITY));
    this.legal.set(index, legal);
    return legal;
  }
}

/** By cluster: the largest load of the app; Infinity where it is not eligible. */
export function loadCapacitiesOf(instance: AppInstance): readonly number[] {
  const eligible = new Set(instance.eligible);
  return instance.clusters.map((_, cluster) =>
    eligible.has(cluster) ? loadCapacityAt(instance, cluster) : Number.POSITIVE_INFINITY,
  );
}
