/**
 * Branch and bound where room is limited: the leaf of least bound is looked at next, so that what is proved is the least of those
 * that are left. A node climbs, decides clusters whose opposite choice would cost too much, and splits: at the cluster it is least
 * sure of, and with whole origins, once all clusters are decided, at an origin, which is at one of them or not.
 */

import type { AppProblem, Point, ProofNode, Work } from '../problem/problem';
import type { DualizedConstraints } from '../uncapacitated/dualized-constraints';
import { FREE, IN, OUT } from '../uncapacitated/relaxation';
import { type Bar, Pairs } from './branching-restrictions';
import { Leaves } from './leaves';
import { RoomRelaxation } from './relaxation';
import { shorter } from './shorter';
import { type Pace, RoomAscent } from './subgradient-ascent';

const { POSITIVE_INFINITY } = Number;

/** What branching needs to know and tells. */
export interface RoomQuest {
  readonly app: AppProblem;
  readonly room: Float64Array;
  readonly rules: DualizedConstraints;
  readonly work: Work;
  readonly state: Uint8Array;
  readonly point: Point;
  /** Sets that cost this much or more are of no interest; may fall. Infinity while nothing legal is known. */
  readonly cutoff: () => number;
  /** A first guess of the value, aimed at while nothing is known. */
  readonly guess: () => number;
  /** Looks at what a relaxation has just found. */
  readonly consider: (relaxation: RoomRelaxation, isRoot: boolean) => void;
  /** The prices that tell what divisible demand costs with exactly these clusters. */
  readonly settled: (open: readonly number[]) => Float64Array | undefined;
}

/** What was proved. */
export interface RoomProved {
  /** No legal set costs less; the cutoff when the tree was finished. */
  readonly value: number;
  readonly proof: ProofNode;
}

const ROOT: Pace = { rounds: 800, step: 1, leastStep: 0.003, patience: 20 };
const NODE: Pace = { rounds: 60, step: 0.5, leastStep: 0.03, patience: 8 };
/** Rounds at the root between two looks at what can be decided. */
const PHASE = 100;
/** Sets are considered at the root after so many rounds. */
const LOOK = 10;
/** Nodes, at most: each is told in the proof. */
const MOST_NODES = 4000;

/** What a proof tells of a node; the split is added when it is known. */
interface Told {
  points: readonly Point[];
  split?: { cluster: number; origin?: number; with: Told; without: Told };
}

interface Leaf {
  readonly bound: number;
  readonly state: Uint8Array;
  readonly bars: Bar | undefined;
  readonly point: Point;
  readonly told: Told;
}

interface Split {
  readonly cluster: number;
  readonly origin?: number;
}

/** Climbs, then branches until everything is proved to cost at least the cutoff, or the work is spent. */
export class RoomTree {
  private readonly relaxation: RoomRelaxation;
  private readonly state: Uint8Array;
  private readonly pairs: Pairs;
  private readonly leaves = new Leaves<Leaf>();
  /** The least bound of leaves that cannot be split. */
  private stuck = POSITIVE_INFINITY;
  private readonly top: Told;
  private nodes = 0;
  private nextPlunge = 0;

  constructor(private readonly quest: RoomQuest) {
    const { app, room, rules, work, state, point } = quest;
    this.state = state.slice();
    this.pairs = new Pairs(app, this.state, work);
    this.relaxation = new RoomRelaxation(app, room, rules, this.state, this.pairs.cost, work);
    this.top = { points: [point] };
    this.leaves.put({
      bound: Number.NEGATIVE_INFINITY,
      state: state.slice(),
      bars: undefined,
      point,
      told: this.top,
    });
  }

  /** Goes on until so much work is spent. */
  grow(allowed: number): void {
    const { work, cutoff } = this.quest;
    while (this.leaves.size > 0 && this.nodes < MOST_NODES) {
      if (this.leaves.least >= cutoff()) return;
      if (work.spent > allowed && this.leaves.least > Number.NEGATIVE_INFINITY) return;
      let sides = this.expand(this.leaves.take());
      // Now and then straight down to a set, as long as the way there may be worth it: it may be better than the best known.
      const isPlunge = this.nodes >= this.nextPlunge;
      for (; isPlunge && sides.length > 0 && work.spent <= allowed; ) {
        const [first, ...others] = sides;
        for (const one of others) this.leaves.put(one);
        sides = first.bound < cutoff() ? this.expand(first) : [];
      }
      if (isPlunge) this.nextPlunge = 2 * this.nodes;
      for (const one of sides) this.leaves.put(one);
    }
  }

  get proved(): RoomProved {
    const least = Math.min(
      this.stuck,
      this.leaves.size > 0 ? this.leaves.least : POSITIVE_INFINITY,
    );
    return { value: Math.min(least, this.quest.cutoff()), proof: proofOf(this.top) };
  }

  /** The two sides of a leaf, the likelier first; none where it is closed. */
  private expand(leaf: Leaf): readonly Leaf[] {
    this.nodes++;
    const { cutoff, app } = this.quest;
    const isRoot = leaf.told === this.top;
    this.state.set(leaf.state);
    this.pairs.bar(leaf.bars);
    const ascent = new RoomAscent(app, this.relaxation, leaf.point, isRoot ? ROOT : NODE);
    const points = this.climb(ascent, isRoot);
    leaf.told.points = points;
    const bound = ascent.isPossible ? Math.max(ascent.value, leaf.bound) : POSITIVE_INFINITY;
    const split = bound >= cutoff() ? undefined : this.splitAt(ascent);
    const state = this.state.slice();
    this.pairs.unbar(leaf.bars);
    if (bound >= cutoff()) return [];
    if (split !== undefined) {
      const [first, second] = this.branch(leaf, { bound, point: ascent.best, state }, split);
      const isLikely = split.origin !== undefined || ascent.share[split.cluster] >= 0.5;
      return isLikely ? [first, second] : [second, first];
    }
    this.stuck = Math.min(this.stuck, bound);
    return [];
  }

  private branch(
    { told, bars }: Leaf,
    { bound, point, state }: Pick<Leaf, 'bound' | 'point' | 'state'>,
    { cluster, origin }: Split,
  ): readonly [Leaf, Leaf] {
    const sides = [true, false].map((isWith): Leaf => {
      const side = { bound, point, told: { points: [point] } };
      if (origin !== undefined) {
        return { ...side, state, bars: { cluster, origin, isOnly: isWith, above: bars } };
      }
      const decided = state.slice();
      decided[cluster] = isWith ? IN : OUT;
      return { ...side, state: decided, bars };
    });
    told.split = {
      cluster,
      ...(origin !== undefined && { origin }),
      with: sides[0].told,
      without: sides[1].told,
    };
    return [sides[0], sides[1]];
  }

  /** Climbs as far as it goes; the points that decide clusters, and the last. */
  private climb(ascent: RoomAscent, isRoot: boolean): Point[] {
    const { cutoff, work, app } = this.quest;
    const points: Point[] = [];
    const isSettled = !this.state.includes(FREE);
    if (isSettled && app.capacity === 'whole') this.pairs.forget();
    let round = 0;
    const visit = () => {
      if (isSettled && app.capacity === 'whole') this.pairs.watch(this.relaxation);
      if ((isRoot && ++round % LOOK === 0) || this.relaxation.isAnswer) this.look(isRoot);
    };
    const target = () => this.target(ascent.value);
    if (isSettled && this.settle(ascent)) return [ascent.best];
    for (let left = (isRoot ? ROOT : NODE).rounds; ; left -= PHASE) {
      ascent.run(Math.min(left, PHASE), target, visit);
      const isLast = left <= PHASE || ascent.isOver || ascent.value >= cutoff();
      if (isLast) shorter(ascent, cutoff());
      if (!ascent.isPossible || !ascent.refresh()) return [...points, ascent.best];
      if (isLast && (isRoot || ascent.value < cutoff())) this.look(isRoot);
      const isOver = isLast || work.spent > work.allowed;
      if (ascent.value >= cutoff()) return [...points, ascent.best];
      const decided = this.decide();
      if (decided > 0 || isOver) points.push(ascent.best);
      if (decided > 0 && !this.state.includes(FREE) && this.settle(ascent)) {
        return [...points, ascent.best];
      }
      if (isOver) return points;
    }
  }

  /** Divisible demand at decided clusters: prices that say what it costs. */
  private settle(ascent: RoomAscent): boolean {
    if (this.quest.app.capacity === 'whole') return false;
    const open = [...this.state.keys()].filter((cluster) => this.state[cluster] === IN);
    const prices = this.quest.settled(open);
    if (!ascent.refresh()) return true;
    if (prices !== undefined)
      ascent.replace({ ...ascent.best, assignmentMultipliers: prices }, ascent.value);
    this.look(false);
    return true;
  }

  private look(isRoot: boolean): void {
    this.quest.consider(this.relaxation, isRoot);
  }

  /** What the steps aim at: the cutoff, or somewhat above what is proved. */
  private target(value: number): number {
    const cutoff = this.quest.cutoff();
    if (cutoff < POSITIVE_INFINITY) return cutoff;
    return value > -POSITIVE_INFINITY ? value + Math.abs(value) * 0.05 + 1 : this.quest.guess();
  }

  /** Decides the free clusters whose opposite choice costs too much; how many there were. */
  private decide(): number {
    const { relaxation, state } = this;
    const cutoff = this.quest.cutoff();
    const before = state.slice();
    // What is decided is decided all at once: the relaxation looks at the states, too.
    const after = before.map((_, cluster) => relaxation.decided(cluster, cutoff));
    state.set(after);
    return after.reduce((sum, one, cluster) => sum + (one === before[cluster] ? 0 : 1), 0);
  }

  /** The free cluster that was in the relaxed answer most nearly half of the time, else a pair. */
  private splitAt({ share }: RoomAscent): Split | undefined {
    const { state, relaxation } = this;
    let best = -1;
    let doubt = -1;
    for (let cluster = 0; cluster < state.length; cluster++) {
      if (state[cluster] !== FREE) continue;
      const here = Math.min(share[cluster], 1 - share[cluster]);
      if (here < doubt) continue;
      if (here === doubt && relaxation.worth[cluster] >= relaxation.worth[best]) continue;
      best = cluster;
      doubt = here;
    }
    return best >= 0 ? { cluster: best } : this.pairs.inDoubt();
  }
}

/** Each point before the next, and what is split after them. */
function proofOf({ points, split }: Told): ProofNode {
  const last: ProofNode = {
    point: points[points.length - 1],
    ...(split && {
      split: { ...split, with: proofOf(split.with), without: proofOf(split.without) },
    }),
  };
  return points.slice(0, -1).reduceRight<ProofNode>((next, point) => ({ point, next }), last);
}
