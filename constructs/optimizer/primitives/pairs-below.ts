/** The allowed pairs of an app that cost less than a cap of their origin, stored by cluster: those that matter near a set. */
import type { AppProblem, CandidateLists } from '../problem/problem';

/** The pairs below `cap`, by origin. Takes one pass over all pairs and one over those that are kept. */
export function pairsBelow(app: AppProblem, cap: Float64Array): CandidateLists {
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
  return { origins, clusters, start, origin, cost, cap };
}

function grown(values: Int32Array, length: number): Int32Array {
  const longer = new Int32Array(length);
  longer.set(values);
  return longer;
}
