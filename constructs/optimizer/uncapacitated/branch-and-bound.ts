/**
 * Branch and bound on the relaxation, the part that is proved least first (Land and Doig, Econometrica 28, 1960): so a tree
 * that does not end has proved as much as its nodes can. The nodes with their prices are a proof that anyone can walk
 * through again.
 */

import type { CandidateLists } from '../primitives/candidate-lists';
import { Heap } from '../primitives/heap';
import type { Point, ProofNode } from '../problem/problem';
import type { BranchContext, BranchNode, ProvedBound } from './branch-context';
import { BELOW, boundNode, type NodeBound, ROOT, ROUGH } from './node-bound';
import { IN, OUT } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** An unfinished tree is told by nodes with so many prices in all, and so many pairs to look at again. */
const MOST_PRICES = 300_000;
const MOST_PAIRS = 300_000_000;
/** It is told by its root alone when it brings the bound no nearer than by this share of what the root leaves open. */
const WORTH_TELLING = 0.01;

/** Climbs, then branches until every set is proved to cost at least the cutoff, or the work is spent. */
export function branchAndBound(context: BranchContext, start: BranchNode): ProvedBound {
  const { isApproximate = false } = context;
  const bound = boundNode(context, start, isApproximate ? ROUGH : ROOT);
  const tree = new Tree(context, bound);
  if (!isApproximate) tree.grow();
  return tree.result();
}

/** The sets that agree with some decisions. */
interface SearchNode {
  readonly bound: Omit<NodeBound, 'lists'>;
  /** No set of it costs less. */
  readonly lowerBound: number;
  /** Numbers of the parts with and without the cluster it was split at. */
  children?: readonly [number, number];
}

class Tree {
  private readonly lists: CandidateLists;
  /** The whole first, each before its sides. */
  private readonly nodes: SearchNode[] = [];
  /** Parts that may have sets below the cutoff, by the least cost of these. */
  private readonly open = new Heap(64);
  /** Those that were split, in that order; what is proved never falls along it. */
  private readonly split: number[] = [];

  constructor(
    private readonly context: BranchContext,
    bound: NodeBound,
  ) {
    this.lists = bound.lists;
    this.add(bound, bound.value);
  }

  grow(): void {
    const { context, nodes, lists } = this;
    const { work, cutoff } = context;
    const refineAfter = 2 * work.spent;
    let hasImproved = false;
    while (work.spent <= work.allowed && cutoff() < POSITIVE_INFINITY) {
      if (work.spent > refineAfter && !hasImproved) {
        hasImproved = true;
        context.perturbIncumbent?.();
      }
      const next = this.next();
      const node = nodes[next];
      // Where one set of unknown cost is left, no other part can raise what is proved of all.
      const at = node?.bound.branchCluster;
      if (at === undefined) return;
      this.open.pop();
      this.split.push(next);
      const point = lastOf(node.bound.points);
      const childOf = (choice: number): number => {
        const state = node.bound.state.slice();
        state[at] = choice;
        const bound = boundNode(context, { state, lists, point }, BELOW, node.lowerBound);
        return this.add(bound, Math.max(node.lowerBound, bound.value));
      };
      node.children = [childOf(IN), childOf(OUT)];
    }
  }

  result(): ProvedBound {
    const { context, nodes, split } = this;
    const [root] = nodes;
    const cutoff = context.cutoff();
    const next = this.next();
    if (next < 0) return { value: cutoff, proof: this.proofOf(split.length) };
    const { origins, clusters } = context.app;
    const size = Math.min(MOST_PRICES / origins, MOST_PAIRS / origins / clusters);
    const splits = Math.min(split.length, Math.max(0, Math.floor((size - 1) / 2)));
    const reached = nodes[split[splits] ?? next].lowerBound;
    const isWorth = reached - root.lowerBound > WORTH_TELLING * (cutoff - root.lowerBound);
    if (!isWorth) return { value: root.lowerBound, proof: this.proofOf(0) };
    return { value: reached, proof: this.proofOf(splits) };
  }

  /** Lists of every part would be too much to keep. */
  private add({ lists: _, ...bound }: NodeBound, least: number): number {
    const node: SearchNode = { bound, lowerBound: least };
    if (isLeft(bound)) this.open.push(this.nodes.length, least);
    return this.nodes.push(node) - 1;
  }

  /** The part that is proved least; -1 when none has a set below the cutoff. */
  private next(): number {
    const first = this.open.first();
    return first >= 0 && this.open.key < this.context.cutoff() ? first : -1;
  }

  /** The walk through the first so many splits. A point that decides nothing, and proves no more than what is below it, is left out. */
  private proofOf(splits: number): ProofNode {
    const { nodes } = this;
    const isReported = new Uint8Array(nodes.length);
    for (const at of this.split.slice(0, splits)) isReported[at] = 1;
    const below = this.provedBelow(isReported);
    const visit = (at: number, above?: Point): ProofNode => {
      const { bound, children } = nodes[at];
      const { points, value, branchCluster: split, fixesClusters } = bound;
      if (split === undefined || children === undefined || isReported[at] === 0)
        return chain(points);
      const isRedundant = points.length === 1 && !fixesClusters && below[at] >= value;
      const told = isRedundant && above !== undefined ? [above] : points;
      const [first, second] = children.map((childOf) => visit(childOf, lastOf(told)));
      return chain(told, { cluster: split, with: first, without: second });
    };
    return visit(0);
  }

  /** By part: what the sides that are told prove; -Infinity where none are. */
  private provedBelow(isReported: Uint8Array): Float64Array {
    const { nodes } = this;
    const below = new Float64Array(nodes.length).fill(Number.NEGATIVE_INFINITY);
    const proved = (at: number): number =>
      isLeft(nodes[at].bound) ? Math.max(nodes[at].bound.value, below[at]) : POSITIVE_INFINITY;
    for (let at = nodes.length - 1; at >= 0; at--) {
      const { children } = nodes[at];
      if (children !== undefined && isReported[at] === 1)
        below[at] = Math.min(...children.map(proved));
    }
    return below;
  }
}

/** True when the climb left sets that may cost less than the cutoff. */
function isLeft({ branchCluster: split, isUnresolved = false }: SearchNode['bound']): boolean {
  return split !== undefined || isUnresolved;
}

function chain(points: readonly Point[], split?: ProofNode['split']): ProofNode {
  const last: ProofNode = { point: lastOf(points), ...(split && { split }) };
  return points.slice(0, -1).reduceRight<ProofNode>((next, point) => ({ point, next }), last);
}

function lastOf(points: readonly Point[]): Point {
  return points[points.length - 1];
}
