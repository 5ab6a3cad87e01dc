/** One app on a given set, with the load of every cluster, while demand moves between them. */

import { assignNearest } from '../../assignment/assign';
import { type Assigned, forEachFlow } from '../../assignment/assignment';
import { replicasAt } from '../../problem/capacity';
import type { AppProblem } from '../../problem/problem';
import { KINDS, writeUse } from './residual-capacity';

const { POSITIVE_INFINITY } = Number;

/** The assignment of one app to its set. It starts with every origin at its cheapest cluster. */
export class AppAssignment {
  readonly width: number;
  /** [origin * width + position]: requests/s. */
  readonly amounts: Float64Array;
  /** [origin * width + position]: cost of one request/s; Infinity where that is not legal. */
  readonly unit: Float64Array;
  /** By position: requests/s. */
  readonly load: Float64Array;
  /** [position * KINDS + kind]: use of the cluster. */
  readonly use: Float64Array;
  /** By kind: use per request/s with divisible replicas. */
  readonly perRequest: Float64Array;
  /** Requests/s that no cluster of the set may serve. */
  readonly unserved: number;

  constructor(
    readonly app: AppProblem,
    readonly open: readonly number[],
  ) {
    const { origins, cost, requestsPerSecond } = app;
    const width = open.length;
    const { amounts, load, unserved } = assignNearest(app, open);
    this.width = width;
    this.amounts = amounts;
    this.load = load;
    this.unserved = unserved;
    this.unit = new Float64Array(origins * width);
    for (let p = 0; p < width; p++) {
      const row = open[p] * origins;
      for (let u = 0; u < origins; u++)
        this.unit[u * width + p] = cost[row + u] / requestsPerSecond[u];
    }
    this.use = new Float64Array(width * KINDS);
    for (let p = 0; p < width; p++) writeUse(app, load[p], this.use, p * KINDS);
    this.perRequest = new Float64Array(KINDS);
    for (const one of app.components) {
      const replicas = 1 / one.requestsPerSecondPerReplica;
      this.perRequest[0] += replicas * one.cpuMillicores;
      this.perRequest[1] += replicas * one.memoryMebibytes;
      this.perRequest[2] += replicas;
    }
    this.perRequest[3] = 1;
  }

  /** Requests/s that the present replicas at a position could serve beyond its load. */
  idleAt(position: number): number {
    let most = POSITIVE_INFINITY;
    const load = this.load[position];
    for (const one of this.app.components)
      most = Math.min(most, replicasAt(one, load) * one.requestsPerSecondPerReplica);
    return most - load;
  }

  /** Moves requests/s of an origin. The use is not updated: see `updateUse`. */
  move(origin: number, from: number, to: number, amount: number): void {
    const { amounts, width, load } = this;
    const left = amounts[origin * width + from] - amount;
    // A remainder within rounding moves too.
    const moved = left > 1e-11 * load[from] ? amount : amounts[origin * width + from];
    amounts[origin * width + from] -= moved;
    amounts[origin * width + to] += moved;
    load[from] = Math.max(0, load[from] - moved);
    load[to] += moved;
  }

  /** The use by the present load. */
  updateUse(position: number): void {
    writeUse(this.app, this.load[position], this.use, position * KINDS);
  }

  /** The assignment, its loads added up afresh. */
  assigned(): Assigned {
    const load = new Float64Array(this.width);
    const one = { open: this.open, amounts: this.amounts, load };
    forEachFlow(this.app.requestsPerSecond, one, (_, position, amount) => {
      load[position] += amount;
    });
    return one;
  }
}
