/**
 * The minimum-cost flow of one app's divisible demand on open clusters with capacity, updated while clusters open and close.
 * Flow that leaves a cluster, or comes to a new one, follows cheapest augmenting paths over the clusters alone (Ahuja,
 * Magnanti and Orlin, Network Flows, 1993, ch. 9). A price per cluster keeps all reduced costs non-negative. Demand without
 * capacity goes to a dummy cluster whose cost exceeds every path to a real one.
 */
import { type AppProblem, costAt, demandOf, type Work } from '../problem/problem';
import { CheapestMoves } from './cheapest-moves';

const { POSITIVE_INFINITY } = Number;

/** The flow of one app. The dummy cluster comes after the last cluster. */
export class IncrementalFlow {
  /** Open clusters, the dummy first, then in arbitrary order. */
  open: number[] = [];
  readonly dummy: number;
  readonly isOpen: Uint8Array;
  /** By cluster: its load in requests/s. */
  readonly load: Float64Array;
  /** By cluster: the dual price of a request/s of capacity; 0 where capacity is left. */
  readonly price: Float64Array;
  /** [cluster * origins + origin]: requests/s. */
  readonly amounts: Float64Array;
  /** [origin * (clusters + 1) + cluster]: cost of one request/s. */
  readonly unit: Float64Array;
  /** Cost of the flow, without the dummy. */
  cost = 0;
  private readonly width: number;
  private readonly weights: Float64Array;
  private readonly loadTolerance: number;
  /** Differences of cost up to this are rounding. */
  private readonly costTolerance: number;
  private readonly moves: CheapestMoves;
  private readonly reached: Float64Array;
  private readonly via: Int32Array;
  private readonly isDone: Uint8Array;

  constructor(
    app: AppProblem,
    /** By cluster: its capacity in requests/s. */
    readonly capacities: Float64Array,
    private readonly work: Work,
    /** The clusters that may open; all by default. The flow and `capacities` refer to them by their index in here. */
    among: readonly number[] = [...app.allowed.keys()],
  ) {
    const { origins, requestsPerSecond } = app;
    const clusters = among.length;
    this.weights = requestsPerSecond;
    this.dummy = clusters;
    this.width = clusters + 1;
    this.unit = new Float64Array(origins * this.width);
    let dearest = 0;
    for (let u = 0; u < origins; u++) {
      for (let c = 0; c < clusters; c++) {
        const one = costAt(app, among[c], u) / requestsPerSecond[u];
        this.unit[u * this.width + c] = one;
        if (one < POSITIVE_INFINITY && Math.abs(one) > dearest) dearest = Math.abs(one);
      }
    }
    const all = demandOf(app);
    const opening = app.openCost.reduce((sum, one) => sum + Math.abs(one), 0);
    // A path passes every cluster at most once, so that no path to free capacity costs as much as the dummy.
    const far = 2 * dearest * (clusters + 2) + (4 * opening) / Math.max(all, Number.MIN_VALUE) + 1;
    for (let u = 0; u < origins; u++) this.unit[u * this.width + clusters] = far;
    this.loadTolerance = 1e-11 * Math.max(all, Number.MIN_VALUE);
    this.costTolerance = 1e-11 * Math.max(dearest, Number.MIN_VALUE);
    this.isOpen = new Uint8Array(this.width);
    this.load = new Float64Array(this.width);
    this.price = new Float64Array(this.width);
    this.amounts = new Float64Array(this.width * origins);
    this.moves = new CheapestMoves(this.unit, this.amounts, this.width, work);
    this.reached = new Float64Array(this.width);
    this.via = new Int32Array(this.width);
    this.isDone = new Uint8Array(this.width);
  }

  /** True when all demand is served. */
  get isComplete(): boolean {
    return this.load[this.dummy] <= this.loadTolerance * 100;
  }

  /** Computes the flow of a set from scratch. */
  reset(set: readonly number[]): void {
    const { weights, unit, width } = this;
    this.open = [this.dummy, ...set];
    this.isOpen.fill(0);
    this.load.fill(0);
    this.price.fill(0);
    this.amounts.fill(0);
    this.cost = 0;
    for (const one of this.open) this.isOpen[one] = 1;
    for (let u = 0; u < weights.length; u++) {
      let best = this.dummy;
      for (const one of this.open) {
        if (unit[u * width + one] < unit[u * width + best]) best = one;
      }
      this.amounts[best * weights.length + u] = weights[u];
      this.load[best] += weights[u];
      this.cost += weights[u] * unit[u * width + best];
    }
    this.work.spent += weights.length * this.open.length * 2;
    for (const one of this.open) this.moves.updateFrom(one, this.open);
    for (const one of set) this.relieve(one, Math.max(0, this.capacities[one]));
  }

  /** Closes a cluster and moves its flow to the others at least total cost. */
  closeCluster(cluster: number): void {
    this.relieve(cluster, 0);
    this.open = this.open.filter((one) => one !== cluster);
    this.isOpen[cluster] = 0;
    this.price[cluster] = 0;
    this.load[cluster] = 0;
    this.amounts.fill(0, cluster * this.weights.length, (cluster + 1) * this.weights.length);
  }

  /** Opens a cluster and moves flow to it as long as that lowers the cost. */
  openCluster(cluster: number): void {
    const { price, capacities, load, moves } = this;
    let highest = 0;
    for (const one of this.open) {
      moves.updateBetween(one, cluster);
      highest = Math.max(highest, price[one] - moves.move[one * this.width + cluster]);
    }
    this.open = [...this.open, cluster];
    this.isOpen[cluster] = 1;
    price[cluster] = highest;
    moves.updateFrom(cluster, this.open);
    // Every round fills the cluster, or takes all flow of an origin from another cluster.
    while (load[cluster] < capacities[cluster] - this.loadTolerance && price[cluster] > 0) {
      this.spread(-1, cluster);
      const distance = Math.min(this.reached[cluster], price[cluster]);
      const isCheaper = this.reached[cluster] < price[cluster] * (1 - 1e-12);
      for (const one of this.open) {
        // An empty cluster loses no flow. Its price only has to be high enough, and it already is.
        if (load[one] > this.loadTolerance || one === cluster) {
          price[one] -= Math.min(this.reached[one], distance);
        }
      }
      if (!isCheaper) break;
      this.push(cluster, capacities[cluster] - load[cluster]);
    }
    if (load[cluster] < capacities[cluster] - this.loadTolerance) price[cluster] = 0;
  }

  /** The state that `restore` takes. */
  save(): FlowState {
    const rows = this.open.map((one) => ({
      one,
      amounts: this.amounts.slice(one * this.weights.length, (one + 1) * this.weights.length),
      move: this.moves.move.slice(one * this.width, (one + 1) * this.width),
      mover: this.moves.mover.slice(one * this.width, (one + 1) * this.width),
    }));
    this.work.spent += this.open.length * this.weights.length;
    const { cost } = this;
    return { rows, load: this.load.slice(), price: this.price.slice(), cost };
  }

  /** Returns to a saved state. */
  restore({ rows, load, price, cost }: FlowState): void {
    const origins = this.weights.length;
    for (const one of this.open) this.amounts.fill(0, one * origins, (one + 1) * origins);
    this.isOpen.fill(0);
    this.open = rows.map(({ one }) => one);
    for (const { one, amounts, move, mover } of rows) {
      this.isOpen[one] = 1;
      this.amounts.set(amounts, one * origins);
      this.moves.move.set(move, one * this.width);
      this.moves.mover.set(mover, one * this.width);
    }
    this.load.set(load);
    this.price.set(price);
    this.cost = cost;
  }

  /** Moves flow beyond `limit` away. The dummy has capacity for all demand. Every round fills a cluster or moves all flow of an origin. */
  private relieve(cluster: number, limit: number): void {
    while (this.load[cluster] - limit > this.loadTolerance) {
      const target = this.spread(cluster, -1);
      const distance = this.reached[target];
      const room =
        target === this.dummy ? POSITIVE_INFINITY : this.capacities[target] - this.load[target];
      for (const one of this.open) {
        this.price[one] += distance - Math.min(this.reached[one], distance);
      }
      this.push(target, Math.min(room, this.load[cluster] - limit));
    }
  }

  /**
   * Shortest paths by reduced cost (Dijkstra) from `from` to the first cluster with free capacity. With `from` -1 they start at every
   * cluster with load, at its price, and end at `to`. Returns the last cluster. Time is quadratic in the open clusters.
   */
  private spread(from: number, to: number): number {
    const { reached, via, isDone, open, price, width } = this;
    const { move } = this.moves;
    for (const one of open) {
      isDone[one] = 0;
      via[one] = -1;
      const isStart = from < 0 ? one !== to && this.load[one] > this.loadTolerance : one === from;
      reached[one] = isStart ? (from < 0 ? price[one] : 0) : POSITIVE_INFINITY;
    }
    for (;;) {
      let next = -1;
      for (const one of open) {
        if (isDone[one] === 0 && (next < 0 || reached[one] < reached[next])) next = one;
      }
      if (next < 0 || reached[next] === POSITIVE_INFINITY) return to;
      isDone[next] = 1;
      this.work.spent += open.length;
      if (next === to || (from >= 0 && next !== from && this.hasRoom(next))) return next;
      const row = next * width;
      const here = reached[next] - price[next];
      for (const one of open) {
        if (isDone[one] === 1) continue;
        const there = Math.max(reached[next], here + move[row + one] + price[one]);
        // Of two paths of equal cost it keeps the shorter one. Otherwise rounding errors could circulate for ever.
        if (there >= reached[one] - this.costTolerance) continue;
        reached[one] = there;
        via[one] = next;
      }
    }
  }

  private hasRoom(cluster: number): boolean {
    return (
      cluster === this.dummy || this.capacities[cluster] - this.load[cluster] > this.loadTolerance
    );
  }

  /** Moves as much flow as possible, at most `amount`, along the path that `spread` found to `target`. */
  private push(target: number, amount: number): void {
    const { via, width, amounts, weights, unit, load, moves } = this;
    const { mover } = moves;
    const origins = weights.length;
    let most = amount;
    for (let to = target; via[to] >= 0; to = via[to]) {
      most = Math.min(most, amounts[via[to] * origins + mover[via[to] * width + to]]);
    }
    for (let to = target; via[to] >= 0; to = via[to]) {
      const from = via[to];
      const u = mover[from * width + to];
      const left = amounts[from * origins + u] - most;
      // A remainder within rounding moves too.
      const moved = left > this.loadTolerance ? most : amounts[from * origins + u];
      amounts[from * origins + u] -= moved;
      amounts[to * origins + u] += moved;
      load[from] -= moved;
      load[to] += moved;
      this.cost += moved * (unit[u * width + to] - unit[u * width + from]);
    }
    for (let to = target; to >= 0; to = via[to]) moves.updateFrom(to, this.open);
  }
}

/** A saved state of a flow. */
export interface FlowState {
  readonly rows: readonly {
    readonly one: number;
    readonly amounts: Float64Array;
    readonly move: Float64Array;
    readonly mover: Int32Array;
  }[];
  readonly load: Float64Array;
  readonly price: Float64Array;
  readonly cost: number;
}
