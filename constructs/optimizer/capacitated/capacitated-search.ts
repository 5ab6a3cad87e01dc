/**
 * Local search over sets where load is limited. Prices of the flow for one set bound the value of every other set that is
 * one move away (as Benders cuts do: Magnanti and Wong, Operations Research 29, 1981; here with the costs of a swap
 * in one pass, Resende and Werneck, EJOR 174, 2007), so that only moves that may help are made for real, by letting
 * the flow follow. Whole origins are assigned from the flow, which bounds what any seating can cost.
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

/** A set that is a local optimum: openings and pairs, and replicas that are not whole. */
interface Found {
  readonly open: readonly number[];
  readonly value: number;
}

interface Move {
  readonly into: number;
  readonly out: number;
  /** No set that the move leads to costs less than this more than now. */
  readonly least: number;
}

/** Searches sets of one app. */
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
    /** Largest load by cluster. */
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

  /** The local optimum that `start` leads to, when it is legal and better than `best`. */
  improve(
    start: readonly number[],
    best: Candidate | undefined,
    /** Whether sets one move away are tried with whole origins, too. */
    isThorough = false,
  ): Candidate | undefined {
    const found = this.optimumFrom(start, isThorough);
    if (found === undefined) return undefined;
    return this.candidateOf(found, best);
  }

  /** A set as it is, when it is legal and better than `best`. */
  evaluateSet(open: readonly number[], best: Candidate | undefined): Candidate | undefined {
    if (open.length === 0 || open.some((one) => this.capacities[one] <= 0)) return undefined;
    this.flow.reset(open);
    const value = best?.evaluated.value ?? POSITIVE_INFINITY;
    if (!this.flow.isComplete || !(this.value < value)) return undefined;
    const found = this.isWhole ? this.assignWhole() : { open: this.set, value: this.value };
    return found && this.candidateOf(found, best);
  }

  /** What no assignment to this set costs less than: that of divisible demand; Infinity where that finds no room. */
  divisibleValue(open: readonly number[]): number {
    this.flow.reset(open);
    return this.flow.isComplete ? this.value : POSITIVE_INFINITY;
  }

  /** Prices that tell what divisible demand costs with exactly this set; undefined where it finds no room. */
  exactMultipliers(open: readonly number[]): Float64Array | undefined {
    this.flow.reset(open);
    if (!this.flow.isComplete) return undefined;
    this.bounds.refresh();
    return this.bounds.firstCost.map((cost, u) => cost * this.app.requestsPerSecond[u]);
  }

  /** Prices to begin a bound with: between what the set pays with the price of room, and its second choice. */
  startMultipliers(open: readonly number[]): Float64Array {
    const { app, candidates, flow } = this;
    const { firstCost, secondCost } = this.bounds;
    flow.reset(open.filter((one) => this.capacities[one] > 0));
    // Where the set has too little room, what it would be without limits among all.
    if (!flow.isComplete) flow.reset(candidates.filter((one) => this.capacities[one] > 0));
    this.bounds.refresh();
    return firstCost.map(
      (first, u) => ((first + Math.min(secondCost[u], 2 * first)) / 2) * app.requestsPerSecond[u],
    );
  }

  private candidateOf({ open, value }: Found, best: Candidate | undefined): Candidate | undefined {
    const key = open.join(' ');
    if (this.seen.has(key) || setViolation(this.app, open) > 0) return undefined;
    // Seated more thoroughly, a set may still become somewhat cheaper.
    const hope = this.isWhole ? value - Math.abs(value) * CAPACITATED_SEARCH.thoroughGain : value;
    if (best !== undefined && !clearlyLess(hope, best.evaluated.value)) return undefined;
    this.seen.add(key);
    const evaluated = evaluate(this.app, open, this.limits, this.work);
    const candidate = { open, evaluated };
    return evaluated.violation === 0 && isBetter(this.app, candidate, best) ? candidate : undefined;
  }

  /** The best local optimum from the starts, then from exchanges in the best of all; until so much work was spent. */
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

  /** A set with one to four clusters opened or closed. */
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

  /** Makes moves until none helps. */
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

  /** Whole origins for this set, then for sets one move away whose flow alone does not cost more already. */
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

  /** The set with every origin whole; undefined when that does not fit. */
  private assignWhole(): Found | undefined {
    const open = this.set;
    const assigned = wholeFromFlow(this.app, open, this.capacities, open, this.flow, this.work);
    if (assigned === undefined) return undefined;
    let value = this.app.constantCost + assigned.cost;
    for (const one of open) value += this.app.openCost[one];
    return { open, value };
  }

  /** Moves that open `into` (-1: none) and may change the value by less than `most`, the most promising first. */
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
