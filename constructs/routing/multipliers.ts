/** Multipliers of slots: the Lagrangian relaxation of the budget, and by it which clusters may answer at a place at all. */

/** What is known of the costs in a tree of places, for the clusters that may still answer at places with places within. */
export interface KnownCosts {
  /** By place the place around it, less than its own index; -1 for the world. */
  readonly parents: Int32Array;
  /** Places with places within, and the world; those around others first. */
  readonly inner: readonly number[];
  /** By place its least cost over all clusters. */
  readonly leastCost: Float64Array;
  /** Clusters, by index of column. */
  readonly columns: Int32Array;
  /** [place * columns + column]: a cost, exactly or at least; infinite where residency forbids it. */
  readonly atLeast: Float64Array;
}

/** Best labelling of the tree when every slot costs a multiplier: the budget is dropped and paid for. */
export interface Relaxed {
  readonly multiplier: number;
  /** Costs without the multipliers. */
  readonly cost: number;
  readonly slots: number;
  /** By place with places within: index of the column that answers. */
  readonly column: Int32Array;
  /** [inner place * columns + column]: costs with multipliers of a place and all within, when this cluster answers there, without a slot of its own. */
  readonly inside: Float64Array;
}

const leastOf = (values: Float64Array, from: number, to: number) => {
  let found = from;
  for (let i = from + 1; i < to; i++) if (values[i] < values[found]) found = i;
  return found;
};

/** Places times columns. */
function relax(known: KnownCosts, multiplier: number): Relaxed {
  const { parents, inner, leastCost, atLeast } = known;
  const columns = known.columns.length;
  const inside = new Float64Array(inner.length * columns);
  const rowOf = new Int32Array(parents.length).fill(-1);
  inner.forEach((n, row) => {
    rowOf[n] = row;
    inside.set(atLeast.subarray(n * columns, (n + 1) * columns), row * columns);
  });
  /** By inner place: the column that answers best there. */
  const best = new Int32Array(inner.length);
  for (let n = parents.length - 1; n >= 0; n--) {
    const row = rowOf[n];
    if (row >= 0) best[row] = leastOf(inside, row * columns, (row + 1) * columns) - row * columns;
    if (n === 0) break;
    const own = multiplier + (row < 0 ? leastCost[n] : inside[row * columns + best[row]]);
    const [from, above] = [row < 0 ? n * columns : row * columns, rowOf[parents[n]] * columns];
    const costs = row < 0 ? atLeast : inside;
    for (let k = 0; k < columns; k++) {
      const inherited = costs[from + k];
      inside[above + k] += inherited <= own ? inherited : own;
    }
  }
  const column = new Int32Array(parents.length);
  let slots = 0;
  let cost = 0;
  parents.forEach((parent, n) => {
    const row = rowOf[n];
    const costs = row < 0 ? atLeast : inside;
    const least = row < 0 ? leastCost[n] : inside[row * columns + best[row]];
    const around = parent < 0 ? -1 : column[parent];
    const inherited = around < 0 ? Infinity : costs[(row < 0 ? n : row) * columns + around];
    const isOwn = inherited > multiplier + least;
    if (isOwn || around < 0) slots += 1;
    column[n] = isOwn || around < 0 ? (row < 0 ? 0 : best[row]) : around;
    cost += row < 0 && isOwn ? leastCost[n] : atLeast[n * columns + column[n]];
  });
  return { multiplier, cost, slots, column, inside };
}

/** Labellings on both sides of a budget, and the relaxation with the multiplier of the line between them. */
export interface AroundBudget {
  /** Within the budget. */
  readonly within: Relaxed;
  /** Cheaper, and beyond the budget; the same where none is. */
  readonly beyond: Relaxed;
  /** Its costs with multipliers, less the multiplier for every slot of the budget, are a lower bound. */
  readonly relaxed: Relaxed;
}

/** Finds the edge of the convex hull of (slots, cost) above the budget; undefined where nothing is within it. Every step finds another corner, so it ends. */
export function aroundBudget(known: KnownCosts, maxSlots: number): AroundBudget | undefined {
  let most = 1;
  for (const one of known.atLeast) if (Number.isFinite(one)) most += one;
  let within = relax(known, most);
  if (within.slots > maxSlots) return undefined;
  let beyond = relax(known, 0);
  if (beyond.slots <= maxSlots) return { within: beyond, beyond, relaxed: beyond };
  for (;;) {
    const multiplier = (within.cost - beyond.cost) / (beyond.slots - within.slots);
    const relaxed = relax(known, multiplier);
    const { slots } = relaxed;
    if (slots >= beyond.slots || slots <= within.slots) return { within, beyond, relaxed };
    if (slots <= maxSlots) within = relaxed;
    else beyond = relaxed;
  }
}

/** [inner place * columns + column]: a lower bound on the cost of every labelling within the budget in which this cluster answers there. */
export function leastTotals(
  { parents, inner, columns: { length: columns } }: KnownCosts,
  { inside, multiplier }: Relaxed,
  maxSlots: number,
): Float64Array {
  const rowOf = new Map(inner.map((n, row) => [n, row]));
  /** Costs with multipliers of all that is not within a place, when this cluster answers there. */
  const outside = new Float64Array(inside.length).fill(multiplier, 0, columns);
  inner.forEach((n, row) => {
    if (parents[n] < 0) return;
    const [from, above] = [row * columns, (rowOf.get(parents[n]) ?? 0) * columns];
    const own = multiplier + inside[leastOf(inside, from, from + columns)];
    let leastAbove = Infinity;
    for (let k = 0; k < columns; k++) {
      const around = outside[above + k] + inside[above + k];
      // What is forbidden around stays so, whatever is taken from it.
      const rest = around === Infinity ? Infinity : around - Math.min(inside[from + k], own);
      outside[from + k] = rest;
      if (rest < leastAbove) leastAbove = rest;
    }
    for (let k = 0; k < columns; k++) {
      outside[from + k] = Math.min(outside[from + k], multiplier + leastAbove);
    }
  });
  return inside.map((one, i) => one + outside[i] - multiplier * maxSlots);
}
