/** A queue of candidates by gain. Gains only shrink as sets grow, so an old gain is a bound: few are computed again (Minoux, 1978). */

import { Heap } from './heap';

/** Returns the candidate with the lowest change of cost; ties by index. */
export class GainQueue {
  private readonly heap: Heap;
  /** The turn in which the gain of a candidate was computed. */
  private readonly computedIn = new Map<number, number>();
  private turn = 0;

  constructor(clusters: readonly number[]) {
    this.heap = new Heap(clusters.length);
    for (const cluster of clusters) this.heap.push(cluster, Number.NEGATIVE_INFINITY);
  }

  /** Takes out the best of those that are `fit` now; undefined when none is. */
  take(
    isFit: (cluster: number) => boolean,
    gainOf: (cluster: number) => number,
  ): { readonly cluster: number; readonly gain: number } | undefined {
    const { heap, computedIn } = this;
    const passed: { readonly cluster: number; readonly gain: number }[] = [];
    let found: { readonly cluster: number; readonly gain: number } | undefined;
    this.turn++;
    for (let cluster = heap.pop(); cluster >= 0; cluster = heap.pop()) {
      const gain = heap.key;
      if (!isFit(cluster)) passed.push({ cluster, gain });
      else if (computedIn.get(cluster) === this.turn) {
        found = { cluster, gain };
        break;
      } else {
        heap.push(cluster, gainOf(cluster));
        computedIn.set(cluster, this.turn);
      }
    }
    for (const { cluster, gain } of passed) heap.push(cluster, gain);
    return found;
  }
}
