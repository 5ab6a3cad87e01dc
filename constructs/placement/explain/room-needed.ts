/** Room needed: the least more that a cluster, or the clusters of a set, would have to have for an app beside the others. */
import {
  type AppProblem,
  demandOf,
  freeFor,
  type Limits,
  RESOURCES,
  type Usage,
  usageAt,
} from '../../optimizer';

/** What a cluster would need more. */
interface MoreRoom {
  readonly cluster: number;
  /** By resource, in whole units; only what is more. */
  readonly more: Partial<Usage>;
}

/** Single clusters that are tried: those with the most room left. */
const MAX_CLUSTERS = 8;

/**
 * The smallest of the additions tried with which `isLegal` says that the app has a place: more on one cluster, or on those of `set`
 * where the app has the loads `load`. In words; undefined when none would do.
 */
export function roomNeeded(
  app: AppProblem,
  limits: Limits,
  names: readonly string[],
  set: { readonly open: readonly number[]; readonly load: Float64Array } | undefined,
  isLegal: (limits: Limits) => boolean,
): string | undefined {
  const tried: (readonly MoreRoom[])[] = [];
  const loads = loadsOf(app);
  for (const cluster of roomiest(app, limits)) {
    const addition = (index: number) => [moreAt(app, limits, cluster, loads[index])];
    let [low, high] = [0, loads.length - 1];
    if (!isLegal(withMore(limits, addition(high)))) continue;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isLegal(withMore(limits, addition(middle)))) high = middle;
      else low = middle + 1;
    }
    tried.push(addition(low));
  }
  if (set !== undefined) {
    const { open, load } = set;
    const all = open.map((cluster, position) => moreAt(app, limits, cluster, load[position]));
    const some = all.filter(({ more }) => Object.keys(more).length > 0);
    if (some.length > 0 && isLegal(withMore(limits, some))) tried.push(some);
  }
  const size = (addition: readonly MoreRoom[]) =>
    addition.reduce((sum, one) => sum + shareOf(limits, one), 0);
  const [first, ...others] = tried;
  if (first === undefined) return undefined;
  const least = others.reduce((best, one) => (size(one) < size(best) ? one : best), first);
  return least.map((one) => wordsOf(one, names)).join(' and ');
}

/** Loads at which the app needs a replica more, up to its demand; at most 4,096 of them. */
function loadsOf(app: AppProblem): readonly number[] {
  const demand = demandOf(app);
  const loads = new Set<number>([0, demand]);
  for (const { requestsPerSecondPerReplica: carried, minReplicas } of app.components) {
    for (let n = Math.max(1, minReplicas); n * carried < demand && loads.size < 4096; n++)
      loads.add(n * carried);
  }
  return [...loads].sort((a, b) => a - b);
}

function roomiest(app: AppProblem, limits: Limits): readonly number[] {
  const free = (cluster: number) => {
    const left = freeFor(limits, cluster, app.headroom);
    return Math.min(
      ...RESOURCES.map((one) => left[one] / Math.max(1e-9, limits.total[one][cluster])),
    );
  };
  const allowed = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
  const frees = new Map(allowed.map((cluster) => [cluster, free(cluster)]));
  return allowed
    .sort((a, b) => (frees.get(b) ?? 0) - (frees.get(a) ?? 0) || a - b)
    .slice(0, MAX_CLUSTERS);
}

/** What the cluster lacks for this load of the app. */
function moreAt(app: AppProblem, limits: Limits, cluster: number, load: number): MoreRoom {
  const free = freeFor(limits, cluster, app.headroom);
  const use = usageAt(app, load);
  const usable = 1 - Math.max(app.headroom, limits.headroom[cluster]);
  const more: Partial<Record<keyof Usage, number>> = {};
  for (const resource of RESOURCES) {
    const lacks = (use[resource] - free[resource]) / usable;
    if (lacks > 1e-9 * Math.max(1, use[resource])) more[resource] = Math.ceil(lacks * (1 - 1e-9));
  }
  return { cluster, more };
}

function withMore(limits: Limits, addition: readonly MoreRoom[]): Limits {
  const total = { ...limits.total };
  for (const { cluster, more } of addition) {
    for (const resource of RESOURCES) {
      const plus = more[resource];
      if (plus === undefined) continue;
      total[resource] = total[resource].slice();
      total[resource][cluster] += plus;
    }
  }
  return { ...limits, total };
}

/** The additions as shares of what the cluster has, added up. */
function shareOf({ total }: Limits, { cluster, more }: MoreRoom): number {
  return RESOURCES.reduce(
    (sum, one) => sum + (more[one] ?? 0) / Math.max(1e-9, total[one][cluster]),
    0,
  );
}

function wordsOf({ cluster, more }: MoreRoom, names: readonly string[]): string {
  const amounts = RESOURCES.flatMap((one) =>
    more[one] === undefined ? [] : [`${more[one]} ${one}`],
  );
  return `${amounts.join(' and ')} more on ${names[cluster]}`;
}
