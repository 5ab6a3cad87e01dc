/** Projection: the best answers for a tree of places under a budget of slots, by dynamic programmes over nested slots. */
import { type ExactCost, type Projection, projectUnderBudget } from './budget';
import type { PlaceNode } from './place-costs';

/**
 * Least total cost for `maxSlots` slots at most, the world's among them; of equal ones fewer slots, then first names.
 * Undefined where residency leaves nothing. `exactCost` is asked for costs that places do not have.
 */
export function project(
  nodes: readonly PlaceNode[],
  maxSlots: number,
  exactCost: ExactCost,
): Projection | undefined {
  const free = fewestSlots(nodes);
  if (free === undefined || slotsIn(free) <= maxSlots) return free;
  return projectUnderBudget(nodes, maxSlots, exactCost);
}

/** Number of slots. */
function slotsIn({ hasSlot }: Projection): number {
  return hasSlot.reduce((sum, one) => sum + one, 0);
}

/** Without a budget every place gets its cheapest cluster; what is left is to say so in few slots. Costs above the least of a place have no part in it. */
function fewestSlots(nodes: readonly PlaceNode[]): Projection | undefined {
  const [world] = nodes;
  const clusters = world.cost.length;
  /** [node * clusters + cluster]: slots needed below, this one answering so; infinite where it would cost more than the least. */
  const slots = new Float64Array(nodes.length * clusters);
  const best = new Int32Array(nodes.length);
  for (let n = nodes.length - 1; n >= 0; n--) {
    const { cost, parent } = nodes[n];
    let least = Number.POSITIVE_INFINITY;
    for (const one of cost) if (one < least) least = one;
    if (least === Number.POSITIVE_INFINITY) return undefined;
    const row = slots.subarray(n * clusters, (n + 1) * clusters);
    let chosen = -1;
    for (let c = 0; c < clusters; c++) {
      if (cost[c] > least) row[c] = Number.POSITIVE_INFINITY;
      else if (chosen < 0 || row[c] < row[chosen]) chosen = c;
    }
    best[n] = chosen;
    if (parent < 0) continue;
    const above = slots.subarray(parent * clusters, (parent + 1) * clusters);
    for (let c = 0; c < clusters; c++) above[c] += Math.min(row[c], 1 + row[chosen]);
  }
  const cluster = new Int32Array(nodes.length);
  const hasSlot = new Uint8Array(nodes.length);
  nodes.forEach(({ parent }, n) => {
    const inherited = parent < 0 ? -1 : cluster[parent];
    const isOwn =
      inherited < 0 || slots[n * clusters + inherited] > 1 + slots[n * clusters + best[n]];
    hasSlot[n] = isOwn ? 1 : 0;
    cluster[n] = isOwn ? best[n] : inherited;
  });
  return { cluster, hasSlot };
}
