/** What is left of a tree: the leaf of least bound comes first. */

/** A heap of leaves. */
export class OpenNodes<Leaf extends { readonly bound: number }> {
  private readonly heap: Leaf[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The least bound; Infinity where nothing is left. */
  get least(): number {
    return this.heap[0]?.bound ?? Number.POSITIVE_INFINITY;
  }

  push(leaf: Leaf): void {
    const { heap } = this;
    let at = heap.push(leaf) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above].bound <= leaf.bound) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = leaf;
  }

  /** Takes out the leaf of least bound; there must be one. */
  pop(): Leaf {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop() as Leaf;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1].bound < heap[below].bound) below++;
      if (last.bound <= heap[below].bound) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
