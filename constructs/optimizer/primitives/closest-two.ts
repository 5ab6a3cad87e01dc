/**
 * Nearest two: for every origin the cheapest two open clusters on its list, kept up to date as clusters open and close,
 * and what closing each open cluster would cost (Whitaker, INFOR 21, 1983). Opening looks at the pairs of the cluster,
 * closing also at the lists of the origins that lose one of their two, or of the clusters that stay, whichever are shorter.
 */

import type { Work } from '../problem/problem';
import type { CandidateLists } from './candidate-lists';

/** The cheapest two open clusters of every origin. */
export class ClosestTwo {
  /** By origin: the two clusters, -1 for none, and their costs, `unservedCost` for none. */
  readonly first: Int32Array;
  readonly firstCost: Float64Array;
  readonly second: Int32Array;
  readonly secondCost: Float64Array;
  /** By open cluster: what serving its origins elsewhere adds. */
  readonly closingCost: Float64Array;
  private readonly isOpen: Uint8Array;
  /** Pairs on the lists of open clusters. */
  private openPairs = 0;
  /** Origins that lose one of their two, and 1 for each of them. */
  private readonly affected: Int32Array;
  private readonly isAffected: Uint8Array;
  /** Built on first use; with few clusters open it is never needed. */
  private rows: Rows | undefined;

  constructor(
    private readonly lists: CandidateLists,
    /** By origin: cost when no listed cluster is open. */
    private readonly unservedCost: Float64Array,
    private readonly work: Work,
  ) {
    const { origins, clusters } = lists;
    this.first = new Int32Array(origins);
    this.firstCost = new Float64Array(origins);
    this.second = new Int32Array(origins);
    this.secondCost = new Float64Array(origins);
    this.closingCost = new Float64Array(clusters);
    this.isOpen = new Uint8Array(clusters);
    this.affected = new Int32Array(origins);
    this.isAffected = new Uint8Array(origins);
  }

  /** Opens exactly these, anew; so rounding of updates does not add up. */
  reset(open: readonly number[]): void {
    const { first, firstCost, second, secondCost, lists } = this;
    this.isOpen.fill(0);
    this.openPairs = 0;
    this.closingCost.fill(0);
    first.fill(-1);
    second.fill(-1);
    firstCost.set(this.unservedCost);
    secondCost.set(this.unservedCost);
    for (const cluster of open) {
      this.isOpen[cluster] = 1;
      this.openPairs += lists.start[cluster + 1] - lists.start[cluster];
      for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
        this.insert(lists.origin[k], cluster, lists.cost[k]);
      }
      this.work.spent += lists.start[cluster + 1] - lists.start[cluster];
    }
    for (let u = 0; u < first.length; u++) {
      if (first[u] >= 0) this.closingCost[first[u]] += secondCost[u] - firstCost[u];
    }
  }

  open(cluster: number): void {
    const { lists, closingCost, first, firstCost, secondCost } = this;
    this.isOpen[cluster] = 1;
    this.openPairs += lists.start[cluster + 1] - lists.start[cluster];
    closingCost[cluster] = 0;
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      const u = lists.origin[k];
      if (lists.cost[k] >= secondCost[u]) continue;
      if (first[u] >= 0) closingCost[first[u]] -= secondCost[u] - firstCost[u];
      this.insert(u, cluster, lists.cost[k]);
      closingCost[first[u]] += secondCost[u] - firstCost[u];
    }
    this.work.spent += lists.start[cluster + 1] - lists.start[cluster];
  }

  close(cluster: number): void {
    const { lists, closingCost, first, firstCost, second, secondCost, affected, isAffected } = this;
    const pairs = lists.start[cluster + 1] - lists.start[cluster];
    this.isOpen[cluster] = 0;
    this.openPairs -= pairs;
    let count = 0;
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      const u = lists.origin[k];
      if (first[u] !== cluster && second[u] !== cluster) continue;
      closingCost[first[u]] -= secondCost[u] - firstCost[u];
      if (first[u] === cluster) {
        first[u] = second[u];
        firstCost[u] = secondCost[u];
      }
      second[u] = -1;
      secondCost[u] = this.unservedCost[u];
      affected[count++] = u;
      isAffected[u] = 1;
    }
    this.findSeconds(count);
    for (let i = 0; i < count; i++) {
      const u = affected[i];
      isAffected[u] = 0;
      if (first[u] >= 0) closingCost[first[u]] += secondCost[u] - firstCost[u];
    }
    closingCost[cluster] = 0;
    this.work.spent += pairs;
  }

  private findSeconds(count: number): void {
    const rowPairs = (count * this.lists.cost.length) / Math.max(1, this.lists.origins);
    if (this.openPairs < rowPairs) {
      this.findSecondsByCluster();
      return;
    }
    this.rows ??= rowsOf(this.lists);
    for (let i = 0; i < count; i++) this.findSecond(this.rows, this.affected[i]);
  }

  private findSecondsByCluster(): void {
    const { lists, isOpen, isAffected, first, second, secondCost } = this;
    for (let cluster = 0; cluster < isOpen.length; cluster++) {
      if (isOpen[cluster] === 0) continue;
      for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
        const u = lists.origin[k];
        if (isAffected[u] === 0 || first[u] === cluster || lists.cost[k] >= secondCost[u]) continue;
        second[u] = cluster;
        secondCost[u] = lists.cost[k];
      }
    }
    this.work.spent += this.openPairs;
  }

  private insert(u: number, cluster: number, cost: number): void {
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

  private findSecond({ start, cluster: row, pair }: Rows, u: number): void {
    const { lists, isOpen } = this;
    const first = this.first[u];
    let best = -1;
    let least = this.unservedCost[u];
    for (let i = start[u]; i < start[u + 1]; i++) {
      const cluster = row[i];
      if (isOpen[cluster] === 0 || cluster === first) continue;
      const cost = lists.cost[pair[i]];
      if (cost >= least) continue;
      least = cost;
      best = cluster;
    }
    this.second[u] = best;
    this.secondCost[u] = least;
    this.work.spent += start[u + 1] - start[u];
  }
}

/** Pairs by origin: cluster and index into the lists. */
interface Rows {
  readonly start: Int32Array;
  readonly cluster: Int32Array;
  readonly pair: Int32Array;
}

function rowsOf(lists: CandidateLists): Rows {
  const start = new Int32Array(lists.origins + 1);
  const rows: Rows = {
    start,
    cluster: new Int32Array(lists.cost.length),
    pair: new Int32Array(lists.cost.length),
  };
  for (let k = 0; k < lists.origin.length; k++) start[lists.origin[k] + 1]++;
  for (let u = 0; u < lists.origins; u++) start[u + 1] += start[u];
  const at = start.slice();
  for (let cluster = 0; cluster < lists.clusters; cluster++) {
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      const i = at[lists.origin[k]]++;
      rows.cluster[i] = cluster;
      rows.pair[i] = k;
    }
  }
  return rows;
}
