/** The residual graph of a divided assignment: no cheaper way round proves it optimal, and its shortest paths price room. */

import type { Answer } from '../input/answer';
import { type Others, roomAt } from '../input/app-assignment';
import { slack, TOLERANCE } from '../input/findings';
import { largestLoad } from '../input/load';

/** What moving demand between the chosen clusters of one app could save. */
export interface Residual {
  /** By position in the chosen set: the largest load there beside the other apps. */
  readonly ceilings: readonly number[];
  /** By position: what one more request/s of room there would save; 0 where there is room. */
  readonly prices: readonly number[];
  /** Cost per request/s that moving demand to where there is room would save; 0 when the assignment is optimal. */
  readonly waste: number;
}

/** Looks for cheaper ways; moves are between clusters, at the least cost over the origins that can move. */
export function residualOf(answer: Answer, others: Others): Residual {
  const { facts, chosen, outcome } = answer;
  const party = { ...facts, chosen, cost: facts.pairs.cost };
  const ceilings = chosen.map((cluster) =>
    largestLoad(facts.app, roomAt(cluster, [party], others), others.taken(cluster)),
  );
  const moves = movesOf(answer);
  let scale = 1;
  for (const row of moves) {
    for (const cost of row) if (Number.isFinite(cost)) scale = Math.max(scale, Math.abs(cost));
  }
  const { saved, endless } = cheapestArrivals(moves, TOLERANCE * scale);
  const hasRoom = chosen.map((cluster, position) => {
    const load = outcome.load.get(cluster) ?? 0;
    return load < ceilings[position]! - slack(ceilings[position]!, load);
  });
  const waste = Math.max(endless, ...saved.map((one, position) => (hasRoom[position] ? one : 0)));
  return {
    ceilings,
    prices: saved.map((one, position) => (hasRoom[position] ? 0 : one)),
    waste: waste > TOLERANCE * scale * 10 ? waste : 0,
  };
}

/** [from][to]: least cost of moving one request/s that `from` serves to `to`. */
function movesOf({ facts, chosen, outcome }: Answer): number[][] {
  const position = new Map(chosen.map((cluster, index) => [cluster, index]));
  const moves = chosen.map(() => chosen.map(() => Number.POSITIVE_INFINITY));
  for (const { origin, cluster } of outcome.flows) {
    const row = moves[position.get(cluster)!];
    const here = facts.pairs.cost(origin, cluster);
    for (const [index, to] of chosen.entries()) {
      if (row === undefined || to === cluster) continue;
      row[index] = Math.min(row[index]!, facts.pairs.cost(origin, to) - here);
    }
  }
  return moves;
}

/** Bellman and Ford from everywhere at once; at most as many rounds as there are clusters. */
function cheapestArrivals(
  moves: readonly (readonly number[])[],
  dust: number,
): { readonly saved: readonly number[]; readonly endless: number } {
  const cost = moves.map(() => 0);
  for (let round = 0; round < moves.length; round++) {
    if (!relaxOnce(moves, cost, dust / 1000)) break;
  }
  const before = [...cost];
  const goesOn = relaxOnce(moves, cost, dust);
  const endless = goesOn ? Math.max(...cost.map((one, index) => before[index]! - one)) : 0;
  return { saved: before.map((one) => -one), endless };
}

function relaxOnce(moves: readonly (readonly number[])[], cost: number[], dust: number): boolean {
  let changed = false;
  for (const [from, row] of moves.entries()) {
    for (const [to, move] of row.entries()) {
      if (cost[from]! + move >= cost[to]! - dust) continue;
      cost[to] = cost[from]! + move;
      changed = true;
    }
  }
  return changed;
}
