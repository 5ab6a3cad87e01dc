/**
 * Moves demand of one app between the clusters of its set as long as that is cheaper: along cheapest paths to a cluster with
 * room, and around negative cycles (Klein, Management Science 14, 1967). Without either the assignment is optimal for the app.
 */

import type { AppAssignment } from './app-assignment';

const { POSITIVE_INFINITY } = Number;

/** Rounds of one app, by cluster of its set, after which it stays as it is. Each fills a cluster or moves all flow of an origin. */
const ROUNDS_PER_POSITION = 40;

/** Improves one app within `ceilings`, the largest load by position; true when it did. */
export function moveToCheaper(one: AppAssignment, ceilings: Float64Array): boolean {
  return one.app.capacity === 'whole'
    ? shiftWholeOrigins(one, ceilings)
    : new ResidualMoves(one, ceilings).run();
}

class ResidualMoves {
  /** [from * width + to]: cost of the cheapest move of one request/s, and its origin. */
  private readonly cost: Float64Array;
  private readonly mover: Int32Array;
  private readonly reached: Float64Array;
  private readonly via: Int32Array;
  private readonly tolerance: number;

  constructor(
    private readonly one: AppAssignment,
    private readonly ceilings: Float64Array,
  ) {
    const { width, unit } = one;
    this.cost = new Float64Array(width * width);
    this.mover = new Int32Array(width * width);
    this.reached = new Float64Array(width);
    this.via = new Int32Array(width);
    let dearest = 0;
    for (const one of unit) if (one < POSITIVE_INFINITY) dearest = Math.max(dearest, Math.abs(one));
    this.tolerance = 1e-11 * Math.max(1e-9, dearest);
    for (let from = 0; from < width; from++) this.updateFrom(from);
  }

  run(): boolean {
    let moved = false;
    for (let left = ROUNDS_PER_POSITION * this.one.width; left > 0; left--) {
      const end = this.cheapestEnd();
      if (end < 0) break;
      this.push(end);
      moved = true;
    }
    return moved;
  }

  /** The cheapest move from one cluster to each other. */
  private updateFrom(from: number): void {
    const { amounts, unit, width, app } = this.one;
    const { cost, mover } = this;
    const row = from * width;
    cost.fill(POSITIVE_INFINITY, row, row + width);
    for (let u = 0; u < app.origins; u++) {
      const at = u * width;
      if (amounts[at + from] <= 0) continue;
      const here = unit[at + from];
      for (let to = 0; to < width; to++) {
        const change = unit[at + to] - here;
        if (change >= cost[row + to]) continue;
        cost[row + to] = change;
        mover[row + to] = u;
      }
    }
    cost[row + from] = POSITIVE_INFINITY;
  }

  /** Bellman-Ford from all clusters at once: a cluster on a negative cycle, or the one with room where demand would save most; -1 without either. */
  private cheapestEnd(): number {
    const { cost, reached, via, ceilings, tolerance } = this;
    const { width, load } = this.one;
    reached.fill(0);
    via.fill(-1);
    for (let round = 0; round <= width; round++) {
      let changed = -1;
      for (let from = 0; from < width; from++) {
        const row = from * width;
        for (let to = 0; to < width; to++) {
          const there = reached[from] + cost[row + to];
          if (there >= reached[to] - tolerance) continue;
          reached[to] = there;
          via[to] = from;
          changed = to;
        }
      }
      if (changed < 0) break;
      if (round === width) return this.onCycle(changed);
    }
    let best = -1;
    for (let p = 0; p < width; p++) {
      const room = ceilings[p] - load[p];
      if (room <= 1e-9 * Math.max(1, load[p]) || reached[p] >= -100 * tolerance) continue;
      if (best < 0 || reached[p] < reached[best]) best = p;
    }
    return best;
  }

  private onCycle(from: number): number {
    let at = from;
    for (let step = 0; step < this.one.width; step++) at = this.via[at];
    return at;
  }

  /** Moves as much as possible along the path that ends here; around the cycle when it leads back. */
  private push(end: number): void {
    const { via, mover, ceilings, one } = this;
    const { width, amounts, load } = one;
    const path: number[] = [end];
    let isCycle = false;
    for (let at = end; via[at] >= 0 && !isCycle; at = via[at]) {
      path.push(via[at]);
      isCycle = via[at] === end;
    }
    let most = isCycle ? POSITIVE_INFINITY : ceilings[end] - load[end];
    for (let i = 0; i + 1 < path.length; i++) {
      const [to, from] = [path[i], path[i + 1]];
      most = Math.min(most, amounts[mover[from * width + to] * width + from]);
    }
    for (let i = 0; i + 1 < path.length; i++) {
      const [to, from] = [path[i], path[i + 1]];
      one.move(mover[from * width + to], from, to, most);
    }
    for (const one of new Set(path)) this.updateFrom(one);
  }
}

/** Moves whole origins to a cheaper cluster with room. O(origins × clusters of the set) for each pass, and each pass saves. */
function shiftWholeOrigins(one: AppAssignment, ceilings: Float64Array): boolean {
  const { width, amounts, unit, load, app } = one;
  let hasMoved = false;
  for (let again = true; again; ) {
    again = false;
    for (let u = 0; u < app.origins; u++) {
      const at = u * width;
      const weight = app.requestsPerSecond[u];
      const from = amounts.subarray(at, at + width).findIndex((amount) => amount > 0);
      let best = from;
      for (let to = 0; to < width; to++) {
        if (unit[at + to] < unit[at + best] && load[to] + weight <= ceilings[to]) best = to;
      }
      if (best === from) continue;
      one.move(u, from, best, weight);
      again = true;
      hasMoved = true;
    }
  }
  return hasMoved;
}
