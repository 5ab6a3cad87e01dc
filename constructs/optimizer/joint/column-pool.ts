/** Offers: sets that an app is known to be able to have. The cheapest at the present prices says how far its bound may still rise. */
import type { AppProblem, Work } from '../problem/problem';
import {
  type CapacityMultipliers,
  type FractionalUse,
  KINDS,
  multiplierCost,
} from './capacity-multipliers';

const { POSITIVE_INFINITY } = Number;

/** What a set costs before prices, and what it serves at each of its clusters. */
export interface Column {
  readonly open: readonly number[];
  readonly value: number;
  /** Requests/s by position. */
  readonly load: Float64Array;
}

/** Sets remembered for each app. */
const MOST = 16;

/** The offers of one app; the first two stay, of the others the oldest makes way. */
export class ColumnPool {
  private readonly columns: Column[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly use: FractionalUse,
    private readonly work: Work,
  ) {}

  /** The price of the cheapest, with replicas divisible. */
  leastCost(multipliers: CapacityMultipliers): number {
    let least = POSITIVE_INFINITY;
    for (const offer of this.columns) least = Math.min(least, this.costOf(offer, multipliers));
    return least;
  }

  private costOf(offer: Column, limits: CapacityMultipliers): number {
    let { value } = offer;
    if (this.app.capacity === 'none') return value;
    for (let position = 0; position < offer.open.length; position++) {
      const cluster = offer.open[position];
      const load = offer.load[position];
      const fixed = multiplierCost(limits, cluster, this.use.least);
      const rate = multiplierCost(limits, cluster, this.use.perLoad) * load;
      value += Math.max(fixed, rate) + limits[cluster * KINDS + 3] * load;
    }
    return value;
  }

  /** Remembers a set whose value is known. */
  addColumn(column: Column): void {
    this.columns.push(column);
    if (this.columns.length > MOST) this.columns.splice(2, 1);
  }

  /** Remembers a set, with every origin at its cheapest cluster. */
  addNearest(open: readonly number[]): void {
    if (this.columns.some((one) => isSame(one.open, open))) return;
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
    this.addColumn({ open: [...open], value, load });
  }
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}
