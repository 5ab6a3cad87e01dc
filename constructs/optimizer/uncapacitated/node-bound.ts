/**
 * The bound of one node: phases of subgradient ascent, after each of which clusters are fixed by reduced cost.
 * What is left is branched on at the cluster whose share in the relaxed sets is nearest to one half.
 */

import { type CandidateLists, narrowLists } from '../primitives/candidate-lists';
import type { Point } from '../problem/problem';
import { NODE_BOUND, NODE_EFFORT } from '../single-app-options';
import type { BranchContext, BranchNode } from './branch-context';
import { minimumLoadsOf } from './minimum-load';
import { FREE, IN, OUT, Relaxation } from './relaxation';
import type { StepSchedule } from './subgradient-ascent';
import { UncapacitatedAscent } from './uncapacitated-ascent';

const { POSITIVE_INFINITY } = Number;

/** Effort of one node before it is branched on. */
export interface NodeEffort extends StepSchedule {
  /** Rounds between two reduced-cost fixings. */
  readonly phase: number;
  readonly phases: number;
}

/** The bound of a node without branching. */
export interface NodeBound {
  /** Points at which clusters were fixed, then the last one. */
  readonly points: readonly Point[];
  readonly value: number;
  /** What is decided, and the pairs that were left. */
  readonly state: Uint8Array;
  readonly lists: CandidateLists;
  /** False when the last point fixes nothing. */
  readonly fixesClusters: boolean;
  /** Undefined when no cluster is left to branch on. */
  readonly branchCluster?: number;
  /** True when one set is left whose cheapest assignment is not proved to reach the cutoff. */
  readonly isUnresolved?: boolean;
}

/**
 * Raises the bound of one node in phases and fixes clusters by reduced cost after each. Changes the node's state.
 * `above`: the bound of the parent node; undefined at the root.
 */
export function boundNode(
  context: BranchContext,
  node: BranchNode,
  effort: NodeEffort,
  above?: number,
): NodeBound {
  const isRoot = above === undefined;
  const { app, rules, work, maxLoads, cutoff, consider, closestAssignment } = context;
  const { state } = node;
  const usesShortLists =
    (!isRoot || context.expectsGap === true) && minimumLoadsOf(app) === undefined;
  const near = initialLists(context, node, isRoot, usesShortLists);
  if (closestAssignment?.excludeBelowMinimum(state) === -1)
    return infeasible(state, near, [node.point]);
  const relaxation = new Relaxation(app, near, rules, state, work, maxLoads);
  const ascent = new UncapacitatedAscent(app, relaxation, node.point, effort);
  const points: Point[] = [];
  for (let phase = 1; ; phase++) {
    ascent.run(effort.phase, targetOf(context, ascent.value));
    const isLast = phase >= effort.phases || ascent.isOver || work.spent > work.allowed;
    // Only where the point is sure to enter the proof: rounding costs an evaluation, and an ascent goes on worse from a rounded point.
    if (isLast || ascent.value >= cutoff()) ascent.shorten(cutoff(), above);
    const { value } = ascent;
    const point = ascent.best;
    const end = { value, state, lists: relaxation.lists, fixesClusters: false };
    if (!ascent.isPossible) return { ...end, points: [...points, point] };
    consider(ascent.open, isRoot);
    if (value >= cutoff()) return { ...end, points: [...points, point] };
    ascent.refresh();
    const fixed = fixByReducedCost(relaxation, state, cutoff());
    const free = count(state, FREE);
    const fixesClusters = fixed > 0;
    if (fixesClusters || isLast || free === 0) points.push(point);
    const found = { ...end, points, fixesClusters };
    if (free === 0) return { ...found, isUnresolved: !isLastSetFathomed(context, state, isRoot) };
    if (isLast) return { ...found, branchCluster: mostFractional(ascent.share, relaxation) };
    const narrowsByMultipliers = isRoot && !usesShortLists && phase === NODE_BOUND.settledPhase;
    if (usesShortLists && areCapsBinding(relaxation.lists, node.lists, point)) {
      relaxation.lists = narrow(node.lists, state, point.assignmentMultipliers);
      if (!ascent.refresh()) return { ...end, points: [...points, point] };
    }
    if (!fixesClusters && !narrowsByMultipliers) continue;
    if (fixed > NODE_BOUND.narrowingShare * free || narrowsByMultipliers) {
      const usesMultipliers = narrowsByMultipliers && relaxation.minimumLoads === undefined;
      relaxation.lists = narrow(
        relaxation.lists,
        state,
        usesMultipliers ? point.assignmentMultipliers : undefined,
      );
    }
    if (closestAssignment !== undefined)
      relaxation.lists = closestAssignment.prune(relaxation.lists, state);
    const isEmpty = closestAssignment?.excludeBelowMinimum(state) === -1;
    if (isEmpty) return infeasible(state, relaxation.lists, [...points, point]);
    if (!ascent.refresh()) return { ...end, points: [...points, point] };
  }
}

/** The pairs to begin with. */
function initialLists(
  context: BranchContext,
  node: BranchNode,
  isRoot: boolean,
  usesShortLists: boolean,
): CandidateLists {
  const { lists, state, point } = node;
  const multipliers = usesShortLists ? point.assignmentMultipliers : undefined;
  const near =
    isRoot && !usesShortLists ? lists : narrow(lists, state, multipliers, NODE_BOUND.childReach);
  return context.closestAssignment === undefined
    ? near
    : context.closestAssignment.prune(near, state);
}

/** Where nothing is free, one set is left: whether it is proved what it costs. */
function isLastSetFathomed(context: BranchContext, state: Uint8Array, isRoot: boolean): boolean {
  const left = [...state.keys()].filter((cluster) => state[cluster] === IN);
  context.consider(left, isRoot);
  return context.isSetFathomed(left);
}

/** Fixes clusters after few rounds, which is most of them from a good start. Changes the state; returns the point that fixes them. */
export function fixFromStart(context: BranchContext, { state, lists, point }: BranchNode): Point {
  const { app, rules, work, maxLoads } = context;
  const relaxation = new Relaxation(app, lists, rules, state, work, maxLoads);
  const ascent = new UncapacitatedAscent(
    app,
    relaxation,
    point,
    context.expectsGap ? NODE_EFFORT.gappedRoot : NODE_EFFORT.root,
  );
  ascent.run(NODE_BOUND.fixingRounds, targetOf(context, ascent.value));
  ascent.shorten(context.cutoff());
  if (ascent.refresh()) fixByReducedCost(relaxation, state, context.cutoff());
  return ascent.best;
}

/** Target of the ascent: the cutoff, or somewhat above the bound. */
function targetOf(context: BranchContext, value: number): number {
  const cutoff = context.cutoff();
  if (cutoff < POSITIVE_INFINITY) return cutoff;
  return value > -POSITIVE_INFINITY
    ? value + Math.abs(value) * NODE_BOUND.targetGrowth + 1
    : context.estimate();
}

/** Fixes the free clusters whose opposite choice reaches the cutoff; returns how many. */
export function fixByReducedCost(
  relaxation: Relaxation,
  state: Uint8Array,
  cutoff: number,
): number {
  const isOpen = new Uint8Array(state.length);
  for (const cluster of relaxation.open) isOpen[cluster] = 1;
  let fixed = 0;
  for (let cluster = 0; cluster < state.length; cluster++) {
    if (state[cluster] !== FREE) continue;
    if (relaxation.valueWithOpposite(cluster, isOpen[cluster] === 1) < cutoff) continue;
    state[cluster] = isOpen[cluster] === 1 ? IN : OUT;
    fixed++;
  }
  return fixed;
}

/** Where no set is left. */
function infeasible(state: Uint8Array, lists: CandidateLists, points: readonly Point[]): NodeBound {
  return { value: POSITIVE_INFINITY, state, lists, points, fixesClusters: false };
}

/** Lists without excluded clusters and, when multipliers are given, without pairs that these will hardly reach. */
function narrow(
  lists: CandidateLists,
  state: Uint8Array,
  multipliers?: Float64Array,
  reach = NODE_BOUND.reach,
): CandidateLists {
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  if (multipliers === undefined) return narrowLists(lists, keeps, lists.cap);
  // Longer lists measure the reach from zero, shorter ones from the cheapest cost.
  const cheapest =
    reach < NODE_BOUND.reach ? leastCosts(lists) : new Float64Array(multipliers.length);
  let mean = 0;
  for (let u = 0; u < cheapest.length; u++)
    mean += Math.max(0, multipliers[u] - cheapest[u]) / cheapest.length;
  const cap = lists.cap.map((one, u) =>
    Math.min(one, cheapest[u] + reach * Math.max(multipliers[u] - cheapest[u], mean / 4)),
  );
  return narrowLists(lists, keeps, cap);
}

/** True when many multipliers could rise if lists were as long as `whole`. */
function areCapsBinding(
  lists: CandidateLists,
  whole: CandidateLists,
  { assignmentMultipliers: multipliers }: Point,
): boolean {
  let bound = 0;
  for (let u = 0; u < multipliers.length; u++) {
    if (multipliers[u] >= lists.cap[u] && lists.cap[u] < whole.cap[u]) bound++;
  }
  return bound > NODE_BOUND.maxCappedShare * multipliers.length;
}

/** By origin: what its cheapest pair costs; 0 where it has none. */
function leastCosts({ origin, cost, cap }: CandidateLists): Float64Array {
  const cheapest = new Float64Array(cap.length).fill(POSITIVE_INFINITY);
  for (let k = 0; k < cost.length; k++) {
    if (cost[k] < cheapest[origin[k]]) cheapest[origin[k]] = cost[k];
  }
  return cheapest.map((one) => (one < POSITIVE_INFINITY ? one : 0));
}

/** The free cluster that was in the relaxed set most nearly half of the time; ties by reduced cost, then index. */
function mostFractional(share: Float64Array, { reducedCost, state }: Relaxation): number {
  let best = -1;
  let fractionality = -1;
  for (let cluster = 0; cluster < state.length; cluster++) {
    if (state[cluster] !== FREE) continue;
    const here = Math.min(share[cluster], 1 - share[cluster]);
    if (
      here < fractionality ||
      (here === fractionality && reducedCost[cluster] >= reducedCost[best])
    )
      continue;
    best = cluster;
    fractionality = here;
  }
  return best;
}

function count(state: Uint8Array, value: number): number {
  let found = 0;
  for (const one of state) if (one === value) found++;
  return found;
}
