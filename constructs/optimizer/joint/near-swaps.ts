/**
 * Swaps: what every exchange of one cluster of an app for another would cost, in one pass over the pairs that are near enough to
 * matter (Resende and Werneck, EJOR 174, 2007). Pairs that are farther could only make an exchange cheaper than it looks here.
 */

import { smallest } from '../primitives/candidate-lists';
import type { Ranked } from '../primitives/ranking';
import type { AppProblem, Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** An app's set as its origins see it. */
export interface Nearby {
  readonly open: readonly number[];
  /** By cluster: its position in `open`, -1 for none. */
  readonly position: Int32Array;
  /** By origin: position of the cheapest cluster, -1 for none, its cost and that of the next. */
  readonly first: Int32Array;
  readonly firstCost: Float64Array;
  readonly secondCost: Float64Array;
  /** By position: change of value by closing that cluster. */
  readonly leaving: Float64Array;
}

/** Clusters that may take the place of one, cheapest first. */
const MOST_PLACES = 128;

/** The table of exchanges of one app. */
export class Swaps {
  /** By cluster: change of value by opening it besides the others; Infinity where that is not possible. */
  readonly gains: Float64Array;
  /** [position * clusters + cluster]: change of value by moving from `open[position]` there. */
  changes = new Float64Array(0);
  /** By cluster: requests/s it would take when opened besides the others; empty for apps whose use does not depend on load. */
  readonly arrivals: Float64Array;
  /** [position * clusters + cluster]: requests/s it would take instead of `open[position]`. */
  arrivalsFrom = new Float64Array(0);
  /** By cluster: the position whose place it would best take, -1 for none, and the change then. */
  readonly bestPosition: Int32Array;
  readonly bestChange: Float64Array;
  private places: (Int32Array | undefined)[] = [];
  private readonly scratch: Float64Array;

  constructor(
    private readonly app: AppProblem,
    private readonly isLoaded: boolean,
    private readonly work: Work,
  ) {
    const { clusters } = app;
    this.gains = new Float64Array(clusters);
    this.arrivals = new Float64Array(isLoaded ? clusters : 0);
    this.bestPosition = new Int32Array(clusters);
    this.bestChange = new Float64Array(clusters);
    this.scratch = new Float64Array(clusters);
  }

  /** Weighs all exchanges of a set. */
  weigh(set: Nearby, ranked: Ranked): void {
    const { app, gains } = this;
    const { clusters } = app;
    this.clear(set.open.length);
    if (this.isLoaded) this.addLoads(set, ranked);
    this.addCosts(set, ranked);
    for (let cluster = 0; cluster < clusters; cluster++) {
      const isFree = app.allowed[cluster] === 1 && set.position[cluster] < 0;
      gains[cluster] = isFree ? gains[cluster] + app.openCost[cluster] : POSITIVE_INFINITY;
    }
    this.addUp(set);
    this.places = set.open.map(() => undefined);
    this.work.spent += ranked.cluster.length / 4 + clusters * set.open.length;
  }

  private clear(width: number): void {
    const { clusters } = this.app;
    if (this.changes.length < width * clusters) {
      this.changes = new Float64Array(width * clusters);
      if (this.isLoaded) this.arrivalsFrom = new Float64Array(width * clusters);
    } else {
      this.changes.fill(0);
      this.arrivalsFrom.fill(0);
    }
    this.gains.fill(0);
    this.arrivals.fill(0);
  }

  /** Who would rather be served by a newcomer than by its first or, were that gone, its second cluster. */
  private addCosts(set: Nearby, { start, cluster, cost }: Ranked): void {
    const { gains, changes } = this;
    const { first, firstCost, secondCost } = set;
    const { clusters, origins } = this.app;
    for (let u = 0; u < origins; u++) {
      const end = start[u + 1];
      let k = start[u];
      const [nearest, next] = [firstCost[u], secondCost[u]];
      const row = first[u] * clusters;
      if (row < 0) {
        for (; k < end; k++) gains[cluster[k]] += cost[k] - nearest;
        continue;
      }
      const lost = nearest - next;
      for (; k < end; k++) {
        const here = cost[k];
        if (here >= nearest) break;
        gains[cluster[k]] += here - nearest;
        changes[row + cluster[k]] += lost;
      }
      for (; k < end; k++) {
        const here = cost[k];
        if (here >= next) break;
        changes[row + cluster[k]] += here - next;
      }
    }
  }

  private addLoads(set: Nearby, { start, cluster, cost }: Ranked): void {
    const { arrivals, arrivalsFrom } = this;
    const { first, firstCost, secondCost } = set;
    const { clusters, origins, requestsPerSecond } = this.app;
    for (let u = 0; u < origins; u++) {
      const end = start[u + 1];
      const amount = requestsPerSecond[u];
      let k = start[u];
      for (; k < end && cost[k] < firstCost[u]; k++) arrivals[cluster[k]] += amount;
      const row = first[u] * clusters;
      if (row < 0) continue;
      for (; k < end && cost[k] < secondCost[u]; k++) arrivalsFrom[row + cluster[k]] += amount;
    }
  }

  /** From parts to whole changes; the best place of every newcomer on the way. */
  private addUp({ open, leaving }: Nearby): void {
    const { gains, changes, arrivals, arrivalsFrom, bestPosition, bestChange } = this;
    const { clusters, held } = this.app;
    bestPosition.fill(-1);
    bestChange.fill(POSITIVE_INFINITY);
    for (let p = 0; p < open.length; p++) {
      const row = p * clusters;
      const closing = leaving[p];
      const mayGo = held[open[p]] === 0;
      for (let cluster = 0; cluster < clusters; cluster++) {
        const change = changes[row + cluster] + gains[cluster] + closing;
        changes[row + cluster] = change;
        if (mayGo && change < bestChange[cluster]) {
          bestChange[cluster] = change;
          bestPosition[cluster] = p;
        }
      }
      if (!this.isLoaded) continue;
      for (let cluster = 0; cluster < clusters; cluster++) {
        arrivalsFrom[row + cluster] += arrivals[cluster];
      }
    }
  }

  /** The clusters that would best take the place of `open[position]`, cheapest first. */
  placesFor(position: number): Int32Array {
    const known = this.places[position];
    if (known !== undefined) return known;
    const { changes, scratch } = this;
    const { clusters } = this.app;
    const row = position * clusters;
    let most = POSITIVE_INFINITY;
    if (clusters > MOST_PLACES) {
      for (let cluster = 0; cluster < clusters; cluster++)
        scratch[cluster] = changes[row + cluster];
      most = smallest(scratch, 0, clusters - 1, MOST_PLACES - 1);
    }
    const places = new Int32Array(Math.min(clusters, MOST_PLACES));
    let count = 0;
    for (let cluster = 0; cluster < clusters; cluster++) {
      const change = changes[row + cluster];
      if (change > most || change === POSITIVE_INFINITY) continue;
      if (count === places.length) {
        if (change >= changes[row + places[count - 1]]) continue;
        count--;
      }
      let at = count++;
      for (; at > 0 && changes[row + places[at - 1]] > change; at--) places[at] = places[at - 1];
      places[at] = cluster;
    }
    this.work.spent += 2 * clusters;
    const found = places.subarray(0, count);
    this.places[position] = found;
    return found;
  }
}
