/**
 * Prices for more clusters than can be listed: they climb on the lists of those that matter, then all others are asked what they
 * would save at such prices, and whoever matters is let in (column generation; Dantzig and Wolfe, Operations Research 8, 1960).
 * What is proved at the end is of all clusters, listed or not.
 */

import { type Lists, noLists } from '../primitives/candidate-lists';
import type { Coarsening, Point } from '../problem/problem';
import { type Quest, startState } from '../uncapacitated/branch-context';
import { decide } from '../uncapacitated/node-bound';
import { IN, OUT, Relaxation } from '../uncapacitated/relaxation';
import { Ascent, type Pace, shortened } from '../uncapacitated/subgradient-ascent';
import type { Beginning } from './coarse-start';

/** Rounds of one climb, at most, and climbs. With few origins rounds cost little, and what they find is where many origins begin. */
const ROUNDS = 70;
const ROUNDS_ROUGH = 300;
const CLIMBS = 3;
const PACE: Pace = { step: 1, leastStep: 0.01, patience: 12 };
/** A mean price is rounded to a number of at least this size: a proof is told in text. */
const DIGITS = 1e4;
/** Pairs on the lists of a climb, about, and on those that a proof goes on with. */
const CLIMBED = 4_000_000;
const CLIMBED_PER_ORIGIN = 200;
const MOST_LISTED = 10_000_000;
/** Lists reach so many times the cost of the second choice. */
const REACH = 1.5;
/** No further climb where less than this share is left to prove: a climb takes seconds. */
const ENOUGH = 0.001;
/** Origins looked at to tell how long lists will be. */
const SAMPLES = 200;

/** Where the real question stands after that. */
export interface Settled {
  readonly state: Uint8Array;
  readonly point: Point;
  /** No set costs less. */
  readonly value: number;
  /** Of the clusters that are not out; undefined where these are too many for that. */
  readonly lists: Lists | undefined;
}

/** What all clusters come to at some prices. */
interface Asked {
  readonly point: Point;
  readonly value: number;
  readonly relaxation: Relaxation;
}

/** Climbs and asks in turn. `improve` looks for good sets on such lists, from sets that may be near one. */
export function settleByColumns(
  quest: Quest,
  coarsening: Coarsening,
  { open, point, second }: Beginning,
  improve: (lists: Lists, starts: readonly (readonly number[])[]) => void,
): Settled {
  return new Columns(quest, coarsening, second, improve).run(open, point);
}

class Columns {
  private readonly state: Uint8Array;
  private readonly reach: Float64Array;
  private readonly keeps: Uint8Array;

  constructor(
    private readonly quest: Quest,
    private readonly coarsening: Coarsening,
    second: Float64Array,
    private readonly improve: (lists: Lists, starts: readonly (readonly number[])[]) => void,
  ) {
    this.state = startState(quest.app);
    this.keeps = this.state.map((one) => (one === IN ? 1 : 0));
    this.reach = second.map((cost) => REACH * cost);
  }

  run(open: readonly number[], from: Point): Settled {
    const { keeps, reach, coarsening } = this;
    for (const cluster of open) keeps[cluster] = 1;
    const pairs = Math.min(CLIMBED, CLIMBED_PER_ORIGIN * this.quest.app.origins);
    let asked = this.ask(from);
    let best = asked;
    for (let climbs = 0; climbs < CLIMBS; climbs++) {
      this.letIn(asked.relaxation.worth, climbs === 0 ? pairs : pairs / 4);
      const lists = coarsening.among(keeps, reach);
      this.improve(lists, [open, asked.relaxation.open]);
      asked = this.ask(this.climb(lists, best.point));
      if (asked.value > best.value) best = asked;
      if (asked.relaxation.open.every((cluster) => keeps[cluster] === 1)) break;
      if (best.value >= (1 - ENOUGH) * this.quest.cutoff()) break;
    }
    decide(best.relaxation, this.state, this.quest.cutoff());
    const { point, value } = best;
    return { state: this.state, point, value, lists: this.listsLeft() };
  }

  private listsLeft(): Lists | undefined {
    const left = this.state.map((one) => (one === OUT ? 0 : 1));
    if (this.quest.isRough || this.pairsOf(left) > MOST_LISTED) return undefined;
    return this.coarsening.among(left, this.reach);
  }

  /** What all clusters come to at these prices, in few digits. */
  private ask(from: Point): Asked {
    const { app, rules, work } = this.quest;
    const point: Point = {
      assignmentMultipliers: shortened(from.assignmentMultipliers, DIGITS),
      ruleMultipliers: from.ruleMultipliers,
    };
    const savings =
      this.coarsening.savings?.(point.assignmentMultipliers) ?? new Float64Array(app.clusters);
    const relaxation = new Relaxation(app, noLists(app), rules, this.state, work);
    const isPossible = relaxation.from(point, savings);
    return { point, relaxation, value: isPossible ? relaxation.value : Number.POSITIVE_INFINITY };
  }

  private climb(lists: Lists, from: Point): Point {
    const { app, rules, work, cutoff, guess, isRough } = this.quest;
    const some = this.state.map((one, cluster) => (this.keeps[cluster] === 1 ? one : OUT));
    const prices = from.assignmentMultipliers.map((price, u) => Math.min(price, lists.cap[u]));
    const relaxation = new Relaxation(app, lists, rules, some, work);
    const ascent = new Ascent(
      app,
      relaxation,
      { assignmentMultipliers: prices, ruleMultipliers: from.ruleMultipliers },
      PACE,
    );
    ascent.run(isRough ? ROUNDS_ROUGH : ROUNDS, Math.min(cutoff(), guess()));
    return ascent.best;
  }

  /** Marks the clusters that are worth most, as many as lists of so many pairs have room for. */
  private letIn(worth: Float64Array, pairs: number): void {
    const { keeps, state } = this;
    const others = [...keeps.keys()].filter((c) => keeps[c] === 0 && state[c] !== OUT);
    others.sort((a, b) => worth[a] - worth[b] || a - b);
    const all = state.map((one) => (one === OUT ? 0 : 1));
    const each = Math.max(1, this.pairsOf(all) / Math.max(1, others.length));
    for (const cluster of others.slice(0, Math.ceil(pairs / each))) keeps[cluster] = 1;
  }

  /** About how many pairs lists of these clusters would have. */
  private pairsOf(keeps: Uint8Array): number {
    const { app } = this.quest;
    const step = Math.max(1, Math.floor(app.origins / SAMPLES));
    let [found, looked] = [0, 0];
    for (let u = 0; u < app.origins; u += step, looked++) {
      for (let c = 0; c < app.clusters; c++) {
        if (keeps[c] === 1 && (app.many?.at(c, u) ?? 0) <= this.reach[u]) found++;
      }
    }
    return (found / Math.max(1, looked)) * app.origins;
  }
}
