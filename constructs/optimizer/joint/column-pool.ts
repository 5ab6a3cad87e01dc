/** Offers: sets that an app is known to be able to have. The cheapest at the present prices says how far its bound may still rise. */
import type { AppProblem, Work } from '../problem/problem';
import { KINDS, type LimitPrices, replicaPrice, type Uses } from './capacity-multipliers';

const { POSITIVE_INFINITY } = Number;

/** What a set costs before prices, and what it serves at each of its clusters. */
export interface Offer {
  readonly open: readonly number[];
  readonly value: number;
  /** Requests/s by position. */
  readonly load: Float64Array;
}

/** Sets remembered for each app. */
const MOST = 16;

/** The offers of one app; the first two stay, of the others the oldest makes way. */
export class Offers {
  private readonly all: Offer[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly uses: Uses,
    private readonly work: Work,
  ) {}

  /** The price of the cheapest, with replicas divisible. */
  cheapest(limits: LimitPrices): number {
    let least = POSITIVE_INFINITY;
    for (const offer of this.all) least = Math.min(least, this.priced(offer, limits));
    return least;
  }

  private priced(offer: Offer, limits: LimitPrices): number {
    let { value } = offer;
    if (this.app.capacity === 'none') return value;
    for (let position = 0; position < offer.open.length; position++) {
      const cluster = offer.open[position];
      const load = offer.load[position];
      const fixed = replicaPrice(limits, cluster, this.uses.least);
      const rate = replicaPrice(limits, cluster, this.uses.perLoad) * load;
      value += Math.max(fixed, rate) + limits[cluster * KINDS + 3] * load;
    }
    return value;
  }

  /** Remembers a set whose value is known. */
  keep(offer: Offer): void {
    this.all.push(offer);
    if (this.all.length > MOST) this.all.splice(2, 1);
  }

  /** Remembers a set, with every origin at its cheapest cluster. */
  add(open: readonly number[]): void {
    if (this.all.some((one) => isSame(one.open, open))) return;
    const { app } = this;
    const load = new Float64Array(open.length);
    let value = app.constantCost;
    for (const cluster of open) value += app.openCost[cluster];
    for (let u = 0; u < app.origins; u++) {
      let best = 0;
      let least = POSITIVE_INFINITY;
      for (let position = 0; position < open.length; position++) {
        const here = app.cost[open[position] * app.origins + u];
        if (here >= least) continue;
        least = here;
        best = position;
      }
      value += least;
      load[best] += app.requestsPerSecond[u];
    }
    this.work.spent += app.origins * open.length;
    this.keep({ open: [...open], value, load });
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
