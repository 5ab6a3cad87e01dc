/** Prices: what one more unit of each limit that binds would save, with the chosen clusters fixed. */
import type { PlacementDecision } from '../model/decision';
import type { ChosenApp } from './choose';
import { limitsBeside } from './keep';
import { freeFor, largestLoad, type Usage } from './solver/capacity';
import type { AppProblem, Limits } from './solver/problem';

type Price = PlacementDecision['prices'][number];
const resources = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;
type Resource = (typeof resources)[number];

/**
 * Right derivatives of the least assignment cost, from the shortest residual paths of the flow (per request/s),
 * turned into units of the resource that binds. Sorted by cluster, then resource; only what saves something.
 * Whole-origin assignments have no such prices.
 */
export function pricesOf(apps: readonly ChosenApp[], limits: Limits): Price[] {
  const best = new Map<string, Price>();
  apps.forEach((one, a) => {
    for (const price of pricesFor(one, limitsBeside(apps, a, limits))) {
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

function pricesFor({ compiled, answer }: ChosenApp, limits: Limits): Price[] {
  const { problem, fleet, app } = compiled;
  const best = answer.best;
  const flow = best?.evaluated.assignment.flow;
  if (best === undefined || flow === undefined || problem.capacity !== 'split') return [];
  const first = best.evaluated.assignment.apps.indexOf(best.evaluated.assigned);
  const offset = best.evaluated.assignment.apps
    .slice(0, Math.max(0, first))
    .reduce((sum, other) => sum + other.open.length, 0);
  const savings = flow.slotSaving();
  return best.open.flatMap((cluster, position) => {
    const saving = savings[offset + position];
    if (!(saving > 0)) return [];
    const free = freeFor(limits, cluster, problem.headroom);
    return bindingResources(problem, free).map((resource) => ({
      cluster: fleet.clusters[cluster].name,
      resource,
      saves: saving * loadPerUnit(app.sizing.length === 0 ? undefined : problem, resource),
    }));
  });
}

/** The resources that alone would already allow no more than all of them together. */
function bindingResources(problem: AppProblem, free: Usage): Resource[] {
  const most = largestLoad(problem, free);
  const boundless = Object.fromEntries(resources.map((one) => [one, Infinity])) as unknown as Usage;
  return resources.filter(
    (one) => largestLoad(problem, { ...boundless, [one]: free[one] }) <= most * (1 + 1e-9),
  );
}

/** Requests/s that one more unit of the resource carries. */
function loadPerUnit(problem: AppProblem | undefined, resource: Resource): number {
  if (problem === undefined || resource === 'requestsPerSecond') return 1;
  const perLoad = problem.components.reduce(
    (sum, one) => sum + (resource === 'pods' ? 1 : one[resource]) / one.requestsPerSecondPerReplica,
    0,
  );
  return perLoad === 0 ? 0 : 1 / perLoad;
}
