/** The open nodes of a branch and bound tree, least bound first, of equal ones the oldest. */

import { Heap } from '../primitives/heap';

/** Open nodes in the order in which they are to be expanded. */
export class OpenNodes<Node extends { readonly bound: number }> {
  private readonly heap = new Heap(0);
  /** By number; nodes are numbered as they come. */
  private readonly nodes = new Map<number, Node>();
  private numbered = 0;

  get size(): number {
    return this.nodes.size;
  }

  /** The least bound; Infinity when no node is open. */
  get least(): number {
    return this.heap.first() < 0 ? Number.POSITIVE_INFINITY : this.heap.key;
  }

  push(node: Node): void {
    const number = this.numbered++;
    this.nodes.set(number, node);
    this.heap.push(number, node.bound);
  }

  /** Removes the node of least bound. There must be one. */
  pop(): Node {
    const number = this.heap.pop();
    const node = this.nodes.get(number) as Node;
    this.nodes.delete(number);
    return node;
  }
}
