/**
 * Multipliers of room for columns: subgradient ascent of the sum of the least reduced costs of the apps, which bounds every combination
 * that fits (the dual of Dantzig and Wolfe, Operations Research 8, 1960; Polyak's step).
 */

import { COLUMN_PROOF } from '../../options';
import type { Work } from '../../problem/problem';
import { KINDS } from '../assignment/residual-capacity';
import type { Column } from './app-columns';

/** Multipliers with the bound that they prove. */
export interface PricedRoom {
  readonly multipliers: Float64Array;
  readonly bound: number;
}

/** Raises the bound from `start`. `target`: the value of a known placement. */
export function raiseColumnBound(
  columns: readonly (readonly Column[])[],
  room: Float64Array,
  start: Float64Array,
  target: number,
  work: Work,
): PricedRoom {
  const { rounds, step, patience } = COLUMN_PROOF.ascent;
  const size = columns.reduce(
    (sum, list) => sum + list.reduce((all, { use }) => all + use.length, 0),
    0,
  );
  const multipliers = start.slice();
  let best: PricedRoom = { multipliers: start, bound: Number.NEGATIVE_INFINITY };
  let [stride, vain] = [step, 0];
  for (let round = 0; round < rounds && stride > 1e-4; round++) {
    const slope = new Float64Array(room.length);
    let bound = 0;
    for (let at = 0; at < room.length; at++) {
      if (room[at] === Number.POSITIVE_INFINITY) continue;
      slope[at] = -room[at];
      bound -= multipliers[at] * room[at];
    }
    for (const list of columns) bound += addCheapest(list, multipliers, slope);
    work.spent += size / 4;
    vain++;
    if (bound > best.bound) {
      best = { multipliers: multipliers.slice(), bound };
      vain = 0;
    }
    if (vain > patience) {
      stride /= 2;
      vain = 0;
      multipliers.set(best.multipliers);
      continue;
    }
    if (!climb(multipliers, slope, room, stride * (target - bound))) break;
  }
  return best;
}

/** The least reduced cost of the columns of an app; adds the use of that column to the slope. */
function addCheapest(
  list: readonly Column[],
  multipliers: Float64Array,
  slope: Float64Array,
): number {
  let least = Number.POSITIVE_INFINITY;
  let cheapest: Column | undefined;
  for (const column of list) {
    const { open, use, value } = column;
    let cost = value;
    for (let position = 0, at = 0; position < open.length; position++) {
      const cluster = open[position] * KINDS;
      for (let kind = 0; kind < KINDS; kind++, at++) cost += multipliers[cluster + kind] * use[at];
    }
    if (cost >= least) continue;
    least = cost;
    cheapest = column;
  }
  cheapest?.open.forEach((cluster, position) => {
    for (let kind = 0; kind < KINDS; kind++)
      slope[cluster * KINDS + kind] += cheapest.use[position * KINDS + kind];
  });
  return least;
}

/** One step along the slope, whose parts are counted in shares of the room; false where there is none. */
function climb(
  multipliers: Float64Array,
  slope: Float64Array,
  room: Float64Array,
  distance: number,
): boolean {
  let norm = 0;
  for (let at = 0; at < slope.length; at++) {
    if (multipliers[at] === 0 && slope[at] < 0) slope[at] = 0;
    slope[at] /= Math.max(1, room[at]);
    norm += slope[at] * slope[at];
  }
  if (norm === 0 || distance <= 0) return false;
  for (let at = 0; at < slope.length; at++) {
    if (slope[at] === 0) continue;
    const moved = (distance * slope[at]) / (norm * Math.max(1, room[at]));
    multipliers[at] = Math.max(0, multipliers[at] + moved);
  }
  return true;
}
