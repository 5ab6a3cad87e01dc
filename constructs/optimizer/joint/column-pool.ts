/** Columns: known sets of an app. The cost of the cheapest under the present multipliers limits the bound of the app. */
import { JOINT_RELAXATION } from '../options';
import type { AppProblem, Work } from '../problem/problem';
import { KINDS } from './assignment/residual-capacity';
import {
  type CapacityMultipliers,
  type FractionalUse,
  multiplierCost,
} from './capacity-multipliers';

const { POSITIVE_INFINITY } = Number;

/** A set with its value without multipliers and its loads. */
export interface Column {
  readonly open: readonly number[];
  readonly value: number;
  /** Requests/s by position. */
  readonly load: Float64Array;
}

/** The columns of one app. The first two stay; the oldest of the others is replaced. */
export class ColumnPool {
  private readonly columns: Column[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly use: FractionalUse,
    private readonly work: Work,
  ) {}

  /** The cost of the cheapest column under the multipliers, with divisible replicas. */
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

  /** Adds a column. */
  addColumn(column: Column): void {
    this.columns.push(column);
    if (this.columns.length > JOINT_RELAXATION.columns) this.columns.splice(2, 1);
  }

  /** Adds a set with every origin at its cheapest cluster, unless it is known. */
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
