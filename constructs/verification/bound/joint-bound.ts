/**
 * The joint bound by multipliers on shared capacities. Every app pays for what it uses of each cluster. Then each app has a bound of
 * its own, and all apps together cost at least the sum of these bounds less the multipliers times the capacities.
 */
import type { Certificate } from '../../model/decision';
import type { AppInstance } from '../input/app-instance';
import { headroomOf, isCapacitated } from '../input/assignment-problem';
import { loadPerReplica, type Resources, resourceNames, usableCapacity } from '../input/load';
import type { RestrictedApp } from '../rules/evaluation';
import { isFrozen } from '../rules/stability-rules';
import type { KnapsackItem } from './knapsack';
import { sizesOf } from './minimum-load';
import { leastReplicaCost } from './whole-replicas';

type LimitPrice = NonNullable<Certificate['limitPrices']>[number];

/** The multipliers of one cluster, by resource. */
type CapacityMultipliers = Readonly<Record<(typeof resourceNames)[number], number>>;

/** Capacity multipliers by cluster, in fleet order, and which of them are malformed. */
interface ReadMultipliers {
  readonly byCluster: readonly CapacityMultipliers[];
  readonly objections: readonly string[];
}

/** Reads `limitPrices`: every price is positive, for a resource of a cluster in the fleet, and given once. */
export function readCapacityMultipliers(
  limitPrices: readonly LimitPrice[],
  { clusters }: AppInstance,
): ReadMultipliers {
  const objections: string[] = [];
  const found = clusters.map(
    (): Record<string, number> => ({
      cpuMillicores: 0,
      memoryMebibytes: 0,
      pods: 0,
      requestsPerSecond: 0,
    }),
  );
  const seen = new Set<string>();
  for (const { cluster, resource, price } of limitPrices) {
    const at = clusters.findIndex(({ name }) => name === cluster);
    const what = `a price for ${resource} of ${cluster}`;
    const isKnown = at >= 0 && (resourceNames as readonly string[]).includes(resource);
    if (!isKnown || !(price > 0 && price < Number.POSITIVE_INFINITY)) objections.push(what);
    else if (seen.has(`${at} ${resource}`)) objections.push(`${what} twice`);
    else {
      seen.add(`${at} ${resource}`);
      found[at]![resource] = price;
    }
  }
  return { byCluster: found as unknown as readonly CapacityMultipliers[], objections };
}

/** An upper bound of what all apps together pay: the multipliers times the capacities. Infinity where an unlimited resource has a multiplier. */
export function capacityCost(
  multipliers: readonly CapacityMultipliers[],
  apps: readonly AppInstance[],
): number {
  const counted = apps.filter(({ app }) => isCapacitated(app));
  const share = Math.min(1, ...counted.map(({ app }) => headroomOf(app)));
  const divisor = commonDivisors(counted);
  let cost = 0;
  for (const [cluster, multiplier] of multipliers.entries()) {
    const [first] = apps;
    if (first === undefined) continue;
    const { others } = first.fixedApps;
    const capacity = usableCapacity(
      first.clusters[cluster]!,
      Math.max(share, others.headroom(cluster)),
    );
    const used = others.used(cluster);
    for (const resource of resourceNames) {
      if (multiplier[resource] === 0) continue;
      // Usage may exceed the capacity by the tolerance, and all replicas together use a multiple of the common divisor.
      const free = Math.max(0, capacity[resource] - used[resource]) * (1 + 1e-9);
      const whole = divisor[resource] * Math.floor((free / divisor[resource]) * (1 + 1e-8) + 1e-6);
      const most = divisor[resource] > 0 ? Math.min(free, whole * (1 + 1e-9)) : free;
      cost += multiplier[resource] * most;
    }
  }
  return cost * (1 + ROUNDING);
}

/** By resource: a common divisor of what replicas use; 0 where there is none. */
function commonDivisors(apps: readonly AppInstance[]): Resources {
  const replicas = apps.flatMap(({ app }) => app.sizing.map((one) => one.resources));
  const common = (sizes: readonly number[]) =>
    sizes.every(Number.isSafeInteger) ? sizes.reduce(greatestDivisor, 0) : 0;
  return {
    cpuMillicores: common(replicas.map((one) => one.cpuMillicores)),
    memoryMebibytes: common(replicas.map((one) => one.memoryMebibytes)),
    pods: 1,
    requestsPerSecond: 0,
  };
}

function greatestDivisor(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small !== 0) [large, small] = [small, large % small];
  return large;
}

/** A lower bound of what one app costs with its capacity multipliers, whatever the other apps do: a Lagrangian bound by origin multipliers. */
export function appLagrangianBound(
  { instance, restrictions, now }: RestrictedApp,
  multipliers: readonly CapacityMultipliers[],
  originPrices: Readonly<Record<string, number>>,
): number {
  const prices = instance.origins.map(({ name }) =>
    Object.hasOwn(originPrices, name) ? originPrices[name]! : 0,
  );
  const reducedCost = (cluster: number) =>
    reducedCostOf(instance, cluster, multipliers[cluster]!, prices);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const paid = instance.constantCost + sum(prices);
  if (restrictions.freeze && isFrozen(instance, now)) {
    const stays = [...instance.before].map(reducedCost);
    return rounded(paid + sum(stays), [...prices, ...prices, ...stays]);
  }
  const { min, max } = sizesOf(instance);
  const held = [...instance.held].map(reducedCost);
  const free = instance.eligible.filter((cluster) => !instance.held.has(cluster)).map(reducedCost);
  free.sort((a, b) => a - b);
  const chosen = [...held];
  for (const one of free) {
    if (chosen.length >= max || (chosen.length >= min && one >= 0)) break;
    chosen.push(one);
  }
  return rounded(paid + sum(chosen), [...prices, ...prices, ...chosen]);
}

/** Multipliers may be huge and cancel, so that the largest possible rounding error is subtracted. */
function rounded(least: number, terms: readonly number[]): number {
  return least - ROUNDING * terms.reduce((all, one) => all + Math.abs(one), 0);
}

/** The relative rounding error of a sum. */
const ROUNDING = 1e-13;

/** The reduced cost of the cluster: with whole replicas or with divisible ones, whichever is the better bound. */
function reducedCostOf(
  instance: AppInstance,
  cluster: number,
  multiplier: CapacityMultipliers,
  prices: readonly number[],
): number {
  const perRequest = isCapacitated(instance.app) ? multiplier.requestsPerSecond : 0;
  const replicas = replicaCostPerRequest(instance, multiplier);
  const items: KnapsackItem[] = [];
  let divisible = 0;
  for (const [origin, { requestsPerSecond }] of instance.origins.entries()) {
    const cost = instance.pairs.cost(origin, cluster);
    if (!Number.isFinite(cost)) continue;
    const difference = (cost + perRequest) * requestsPerSecond - prices[origin]!;
    if (difference >= 0) continue;
    items.push({ saved: -difference, requestsPerSecond });
    divisible += Math.min(0, difference + replicas * requestsPerSecond);
  }
  const costOf = (use: Resources) =>
    use.pods * multiplier.pods +
    use.cpuMillicores * multiplier.cpuMillicores +
    use.memoryMebibytes * multiplier.memoryMebibytes;
  return (
    instance.openingCost[cluster]! +
    Math.max(divisible, leastReplicaCost(instance, cluster, items, costOf))
  );
}

/** The multiplier cost of the replicas that a request/s needs, when replicas are divisible. */
function replicaCostPerRequest({ app }: AppInstance, multiplier: CapacityMultipliers): number {
  if (!isCapacitated(app)) return 0;
  return app.sizing.reduce((sum, component) => {
    const replica =
      multiplier.pods +
      multiplier.cpuMillicores * component.resources.cpuMillicores +
      multiplier.memoryMebibytes * component.resources.memoryMebibytes;
    return sum + replica / loadPerReplica(component);
  }, 0);
}

/** By cluster and resource: what one more unit saves at these multipliers, less the share that headroom keeps free. */
export function savingsPerUnit(
  multipliers: readonly CapacityMultipliers[],
  apps: readonly AppInstance[],
): ReadonlyMap<string, number> {
  const counted = apps.filter(({ app }) => isCapacitated(app));
  const usable = 1 - Math.min(1, ...counted.map(({ app }) => headroomOf(app)));
  const units = new Map<string, number>();
  for (const [cluster, multiplier] of multipliers.entries()) {
    for (const resource of resourceNames) {
      const saves = multiplier[resource as keyof Resources] * usable;
      if (saves > 0) units.set(`${apps[0]!.clusters[cluster]!.name} ${resource}`, saves);
    }
  }
  return units;
}
