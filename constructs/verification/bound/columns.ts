/**
 * Columns of one app: a set of clusters with loads, what they use and the least cost at these loads. They are so many that every
 * legal placement of the app has one that uses no more of any cluster and costs no more.
 */
import type { WorkBudget } from '../assignment/cheapest-assignment';
import { transportation } from '../assignment/transportation';
import {
  type AssignmentProblem,
  assignmentOf,
  capacityAt,
  costOf,
  isCapacitated,
} from '../input/assignment-problem';
import {
  largestLoad,
  loadWithOneReplicaLess,
  NO_USAGE,
  type Resources,
  usageOf,
} from '../input/load';
import { isLegalSet, type RestrictedApp } from '../rules/evaluation';
import { enumerateSets } from './enumeration';

/** One way to place the app. */
export interface Column {
  readonly chosen: readonly number[];
  /** By position of `chosen`. */
  readonly use: readonly Resources[];
  /** Without what depends on whole replicas, and without rules about loads: a lower bound. */
  readonly cost: number;
}

/** About how often an assignment looks at each of its pairs. */
const LOOKS_PER_ASSIGNMENT = 20;

/** All columns of an app; undefined when the work budget is exhausted first. */
export function columnsOf(
  restrictedApp: RestrictedApp,
  workBudget: WorkBudget,
): readonly Column[] | undefined {
  const columns: Column[] = [];
  const end = enumerateSets({
    instance: restrictedApp.instance,
    limit: Number.POSITIVE_INFINITY,
    workBudget,
    visit(chosen) {
      if (isLegalSet(restrictedApp, chosen))
        columns.push(...columnsOfSet(restrictedApp, chosen, workBudget));
      return workBudget.left < 0;
    },
  });
  return end === 'complete' && workBudget.left >= 0 ? columns : undefined;
}

/**
 * The columns of one set. A placement whose use is not at least that of the cheapest loads within some ceilings serves less at one of
 * the clusters than they do by a replica, and is looked for below that ceiling.
 */
function columnsOfSet(
  { instance }: RestrictedApp,
  chosen: readonly number[],
  workBudget: WorkBudget,
): Column[] {
  const problem: AssignmentProblem = { ...instance, chosen, ...instance.pairs };
  const { app } = instance;
  const { others } = instance.fixedApps;
  const isCounted = isCapacitated(app);
  const first = chosen.map((cluster) =>
    isCounted
      ? largestLoad(app, capacityAt(cluster, [problem], others), others.used(cluster))
      : Number.POSITIVE_INFINITY,
  );
  if (first.some((one) => one < 0)) return [];
  const opened = chosen.reduce(
    (sum, cluster) => sum + instance.openingCost[cluster]!,
    instance.constantCost,
  );
  const columns: Column[] = [];
  const stack = [first];
  const seen = new Set([first.join()]);
  for (let below = stack.pop(); below !== undefined; below = stack.pop()) {
    workBudget.left -= LOOKS_PER_ASSIGNMENT * problem.origins.length * chosen.length;
    if (workBudget.left < 0) return columns;
    const flows = transportation(problem, below, new Map());
    if (flows === undefined) continue;
    const assignment = assignmentOf(chosen, flows);
    const loads = chosen.map((cluster) => assignment.load.get(cluster) ?? 0);
    const use = loads.map((load) => (isCounted ? usageOf(app, load) : NO_USAGE));
    columns.push({ chosen, use, cost: opened + costOf([problem], [assignment]) });
    if (!isCounted) continue;
    for (const [position, load] of loads.entries()) {
      const less = loadWithOneReplicaLess(app, load);
      if (less === undefined || less >= load) continue;
      const next = below.map((one, index) => (index === position ? less : one));
      const key = next.join();
      if (!seen.has(key)) stack.push(next);
      seen.add(key);
    }
  }
  return columns;
}
