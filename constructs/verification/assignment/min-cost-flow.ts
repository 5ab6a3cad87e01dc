/** Least-cost flow by successive cheapest paths: small, general and slow. */
import { slack } from '../input/findings';

/** A way from one node to another. */
export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly capacity: number;
  readonly cost: number;
}

/** The cheapest way to send as much as possible. */
export interface FlowAnswer {
  /** By arc. */
  readonly amounts: readonly number[];
  /** What arrives at the sink. */
  readonly sent: number;
}

interface Edge {
  readonly to: number;
  room: number;
  readonly cost: number;
  /** The edge back. */
  readonly back: number;
}

/**
 * Sends up to `wanted` from `source` to `sink`. Costs may be negative, cycles of negative cost may not.
 * Every path fills an edge; with amounts in floating point, what is smaller than rounding counts as nothing.
 */
export function leastCostFlow(
  nodes: number,
  arcs: readonly Arc[],
  ends: { readonly source: number; readonly sink: number; readonly wanted: number },
): FlowAnswer {
  const edges: Edge[] = [];
  const leaving: number[][] = Array.from({ length: nodes }, () => []);
  for (const { from, to, capacity, cost } of arcs) {
    leaving[from]!.push(edges.length);
    edges.push({ to, room: capacity, cost, back: edges.length + 1 });
    leaving[to]!.push(edges.length);
    edges.push({ to: from, room: 0, cost: -cost, back: edges.length - 1 });
  }
  const dust = slack(ends.wanted) / 1000;
  let sent = 0;
  while (ends.wanted - sent > dust) {
    const path = cheapestPath(edges, leaving, ends, dust);
    if (path === undefined) break;
    const amount = Math.min(ends.wanted - sent, ...path.map((edge) => edges[edge]!.room));
    for (const edge of path) {
      edges[edge]!.room -= amount;
      edges[edges[edge]!.back]!.room += amount;
    }
    sent += amount;
  }
  const amounts = arcs.map((_, index) => edges[2 * index + 1]!.room);
  return { amounts: amounts.map((amount) => (amount > dust ? amount : 0)), sent };
}

/** Bellman and Ford with a queue; undefined when the sink cannot be reached. */
function cheapestPath(
  edges: readonly Edge[],
  leaving: readonly (readonly number[])[],
  { source, sink }: { readonly source: number; readonly sink: number },
  dust: number,
): number[] | undefined {
  const distance = new Float64Array(leaving.length).fill(Number.POSITIVE_INFINITY);
  const via = new Int32Array(leaving.length).fill(-1);
  const waits = new Uint8Array(leaving.length);
  const queue = [source];
  distance[source] = 0;
  // At most nodes times edges steps without rounding; the margin below keeps rounding from adding more.
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    waits[node] = 0;
    for (const index of leaving[node]!) {
      const { to, room, cost } = edges[index]!;
      const through = distance[node]! + cost;
      if (room <= dust || through >= distance[to]! - 1e-12 * Math.max(1, Math.abs(through)))
        continue;
      distance[to] = through;
      via[to] = index;
      if (waits[to] === 0) queue.push(to);
      waits[to] = 1;
    }
  }
  if (via[sink] === -1) return undefined;
  const path: number[] = [];
  for (let node = sink; node !== source; node = edges[edges[via[node]!]!.back]!.to) {
    path.push(via[node]!);
  }
  return path;
}
