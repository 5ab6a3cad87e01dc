/**
 * Scenario baseline: all apps of a simulation under one demand, compiled once. A scenario removes clusters; each app that used
 * them is repaired from its base set by steepest exchanges. Results carry no proof and no reasons.
 */

import type { AppProblem, Limits, SwapNeighbourhood, Work } from '../../optimizer';
import {
  aggregateDemand,
  type Candidate,
  demandOf,
  dependsOnLoad,
  enumerate,
  evaluate,
  freeFor,
  isEnumerable,
  ListDescent,
  largestLoad,
  SteepestDescent,
  setsOf,
  setViolation,
} from '../../optimizer';
import type { AppInput } from '../compile/app-input';
import { type CompiledApp, compileApp, fullStability } from '../compile/compile';
import { SharedCompilation } from '../compile/shared-compilation';

/** Sets times origins up to which all sets are compared. */
const MOST_COMPARED = 2e6;

/** One app with nothing lost. */
interface PreparedApp {
  readonly compiled: CompiledApp;
  /** The costs for the table of exchanges; undefined when there are too many pairs to store. */
  readonly table: AppProblem | undefined;
  neighbourhood: SwapNeighbourhood | undefined;
}

/** An app without some clusters, and the best set found for it. */
interface RepairedApp {
  readonly compiled: CompiledApp;
  readonly best: Candidate | undefined;
  /** True when it is certain that no set is legal. */
  readonly isInfeasible: boolean;
}

/** The apps under one demand. */
export class ScenarioBaseline {
  private readonly prepared: (PreparedApp | undefined)[];
  private readonly shared = new SharedCompilation();

  constructor(
    readonly inputs: readonly AppInput[],
    private readonly work: Work,
  ) {
    this.prepared = inputs.map(() => undefined);
  }

  /** The app with nothing lost. */
  compiledApp(a: number): CompiledApp {
    return this.preparedApp(a).compiled;
  }

  /** The app with nothing lost and aggregated demand; undefined when there are too many pairs to store. */
  aggregated(a: number): AppProblem | undefined {
    return this.preparedApp(a).table;
  }

  /** App `a` without the clusters at `lost`. */
  compiledWithout(a: number, lost: readonly number[]): CompiledApp {
    const { compiled } = this.preparedApp(a);
    if (lost.length === 0) return compiled;
    const input = this.inputs[a];
    return compileApp(withoutClusters(input, lost), 1, fullStability, compiled);
  }

  /** The best set by exchanges from `start` within `limits`; the best of all sets where they are few. */
  repair(
    a: number,
    lost: readonly number[],
    start: readonly number[],
    limits: Limits,
  ): RepairedApp {
    const compiled = this.compiledWithout(a, lost);
    const { problem } = compiled;
    if (hasTooFewClusters(compiled)) return { compiled, best: undefined, isInfeasible: true };
    const found =
      this.exchangedFreely(a, problem, start, limits) ??
      this.exchangedFrom(a, problem, start, limits);
    const isCompared =
      isEnumerable(problem) && setsOf(problem) * Math.max(1, problem.origins) <= MOST_COMPARED;
    if (!isCompared) return { compiled, best: found, isInfeasible: false };
    const { best, isExact } = enumerate(problem, limits, this.work, found);
    return { compiled, best, isInfeasible: best === undefined && isExact && !canRelax(compiled) };
  }

  /** Exchanges where every cluster with room for the app has room for all its demand: each origin is served where it costs least. */
  private exchangedFreely(
    a: number,
    problem: AppProblem,
    start: readonly number[],
    limits: Limits,
  ): Candidate | undefined {
    if (problem.capacity === 'none') return undefined;
    const allowed = withCapacityForMinimum(problem, limits);
    if (!holdsAllDemand(problem, allowed, limits)) return undefined;
    const found = this.exchangedOnGroups(
      a,
      { ...problem, allowed, capacity: 'none' },
      start,
      limits,
    );
    const evaluated = found && evaluate(problem, found.open, limits, this.work);
    return evaluated?.violation === 0 ? { open: found?.open ?? [], evaluated } : undefined;
  }

  /** Exchanges judged on groups of origins, where the app has them and no rule about loads. */
  private exchangedOnGroups(
    a: number,
    problem: AppProblem,
    start: readonly number[],
    limits: Limits,
  ): Candidate | undefined {
    const one = this.preparedApp(a);
    if (one.table === undefined || one.table.origins === problem.origins || dependsOnLoad(problem))
      return this.exchangedFrom(a, problem, start, limits);
    const { allowed, required, previous, rules, capacity } = problem;
    const table: AppProblem = { ...one.table, allowed, required, previous, rules, capacity };
    const exchanges = new SteepestDescent(table, limits, this.work, table, one.neighbourhood);
    one.neighbourhood ??= exchanges.swaps;
    return exchanges.descend(start);
  }

  private exchangedFrom(
    a: number,
    problem: AppProblem,
    start: readonly number[],
    limits: Limits,
  ): Candidate | undefined {
    const one = this.preparedApp(a);
    const roomy = { ...problem, allowed: withCapacityForMinimum(problem, limits) };
    if (one.table === undefined) return this.exchangedOnLists(roomy, start, limits);
    const { allowed, required, previous, rules } = roomy;
    const { capacity } = roomy;
    const table: AppProblem = { ...one.table, allowed, required, previous, rules, capacity };
    const exchanges = new SteepestDescent(roomy, limits, this.work, table, one.neighbourhood);
    one.neighbourhood ??= exchanges.swaps;
    return exchanges.descend(start);
  }

  private exchangedOnLists(
    problem: AppProblem,
    start: readonly number[],
    limits: Limits,
  ): Candidate | undefined {
    const lists = problem.implicitCosts?.lists();
    if (lists === undefined) return undefined;
    const effort = { spent: 0, allowed: Number.POSITIVE_INFINITY };
    const stays = start.filter((cluster) => problem.allowed[cluster] === 1);
    const open = new ListDescent(problem, lists, effort).improve(stays);
    if (open.length === 0 || setViolation(problem, open) > 0) return undefined;
    const evaluated = evaluate(problem, open, limits, this.work);
    return evaluated.violation === 0 ? { open, evaluated } : undefined;
  }

  private preparedApp(a: number): PreparedApp {
    const known = this.prepared[a];
    if (known !== undefined) return known;
    const compiled = compileApp(this.inputs[a], 1, fullStability, undefined, this.shared);
    const { problem } = compiled;
    const prepared = { compiled, table: aggregateDemand(problem), neighbourhood: undefined };
    this.prepared[a] = prepared;
    return prepared;
  }
}

/** Of the clusters that may be chosen those with room for the least replicas: exchanges see no capacity. */
function withCapacityForMinimum(problem: AppProblem, limits: Limits): Uint8Array {
  if (problem.capacity === 'none') return problem.allowed;
  return problem.allowed.map((flag, cluster) => {
    if (flag === 0) return 0;
    return largestLoad(problem, freeFor(limits, cluster, problem.headroom)) < 0 ? 0 : 1;
  });
}

/** True when each of these clusters has room for all demand of the app. */
function holdsAllDemand(problem: AppProblem, allowed: Uint8Array, limits: Limits): boolean {
  const demand = demandOf(problem);
  return allowed.every((flag, cluster) => {
    if (flag === 0) return true;
    return largestLoad(problem, freeFor(limits, cluster, problem.headroom)) >= demand;
  });
}

/** The app's input with these clusters gone, too. */
export function withoutClusters(input: AppInput, lost: readonly number[]): AppInput {
  const names = lost.map((cluster) => input.fleet.clusters[cluster].name);
  return { ...input, lost: new Set([...(input.lost ?? []), ...names]) };
}

/** True when a limit or a tier can still be relaxed for the app. */
function canRelax({ problem, app }: CompiledApp): boolean {
  const isLimited = problem.maxChanges < Number.POSITIVE_INFINITY;
  return app.policy.tiers.length > 1 || isLimited || problem.required.some((flag) => flag === 1);
}

/** True when fewer clusters remain than a rule requires, and there is no further tier. */
function hasTooFewClusters({ problem, app }: CompiledApp): boolean {
  if (app.policy.tiers.length > 1) return false;
  return problem.rules.some((rule) => {
    if (rule.kind !== 'count') return false;
    let left = 0;
    for (let c = 0; c < problem.clusters; c++) left += rule.members[c] & problem.allowed[c];
    return left < rule.min;
  });
}
