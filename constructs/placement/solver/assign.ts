/** Who serves whom for given sets of chosen clusters: nearest, and least total cost where capacity binds. */
import { fits, freeFor, largestLoad, stepBelow, type Usage, usageAt } from './capacity';
import { type AppProblem, clearlyLess, type Limits, type Work } from './problem';
import { type TransportAnswer, type TransportApp, transport } from './transport';

const { POSITIVE_INFINITY } = Number;

/** Who serves the origins of one app. */
export interface Assigned {
  readonly open: readonly number[];
  /** [origin * open.length + position in open]: requests/s. */
  readonly amounts: Float64Array;
  /** Requests/s by position in open. */
  readonly load: Float64Array;
}

/** Who serves the origins of all apps. */
export interface Assignment {
  /** Requests/s that find no legal room; 0 when the assignment is complete. */
  readonly shortfall: number;
  readonly apps: readonly Assigned[];
  /** The flow behind it, where capacity binds. */
  readonly flow?: TransportAnswer;
}

/** Nodes of the branch and bound on whole replicas and whole origins; past it the best found stands. */
const MOST_NODES = 4000;

interface Node {
  /** Largest load by slot. */
  readonly capacity: Float64Array;
  /** [app, origin, position]: origins bound to one cluster. */
  readonly bound: readonly (readonly [number, number, number])[];
}

interface Solved {
  readonly node: Node;
  readonly answer: TransportAnswer;
  readonly cost: number;
  readonly assigned: readonly Assigned[];
}

/**
 * The assignment of least total cost of each app's origins to its set in `sets`. Exact; for `whole` and for
 * replicas shared by several apps by branch and bound, up to MOST_NODES nodes.
 */
export function assign(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  limits: Limits,
  work: Work,
): Assignment {
  const nearest = apps.map((app, a) => assignNearest(app, sets[a]));
  for (const [a, app] of apps.entries()) work.spent += app.origins * sets[a].length;
  const shortfall = nearest.reduce((sum, one) => sum + one.homeless, 0);
  if (shortfall > 0) return { shortfall, apps: nearest };
  const slots = slotsOf(apps, sets, limits);
  if (slots === undefined) return { shortfall: Number.MAX_VALUE, apps: nearest };
  const loads = nearest.map((one) => one.load);
  if (overfull(slots, apps, loads) === undefined && withinRequests(slots, loads)) {
    return { shortfall: 0, apps: nearest };
  }
  return branch(apps, sets, slots, nearest, work);
}

/** Every origin at its cheapest legal cluster of `open`; ties by name, which is the order of `open`. */
export function assignNearest(
  app: AppProblem,
  open: readonly number[],
): Assigned & { homeless: number } {
  const amounts = new Float64Array(app.origins * open.length);
  const load = new Float64Array(open.length);
  let homeless = 0;
  for (let origin = 0; origin < app.origins; origin++) {
    let best = -1;
    let bestCost = POSITIVE_INFINITY;
    for (let position = 0; position < open.length; position++) {
      const cost = app.cost[open[position] * app.origins + origin];
      if (cost < bestCost) {
        bestCost = cost;
        best = position;
      }
    }
    const weight = app.requestsPerSecond[origin];
    if (best < 0) homeless += weight;
    else {
      amounts[origin * open.length + best] = weight;
      load[best] += weight;
    }
  }
  return { open, amounts, load, homeless };
}

/** A cluster that several apps may use, or one. */
interface SharedCluster {
  readonly cluster: number;
  readonly free: Usage;
  /** [app, position in its set, slot] */
  readonly users: readonly (readonly [number, number, number])[];
}

interface Slots {
  readonly first: Int32Array;
  readonly capacity: Float64Array;
  readonly clusterOf: Int32Array;
  readonly shared: readonly SharedCluster[];
}

/** Slots of the apps that count against capacity; undefined when their least replicas already do not fit. */
function slotsOf(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  limits: Limits,
): Slots | undefined {
  const byCluster = new Map<number, [number, number, number][]>();
  const first = new Int32Array(apps.length);
  let slots = 0;
  apps.forEach((app, a) => {
    first[a] = slots;
    if (app.capacity === 'none') return;
    sets[a].forEach((cluster, position) => {
      const users = byCluster.get(cluster) ?? [];
      users.push([a, position, slots++]);
      byCluster.set(cluster, users);
    });
  });
  const capacity = new Float64Array(slots);
  const clusterOf = new Int32Array(slots);
  const shared: SharedCluster[] = [];
  for (const cluster of [...byCluster.keys()].sort((a, b) => a - b)) {
    const users = byCluster.get(cluster) ?? [];
    const headroom = Math.max(...users.map(([a]) => apps[a].headroom));
    const free = freeFor(limits, cluster, headroom);
    for (const [a, , slot] of users) {
      const others = users
        .filter(([other]) => other !== a)
        .map(([other]) => usageAt(apps[other], 0));
      capacity[slot] = largestLoad(apps[a], others.reduce(less, free));
      if (capacity[slot] < 0) return undefined;
      clusterOf[slot] = shared.length;
    }
    shared.push({ cluster, free, users });
  }
  return { first, capacity, clusterOf, shared };
}

function less(free: Usage, used: Usage): Usage {
  return {
    cpuMillicores: free.cpuMillicores - used.cpuMillicores,
    memoryMebibytes: free.memoryMebibytes - used.memoryMebibytes,
    pods: free.pods - used.pods,
    requestsPerSecond: free.requestsPerSecond - used.requestsPerSecond,
  };
}

/** The first cluster whose apps together use more than is free; requests/s aside, which the flow itself respects. */
function overfull(
  slots: Slots,
  apps: readonly AppProblem[],
  loads: readonly Float64Array[],
): SharedCluster | undefined {
  return slots.shared.find(({ free, users }) => {
    let left = free;
    for (const [a, position] of users) left = less(left, usageAt(apps[a], loads[a][position]));
    const nothing = { cpuMillicores: 0, memoryMebibytes: 0, pods: 0, requestsPerSecond: 0 };
    const slack = (limit: number, full: number) =>
      full === POSITIVE_INFINITY ? limit : limit + 1e-9 * full;
    return !fits(nothing, {
      cpuMillicores: slack(left.cpuMillicores, free.cpuMillicores),
      memoryMebibytes: slack(left.memoryMebibytes, free.memoryMebibytes),
      pods: slack(left.pods, free.pods),
      requestsPerSecond: POSITIVE_INFINITY,
    });
  });
}

function withinRequests(slots: Slots, loads: readonly Float64Array[]): boolean {
  return slots.shared.every(({ free, users }) => {
    let load = 0;
    for (const [a, position, slot] of users) {
      if (loads[a][position] > slots.capacity[slot] * (1 + 1e-9)) return false;
      load += loads[a][position];
    }
    return load <= free.requestsPerSecond * (1 + 1e-9);
  });
}

function branch(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  nearest: readonly Assigned[],
  work: Work,
): Assignment {
  let best: Solved | undefined;
  let least = Number.MAX_VALUE;
  const root: Node = { capacity: slots.capacity, bound: [] };
  const stack = [relax(apps, sets, slots, root, nearest)];
  for (let nodes = 1; stack.length > 0 && nodes < MOST_NODES; ) {
    const solved = stack.pop() as Solved;
    if (solved.answer.shortfall > 0) least = Math.min(least, solved.answer.shortfall);
    if (solved.answer.shortfall > 0 || (best && !clearlyLess(solved.cost, best.cost))) continue;
    const children = childrenOf(apps, slots, solved);
    if (children === undefined) {
      best = solved;
      continue;
    }
    nodes += children.length;
    const relaxed = children.map((child) => relax(apps, sets, slots, child, nearest));
    work.spent +=
      relaxed.length * apps.reduce((sum, app, a) => sum + app.origins * sets[a].length, 0);
    // Depth first, cheapest child on top.
    relaxed.sort((a, b) => b.cost - a.cost);
    stack.push(...relaxed);
  }
  if (best === undefined) return { shortfall: least, apps: nearest };
  return { shortfall: 0, apps: best.assigned, flow: best.answer };
}

function relax(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  node: Node,
  nearest: readonly Assigned[],
): Solved {
  const counted = apps.map((app, a) => ({ app, a })).filter(({ app }) => app.capacity !== 'none');
  const transportApps = counted.map(({ app, a }) => transportApp(app, a, sets[a], slots, node));
  const answer = transport({
    apps: transportApps,
    slotCapacity: node.capacity,
    slotCluster: slots.clusterOf,
    clusterCapacity: Float64Array.from(slots.shared, ({ free }) => free.requestsPerSecond),
  });
  const assigned = [...nearest];
  let cost = 0;
  counted.forEach(({ a }, i) => {
    const { firstSlot, slots: width, unitCost } = transportApps[i];
    const amounts = answer.amounts[i];
    const load = answer.slotLoad.slice(firstSlot, firstSlot + width);
    assigned[a] = { open: sets[a], amounts, load };
    amounts.forEach((amount, k) => {
      if (amount > 0) cost += amount * unitCost[k];
    });
  });
  return { node, answer, cost, assigned };
}

function transportApp(
  app: AppProblem,
  a: number,
  open: readonly number[],
  slots: Slots,
  node: Node,
): TransportApp {
  const unitCost = new Float64Array(app.origins * open.length);
  for (let origin = 0; origin < app.origins; origin++) {
    for (let position = 0; position < open.length; position++) {
      unitCost[origin * open.length + position] =
        app.cost[open[position] * app.origins + origin] / app.requestsPerSecond[origin];
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

/** How to go on where the relaxed answer is not yet an answer; undefined when it is one. */
function childrenOf(apps: readonly AppProblem[], slots: Slots, solved: Solved): Node[] | undefined {
  const { node, assigned } = solved;
  const crowded = overfull(
    slots,
    apps,
    assigned.map((one) => one.load),
  );
  if (crowded !== undefined) {
    // In every answer that fits, some app there uses a step less than now.
    return crowded.users.flatMap(([a, position, slot]) => {
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

/** The heaviest origin served by more than one cluster; -1 when there is none. */
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
