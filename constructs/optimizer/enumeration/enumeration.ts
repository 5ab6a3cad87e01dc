/**
 * Enumerates all legal sets depth first over the clusters in name order, and prunes by a bound on the sets still possible.
 */

import { type Evaluated, evaluate } from '../assignment/evaluation';
import { ENUMERATION } from '../options';
import { type AppProblem, clearlyLess, type Limits, SAME, type Work } from '../problem/problem';
import { setViolation, sizeRange } from '../problem/set-rules';
import { CapacityCuts } from './capacity-cuts';
import { MultiplierBound } from './multiplier-bound';

const { POSITIVE_INFINITY } = Number;

/** A set with its evaluation. */
export interface Candidate {
  readonly open: readonly number[];
  readonly evaluated: Evaluated;
}

/** Number of sets of a legal size, at most ENUMERATION.maxSets + 1. */
export function setsOf(app: AppProblem): number {
  const candidates = candidatesOf(app).length;
  const { min, max } = sizeRange(app);
  let sets = 0;
  let choose = 1;
  for (let size = 0; size <= Math.min(max, candidates) && sets <= ENUMERATION.maxSets; size++) {
    if (size >= min) sets += choose;
    choose = (choose * (candidates - size)) / (size + 1);
  }
  return Math.min(sets, ENUMERATION.maxSets + 1);
}

/** True when it is affordable to enumerate all sets, and to do so again for a check. */
export function isEnumerable(app: AppProblem): boolean {
  if (app.implicitCosts !== undefined) return false;
  const candidates = candidatesOf(app).length;
  if (app.capacity === 'whole' && candidates * app.origins > ENUMERATION.maxWholePairs)
    return false;
  if (candidates <= ENUMERATION.alwaysClusters) return true;
  const sets = setsOf(app);
  return sets <= ENUMERATION.maxSets && sets * app.origins <= ENUMERATION.maxSetOrigins;
}

/** Clusters that may be chosen, ascending. */
export function candidatesOf(app: AppProblem): number[] {
  const candidates: number[] = [];
  for (let cluster = 0; cluster < app.clusters; cluster++) {
    if (app.allowed[cluster] === 1) candidates.push(cluster);
  }
  return candidates;
}

/** What a search does with complete sets. */
export interface SetVisitor {
  /** Sets with a relaxed value above this are pruned, up to rounding. It may fall while the search runs. */
  readonly limit: () => number;
  /** Called for a set that keeps all set rules. `relaxed` is its value without capacity. True ends the search. */
  readonly visit: (open: readonly number[], relaxed: number) => boolean;
}

/**
 * Visits every set that keeps the set rules and is not pruned. Work is at most the number of sets times origins; ENUMERATION bounds
 * both.
 */
export function forEachSet(app: AppProblem, work: Work, visitor: SetVisitor): void {
  new Enumeration(app, work, visitor).run();
}

/** Result of an enumeration. */
export interface Enumerated {
  /** Undefined when no set is legal. */
  readonly best: Candidate | undefined;
  /** False when some assignment was not solved to optimality: a better set, or a legal one, may have been missed. */
  readonly isExact: boolean;
}

/** The best legal set. `start`, a known legal set, only speeds up the search. */
export function enumerate(
  app: AppProblem,
  limits: Limits,
  work: Work,
  start?: Candidate,
): Enumerated {
  let best = start;
  let isExact = true;
  const cuts = new CapacityCuts(app, limits);
  forEachSet(app, work, {
    limit: () => (best === undefined ? POSITIVE_INFINITY : best.evaluated.value),
    visit: (open) => {
      if (cuts.leastValue(open, work) > cutoffAbove(best?.evaluated.value)) return false;
      const evaluated = evaluate(app, open, limits, work);
      isExact &&= evaluated.assignment.isExact;
      cuts.learn(evaluated.assignment);
      if (evaluated.violation === 0 && isBetter(app, { open, evaluated }, best)) {
        best = { open, evaluated };
      }
      return false;
    },
  });
  return { best, isExact };
}

/** True when some set is legal. */
export function isSatisfiable(app: AppProblem, limits: Limits, work: Work): boolean {
  let found = false;
  const cuts = new CapacityCuts(app, limits);
  forEachSet(app, work, {
    limit: () => POSITIVE_INFINITY,
    visit: (open) => {
      if (cuts.leastValue(open, work) === POSITIVE_INFINITY) return false;
      found = evaluate(app, open, limits, work).violation === 0;
      return found;
    },
  });
  return found;
}

/** Compares by value, then by the number of reluctant clusters, the number of clusters and the names in order. */
export function isBetter(app: AppProblem, a: Candidate, b: Candidate | undefined): boolean {
  if (b === undefined || clearlyLess(a.evaluated.value, b.evaluated.value)) return true;
  if (clearlyLess(b.evaluated.value, a.evaluated.value)) return false;
  const reluctance = reluctanceOf(app, a.open) - reluctanceOf(app, b.open);
  if (reluctance !== 0) return reluctance < 0;
  return comesFirst(a.open, b.open);
}

/** True when `a` has fewer clusters, or the earlier name at the first difference. */
function comesFirst(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return a.length < b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i];
  return false;
}

/** Number of reluctant clusters in the set. */
function reluctanceOf(app: AppProblem, open: readonly number[]): number {
  return open.reduce((sum, cluster) => sum + app.reluctant[cluster], 0);
}

/** The limit with a tolerance: a set of equal value may still be better by name. */
function cutoffAbove(limit: number | undefined): number {
  if (limit === undefined || limit === POSITIVE_INFINITY) return POSITIVE_INFINITY;
  return limit + 2 * SAME * Math.max(1, Math.abs(limit));
}

class Enumeration {
  private readonly candidates: number[];
  private readonly range: { readonly min: number; readonly max: number };
  /** [depth * origins + origin]: least cost among the candidates from `depth` on. */
  private readonly rest: Float64Array;
  /** By depth: the sum of negative open costs from there on. */
  private readonly restOpen: Float64Array;
  /** [size of the set * origins + origin]: least cost among the chosen clusters. */
  private readonly chosen: Float64Array;
  private readonly open: number[] = [];
  private done = false;
  /** Made when many sets were looked at: most searches are over before. */
  private bound: MultiplierBound | undefined;
  /** By size of the set, with `bound`: what its clusters serve, and at the multiplier what they do not serve for less. */
  private readonly capped: Float64Array;
  /** Work from which the search is long enough for multipliers. */
  private readonly leastForMultipliers: number;

  constructor(
    private readonly app: AppProblem,
    private readonly work: Work,
    private readonly visitor: SetVisitor,
  ) {
    this.candidates = candidatesOf(app);
    const { min, max } = sizeRange(app);
    this.range = { min, max: Math.min(max, this.candidates.length) };
    const depths = this.candidates.length + 1;
    this.rest = new Float64Array(depths * app.origins).fill(POSITIVE_INFINITY);
    this.restOpen = new Float64Array(depths);
    this.chosen = new Float64Array((this.range.max + 1) * app.origins).fill(POSITIVE_INFINITY);
    this.capped = new Float64Array(this.range.max + 1);
    this.leastForMultipliers =
      work.spent + ENUMERATION.passesBeforeMultipliers * this.candidates.length * app.origins;
    for (let depth = depths - 2; depth >= 0; depth--) {
      const cluster = this.candidates[depth];
      this.restOpen[depth] = this.restOpen[depth + 1] + Math.min(0, app.openCost[cluster]);
      for (let origin = 0; origin < app.origins; origin++) {
        this.rest[depth * app.origins + origin] = Math.min(
          this.rest[(depth + 1) * app.origins + origin],
          app.cost[cluster * app.origins + origin],
        );
      }
    }
  }

  run(): void {
    if (this.range.min <= this.range.max) this.descend(0, this.app.constantCost);
  }

  private descend(depth: number, openCost: number): void {
    if (this.done) return;
    const size = this.open.length;
    if (size + this.candidates.length - depth < this.range.min) return;
    if (depth === this.candidates.length || size === this.range.max) {
      this.leaf(depth, openCost);
      return;
    }
    if (!this.isPromising(depth, openCost)) return;
    const cluster = this.candidates[depth];
    if (this.mayInclude(depth, openCost)) {
      this.include(cluster);
      this.descend(depth + 1, openCost + this.app.openCost[cluster]);
      this.open.pop();
    }
    if (this.app.required[cluster] === 0) this.descend(depth + 1, openCost);
  }

  private leaf(depth: number, openCost: number): void {
    for (let i = depth; i < this.candidates.length; i++) {
      if (this.app.required[this.candidates[i]] === 1) return;
    }
    const relaxed = openCost + this.served(this.candidates.length);
    if (relaxed > this.cutoff() || relaxed === POSITIVE_INFINITY) return;
    if (setViolation(this.app, this.open) > 0) return;
    this.done = this.visitor.visit([...this.open], relaxed);
  }

  private isPromising(depth: number, openCost: number): boolean {
    if (this.bound === undefined && this.work.spent > this.leastForMultipliers) this.makeBound();
    if (this.bound !== undefined) {
      const size = this.open.length;
      const { min, max } = this.range;
      const least = this.bound.leastFrom(depth, min - size, max - size);
      if (openCost + this.capped[size] + least > this.cutoff()) return false;
    }
    const reachable = openCost + this.restOpen[depth] + this.served(depth);
    return reachable <= this.cutoff() && reachable < POSITIVE_INFINITY;
  }

  /** False when multipliers alone rule out every set with one cluster more, which costs nothing to see. */
  private mayInclude(depth: number, openCost: number): boolean {
    if (this.bound === undefined) return true;
    const size = this.open.length;
    const { min, max } = this.range;
    const left = Math.max(0, min - size - 1);
    const further = this.bound.leastFrom(depth + 1, left, max - size - 1);
    const least = this.bound.reducedCost[depth] + further;
    return openCost + this.capped[size] + least <= this.cutoff();
  }

  /** Without a set to beat, no multipliers prune. */
  private makeBound(): void {
    const limit = this.visitor.limit();
    if (limit === POSITIVE_INFINITY) return;
    this.bound = new MultiplierBound(this.app, this.candidates, this.range, limit, this.work);
    for (let size = 0; size <= this.open.length; size++) this.cap(size);
  }

  private cap(size: number): void {
    if (this.bound === undefined) return;
    const { multipliers } = this.bound;
    const { origins } = this.app;
    let sum = 0;
    for (let origin = 0; origin < origins; origin++)
      sum += Math.min(this.chosen[size * origins + origin], multipliers[origin]);
    this.capped[size] = sum;
    this.work.spent += origins;
  }

  private cutoff(): number {
    return cutoffAbove(this.visitor.limit());
  }

  /** Cost of serving all origins from the chosen clusters and the candidates from `depth` on. */
  private served(depth: number): number {
    const { origins } = this.app;
    const chosen = this.open.length * origins;
    const rest = depth * origins;
    let cost = 0;
    for (let origin = 0; origin < origins; origin++) {
      cost += Math.min(this.chosen[chosen + origin], this.rest[rest + origin]);
    }
    this.work.spent += origins;
    return cost;
  }

  private include(cluster: number): void {
    const { origins, cost } = this.app;
    const before = this.open.length * origins;
    this.open.push(cluster);
    const after = this.open.length * origins;
    for (let origin = 0; origin < origins; origin++) {
      this.chosen[after + origin] = Math.min(
        this.chosen[before + origin],
        cost[cluster * origins + origin],
      );
    }
    this.cap(this.open.length);
  }
}
