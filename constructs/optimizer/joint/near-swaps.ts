/**
 * Evaluates every swap of one app in one pass over its near pairs (Resende and Werneck, EJOR 174, 2007). A pair that is not near
 * could only make a swap cheaper than it looks here.
 */

import { EJECTION_CHAIN } from '../options';
import { quickselect } from '../primitives/candidate-lists';
import type { RankedPairs } from '../primitives/ranking';
import type { AppProblem, Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** A set with the two cheapest clusters of every origin. */
export interface NearestAssignment {
  readonly open: readonly number[];
  /** By cluster: its position in `open`, -1 for none. */
  readonly position: Int32Array;
  /** By origin: position of the cheapest cluster, -1 for none, its cost and that of the next. */
  readonly first: Int32Array;
  readonly firstCost: Float64Array;
  readonly secondCost: Float64Array;
  /** By position: change of value by closing that cluster. */
  readonly closingChange: Float64Array;
}

/** All swaps of one app. */
export class NearSwaps {
  /** By cluster: change of value by opening it; Infinity where it cannot be opened. */
  readonly openingChange: Float64Array;
  /** [position * clusters + cluster]: change of value by closing `open[position]` and opening the cluster. */
  swapChange = new Float64Array(0);
  /** By cluster: requests/s it would serve when opened; empty for apps whose use does not depend on load. */
  readonly openedLoad: Float64Array;
  /** [position * clusters + cluster]: requests/s it would serve in the place of `open[position]`. */
  swappedLoad = new Float64Array(0);
  /** By cluster: the position it would best replace, -1 for none, and the change of value. */
  readonly bestPosition: Int32Array;
  readonly bestChange: Float64Array;
  private replacements: (Int32Array | undefined)[] = [];
  private readonly scratch: Float64Array;

  constructor(
    private readonly app: AppProblem,
    private readonly isLoadDependent: boolean,
    private readonly work: Work,
  ) {
    const { clusters } = app;
    this.openingChange = new Float64Array(clusters);
    this.openedLoad = new Float64Array(isLoadDependent ? clusters : 0);
    this.bestPosition = new Int32Array(clusters);
    this.bestChange = new Float64Array(clusters);
    this.scratch = new Float64Array(clusters);
  }

  /** Evaluates all swaps of a set. */
  evaluate(set: NearestAssignment, ranked: RankedPairs): void {
    const { app, openingChange } = this;
    const { clusters } = app;
    this.clear(set.open.length);
    if (this.isLoadDependent) this.addLoads(set, ranked);
    this.addCosts(set, ranked);
    for (let cluster = 0; cluster < clusters; cluster++) {
      const isFree = app.allowed[cluster] === 1 && set.position[cluster] < 0;
      openingChange[cluster] = isFree
        ? openingChange[cluster] + app.openCost[cluster]
        : POSITIVE_INFINITY;
    }
    this.addUp(set);
    this.replacements = set.open.map(() => undefined);
    this.work.spent += ranked.cluster.length / 4 + clusters * set.open.length;
  }

  private clear(width: number): void {
    const { clusters } = this.app;
    if (this.swapChange.length < width * clusters) {
      this.swapChange = new Float64Array(width * clusters);
      if (this.isLoadDependent) this.swappedLoad = new Float64Array(width * clusters);
    } else {
      this.swapChange.fill(0);
      this.swappedLoad.fill(0);
    }
    this.openingChange.fill(0);
    this.openedLoad.fill(0);
  }

  /** Adds what origins save at a cluster that is cheaper than their first, or than their second when the first closes. */
  private addCosts(set: NearestAssignment, { start, cluster, cost }: RankedPairs): void {
    const { openingChange, swapChange } = this;
    const { first, firstCost, secondCost } = set;
    const { clusters, origins } = this.app;
    for (let u = 0; u < origins; u++) {
      const end = start[u + 1];
      let k = start[u];
      const [nearest, next] = [firstCost[u], secondCost[u]];
      const row = first[u] * clusters;
      if (row < 0) {
        for (; k < end; k++) openingChange[cluster[k]] += cost[k] - nearest;
        continue;
      }
      const lost = nearest - next;
      for (; k < end; k++) {
        const here = cost[k];
        if (here >= nearest) break;
        openingChange[cluster[k]] += here - nearest;
        swapChange[row + cluster[k]] += lost;
      }
      for (; k < end; k++) {
        const here = cost[k];
        if (here >= next) break;
        swapChange[row + cluster[k]] += here - next;
      }
    }
  }

  private addLoads(set: NearestAssignment, { start, cluster, cost }: RankedPairs): void {
    const { openedLoad, swappedLoad } = this;
    const { first, firstCost, secondCost } = set;
    const { clusters, origins, requestsPerSecond } = this.app;
    for (let u = 0; u < origins; u++) {
      const end = start[u + 1];
      const amount = requestsPerSecond[u];
      let k = start[u];
      for (; k < end && cost[k] < firstCost[u]; k++) openedLoad[cluster[k]] += amount;
      const row = first[u] * clusters;
      if (row < 0) continue;
      for (; k < end && cost[k] < secondCost[u]; k++) swappedLoad[row + cluster[k]] += amount;
    }
  }

  /** Completes the changes of swaps, and finds the best position for every cluster. */
  private addUp({ open, closingChange }: NearestAssignment): void {
    const { openingChange, swapChange, openedLoad, swappedLoad, bestPosition, bestChange } = this;
    const { clusters, required } = this.app;
    bestPosition.fill(-1);
    bestChange.fill(POSITIVE_INFINITY);
    for (let p = 0; p < open.length; p++) {
      const row = p * clusters;
      const closing = closingChange[p];
      const mayGo = required[open[p]] === 0;
      for (let cluster = 0; cluster < clusters; cluster++) {
        const change = swapChange[row + cluster] + openingChange[cluster] + closing;
        swapChange[row + cluster] = change;
        if (mayGo && change < bestChange[cluster]) {
          bestChange[cluster] = change;
          bestPosition[cluster] = p;
        }
      }
      if (!this.isLoadDependent) continue;
      for (let cluster = 0; cluster < clusters; cluster++) {
        swappedLoad[row + cluster] += openedLoad[cluster];
      }
    }
  }

  /** The clusters that best replace `open[position]`, lowest change first. */
  replacementsFor(position: number): Int32Array {
    const known = this.replacements[position];
    if (known !== undefined) return known;
    const { swapChange, scratch } = this;
    const { clusters } = this.app;
    const row = position * clusters;
    let most = POSITIVE_INFINITY;
    if (clusters > EJECTION_CHAIN.maxReplacements) {
      for (let cluster = 0; cluster < clusters; cluster++)
        scratch[cluster] = swapChange[row + cluster];
      most = quickselect(scratch, 0, clusters - 1, EJECTION_CHAIN.maxReplacements - 1);
    }
    const places = new Int32Array(Math.min(clusters, EJECTION_CHAIN.maxReplacements));
    let count = 0;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const change = swapChange[row + cluster];
      if (change > most || change === POSITIVE_INFINITY) continue;
      if (count === places.length) {
        if (change >= swapChange[row + places[count - 1]]) continue;
        count--;
      }
      let at = count++;
      for (; at > 0 && swapChange[row + places[at - 1]] > change; at--) places[at] = places[at - 1];
      places[at] = cluster;
    }
    this.work.spent += 2 * clusters;
    const found = places.subarray(0, count);
    this.replacements[position] = found;
    return found;
  }
}
