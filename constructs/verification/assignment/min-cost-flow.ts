/** Minimum-cost flow by successive shortest paths: small and general rather than fast. */
import { slack } from '../input/findings';

/** A directed arc. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
  readonly cost: number;
}

/** A flow of minimum cost. */
interface FlowSolution {
  /** By arc. */
  readonly amounts: readonly number[];
  /** The amount that reaches the sink. */
  readonly sent: number;
}

/** An edge of the residual network; every arc has one edge in each direction. */
interface Edge {
  readonly to: number;
  residual: number;
  readonly cost: number;
  /** The index of the edge in the opposite direction. */
  readonly reverse: number;
}

/**
 * Sends up to `wanted` from `source` to `sink`. Costs may be negative; there must be no cycle of negative cost. Every path
 * saturates an edge, and amounts below the rounding error count as zero.
 */
export function minCostFlow(
  nodes: number,
  arcs: readonly Arc[],
  ends: { readonly source: number; readonly sink: number; readonly wanted: number },
): FlowSolution {
  const edges: Edge[] = [];
  const leaving: number[][] = Array.from({ length: nodes }, () => []);
  for (const { from, to, capacity, cost } of arcs) {
    leaving[from]!.push(edges.length);
    edges.push({ to, residual: capacity, cost, reverse: edges.length + 1 });
    leaving[to]!.push(edges.length);
    edges.push({ to: from, residual: 0, cost: -cost, reverse: edges.length - 1 });
  }
  const epsilon = slack(ends.wanted) / 1000;
  let sent = 0;
  while (ends.wanted - sent > epsilon) {
    const path = shortestPath(edges, leaving, ends, epsilon);
    if (path === undefined) break;
    const amount = Math.min(ends.wanted - sent, ...path.map((edge) => edges[edge]!.residual));
    for (const edge of path) {
      edges[edge]!.residual -= amount;
      edges[edges[edge]!.reverse]!.residual += amount;
    }
    sent += amount;
  }
  const amounts = arcs.map((_, index) => edges[2 * index + 1]!.residual);
  return { amounts: amounts.map((amount) => (amount > epsilon ? amount : 0)), sent };
}

/** The shortest path by the Bellman-Ford algorithm with a queue; undefined when the sink cannot be reached. */
function shortestPath(
  edges: readonly Edge[],
  leaving: readonly (readonly number[])[],
  { source, sink }: { readonly source: number; readonly sink: number },
  epsilon: number,
): number[] | undefined {
  const distance = new Float64Array(leaving.length).fill(Number.POSITIVE_INFINITY);
  const via = new Int32Array(leaving.length).fill(-1);
  const isQueued = new Uint8Array(leaving.length);
  const queue = [source];
  distance[source] = 0;
  // At most nodes times edges steps in exact arithmetic; the margin below keeps rounding from adding more.
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    isQueued[node] = 0;
    for (const index of leaving[node]!) {
      const { to, residual, cost } = edges[index]!;
      const through = distance[node]! + cost;
      if (residual <= epsilon || through >= distance[to]! - 1e-12 * Math.max(1, Math.abs(through)))
        continue;
      distance[to] = through;
      via[to] = index;
      if (isQueued[to] === 0) queue.push(to);
      isQueued[to] = 1;
    }
  }
  if (via[sink] === -1) return undefined;
  const path: number[] = [];
  for (let node = sink; node !== source; node = edges[edges[via[node]!]!.reverse]!.to) {
    path.push(via[node]!);
  }
  return path;
}
