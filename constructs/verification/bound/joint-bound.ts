/**
 * A joint bound by prices of limits. Let every app pay the price of what it uses of each cluster: then each can be judged alone, and
 * all together have cost no less than the sum of that, less what the prices of all there is come to.
 */
import type { Certificate } from '../../model/decision';
import { headroomOf, isCounted } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { type Room, resources, roomOf, stepOf } from '../input/load';
import type { Asked } from '../rules/evaluation';
import { isFrozen } from '../rules/stability-rules';
import { sizesOf } from './set-sizes';
import { leastAt, type Saving } from './whole-replicas';

type LimitPrice = NonNullable<Certificate['limitPrices']>[number];

/** Prices of one cluster, by resource. */
export type Tariff = Readonly<Record<(typeof resources)[number], number>>;

/** Prices by cluster, in fleet order, and what in them has no meaning. */
export interface Tariffs {
  readonly byCluster: readonly Tariff[];
  readonly complaints: readonly string[];
}

/** Reads the prices of limits; a price is for a cluster of the fleet, a resource, once, and not negative. */
export function readTariffs(said: readonly LimitPrice[], { clusters }: Facts): Tariffs {
  const complaints: string[] = [];
  const found = clusters.map(
    (): Record<string, number> => ({
      cpuMillicores: 0,
      memoryMebibytes: 0,
      pods: 0,
      requestsPerSecond: 0,
    }),
  );
  const seen = new Set<string>();
  for (const { cluster, resource, price } of said) {
    const at = clusters.findIndex(({ name }) => name === cluster);
    const what = `a price for ${resource} of ${cluster}`;
    const isKnown = at >= 0 && (resources as readonly string[]).includes(resource);
    if (!isKnown || !(price > 0 && price < Number.POSITIVE_INFINITY)) complaints.push(what);
    else if (seen.has(`${at} ${resource}`)) complaints.push(`${what} twice`);
    else {
      seen.add(`${at} ${resource}`);
      found[at]![resource] = price;
    }
  }
  return { byCluster: found as unknown as readonly Tariff[], complaints };
}

/** What all capacity costs at these prices: no apps can use more. Infinity where something without a limit has a price. */
export function capacityCost(tariffs: readonly Tariff[], apps: readonly Facts[]): number {
  const counted = apps.filter(({ app }) => isCounted(app));
  const share = Math.min(1, ...counted.map(({ app }) => headroomOf(app)));
  const grain = grainOf(counted);
  let cost = 0;
  for (const [cluster, tariff] of tariffs.entries()) {
    const [first] = apps;
    if (first === undefined) continue;
    const { others } = first.standing;
    const room = roomOf(first.clusters[cluster]!, Math.max(share, others.headroom(cluster)));
    const taken = others.taken(cluster);
    for (const resource of resources) {
      if (tariff[resource] === 0) continue;
      // What fits may be over by a part in 10^9.
      const free = Math.max(0, room[resource] - taken[resource]) * (1 + 1e-9);
      const whole = grain[resource] * Math.floor((free / grain[resource]) * (1 + 1e-8) + 1e-6);
      const most = grain[resource] > 0 ? Math.min(free, whole * (1 + 1e-9)) : free;
      cost += tariff[resource] * most;
    }
  }
  return cost * (1 + ROUNDING);
}

/** What every replica uses a multiple of, so that all of them together do, too; 0 where nothing is known. */
function grainOf(apps: readonly Facts[]): Room {
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

/** The least that one app can cost with its rent, whatever the others do, as `originPrices` prove it. */
export function leastWithRent(
  { facts, restrictions, now }: Asked,
  tariffs: readonly Tariff[],
  originPrices: Readonly<Record<string, number>>,
): number {
  const prices = facts.origins.map(({ name }) =>
    Object.hasOwn(originPrices, name) ? originPrices[name]! : 0,
  );
  const worth = (cluster: number) => worthOf(facts, cluster, tariffs[cluster]!, prices);
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  const paid = facts.constantCost + sum(prices);
  if (restrictions.freeze && isFrozen(facts, now)) {
    const stays = [...facts.before].map(worth);
    return rounded(paid + sum(stays), [...prices, ...prices, ...stays]);
  }
  const { min, max } = sizesOf(facts);
  const held = [...facts.held].map(worth);
  const free = facts.eligible.filter((cluster) => !facts.held.has(cluster)).map(worth);
  free.sort((a, b) => a - b);
  const chosen = [...held];
  for (const one of free) {
    if (chosen.length >= max || (chosen.length >= min && one >= 0)) break;
    chosen.push(one);
  }
  return rounded(paid + sum(chosen), [...prices, ...prices, ...chosen]);
}

/** Prices may be huge and cancel: what rounding may have added to their sum is taken off. */
function rounded(least: number, terms: readonly number[]): number {
  return least - ROUNDING * terms.reduce((all, one) => all + Math.abs(one), 0);
}

const ROUNDING = 1e-13;

/** What choosing the cluster changes: with whole replicas, or, where that says more, with replicas that are divisible. */
function worthOf(facts: Facts, cluster: number, tariff: Tariff, prices: readonly number[]): number {
  const always = isCounted(facts.app) ? tariff.requestsPerSecond : 0;
  const perLoad = divisible(facts, tariff);
  const savings: Saving[] = [];
  let loaded = 0;
  for (const [origin, { requestsPerSecond }] of facts.origins.entries()) {
    const cost = facts.pairs.cost(origin, cluster);
    if (!Number.isFinite(cost)) continue;
    const saved = (cost + always) * requestsPerSecond - prices[origin]!;
    if (saved >= 0) continue;
    savings.push({ saved, requestsPerSecond });
    loaded += Math.min(0, saved + perLoad * requestsPerSecond);
  }
  const rentOf = (use: Room) =>
    use.pods * tariff.pods +
    use.cpuMillicores * tariff.cpuMillicores +
    use.memoryMebibytes * tariff.memoryMebibytes;
  return facts.openCost[cluster]! + Math.max(loaded, leastAt(facts, cluster, savings, rentOf));
}

/** Rent per request/s by the replicas it needs. */
function divisible({ app }: Facts, tariff: Tariff): number {
  if (!isCounted(app)) return 0;
  return app.sizing.reduce((sum, component) => {
    const replica =
      tariff.pods +
      tariff.cpuMillicores * component.resources.cpuMillicores +
      tariff.memoryMebibytes * component.resources.memoryMebibytes;
    return sum + replica / stepOf(component);
  }, 0);
}

/** A price of the decision: what one more unit is worth at these prices, of which headroom leaves its share unusable. */
export function unitsOf(
  tariffs: readonly Tariff[],
  apps: readonly Facts[],
): ReadonlyMap<string, number> {
  const counted = apps.filter(({ app }) => isCounted(app));
  const usable = 1 - Math.min(1, ...counted.map(({ app }) => headroomOf(app)));
  const units = new Map<string, number>();
  for (const [cluster, tariff] of tariffs.entries()) {
    for (const resource of resources) {
      const saves = tariff[resource as keyof Room] * usable;
      if (saves > 0) units.set(`${apps[0]!.clusters[cluster]!.name} ${resource}`, saves);
    }
  }
  return units;
}
