/** One app of a joint search: a seat with what the app uses where, and a table of exchanges by near pairs, cheapest first. */

import type { PairRanking, RankedPairs } from '../primitives/ranking';
import { replicasAt } from '../problem/capacity';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { SwapNeighbourhood } from '../uncapacitated/swap-neighbourhood';
import { NearSwaps } from './near-swaps';
import { KINDS } from './residual-capacity';

const { POSITIVE_INFINITY } = Number;

/** Pairs this many times dearer than the second cheapest cost of their origin are not near. */
const NEAR = 2;

/** The guest at a table: everything follows from `open`. */
export class AppState extends SwapNeighbourhood {
  /** What the app uses there, [position * KINDS + kind]. */
  use = new Float64Array(0);
  private readonly swaps: NearSwaps;
  private pairs: RankedPairs | undefined;
  /** The set that `swaps` knows. */
  private evaluatedSet: readonly number[] | undefined;
  /** [position * open.length + position]: requests/s for which the second is next after the first; the set that this is about. */
  private takeovers = new Float64Array(0);
  private takeoverSet: readonly number[] | undefined;

  constructor(
    app: AppProblem,
    limits: Limits,
    work: Work,
    /** Its use depends on its load. */
    isLoaded: boolean,
    /** Of another table with the same app, to save looking at all its pairs again. */
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

  /** From here on exchanges are weighed by the pairs near the present set. */
  restrictToNear(ranking: PairRanking): void {
    this.pairs = ranking.pairsBelow(
      this.app,
      this.secondCost.map((cost) => cost * NEAR),
    );
    this.work.spent += this.app.origins * this.candidates.length;
    this.evaluatedSet = undefined;
  }

  hasNearPairs(): boolean {
    return this.pairs !== undefined;
  }

  /** The table of exchanges, up to date. */
  nearSwaps(): NearSwaps {
    if (this.evaluatedSet === this.open) return this.swaps;
    if (this.pairs === undefined) throw new Error('exchanges are weighed before pairs are ranked');
    this.swaps.evaluate(this, this.pairs);
    this.evaluatedSet = this.open;
    return this.swaps;
  }

  /** Change of value by opening a cluster besides the others, computed now from all pairs. */
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

  /** By position, from `from` of `spills`: what each cluster would take over, were the one at `position` to close. */
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

  /** Requests/s by position of `open`, then of `into`, after an exchange; what `out` had goes to the next cheapest. */
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

/** Writes what `load` requests/s of the app use, by kind from `at`; nothing for an app that does not count. */
export function writeUse(app: AppProblem, load: number, uses: Float64Array, at: number): void {
  uses.fill(0, at, at + KINDS);
  if (app.capacity === 'none') return;
  for (const component of app.components) {
    const replicas = replicasAt(component, load);
    uses[at] += replicas * component.cpuMillicores;
    uses[at + 1] += replicas * component.memoryMebibytes;
    uses[at + 2] += replicas;
  }
  uses[at + 3] += load;
}
