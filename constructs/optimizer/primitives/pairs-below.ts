/** The pairs of an app that matter to a search near a set: those cheaper than a cap by origin, stored by cluster. */
import type { AppProblem } from '../problem/problem';

/** Pairs by cluster: those of a cluster are from `start[cluster]` up to `start[cluster + 1]`. */
export interface PairsBelow {
  readonly start: Int32Array;
  readonly origin: Int32Array;
  /** Cost of serving all of the origin there. */
  readonly cost: Float64Array;
  /** By origin: every pair that was left out costs at least this. */
  readonly cap: Float64Array;
}

/** One pass over all pairs, and one over those that are kept. */
export function pairsBelow(app: AppProblem, cap: Float64Array): PairsBelow {
  const { origins, clusters, cost: all } = app;
  const start = new Int32Array(clusters + 1);
  let kept: Int32Array = new Int32Array(Math.max(1024, (origins * clusters) >> 2));
  let count = 0;
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (app.allowed[cluster] === 1) {
      if (kept.length < count + origins) kept = grown(kept, 2 * kept.length + origins);
      const row = cluster * origins;
      for (let u = 0; u < origins; u++) {
        // Written whether or not it is kept: a branch here would be mispredicted every other time.
        kept[count] = u;
        count += all[row + u] < cap[u] ? 1 : 0;
      }
    }
    start[cluster + 1] = count;
  }
  const origin = kept.slice(0, count);
  const cost = new Float64Array(count);
  for (let cluster = 0; cluster < clusters; cluster++) {
    const row = cluster * origins;
    for (let k = start[cluster]; k < start[cluster + 1]; k++) cost[k] = all[row + origin[k]];
  }
  return { start, origin, cost, cap };
}

function grown(values: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length);
  longer.set(values);
  return longer;
}
