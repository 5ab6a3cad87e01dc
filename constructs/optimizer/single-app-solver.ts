/** Solves one app by local search and Lagrangian branch and bound: first a good set, then a proof of how good it is. */

import { evaluate } from './assignment/evaluation';
import { CapacitatedSearch } from './capacitated/capacitated-search';
import type { Candidate } from './enumeration/enumeration';
import {
  type CoarseStart,
  disaggregate,
  listsOfFreeClusters,
  startLists,
} from './implicit/coarse-start';
import { generateColumns } from './implicit/column-generation';
import { type CandidateLists, narrowLists } from './primitives/candidate-lists';
import { capacitiesOf } from './problem/capacity';
import {
  allowsFlow,
  dependsOnLoad,
  hasClosestAssignment,
  needsAssignment,
} from './problem/features';
import type { AppProblem, Limits, Proof, Work } from './problem/problem';
import { COARSE_START, SINGLE_APP } from './single-app-options';
import { type ProofStart, proveFromStart } from './uncapacitated/branch-and-bound';
import { type BranchContext, initialState } from './uncapacitated/branch-context';
import { ClosestAssignment, minimumLoadConflicts } from './uncapacitated/closest-assignment';
import { type DualizedConstraints, dualizeConstraints } from './uncapacitated/dualized-constraints';
import { Incumbent, type Keeps } from './uncapacitated/incumbent';
import { search } from './uncapacitated/iterated-local-search';
import { isBelowMinimum, minimumLoadsOf } from './uncapacitated/minimum-load';
import { fixFromStart } from './uncapacitated/node-bound';
import { candidateListsFor, cappedPoint, hasWholeCosts } from './uncapacitated/pairs';
import { Perturbation } from './uncapacitated/perturbation';

/** The answer for one app alone. */
export interface AppSolution {
  /** Undefined when no legal set was found. */
  readonly best: Candidate | undefined;
  /** Proven: no legal answer costs less. */
  readonly bound: number;
  readonly proof: Proof;
}

/**
 * Searches, proves, and searches again from what the proof found; `known` is a legal set to begin with. `keeps`: true of sets that keep
 * rules which the problem leaves out; only these are answers, and the bound holds with the rules, because they only forbid.
 */
export function solveSingleApp(
  app: AppProblem,
  limits: Limits,
  work: Work,
  known?: Candidate,
  keeps?: Keeps,
): AppSolution {
  const start = coarseStartOf(app, limits, work);
  return new SingleAppSolver(app, limits, work, known, start, false, keeps).run();
}

/** The start from the aggregated problem, where there is one and it has an answer. */
function coarseStartOf(app: AppProblem, limits: Limits, work: Work): CoarseStart | undefined {
  const coarser = app.implicitCosts?.coarsening?.coarser();
  if (coarser === undefined) return undefined;
  const { implicitCosts: _, ...rest } = app;
  const coarse = { ...rest, ...coarser };
  const effort: Work = { spent: 0, allowed: work.allowed / SINGLE_APP.coarseDivisor };
  const start = coarseStartOf(coarse, limits, effort);
  const solver = new SingleAppSolver(coarse, limits, effort, undefined, start, true);
  const { best, bound, proof } = solver.run();
  work.spent += effort.spent;
  if (best === undefined || proof.kind !== 'dual') return undefined;
  const gap = gapOf(best, bound);
  return disaggregate(app, coarse, { open: best.open, root: proof.root, gap });
}

class SingleAppSolver {
  private readonly incumbent: Incumbent;
  /** Work of the descents. */
  private readonly searchWork: Work;
  /** Work of the proof. */
  private proofWork: Work = { spent: 0, allowed: 0 };
  /** True when the rules about load and capacity may make a set dearer than its pairs, or illegal. */
  private readonly needsAssignment: boolean;
  /** Where capacity is limited: a search that assigns within capacities. */
  private readonly capacitySearch: CapacitatedSearch | undefined;
  private readonly seen = new Set<string>();
  /** Sets that looked good to the relaxation, the latest last. */
  private readonly promising: (readonly number[])[] = [];

  constructor(
    private readonly app: AppProblem,
    private readonly limits: Limits,
    private readonly work: Work,
    known: Candidate | undefined,
    private readonly coarseStart?: CoarseStart,
    /** True when a good set and good multipliers are enough and no proof is needed. */
    private readonly isApproximate = false,
    keeps?: Keeps,
  ) {
    this.searchWork = { spent: 0, allowed: work.allowed / 2 };
    this.needsAssignment = needsAssignment(app, limits);
    const isWhole = !this.needsAssignment && app.implicitCosts === undefined && hasWholeCosts(app);
    const lists = coarseStart === undefined ? candidateListsFor(app) : startLists(app, coarseStart);
    this.incumbent = new Incumbent(
      app,
      limits,
      work,
      this.searchWork,
      isWhole,
      lists,
      known,
      keeps,
    );
    const maxLoads = capacitiesOf(app, limits);
    if (allowsFlow(app, maxLoads)) {
      this.capacitySearch = new CapacitatedSearch(app, maxLoads, limits, this.searchWork);
    }
  }

  run(): AppSolution {
    const { app, work, incumbent } = this;
    const maxLoads = capacitiesOf(app, this.limits);
    const found = this.coarseStart
      ? undefined
      : incumbent.descent.improve(incumbent.descent.greedy());
    // A cluster with a minimum load may need dearer pairs than the lists would otherwise hold.
    const needsMinimumLoad =
      found !== undefined && app.implicitCosts === undefined && isBelowMinimum(app, found);
    const isClosest = hasClosestAssignment(app, maxLoads);
    const rules = dualizeConstraints(
      app,
      maxLoads,
      needsMinimumLoad && isClosest ? minimumLoadConflicts(app) : undefined,
    );
    const effort = this.workOfProof();
    this.proofWork = effort;
    const context: BranchContext = {
      app,
      rules,
      work: effort,
      maxLoads,
      closestAssignment: isClosest ? new ClosestAssignment(app, minimumLoadsOf(app)) : undefined,
      estimate: () => Math.abs(incumbent.descent.value),
      cutoff: () => incumbent.cutoff(),
      consider: (open, isRoot) => this.considerRelaxedSet(open, isRoot),
      isSetFathomed: (open) => this.isSettled(open),
      perturbIncumbent: () => this.refine(),
      isApproximate: this.isApproximate,
      expectsGap: this.coarseStart?.expectsGap ?? false,
    };
    const { relaxed, node, fixing } =
      this.coarseStart === undefined
        ? this.startFromGreedy(rules, found ?? [], needsMinimumLoad)
        : this.startFromCoarse(this.coarseStart, context);
    const previous = clustersOf(app.previous);
    // A legal set may be proved the best before sets are evaluated one by one, which takes long.
    const isLate = this.needsAssignment && incumbent.best !== undefined;
    if (!isLate) this.improveFrom([relaxed, previous], work.allowed / 4);
    const proved = proveFromStart(context, { relaxed, fixing, node }, needsMinimumLoad);
    work.spent += effort.spent;
    const isProved = proved.value >= incumbent.cutoff();
    if (this.isApproximate || context.expectsGap === true) this.searchIfGapped(proved.value);
    if (!this.isApproximate && !isProved) {
      const latest =
        app.implicitCosts === undefined ? SINGLE_APP.restarts : SINGLE_APP.implicitRestarts;
      const starts = [previous, ...this.promising.slice(-latest).reverse()];
      this.improveFrom(starts, isLate ? work.allowed / 2 : work.allowed / 4);
    }
    work.spent += this.searchWork.spent;
    const { names, cliques } = rules;
    return {
      best: incumbent.best,
      bound: incumbent.boundFrom(proved.value, isProved),
      proof: { kind: 'dual', root: proved.proof, rules: names, cliques },
    };
  }

  /** What the proof, with the descents that it calls for, may take of the work that is left; the search at the end keeps a little. */
  private workOfProof(): Work {
    const { work, incumbent, searchWork } = this;
    const divisor = this.needsAssignment
      ? SINGLE_APP.assignedProofDivisor
      : SINGLE_APP.proofDivisor;
    // Good multipliers of an aggregated problem save more than they cost, and the problem itself counts them. Where
    // pairs are too many for cells to help or columns are generated, answers without enough rounds are far worse, so these alone may pass the limit.
    const { implicitCosts } = this.app;
    const isHuge =
      implicitCosts !== undefined &&
      (implicitCosts.coarsening === undefined || implicitCosts.coarsening.savings !== undefined);
    const isUnlimited = this.isApproximate || isHuge;
    const wanted = Math.max(
      work.allowed / divisor,
      SINGLE_APP.minRounds * incumbent.lists.cost.length,
    );
    if (isUnlimited) return { spent: 0, allowed: wanted };
    const before = searchWork.spent;
    const left = work.allowed * (1 - SINGLE_APP.lastSearchShare) - work.spent - before;
    return {
      spent: 0,
      get allowed() {
        return Math.min(left, wanted) - (searchWork.spent - before);
      },
    };
  }

  /** A problem with a wide gap has many sets nearly as good as the best: most are compared on cells, where that is cheap. */
  private searchIfGapped(bound: number): void {
    const { app, incumbent } = this;
    const { best, lists } = incumbent;
    if (best === undefined || gapOf(best, bound) <= COARSE_START.wideGap) return;
    const divisor = this.isApproximate
      ? SINGLE_APP.coarsePerturbationDivisor
      : SINGLE_APP.perturbationDivisor;
    const left = this.work.allowed - this.work.spent - this.searchWork.spent;
    const allowed = Math.min(left, this.work.allowed / divisor);
    // Lists so long that few descents are affordable would only take time.
    if (SINGLE_APP.minDescents * lists.cost.length > allowed) return;
    incumbent.descent.costOf(best.open);
    const reach = incumbent.descent.closestTwo.secondCost.map((cost, u) =>
      Math.min(lists.cap[u], SINGLE_APP.perturbationReach * cost),
    );
    incumbent.improveOn(narrowLists(lists, app.allowed, reach), []);
    this.perturbBest(allowed);
  }

  /** Starts the proof from the set of greedy and swaps. */
  private startFromGreedy(
    rules: DualizedConstraints,
    relaxed: readonly number[],
    needsMinimumLoad: boolean,
  ): ProofStart {
    const { app, incumbent } = this;
    const multipliers = incumbent.descent.initialMultipliers();
    const lists = needsMinimumLoad
      ? incumbent.lists
      : narrowLists(incumbent.lists, app.allowed, this.multiplierCaps());
    incumbent.consider(relaxed);
    const point = cappedPoint(lists, {
      assignmentMultipliers: multipliers,
      ruleMultipliers: new Float64Array(rules.length),
    });
    return { relaxed, node: { state: initialState(app), lists, point } };
  }

  /** Starts the proof from the aggregated problem: its multipliers fix most clusters, and the lists of the others may be long. */
  private startFromCoarse(start: CoarseStart, context: BranchContext): ProofStart {
    const { app, incumbent } = this;
    const { lists } = incumbent;
    const { open, point } = start;
    incumbent.consider(open);
    if (app.implicitCosts?.coarsening?.savings !== undefined)
      return this.startByColumnGeneration(start, context);
    const state = initialState(app);
    const fixing = fixFromStart(context, { state, lists, point: cappedPoint(lists, point) });
    const longer = listsOfFreeClusters(app, state, start);
    const relaxed = incumbent.improveOn(longer, [open]);
    return {
      relaxed,
      fixing: { point: fixing },
      node: { state, lists: longer, point: cappedPoint(longer, fixing) },
    };
  }

  /** The same where there are too many pairs to list. */
  private startByColumnGeneration(start: CoarseStart, context: BranchContext): ProofStart {
    const { coarsening } = this.app.implicitCosts ?? {};
    if (coarsening === undefined) throw new Error('there are no columns without cells');
    const improve = (lists: CandidateLists, starts: readonly (readonly number[])[]) => {
      this.incumbent.improveOn(lists, starts);
    };
    const { state, lists, point, value } = generateColumns(context, coarsening, start, improve);
    const fixing = { point, value };
    if (lists === undefined) return { relaxed: this.incumbent.best?.open ?? [], fixing };
    const relaxed = this.incumbent.improveOn(lists, [start.open]);
    return { relaxed, fixing, node: { state, lists, point: cappedPoint(lists, point) } };
  }

  private multiplierCaps(): Float64Array {
    const { app, incumbent } = this;
    const { lists, descent } = incumbent;
    const typical = Math.abs(descent.value) / Math.max(1, app.origins);
    return lists.cap.map((cap, u) =>
      Math.min(cap, Math.max(SINGLE_APP.maxMultiplier * descent.closestTwo.secondCost[u], typical)),
    );
  }

  /** A set of the relaxation: improved at the root, taken as it is below. */
  private considerRelaxedSet(open: readonly number[], isRoot: boolean): void {
    const { app, capacitySearch, incumbent } = this;
    const key = open.join(' ');
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (isRoot) this.promising.push(open);
    if (capacitySearch !== undefined && !dependsOnLoad(app)) {
      const { best } = incumbent;
      incumbent.take(
        isRoot ? capacitySearch.improve(open, best) : capacitySearch.evaluateSet(open, best),
      );
      return;
    }
    const isImproved = (isRoot || this.mayImproveBelowRoot()) && incumbent.isNear(open);
    if (isImproved) incumbent.improve(open);
    // What improves costs may break a rule about load; a set that was looked at counts as evaluated.
    if ((!isImproved || this.needsAssignment) && incumbent.mayBeBetter(open))
      incumbent.consider(open);
  }

  /** Perturbs the best set and improves the result, where pair costs and rules about sets determine the value. */
  private refine(): void {
    if (this.app.implicitCosts === undefined)
      this.perturbBest(this.work.allowed / SINGLE_APP.perturbationDivisor);
  }

  private perturbBest(allowed: number): void {
    const { app, searchWork: effort, incumbent } = this;
    let { best } = incumbent;
    if (best === undefined || this.needsAssignment) return;
    const perturbation = new Perturbation(app);
    const most = effort.spent + allowed;
    for (
      let idle = 0;
      idle < SINGLE_APP.perturbationPatience * best.open.length && effort.spent < most;
      idle++
    ) {
      incumbent.improve(perturbation.next(best.open));
      if (incumbent.best !== best) idle = -1;
      best = incumbent.best ?? best;
    }
  }

  /** Below the root, where nothing but pairs decides what a set costs: as long as that is a small part of the effort. */
  private mayImproveBelowRoot(): boolean {
    const { app, searchWork: effort, proofWork: proving } = this;
    return (
      !this.needsAssignment &&
      app.implicitCosts === undefined &&
      effort.spent < SINGLE_APP.childImprovementShare * proving.spent
    );
  }

  /** Divisible demand is assigned at least cost; with whole origins only some assignments are proved to be the cheapest. */
  private isSettled(open: readonly number[]): boolean {
    const { app, capacitySearch, incumbent } = this;
    if (app.capacity !== 'whole' || !this.needsAssignment) return true;
    if (capacitySearch !== undefined && capacitySearch.divisibleValue(open) >= incumbent.cutoff())
      return true;
    const { value, assignment } = evaluate(app, open, this.limits, this.work);
    return assignment.isExact && value >= incumbent.cutoff();
  }

  /** Where sets must be assigned to be judged, and where nothing legal is known yet, the search is a longer one. */
  private improveFrom(starts: readonly (readonly number[])[], allowed: number): void {
    const { app, limits, work, capacitySearch, incumbent } = this;
    if (capacitySearch !== undefined) {
      incumbent.take(
        capacitySearch.search(starts, incumbent.best, this.searchWork.spent + allowed),
      );
      // Rules about load are not part of the flow, so they need the longer search below.
      if (incumbent.best !== undefined && !dependsOnLoad(app)) return;
    }
    const { best } = incumbent;
    if (best !== undefined && (!this.needsAssignment || app.implicitCosts !== undefined)) {
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

/** What lies between a candidate and a bound, as a share of the value. */
function gapOf({ evaluated: { value } }: Candidate, bound: number): number {
  return (value - bound) / Math.max(Math.abs(value), Number.MIN_VALUE);
}

function clustersOf(flags: Uint8Array): number[] {
  return [...flags.keys()].filter((cluster) => flags[cluster] === 1);
}
