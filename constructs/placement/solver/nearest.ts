/**
 * Nearest two: for every origin the cheapest two open clusters on its list, kept up to date as clusters open and close,
 * and what closing each open cluster would cost (Whitaker, INFOR 21, 1983). Opening looks at the pairs of the cluster,
 * closing also at the lists of the origins that lose one of their two.
 */
import type { Lists } from './lists';
import type { Work } from './problem';

/** The open clusters as origins see them. */
export class Nearest {
  /** By origin: the two clusters, -1 for none, and their costs, `far` for none. */
  readonly first: Int32Array;
  readonly firstCost: Float64Array;
  readonly second: Int32Array;
  readonly secondCost: Float64Array;
  /** By open cluster: what serving its origins elsewhere adds. */
  readonly leaving: Float64Array;
  private readonly isOpen: Uint8Array;
  /** Pairs by origin: cluster and index into the lists. */
  private readonly rowStart: Int32Array;
  private readonly rowCluster: Int32Array;
  private readonly rowPair: Int32Array;

  constructor(
    private readonly lists: Lists,
    /** By origin: cost when no listed cluster is open. */
    private readonly far: Float64Array,
    private readonly work: Work,
  ) {
    const { origins, clusters } = lists;
    this.first = new Int32Array(origins);
    this.firstCost = new Float64Array(origins);
    this.second = new Int32Array(origins);
    this.secondCost = new Float64Array(origins);
    this.leaving = new Float64Array(clusters);
    this.isOpen = new Uint8Array(clusters);
    this.rowStart = new Int32Array(origins + 1);
    this.rowCluster = new Int32Array(lists.cost.length);
    this.rowPair = new Int32Array(lists.cost.length);
    this.index();
  }

  /** Opens exactly these, anew; so rounding of updates does not add up. */
  reset(open: readonly number[]): void {
    const { first, firstCost, second, secondCost, lists } = this;
    this.isOpen.fill(0);
    this.leaving.fill(0);
    first.fill(-1);
    second.fill(-1);
    firstCost.set(this.far);
    secondCost.set(this.far);
    for (const cluster of open) {
      this.isOpen[cluster] = 1;
      for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
        this.offer(lists.origin[k], cluster, lists.cost[k]);
      }
      this.work.spent += lists.start[cluster + 1] - lists.start[cluster];
    }
    for (let u = 0; u < first.length; u++) {
      if (first[u] >= 0) this.leaving[first[u]] += secondCost[u] - firstCost[u];
    }
  }

  open(cluster: number): void {
    const { lists, leaving, first, firstCost, secondCost } = this;
    this.isOpen[cluster] = 1;
    leaving[cluster] = 0;
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      const u = lists.origin[k];
      if (lists.cost[k] >= secondCost[u]) continue;
      if (first[u] >= 0) leaving[first[u]] -= secondCost[u] - firstCost[u];
      this.offer(u, cluster, lists.cost[k]);
      leaving[first[u]] += secondCost[u] - firstCost[u];
    }
    this.work.spent += lists.start[cluster + 1] - lists.start[cluster];
  }

  close(cluster: number): void {
    const { lists, leaving, first, firstCost, second, secondCost } = this;
    this.isOpen[cluster] = 0;
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      const u = lists.origin[k];
      if (first[u] !== cluster && second[u] !== cluster) continue;
      leaving[first[u]] -= secondCost[u] - firstCost[u];
      if (first[u] === cluster) {
        first[u] = second[u];
        firstCost[u] = secondCost[u];
      }
      this.findSecond(u);
      if (first[u] >= 0) leaving[first[u]] += secondCost[u] - firstCost[u];
    }
    leaving[cluster] = 0;
    this.work.spent += lists.start[cluster + 1] - lists.start[cluster];
  }

  private offer(u: number, cluster: number, cost: number): void {
    const { first, firstCost, second, secondCost } = this;
    if (cost < firstCost[u]) {
      second[u] = first[u];
      secondCost[u] = firstCost[u];
      first[u] = cluster;
      firstCost[u] = cost;
    } else if (cost < secondCost[u]) {
      second[u] = cluster;
      secondCost[u] = cost;
    }
  }

  private findSecond(u: number): void {
    const { rowStart, rowCluster, rowPair, lists, isOpen } = this;
    const nearest = this.first[u];
    let best = -1;
    let least = this.far[u];
    for (let i = rowStart[u]; i < rowStart[u + 1]; i++) {
      const cluster = rowCluster[i];
      if (isOpen[cluster] === 0 || cluster === nearest) continue;
      const cost = lists.cost[rowPair[i]];
      if (cost >= least) continue;
      least = cost;
      best = cluster;
    }
    this.second[u] = best;
    this.secondCost[u] = least;
    this.work.spent += rowStart[u + 1] - rowStart[u];
  }

  private index(): void {
    const { lists, rowStart, rowCluster, rowPair } = this;
    for (const u of lists.origin) rowStart[u + 1]++;
    for (let u = 0; u < lists.origins; u++) rowStart[u + 1] += rowStart[u];
    const at = rowStart.slice();
    for (let cluster = 0; cluster < lists.clusters; cluster++) {
      for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
        const i = at[lists.origin[k]]++;
        rowCluster[i] = cluster;
        rowPair[i] = k;
      }
    }
  }
}
