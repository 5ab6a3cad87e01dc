/**
 * Branch and bound on the Lagrangian relaxation, lowest bound first (Land and Doig, Econometrica 28, 1960): an unfinished tree
 * has the best bound that its nodes allow. The nodes with their multipliers are a certificate that can be checked on its own.
 */

import type { CandidateLists } from '../primitives/candidate-lists';
import { Heap } from '../primitives/heap';
import type { AppProblem, Point, ProofNode, Work } from '../problem/problem';
import { CERTIFICATE, MIN_TREE, NODE_EFFORT, SMALL_SETS_WORK_DIVISOR } from '../single-app-options';
import type { BranchContext, BranchNode, ProvedBound } from './branch-context';
import { ClosestAssignment } from './closest-assignment';
import { minimumLoadsOf, sizeBranchesOf } from './minimum-load';
import { boundNode, type NodeBound } from './node-bound';
import { IN, OUT } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** The node that branching starts from, and what was fixed before it. */
export interface ProofStart {
  readonly relaxed: readonly number[];
  /** Undefined when branching cannot start and `fixing` is the whole proof. */
  readonly node?: BranchNode;
  /** The point that fixed some clusters, and its bound where that is known. */
  readonly fixing?: { readonly point: Point; readonly value?: number };
}

/** The bound and certificate of the fixing point and the tree after it. */
export function proveFromStart(
  context: BranchContext,
  { fixing, node }: ProofStart,
  needsMinimumLoad: boolean,
): ProvedBound {
  if (node === undefined) {
    if (fixing === undefined) throw new Error('there is nothing to prove from');
    const { point, value = Number.NEGATIVE_INFINITY } = fixing;
    return { value: Math.min(value, context.cutoff()), proof: { point } };
  }
  const { value, proof } = needsMinimumLoad
    ? branchOnSize(context, node)
    : branchAndBound(context, node);
  if (fixing === undefined) return { value, proof };
  const most = Math.max(value, Math.min(fixing.value ?? value, context.cutoff()));
  return { value: most, proof: { point: fixing.point, next: proof } };
}

/** Branches apart on small sets, whose clusters may be below their minimum load, and on larger ones, whose clusters may not. */
function branchOnSize(context: BranchContext, start: BranchNode): ProvedBound {
  const branches = sizeBranchesOf(context.app);
  if (branches === undefined) return branchAndBound(context, start);
  const { work } = context;
  const effort: Work = { spent: 0, allowed: (work.allowed - work.spent) / SMALL_SETS_WORK_DIVISOR };
  const contextOf = (app: AppProblem, part: Work): BranchContext => {
    const closest = context.closestAssignment && new ClosestAssignment(app, minimumLoadsOf(app));
    return {
      ...context,
      app,
      closestAssignment: closest,
      rules: context.rules.restrictedTo(app),
      work: part,
    };
  };
  const small = branchAndBound(contextOf(branches.small, effort), {
    ...start,
    state: start.state.slice(),
  });
  work.spent += effort.spent;
  const large = branchAndBound(contextOf(branches.large, work), start);
  const sizes = { largestSmall: branches.largestSmall, small: small.proof, large: large.proof };
  return {
    value: Math.min(small.value, large.value),
    proof: { point: start.point, sizeSplit: sizes },
  };
}

/** Raises the bound of the root, then branches until no set below the cutoff is left or the work is spent. */
export function branchAndBound(context: BranchContext, start: BranchNode): ProvedBound {
  const { isApproximate = false, expectsGap = false } = context;
  const effort = expectsGap ? NODE_EFFORT.gappedRoot : NODE_EFFORT.root;
  const bound = boundNode(context, start, isApproximate ? NODE_EFFORT.approximateRoot : effort);
  const tree = new Tree(context, bound);
  if (!isApproximate && sufficesForTree(context, bound)) tree.grow();
  return tree.result();
}

/** Where a gap is to be expected, few nodes close none of it. */
function sufficesForTree({ expectsGap, work }: BranchContext, { lists }: NodeBound): boolean {
  if (expectsGap !== true) return true;
  const { phase, phases } = NODE_EFFORT.child;
  const nodes = (work.allowed - work.spent) / Math.max(1, phase * phases * lists.cost.length);
  return nodes >= MIN_TREE;
}

/** A node: the sets that agree with its decisions. */
interface SearchNode {
  readonly bound: Omit<NodeBound, 'lists'>;
  /** No set of the node costs less. */
  readonly lowerBound: number;
  /** Indices of the nodes with and without the cluster that was branched on. */
  children?: readonly [number, number];
}

class Tree {
  private readonly lists: CandidateLists;
  /** The root first, parents before children. */
  private readonly nodes: SearchNode[] = [];
  /** Nodes that may have sets below the cutoff, by lower bound. */
  private readonly open = new Heap(64);
  /** Nodes that were branched on, in that order; the bound of the tree never falls along it. */
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
      // The lowest node is one set of unknown cost: no other node can raise the bound of the tree.
      const at = node?.bound.branchCluster;
      if (at === undefined) return;
      this.open.pop();
      this.split.push(next);
      const point = lastOf(node.bound.points);
      const childOf = (choice: number): number => {
        const state = node.bound.state.slice();
        state[at] = choice;
        const bound = boundNode(
          context,
          { state, lists, point },
          NODE_EFFORT.child,
          node.lowerBound,
        );
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
    const { maxMultipliers, maxPairs, minGain } = CERTIFICATE;
    const size = Math.min(maxMultipliers / origins, maxPairs / origins / clusters);
    const splits = Math.min(split.length, Math.max(0, Math.floor((size - 1) / 2)));
    const reached = nodes[split[splits] ?? next].lowerBound;
    const closesGap = reached - root.lowerBound > minGain * (cutoff - root.lowerBound);
    if (!closesGap) return { value: root.lowerBound, proof: this.proofOf(0) };
    return { value: reached, proof: this.proofOf(splits) };
  }

  /** Adds a node without its lists, which would take too much memory. */
  private add({ lists: _, ...bound }: NodeBound, least: number): number {
    const node: SearchNode = { bound, lowerBound: least };
    if (isLeft(bound)) this.open.push(this.nodes.length, least);
    return this.nodes.push(node) - 1;
  }

  /** The node of the lowest bound; -1 when none is below the cutoff. */
  private next(): number {
    const first = this.open.first();
    return first >= 0 && this.open.key < this.context.cutoff() ? first : -1;
  }

  /** The certificate with the first `splits` branchings. A point that fixes nothing and is no better than its children is left out. */
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
      const reported = isRedundant && above !== undefined ? [above] : points;
      const [first, second] = children.map((childOf) => visit(childOf, lastOf(reported)));
      return chain(reported, { cluster: split, with: first, without: second });
    };
    return visit(0);
  }

  /** By node: the bound that its reported children prove; -Infinity where none are reported. */
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

/** True when the node may have sets that cost less than the cutoff. */
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
