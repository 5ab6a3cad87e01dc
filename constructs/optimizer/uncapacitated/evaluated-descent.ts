/**
 * Local search that evaluates each set by assigning origins: add, drop and eager swap, with the gains of all swaps of one
 * entering cluster from one pass (Resende and Werneck, EJOR 174, 2007; Schubert and Rousseeuw, arXiv 2008.05171). Rules
 * about sets guide it by their violation. A step costs origins times a few assignments.
 */

import { type Evaluated, evaluate } from '../assignment/evaluation';
import { type Candidate, candidatesOf } from '../enumeration/enumeration';
import { type AppProblem, clearlyLess, type Limits, type Work } from '../problem/problem';
import { setViolation, sizeRange } from '../problem/set-rules';
import { EVALUATED_DESCENT } from '../single-app-options';

const { POSITIVE_INFINITY } = Number;

/** How good a set is: first legal, then cheap. */
interface Score {
  readonly violation: number;
  readonly value: number;
}

function beats(a: Score, b: Score): boolean {
  if (a.violation < b.violation - 1e-12) return true;
  return a.violation <= b.violation + 1e-12 && clearlyLess(a.value, b.value);
}

/** One local search over the sets of one app; keeps the nearest two open clusters of every origin. */
export class EvaluatedDescent {
  private readonly candidates: number[];
  /** Position of the nearest open cluster by origin, and the costs of the nearest two. */
  private readonly nearest: Int32Array;
  private readonly firstCost: Float64Array;
  private readonly secondCost: Float64Array;

  constructor(
    private readonly app: AppProblem,
    private readonly limits: Limits,
    private readonly work: Work,
  ) {
    this.candidates = candidatesOf(app);
    this.nearest = new Int32Array(app.origins);
    this.firstCost = new Float64Array(app.origins);
    this.secondCost = new Float64Array(app.origins);
  }

  /** Required clusters, then the best candidate each time, until none improves violation or cost, or the set has `most` clusters. */
  greedy(most = POSITIVE_INFINITY): number[] {
    const max = Math.min(most, sizeRange(this.app).max);
    const open = this.candidates.filter((cluster) => this.app.required[cluster] === 1);
    while (open.length < max) {
      this.updateClosestTwo(open);
      let best = -1;
      let bestRank = [POSITIVE_INFINITY, POSITIVE_INFINITY];
      const current = setViolation(this.app, open);
      for (const cluster of this.candidates) {
        if (open.includes(cluster)) continue;
        const violation = setViolation(this.app, insert(open, cluster));
        const rank = [violation, this.gainOf(cluster)];
        if (rank[0] < bestRank[0] || (rank[0] === bestRank[0] && rank[1] < bestRank[1])) {
          best = cluster;
          bestRank = rank;
        }
      }
      if (best < 0 || bestRank[0] > current || (bestRank[0] === current && bestRank[1] >= 0)) break;
      open.splice(0, open.length, ...insert(open, best));
    }
    return open;
  }

  /** Improves a set until no add, drop or swap helps, or the work is spent. */
  descend(start: readonly number[]): Candidate {
    let open = [...start].sort((a, b) => a - b);
    let score = this.scoreOf(open);
    this.updateClosestTwo(open);
    let idle = 0;
    for (let i = 0; idle < this.candidates.length + 1; i++) {
      if (this.work.spent > this.work.allowed * EVALUATED_DESCENT.overrun) break;
      const into = i % (this.candidates.length + 1);
      const moved = this.bestMove(
        open,
        into < this.candidates.length ? this.candidates[into] : -1,
        score,
      );
      if (moved === undefined) {
        idle++;
        continue;
      }
      idle = 0;
      open = moved.open;
      score = moved.score;
      this.updateClosestTwo(open);
    }
    return { open, evaluated: this.evaluated(open) };
  }

  /** The best move that opens `into` (-1: only drops) and beats the score, if any. */
  private bestMove(
    open: readonly number[],
    into: number,
    score: Score,
  ): { readonly open: number[]; readonly score: Score } | undefined {
    if (into >= 0 && open.includes(into)) return undefined;
    const { gain, loss } = this.exchange(open, into);
    const grown = into >= 0 ? insert(open, into) : [...open];
    const moves: { open: number[]; delta: number }[] =
      into >= 0 ? [{ open: grown, delta: gain }] : [];
    open.forEach((out, position) => {
      if (this.app.required[out] === 1) return;
      moves.push({
        open: grown.filter((cluster) => cluster !== out),
        delta: gain + loss[position],
      });
    });
    moves.sort((a, b) => a.delta - b.delta);
    // A relaxed value that is worse cannot become better by assigning, only more legal.
    const tries = score.violation > 0 ? moves : moves.filter(({ delta }) => delta < 0);
    let assigned = 0;
    for (const move of tries) {
      const violation = setViolation(this.app, move.open) * 100;
      if (violation > score.violation) continue;
      if (++assigned > EVALUATED_DESCENT.maxAssigned) break;
      const reached = this.scoreOf(move.open, violation);
      if (beats(reached, score)) return { open: move.open, score: reached };
    }
    return undefined;
  }

  private scoreOf(open: readonly number[], known?: number): Score {
    const violation = known ?? setViolation(this.app, open) * 100;
    const evaluated = this.evaluated(open);
    return { violation: violation + evaluated.violation, value: evaluated.value };
  }

  private evaluated(open: readonly number[]): Evaluated {
    return evaluate(this.app, open, this.limits, this.work);
  }

  /** Nearest and second nearest open cluster of every origin. */
  private updateClosestTwo(open: readonly number[]): void {
    const { origins, cost } = this.app;
    const first = this.nearest;
    const firstCost = this.firstCost;
    const secondCost = this.secondCost;
    first.fill(-1);
    firstCost.fill(UNSERVED);
    secondCost.fill(UNSERVED);
    open.forEach((cluster, position) => {
      const row = cluster * origins;
      for (let origin = 0; origin < origins; origin++) {
        const here = cost[row + origin];
        if (here < firstCost[origin]) {
          secondCost[origin] = firstCost[origin];
          firstCost[origin] = here;
          first[origin] = position;
        } else if (here < secondCost[origin]) secondCost[origin] = here;
      }
    });
    this.work.spent += origins * open.length;
  }

  /** Change of cost by adding `cluster` alone. */
  private gainOf(cluster: number): number {
    const { origins, cost, openCost } = this.app;
    const row = cluster * origins;
    let gain = openCost[cluster];
    for (let origin = 0; origin < origins; origin++) {
      const better = cost[row + origin] - this.firstCost[origin];
      if (better < 0) gain += better;
    }
    this.work.spent += origins;
    return gain;
  }

  /** Change of cost by adding `into`, and on top of it by dropping each open cluster. One pass over the origins. */
  private exchange(
    open: readonly number[],
    into: number,
  ): { readonly gain: number; readonly loss: Float64Array } {
    const { origins, cost, openCost } = this.app;
    const first = this.nearest;
    const firstCost = this.firstCost;
    const secondCost = this.secondCost;
    const loss = Float64Array.from(open, (cluster) => -openCost[cluster]);
    const row = into * origins;
    let gain = into >= 0 ? openCost[into] : 0;
    for (let origin = 0; origin < origins; origin++) {
      const nearest = firstCost[origin];
      const arriving = into >= 0 ? cost[row + origin] : UNSERVED;
      if (arriving < nearest) gain += arriving - nearest;
      else if (first[origin] >= 0) {
        const second = secondCost[origin];
        loss[first[origin]] += (arriving < second ? arriving : second) - nearest;
      }
    }
    this.work.spent += origins;
    return { gain, loss };
  }
}

/** Cost of an origin that no open cluster serves: larger than any cost, small enough to be summed. */
const UNSERVED = 1e30;

function insert(open: readonly number[], cluster: number): number[] {
  return [...open, cluster].sort((a, b) => a - b);
}
