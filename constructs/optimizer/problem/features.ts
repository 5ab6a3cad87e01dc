/**
 * Predicates on the problem of an app that decide which algorithm applies.
 * What depends on the load of clusters, beyond pair costs and rules about sets, is listed in LOAD_RULES.
 */

import { LARGEST_FLOW } from '../options';
import { type AppProblem, demandOf, type Limits } from './problem';

/**
 * Fields that say nothing about load: sizes, costs of pairs and clusters, rules about sets. `components` and `ease` only scale what
 * the load rules require. `capacity` and `headroom` depend on the limits of the fleet: see `isCapacityLimited`.
 * A new field of AppProblem is in this list or in LOAD_RULES, or LOAD_RULES does not compile.
 */
type OtherField =
  | ('origins' | 'clusters' | 'requestsPerSecond' | 'components' | 'ease' | 'capacity' | 'headroom')
  | ('cost' | 'implicitCosts' | 'openCost' | 'constantCost')
  | ('allowed' | 'required' | 'previous' | 'reluctant' | 'maxChanges' | 'rules');

/** Fields of AppProblem that make the value or the legality of a set depend on the load of its clusters. */
export type LoadField = Exclude<keyof AppProblem, OtherField>;

interface LoadRule {
  /** True when the app has the rule. */
  readonly isActive: (app: AppProblem) => boolean;
  /** True when relaxations hold it as a constraint on the assignment. */
  readonly isRelaxed: boolean;
  /** The app without the rule. */
  readonly without: (app: AppProblem) => AppProblem;
}

/** Every load rule, by the field of AppProblem that holds it. */
export const LOAD_RULES: Readonly<Record<LoadField, LoadRule>> = {
  /** Minimum load of a chosen cluster. It has no effect on a cluster that may not be chosen. */
  threshold: {
    isActive: ({ threshold, allowed }) =>
      threshold.some((requestsPerSecond, c) => requestsPerSecond > 0 && allowed[c] === 1),
    isRelaxed: true,
    without: (app) => ({ ...app, threshold: new Float64Array(app.clusters) }),
  },
  /** Whole replicas cost more than the fractions that pair costs hold. Relaxations leave the difference out: it is never negative. */
  replicaCost: {
    isActive: ({ replicaCost }) => replicaCost.some((cost) => cost > 0),
    isRelaxed: false,
    without: (app) => ({ ...app, replicaCost: new Float64Array(app.clusters) }),
  },
  nearShare: {
    isActive: ({ nearShare }) => nearShare !== undefined,
    isRelaxed: true,
    without: ({ nearShare: _, ...app }) => app,
  },
  /** After a loss origins are assigned anew, so relaxations constrain the set only, not the assignment. */
  survive: {
    isActive: ({ survive }) => survive !== undefined,
    isRelaxed: false,
    without: ({ survive: _, ...app }) => app,
  },
  budget: {
    isActive: ({ budget }) => budget !== undefined,
    isRelaxed: true,
    without: ({ budget: _, ...app }) => app,
  },
};

const loadRules = Object.values(LOAD_RULES);

/** True when some load rule, capacity aside, changes what a set costs or whether it is legal. */
export function dependsOnLoad(app: AppProblem): boolean {
  return loadRules.some(({ isActive }) => isActive(app));
}

/** The app with pair costs, capacity and rules about sets only. */
export function withoutLoadRules(app: AppProblem): AppProblem {
  return loadRules.reduce((rest, { without }) => without(rest), app);
}

/** True when some cluster that may be chosen has a limit that the app counts against. */
export function isCapacityLimited(app: AppProblem, { total }: Limits): boolean {
  if (app.capacity === 'none') return false;
  const amounts = [total.cpuMillicores, total.memoryMebibytes, total.pods, total.requestsPerSecond];
  return amounts.some((amount) =>
    amount.some((most, c) => most < Number.POSITIVE_INFINITY && app.allowed[c] === 1),
  );
}

/** True when pair costs and rules about sets do not decide alone: a set must be assigned to be evaluated. */
export function needsAssignment(app: AppProblem, limits: Limits): boolean {
  return dependsOnLoad(app) || isCapacityLimited(app, limits);
}

/** True when pairs are held and few enough for an incremental flow. `capacities` is the largest load by cluster, if any is limited. */
export function allowsFlow(
  app: AppProblem,
  capacities: Float64Array | undefined,
): capacities is Float64Array {
  return (
    capacities !== undefined &&
    app.implicitCosts === undefined &&
    app.clusters * app.origins <= LARGEST_FLOW.pairs
  );
}

/** True for the capacitated facility location problem: some capacity may bind, and nothing else depends on load. */
export function isCapacitated(
  app: AppProblem,
  capacities: Float64Array | undefined,
): capacities is Float64Array {
  if (!allowsFlow(app, capacities) || dependsOnLoad(app)) return false;
  const demand = demandOf(app);
  return capacities.some((capacity, c) => app.allowed[c] === 1 && capacity < demand);
}

/**
 * True when relaxations gain from closest assignment: every origin is at its cheapest chosen cluster, because each capacity holds
 * all demand, and a load rule that relaxations hold depends on the assignment.
 */
export function hasClosestAssignment(
  app: AppProblem,
  capacities: Float64Array | undefined,
): boolean {
  if (app.implicitCosts !== undefined) return false;
  if (!loadRules.some(({ isActive, isRelaxed }) => isRelaxed && isActive(app))) return false;
  const demand = demandOf(app);
  return (
    capacities === undefined ||
    capacities.every((capacity, c) => app.allowed[c] === 0 || capacity >= demand)
  );
}
