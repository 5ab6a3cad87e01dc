/** Projection: the best answers for a tree of places under a budget of slots, by a dynamic programme over nested slots. */
import type { PlaceNode } from './place-costs';

/** For each node the cluster that answers there, and whether it has a slot of its own. */
export interface Projection {
  readonly cluster: Int32Array;
  readonly hasSlot: Uint8Array;
}

/** Least total cost for `maxSlots` slots at most, the world's among them; of equal ones fewer slots, then first names. Undefined where residency leaves nothing. */
export function project(nodes: readonly PlaceNode[], maxSlots: number): Projection | undefined {
  const free = fewestSlots(nodes);
  return free === undefined || slotsIn(free) <= maxSlots ? free : underBudget(nodes, maxSlots);
}

/** Number of slots. */
export function slotsIn({ hasSlot }: Projection): number {
  return hasSlot.reduce((sum, one) => sum + one, 0);
}

/** Indexes of the children of every node. */
function childrenOf(nodes: readonly PlaceNode[]): readonly (readonly number[])[] {
  const children: number[][] = nodes.map(() => []);
  nodes.forEach(({ parent }, index) => {
    if (parent >= 0) children[parent].push(index);
  });
  return children;
}

/** Without a budget every place gets its cheapest cluster; what is left is to say so in few slots. Costs above the least of a place have no part in it. */
export function fewestSlots(nodes: readonly PlaceNode[]): Projection | undefined {
  const [world] = nodes;
  const clusters = world.cost.length;
  /** [node * clusters + cluster]: slots needed below, this one answering so; infinite where it would cost more than the least. */
  const slots = new Float64Array(nodes.length * clusters);
  const best = new Int32Array(nodes.length);
  for (let n = nodes.length - 1; n >= 0; n--) {
    const { cost, parent } = nodes[n];
    let least = Number.POSITIVE_INFINITY;
    for (const one of cost) if (one < least) least = one;
    if (least === Number.POSITIVE_INFINITY) return undefined;
    const row = slots.subarray(n * clusters, (n + 1) * clusters);
    let chosen = -1;
    for (let c = 0; c < clusters; c++) {
      if (cost[c] > least) row[c] = Number.POSITIVE_INFINITY;
      else if (chosen < 0 || row[c] < row[chosen]) chosen = c;
    }
    best[n] = chosen;
    if (parent < 0) continue;
    const above = slots.subarray(parent * clusters, (parent + 1) * clusters);
    for (let c = 0; c < clusters; c++) above[c] += Math.min(row[c], 1 + row[chosen]);
  }
  const cluster = new Int32Array(nodes.length);
  const hasSlot = new Uint8Array(nodes.length);
  nodes.forEach(({ parent }, n) => {
    const inherited = parent < 0 ? -1 : cluster[parent];
    const isOwn =
      inherited < 0 || slots[n * clusters + inherited] > 1 + slots[n * clusters + best[n]];
    hasSlot[n] = isOwn ? 1 : 0;
    cluster[n] = isOwn ? best[n] : inherited;
  });
  return { cluster, hasSlot };
}

/** Least costs by the number of slots used, from 0; never rising. */
type Costs = Float64Array<ArrayBuffer>;

/** A dynamic programme over (place, cluster that answers there, slots below): clusters times the square of the places. */
function underBudget(nodes: readonly PlaceNode[], maxSlots: number): Projection | undefined {
  const children = childrenOf(nodes);
  const clusters = nodes[0].cost.length;
  /** Of places with places within: costs by cluster that answers there. */
  const within: (readonly Costs[] | undefined)[] = nodes.map(() => undefined);
  /** By place: costs when it has the best slot of its own, not counting that slot. */
  const own: Costs[] = nodes.map(() => new Float64Array(0));
  const programme = { nodes, children, within, own, most: maxSlots - 1 };
  for (let n = nodes.length - 1; n >= 0; n--) {
    if (children[n].length === 0) {
      own[n] = Float64Array.of(least(nodes[n].cost));
      continue;
    }
    const rows: Costs[] = [];
    for (let c = 0; c < clusters; c++) rows.push(combine(programme, n, c).costs);
    within[n] = rows;
    own[n] = rows[0].map((_, b) => least(rows.map((row) => row[b])));
  }
  if (!Number.isFinite(own[0][own[0].length - 1])) return undefined;
  return readBack(programme, clusters);
}

interface Programme {
  readonly nodes: readonly PlaceNode[];
  readonly children: readonly (readonly number[])[];
  readonly within: readonly (readonly Costs[] | undefined)[];
  readonly own: readonly Costs[];
  /** Slots that may be used below the world. */
  readonly most: number;
}

const least = (values: Iterable<number>) => {
  let found = Number.POSITIVE_INFINITY;
  for (const one of values) if (one < found) found = one;
  return found;
};

/** Costs of a place where a cluster answers, and what is needed to tell which children had how many slots. */
interface Combined {
  readonly costs: Costs;
  /** Children without places within, those that gain most by a slot first. */
  readonly leaves: readonly number[];
  /** After the leaves, and after each further child: costs so far. */
  readonly stages: readonly Costs[];
  readonly inner: readonly number[];
}

function combine(programme: Programme, n: number, c: number): Combined {
  const { nodes, children, own, most } = programme;
  const gain = (child: number) => nodes[child].cost[c] - own[child][0];
  const leaves = children[n]
    .filter((child) => children[child].length === 0)
    .sort((a, b) => (gain(a) === gain(b) ? a - b : gain(b) - gain(a)));
  const inner = children[n].filter((child) => children[child].length > 0);
  // A leaf gains the same whatever others do, so the best b of them are the first b.
  const gaining = leaves.findIndex((child) => gain(child) <= 0);
  const size = Math.min(most, gaining < 0 ? leaves.length : gaining);
  const costs = new Float64Array(size + 1);
  let rest = nodes[n].cost[c];
  for (let i = leaves.length - 1; i >= size; i--) rest += nodes[leaves[i]].cost[c];
  costs[size] = rest;
  for (let b = size - 1; b >= 0; b--) costs[b] = costs[b + 1] + nodes[leaves[b]].cost[c];
  let spent = 0;
  for (let b = 0; b <= size; b++) {
    costs[b] += spent;
    if (b < size) spent += own[leaves[b]][0];
  }
  const stages = [costs];
  for (const child of inner) {
    stages.push(sum(stages[stages.length - 1], orOwn(programme, child, c), most));
  }
  return { costs: padded(stages[stages.length - 1], programme, n), leaves, stages, inner };
}

/** All rows of a place are as long as its places within, or the budget, so that they can be compared. */
function padded(costs: Costs, { children, most }: Programme, n: number): Costs {
  const size = Math.min(most, descendants(children, n)) + 1;
  return Float64Array.from({ length: size }, (_, b) => costs[Math.min(b, costs.length - 1)]);
}

function descendants(children: readonly (readonly number[])[], n: number): number {
  return children[n].reduce((sum, child) => sum + 1 + descendants(children, child), 0);
}

/** Costs of a place with places within: the cluster around it answers there too, or a slot of its own does. */
function orOwn({ within, own }: Programme, child: number, c: number): Costs {
  const inherited = within[child]?.[c] ?? new Float64Array(1);
  const owned = own[child];
  return Float64Array.from({ length: owned.length + 1 }, (_, b) =>
    Math.min(
      inherited[Math.min(b, inherited.length - 1)],
      b === 0 ? Number.POSITIVE_INFINITY : owned[b - 1],
    ),
  );
}

/** The least cost of two independent parts that share a budget. */
function sum(a: Costs, b: Costs, most: number): Costs {
  const size = Math.min(most, a.length + b.length - 2);
  const costs = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < a.length && i <= size; i++) {
    for (let j = 0; j < b.length && i + j <= size; j++) {
      const cost = a[i] + b[j];
      if (cost < costs[i + j]) costs[i + j] = cost;
    }
  }
  return costs;
}

function readBack(programme: Programme, clusters: number): Projection {
  const { nodes, own, within } = programme;
  const cluster = new Int32Array(nodes.length);
  const hasSlot = new Uint8Array(nodes.length);
  const visit = (n: number, inherited: number, budget: number, isOwn: boolean): void => {
    hasSlot[n] = isOwn ? 1 : 0;
    cluster[n] = isOwn ? cheapest(programme, n, budget, clusters) : inherited;
    if (within[n] === undefined) return;
    const { leaves, stages, inner } = combine(programme, n, cluster[n]);
    let left = fewest(stages[stages.length - 1], budget);
    for (let i = inner.length - 1; i >= 0; i--) {
      const child = inner[i];
      const both = orOwn(programme, child, cluster[n]);
      const total = stages[i + 1][left];
      const used = both.findIndex(
        (cost, b) =>
          b <= left && left - b < stages[i].length && stages[i][left - b] + cost === total,
      );
      const inheritedCost = within[child]?.[cluster[n]] ?? new Float64Array(1);
      const owns =
        used > 0 && own[child][used - 1] < inheritedCost[Math.min(used, inheritedCost.length - 1)];
      visit(child, cluster[n], owns ? used - 1 : used, owns);
      left -= used;
    }
    leaves.forEach((child, index) => {
      visit(child, cluster[n], 0, index < left);
    });
  };
  visit(0, -1, fewest(own[0], programme.most), true);
  return { cluster, hasSlot };
}

/** The fewest slots that cost no more than `budget` of them. */
function fewest(costs: Costs, budget: number): number {
  const last = Math.min(budget, costs.length - 1);
  return costs.indexOf(costs[last]);
}

/** The first cluster with the least costs for so many slots below. */
function cheapest(
  { nodes, within }: Programme,
  n: number,
  budget: number,
  clusters: number,
): number {
  const rows = within[n];
  let found = 0;
  const costOf = (c: number) =>
    rows === undefined ? nodes[n].cost[c] : rows[c][Math.min(budget, rows[c].length - 1)];
  for (let c = 1; c < clusters; c++) if (costOf(c) < costOf(found)) found = c;
  return found;
}
