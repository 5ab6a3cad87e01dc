/**
 * Candidate lists: for every origin the clusters that serve it for least, stored by cluster. Search and bound run on
 * them instead of on all pairs; while the multiplier of an origin is not above its `cap`, the bound is the same as with all pairs.
 */
import { ORIGINS_PER_BLOCK } from '../options';
import type { AppProblem, CandidateLists } from '../problem/problem';

const { POSITIVE_INFINITY } = Number;

export type { CandidateLists };

/** The `length` cheapest legal pairs of every origin, ties with the last of them included. Cost is no metric: no geometry is assumed. */
export function cheapestLists(app: AppProblem, length: number): CandidateLists {
  const cap = capsOf(app, length);
  const { origins, clusters } = app;
  const start = new Int32Array(clusters + 1);
  for (let cluster = 0; cluster < clusters; cluster++) {
    start[cluster + 1] =
      start[cluster] + (app.allowed[cluster] === 1 ? countWithin(app, cluster, cap) : 0);
  }
  const origin = new Int32Array(start[clusters]);
  const cost = new Float64Array(start[clusters]);
  for (let cluster = 0; cluster < clusters; cluster++) {
    if (app.allowed[cluster] === 0) continue;
    const row = cluster * origins;
    let at = start[cluster];
    for (let u = 0; u < origins; u++) {
      const here = app.cost[row + u];
      if (here > cap[u] || here === POSITIVE_INFINITY) continue;
      origin[at] = u;
      cost[at++] = here;
    }
  }
  return { origins, clusters, start, origin, cost, cap };
}

/** Without any pair. */
export function emptyLists({ origins, clusters }: AppProblem): CandidateLists {
  const [start, origin] = [new Int32Array(clusters + 1), new Int32Array(0)];
  const [cost, cap] = [new Float64Array(0), new Float64Array(origins)];
  return { origins, clusters, start, origin, cost, cap };
}

function countWithin(app: AppProblem, cluster: number, cap: Float64Array): number {
  const row = cluster * app.origins;
  let count = 0;
  for (let u = 0; u < app.origins; u++) {
    const here = app.cost[row + u];
    if (here <= cap[u] && here < POSITIVE_INFINITY) count++;
  }
  return count;
}

/** The cost of the pair of rank `length` of every origin; Infinity for an origin with no more legal pairs than that. */
function capsOf(app: AppProblem, length: number): Float64Array {
  const cap = new Float64Array(app.origins).fill(POSITIVE_INFINITY);
  const allowed: number[] = [];
  app.allowed.forEach((flag, cluster) => {
    if (flag === 1) allowed.push(cluster);
  });
  const width = allowed.length;
  if (length >= width) return cap;
  const block = new Float64Array(ORIGINS_PER_BLOCK * width);
  for (let first = 0; first < app.origins; first += ORIGINS_PER_BLOCK) {
    const size = Math.min(ORIGINS_PER_BLOCK, app.origins - first);
    for (let i = 0; i < width; i++) {
      const from = allowed[i] * app.origins + first;
      for (let j = 0; j < size; j++) block[j * width + i] = app.cost[from + j];
    }
    for (let j = 0; j < size; j++) {
      cap[first + j] = quickselect(block, j * width, (j + 1) * width - 1, j * width + length - 1);
    }
  }
  return cap;
}

/** The value that would be at `rank` if values[from..to] were sorted (Hoare's selection; Floyd and Rivest, CACM 18, 1975, for the pivot). */
export function quickselect(values: Float64Array, from: number, to: number, rank: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const pivot = median(values[low], values[(low + high) >> 1], values[high]);
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return values[rank];
  }
  return values[rank];
}

function median(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** The pairs of `keeps` clusters that cost less than `cap`, which may only be lower than before. */
export function narrowLists(
  lists: CandidateLists,
  keeps: Uint8Array,
  cap: Float64Array,
): CandidateLists {
  const start = new Int32Array(lists.clusters + 1);
  for (let cluster = 0; cluster < lists.clusters; cluster++) {
    let count = 0;
    if (keeps[cluster] === 1) {
      for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
        if (lists.cost[k] < cap[lists.origin[k]]) count++;
      }
    }
    start[cluster + 1] = start[cluster] + count;
  }
  const origin = new Int32Array(start[lists.clusters]);
  const cost = new Float64Array(start[lists.clusters]);
  for (let cluster = 0, at = 0; cluster < lists.clusters; cluster++) {
    if (keeps[cluster] === 0) continue;
    for (let k = lists.start[cluster]; k < lists.start[cluster + 1]; k++) {
      if (lists.cost[k] >= cap[lists.origin[k]]) continue;
      origin[at] = lists.origin[k];
      cost[at++] = lists.cost[k];
    }
  }
  return { ...lists, start, origin, cost, cap };
}
