/** Evaluation of sets: the cheapest solution for given clusters, and whether every rule holds. */
import { cheapestAssignments, type WorkBudget } from '../assignment/cheapest-assignment';
import type { AppInstance } from '../input/app-instance';
import { assignmentOf } from '../input/assignment-problem';
import { otherAppsOf, type Solution } from '../input/solution';
import { objectiveValue } from './objective';
import { type Restrictions, violatedRestriction } from './stability-rules';
import { loadViolations, setViolations } from './violations';

/** The instance of one app with the stability restrictions in force. */
export interface RestrictedApp {
  readonly instance: AppInstance;
  readonly restrictions: Restrictions;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Whether the rules about the set alone hold. */
export function isLegalSet(
  { instance, restrictions, now }: RestrictedApp,
  chosen: readonly number[],
): boolean {
  return (
    violatedRestriction(instance, restrictions, now, chosen) === undefined &&
    setViolations(instance, chosen).next().done === true
  );
}

/** The cheapest solutions with one set for each app; undefined when some rule of some app does not hold. */
export function evaluate(
  apps: readonly RestrictedApp[],
  sets: readonly (readonly number[])[],
): readonly Solution[] | undefined {
  if (!apps.every((one, index) => isLegalSet(one, sets[index]!))) return undefined;
  const solutions = cheapestSolutions(
    apps.map(({ instance }) => instance),
    sets,
  );
  if (solutions === undefined) return undefined;
  const holds = solutions.every(
    (solution) => loadViolations(solution, solutions).next().done === true,
  );
  return holds ? solutions : undefined;
}

/**
 * The least cost of an app with this set. The result is exact where it is less than `cutoff`, Infinity when a rule does not hold,
 * and undefined when the work budget is exhausted first.
 */
export function minimumCost(
  restrictedApp: RestrictedApp,
  chosen: readonly number[],
  cutoff: number,
  workBudget: WorkBudget,
): number | undefined {
  if (!isLegalSet(restrictedApp, chosen)) return Number.POSITIVE_INFINITY;
  const { instance } = restrictedApp;
  // Costs of pairs count fractions of replicas, so that whole replicas can only add to the cost of the flow.
  const opened = chosen.reduce(
    (sum, cluster) => sum + instance.openingCost[cluster]!,
    instance.constantCost,
  );
  const search: WorkBudget = { left: workBudget.left };
  const problem = { ...instance, chosen, ...instance.pairs };
  const { others } = instance.fixedApps;
  const found = cheapestAssignments([problem], others, search, cutoff - opened);
  workBudget.left = search.left;
  if (search.isExhausted) return undefined;
  if (found === undefined) return Number.POSITIVE_INFINITY;
  const solution: Solution = { instance, chosen, assignment: found[0]! };
  const holds = loadViolations(solution, [solution]).next().done === true;
  return holds ? objectiveValue(instance, solution.assignment) : Number.POSITIVE_INFINITY;
}

/** The cheapest solutions for these sets, whether or not they keep the rules; undefined when there are none. */
function cheapestSolutions(
  apps: readonly AppInstance[],
  sets: readonly (readonly number[])[],
): readonly Solution[] | undefined {
  const problems = apps.map((instance, index) => ({
    ...instance,
    chosen: sets[index]!,
    ...instance.pairs,
  }));
  return cheapestAssignments(problems, apps[0]?.fixedApps.others)?.map((assignment, index) => ({
    instance: apps[index]!,
    chosen: sets[index]!,
    assignment,
  }));
}

/** The cheapest solution with this set beside given solutions of other apps; undefined when some rule of some app does not hold. */
export function evaluateBeside(
  restrictedApp: RestrictedApp,
  chosen: readonly number[],
  beside: readonly Solution[],
  workBudget?: WorkBudget,
): Solution | undefined {
  if (!isLegalSet(restrictedApp, chosen)) return undefined;
  const { instance } = restrictedApp;
  const idle: Solution = { instance, chosen, assignment: assignmentOf(chosen, []) };
  const problem = { ...instance, chosen, ...instance.pairs };
  const found = cheapestAssignments([problem], otherAppsOf(idle, beside), workBudget);
  if (found === undefined) return undefined;
  const solution: Solution = { ...idle, assignment: found[0]! };
  const all = [...beside, solution];
  const holds = all.every((one) => loadViolations(one, all).next().done === true);
  return holds ? solution : undefined;
}
