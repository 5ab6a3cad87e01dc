/**
 * The minimum load subproblem of one cluster with whole replicas: the multiplier cost of replicas is a step function of the load.
 * The load ends on some step; up to the next one, the saving is at most that of the continuous knapsack.
 */
import { type AppInstance, loadCapacityAt } from '../input/app-instance';
import { isCapacitated } from '../input/assignment-problem';
import {
  addResources,
  loadPerReplica,
  NO_USAGE,
  type Resources,
  usageOf,
  usageOfReplicas,
} from '../input/load';
import { continuousKnapsack, type KnapsackItem } from './knapsack';

/** The largest number of steps that are distinguished; with more of them replicas count as divisible. */
const MAX_STEPS = 256;
/** Loads may exceed capacities and what a replica carries by this share. */
const CAPACITY_SHARE = 1 + 1e-8;

/** The least multiplier cost of replicas less savings at a cluster; `costOf` is the multiplier cost of a usage. */
export function leastReplicaCost(
  instance: AppInstance,
  cluster: number,
  items: readonly KnapsackItem[],
  costOf: (usage: Resources) => number,
): number {
  const demand = items.reduce((total, one) => total + one.requestsPerSecond, 0);
  const everything = items.reduce((total, one) => total + one.saved, 0);
  if (!isCapacitated(instance.app)) return -everything;
  const ceiling = CAPACITY_SHARE * loadCapacityAt(instance, cluster);
  const steps = stepsUpTo(instance, Math.min(demand, ceiling));
  if (steps === undefined) return costOf(usageOf(instance.app, 0)) - everything;
  const sorted = [...items].sort(
    (a, b) => b.saved / b.requestsPerSecond - a.saved / a.requestsPerSecond,
  );
  let least = Number.POSITIVE_INFINITY;
  for (const { load, usage } of steps) {
    const saved = continuousKnapsack(sorted, Math.min(load * CAPACITY_SHARE, ceiling));
    least = Math.min(least, costOf(usage) - saved);
  }
  return least;
}

interface Step {
  /** The largest load that these replicas carry. */
  readonly load: number;
  readonly usage: Resources;
}

/** The steps of replicas, up to the first that carries `wanted` requests/s; undefined when there are too many. */
function stepsUpTo({ app }: AppInstance, wanted: number): readonly Step[] | undefined {
  const steps: Step[] = [];
  const replicas = app.sizing.map(({ minReplicas }) => minReplicas);
  while (steps.length < MAX_STEPS) {
    const carried = app.sizing.map((one, index) =>
      loadPerReplica(one) === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : replicas[index]! * loadPerReplica(one),
    );
    const load = Math.min(Number.POSITIVE_INFINITY, ...carried);
    const usage = app.sizing.reduce(
      (sum, one, index) => addResources(sum, usageOfReplicas(one, replicas[index]!)),
      NO_USAGE,
    );
    steps.push({ load, usage });
    if (load >= wanted) return steps;
    for (const [index, one] of carried.entries())
      if (one <= load * CAPACITY_SHARE) replicas[index]!++;
  }
  return undefined;
}
