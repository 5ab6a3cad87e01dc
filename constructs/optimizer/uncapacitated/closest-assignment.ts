/**
 * Closest assignment: where nothing limits load, every origin is served by its cheapest open cluster. So, once a cluster is fixed
 * open, no origin uses a dearer pair, and two clusters conflict when one of them would fall below its minimum load.
 */

import type { AppProblem, CandidateLists } from '../problem/problem';
import { MAX_CONFLICT_COMPARISONS } from '../single-app-options';
import { minimumLoadsOf, sizeBranchesOf } from './minimum-load';
import { IN, OUT } from './relaxation';

/** Costs that differ by less than this share are equal. */
const TOLERANCE = 1e-9;

/** [a * clusters + b] = 1 where one of the two would be below its minimum load; undefined where comparing all would take too long. */
export function minimumLoadConflicts(app: AppProblem): Uint8Array | undefined {
  const { clusters, origins, allowed } = app;
  const minimumLoads = minimumLoadsOf(sizeBranchesOf(app)?.large ?? app);
  if (minimumLoads === undefined || (clusters * clusters * origins) / 2 > MAX_CONFLICT_COMPARISONS)
    return undefined;
  const near = new Uint8Array(clusters * clusters);
  for (let a = 0; a < clusters; a++) {
    for (let b = 0; b < a; b++) {
      if (allowed[a] === 0 || allowed[b] === 0 || !isConflict(app, minimumLoads, a, b)) continue;
      near[a * clusters + b] = 1;
      near[b * clusters + a] = 1;
    }
  }
  return near;
}

function isConflict(app: AppProblem, minimumLoads: Float64Array, a: number, b: number): boolean {
  const { origins, cost, requestsPerSecond } = app;
  const [first, second] = [a * origins, b * origins];
  let [atA, atB] = [0, 0];
  for (let u = 0; u < origins; u++) {
    const [here, there] = [cost[first + u], cost[second + u]];
    if (here === Number.POSITIVE_INFINITY && there === here) continue;
    if (!costsMore(here, there)) atA += requestsPerSecond[u];
    if (!costsMore(there, here)) atB += requestsPerSecond[u];
  }
  return atA < minimumLoads[a] || atB < minimumLoads[b];
}

function costsMore(one: number, other: number): boolean {
  return one > other + TOLERANCE * Math.abs(other);
}

/** Removes pairs and free clusters that the clusters fixed open rule out. */
export class ClosestAssignment {
  private readonly cheapest: Float64Array;

  constructor(
    private readonly app: AppProblem,
    private readonly minimumLoads: Float64Array | undefined,
  ) {
    this.cheapest = new Float64Array(app.origins);
  }

  /** Lists without pairs that cost more than a pair of the origin with a cluster fixed open; the same lists when none is. */
  prune(lists: CandidateLists, state: Uint8Array): CandidateLists {
    const { cheapest, app } = this;
    cheapest.fill(Number.POSITIVE_INFINITY);
    if (!state.includes(IN)) return lists;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] !== IN) continue;
      const row = cluster * app.origins;
      for (let u = 0; u < cheapest.length; u++) {
        if (app.cost[row + u] < cheapest[u]) cheapest[u] = app.cost[row + u];
      }
    }
    for (let u = 0; u < cheapest.length; u++) cheapest[u] += TOLERANCE * Math.abs(cheapest[u]);
    const start = new Int32Array(lists.clusters + 1);
    const origin = new Int32Array(lists.origin.length);
    const cost = new Float64Array(lists.cost.length);
    let at = 0;
    for (let cluster = 0; cluster < lists.clusters; cluster++) {
      const end = state[cluster] === OUT ? 0 : lists.start[cluster + 1];
      for (let k = lists.start[cluster]; k < end; k++) {
        if (lists.cost[k] > cheapest[lists.origin[k]]) continue;
        origin[at] = lists.origin[k];
        cost[at++] = lists.cost[k];
      }
      start[cluster + 1] = at;
    }
    return { ...lists, start, origin: origin.slice(0, at), cost: cost.slice(0, at) };
  }

  /** After `prune`: excludes free clusters that cannot reach their minimum load. Returns how many, or -1 when a cluster fixed open cannot. */
  excludeBelowMinimum(state: Uint8Array): number {
    const { app, cheapest } = this;
    if (this.minimumLoads === undefined) return 0;
    let excluded = 0;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] === OUT || this.minimumLoads[cluster] === 0) continue;
      let load = 0;
      for (let u = 0, k = cluster * app.origins; u < cheapest.length; u++, k++) {
        const isServed = app.cost[k] <= cheapest[u] && app.cost[k] < Number.POSITIVE_INFINITY;
        load += isServed ? app.requestsPerSecond[u] : 0;
      }
      if (load >= this.minimumLoads[cluster]) continue;
      if (state[cluster] === IN) return -1;
      state[cluster] = OUT;
      excluded++;
    }
    return excluded;
  }
}
