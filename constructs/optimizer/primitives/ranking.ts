/**
 * Ranking: for every origin the clusters near enough to matter, cheapest first. Apps of one fleet rank clusters much alike, so each
 * app is sorted from where the one before it ended: where both agree that is one pass (insertion sort), else a sort of the row.
 */
import { ORIGINS_PER_BLOCK, PAIR_RANKING } from '../options';
import type { AppProblem } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** Near pairs of one app: those of origin `u` are from `start[u]` up to `start[u + 1]`, cheapest first. */
export interface RankedPairs {
  readonly start: Int32Array;
  readonly cluster: Int32Array;
  /** Cost of serving all of the origin there. */
  readonly cost: Float64Array;
}

/** Ranks the pairs of one app after the other. */
export class PairRanking {
  private origins = -1;
  /** By origin: clusters in the order of the last app. */
  private order = new Int32Array(0);
  /** The row sorted last: its clusters, their costs, how many. */
  private readonly items: Int32Array;
  private readonly keys: Float64Array;
  private found = 0;
  private readonly block: Float64Array;
  private cluster = new Int32Array(0);
  private cost = new Float64Array(0);

  constructor(private readonly clusters: number) {
    this.items = new Int32Array(clusters);
    this.keys = new Float64Array(clusters);
    this.block = new Float64Array(ORIGINS_PER_BLOCK * clusters);
  }

  /** The legal pairs that cost less than the cap of their origin. One pass over all pairs of the app. */
  pairsBelow(app: AppProblem, cap: Float64Array): RankedPairs {
    const { clusters, block, keys, items } = this;
    this.begin(app.origins);
    const { cluster, cost } = this;
    const start = new Int32Array(app.origins + 1);
    let count = 0;
    for (let first = 0; first < app.origins; first += ORIGINS_PER_BLOCK) {
      const size = Math.min(ORIGINS_PER_BLOCK, app.origins - first);
      this.gather(app, first, size);
      for (let j = 0; j < size; j++) {
        const u = first + j;
        const found = this.sort(block.subarray(j * clusters, (j + 1) * clusters), u * clusters);
        for (let k = 0; k < found && keys[k] < cap[u]; k++) {
          cluster[count] = items[k];
          cost[count++] = keys[k];
        }
        start[u + 1] = count;
      }
    }
    return { start, cluster: cluster.slice(0, count), cost: cost.slice(0, count) };
  }

  private begin(origins: number): void {
    if (origins === this.origins) return;
    const { clusters } = this;
    this.origins = origins;
    this.order = Int32Array.from({ length: origins * clusters }, (_, k) => k % clusters);
    this.cluster = new Int32Array(origins * clusters);
    this.cost = new Float64Array(origins * clusters);
  }

  /** Rows of costs by origin; Infinity where the cluster may not be chosen. */
  private gather({ allowed, origins, cost }: AppProblem, first: number, size: number): void {
    const { clusters, block } = this;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const from = cluster * origins + first;
      const isAllowed = allowed[cluster] === 1;
      for (let j = 0; j < size; j++) {
        block[j * clusters + cluster] = isAllowed ? cost[from + j] : POSITIVE_INFINITY;
      }
    }
  }

  /** Sorts a row from where `order` had it; `items` become its clusters that may be chosen, `keys` their costs. How many there are. */
  private sort(row: Float64Array, at: number): number {
    const { order, items, clusters } = this;
    let moves = this.insert(row, at, PAIR_RANKING.maxShifts * clusters);
    if (moves < 0) {
      const presorted = Array.from({ length: clusters }, (_, cluster) => cluster);
      presorted.sort((a, b) => (row[a] < row[b] ? -1 : row[a] > row[b] ? 1 : a - b));
      order.set(presorted, at);
      moves = this.insert(row, at, POSITIVE_INFINITY);
    } else if (moves > 0) {
      let to = this.found;
      for (let k = 0; k < clusters; k++) {
        const cluster = order[at + k];
        if (row[cluster] === POSITIVE_INFINITY) items[to++] = cluster;
      }
      order.set(items, at);
    }
    return this.found;
  }

  /** Insertion sort: by how many places clusters moved; -1 when it would be more than `most`. */
  private insert(row: Float64Array, at: number, most: number): number {
    const { order, keys, items, clusters } = this;
    let moves = 0;
    let count = 0;
    for (let k = 0; k < clusters; k++) {
      const cluster = order[at + k];
      const key = row[cluster];
      if (key === POSITIVE_INFINITY) continue;
      let place = count++;
      const last = place;
      while (place > 0) {
        const before = keys[place - 1];
        if (before < key || (before === key && items[place - 1] < cluster)) break;
        keys[place] = before;
        items[place] = items[place - 1];
        place--;
      }
      keys[place] = key;
      items[place] = cluster;
      moves += last - place;
      if (moves > most) return -1;
    }
    this.found = count;
    return moves;
  }
}
