/** The open nodes of a branch and bound tree in a binary heap, least bound first. */

/** A binary heap of open nodes. */
export class OpenNodes<Node extends { readonly bound: number }> {
  private readonly heap: Node[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The least bound; Infinity when no node is open. */
  get least(): number {
    return this.heap[0]?.bound ?? Number.POSITIVE_INFINITY;
  }

  push(node: Node): void {
    const { heap } = this;
    let at = heap.push(node) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above].bound <= node.bound) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = node;
  }

  /** Removes the node of least bound. The heap must not be empty. */
  pop(): Node {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop() as Node;
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
