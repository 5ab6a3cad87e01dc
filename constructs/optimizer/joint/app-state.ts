/** One app in a joint search: its set, its use of each cluster, and its swaps on near pairs. */

import { NEAR_PAIR } from '../options';
import type { PairRanking, RankedPairs } from '../primitives/ranking';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { SwapNeighbourhood } from '../uncapacitated/swap-neighbourhood';
import { KINDS, writeUse } from './assignment/residual-capacity';
import { NearSwaps } from './near-swaps';

const { POSITIVE_INFINITY } = Number;

/** The set of one app and its evaluation. */
export class AppState extends SwapNeighbourhood {
  /** [position * KINDS + kind]: use of that cluster by the app. */
  use = new Float64Array(0);
  private readonly swaps: NearSwaps;
  private pairs: RankedPairs | undefined;
  /** The set for which `swaps` was evaluated. */
  private evaluatedSet: readonly number[] | undefined;
  /** [position * open.length + other]: requests/s that go to `other` when `position` closes. Valid for the set stored with it. */
  private takeovers = new Float64Array(0);
  private takeoverSet: readonly number[] | undefined;

  constructor(
    app: AppProblem,
    limits: Limits,
    work: Work,
    /** True when use of a cluster depends on its load. */
    isLoaded: boolean,
    /** The same app in another state, to share its sorted pairs. */
    like?: AppState,
  ) {
    super(app, limits, work, like);
    this.pairs = like?.pairs;
    this.swaps = new NearSwaps(app, isLoaded, work);
  }

  override moveTo(open: readonly number[]): void {
    super.moveTo(open);
    this.use = new Float64Array(open.length * KINDS);
    for (let p = 0; p < open.length; p++) writeUse(this.app, this.load[p], this.use, p * KINDS);
  }

  /** From here on swaps are evaluated on pairs near the present set. */
  restrictToNear(ranking: PairRanking): void {
    this.pairs = ranking.pairsBelow(
      this.app,
      this.secondCost.map((cost) => cost * NEAR_PAIR.joint),
    );
    this.work.spent += this.app.origins * this.candidates.length;
    this.evaluatedSet = undefined;
  }

  hasNearPairs(): boolean {
    return this.pairs !== undefined;
  }

  /** All swaps from the present set. */
  nearSwaps(): NearSwaps {
    if (this.evaluatedSet === this.open) return this.swaps;
    if (this.pairs === undefined) throw new Error('exchanges are weighed before pairs are ranked');
    this.swaps.evaluate(this, this.pairs);
    this.evaluatedSet = this.open;
    return this.swaps;
  }

  /** Change of value by opening one more cluster, computed from all pairs. */
  exactOpeningChange(cluster: number): number {
    const { firstCost } = this;
    const { origins, cost, openCost } = this.app;
    const row = cluster * origins;
    let gain = openCost[cluster];
    for (let u = 0; u < origins; u++) {
      const better = cost[row + u] - firstCost[u];
      if (better < 0) gain += better;
    }
    this.work.spent += origins / 2;
    return gain;
  }

  /** From `from` of `spills`, by position: requests/s that each cluster takes over when the one at `position` closes. */
  takeoversFrom(position: number): { readonly spills: Float64Array; readonly from: number } {
    const { open, first, second } = this;
    const from = position * open.length;
    if (this.takeoverSet === open) return { spills: this.takeovers, from };
    this.takeovers = new Float64Array(open.length * open.length);
    const { requestsPerSecond } = this.app;
    for (let u = 0; u < first.length; u++) {
      if (second[u] >= 0)
        this.takeovers[first[u] * open.length + second[u]] += requestsPerSecond[u];
    }
    this.takeoverSet = open;
    this.work.spent += first.length;
    return { spills: this.takeovers, from };
  }

  /** Requests/s by position of `open`, then at `into`, after a swap. Origins of `out` go to the next cheapest cluster. */
  loadAfter(into: number, out: number): Float64Array {
    const { app, open, first, second, firstCost, secondCost } = this;
    const { origins, cost, requestsPerSecond } = app;
    const load = new Float64Array(open.length + 1);
    const row = into * origins;
    const gone = out < 0 ? -1 : this.position[out];
    for (let u = 0; u < origins; u++) {
      const here = into < 0 ? POSITIVE_INFINITY : cost[row + u];
      let at = first[u];
      if (at === gone) at = here < secondCost[u] ? open.length : second[u];
      else if (here < firstCost[u]) at = open.length;
      if (at >= 0) load[at] += requestsPerSecond[u];
    }
    this.work.spent += origins;
    return load;
  }
}
