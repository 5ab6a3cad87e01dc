/** Projection under a budget of slots: a dynamic programme over nested places, for the clusters that the relaxation leaves. */
import { aroundBudget, type KnownCosts, leastTotals } from './multipliers';
import type { PlaceNode } from './place-costs';

/** Totals that differ by less count as equal, relative. */
const TOLERANCE = 1e-9;
/** Clusters whose costs are computed before the lower bounds are looked at again. */
const CLUSTERS_PER_ROUND = 4;

/** For each node the cluster that answers there, and whether it has a slot of its own. */
export interface Projection {
  readonly cluster: Int32Array;
  readonly hasSlot: Uint8Array;
}

/** What a place costs when a cluster answers there; computed where it is asked for. */
export type ExactCost = (place: number, cluster: number) => number;

/** The best projection of at most so many slots; undefined where residency leaves none. `cost` of places has at least their least clusters, `atLeast` a lower bound of all. */
export function projectUnderBudget(
  nodes: readonly PlaceNode[],
  maxSlots: number,
  exactCost: ExactCost,
): Projection | undefined {
  const costs = new Costs(nodes, exactCost);
  const programme = new Programme(nodes, maxSlots - 1, (n, c) => costs.exactly(n, c));
  return search(costs, programme, maxSlots);
}

/** Costs of places that are computed where they are asked for. */
class Costs {
  readonly clusters: number;
  private readonly known: readonly Float64Array[];
  private readonly isExact: readonly Uint8Array[];

  constructor(
    private readonly nodes: readonly PlaceNode[],
    private readonly exactCost: ExactCost,
  ) {
    this.clusters = nodes[0].cost.length;
    this.isExact = nodes.map(({ cost }) =>
      Uint8Array.from(cost, (one) => (one < Infinity ? 1 : 0)),
    );
    this.known = nodes.map(({ cost, atLeast }) =>
      cost.map((one, c) => (one < Infinity ? one : atLeast[c])),
    );
  }

  exactly(n: number, c: number): number {
    if (this.isExact[n][c] === 0) {
      this.known[n][c] = this.exactCost(n, c);
      this.isExact[n][c] = 1;
    }
    return this.known[n][c];
  }

  /** What is known so far of some clusters. */
  of(columns: Int32Array, { inner, leastCost }: Programme): KnownCosts {
    const atLeast = new Float64Array(this.nodes.length * columns.length);
    this.known.forEach((row, n) => {
      for (let k = 0; k < columns.length; k++) atLeast[n * columns.length + k] = row[columns[k]];
    });
    const parents = Int32Array.from(this.nodes, ({ parent }) => parent);
    return { parents, inner, leastCost, columns, atLeast };
  }
}

/**
 * Lower bounds say which clusters may answer at a place with places within; their costs are computed, a few at a time,
 * until no other can do better than what was found. Every round adds clusters, so there are at most as many.
 */
function search(costs: Costs, programme: Programme, maxSlots: number): Projection | undefined {
  const { inner } = programme;
  let columns = Int32Array.from({ length: costs.clusters }, (_, c) => c);
  for (;;) {
    const known = costs.of(columns, programme);
    const around = aroundBudget(known, maxSlots);
    if (around === undefined) return undefined;
    for (const n of inner) {
      programme.allow(n, columns[around.within.column[n]]);
      programme.allow(n, columns[around.beyond.column[n]]);
    }
    const value = programme.solve();
    const limit = value + TOLERANCE * Math.abs(value);
    const totals = leastTotals(known, around.relaxed, maxSlots);
    const left = new Set<number>();
    let isComplete = true;
    inner.forEach((n, row) => {
      const may = [...columns.keys()]
        .map((k) => [columns[k], totals[row * columns.length + k]] as const)
        .filter(([, total]) => total <= limit)
        .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
      for (const [c] of may) left.add(c);
      for (const c of programme.allowedAt(n)) left.add(c);
      const others = may.filter(([c]) => !programme.allowedAt(n).has(c));
      if (others.length > 0) isComplete = false;
      for (const [c] of others.slice(0, CLUSTERS_PER_ROUND)) programme.allow(n, c);
    });
    if (isComplete) return programme.read();
    // Bounds only rise and what was found only falls, so what is left out now would be later.
    columns = Int32Array.from(left).sort();
  }
}

/** Least costs by the number of slots used, from 0; never rising. */
type BySlots = Float64Array<ArrayBuffer>;

/** Costs of a place where a cluster answers, and what is needed to tell which children had how many slots. */
interface Combined {
  readonly costs: BySlots;
  /** Children without places within, those that gain most by a slot first. */
  readonly leaves: readonly number[];
  /** After the leaves, and after each further child: costs so far. */
  readonly stages: readonly BySlots[];
}

const least = (values: Iterable<number>) => {
  let found = Infinity;
  for (const one of values) if (one < found) found = one;
  return found;
};

/** A dynamic programme over (place, cluster that answers there, slots below): allowed clusters times the square of the places. */
class Programme {
  /** Places with places within, and the world; those around others first. */
  readonly inner: readonly number[];
  private readonly leavesOf: readonly (readonly number[])[];
  private readonly innerOf: readonly (readonly number[])[];
  private readonly placesWithin: Int32Array;
  /** By place: the least that is known of its costs. */
  readonly leastCost: Float64Array;
  private readonly allowed: readonly Set<number>[];
  /** By place with places within: costs by cluster that answers there. */
  private within: readonly Map<number, Combined>[] = [];
  /** By place with places within: costs when it has the best slot of its own, not counting that slot. */
  private own: BySlots[] = [];

  constructor(
    private readonly nodes: readonly PlaceNode[],
    /** Slots that may be used below the world. */
    private readonly most: number,
    private readonly costAt: (place: number, cluster: number) => number,
  ) {
    const children: number[][] = nodes.map(() => []);
    this.placesWithin = new Int32Array(nodes.length);
    for (let n = 1; n < nodes.length; n++) children[nodes[n].parent].push(n);
    for (let n = nodes.length - 1; n > 0; n--) {
      this.placesWithin[nodes[n].parent] += 1 + this.placesWithin[n];
    }
    const isInner = (n: number) => children[n].length > 0 || n === 0;
    this.inner = [...nodes.keys()].filter(isInner);
    this.leavesOf = children.map((some) => some.filter((n) => !isInner(n)));
    this.innerOf = children.map((some) => some.filter(isInner));
    this.leastCost = Float64Array.from(nodes, ({ cost }) => least(cost));
    this.allowed = nodes.map(() => new Set());
  }

  allow(n: number, cluster: number): void {
    this.allowed[n].add(cluster);
  }

  allowedAt(n: number): ReadonlySet<number> {
    return this.allowed[n];
  }

  /** The least total. */
  solve(): number {
    this.within = this.nodes.map(() => new Map());
    this.own = this.nodes.map(() => new Float64Array(0));
    for (const n of [...this.inner].reverse()) {
      const clusters = [...this.allowed[n]].sort((a, b) => a - b);
      for (const c of clusters) this.within[n].set(c, this.combine(n, c));
      const rows = [...this.within[n].values()];
      this.own[n] = rows[0].costs.map((_, b) => least(rows.map(({ costs }) => costs[b])));
    }
    return this.own[0][this.own[0].length - 1];
  }

  /** The labelling of what `solve` found. */
  read(): Projection {
    const cluster = new Int32Array(this.nodes.length);
    const hasSlot = new Uint8Array(this.nodes.length);
    this.visit({ cluster, hasSlot }, 0, undefined, fewest(this.own[0], this.most));
    return { cluster, hasSlot };
  }

  private combine(n: number, c: number): Combined {
    const { costAt, leastCost, most } = this;
    const gain = (leaf: number) => costAt(leaf, c) - leastCost[leaf];
    const gains = new Map(this.leavesOf[n].map((leaf) => [leaf, gain(leaf)]));
    const gainOf = (leaf: number) => gains.get(leaf) ?? 0;
    const leaves = [...this.leavesOf[n]].sort((a, b) =>
      gainOf(a) === gainOf(b) ? a - b : gainOf(b) - gainOf(a),
    );
    // A leaf gains the same whatever others do, so the best b of them are the first b.
    const gaining = leaves.findIndex((leaf) => gainOf(leaf) <= 0);
    const size = Math.min(most, gaining < 0 ? leaves.length : gaining);
    const costs = new Float64Array(size + 1);
    let rest = costAt(n, c);
    for (let i = leaves.length - 1; i >= size; i--) rest += costAt(leaves[i], c);
    costs[size] = rest;
    for (let b = size - 1; b >= 0; b--) costs[b] = costs[b + 1] + costAt(leaves[b], c);
    let spent = 0;
    for (let b = 0; b <= size; b++) {
      costs[b] += spent;
      if (b < size) spent += leastCost[leaves[b]];
    }
    const stages = [costs];
    for (const child of this.innerOf[n]) {
      stages.push(sum(stages[stages.length - 1], this.orOwn(child, c), most));
    }
    // All rows of a place are as long as its places within, or the budget, so that they can be compared.
    const last = stages[stages.length - 1];
    const length = Math.min(most, this.placesWithin[n]) + 1;
    const padded = Float64Array.from({ length }, (_, b) => last[Math.min(b, last.length - 1)]);
    return { costs: padded, leaves, stages };
  }

  /** Costs of a place with places within: the cluster around it answers there too, or a slot of its own does. */
  private orOwn(child: number, c: number): BySlots {
    const owned = this.own[child];
    return Float64Array.from({ length: owned.length + 1 }, (_, b) =>
      Math.min(this.inherited(child, c, b), b === 0 ? Infinity : owned[b - 1]),
    );
  }

  /** Costs with so many slots within when the cluster around answers; infinite where the bounds exclude it. */
  private inherited(child: number, c: number, slots: number): number {
    const costs = this.within[child].get(c)?.costs;
    return costs === undefined ? Infinity : costs[Math.min(slots, costs.length - 1)];
  }

  private visit(labels: Projection, n: number, around: number | undefined, budget: number): void {
    labels.hasSlot[n] = around === undefined ? 1 : 0;
    const c = around ?? this.cheapest(n, budget);
    labels.cluster[n] = c;
    const combined = this.within[n].get(c);
    if (combined === undefined) return;
    const { leaves, stages } = combined;
    let left = fewest(stages[stages.length - 1], budget);
    const inner = this.innerOf[n];
    for (let i = inner.length - 1; i >= 0; i--) {
      const child = inner[i];
      const both = this.orOwn(child, c);
      const [total, before] = [stages[i + 1][left], stages[i]];
      const used = both.findIndex(
        (cost, b) => b <= left && left - b < before.length && before[left - b] + cost === total,
      );
      const isOwn = used > 0 && this.own[child][used - 1] < this.inherited(child, c, used);
      this.visit(labels, child, isOwn ? undefined : c, isOwn ? used - 1 : used);
      left -= used;
    }
    leaves.forEach((leaf, index) => {
      labels.hasSlot[leaf] = index < left ? 1 : 0;
      labels.cluster[leaf] = index < left ? this.nodes[leaf].cost.indexOf(this.leastCost[leaf]) : c;
    });
  }

  /** The first cluster with the least costs for so many slots within. */
  private cheapest(n: number, budget: number): number {
    let found: number | undefined;
    let costs = Infinity;
    for (const [c, combined] of this.within[n]) {
      const here = combined.costs[Math.min(budget, combined.costs.length - 1)];
      if (found === undefined || here < costs) [found, costs] = [c, here];
    }
    return found ?? 0;
  }
}

/** The least cost of two independent parts that share a budget. */
function sum(a: BySlots, b: BySlots, most: number): BySlots {
  const size = Math.min(most, a.length + b.length - 2);
  const costs = new Float64Array(size + 1).fill(Infinity);
  for (let i = 0; i < a.length && i <= size; i++) {
    for (let j = 0; j < b.length && i + j <= size; j++) {
      const cost = a[i] + b[j];
      if (cost < costs[i + j]) costs[i + j] = cost;
    }
  }
  return costs;
}

/** The fewest slots that cost no more than `budget` of them. */
function fewest(costs: BySlots, budget: number): number {
  const last = Math.min(budget, costs.length - 1);
  return costs.indexOf(costs[last]);
}
