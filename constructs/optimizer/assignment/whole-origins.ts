/** Assigns whole origins to one set, starting from the minimum-cost flow of divisible demand. */

import { WHOLE_ORIGINS } from '../options';
import { type AppProblem, SAME, type Work } from '../problem/problem';
import type { Assigned } from './assignment';
import { GeneralizedAssignmentSearch, type WholeAssignment } from './generalized-assignment';
import { IncrementalFlow } from './incremental-flow';
import { ThresholdAccepting } from './threshold-accepting';

/** Number of random moves: so many per origin and cluster, within the two limits. */
export interface SearchEffort {
  readonly perPair: number;
  readonly min: number;
  readonly max: number;
}

/** Assigns every origin of the app to one cluster of `open`; undefined when none was found that fits. `capacities`: by position. */
export function assignWhole(
  app: AppProblem,
  open: readonly number[],
  capacities: Float64Array,
  work: Work,
  effort: SearchEffort,
): Assigned | undefined {
  const flow = new IncrementalFlow(app, capacities, work, open);
  flow.reset([...open.keys()]);
  if (!flow.isComplete) return undefined;
  const whole = wholeFromFlow(app, open, capacities, [...open.keys()], flow, work, effort);
  if (whole === undefined) return undefined;
  const amounts = new Float64Array(app.origins * open.length);
  const load = new Float64Array(open.length);
  whole.at.forEach((position, origin) => {
    amounts[origin * open.length + position] = app.requestsPerSecond[origin];
    load[position] += app.requestsPerSecond[origin];
  });
  return { open, amounts, load };
}

/** Assigns every origin to one cluster of `open`, starting where the flow has most of it. `clusterInFlow[i]`: index of `open[i]` in the flow. */
export function wholeFromFlow(
  app: AppProblem,
  open: readonly number[],
  capacities: Float64Array,
  clusterInFlow: readonly number[],
  flow: IncrementalFlow,
  work: Work,
  effort: SearchEffort = WHOLE_ORIGINS.quick,
): WholeAssignment | undefined {
  const { origins, requestsPerSecond } = app;
  const width = open.length;
  const cost = new Float64Array(origins * width);
  const guess = new Int32Array(origins);
  let [demand, dearest] = [0, 0];
  for (let u = 0; u < origins; u++) {
    let most = -1;
    for (let position = 0; position < width; position++) {
      cost[u * width + position] = app.cost[open[position] * origins + u];
      const amount = flow.amounts[clusterInFlow[position] * origins + u];
      if (amount <= most) continue;
      most = amount;
      guess[u] = position;
    }
    demand += requestsPerSecond[u];
  }
  for (const one of clusterInFlow) dearest = Math.max(dearest, flow.price[one]);
  const typical = Math.abs(flow.cost) / Math.max(Number.MIN_VALUE, demand);
  const problem = {
    weights: requestsPerSecond,
    capacities: Float64Array.from(clusterInFlow, (one) => capacities[one]),
    costs: cost,
  };
  const penalty = Math.max(dearest, typical / 4, Number.MIN_VALUE);
  const search = new GeneralizedAssignmentSearch(problem, work);
  const improved = search.improve(guess, penalty);
  // The flow is a lower bound.
  if (improved !== undefined && improved.cost <= flow.cost * (1 + SAME)) return improved;
  const start = improved?.at ?? guess;
  const moves = Math.max(effort.min, Math.min(effort.max, effort.perPair * origins * width));
  const walked = new ThresholdAccepting(problem, work).run(start, penalty, moves);
  const found = walked && search.improve(walked.at, penalty);
  return found !== undefined && (improved === undefined || found.cost < improved.cost)
    ? found
    : improved;
}
