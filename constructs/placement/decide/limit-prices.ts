/** Prices: what one more unit of each limit that binds would save, with the chosen clusters fixed. */
import type { PlacementDecision } from '../../model/decision';
import type { AppProblem, Limits } from '../../optimizer';
import { freeFor, largestLoad, type Usage } from '../../optimizer';
import type { Choice, ChosenApp } from './choose';
import { residualLimits } from './minimum-gain';

type ShadowPrice = PlacementDecision['prices'][number];
const resources = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;
type Resource = (typeof resources)[number];

/**
 * Right derivatives of the least assignment cost, from the shortest residual paths of the flow (per request/s),
 * turned into units of the resource that binds, of which headroom leaves a share usable. Sorted by cluster, then resource; only what saves something.
 * Whole-origin assignments have no such prices.
 */
export function shadowPricesOf(
  apps: readonly ChosenApp[],
  limits: Limits,
  limitPrices: Choice['limitPrices'],
): ShadowPrice[] {
  if (limitPrices !== undefined) return jointShadowPrices(apps, limitPrices);
  const limitsFor = residualLimits(apps, limits);
  const best = new Map<string, ShadowPrice>();
  apps.forEach((one, a) => {
    for (const price of shadowPricesOfApp(one, () => limitsFor(a))) {
      const key = `${price.cluster} ${price.resource}`;
      const known = best.get(key);
      if (known === undefined || price.saves > known.saves) best.set(key, price);
    }
  });
  return [...best.values()].sort(
    (a, b) =>
      (a.cluster < b.cluster ? -1 : a.cluster > b.cluster ? 1 : 0) ||
      resources.indexOf(a.resource as Resource) - resources.indexOf(b.resource as Resource),
  );
}

/** The dual price of a unit in the joint bound: an estimate, because sets change with it, and never less than the bound would fall. */
function jointShadowPrices(apps: readonly ChosenApp[], limitPrices: Float64Array): ShadowPrice[] {
  const clusters = apps[0]?.compiled.fleet.clusters ?? [];
  const headrooms = apps
    .filter(({ answer, compiled: { problem } }) => answer.best && problem.capacity !== 'none')
    .map(({ compiled }) => compiled.problem.headroom);
  const usable = 1 - Math.min(1, ...headrooms);
  return clusters.flatMap(({ name }, cluster) =>
    resources.flatMap((resource, kind) => {
      const saves = limitPrices[cluster * resources.length + kind] * usable;
      return saves > 0 ? [{ cluster: name, resource, saves }] : [];
    }),
  );
}

function shadowPricesOfApp({ compiled, answer }: ChosenApp, limitsOf: () => Limits): ShadowPrice[] {
  const { problem, fleet } = compiled;
  const best = answer.best;
  const flow = best?.evaluated.assignment.flow;
  if (best === undefined || flow === undefined || problem.capacity !== 'split') return [];
  const app = best.evaluated.assignment.apps.indexOf(best.evaluated.assigned);
  const firstSlot = flow.slots.first[Math.max(0, app)];
  const ofSlots = flow.answer.slotSaving();
  const ofClusters = flow.answer.clusterSaving();
  const limits = limitsOf();
  return best.open.flatMap((cluster, position) => {
    const slot = firstSlot + position;
    const usable = 1 - Math.max(problem.headroom, limits.headroom[cluster]);
    const price = (resource: Resource, perRequestPerSecond: number) => ({
      cluster: fleet.clusters[cluster].name,
      resource,
      saves: perRequestPerSecond * loadPerUnit(problem, resource) * usable,
    });
    const prices: ShadowPrice[] = [];
    if (ofSlots[slot] > 0) {
      const free = { ...freeFor(limits, cluster, problem.headroom), requestsPerSecond: Infinity };
      for (const resource of bindingResources(problem, free))
        prices.push(price(resource, ofSlots[slot]));
    }
    const ofCluster = ofClusters[flow.slots.clusterOf[slot]];
    if (ofCluster > 0) prices.push(price('requestsPerSecond', ofCluster));
    return prices;
  });
}

/** The resources that alone would already allow no more than all of them together. */
function bindingResources(problem: AppProblem, free: Usage): Resource[] {
  const most = largestLoad(problem, free);
  const boundless = Object.fromEntries(resources.map((one) => [one, Infinity])) as unknown as Usage;
  return resources.filter(
    (one) =>
      one !== 'requestsPerSecond' &&
      largestLoad(problem, { ...boundless, [one]: free[one] }) <= most * (1 + 1e-9),
  );
}

/** Requests/s that one more unit of the resource carries. */
function loadPerUnit(problem: AppProblem, resource: Resource): number {
  if (resource === 'requestsPerSecond') return 1;
  const perLoad = problem.components.reduce(
    (sum, one) => sum + (resource === 'pods' ? 1 : one[resource]) / one.requestsPerSecondPerReplica,
    0,
  );
  return perLoad === 0 ? 0 : 1 / perLoad;
}
