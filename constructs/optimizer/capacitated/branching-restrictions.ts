/** Who may be served where in a part of the tree, and where whole origins were of late: the least sure of them is split next. */

import { CAPACITATED_ASCENT } from '../options';
import type { AppProblem, Work } from '../problem/problem';
import { IN } from '../uncapacitated/relaxation';
import type { CapacitatedRelaxation } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** An origin that is at this cluster only, or not there. */
export interface Restriction {
  readonly cluster: number;
  readonly origin: number;
  readonly isOnly: boolean;
  readonly outer: Restriction | undefined;
}

/** Pairs of one app. */
export class RestrictedPairs {
  /** [cluster * origins + origin]: Infinity where a bar is. */
  readonly cost: Float64Array;
  private readonly share: Float64Array;

  constructor(
    private readonly app: AppProblem,
    /** FREE, IN or OUT by cluster; may change. */
    private readonly state: Uint8Array,
    private readonly work: Work,
  ) {
    this.cost = app.cost.slice();
    this.share = new Float64Array(app.capacity === 'whole' ? app.cost.length : 0);
  }

  restrict(bars: Restriction | undefined): void {
    const { origins, clusters } = this.app;
    for (let one = bars; one !== undefined; one = one.outer) {
      for (let cluster = 0; cluster < clusters; cluster++) {
        if ((cluster === one.cluster) === one.isOnly) continue;
        this.cost[cluster * origins + one.origin] = POSITIVE_INFINITY;
      }
    }
  }

  release(bars: Restriction | undefined): void {
    const { origins, clusters, cost } = this.app;
    for (let one = bars; one !== undefined; one = one.outer) {
      for (let k = one.origin; k < clusters * origins; k += origins) this.cost[k] = cost[k];
    }
  }

  /** Forgets where origins were. */
  resetShares(): void {
    this.share.fill(0);
  }

  /** Takes note of where whole origins are now. */
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

  /** The origin, by its requests, that is least surely at one cluster, and the cluster where it was most often. */
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
      const doubt = requestsPerSecond[u] * (1 - here + Math.abs(1 - sum));
      if (doubt <= most) continue;
      most = doubt;
      found = { cluster: best, origin: u };
    }
    return found;
  }
}
