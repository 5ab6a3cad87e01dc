/** Checks the prices of a decision: what one more unit of a binding limit would save, from the residual graph of each app. */
import type { PlacementDecision } from '../../model/decision';
import { residualGraphOf } from '../assignment/residual-graph';
import { capacityAt, headroomOf, isCapacitated } from '../input/assignment-problem';
import type { FindingLog } from '../input/findings';
import {
  largestLoad,
  loadPerReplica,
  NO_USAGE,
  type Resources,
  resourceNames,
  usableCapacity,
} from '../input/load';
import { otherAppsOf, type Solution } from '../input/solution';
import { readCapacityMultipliers, savingsPerUnit } from './joint-bound';

type Resource = (typeof resourceNames)[number];

const UNLIMITED: Resources = {
  cpuMillicores: Number.POSITIVE_INFINITY,
  memoryMebibytes: Number.POSITIVE_INFINITY,
  pods: Number.POSITIVE_INFINITY,
  requestsPerSecond: Number.POSITIVE_INFINITY,
};

/** What one more unit of a binding limit saves. */
interface ShadowPrice {
  readonly cluster: number;
  readonly key: string;
  readonly saves: number;
  /** Another limit of the cluster binds at the same load, so that one more unit of this one alone may save nothing. */
  readonly isDoubtful: boolean;
}

/**
 * Checks that every price is right, none is missing, and all are in order. Where several apps share clusters, a price depends on
 * which app would use the next unit: there only cluster, resource and sign are checked. A certificate with `limitPrices` determines
 * the prices of the decision.
 */
export function checkShadowPrices(
  { prices, certificate }: PlacementDecision,
  solutions: readonly Solution[],
  log: FindingLog,
): void {
  const instances = solutions.map((solution) => solution.instance);
  if (certificate.limitPrices !== undefined && instances.length > 0) {
    const { byCluster } = readCapacityMultipliers(certificate.limitPrices, instances[0]!);
    compareWithCertificate(prices, savingsPerUnit(byCluster, instances), log);
    return;
  }
  const isShared = areShared(solutions);
  const expected = isShared ? new Map<string, ShadowPrice>() : pricesOf(solutions);
  for (const [index, price] of prices.entries()) {
    const path = `prices[${index}]`;
    const found = expected.get(`${price.cluster} ${price.resource}`);
    checkOrder(prices, index, path, log);
    if (price.saves <= 0) log.add(`${path}.saves`, `got ${price.saves}, expected more than 0`);
    if (isShared) checkPlace(price, path, solutions, log);
    else if (found === undefined) {
      log.add(path, `got ${price.resource} of ${price.cluster}, which saves nothing`);
    } else log.expectClose(`${path}.saves`, price.saves, found.saves);
  }
  for (const [key, { saves, isDoubtful }] of expected) {
    if (isDoubtful || prices.some((one) => `${one.cluster} ${one.resource}` === key)) continue;
    log.add('prices', `got no price for ${key}, expected ${saves}`);
  }
}

/** Checks the prices against those that follow from the certificate. */
function compareWithCertificate(
  prices: PlacementDecision['prices'],
  expected: ReadonlyMap<string, number>,
  log: FindingLog,
): void {
  for (const [index, price] of prices.entries()) {
    const path = `prices[${index}]`;
    checkOrder(prices, index, path, log);
    const saves = expected.get(`${price.cluster} ${price.resource}`);
    if (saves === undefined) {
      log.add(
        path,
        `got ${price.resource} of ${price.cluster}, which the certificate does not price`,
      );
    } else log.expectClose(`${path}.saves`, price.saves, saves);
  }
  const names = new Set(prices.map(({ cluster, resource }) => `${cluster} ${resource}`));
  for (const [key, saves] of expected) {
    if (!names.has(key)) log.add('prices', `got no price for ${key}, expected ${saves}`);
  }
}

/** Checks that prices are in order of clusters by name and of resources. */
function checkOrder(
  prices: PlacementDecision['prices'],
  index: number,
  path: string,
  log: FindingLog,
): void {
  if (index === 0 || rank(prices[index - 1]!) < rank(prices[index]!)) return;
  log.add(path, 'got a price out of order, expected clusters by name, each resource once');
}

function rank({ cluster, resource }: PlacementDecision['prices'][number]): string {
  return `${cluster}\u0000${resourceNames.indexOf(resource as Resource)}`;
}

function areShared(solutions: readonly Solution[]): boolean {
  const counted = solutions
    .filter(({ instance }) => isCapacitated(instance.app))
    .flatMap(({ chosen }) => chosen);
  return new Set(counted).size < counted.length;
}

/** Checks that the limit exists, and that an app on the cluster counts against it. */
function checkPlace(
  { cluster, resource }: PlacementDecision['prices'][number],
  path: string,
  solutions: readonly Solution[],
  log: FindingLog,
): void {
  const there = solutions.find(
    ({ instance, chosen }) =>
      isCapacitated(instance.app) && chosen.some((one) => instance.clusters[one]!.name === cluster),
  );
  const found = there?.instance.clusters.find(({ name }) => name === cluster);
  const limit = found && usableCapacity(found, 0)[resource as Resource];
  if (limit !== undefined && limit < Number.POSITIVE_INFINITY) return;
  log.add(path, `got ${resource} of ${cluster}, where it is no limit`);
}

/** The expected prices, by `cluster resource`; the largest where several apps have one. */
function pricesOf(solutions: readonly Solution[]): ReadonlyMap<string, ShadowPrice> {
  const found: ShadowPrice[] = [];
  for (const solution of solutions) {
    const { capacity } = solution.instance.app.policy.constraints;
    if (capacity === false || capacity.assignment === 'whole') continue;
    found.push(...pricesFor(solution, solutions));
  }
  found.sort((a, b) => a.saves - b.saves);
  return new Map(found.map((price) => [price.key, price]));
}

function pricesFor(solution: Solution, solutions: readonly Solution[]): readonly ShadowPrice[] {
  const { instance, chosen } = solution;
  const others = otherAppsOf(solution, solutions);
  const problems = [{ ...instance, chosen, cost: instance.pairs.cost }];
  const isLimited = chosen.some((cluster) => {
    const capacity = capacityAt(cluster, problems, others);
    return largestLoad(instance.app, capacity, others.used(cluster)) < Number.POSITIVE_INFINITY;
  });
  if (!isLimited) return [];
  const { prices } = residualGraphOf(solution, others);
  return chosen.flatMap((cluster, position) => {
    const perRequest = prices[position]!;
    if (perRequest <= 1e-12) return [];
    const capacity = capacityAt(cluster, problems, others);
    const headroom = Math.max(headroomOf(instance.app), others.headroom(cluster));
    const binding = bindingResources(solution, capacity, others.used(cluster));
    const isDoubtful = binding.length > 1 && binding.includes('requestsPerSecond');
    return binding.flatMap((resource) => {
      const saves = perRequest * loadPerUnit(solution, resource) * (1 - headroom);
      const key = `${instance.clusters[cluster]!.name} ${resource}`;
      return saves > 0 ? [{ cluster, key, saves, isDoubtful }] : [];
    });
  });
}

/** The resources that alone allow no larger load than all of them together. */
function bindingResources(
  { instance }: Solution,
  capacity: Resources,
  usedByOthers: Resources,
): readonly Resource[] {
  const most = largestLoad(instance.app, capacity, usedByOthers);
  return resourceNames.filter((resource) => {
    const alone = { ...UNLIMITED, [resource]: capacity[resource] };
    const used = { ...NO_USAGE, [resource]: usedByOthers[resource] };
    return largestLoad(instance.app, alone, used) <= most * (1 + 1e-9);
  });
}

/** The requests/s that one more unit of the resource carries. */
function loadPerUnit({ instance }: Solution, resource: Resource): number {
  if (resource === 'requestsPerSecond') return 1;
  const perRequest = instance.app.sizing.reduce(
    (sum, one) => sum + (resource === 'pods' ? 1 : one.resources[resource]) / loadPerReplica(one),
    0,
  );
  return perRequest === 0 ? 0 : 1 / perRequest;
}
