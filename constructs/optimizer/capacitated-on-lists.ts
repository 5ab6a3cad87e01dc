/**
 * Solves one app with limited capacity where its pairs are too many to hold. The problem of cells gives a set and multipliers; the
 * bound is proved on candidate lists of origins.
 */

import { CapacitatedSearch } from './capacitated/capacitated-search';
import { coreMembers, coreProblem } from './capacitated/core-problem';
import type { Candidate } from './enumeration/enumeration';
import { disaggregate, listsAround } from './implicit/coarse-start';
import { CAPACITATED_ON_LISTS } from './options';
import { cheapestLists } from './primitives/candidate-lists';
import { capacitiesOf } from './problem/capacity';
import { allowsFlow, dependsOnLoad } from './problem/features';
import {
  type AppProblem,
  type Coarser,
  demandOf,
  type Limits,
  type Point,
  type Proof,
  type Work,
} from './problem/problem';
import { sizeRange } from './problem/set-rules';
import { CANDIDATE_LISTS } from './single-app-options';
import { branchAndBound } from './uncapacitated/branch-and-bound';
import { initialState } from './uncapacitated/branch-context';
import { type DualizedConstraints, dualizeConstraints } from './uncapacitated/dualized-constraints';
import { Incumbent, type Keeps } from './uncapacitated/incumbent';
import { ListDescent } from './uncapacitated/list-descent';
import { cappedPoint } from './uncapacitated/pairs';
import { Perturbation } from './uncapacitated/perturbation';
import { Relaxation } from './uncapacitated/relaxation';
import { UncapacitatedAscent } from './uncapacitated/uncapacitated-ascent';

/** The answer, a lower bound on every legal answer, and its proof. */
interface Answered {
  readonly best: Candidate;
  readonly bound: number;
  readonly proof: Proof;
}

/** What the problem of cells tells. */
interface CoarseAnswer {
  readonly open: readonly number[];
  readonly value: number;
  readonly point: Point;
  readonly bound: number;
}

/**
 * `keeps`: true of sets that keep rules which the problem leaves out. Undefined where there are no cells whose pairs are held, where
 * origins are whole or other rules depend on load, and where no legal set is found.
 */
export function solveCapacitatedOnLists(
  app: AppProblem,
  limits: Limits,
  work: Work,
  keeps: Keeps,
): Answered | undefined {
  const capacities = capacitiesOf(app, limits);
  const coarser = app.implicitCosts?.coarsening?.coarser();
  if (coarser === undefined || capacities === undefined) return undefined;
  if (app.capacity !== 'split' || dependsOnLoad(app)) return undefined;
  const { implicitCosts: _, ...rest } = app;
  const coarse: AppProblem & Coarser = { ...rest, ...coarser };
  if (!allowsFlow(coarse, capacities)) return undefined;
  return new CapacitatedListSolver(app, coarse, capacities, limits, work, keeps).run();
}

class CapacitatedListSolver {
  private readonly rules: DualizedConstraints;
  private readonly begun: number;

  constructor(
    private readonly app: AppProblem,
    private readonly coarse: AppProblem & Coarser,
    private readonly capacities: Float64Array,
    private readonly limits: Limits,
    private readonly work: Work,
    private readonly keeps: Keeps,
  ) {
    this.rules = dualizeConstraints(app, capacities);
    this.begun = work.spent;
  }

  run(): Answered | undefined {
    const { app, limits, work, rules, capacities } = this;
    const cells = this.solveCells();
    if (cells === undefined) return undefined;
    const gap = (cells.value - cells.bound) / Math.max(Math.abs(cells.value), Number.MIN_VALUE);
    const root = { point: cells.point };
    const start = disaggregate(app, this.coarse, { open: cells.open, root, gap });
    const state = initialState(app);
    const lists = listsAround(app, state, start);
    const incumbent = new Incumbent(app, limits, work, work, false, lists, undefined, this.keeps);
    incumbent.consider(cells.open);
    const proofWork = this.part(CAPACITATED_ON_LISTS.proofShare);
    const proved = branchAndBound(
      {
        app,
        rules,
        work: proofWork,
        maxLoads: capacities,
        estimate: () => cells.value,
        cutoff: () => incumbent.cutoff(),
        consider: (open) => incumbent.consider(open),
        // Divided origins are assigned at least cost.
        isSetFathomed: () => true,
        expectsGap: start.expectsGap,
      },
      { state, lists, point: cappedPoint(lists, start.point) },
    );
    work.spent += proofWork.spent;
    const { best } = incumbent;

    if (best === undefined) return undefined;
    const { names, cliques } = rules;
    const bound = Math.min(proved.value, best.evaluated.value);
    return { best, bound, proof: { kind: 'dual', root: proved.proof, rules: names, cliques } };
  }

  /** Multipliers from an ascent on lists of cells, and a set from a search among the clusters that it points at. */
  private solveCells(): CoarseAnswer | undefined {
    const { coarse, capacities, rules } = this;
    const { cellShare, ascentShare, pace } = CAPACITATED_ON_LISTS;
    const effort = this.part(cellShare);
    const climb = { spent: 0, allowed: effort.allowed * ascentShare };
    const lists = cheapestLists(coarse, this.listLength());
    const descent = new ListDescent(coarse, lists, climb);
    const start = descent.improve(descent.greedy());
    const state = initialState(coarse);
    const relaxation = new Relaxation(coarse, lists, rules, state, climb, capacities);
    const first = cappedPoint(lists, {
      assignmentMultipliers: descent.initialMultipliers(),
      ruleMultipliers: new Float64Array(rules.length),
    });
    const ascent = new UncapacitatedAscent(coarse, relaxation, first, pace);
    const target = descent.value * (1 + CAPACITATED_ON_LISTS.aim);
    const relaxed: (readonly number[])[] = [];
    for (let i = 0; i < pace.phases && !ascent.isOver && !relaxation.isSpent; i++) {
      ascent.run(pace.phase, target);
      if (!ascent.isPossible || !ascent.refresh()) return undefined;
      relaxed.unshift(ascent.open);
    }
    effort.spent += climb.spent;
    const starts = [start, ...relaxed.slice(0, CAPACITATED_ON_LISTS.starts)];
    const best = this.searchCore(starts, relaxation, effort);
    this.work.spent += effort.spent;
    if (best === undefined) return undefined;
    return { ...best, point: ascent.best, bound: ascent.value };
  }

  /** The best set of a search among the clusters of least reduced cost, which exact moves improve at the end. */
  private searchCore(
    starts: readonly (readonly number[])[],
    { reducedCost, loadMultipliers }: Relaxation,
    effort: Work,
  ): { readonly open: readonly number[]; readonly value: number } | undefined {
    const { coarse, capacities, limits } = this;
    const size = CAPACITATED_ON_LISTS.coreFactor * Math.max(1, starts[0].length);
    const known = [...starts.flat(), ...this.roomiest()];
    const members = coreMembers(coarse, known, reducedCost, size);
    const core = coreProblem(this.app, coarse, limits, members);
    const inCore = new Map(members.map((cluster, i) => [cluster, i]));
    const pick = (values: Float64Array) => Float64Array.from(members, (cluster) => values[cluster]);
    const room = pick(capacities);
    const search = new CapacitatedSearch(core.app, room, core.limits, effort);
    const from = [...starts, this.roomiest()].map((open) =>
      open.flatMap((cluster) => inCore.get(cluster) ?? []),
    );
    let best = searchPriced(core.app, pick(loadMultipliers), room, search, from, effort);
    best = search.search(best === undefined ? from : [], best, effort.allowed) ?? best;
    return best && { open: best.open.map((i) => members[i]), value: best.evaluated.value };
  }

  /** The fewest clusters that hold the demand, those of most capacity. */
  private roomiest(): number[] {
    const { coarse, capacities } = this;
    const order = [...capacities.keys()].filter((cluster) => coarse.allowed[cluster] === 1);
    order.sort((a, b) => capacities[b] - capacities[a] || a - b);
    let [left, fewest] = [demandOf(coarse), 0];
    while (left > 0 && fewest < order.length) left -= capacities[order[fewest++]];
    return order.slice(0, Math.max(fewest, sizeRange(coarse).min));
  }

  /** Clusters on the list of a cell: several for each cluster that the demand needs. */
  private listLength(): number {
    const { lengthFactor, minLength } = CANDIDATE_LISTS;
    const size = Math.max(1, this.roomiest().length);
    return Math.max(minLength, Math.ceil((lengthFactor * this.coarse.clusters) / size));
  }

  /** A share of all work, or what is left of it. */
  private part(share: number): Work {
    const { work, begun } = this;
    const all = work.allowed - begun;
    return { spent: 0, allowed: Math.max(0, Math.min(share * all, work.allowed - work.spent)) };
  }
}

/**
 * Iterated local search where capacity is priced: a request/s at a cluster costs its multiplier more, and choosing the cluster costs less by
 * what its capacity is worth. The local optima of that problem, whose moves are cheap, are judged by their flows.
 */
function searchPriced(
  app: AppProblem,
  prices: Float64Array,
  capacities: Float64Array,
  search: CapacitatedSearch,
  starts: readonly (readonly number[])[],
  effort: Work,
): Candidate | undefined {
  const priced: AppProblem = {
    ...app,
    capacity: 'none',
    openCost: app.openCost.map((cost, c) => cost - (prices[c] > 0 ? prices[c] * capacities[c] : 0)),
    cost: app.cost.map(
      (cost, k) =>
        cost +
        Math.max(0, prices[Math.floor(k / app.origins)]) * app.requestsPerSecond[k % app.origins],
    ),
  };
  const descent = new ListDescent(priced, cheapestLists(priced, priced.clusters), effort);
  let best: Candidate | undefined;
  const tryFrom = (start: readonly number[]) => {
    const found = search.evaluateSet(descent.improve(start), best);
    if (found !== undefined) best = found;
    return found !== undefined;
  };
  for (const start of starts) tryFrom(start);
  const perturbation = new Perturbation(priced);
  const most = effort.allowed * CAPACITATED_ON_LISTS.pricedShare;
  for (let idle = 0; idle < CAPACITATED_ON_LISTS.patience && effort.spent < most; idle++) {
    if (tryFrom(perturbation.next(best?.open ?? starts[0]))) idle = -1;
  }
  return best;
}
