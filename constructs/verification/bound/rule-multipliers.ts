/** Dualized rules: what the multiplier of each rule adds to the bound, and to the cost of each cluster and request. */
import type { Cluster } from '../../model/fleet';
import { matches } from '../../model/match';
import { type AppInstance, loadCapacityAt } from '../input/app-instance';
import { isCapacitated } from '../input/assignment-problem';
import { slack } from '../input/findings';
import type { RestrictedApp } from '../rules/evaluation';
import { groupOf } from '../rules/violations';
import type { Inequalities } from './inequalities';
import { mustReachMinimum, type Sizes, sizesOf } from './minimum-load';

/** What the multipliers of rules add to the Lagrangian function. */
export interface DualizedRules {
  /** Added to the bound, whatever is chosen. */
  readonly constant: number;
  /** By cluster: added to the cost of choosing it. */
  readonly perCluster: readonly number[];
  /** By cluster: added to the cost of each request/s that it serves. */
  readonly loadMultipliers: readonly number[];
  /** Added to the cost of each request/s beyond the latency limit. */
  readonly latencyMultiplier: number;
  /** Names of multipliers that belong to no rule of the policy, or are negative. */
  readonly wrong: readonly string[];
}

/** Dualizes the rules at these multipliers; a solution that keeps every rule costs no more than without them. */
export function dualizeRules(
  restrictedApp: RestrictedApp,
  multipliers: Readonly<Record<string, number>>,
  inequalities: Inequalities,
  sizes: Sizes,
): DualizedRules {
  const sum = new DualizedSum(restrictedApp.instance, multipliers);
  const { instance } = restrictedApp;
  const { mustInclude, mustIncludeEvery = [], spread } = instance.app.policy.constraints;
  for (const [index, element] of mustInclude.entries()) {
    sum.atLeast(`mustInclude[${index}]`, element.count, (one) => matches(element, one));
  }
  for (const [index, element] of mustIncludeEvery.entries()) {
    const every = instance.eligible.filter((c) => matches(element, instance.clusters[c]!)).length;
    sum.atLeast(`mustIncludeEvery[${index}]`, every, (one) => matches(element, one));
  }
  for (const [index, element] of spread.entries()) sum.spread(`spread[${index}]`, element);
  sum.changes(restrictedApp);
  sum.capacities();
  sum.minimumLoads(sizes);
  sum.inequalities(inequalities, sizes);
  return sum.result();
}

type Spread = AppInstance['app']['policy']['constraints']['spread'][number];

/** Adds up the terms of each rule. */
class DualizedSum {
  private constant = 0;
  private readonly perCluster: number[];
  private readonly loadMultipliers: number[];
  private latencyMultiplier = 0;
  private readonly known = new Set<string>();

  constructor(
    private readonly instance: AppInstance,
    private readonly multipliers: Readonly<Record<string, number>>,
  ) {
    this.perCluster = instance.clusters.map(() => 0);
    this.loadMultipliers = instance.clusters.map(() => 0);
  }

  /** At least `count` members are chosen. */
  atLeast(name: string, count: number, isMember: (cluster: Cluster) => boolean): void {
    const multiplier = this.multiplierOf(name);
    this.constant += multiplier * count;
    this.add(-multiplier, isMember);
  }

  /** At most `count` members are chosen. */
  atMost(name: string, count: number, isMember: (cluster: Cluster) => boolean): void {
    const multiplier = this.multiplierOf(name);
    this.constant -= multiplier * count;
    this.add(multiplier, isMember);
  }

  spread(path: string, { by, minGroups = 0, maxPerGroup, maxSkew }: Spread): void {
    const { instance } = this;
    const names = new Set(
      instance.eligible.map((cluster) => groupOf(instance.clusters[cluster]!, by)),
    );
    const { min, max } = sizesOf(instance);
    const returned: number[] = [];
    for (const name of names) {
      const isMember = (one: Cluster) => groupOf(one, by) === name;
      if (maxPerGroup !== undefined) {
        this.atMost(`${path}.maxPerGroup.${name}`, maxPerGroup, isMember);
      }
      if (maxSkew !== undefined) {
        // Some group has at most the mean and some at least the mean, and no two differ by more than the skew.
        const most = Math.floor(max / names.size) + maxSkew;
        const least = Math.ceil(min / names.size) - maxSkew;
        this.atMost(`${path}.maxSkew.most.${name}`, most, isMember);
        this.atLeast(`${path}.maxSkew.least.${name}`, Math.max(0, least), isMember);
      }
      const multiplier = this.multiplierOf(`${path}.minGroups.${name}`);
      returned.push(multiplier);
      this.add(-multiplier, isMember);
    }
    // Each of at least minGroups used groups has a chosen cluster, so that the smallest multipliers are a lower bound.
    returned.sort((a, b) => a - b);
    for (const multiplier of returned.slice(0, minGroups)) this.constant += multiplier;
  }

  /** maxChanges: kept less added clusters are at least the clusters that can be dropped less maxChanges. */
  changes({ instance, restrictions }: RestrictedApp): void {
    const { maxChanges } = instance.app.policy.stability;
    if (!restrictions.maxChanges || maxChanges === undefined || !instance.previous) return;
    const multiplier = this.multiplierOf('maxChanges');
    const droppable = instance.eligible.filter((cluster) => instance.before.has(cluster)).length;
    this.constant += multiplier * (droppable - maxChanges);
    for (const cluster of instance.eligible) {
      this.perCluster[cluster]! += instance.before.has(cluster) ? -multiplier : multiplier;
    }
  }

  /** No cluster serves more than its largest load. */
  capacities(): void {
    const { app, eligible, clusters } = this.instance;
    if (!isCapacitated(app)) return;
    for (const cluster of eligible) {
      const name = `capacity.${clusters[cluster]!.name}`;
      if (!Object.hasOwn(this.multipliers, name)) continue;
      const most = loadCapacityAt(this.instance, cluster);
      if (most === Number.POSITIVE_INFINITY) continue;
      const multiplier = this.multiplierOf(name);
      this.loadMultipliers[cluster]! += multiplier;
      this.perCluster[cluster]! -= multiplier * most;
    }
  }

  /** A chosen cluster serves at least its minimum load, where no rule exempts it. */
  minimumLoads(sizes: Sizes): void {
    const { instance, multipliers } = this;
    if (Object.keys(multipliers).length === 0) return;
    for (const [cluster, { name }] of instance.clusters.entries()) {
      const multiplier = this.multiplierOf(`minRequestsPerSecond.${name}`);
      if (multiplier === 0 || !mustReachMinimum(instance, cluster, sizes)) continue;
      const least = instance.minimumLoad[cluster]!;
      this.perCluster[cluster]! += multiplier * Math.max(0, least - slack(least));
      this.loadMultipliers[cluster]! -= multiplier;
    }
  }

  /** The remaining names are those of inequalities. */
  inequalities(inequalities: Inequalities, sizes: Sizes): void {
    for (const name of Object.keys(this.multipliers)) {
      const inequality = this.known.has(name) ? undefined : inequalities.named(name, sizes);
      if (inequality === undefined) continue;
      const multiplier = this.multiplierOf(name);
      if (multiplier === 0) continue;
      this.constant += multiplier * inequality.limit;
      for (const cluster of this.instance.eligible) {
        this.perCluster[cluster]! -= multiplier * inequality.cluster(cluster);
        if (inequality.request !== undefined)
          this.loadMultipliers[cluster]! += multiplier * inequality.request(cluster);
      }
      if (inequality.isLatency) this.latencyMultiplier += multiplier;
    }
  }

  result(): DualizedRules {
    const names = Object.keys(this.multipliers);
    const wrong = names.filter((name) => !this.known.has(name) || !(this.multipliers[name]! >= 0));
    const { constant, perCluster, loadMultipliers, latencyMultiplier } = this;
    return { constant, perCluster, loadMultipliers, latencyMultiplier, wrong };
  }

  private multiplierOf(name: string): number {
    this.known.add(name);
    return Object.hasOwn(this.multipliers, name) ? Math.max(0, this.multipliers[name]!) : 0;
  }

  private add(multiplier: number, isMember: (cluster: Cluster) => boolean): void {
    if (multiplier === 0) return;
    for (const cluster of this.instance.eligible) {
      if (isMember(this.instance.clusters[cluster]!)) this.perCluster[cluster]! += multiplier;
    }
  }
}
