/**
 * Lagrangian heuristic for whole origins: takes the clusters of the relaxed answer, assigns each origin to the cheapest
 * cluster whose knapsack has it, and improves by local search (Holmberg, Ronnqvist and Yuan, EJOR 113, 1999).
 */

import type { Assigned } from '../assignment/assignment';
import { evaluateAssigned } from '../assignment/evaluation';
import {
  type GeneralizedAssignment,
  GeneralizedAssignmentSearch,
  type WholeAssignment,
} from '../assignment/generalized-assignment';
import { ThresholdAccepting } from '../assignment/threshold-accepting';
import type { Candidate } from '../enumeration/enumeration';
import { ROUNDING_SEARCH } from '../options';
import { type AppProblem, clearlyLess, type Limits, SAME, type Work } from '../problem/problem';
import { setViolation } from '../problem/set-rules';
import type { CapacitatedRelaxation } from './relaxation';

const { POSITIVE_INFINITY } = Number;

/** Rounding for one app. */
export class Rounding {
  /** By set: the value of the assignment that the last walk started from. */
  private readonly walked = new Map<string, number>();

  constructor(
    private readonly app: AppProblem,
    private readonly capacities: Float64Array,
    private readonly limits: Limits,
    private readonly work: Work,
  ) {}

  /** A legal candidate near the relaxed answer; undefined unless one better than `best` was found. */
  round(relaxation: CapacitatedRelaxation, best: Candidate | undefined): Candidate | undefined {
    const { share } = relaxation;
    const open = [...share.keys()].filter((one) => share[one] > 0 && this.capacities[one] > 0);
    if (open.length === 0 || setViolation(this.app, open) > 0) return undefined;
    const least = best?.evaluated.value ?? POSITIVE_INFINITY;
    const problem = this.problemOf(open);
    const { guess, penalty } = this.guess(relaxation, open, problem);
    // An assignment that fits may not become overloaded.
    const price = this.fits(guess, problem) ? POSITIVE_INFINITY : penalty;
    const improved = new GeneralizedAssignmentSearch(problem, this.work).improve(guess, price);
    const found = this.walk(open, problem, improved, guess, penalty, least);
    return found && this.candidateOf(open, found.at, best);
  }

  /** A longer walk from a candidate with the same set. */
  polish({ open, evaluated }: Candidate, moves: number): Candidate | undefined {
    const problem = this.problemOf(open);
    const at = new Int32Array(this.app.origins);
    const { amounts } = evaluated.assigned;
    for (let u = 0; u < at.length; u++) {
      for (let p = 0; p < open.length; p++) if (amounts[u * open.length + p] > 0) at[u] = p;
    }
    const penalty = this.typical(problem);
    const walked = new ThresholdAccepting(problem, this.work).run(at, penalty, moves);
    const found =
      walked && new GeneralizedAssignmentSearch(problem, this.work).improve(walked.at, penalty);
    return found && this.candidateOf(open, found.at, { open, evaluated });
  }

  private walk(
    open: readonly number[],
    problem: GeneralizedAssignment,
    improved: WholeAssignment | undefined,
    guess: Int32Array,
    penalty: number,
    least: number,
  ): WholeAssignment | undefined {
    let opened = this.app.constantCost;
    for (const one of open) opened += this.app.openCost[one];
    const value = opened + (improved?.cost ?? POSITIVE_INFINITY);
    const isNear = value < least + ROUNDING_SEARCH.near * Math.abs(least);
    const key = open.join(' ');
    if (!isNear || (this.walked.get(key) ?? POSITIVE_INFINITY) <= value) return improved;
    this.walked.set(key, value);
    const moves = ROUNDING_SEARCH.movesPerPair * guess.length * open.length;
    const walked = new ThresholdAccepting(problem, this.work).run(
      improved?.at ?? guess,
      penalty,
      moves,
    );
    const found =
      walked && new GeneralizedAssignmentSearch(problem, this.work).improve(walked.at, penalty);
    if (found === undefined) return improved;
    return improved === undefined || found.cost < improved.cost ? found : improved;
  }

  private problemOf(open: readonly number[]): GeneralizedAssignment {
    const { origins, cost, requestsPerSecond } = this.app;
    const width = open.length;
    const costs = new Float64Array(origins * width);
    for (let p = 0; p < width; p++) {
      const row = open[p] * origins;
      for (let u = 0; u < origins; u++) costs[u * width + p] = cost[row + u];
    }
    this.work.spent += origins * width;
    const capacities = Float64Array.from(open, (one) => this.capacities[one]);
    return { weights: requestsPerSecond, capacities, costs };
  }

  /** Each origin at the cheapest cluster whose knapsack has it. Without one, where its cost with the capacity price is least. */
  private guess(
    { first, taken, capacityPrices }: CapacitatedRelaxation,
    open: readonly number[],
    { costs }: GeneralizedAssignment,
  ) {
    const { origins, requestsPerSecond } = this.app;
    const width = open.length;
    const guess = new Int32Array(origins).fill(-1);
    let penalty = 0;
    for (let p = 0; p < width; p++) {
      penalty = Math.max(penalty, capacityPrices[open[p]]);
      for (let i = first[open[p]]; i < first[open[p] + 1]; i++) {
        const u = taken[i];
        if (guess[u] < 0 || costs[u * width + p] < costs[u * width + guess[u]]) guess[u] = p;
      }
    }
    for (let u = 0; u < origins; u++) {
      if (guess[u] >= 0) continue;
      let least = POSITIVE_INFINITY;
      guess[u] = 0;
      for (let p = 0; p < width; p++) {
        const here = costs[u * width + p] + capacityPrices[open[p]] * requestsPerSecond[u];
        if (!(here < least)) continue;
        least = here;
        guess[u] = p;
      }
    }
    return { guess, penalty: Math.max(penalty, this.typical({ costs }), Number.MIN_VALUE) };
  }

  private fits(at: Int32Array, { weights, capacities }: GeneralizedAssignment): boolean {
    const load = new Float64Array(capacities.length);
    for (let u = 0; u < at.length; u++) load[at[u]] += weights[u];
    return load.every((one, p) => one <= capacities[p] * (1 + SAME));
  }

  /** A quarter of the mean least cost per request/s: the scale of a penalty. */
  private typical({ costs }: Pick<GeneralizedAssignment, 'costs'>): number {
    const { origins, requestsPerSecond } = this.app;
    const width = costs.length / origins;
    let [sum, all] = [0, 0];
    for (let u = 0; u < origins; u++) {
      let least = POSITIVE_INFINITY;
      for (let p = 0; p < width; p++) least = Math.min(least, costs[u * width + p]);
      if (least < POSITIVE_INFINITY) sum += Math.abs(least);
      all += requestsPerSecond[u];
    }
    return sum / Math.max(all, Number.MIN_VALUE) / 4;
  }

  /** The candidate without clusters that serve no origin; undefined unless it is legal and better. */
  private candidateOf(
    open: readonly number[],
    at: Int32Array,
    best: Candidate | undefined,
  ): Candidate | undefined {
    const { app } = this;
    const isUsed = new Uint8Array(open.length);
    for (const position of at) isUsed[position] = 1;
    const used = open.filter((one, position) => isUsed[position] === 1 || app.required[one] === 1);
    const kept = setViolation(app, used) === 0 ? used : open;
    const assigned = assignedOf(app, kept, at, open);
    const evaluated = {
      assigned,
      assignment: { shortfall: 0, apps: [assigned], isExact: false },
      ...evaluateAssigned(app, assigned, 0, this.limits, this.work),
    };
    if (evaluated.violation > 0) return undefined;
    const isBetter = best === undefined || clearlyLess(evaluated.value, best.evaluated.value);
    return isBetter ? { open: kept, evaluated } : undefined;
  }
}

/** The assignment of every whole origin to `among[at[origin]]`. */
function assignedOf(
  { origins, requestsPerSecond }: AppProblem,
  open: readonly number[],
  at: Int32Array,
  among: readonly number[],
): Assigned {
  const places = among.map((one) => open.indexOf(one));
  const amounts = new Float64Array(origins * open.length);
  const load = new Float64Array(open.length);
  for (let u = 0; u < origins; u++) {
    const position = places[at[u]];
    amounts[u * open.length + position] = requestsPerSecond[u];
    load[position] += requestsPerSecond[u];
  }
  return { open, amounts, load };
}
