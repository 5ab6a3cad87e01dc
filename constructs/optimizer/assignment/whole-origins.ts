/** Whole origins for one set: seated from the flow of least cost in which they may be divided. */

import { type AppProblem, SAME, type Work } from '../problem/problem';
import type { Assigned } from './assignment';
import { type Seated, Seating } from './generalized-assignment';
import { Stream } from './incremental-flow';
import { Annealing } from './threshold-accepting';

/** Random moves by origin and cluster, at least and at most in all. */
export interface Pains {
  readonly each: number;
  readonly least: number;
  readonly most: number;
}

/** To seat a set once for all. */
export const THOROUGH: Pains = { each: 400, least: 200_000, most: 2_000_000 };
/** To see whether a set is worth that. */
export const QUICK: Pains = { each: 40, least: 10_000, most: 40_000 };

/** One app's origins, each at one cluster of `open`; undefined when no way was found to fit them. `room` is by position. */
export function assignWhole(
  app: AppProblem,
  open: readonly number[],
  room: Float64Array,
  work: Work,
  pains: Pains,
): Assigned | undefined {
  const stream = new Stream(app, room, work, open);
  stream.reset([...open.keys()]);
  if (!stream.isComplete) return undefined;
  const seated = seatAll(app, open, room, [...open.keys()], stream, work, pains);
  if (seated === undefined) return undefined;
  const amounts = new Float64Array(app.origins * open.length);
  const load = new Float64Array(open.length);
  seated.at.forEach((position, origin) => {
    amounts[origin * open.length + position] = app.requestsPerSecond[origin];
    load[position] += app.requestsPerSecond[origin];
  });
  return { open, amounts, load };
}

/** Seats every origin at one cluster of `open`, from where the flow has most of it; `known[i]` is what the flow calls `open[i]`. */
export function seatAll(
  app: AppProblem,
  open: readonly number[],
  room: Float64Array,
  known: readonly number[],
  stream: Stream,
  work: Work,
  pains = QUICK,
): Seated | undefined {
  const { origins, requestsPerSecond } = app;
  const width = open.length;
  const cost = new Float64Array(origins * width);
  const guess = new Int32Array(origins);
  let [demand, dearest] = [0, 0];
  for (let u = 0; u < origins; u++) {
    let most = -1;
    for (let position = 0; position < width; position++) {
      cost[u * width + position] = app.cost[open[position] * origins + u];
      const amount = stream.amounts[known[position] * origins + u];
      if (amount <= most) continue;
      most = amount;
      guess[u] = position;
    }
    demand += requestsPerSecond[u];
  }
  for (const one of known) dearest = Math.max(dearest, stream.price[one]);
  const typical = Math.abs(stream.cost) / Math.max(Number.MIN_VALUE, demand);
  const seats = {
    weight: requestsPerSecond,
    room: Float64Array.from(known, (one) => room[one]),
    cost,
  };
  const penalty = Math.max(dearest, typical / 4, Number.MIN_VALUE);
  const seating = new Seating(seats, work);
  const settled = seating.settle(guess, penalty);
  // Nothing is cheaper than the flow.
  if (settled !== undefined && settled.cost <= stream.cost * (1 + SAME)) return settled;
  const start = settled?.at ?? guess;
  const moves = Math.max(pains.least, Math.min(pains.most, pains.each * origins * width));
  const walked = new Annealing(seats, work).walk(start, penalty, moves);
  const found = walked && seating.settle(walked.at, penalty);
  return found !== undefined && (settled === undefined || found.cost < settled.cost)
    ? found
    : settled;
}
