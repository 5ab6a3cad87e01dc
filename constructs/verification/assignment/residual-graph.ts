/** The residual graph of a divided assignment: without a negative cycle the assignment is optimal, and its shortest paths price capacity. */
import { capacityAt, type OtherApps } from '../input/assignment-problem';
import { slack, TOLERANCE } from '../input/findings';
import { largestLoad } from '../input/load';
import type { Solution } from '../input/solution';

/** What moving demand between the chosen clusters of one app would save. */
interface ResidualGraph {
  /** By position in the chosen set: what one more request/s of capacity there saves; 0 where capacity is left. */
  readonly prices: readonly number[];
  /** What moving demand to clusters with capacity left would save per request/s; 0 when the assignment is optimal. */
  readonly improvement: number;
}

/** Builds the graph: nodes are chosen clusters, an arc costs the cheapest move of one request/s between two of them. */
export function residualGraphOf(solution: Solution, others: OtherApps): ResidualGraph {
  const { instance, chosen, assignment } = solution;
  const problem = { ...instance, chosen, cost: instance.pairs.cost };
  const ceilings = chosen.map((cluster) =>
    largestLoad(instance.app, capacityAt(cluster, [problem], others), others.used(cluster)),
  );
  const moves = movesOf(solution);
  let scale = 1;
  for (const row of moves) {
    for (const cost of row) if (Number.isFinite(cost)) scale = Math.max(scale, Math.abs(cost));
  }
  const { saved, cycleSaving } = shortestPaths(moves, TOLERANCE * scale);
  const hasCapacity = chosen.map((cluster, position) => {
    const load = assignment.load.get(cluster) ?? 0;
    return load < ceilings[position]! - slack(ceilings[position]!, load);
  });
  const improvement = Math.max(
    cycleSaving,
    ...saved.map((one, position) => (hasCapacity[position] ? one : 0)),
  );
  return {
    prices: saved.map((one, position) => (hasCapacity[position] ? 0 : one)),
    improvement: improvement > TOLERANCE * scale * 10 ? improvement : 0,
  };
}

/** [from][to]: the cheapest move of one request/s that `from` serves to `to`. */
function movesOf({ instance, chosen, assignment }: Solution): number[][] {
  const position = new Map(chosen.map((cluster, index) => [cluster, index]));
  const moves = chosen.map(() => chosen.map(() => Number.POSITIVE_INFINITY));
  for (const { origin, cluster } of assignment.flows) {
    const row = moves[position.get(cluster)!];
    const here = instance.pairs.cost(origin, cluster);
    for (const [index, to] of chosen.entries()) {
      if (row === undefined || to === cluster) continue;
      row[index] = Math.min(row[index]!, instance.pairs.cost(origin, to) - here);
    }
  }
  return moves;
}

/** Bellman-Ford with every cluster as a source; at most as many rounds as there are clusters. */
function shortestPaths(
  moves: readonly (readonly number[])[],
  epsilon: number,
): { readonly saved: readonly number[]; readonly cycleSaving: number } {
  const cost = moves.map(() => 0);
  for (let round = 0; round < moves.length; round++) {
    if (!relaxOnce(moves, cost, epsilon / 1000)) break;
  }
  const before = [...cost];
  const hasNegativeCycle = relaxOnce(moves, cost, epsilon);
  const cycleSaving = hasNegativeCycle
    ? Math.max(...cost.map((one, index) => before[index]! - one))
    : 0;
  return { saved: before.map((one) => -one), cycleSaving };
}

function relaxOnce(
  moves: readonly (readonly number[])[],
  cost: number[],
  epsilon: number,
): boolean {
  let changed = false;
  for (const [from, row] of moves.entries()) {
    for (const [to, move] of row.entries()) {
      if (cost[from]! + move >= cost[to]! - epsilon) continue;
      cost[to] = cost[from]! + move;
      changed = true;
    }
  }
  return changed;
}
