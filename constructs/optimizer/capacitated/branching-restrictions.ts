/**
 * Restrictions of pairs in a part of the tree, and the running averages of whole origins that choose the next pair to branch
 * on.
 */

import { CAPACITATED_ASCENT } from '../options';
import type { AppProblem, Work } from '../problem/problem';
import { IN } from '../uncapacitated/relaxation';
import type { CapacitatedRelaxation } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** An origin that only this cluster may serve (`isOnly`), or that it may not serve. */
export interface Restriction {
  readonly cluster: number;
  readonly origin: number;
  readonly isOnly: boolean;
  readonly outer: Restriction | undefined;
}

/** The pair costs of one app under restrictions. */
export class RestrictedPairs {
  /** [cluster * origins + origin]: the cost; Infinity where a restriction excludes the pair. */
  readonly cost: Float64Array;
  private readonly share: Float64Array;

  constructor(
    private readonly app: AppProblem,
    /** By cluster: FREE, IN or OUT. The owner may change it. */
    private readonly state: Uint8Array,
    private readonly work: Work,
  ) {
    this.cost = app.cost.slice();
    this.share = new Float64Array(app.capacity === 'whole' ? app.cost.length : 0);
  }

  restrict(innermost: Restriction | undefined): void {
    const { origins, clusters } = this.app;
    for (let one = innermost; one !== undefined; one = one.outer) {
      for (let cluster = 0; cluster < clusters; cluster++) {
        if ((cluster === one.cluster) === one.isOnly) continue;
        this.cost[cluster * origins + one.origin] = POSITIVE_INFINITY;
      }
    }
  }

  release(innermost: Restriction | undefined): void {
    const { origins, clusters, cost } = this.app;
    for (let one = innermost; one !== undefined; one = one.outer) {
      for (let k = one.origin; k < clusters * origins; k += origins) this.cost[k] = cost[k];
    }
  }

  /** Resets the running averages. */
  resetShares(): void {
    this.share.fill(0);
  }

  /** Adds the present relaxed answer to the running averages. */
  recordShares({ first, taken, open }: CapacitatedRelaxation): void {
    const { share } = this;
    const { origins } = this.app;
    const { averageWeight } = CAPACITATED_ASCENT;
    for (const cluster of open) {
      const row = cluster * origins;
      for (let k = row; k < row + origins; k++) share[k] *= 1 - averageWeight;
      for (let i = first[cluster]; i < first[cluster + 1]; i++)
        share[row + taken[i]] += averageWeight;
    }
    this.work.spent += origins * open.length;
  }

  /** The pair to branch on: the most fractional origin, weighted by its demand, and the cluster that served it most often. */
  mostFractional(): { readonly cluster: number; readonly origin: number } | undefined {
    const { share, state, cost } = this;
    const { origins, requestsPerSecond, capacity } = this.app;
    if (capacity !== 'whole') return undefined;
    let found: { cluster: number; origin: number } | undefined;
    let most = 0;
    for (let u = 0; u < origins; u++) {
      let [best, here, sum, legal] = [-1, 0, 0, 0];
      for (let cluster = 0; cluster < state.length; cluster++) {
        if (state[cluster] !== IN || cost[cluster * origins + u] === POSITIVE_INFINITY) continue;
        const one = share[cluster * origins + u];
        legal++;
        sum += one;
        if (best >= 0 && one <= here) continue;
        best = cluster;
        here = one;
      }
      if (legal < 2) continue;
      const fractionality = requestsPerSecond[u] * (1 - here + Math.abs(1 - sum));
      if (fractionality <= most) continue;
      most = fractionality;
      found = { cluster: best, origin: u };
    }
    return found;
  }
}
