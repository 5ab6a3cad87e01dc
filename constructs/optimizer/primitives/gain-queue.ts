/** A queue of candidates by gain. Gains only shrink as sets grow, so an old gain is a bound: few are computed again (Minoux, 1978). */

interface Entry {
  readonly cluster: number;
  readonly gain: number;
  /** The turn in which the gain was computed. */
  readonly turn: number;
}

/** Returns the candidate with the lowest change of cost; ties by index. */
export class GainQueue {
  private readonly heap: Entry[];
  private turn = 0;

  constructor(clusters: readonly number[]) {
    this.heap = clusters.map((cluster) => ({
      cluster,
      gain: Number.NEGATIVE_INFINITY,
      turn: -1,
    }));
  }

  /** Takes out the best of those that are `fit` now; undefined when none is. */
  take(
    isFit: (cluster: number) => boolean,
    gainOf: (cluster: number) => number,
  ): Entry | undefined {
    const passed: Entry[] = [];
    let found: Entry | undefined;
    this.turn++;
    while (this.heap.length > 0 && found === undefined) {
      const entry = this.pop();
      if (!isFit(entry.cluster)) passed.push(entry);
      else if (entry.turn === this.turn) found = entry;
      else {
        const { cluster } = entry;
        this.push({ cluster, gain: gainOf(cluster), turn: this.turn });
      }
    }
    for (const entry of passed) this.push(entry);
    return found;
  }

  private pop(): Entry {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop() as Entry;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.gain < b.gain || (a.gain === b.gain && a.cluster < b.cluster);
}
