/** What is left of a tree: the leaf of least bound comes first. */

/** A heap of leaves. */
export class Leaves<Leaf extends { readonly bound: number }> {
  private readonly leaves: Leaf[] = [];

  get size(): number {
    return this.leaves.length;
  }

  /** The least bound; Infinity where nothing is left. */
  get least(): number {
    return this.leaves[0]?.bound ?? Number.POSITIVE_INFINITY;
  }

  put(leaf: Leaf): void {
    const { leaves } = this;
    let at = leaves.push(leaf) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (leaves[above].bound <= leaf.bound) break;
      leaves[at] = leaves[above];
      at = above;
    }
    leaves[at] = leaf;
  }

  /** Takes out the leaf of least bound; there must be one. */
  take(): Leaf {
    const { leaves } = this;
    const [first] = leaves;
    const last = leaves.pop() as Leaf;
    if (leaves.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= leaves.length) break;
      if (below + 1 < leaves.length && leaves[below + 1].bound < leaves[below].bound) below++;
      if (last.bound <= leaves[below].bound) break;
      leaves[at] = leaves[below];
      at = below;
    }
    leaves[at] = last;
    return first;
  }
}
