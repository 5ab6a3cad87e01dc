/**
 * Branch and bound on the relaxation, the part that is proved least first (Land and Doig, Econometrica 28, 1960): so a tree
 * that does not end has proved as much as its nodes can. The nodes with their prices are a proof that anyone can walk
 * through again.
 */

import type { Lists } from '../primitives/candidate-lists';
import { Heap } from '../primitives/heap';
import type { Point, ProofNode } from '../problem/problem';
import type { Node, Proved, Quest } from './branch-context';
import { BELOW, type Climbed, climb, ROOT, ROUGH } from './node-bound';
import { IN, OUT } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** An unfinished tree is told by nodes with so many prices in all, and so many pairs to look at again. */
const MOST_PRICES = 300_000;
const MOST_PAIRS = 300_000_000;
/** It is told by its root alone when it brings the bound no nearer than by this share of what the root leaves open. */
const WORTH_TELLING = 0.01;

/** Climbs, then branches until every set is proved to cost at least the cutoff, or the work is spent. */
export function prove(quest: Quest, start: Node): Proved {
  const { isRough = false } = quest;
  const climbed = climb(quest, start, isRough ? ROUGH : ROOT);
  const tree = new Tree(quest, climbed);
  if (!isRough) tree.grow();
  return tree.told();
}

/** The sets that agree with some decisions. */
interface Part {
  readonly climbed: Omit<Climbed, 'lists'>;
  /** No set of it costs less. */
  readonly least: number;
  /** Numbers of the parts with and without the cluster it was split at. */
  sides?: readonly [number, number];
}

class Tree {
  private readonly lists: Lists;
  /** The whole first, each before its sides. */
  private readonly parts: Part[] = [];
  /** Parts that may have sets below the cutoff, by the least cost of these. */
  private readonly open = new Heap(64);
  /** Those that were split, in that order; what is proved never falls along it. */
  private readonly split: number[] = [];

  constructor(
    private readonly quest: Quest,
    climbed: Climbed,
  ) {
    this.lists = climbed.lists;
    this.add(climbed, climbed.value);
  }

  grow(): void {
    const { quest, parts, lists } = this;
    const { work, cutoff } = quest;
    const long = 2 * work.spent;
    let isLong = false;
    while (work.spent <= work.allowed && cutoff() < POSITIVE_INFINITY) {
      if (work.spent > long && !isLong) {
        isLong = true;
        quest.refine?.();
      }
      const next = this.next();
      const part = parts[next];
      // Where one set of unknown cost is left, no other part can raise what is proved of all.
      const at = part?.climbed.split;
      if (at === undefined) return;
      this.open.pop();
      this.split.push(next);
      const point = lastOf(part.climbed.points);
      const side = (choice: number): number => {
        const state = part.climbed.state.slice();
        state[at] = choice;
        const climbed = climb(quest, { state, lists, point }, BELOW, part.least);
        return this.add(climbed, Math.max(part.least, climbed.value));
      };
      part.sides = [side(IN), side(OUT)];
    }
  }

  told(): Proved {
    const { quest, parts, split } = this;
    const [root] = parts;
    const cutoff = quest.cutoff();
    const next = this.next();
    if (next < 0) return { value: cutoff, proof: this.proofOf(split.length) };
    const { origins, clusters } = quest.app;
    const size = Math.min(MOST_PRICES / origins, MOST_PAIRS / origins / clusters);
    const splits = Math.min(split.length, Math.max(0, Math.floor((size - 1) / 2)));
    const reached = parts[split[splits] ?? next].least;
    const isWorth = reached - root.least > WORTH_TELLING * (cutoff - root.least);
    if (!isWorth) return { value: root.least, proof: this.proofOf(0) };
    return { value: reached, proof: this.proofOf(splits) };
  }

  /** Lists of every part would be too much to keep. */
  private add({ lists: _, ...climbed }: Climbed, least: number): number {
    const part: Part = { climbed, least };
    if (isLeft(climbed)) this.open.push(this.parts.length, least);
    return this.parts.push(part) - 1;
  }

  /** The part that is proved least; -1 when none has a set below the cutoff. */
  private next(): number {
    const first = this.open.first();
    return first >= 0 && this.open.key < this.quest.cutoff() ? first : -1;
  }

  /** The walk through the first so many splits. A point that decides nothing, and proves no more than what is below it, is left out. */
  private proofOf(splits: number): ProofNode {
    const { parts } = this;
    const isTold = new Uint8Array(parts.length);
    for (const at of this.split.slice(0, splits)) isTold[at] = 1;
    const below = this.provedBelow(isTold);
    const visit = (at: number, above?: Point): ProofNode => {
      const { climbed, sides } = parts[at];
      const { points, value, split, decides } = climbed;
      if (split === undefined || sides === undefined || isTold[at] === 0) return chain(points);
      const isIdle = points.length === 1 && !decides && below[at] >= value;
      const told = isIdle && above !== undefined ? [above] : points;
      const [first, second] = sides.map((side) => visit(side, lastOf(told)));
      return chain(told, { cluster: split, with: first, without: second });
    };
    return visit(0);
  }

  /** By part: what the sides that are told prove; -Infinity where none are. */
  private provedBelow(isTold: Uint8Array): Float64Array {
    const { parts } = this;
    const below = new Float64Array(parts.length).fill(Number.NEGATIVE_INFINITY);
    const proved = (at: number): number =>
      isLeft(parts[at].climbed) ? Math.max(parts[at].climbed.value, below[at]) : POSITIVE_INFINITY;
    for (let at = parts.length - 1; at >= 0; at--) {
      const { sides } = parts[at];
      if (sides !== undefined && isTold[at] === 1) below[at] = Math.min(...sides.map(proved));
    }
    return below;
  }
}

/** True when the climb left sets that may cost less than the cutoff. */
function isLeft({ split, isOpen = false }: Part['climbed']): boolean {
  return split !== undefined || isOpen;
}

function chain(points: readonly Point[], split?: ProofNode['split']): ProofNode {
  const last: ProofNode = { point: lastOf(points), ...(split && { split }) };
  return points.slice(0, -1).reduceRight<ProofNode>((next, point) => ({ point, next }), last);
}

function lastOf(points: readonly Point[]): Point {
  return points[points.length - 1];
}
