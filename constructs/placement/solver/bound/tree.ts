/**
 * Branch and bound on the relaxation: at every node the prices climb, clusters whose opposite choice would cost too much
 * are decided (reduced-cost fixing), and what is left is split at the cluster the relaxation is least sure about. The
 * nodes with their prices are a proof that anyone can walk through again.
 */

import type { AppProblem, Point, ProofNode, Work } from '../problem';
import { type Lists, narrowed } from '../search/lists';
import { Ascent, type Pace } from './ascent';
import type { Closest } from './closest';
import { leastLoads } from './minimum';
import type { PricedRules } from './priced';
import { FREE, IN, OUT, Relaxation } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** What branching needs to know and tells. */
export interface Quest {
  readonly app: AppProblem;
  readonly rules: PricedRules;
  readonly work: Work;
  /** Largest load by cluster; undefined where nothing limits it. */
  readonly room?: Float64Array | undefined;
  /** Where every origin is served at its cheapest cluster, and some rule about load makes that count. */
  readonly closest?: Closest | undefined;
  /** Sets that cost this much or more are of no interest; may fall. Infinity while nothing legal is known. */
  readonly cutoff: () => number;
  /** A first guess of the value, aimed at while nothing is known. */
  readonly guess: () => number;
  /** Looks at a set that may be good. */
  readonly consider: (open: readonly number[], isRoot: boolean) => void;
  /** Whether it is proved what a set costs at least: the cutoff or more. */
  readonly isSettled: (open: readonly number[]) => boolean;
  /** Good prices are enough: no branching. */
  readonly isRough?: boolean;
}

/** How hard a node tries before it splits. */
interface Effort extends Pace {
  /** Rounds between two looks at what can be decided. */
  readonly phase: number;
  readonly phases: number;
}

const ROOT: Effort = { phase: 40, phases: 12, patience: 20, step: 1, leastStep: 0.004 };
const ROUGH: Effort = { phase: 40, phases: 8, patience: 10, step: 1, leastStep: 0.03 };
const NODE: Effort = { phase: 30, phases: 2, patience: 15, step: 1.5, leastStep: 0.1 };
/** Rounds that tell what a good start decides. */
const FEW_ROUNDS = 6;
/** Lists are copied without decided clusters when these are at least this share. */
const NARROWING = 0.1;

/** After this phase prices of the root hardly go beyond so many times what they are. */
const SETTLED = 2;
const REACH = 2;
/** Below the root they go not even that far. */
const NODE_REACH = 1.25;

/** What was proved. */
export interface Proved {
  /** No set costs less; the cutoff when the tree was finished. */
  readonly value: number;
  readonly proof: ProofNode;
}

/** Where a proof begins. */
export interface Node {
  readonly state: Uint8Array;
  readonly lists: Lists;
  readonly point: Point;
}

/** Before anything was decided. */
export function startState({ allowed, held }: AppProblem): Uint8Array {
  return allowed.map((flag, cluster) => (flag === 0 ? OUT : held[cluster] === 1 ? IN : FREE));
}

/** Climbs, then branches until every set is proved to cost at least the cutoff, or the work is spent. */
export function prove(quest: Quest, start: Node): Proved {
  return new TreeSearch(quest).root(start);
}

/** Few steps, which decide most clusters when the start is a good one; the point that decides them. Changes the state. */
export function settle(quest: Quest, start: Node): Point {
  return new TreeSearch(quest).settle(start);
}

/** How far one node came without branching. */
interface Climbed {
  /** Points at which clusters were decided, then the last one. */
  readonly points: readonly Point[];
  readonly value: number;
  readonly node: Node;
  /** Undefined when nothing is left to split. */
  readonly split?: number;
  /** True when one set is left, and nobody knows what its cheapest assignment costs. */
  readonly isOpen?: boolean;
}

class TreeSearch {
  constructor(private readonly quest: Quest) {}

  root(node: Node): Proved {
    const { isRough = false } = this.quest;
    const climbed = this.climb(node, isRough ? ROUGH : ROOT, true);
    const proof = isRough ? undefined : this.finish(climbed);
    if (proof !== undefined) return { value: this.quest.cutoff(), proof };
    return { value: Math.min(climbed.value, this.quest.cutoff()), proof: chain(climbed.points) };
  }

  settle({ state, lists, point }: Node): Point {
    const { app, rules, work, room } = this.quest;
    const relaxation = new Relaxation(app, lists, rules, state, work, room);
    const ascent = new Ascent(app, relaxation, point, ROOT);
    ascent.run(FEW_ROUNDS, this.target(ascent.value));
    ascent.shorten(this.quest.cutoff());
    if (ascent.refresh()) this.decide(relaxation, state);
    return ascent.best;
  }

  /** The proof that no set within the node costs less than the cutoff; undefined when the work is spent first. */
  private finish({ points, node, split, isOpen }: Climbed): ProofNode | undefined {
    if (isOpen) return undefined;
    if (split === undefined) return chain(points);
    const { work, cutoff } = this.quest;
    if (work.spent > work.allowed || cutoff() === POSITIVE_INFINITY) return undefined;
    const child = (choice: number): ProofNode | undefined => {
      const state = node.state.slice();
      state[split] = choice;
      return this.finish(this.climb({ ...node, state }, NODE, false));
    };
    const withIt = child(IN);
    const without = withIt && child(OUT);
    if (withIt === undefined || without === undefined) return undefined;
    return chain(points, { cluster: split, with: withIt, without });
  }

  /** Climbs in phases, deciding what can be decided after each. */
  private climb(node: Node, effort: Effort, isRoot: boolean): Climbed {
    const { app, rules, work, room, cutoff, consider, closest } = this.quest;
    const { state } = node;
    const isShort = !isRoot && leastLoads(app) === undefined;
    const all = isShort ? narrow(node.lists, state, node.point.prices, NODE_REACH) : node.lists;
    const near = closest === undefined ? all : closest.prune(all, state);
    if (closest?.settle(state) === -1) return impossible(node, [node.point]);
    const relaxation = new Relaxation(app, near, rules, state, work, room);
    const ascent = new Ascent(app, relaxation, node.point, effort);
    const points: Point[] = [];
    for (let phase = 1; ; phase++) {
      ascent.run(effort.phase, this.target(ascent.value));
      const isLast = phase >= effort.phases || ascent.isOver || work.spent > work.allowed;
      // Only where the point is sure to be told: it costs a look at all pairs, and what climbs on from it climbs worse.
      if (isLast || ascent.value >= cutoff()) ascent.shorten(cutoff());
      const { best: point, value } = ascent;
      const end = { value, node: { state, lists: relaxation.lists, point } };
      if (!ascent.isPossible) return { ...end, points: [...points, point] };
      consider(ascent.open, isRoot);
      if (value >= cutoff()) return { ...end, points: [...points, point] };
      ascent.refresh();
      const decided = this.decide(relaxation, state);
      const free = count(state, FREE);
      if (decided > 0 || isLast || free === 0) points.push(point);
      if (free === 0) {
        const left = [...state.keys()].filter((cluster) => state[cluster] === IN);
        consider(left, isRoot);
        return { ...end, points, isOpen: !this.quest.isSettled(left) };
      }
      if (isLast) return { ...end, points, split: leastSure(state, ascent.share, relaxation) };
      const isSettled = isRoot && phase === SETTLED;
      if (decided === 0 && !isSettled) continue;
      if (decided > NARROWING * free || isSettled) {
        relaxation.lists = narrow(
          relaxation.lists,
          state,
          isSettled && relaxation.least === undefined ? point.prices : undefined,
        );
      }
      if (closest !== undefined) relaxation.lists = closest.prune(relaxation.lists, state);
      if (closest?.settle(state) === -1) return impossible(node, [...points, point]);
      if (!ascent.refresh()) return { ...end, points: [...points, point] };
    }
  }

  /** What the steps aim at: the cutoff, or somewhat above what is proved. */
  private target(value: number): number {
    const cutoff = this.quest.cutoff();
    if (cutoff < POSITIVE_INFINITY) return cutoff;
    return value > -POSITIVE_INFINITY ? value + Math.abs(value) * 0.05 + 1 : this.quest.guess();
  }

  /** Decides the free clusters whose opposite choice costs too much; how many there were. */
  private decide(relaxation: Relaxation, state: Uint8Array): number {
    const cutoff = this.quest.cutoff();
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
}

/** Where no set is left. */
function impossible(node: Node, points: readonly Point[]): Climbed {
  return { value: POSITIVE_INFINITY, node, points };
}

/** Without decided clusters, and, when prices are given, without pairs that prices will hardly reach. */
function narrow(lists: Lists, state: Uint8Array, prices?: Float64Array, reach = REACH): Lists {
  const keeps = state.map((one) => (one === OUT ? 0 : 1));
  if (prices === undefined) return narrowed(lists, keeps, lists.cap);
  const mean = prices.reduce((sum, one) => sum + one, 0) / Math.max(1, prices.length);
  const cap = lists.cap.map((one, u) => Math.min(one, reach * Math.max(prices[u], mean / 4)));
  return narrowed(lists, keeps, cap);
}

function chain(points: readonly Point[], split?: ProofNode['split']): ProofNode {
  const last: ProofNode = { point: points[points.length - 1], ...(split && { split }) };
  return points.slice(0, -1).reduceRight<ProofNode>((next, point) => ({ point, next }), last);
}

/** The free cluster that was in the relaxed answer most nearly half of the time; ties by worth, then name. */
function leastSure(state: Uint8Array, share: Float64Array, { worth }: Relaxation): number {
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
