/**
 * Steepest descent by exchanges: each step takes the best exchange of all, within a number of changes against the previous
 * decision. All exchanges are evaluated in one pass over the pairs (swap-neighbourhood.ts), of groups of origins where there are
 * many (implicit/demand-aggregation.ts). A step costs that pass and the assignment of a few sets.
 * It repairs sets that lost clusters, and computes the curve of cost against number of changes.
 */

import { evaluate } from '../assignment/evaluation';
import { type Candidate, isBetter } from '../enumeration/enumeration';
import { needsAssignment } from '../problem/features';
import type { AppProblem, Limits, Work } from '../problem/problem';
import { Counters } from '../problem/rule-counters';
import { changesOf } from '../problem/set-rules';
import { STEEPEST_DESCENT_TRIES } from '../single-app-options';
import { SwapNeighbourhood } from './swap-neighbourhood';

const { POSITIVE_INFINITY } = Number;

/** One exchange: `into` opens, `out` closes; -1 for none. */
interface Move {
  readonly into: number;
  readonly out: number;
  readonly change: number;
}

/** Exchanges between the sets of one app whose pairs are held. */
export class SteepestDescent {
  readonly swaps: SwapNeighbourhood;
  private readonly counters: Counters;
  private readonly tries: number;
  private judged: Candidate | undefined;

  constructor(
    readonly app: AppProblem,
    private readonly limits: Limits,
    private readonly work: Work,
    /** The app that the table of exchanges evaluates: without rules about load, and aggregated where there are many origins. */
    table: AppProblem,
    /** A table of the same app, to save a pass over all pairs. */
    like?: SwapNeighbourhood,
  ) {
    this.swaps = new SwapNeighbourhood(table, limits, work, like);
    this.counters = new Counters(app);
    const grain =
      table.origins < app.origins
        ? STEEPEST_DESCENT_TRIES.aggregated
        : STEEPEST_DESCENT_TRIES.exact;
    this.tries = needsAssignment(app, limits) ? STEEPEST_DESCENT_TRIES.assigned : grain;
  }

  /**
   * The best legal set that exchanges from `start` lead to with at most `most` changes; undefined when they lead to none.
   * Violations are repaired first, each exchange removing as much as it can at the least cost; then every exchange lowers the value.
   */
  descend(start: readonly number[], most = POSITIVE_INFINITY): Candidate | undefined {
    let here = this.repaired(start, most);
    while (here !== undefined) {
      const better = this.better(here, most);
      if (better === undefined) return here;
      here = better;
    }
    return undefined;
  }

  /** From here on exchanges are evaluated on the pairs near this set only: for large problems. */
  narrow(open: readonly number[]): void {
    this.swaps.moveTo(open.filter((cluster) => this.app.allowed[cluster] === 1));
    this.swaps.restrictPairs();
  }

  /** A legal set near `start`; undefined when exchanges find none. */
  private repaired(start: readonly number[], most: number): Candidate | undefined {
    let open: readonly number[] = start.filter((cluster) => this.app.allowed[cluster] === 1);
    if (changesOf(this.app, open) > most) return undefined;
    this.moveTo(open);
    while (this.counters.violation() > 0) {
      const move = this.bestRepair(most);
      if (move === undefined) return undefined;
      open = this.swaps.setAfter(move.into, move.out);
      this.moveTo(open);
    }
    let here: Candidate | undefined = this.candidate(open);
    while (here !== undefined && here.evaluated.violation > 0)
      here = this.reduceLoadViolation(here, most);
    return here;
  }

  /** The move after which the set breaks rules least, then costs least; undefined when none lowers the violation. */
  private bestRepair(most: number): Move | undefined {
    let least = this.counters.violation();
    let best: Move | undefined;
    this.forEachMove(most, (into, out, change) => {
      const violation = this.counters.violationAfter(into, out);
      if (violation > least) return;
      if (violation === least && change >= (best?.change ?? -POSITIVE_INFINITY)) return;
      least = violation;
      best = { into, out, change };
    });
    return best;
  }

  /** A set one exchange away that breaks the rules about load less. */
  private reduceLoadViolation(here: Candidate, most: number): Candidate | undefined {
    this.moveTo(here.open);
    let best: Candidate | undefined;
    for (const { into, out } of this.cheapestMoves(
      most,
      POSITIVE_INFINITY,
      STEEPEST_DESCENT_TRIES.repair,
    )) {
      const next = this.candidate(this.swaps.setAfter(into, out));
      const least = (best ?? here).evaluated.violation;
      if (next.evaluated.violation < least - 1e-12) best = next;
    }
    return best;
  }

  /** A legal set one exchange away that costs less. */
  private better(here: Candidate, most: number): Candidate | undefined {
    this.moveTo(here.open);
    const leastGain = -1e-9 * Math.max(1, Math.abs(here.evaluated.value));
    let best: Candidate | undefined;
    for (const { into, out } of this.cheapestMoves(most, leastGain, this.tries)) {
      const next = this.candidate(this.swaps.setAfter(into, out));
      if (next.evaluated.violation > 0 || !isBetter(this.app, next, best ?? here)) continue;
      // The table of groups ranks nearly all exchanges rightly, so the first improvement is taken.
      if (this.tries !== STEEPEST_DESCENT_TRIES.assigned) return next;
      best = next;
    }
    return best;
  }

  /** The `count` cheapest moves that keep the rules about sets and change the cost by less than `limit`, cheapest first. */
  private cheapestMoves(most: number, limit: number, count: number): readonly Move[] {
    const moves: Move[] = [];
    let bar = limit;
    this.forEachMove(most, (into, out, change) => {
      if (change >= bar || this.counters.violationAfter(into, out) > 0) return;
      let at = moves.length;
      while (at > 0 && moves[at - 1].change > change) at--;
      moves.splice(at, 0, { into, out, change });
      if (moves.length > count) moves.pop();
      if (moves.length === count) bar = moves[count - 1].change;
    });
    return moves;
  }

  /** Every exchange, opening and closing that stays within so many changes. */
  private forEachMove(
    most: number,
    visit: (into: number, out: number, change: number) => void,
  ): void {
    const { swaps, app } = this;
    const { candidates, open, isOpenAt } = swaps;
    const spare = most - changesOf(this.app, open);
    const isFree = spare >= 2;
    for (let p = 0; p <= open.length; p++) {
      const out = p < open.length ? open[p] : -1;
      if (out >= 0 && app.required[out] === 1) continue;
      const left = spare - this.costOfClosing(out);
      if (out >= 0 && left >= 0) visit(-1, out, swaps.swapChange(-1, p));
      const row = out >= 0 ? swaps.swapChangesFrom(p) : undefined;
      for (let i = 0; i < candidates.length; i++) {
        if (isOpenAt[i] === 1) continue;
        const into = candidates[i];
        if (!isFree && left < (app.previous[into] === 1 ? -1 : 1)) continue;
        visit(into, out, row === undefined ? swaps.openingChange(i) : row[i]);
      }
    }
  }

  private costOfClosing(out: number): number {
    if (out < 0) return 0;
    return this.app.previous[out] === 1 ? 1 : -1;
  }

  /** Updates the table for this set. */
  private moveTo(open: readonly number[]): void {
    if (this.swaps.open !== open) {
      this.swaps.moveTo(open);
      this.counters.reset(open);
    }
    this.swaps.refresh();
  }

  private candidate(open: readonly number[]): Candidate {
    if (this.judged?.open === open) return this.judged;
    this.judged = { open, evaluated: evaluate(this.app, open, this.limits, this.work) };
    return this.judged;
  }
}
