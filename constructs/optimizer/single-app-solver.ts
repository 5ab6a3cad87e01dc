/** One app by search and proof: a good set first, then prices that prove it the best, or how far it may be from that. */

import { evaluate } from './assignment/evaluation';
import { CapacitySearch } from './capacitated/capacitated-search';
import type { Candidate } from './enumeration/enumeration';
import { type Beginning, beginningLists, beginningOf, longerLists } from './implicit/coarse-start';
import { settleByColumns } from './implicit/column-generation';
import { type Lists, narrowed } from './primitives/candidate-lists';
import { roomsOf } from './problem/capacity';
import {
  allowsFlow,
  dependsOnLoad,
  hasClosestAssignment,
  needsAssignment,
} from './problem/features';
import type { AppProblem, Limits, Proof, Work } from './problem/problem';
import { type Quest, startState } from './uncapacitated/branch-context';
import { Closest, conflictsOf } from './uncapacitated/closest-assignment';
import { type PricedRules, pricedRules } from './uncapacitated/dualized-constraints';
import { Incumbent } from './uncapacitated/incumbent';
import { search } from './uncapacitated/iterated-local-search';
import { isThin, leastLoads } from './uncapacitated/minimum-load';
import { settle } from './uncapacitated/node-bound';
import { cappedBy, hasWholeCosts, listsFor } from './uncapacitated/pairs';
import { Kicks } from './uncapacitated/perturbation';
import { provedFrom, type Start } from './uncapacitated/proved-from';

/** Share of the work that branching may take; little where the relaxation does not know all that counts. */
const BRANCHING = 1;
const BRANCHING_ASSIGNED = 3;

/** Share of the effort below the root that improves sets. */
const IMPROVING = 0.1;
/** Share of the work that kicks may take, and how many in a row may find nothing, by cluster of the set. */
const KICKING = 8;
const PATIENCE = 4;
/** Rounds over all lists that the bound has work for, however long they are. */
const LEAST_ROUNDS = 300;

/** The answer for one app alone. */
export interface Bounded {
  /** Undefined when no legal set was found. */
  readonly best: Candidate | undefined;
  /** Proven: no legal answer costs less. */
  readonly bound: number;
  readonly proof: Proof;
}

/** Prices start no higher than so many times the second cheapest cost. */
const CLIMB = 4;

/** Share of the work that a coarser question may take. */
const COARSE = 8;

/** Searches, proves, and searches again from what the proof found; `known` is a legal set to begin with. */
export function bounded(app: AppProblem, limits: Limits, work: Work, known?: Candidate): Bounded {
  return new Campaign(app, limits, work, known, beginning(app, limits, work)).run();
}

/** Where to begin when there is a coarser question that has an answer. */
function beginning(app: AppProblem, limits: Limits, work: Work): Beginning | undefined {
  const coarser = app.many?.coarsening?.coarser();
  if (coarser === undefined) return undefined;
  const { many: _, ...rest } = app;
  const coarse = { ...rest, ...coarser };
  const effort: Work = { spent: 0, allowed: work.allowed / COARSE };
  const begins = beginning(coarse, limits, effort);
  const { best, proof } = new Campaign(coarse, limits, effort, undefined, begins, true).run();
  work.spent += effort.spent;
  if (best === undefined || proof.kind !== 'dual') return undefined;
  return beginningOf(app, coarse, { open: best.open, root: proof.root });
}

class Campaign {
  private readonly incumbent: Incumbent;
  /** Of the descents. */
  private readonly effort: Work;
  /** Of the proof. */
  private proving: Work = { spent: 0, allowed: 0 };
  /** True when the rules about load and capacity may make a set dearer than its pairs, or illegal. */
  private readonly needsAssignment: boolean;
  /** Where room is limited: a search that knows what that costs. */
  private readonly crowded: CapacitySearch | undefined;
  private readonly seen = new Set<string>();
  /** Sets that looked good to the relaxation, the latest last. */
  private readonly promising: (readonly number[])[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly limits: Limits,
    private readonly work: Work,
    known: Candidate | undefined,
    private readonly begins?: Beginning,
    /** Only a good set and good prices are asked for, not a proof. */
    private readonly isRough = false,
  ) {
    this.effort = { spent: 0, allowed: work.allowed / 2 };
    this.needsAssignment = needsAssignment(app, limits);
    const isWhole = !this.needsAssignment && app.many === undefined && hasWholeCosts(app);
    const lists = begins === undefined ? listsFor(app) : beginningLists(app, begins);
    this.incumbent = new Incumbent(app, limits, work, this.effort, isWhole, lists, known);
    const room = roomsOf(app, limits);
    if (allowsFlow(app, room)) {
      this.crowded = new CapacitySearch(app, room, limits, this.effort);
    }
  }

  run(): Bounded {
    const { app, work, incumbent } = this;
    const room = roomsOf(app, this.limits);
    const found = this.begins ? undefined : incumbent.descent.improve(incumbent.descent.greedy());
    // Whoever must have a load may need pairs that are too dear to be looked at otherwise.
    const isUsed = found !== undefined && app.many === undefined && isThin(app, found);
    const isNearest = hasClosestAssignment(app, room);
    const rules = pricedRules(app, room, isUsed && isNearest ? conflictsOf(app) : undefined);
    const share = work.allowed / (this.needsAssignment ? BRANCHING_ASSIGNED : BRANCHING);
    const allowed = Math.max(share, LEAST_ROUNDS * incumbent.lists.cost.length);
    const effort: Work = { spent: 0, allowed };
    this.proving = effort;
    const quest: Quest = {
      app,
      rules,
      work: effort,
      room,
      closest: isNearest ? new Closest(app, leastLoads(app)) : undefined,
      guess: () => Math.abs(incumbent.descent.value),
      cutoff: () => incumbent.cutoff(),
      consider: (open, isRoot) => this.look(open, isRoot),
      isSettled: (open) => this.isSettled(open),
      refine: () => this.refine(),
      isRough: this.isRough,
    };
    const { relaxed, node, settled } =
      this.begins === undefined
        ? this.anew(rules, found ?? [], isUsed)
        : this.from(this.begins, quest);
    const previous = clustersOf(app.previous);
    // A legal set may be proved the best before sets are judged one by one, which takes long.
    const isLate = this.needsAssignment && incumbent.best !== undefined;
    if (!isLate) this.improveFrom([relaxed, previous], work.allowed / 4);
    const proved = provedFrom(quest, { relaxed, settled, node }, isUsed);
    work.spent += effort.spent;
    const isProved = proved.value >= incumbent.cutoff();
    if (!isProved && !this.isRough) {
      const latest = app.many === undefined ? 8 : 2;
      const starts = [previous, ...this.promising.slice(-latest).reverse()];
      this.improveFrom(starts, isLate ? work.allowed / 2 : work.allowed / 4);
    }
    work.spent += this.effort.spent;
    const { names, cliques } = rules;
    return {
      best: incumbent.best,
      bound: incumbent.boundFrom(proved.value, isProved),
      proof: { kind: 'dual', root: proved.proof, rules: names, cliques },
    };
  }

  /** From nothing but what greedy and swaps found. */
  private anew(rules: PricedRules, relaxed: readonly number[], isUsed: boolean): Start {
    const { app, incumbent } = this;
    const prices = incumbent.descent.prices();
    const lists = isUsed ? incumbent.lists : narrowed(incumbent.lists, app.allowed, this.capsAt());
    incumbent.consider(relaxed);
    const point = cappedBy(lists, {
      assignmentMultipliers: prices,
      ruleMultipliers: new Float64Array(rules.length),
    });
    return { relaxed, node: { state: startState(app), lists, point } };
  }

  /** From a coarser answer: its prices decide most clusters, and lists of the others may be long. */
  private from(begins: Beginning, quest: Quest): Start {
    const { app, incumbent } = this;
    const { lists } = incumbent;
    const { open, point, second } = begins;
    incumbent.consider(open);
    if (app.many?.coarsening?.savings !== undefined) return this.byColumns(begins, quest);
    const state = startState(app);
    const settled = settle(quest, { state, lists, point: cappedBy(lists, point) });
    const longer = longerLists(app, state, second);
    const relaxed = incumbent.improveOn(longer, [open]);
    return {
      relaxed,
      settled: { point: settled },
      node: { state, lists: longer, point: cappedBy(longer, settled) },
    };
  }

  /** The same where there are too many pairs to list. */
  private byColumns(begins: Beginning, quest: Quest): Start {
    const { coarsening } = this.app.many ?? {};
    if (coarsening === undefined) throw new Error('there are no columns without cells');
    const improve = (lists: Lists, starts: readonly (readonly number[])[]) => {
      this.incumbent.improveOn(lists, starts);
    };
    const { state, lists, point, value } = settleByColumns(quest, coarsening, begins, improve);
    const settled = { point, value };
    if (lists === undefined) return { relaxed: this.incumbent.best?.open ?? [], settled };
    const relaxed = this.incumbent.improveOn(lists, [begins.open]);
    return { relaxed, settled, node: { state, lists, point: cappedBy(lists, point) } };
  }

  private capsAt(): Float64Array {
    const { app, incumbent } = this;
    const { lists, descent } = incumbent;
    const typical = Math.abs(descent.value) / Math.max(1, app.origins);
    return lists.cap.map((cap, u) =>
      Math.min(cap, Math.max(CLIMB * descent.nearest.secondCost[u], typical)),
    );
  }

  /** A set of the relaxation: improved at the root, taken as it is below. */
  private look(open: readonly number[], isRoot: boolean): void {
    const { app, crowded, incumbent } = this;
    const key = open.join(' ');
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (isRoot) this.promising.push(open);
    if (crowded !== undefined && !dependsOnLoad(app)) {
      const { best } = incumbent;
      incumbent.take(isRoot ? crowded.improve(open, best) : crowded.take(open, best));
      return;
    }
    const isImproved = (isRoot || this.mayImprove()) && incumbent.isNear(open);
    if (isImproved) incumbent.improve(open);
    // What improves costs may break a rule about load; a set that was looked at counts as judged.
    if ((!isImproved || this.needsAssignment) && incumbent.mayBeBetter(open))
      incumbent.consider(open);
  }

  /** Kicks the best set and mends it, where nothing but pairs and rules about sets decides. */
  private refine(): void {
    const { app, effort, work, incumbent } = this;
    let { best } = incumbent;
    if (best === undefined || this.needsAssignment || app.many !== undefined) return;
    const kicks = new Kicks(app);
    const most = effort.spent + work.allowed / KICKING;
    for (let idle = 0; idle < PATIENCE * best.open.length && effort.spent < most; idle++) {
      incumbent.improve(kicks.next(best.open));
      if (incumbent.best !== best) idle = -1;
      best = incumbent.best ?? best;
    }
  }

  /** Below the root, where nothing but pairs decides what a set costs: as long as that is a small part of the effort. */
  private mayImprove(): boolean {
    const { app, effort, proving } = this;
    return (
      !this.needsAssignment && app.many === undefined && effort.spent < IMPROVING * proving.spent
    );
  }

  /** Divisible demand is assigned at least cost; with whole origins only some assignments are proved to be the cheapest. */
  private isSettled(open: readonly number[]): boolean {
    const { app, crowded, incumbent } = this;
    if (app.capacity !== 'whole' || !this.needsAssignment) return true;
    if (crowded !== undefined && crowded.leastOf(open) >= incumbent.cutoff()) return true;
    const { value, assignment } = evaluate(app, open, this.limits, this.work);
    return assignment.isExact && value >= incumbent.cutoff();
  }

  /** Where sets must be assigned to be judged, and where nothing legal is known yet, the search is a longer one. */
  private improveFrom(starts: readonly (readonly number[])[], allowed: number): void {
    const { app, limits, work, crowded, incumbent } = this;
    if (crowded !== undefined) {
      incumbent.take(crowded.search(starts, incumbent.best, this.effort.spent + allowed));
      // Rules about load that no flow knows of ask for the longer search below.
      if (incumbent.best !== undefined && !dependsOnLoad(app)) return;
    }
    const { best } = incumbent;
    if (best !== undefined && (!this.needsAssignment || app.many !== undefined)) {
      for (const start of starts) {
        const open = start.filter((cluster) => app.allowed[cluster] === 1);
        if (open.length > 0) incumbent.improve(open);
      }
      return;
    }
    const effort: Work = { spent: 0, allowed };
    const known = best === undefined ? [] : [best.open];
    incumbent.take(search(app, limits, [...known, ...starts], effort));
    work.spent += effort.spent;
  }
}

function clustersOf(flags: Uint8Array): number[] {
  return [...flags.keys()].filter((cluster) => flags[cluster] === 1);
}
