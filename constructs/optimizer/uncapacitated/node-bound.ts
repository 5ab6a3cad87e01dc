/**
 * One node of a proof: the prices climb, and clusters whose opposite choice would cost too much are decided (reduced-cost
 * fixing), in phases. What is left is split at the cluster the relaxation is least sure about.
 */

import { type Lists, narrowed } from '../primitives/candidate-lists';
import type { Point } from '../problem/problem';
import type { Node, Quest } from './branch-context';
import { leastLoads } from './minimum-load';
import { FREE, IN, OUT, Relaxation } from './relaxation';
import { Ascent, type Pace } from './subgradient-ascent';

const { POSITIVE_INFINITY } = Number;

/** How hard a node tries before it splits. */
export interface Effort extends Pace {
  /** Rounds between two looks at what can be decided. */
  readonly phase: number;
  readonly phases: number;
}

export const ROOT: Effort = { phase: 40, phases: 12, patience: 20, step: 1, leastStep: 0.004 };
export const ROUGH: Effort = { phase: 40, phases: 8, patience: 10, step: 1, leastStep: 0.03 };
export const BELOW: Effort = { phase: 30, phases: 2, patience: 15, step: 1.5, leastStep: 0.1 };
/** Rounds that tell what a good start decides. */
const FEW_ROUNDS = 6;
/** Lists are copied without decided clusters when these are at least this share. */
const NARROWING = 0.1;

/** After this phase prices of the root hardly rise beyond so many times what they are. */
const SETTLED = 2;
const REACH = 2;
/** Below the root most do not even rise so far, counted from the cheapest cost; where more than this share of them would, lists are made longer. */
const REACH_BELOW = 1.3;
const CRAMPED = 0.02;

/** How far one node came without branching. */
export interface Climbed {
  /** Points at which clusters were decided, then the last one. */
  readonly points: readonly Point[];
  readonly value: number;
  /** What is decided, and the pairs that were left. */
  readonly state: Uint8Array;
  readonly lists: Lists;
  /** False when the last point decides nothing. */
  readonly decides: boolean;
  /** Undefined when nothing is left to split. */
  readonly split?: number;
  /** True when one set is left, and nobody knows what its cheapest assignment costs. */
  readonly isOpen?: boolean;
}

/** Climbs in phases, deciding what can be decided after each; changes the node's state. `above` is what is proved above it, if anything is. */
export function climb(quest: Quest, node: Node, effort: Effort, above?: number): Climbed {
  const isRoot = above === undefined;
  const { app, rules, work, room, cutoff, consider, closest } = quest;
  const { state } = node;
  const isShort = !isRoot && leastLoads(app) === undefined;
  const near = firstLists(quest, node, isRoot, isShort);
  if (closest?.settle(state) === -1) return impossible(state, near, [node.point]);
  const relaxation = new Relaxation(app, near, rules, state, work, room);
  const ascent = new Ascent(app, relaxation, node.point, effort);
  const points: Point[] = [];
  for (let phase = 1; ; phase++) {
    ascent.run(effort.phase, targetOf(quest, ascent.value));
    const isLast = phase >= effort.phases || ascent.isOver || work.spent > work.allowed;
    // Only where the point is sure to be told: it costs a look at all pairs, and what climbs on from it climbs worse.
    if (isLast || ascent.value >= cutoff()) ascent.shorten(cutoff(), above);
    const { value } = ascent;
    const point = ascent.best;
    const end = { value, state, lists: relaxation.lists, decides: false };
    if (!ascent.isPossible) return { ...end, points: [...points, point] };
    consider(ascent.open, isRoot);
    if (value >= cutoff()) return { ...end, points: [...points, point] };
    ascent.refresh();
    const decided = decide(relaxation, state, cutoff());
    const free = count(state, FREE);
    const decides = decided > 0;
    if (decides || isLast || free === 0) points.push(point);
    if (free === 0) return { ...end, points, decides, isOpen: !isOneSettled(quest, state, isRoot) };
    if (isLast) return { ...end, points, decides, split: leastSure(ascent.share, relaxation) };
    const isSettled = isRoot && phase === SETTLED;
    if (isShort && isCramped(relaxation.lists, node.lists, point)) {
      relaxation.lists = narrow(node.lists, state, point.assignmentMultipliers);
      if (!ascent.refresh()) return { ...end, points: [...points, point] };
    }
    if (!decides && !isSettled) continue;
    if (decided > NARROWING * free || isSettled) {
      const isReached = isSettled && relaxation.least === undefined;
      relaxation.lists = narrow(
        relaxation.lists,
        state,
        isReached ? point.assignmentMultipliers : undefined,
      );
    }
    if (closest !== undefined) relaxation.lists = closest.prune(relaxation.lists, state);
    const isEmpty = closest?.settle(state) === -1;
    if (isEmpty) return impossible(state, relaxation.lists, [...points, point]);
    if (!ascent.refresh()) return { ...end, points: [...points, point] };
  }
}

/** The pairs to begin with. */
function firstLists(quest: Quest, node: Node, isRoot: boolean, isShort: boolean): Lists {
  const { lists, state, point } = node;
  const prices = isShort ? point.assignmentMultipliers : undefined;
  const near = isRoot ? lists : narrow(lists, state, prices, REACH_BELOW);
  return quest.closest === undefined ? near : quest.closest.prune(near, state);
}

/** Where nothing is free, one set is left: whether it is proved what it costs. */
function isOneSettled(quest: Quest, state: Uint8Array, isRoot: boolean): boolean {
  const left = [...state.keys()].filter((cluster) => state[cluster] === IN);
  quest.consider(left, isRoot);
  return quest.isSettled(left);
}

/** Few steps, which decide most clusters when the start is a good one; the point that decides them. Changes the state. */
export function settle(quest: Quest, { state, lists, point }: Node): Point {
  const { app, rules, work, room } = quest;
  const relaxation = new Relaxation(app, lists, rules, state, work, room);
  const ascent = new Ascent(app, relaxation, point, ROOT);
  ascent.run(FEW_ROUNDS, targetOf(quest, ascent.value));
  ascent.shorten(quest.cutoff());
  if (ascent.refresh()) decide(relaxation, state, quest.cutoff());
  return ascent.best;
}

/** What the steps aim at: the cutoff, or somewhat above what is proved. */
function targetOf(quest: Quest, value: number): number {
  const cutoff = quest.cutoff();
  if (cutoff < POSITIVE_INFINITY) return cutoff;
  return value > -POSITIVE_INFINITY ? value + Math.abs(value) * 0.05 + 1 : quest.guess();
}

/** Decides the free clusters whose opposite choice costs too much; how many there were. */
export function decide(relaxation: Relaxation, state: Uint8Array, cutoff: number): number {
  const isOpen = new Uint8Array(state.length);
  for (const cluster of relaxation.open) isOpen[cluster] = 1;
  let decided = 0;
  for (let cluster = 0; cluster < state.length; cluster++) {
    if (state[cluster] !== FREE) continue;
    if (relaxation.valueWithOpposite(cluster, isOpen[cluster] === 1) < cutoff) continue;
    state[cluster] = isOpen[cluster] === 1 ? IN : OUT;
    decided++;
  }
  return decided;
}

/** Where no set is left. */
function impossible(state: Uint8Array, lists: Lists, points: readonly Point[]): Climbed {
  return { value: POSITIVE_INFINITY, state, lists, points, decides: false };
}

/** Without decided clusters, and, when prices are given, without pairs that prices will hardly reach. */
function narrow(lists: Lists, state: Uint8Array, prices?: Float64Array, reach = REACH): Lists {
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  if (prices === undefined) return narrowed(lists, keeps, lists.cap);
  // Where lists have room to grow anyway, prices count from nothing.
  const least = reach < REACH ? leastCosts(lists) : new Float64Array(prices.length);
  let mean = 0;
  for (let u = 0; u < least.length; u++) mean += Math.max(0, prices[u] - least[u]) / least.length;
  const cap = lists.cap.map((one, u) =>
    Math.min(one, least[u] + reach * Math.max(prices[u] - least[u], mean / 4)),
  );
  return narrowed(lists, keeps, cap);
}

/** True when many prices would rise if lists were as long as `whole`. */
function isCramped(lists: Lists, whole: Lists, { assignmentMultipliers: prices }: Point): boolean {
  let held = 0;
  for (let u = 0; u < prices.length; u++) {
    if (prices[u] >= lists.cap[u] && lists.cap[u] < whole.cap[u]) held++;
  }
  return held > CRAMPED * prices.length;
}

/** By origin: what its cheapest pair costs; 0 where it has none. */
function leastCosts({ origin, cost, cap }: Lists): Float64Array {
  const least = new Float64Array(cap.length).fill(POSITIVE_INFINITY);
  for (let k = 0; k < cost.length; k++) {
    if (cost[k] < least[origin[k]]) least[origin[k]] = cost[k];
  }
  return least.map((one) => (one < POSITIVE_INFINITY ? one : 0));
}

/** The free cluster that was in the relaxed answer most nearly half of the time; ties by worth, then name. */
function leastSure(share: Float64Array, { worth, state }: Relaxation): number {
  let best = -1;
  let doubt = -1;
  for (let cluster = 0; cluster < state.length; cluster++) {
    if (state[cluster] !== FREE) continue;
    const here = Math.min(share[cluster], 1 - share[cluster]);
    if (here < doubt || (here === doubt && worth[cluster] >= worth[best])) continue;
    best = cluster;
    doubt = here;
  }
  return best;
}

function count(state: Uint8Array, value: number): number {
  let found = 0;
  for (const one of state) if (one === value) found++;
  return found;
}
