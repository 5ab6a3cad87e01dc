/**
 * Divisible assignment under capacity: a minimum-cost flow from origins to slots (an app on a cluster) to clusters. It uses
 * successive shortest paths over the slots alone (Ahuja, Magnanti and Orlin, Network Flows, ch. 9). All demand starts at its
 * cheapest slot, which is optimal without capacities. Excess leaves along cheapest augmenting paths.
 */

const { POSITIVE_INFINITY } = Number;

/** Origins of one app and the slots they may use. */
export interface MinCostFlowApp {
  /** Index of the app's first slot; its slots are consecutive. */
  readonly firstSlot: number;
  readonly slots: number;
  /** By origin: its demand in requests/s. */
  readonly weight: Float64Array;
  /** [origin * slots + slot]: cost of one request/s there; Infinity where that is not legal. */
  readonly unitCost: Float64Array;
}

/** A flow problem: demand by app, and capacities in requests/s. */
export interface MinCostFlowProblem {
  readonly apps: readonly MinCostFlowApp[];
  /** By slot: its capacity. */
  readonly slotCapacity: Float64Array;
  /** By slot: its cluster, an index into `clusterCapacity`. */
  readonly slotCluster: Int32Array;
  /** By cluster: its capacity for all apps together. */
  readonly clusterCapacity: Float64Array;
}

/** The minimum-cost flow, or the demand that exceeds capacity. */
export interface MinCostFlowAnswer {
  /** Requests/s that no slot can serve; 0 when all demand is served. */
  readonly shortfall: number;
  /** Work units spent. */
  readonly steps: number;
  /** By app: [origin * slots + slot] requests/s. */
  readonly amounts: readonly Float64Array[];
  readonly slotLoad: Float64Array;
  /** By slot: the cost that one more request/s of capacity saves (right derivative). */
  readonly slotSaving: () => Float64Array;
  /** By cluster: the cost that one more request/s of capacity saves (right derivative). */
  readonly clusterSaving: () => Float64Array;
  /** By slot: an optimal dual price of a request/s of capacity, that of its cluster included. */
  readonly slotPrice: () => Float64Array;
}

interface Arc {
  readonly cost: number;
  readonly room: number;
  /** The origin that moves along an arc between slots; -1 for other arcs. */
  readonly origin: number;
}

/** Solves the flow exactly. Work is bounded by augmentations (about origins x slots) times slots squared. */
export function minCostFlow(problem: MinCostFlowProblem): MinCostFlowAnswer {
  return new MinCostFlow(problem).solve();
}

class MinCostFlow {
  private readonly slots: number;
  private readonly clusters: number;
  private readonly sink: number;
  private readonly amounts: Float64Array[];
  private readonly appOf: Int32Array;
  private readonly slotLoad: Float64Array;
  private readonly slotFlow: Float64Array;
  private readonly clusterIn: Float64Array;
  private readonly clusterOut: Float64Array;
  private readonly moves: (Arc | undefined)[][];
  private readonly epsilon: number;

  constructor(private readonly problem: MinCostFlowProblem) {
    this.slots = problem.slotCapacity.length;
    this.clusters = problem.clusterCapacity.length;
    this.sink = this.slots + this.clusters;
    this.amounts = problem.apps.map((app) => new Float64Array(app.weight.length * app.slots));
    this.appOf = new Int32Array(this.slots);
    this.slotLoad = new Float64Array(this.slots);
    this.slotFlow = new Float64Array(this.slots);
    this.clusterIn = new Float64Array(this.clusters);
    this.clusterOut = new Float64Array(this.clusters);
    this.moves = [];
    let total = 0;
    for (const app of problem.apps) for (const weight of app.weight) total += weight;
    this.epsilon = 1e-11 * Math.max(1, total);
  }

  solve(): MinCostFlowAnswer {
    let shortfall = this.sendToCheapest();
    let augmentations = 1;
    this.fillUp();
    for (let slot = 0; slot < this.slots; slot++) this.moves[slot] = this.movesFrom(slot);
    if (shortfall === 0) {
      while (this.augment()) augmentations++;
      for (let node = 0; node < this.sink; node++) {
        const excess = this.excess(node);
        if (excess > this.epsilon * 100) shortfall += excess;
      }
    }
    const pairs = this.amounts.reduce((sum, amounts) => sum + amounts.length, 0);
    return {
      shortfall,
      steps: augmentations * (pairs + this.slots * this.slots * 4),
      amounts: this.amounts,
      slotLoad: this.slotLoad,
      slotSaving: () => this.savings(0, this.slots),
      clusterSaving: () => this.savings(this.slots, this.sink),
      slotPrice: () =>
        this.distancesFrom(this.sink)
          .map((one) => Math.max(0, -one))
          .subarray(0, this.slots),
    };
  }

  private sendToCheapest(): number {
    let unserved = 0;
    this.problem.apps.forEach((app, a) => {
      this.appOf.fill(a, app.firstSlot, app.firstSlot + app.slots);
      for (let origin = 0; origin < app.weight.length; origin++) {
        let best = -1;
        let bestCost = POSITIVE_INFINITY;
        for (let slot = 0; slot < app.slots; slot++) {
          const cost = app.unitCost[origin * app.slots + slot];
          if (cost < bestCost) {
            bestCost = cost;
            best = slot;
          }
        }
        if (best < 0) unserved += app.weight[origin];
        else {
          this.amounts[a][origin * app.slots + best] = app.weight[origin];
          this.slotLoad[app.firstSlot + best] += app.weight[origin];
        }
      }
    });
    return unserved;
  }

  private fillUp(): void {
    const { slotCapacity, slotCluster, clusterCapacity } = this.problem;
    for (let slot = 0; slot < this.slots; slot++) {
      this.slotFlow[slot] = Math.min(this.slotLoad[slot], slotCapacity[slot]);
      this.clusterIn[slotCluster[slot]] += this.slotFlow[slot];
    }
    for (let c = 0; c < this.clusters; c++) {
      this.clusterOut[c] = Math.min(this.clusterIn[c], clusterCapacity[c]);
    }
  }

  private excess(node: number): number {
    return node < this.slots
      ? this.slotLoad[node] - this.slotFlow[node]
      : this.clusterIn[node - this.slots] - this.clusterOut[node - this.slots];
  }

  /** Cheapest single-origin move from `slot` to each slot of its app. */
  private movesFrom(slot: number): (Arc | undefined)[] {
    const a = this.appOf[slot];
    const app = this.problem.apps[a];
    const from = slot - app.firstSlot;
    const amounts = this.amounts[a];
    const best: (Arc | undefined)[] = new Array(app.slots).fill(undefined);
    for (let origin = 0; origin < app.weight.length; origin++) {
      const room = amounts[origin * app.slots + from];
      if (room <= this.epsilon) continue;
      const here = app.unitCost[origin * app.slots + from];
      for (let to = 0; to < app.slots; to++) {
        const cost = app.unitCost[origin * app.slots + to] - here;
        if (to === from || cost === POSITIVE_INFINITY) continue;
        const known = best[to];
        if (known === undefined || cost < known.cost) best[to] = { cost, room, origin };
      }
    }
    return best;
  }

  private forEachArc(node: number, visit: (to: number, arc: Arc) => void): void {
    if (node < this.slots) {
      const app = this.problem.apps[this.appOf[node]];
      this.moves[node].forEach((arc, to) => {
        if (arc !== undefined) visit(app.firstSlot + to, arc);
      });
      const room = this.problem.slotCapacity[node] - this.slotFlow[node];
      if (room > this.epsilon) {
        visit(this.slots + this.problem.slotCluster[node], { cost: 0, room, origin: -1 });
      }
      return;
    }
    if (node === this.sink) {
      for (let c = 0; c < this.clusters; c++) {
        const room = this.clusterOut[c];
        if (room > this.epsilon) visit(this.slots + c, { cost: 0, room, origin: -1 });
      }
      return;
    }
    const cluster = node - this.slots;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.problem.slotCluster[slot] !== cluster) continue;
      const room = this.slotFlow[slot];
      if (room > this.epsilon) visit(slot, { cost: 0, room, origin: -1 });
    }
    const spare = this.problem.clusterCapacity[cluster] - this.clusterOut[cluster];
    if (spare > this.epsilon) visit(this.sink, { cost: 0, room: spare, origin: -1 });
  }

  /** Bellman-Ford (moved costs may be negative) from the nodes at distance 0; bounded by nodes x arcs. */
  private shortest(distance: Float64Array, via: Int32Array): void {
    const nodes = distance.length;
    let changed = true;
    for (let round = 0; changed && round <= nodes; round++) {
      changed = false;
      for (let node = 0; node < nodes; node++) {
        if (distance[node] === POSITIVE_INFINITY) continue;
        this.forEachArc(node, (to, arc) => {
          const reached = distance[node] + arc.cost;
          if (reached < distance[to] - 1e-12 * Math.max(1, Math.abs(reached))) {
            distance[to] = reached;
            via[to] = node;
            changed = true;
          }
        });
      }
    }
  }

  /** Sends excess along one cheapest path; false when no path leads to free capacity. */
  private augment(): boolean {
    const distance = new Float64Array(this.sink + 1).fill(POSITIVE_INFINITY);
    const via = new Int32Array(this.sink + 1).fill(-1);
    for (let node = 0; node < this.sink; node++) {
      if (this.excess(node) > this.epsilon) distance[node] = 0;
    }
    this.shortest(distance, via);
    if (distance[this.sink] === POSITIVE_INFINITY) return false;
    const path = [this.sink];
    while (via[path[0]] >= 0 && path.length <= this.sink + 1) path.unshift(via[path[0]]);
    this.push(path);
    return true;
  }

  private push(path: readonly number[]): void {
    let amount = this.excess(path[0]);
    const arcs: Arc[] = [];
    for (let i = 0; i + 1 < path.length; i++) {
      this.forEachArc(path[i], (to, arc) => {
        if (to === path[i + 1]) arcs[i] = arc;
      });
      amount = Math.min(amount, arcs[i].room);
    }
    const touched = new Set<number>();
    arcs.forEach((arc, i) => {
      this.move(path[i], path[i + 1], arc, amount);
      for (const node of [path[i], path[i + 1]]) if (node < this.slots) touched.add(node);
    });
    for (const slot of touched) this.moves[slot] = this.movesFrom(slot);
  }

  private move(from: number, to: number, arc: Arc, amount: number): void {
    if (arc.origin >= 0) {
      const a = this.appOf[from];
      const app = this.problem.apps[a];
      this.amounts[a][arc.origin * app.slots + from - app.firstSlot] -= amount;
      this.amounts[a][arc.origin * app.slots + to - app.firstSlot] += amount;
      this.slotLoad[from] -= amount;
      this.slotLoad[to] += amount;
    } else if (from < this.slots) {
      this.slotFlow[from] += amount;
      this.clusterIn[to - this.slots] += amount;
    } else if (to === this.sink) {
      this.clusterOut[from - this.slots] += amount;
    } else {
      this.slotFlow[to] -= amount;
      this.clusterIn[from - this.slots] -= amount;
    }
  }

  /**
   * By node from `first` up to `end`: the cost that one more unit of its capacity saves. The new capacity closes a cycle
   * from its far end through the residual network back to the node.
   */
  private savings(first: number, end: number): Float64Array {
    const savings = new Float64Array(end - first);
    for (let node = first; node < end; node++) {
      const farEnd = node < this.slots ? this.slots + this.problem.slotCluster[node] : this.sink;
      savings[node - first] = Math.max(0, -this.distancesFrom(farEnd)[node]);
    }
    return savings;
  }

  private distancesFrom(node: number): Float64Array {
    const distance = new Float64Array(this.sink + 1).fill(POSITIVE_INFINITY);
    distance[node] = 0;
    this.shortest(distance, new Int32Array(this.sink + 1));
    return distance;
  }
}
