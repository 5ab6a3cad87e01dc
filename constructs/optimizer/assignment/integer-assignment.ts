/** Branch and bound for whole replicas on shared clusters and for whole origins, which a divisible flow does not respect. */

import { INTEGER_ASSIGNMENT } from '../options';
import { stepBelow } from '../problem/capacity';
import { type AppProblem, clearlyLess, costAt, demandOf, type Work } from '../problem/problem';
import { type Assigned, type Assignment, forEachFlow } from './assignment';
import { type MinCostFlowAnswer, type MinCostFlowApp, minCostFlow } from './min-cost-flow';
import { overloadedCluster, type Slots } from './slots';

const { POSITIVE_INFINITY } = Number;

interface Node {
  /** By slot: its capacity in requests/s. */
  readonly capacity: Float64Array;
  /** [app, origin, position]: origins bound to one cluster. */
  readonly bound: readonly (readonly [number, number, number])[];
}

interface Solved {
  readonly node: Node;
  readonly answer: MinCostFlowAnswer;
  readonly cost: number;
  readonly assigned: readonly Assigned[];
}

/** The cheapest assignment with whole replicas, and with whole origins where the app requires them. Depth first, within a limit on nodes. */
export function branchAndBound(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  nearest: readonly Assigned[],
  work: Work,
  /** A known assignment of the only app. */
  known?: Assigned,
): Assignment {
  let best: Solved | undefined;
  const start = known && costOf(apps[0], known);
  let least = Number.MAX_VALUE;
  const root: Node = { capacity: slots.capacity, bound: [] };
  const stack = [relax(apps, sets, slots, root, nearest)];
  work.spent += stack[0].answer.steps;
  const maxNodes = maxNodesFor(apps, sets);
  for (let nodes = 1; stack.length > 0 && nodes < maxNodes; ) {
    const solved = stack.pop() as Solved;
    if (solved.answer.shortfall > 0) least = Math.min(least, solved.answer.shortfall);
    const most = best?.cost ?? start;
    if (solved.answer.shortfall > 0) continue;
    if (most !== undefined && !clearlyLess(solved.cost, most)) continue;
    const children = childrenOf(apps, slots, solved);
    if (children === undefined) {
      best = solved;
      continue;
    }
    nodes += children.length;
    const relaxed = children.map((child) => relax(apps, sets, slots, child, nearest));
    for (const child of relaxed) work.spent += child.answer.steps;
    // Depth first, with the cheapest child on top.
    relaxed.sort((a, b) => b.cost - a.cost);
    stack.push(...relaxed);
  }
  const isExact = stack.length === 0;
  if (best !== undefined) {
    return { shortfall: 0, apps: best.assigned, isExact, flow: { answer: best.answer, slots } };
  }
  if (known !== undefined) return { shortfall: 0, apps: [known], isExact };
  const packed = isExact ? undefined : packGreedily(apps, sets, slots);
  return (
    packed ?? {
      shortfall: Math.min(
        least,
        apps.reduce((sum, app) => sum + demandOf(app), 0),
      ),
      apps: nearest,
      isExact,
    }
  );
}

/** First fit for whole origins: the largest first, each at its cheapest cluster with enough capacity left. */
function packGreedily(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
): Assignment | undefined {
  const [app] = apps;
  const [open] = sets;
  if (apps.length !== 1 || app.capacity !== 'whole') return undefined;
  const amounts = new Float64Array(app.origins * open.length);
  const load = new Float64Array(open.length);
  const room = open.map((_, position) =>
    Math.min(
      slots.capacity[position],
      slots.shared[slots.clusterOf[position]].free.requestsPerSecond,
    ),
  );
  const heaviest = [...app.requestsPerSecond.keys()].sort(
    (a, b) => app.requestsPerSecond[b] - app.requestsPerSecond[a] || a - b,
  );
  for (const origin of heaviest) {
    const weight = app.requestsPerSecond[origin];
    let best = -1;
    open.forEach((cluster, position) => {
      const cost = app.cost[cluster * app.origins + origin];
      if (cost === POSITIVE_INFINITY || load[position] + weight > room[position] * (1 + 1e-9))
        return;
      if (best < 0 || cost < app.cost[open[best] * app.origins + origin]) best = position;
    });
    if (best < 0) return undefined;
    amounts[origin * open.length + best] = weight;
    load[best] += weight;
  }
  return { shortfall: 0, apps: [{ open, amounts, load }], isExact: false };
}

function costOf(app: AppProblem, assigned: Assigned): number {
  let cost = 0;
  forEachFlow(app.requestsPerSecond, assigned, (origin, position) => {
    cost += app.cost[assigned.open[position] * app.origins + origin];
  });
  return cost;
}

/** Largest number of nodes. It lets the search end on small problems only. */
function maxNodesFor(apps: readonly AppProblem[], sets: readonly (readonly number[])[]): number {
  const size = apps.reduce((sum, app, a) => sum + app.origins * sets[a].length, 1);
  const { nodePairs, minNodes, maxNodes } = INTEGER_ASSIGNMENT;
  return Math.max(minNodes, Math.min(maxNodes, Math.floor(nodePairs / size)));
}

/** The flow of divisible demand, by successive shortest paths from scratch. */
export function flowOf(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  nearest: readonly Assigned[],
): MinCostFlowAnswer {
  return relax(apps, sets, slots, { capacity: slots.capacity, bound: [] }, nearest).answer;
}

function relax(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  node: Node,
  nearest: readonly Assigned[],
): Solved {
  const counted = apps.map((app, a) => ({ app, a })).filter(({ app }) => app.capacity !== 'none');
  const flowApps = counted.map(({ app, a }) => flowAppOf(app, a, sets[a], slots, node));
  const answer = minCostFlow({
    apps: flowApps,
    slotCapacity: node.capacity,
    slotCluster: slots.clusterOf,
    clusterCapacity: Float64Array.from(slots.shared, ({ free }) => free.requestsPerSecond),
  });
  const assigned = [...nearest];
  let cost = 0;
  counted.forEach(({ a }, i) => {
    const { firstSlot, slots: width, unitCost } = flowApps[i];
    const amounts = answer.amounts[i];
    const load = answer.slotLoad.slice(firstSlot, firstSlot + width);
    assigned[a] = { open: sets[a], amounts, load };
    amounts.forEach((amount, k) => {
      if (amount > 0) cost += amount * unitCost[k];
    });
  });
  return { node, answer, cost, assigned };
}

function flowAppOf(
  app: AppProblem,
  a: number,
  open: readonly number[],
  slots: Slots,
  node: Node,
): MinCostFlowApp {
  const unitCost = new Float64Array(app.origins * open.length);
  for (let origin = 0; origin < app.origins; origin++) {
    for (let position = 0; position < open.length; position++) {
      unitCost[origin * open.length + position] =
        costAt(app, open[position], origin) / app.requestsPerSecond[origin];
    }
  }
  for (const [boundApp, origin, only] of node.bound) {
    if (boundApp !== a) continue;
    for (let position = 0; position < open.length; position++) {
      if (position !== only) unitCost[origin * open.length + position] = POSITIVE_INFINITY;
    }
  }
  return { firstSlot: slots.first[a], slots: open.length, weight: app.requestsPerSecond, unitCost };
}

/** The children of a node; undefined when its relaxed assignment is feasible. */
function childrenOf(apps: readonly AppProblem[], slots: Slots, solved: Solved): Node[] | undefined {
  const { node, assigned } = solved;
  const overloaded = overloadedCluster(
    slots,
    apps,
    assigned.map((one) => one.load),
  );
  if (overloaded !== undefined) {
    // In every feasible assignment, some app on this cluster uses a replica less than now.
    return overloaded.users.flatMap(([a, position, slot]) => {
      const below = stepBelow(apps[a], assigned[a].load[position]);
      if (below >= assigned[a].load[position]) return [];
      const capacity = node.capacity.slice();
      capacity[slot] = Math.min(capacity[slot], below);
      return [{ capacity, bound: node.bound }];
    });
  }
  for (const [a, app] of apps.entries()) {
    if (app.capacity !== 'whole') continue;
    const split = splitOrigin(app, assigned[a]);
    if (split < 0) continue;
    return assigned[a].open
      .map((cluster, position) => ({ cluster, position }))
      .filter(({ cluster }) => app.cost[cluster * app.origins + split] < POSITIVE_INFINITY)
      .map(({ position }) => ({
        capacity: node.capacity,
        bound: [...node.bound, [a, split, position] as const],
      }));
  }
  return undefined;
}

/** The largest origin that several clusters serve; -1 when there is none. */
function splitOrigin(app: AppProblem, assigned: Assigned): number {
  const width = assigned.open.length;
  let heaviest = -1;
  for (let origin = 0; origin < app.origins; origin++) {
    const weight = app.requestsPerSecond[origin];
    let parts = 0;
    for (let position = 0; position < width; position++) {
      if (assigned.amounts[origin * width + position] > 1e-9 * weight) parts++;
    }
    if (parts > 1 && (heaviest < 0 || weight > app.requestsPerSecond[heaviest])) heaviest = origin;
  }
  return heaviest;
}
