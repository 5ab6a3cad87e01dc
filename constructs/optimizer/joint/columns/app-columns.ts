/**
 * Columns of one app: a set with the load of each of its clusters, the room that takes and the least cost at these loads. They are
 * few for small apps, and every placement of several apps costs at least what some combination of their columns does.
 */

import { assignNearest } from '../../assignment/assign';
import { minCostFlow } from '../../assignment/min-cost-flow';
import { forEachSet, isEnumerable, setsOf } from '../../enumeration/enumeration';
import { COLUMNS } from '../../options';
import { freeFor, largestLoad, stepBelow } from '../../problem/capacity';
import type { AppProblem, Limits, Work } from '../../problem/problem';
import { KINDS, writeUse } from '../assignment/residual-capacity';

const { POSITIVE_INFINITY } = Number;

/** One way to place an app. */
export interface Column {
  readonly open: readonly number[];
  /** By position in `open`: requests/s. */
  readonly load: Float64Array;
  /** [position * KINDS + kind]: use of that cluster; requests/s are left out. */
  readonly use: Float64Array;
  /** The least value of the app where no cluster takes more replicas than here, without rules about load. */
  readonly value: number;
}

/**
 * All columns of an app, so many that every legal placement of it has one that uses no more of any cluster and costs no more.
 * Undefined when there are too many of them.
 */
export function columnsOf(app: AppProblem, limits: Limits, work: Work): Column[] | undefined {
  if (!isEnumerable(app) || setsOf(app) > COLUMNS.maxSets) return undefined;
  const sets: (readonly number[])[] = [];
  forEachSet(app, work, {
    limit: () => POSITIVE_INFINITY,
    visit: (open) => {
      sets.push(open);
      return false;
    },
  });
  const most = Float64Array.from(app.allowed, (allowed, cluster) => {
    if (allowed === 0) return -1;
    if (app.capacity === 'none') return POSITIVE_INFINITY;
    return largestLoad(app, freeFor(limits, cluster, app.headroom));
  });
  const columns: Column[] = [];
  for (const open of sets) {
    if (open.some((cluster) => most[cluster] < 0)) continue;
    if (!addColumns(app, open, most, columns, work)) return undefined;
  }
  return columns;
}

/**
 * Adds the columns of one set. Below the cheapest loads within some ceilings, each cluster in turn gets a replica less. A placement
 * whose loads are not all above those found has a cluster below them, and is found below that ceiling. False when they are too many.
 */
function addColumns(
  app: AppProblem,
  open: readonly number[],
  most: Float64Array,
  columns: Column[],
  work: Work,
): boolean {
  const first = Float64Array.from(open, (cluster) => most[cluster]);
  const stack = [first];
  const seen = new Set<string>([first.join()]);
  const found = new Set<string>();
  while (stack.length > 0) {
    const ceilings = stack.pop() as Float64Array;
    const column = cheapestWithin(app, open, ceilings, work);
    if (column === undefined) continue;
    const uses = column.use.join();
    if (!found.has(uses)) columns.push(column);
    found.add(uses);
    if (columns.length > COLUMNS.most || work.spent > work.allowed) return false;
    if (app.capacity === 'none') continue;
    for (let position = 0; position < open.length; position++) {
      const below = stepBelow(app, column.load[position]);
      if (column.load[position] === 0 || below >= column.load[position]) continue;
      if (below === 0 && !needsLess(app, column.load[position])) continue;
      const next = ceilings.slice();
      next[position] = below;
      const key = next.join();
      if (!seen.has(key)) stack.push(next);
      seen.add(key);
    }
  }
  return true;
}

/** True when the app uses less without load than with this one. */
function needsLess(app: AppProblem, load: number): boolean {
  const uses = new Float64Array(2 * KINDS);
  writeUse(app, 0, uses, 0);
  writeUse(app, load, uses, KINDS);
  return [0, 1, 2].some((kind) => uses[kind] < uses[KINDS + kind]);
}

/** The cheapest column of the set within the ceilings; undefined when they are too low. */
function cheapestWithin(
  app: AppProblem,
  open: readonly number[],
  ceilings: Float64Array,
  work: Work,
): Column | undefined {
  const nearest = assignNearest(app, open);
  work.spent += app.origins * open.length;
  if (nearest.unserved > 0) return undefined;
  let { amounts, load } = nearest;
  if (load.some((one, position) => one > ceilings[position] * (1 + 1e-9))) {
    const unitCost = Float64Array.from(amounts, (_, pair) => {
      const origin = Math.floor(pair / open.length);
      return (
        app.cost[open[pair % open.length] * app.origins + origin] / app.requestsPerSecond[origin]
      );
    });
    const answer = minCostFlow({
      apps: [{ firstSlot: 0, slots: open.length, weight: app.requestsPerSecond, unitCost }],
      slotCapacity: ceilings,
      slotCluster: Int32Array.from(open.keys()),
      clusterCapacity: new Float64Array(open.length).fill(POSITIVE_INFINITY),
    });
    work.spent += answer.steps;
    if (answer.shortfall > 0) return undefined;
    amounts = answer.amounts[0];
    load = answer.slotLoad;
  }
  let value = app.constantCost;
  const use = new Float64Array(open.length * KINDS);
  for (const [position, cluster] of open.entries()) {
    value += app.openCost[cluster];
    writeUse(app, load[position], use, position * KINDS);
    // How many requests/s go where is decided when all apps are known.
    use[position * KINDS + 3] = 0;
    for (let origin = 0; origin < app.origins; origin++) {
      const amount = amounts[origin * open.length + position];
      if (amount > 0)
        value +=
          (amount / app.requestsPerSecond[origin]) * app.cost[cluster * app.origins + origin];
    }
  }
  return { open, load, use, value };
}
