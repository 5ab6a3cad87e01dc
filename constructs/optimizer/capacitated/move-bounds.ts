/**
 * Lower bounds on the change of value by every move of a set, from the flow prices of the set (Benders cuts: Magnanti and
 * Wong, Operations Research 29, 1981). All closings are computed in one pass (Resende and Werneck, EJOR 174, 2007).
 */

import type { IncrementalFlow } from '../assignment/incremental-flow';
import { ContinuousKnapsack } from '../primitives/continuous-knapsack';
import type { AppProblem, Work } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

/** Bounds the moves from the set of a flow. */
export class MoveBounds {
  /** By cluster: a lower bound on the change of value by closing it, together with the opening that was bounded last. */
  readonly loss: Float64Array;
  /** By origin: the cost of a request/s at the cheapest and at the second cheapest open cluster, capacity prices included. */
  readonly firstCost: Float64Array;
  readonly secondCost: Float64Array;
  private readonly first: Int32Array;
  private readonly knapsack: ContinuousKnapsack;

  constructor(
    private readonly app: AppProblem,
    private readonly capacities: Float64Array,
    private readonly flow: IncrementalFlow,
    private readonly work: Work,
  ) {
    this.loss = new Float64Array(app.clusters + 1);
    this.first = new Int32Array(app.origins);
    this.firstCost = new Float64Array(app.origins);
    this.secondCost = new Float64Array(app.origins);
    this.knapsack = new ContinuousKnapsack(app.origins);
  }

  /** A lower bound on the change of value by opening `into` (-1: none). Updates `loss` for the closings that go with it. */
  boundMoves(into: number): number {
    const { flow, loss, app, capacities, knapsack, first, firstCost, secondCost } = this;
    const weights = app.requestsPerSecond;
    const width = app.clusters + 1;
    for (const one of flow.open) {
      if (one === flow.dummy) continue;
      loss[one] = (flow.price[one] > 0 ? flow.price[one] * capacities[one] : 0) - app.openCost[one];
    }
    let capacityPrice = 0;
    if (into >= 0) {
      knapsack.clear();
      for (let u = 0; u < weights.length; u++) {
        const rate = firstCost[u] - flow.unit[u * width + into];
        if (rate > 0) knapsack.add(rate, weights[u]);
      }
      capacityPrice = knapsack.price(capacities[into]);
    }
    let gain =
      into < 0
        ? 0
        : app.openCost[into] - (capacityPrice > 0 ? capacityPrice * capacities[into] : 0);
    for (let u = 0; u < weights.length; u++) {
      const arriving = into < 0 ? POSITIVE_INFINITY : flow.unit[u * width + into] + capacityPrice;
      const nearest = firstCost[u];
      if (arriving < nearest) gain += (arriving - nearest) * weights[u];
      else loss[first[u]] += (Math.min(arriving, secondCost[u]) - nearest) * weights[u];
    }
    this.work.spent += weights.length * 2;
    return gain;
  }

  /** Recomputes the two cheapest clusters of every origin at the prices of the flow. */
  refresh(): void {
    const { flow, first, firstCost, secondCost, app } = this;
    const width = app.clusters + 1;
    for (let u = 0; u < app.origins; u++) {
      let [one, least, next] = [flow.dummy, POSITIVE_INFINITY, POSITIVE_INFINITY];
      for (const cluster of flow.open) {
        const here = flow.unit[u * width + cluster] + flow.price[cluster];
        if (here < least) {
          next = least;
          least = here;
          one = cluster;
        } else if (here < next) next = here;
      }
      first[u] = one;
      firstCost[u] = least;
      secondCost[u] = next;
    }
    this.work.spent += app.origins * flow.open.length;
  }
}
