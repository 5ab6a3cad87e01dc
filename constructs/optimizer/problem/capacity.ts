/** Capacity of a cluster as the load that fits. Replicas are whole, so use is a step function of load. */
import { type AppProblem, type ComponentLoad, demandOf, type Limits } from './problem';
import { sizeRange } from './set-rules';

const { POSITIVE_INFINITY } = Number;

/** Amounts of every kind of capacity that an app uses on a cluster. */
export interface Usage {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
  readonly requestsPerSecond: number;
}

/** Replicas of a component at `load` requests/s of the app. One part in 10^9 over a whole replica is rounding. */
export function replicasAt(component: ComponentLoad, load: number): number {
  const needed = Math.ceil((load / component.requestsPerSecondPerReplica) * (1 - 1e-9));
  return Math.max(component.minReplicas, needed);
}

/** Capacity that `load` requests/s of the app use. */
export function usageAt(app: Pick<AppProblem, 'components'>, load: number): Usage {
  let cpuMillicores = 0;
  let memoryMebibytes = 0;
  let pods = 0;
  for (const component of app.components) {
    const replicas = replicasAt(component, load);
    cpuMillicores += replicas * component.cpuMillicores;
    memoryMebibytes += replicas * component.memoryMebibytes;
    pods += replicas;
  }
  return { cpuMillicores, memoryMebibytes, pods, requestsPerSecond: load };
}

/** True when `usage` fits into the free capacity, up to rounding. */
export function fits(usage: Usage, free: Usage): boolean {
  return (
    usage.cpuMillicores <= slack(free.cpuMillicores) &&
    usage.memoryMebibytes <= slack(free.memoryMebibytes) &&
    usage.pods <= slack(free.pods) &&
    usage.requestsPerSecond <= slack(free.requestsPerSecond)
  );
}

/** Free capacity of a cluster for apps that keep the share `headroom` of every limit free. */
export function freeFor(limits: Limits, cluster: number, headroom: number): Usage {
  const share = 1 - Math.max(headroom, limits.headroom[cluster]);
  const { total, taken } = limits;
  return {
    cpuMillicores: total.cpuMillicores[cluster] * share - taken.cpuMillicores[cluster],
    memoryMebibytes: total.memoryMebibytes[cluster] * share - taken.memoryMebibytes[cluster],
    pods: total.pods[cluster] * share - taken.pods[cluster],
    requestsPerSecond: total.requestsPerSecond[cluster] * share - taken.requestsPerSecond[cluster],
  };
}

/** The largest load (requests/s) that fits `free`; -1 when the minimum replicas do not fit; Infinity without a limit. */
export function largestLoad(app: AppProblem, free: Usage): number {
  if (!fits({ ...usageAt(app, 0), requestsPerSecond: 0 }, free)) return -1;
  let load = fractionalLoad(app, free);
  if (load === POSITIVE_INFINITY) return load;
  // The fractional load is above the answer by less than one replica of each component per
  // component, so this loop is bounded by components squared steps.
  while (load > 0 && !fits(usageAt(app, load), free)) load = stepBelow(app, load);
  return Math.max(0, load);
}

/** The largest load below `load` at which some component needs one replica less; 0 when none does. */
export function stepBelow(app: AppProblem, load: number): number {
  let below = 0;
  for (const component of app.components) {
    const replicas = Math.ceil((load / component.requestsPerSecondPerReplica) * (1 - 1e-9)) - 1;
    if (replicas < component.minReplicas) continue;
    below = Math.max(below, replicas * component.requestsPerSecondPerReplica);
  }
  return below;
}

function fractionalLoad(app: AppProblem, free: Usage): number {
  let load = slack(free.requestsPerSecond);
  for (const component of app.components) {
    const replicas = Math.min(
      free.pods,
      component.cpuMillicores > 0 ? free.cpuMillicores / component.cpuMillicores : Infinity,
      component.memoryMebibytes > 0 ? free.memoryMebibytes / component.memoryMebibytes : Infinity,
    );
    load = Math.min(load, Math.floor(slack(replicas)) * component.requestsPerSecondPerReplica);
  }
  return load;
}

function slack(limit: number): number {
  return limit === POSITIVE_INFINITY ? limit : limit * (1 + 1e-9);
}

/** By cluster: the largest load (requests/s) of the app alone; undefined when no cluster is limited. */
export function capacitiesOf(app: AppProblem, limits: Limits): Float64Array | undefined {
  if (app.capacity === 'none') return undefined;
  const capacities = Float64Array.from(app.allowed, (allowed, cluster) =>
    allowed === 0
      ? POSITIVE_INFINITY
      : Math.max(0, largestLoad(app, freeFor(limits, cluster, app.headroom))),
  );
  return capacities.some((one) => one < POSITIVE_INFINITY) ? capacities : undefined;
}

/** True unless the largest legal set has too little capacity for the demand: then no placement exists, whatever its cost. */
export function holdsDemand(app: AppProblem, limits: Limits): boolean {
  const capacities = capacitiesOf(app, limits);
  if (capacities === undefined) return true;
  const { max } = sizeRange(app);
  const open = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
  const room = Float64Array.from(open, (cluster) => capacities[cluster]).sort();
  let left = demandOf(app) * (1 - 1e-9);
  for (let i = 1; i <= Math.min(max, room.length) && left > 0; i++) left -= room[room.length - i];
  return left <= 0;
}
