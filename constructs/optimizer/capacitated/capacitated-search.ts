/**
 * Local search over sets where capacity is limited. Flow prices of one set bound the value of every set one move away
 * (Benders cuts: Magnanti and Wong, Operations Research 29, 1981), all swaps in one pass (Resende and Werneck, EJOR 174,
 * 2007). Only promising moves are applied to the flow. Whole origins are assigned from the flow, which is a lower bound on
 * their cost.
 */

import { evaluate } from '../assignment/evaluation';
import { IncrementalFlow } from '../assignment/incremental-flow';
import { wholeFromFlow } from '../assignment/whole-origins';
import { type Candidate, isBetter } from '../enumeration/enumeration';
import { CAPACITATED_SEARCH } from '../options';
import { RandomSequence } from '../primitives/random-sequence';
import { type AppProblem, clearlyLess, type Limits, SAME, type Work } from '../problem/problem';
import { Counters } from '../problem/rule-counters';
import { setViolation } from '../problem/set-rules';
import { MoveBounds } from './move-bounds';

const { POSITIVE_INFINITY } = Number;

/** A locally optimal set. Its value counts fractional replicas. */
interface Found {
  readonly open: readonly number[];
  readonly value: number;
}

interface Move {
  readonly into: number;
  readonly out: number;
  /** A lower bound on the change of value by the move. */
  readonly least: number;
}

/** The search for one app. */
export class CapacitatedSearch {
  private readonly flow: IncrementalFlow;
  private readonly counters: Counters;
  private readonly candidates: readonly number[];
  private readonly bounds: MoveBounds;
  private readonly isWhole: boolean;
  private readonly seen = new Set<string>();
  private allowed: number;
  private readonly patience: number;

  constructor(
    private readonly app: AppProblem,
    /** By cluster: its capacity in requests/s. */
    private readonly capacities: Float64Array,
    private readonly limits: Limits,
    private readonly work: Work,
  ) {
    this.allowed = work.allowed;
    this.flow = new IncrementalFlow(app, capacities, work);
    this.counters = new Counters(app);
    this.candidates = [...app.allowed.keys()].filter((cluster) => app.allowed[cluster] === 1);
    this.bounds = new MoveBounds(app, capacities, this.flow, work);
    this.isWhole = app.capacity === 'whole';
    const { patience, wholePatience } = CAPACITATED_SEARCH;
    this.patience = this.isWhole ? wholePatience : patience;
  }

  /** The local optimum reached from `start`; undefined unless it is legal and better than `best`. */
  improve(
    start: readonly number[],
    best: Candidate | undefined,
    /** True to try sets one move away with whole origins as well. */
    isThorough = false,
  ): Candidate | undefined {
    const found = this.optimumFrom(start, isThorough);
    if (found === undefined) return undefined;
    return this.candidateOf(found, best);
  }

  /** Evaluates a set without search; undefined unless it is legal and better than `best`. */
  evaluateSet(open: readonly number[], best: Candidate | undefined): Candidate | undefined {
    if (open.length === 0 || open.some((one) => this.capacities[one] <= 0)) return undefined;
    this.flow.reset(open);
    const value = best?.evaluated.value ?? POSITIVE_INFINITY;
    if (!this.flow.isComplete || !(this.value < value)) return undefined;
    const found = this.isWhole ? this.assignWhole() : { open: this.set, value: this.value };
    return found && this.candidateOf(found, best);
  }

  /** The value of the set with divisible demand: a lower bound on every assignment. Infinity when demand does not fit. */
  divisibleValue(open: readonly number[]): number {
    this.flow.reset(open);
    return this.flow.isComplete ? this.value : POSITIVE_INFINITY;
  }

  /** The multipliers at which the relaxation of exactly this set equals its cost with divisible demand; undefined when demand does not fit. */
  exactMultipliers(open: readonly number[]): Float64Array | undefined {
    this.flow.reset(open);
    if (!this.flow.isComplete) return undefined;
    this.bounds.refresh();
    return this.bounds.firstCost.map((cost, u) => cost * this.app.requestsPerSecond[u]);
  }

  /** Start multipliers of a bound: by origin, between its least cost in the set, capacity price included, and its second least. */
  startMultipliers(open: readonly number[]): Float64Array {
    const { app, candidates, flow } = this;
    const { firstCost, secondCost } = this.bounds;
    flow.reset(open.filter((one) => this.capacities[one] > 0));
    // A set with too little capacity is replaced by all candidates.
    if (!flow.isComplete) flow.reset(candidates.filter((one) => this.capacities[one] > 0));
    this.bounds.refresh();
    return firstCost.map(
      (first, u) => ((first + Math.min(secondCost[u], 2 * first)) / 2) * app.requestsPerSecond[u],
    );
  }

  private candidateOf({ open, value }: Found, best: Candidate | undefined): Candidate | undefined {
    const key = open.join(' ');
    if (this.seen.has(key) || setViolation(this.app, open) > 0) return undefined;
    // The thorough assignment of whole origins may still lower the value.
    const attainable = this.isWhole
      ? value - Math.abs(value) * CAPACITATED_SEARCH.thoroughGain
      : value;
    if (best !== undefined && !clearlyLess(attainable, best.evaluated.value)) return undefined;
    this.seen.add(key);
    const evaluated = evaluate(this.app, open, this.limits, this.work);
    const candidate = { open, evaluated };
    return evaluated.violation === 0 && isBetter(this.app, candidate, best) ? candidate : undefined;
  }

  /** Iterated local search: from each start, then from perturbations of the best set, until `allowed` work units are spent. */
  search(
    starts: readonly (readonly number[])[],
    known: Candidate | undefined,
    allowed: number,
  ): Candidate | undefined {
    this.allowed = Math.min(allowed, this.work.allowed);
    let best = known;
    for (const start of known === undefined ? starts : [known.open, ...starts]) {
      if (this.work.spent < this.allowed) best = this.improve(start, best, true) ?? best;
    }
    const draws = RandomSequence.forCandidates(this.candidates.length);
    for (let idle = 0; best !== undefined && idle < this.patience; idle++) {
      if (this.work.spent >= this.allowed) break;
      const better = this.improve(this.perturbed(best.open, draws), best, true);
      if (better === undefined) continue;
      best = better;
      idle = -1;
    }
    this.allowed = this.work.allowed;
    return best;
  }

  /** The set after a few random openings and closings. */
  private perturbed(open: readonly number[], draws: RandomSequence): number[] {
    const perturbed = new Set(open);
    const changes = 1 + draws.below(CAPACITATED_SEARCH.maxChanges);
    for (let i = 0; i < changes; i++) {
      const one = this.candidates[draws.below(this.candidates.length)];
      if (!perturbed.delete(one)) perturbed.add(one);
      const other = open[draws.below(open.length)];
      if (draws.next() < 0.5) perturbed.delete(other);
    }
    return [...perturbed];
  }

  private optimumFrom(start: readonly number[], isThorough: boolean): Found | undefined {
    const { app, flow } = this;
    const open = start.filter(
      (cluster) => app.allowed[cluster] === 1 && this.capacities[cluster] > 0,
    );
    for (const c of this.candidates) if (app.required[c] === 1 && !open.includes(c)) open.push(c);
    this.counters.reset(open);
    flow.reset(open);
    this.descend();
    if (!flow.isComplete || this.counters.violation() > 0) return undefined;
    if (!this.isWhole) return { open: this.set, value: this.value };
    return isThorough ? this.descendWhole() : this.assignWhole();
  }

  private get set(): number[] {
    return this.flow.open.filter((one) => one !== this.flow.dummy).sort((a, b) => a - b);
  }

  private get value(): number {
    let value = this.app.constantCost + this.flow.cost;
    for (const one of this.flow.open) {
      if (one !== this.flow.dummy) value += this.app.openCost[one];
    }
    return value;
  }

  /** Applies moves until none improves. */
  private descend(): void {
    const { candidates, work } = this;
    const turns = candidates.length + 1;
    let { value } = this;
    this.bounds.refresh();
    for (let turn = 0, idle = 0; idle < turns; turn++, idle++) {
      if (work.spent > this.allowed) return;
      const into = turn % turns < candidates.length ? candidates[turn % turns] : -1;
      if (into >= 0 && this.flow.isOpen[into] === 1) continue;
      const margin = SAME * Math.max(1, Math.abs(value));
      const broken = this.counters.violation();
      const moves = this.movesFor(into, broken > 0 ? POSITIVE_INFINITY : -margin, broken);
      for (const move of moves.slice(0, CAPACITATED_SEARCH.maxTries)) {
        const saved = this.flow.save();
        this.apply(move);
        const reached = this.value;
        if (reached < value - margin || this.counters.violation() < broken) {
          value = reached;
          this.bounds.refresh();
          idle = -1;
          break;
        }
        this.undo(move);
        this.flow.restore(saved);
      }
    }
  }

  private apply({ into, out }: Move): void {
    if (into >= 0) {
      this.flow.openCluster(into);
      this.counters.open(into);
    }
    if (out >= 0) {
      this.flow.closeCluster(out);
      this.counters.close(out);
    }
  }

  private undo({ into, out }: Move): void {
    if (into >= 0) this.counters.close(into);
    if (out >= 0) this.counters.open(out);
  }

  /** Assigns whole origins to the set, then to sets one move away whose flow costs less than the best assignment. */
  private descendWhole(): Found | undefined {
    const { candidates, work } = this;
    let best = this.assignWhole();
    const turns = candidates.length + 1;
    for (let turn = 0, idle = 0; idle < turns; turn++, idle++) {
      if (work.spent > this.allowed) break;
      const into = turn % turns < candidates.length ? candidates[turn % turns] : -1;
      if (into >= 0 && this.flow.isOpen[into] === 1) continue;
      const value = best?.value ?? POSITIVE_INFINITY;
      const slack = value - this.value - SAME * Math.max(1, Math.abs(this.value));
      for (const move of this.movesFor(into, slack, 0).slice(0, CAPACITATED_SEARCH.maxTries)) {
        const saved = this.flow.save();
        this.apply(move);
        const assigned =
          this.value < value && this.flow.isComplete ? this.assignWhole() : undefined;
        if (assigned !== undefined && assigned.value < value * (1 - SAME)) {
          best = assigned;
          this.bounds.refresh();
          idle = -1;
          break;
        }
        this.undo(move);
        this.flow.restore(saved);
      }
    }
    return best;
  }

  /** Assigns whole origins to the set; undefined when no assignment was found that fits. */
  private assignWhole(): Found | undefined {
    const open = this.set;
    const assigned = wholeFromFlow(this.app, open, this.capacities, open, this.flow, this.work);
    if (assigned === undefined) return undefined;
    let value = this.app.constantCost + assigned.cost;
    for (const one of open) value += this.app.openCost[one];
    return { open, value };
  }

  /** Moves that open `into` (-1: none) whose bound on the change of value is below `most`, lowest bound first. */
  private movesFor(into: number, most: number, broken: number): Move[] {
    const gain = this.bounds.boundMoves(into);
    const moves: Move[] = [];
    const add = (out: number, least: number) => {
      if (!(least < most)) return;
      const after = this.counters.violationAfter(into, out);
      if (after > broken || (broken > 0 && after === broken)) return;
      moves.push({ into, out, least });
    };
    if (into >= 0) add(-1, gain);
    for (const out of this.flow.open) {
      if (out !== this.flow.dummy && this.app.required[out] === 0)
        add(out, gain + this.bounds.loss[out]);
    }
    return moves.sort((a, b) => a.least - b.least || a.out - b.out);
  }
}
