/** Checks that the assignment of every app is the cheapest for its chosen clusters, beside the other apps as they are. */
import { cheapestAssignments, type WorkBudget } from '../assignment/cheapest-assignment';
import { residualGraphOf } from '../assignment/residual-graph';
import {
  type Assignment,
  type AssignmentProblem,
  costOf,
  isCapacitated,
  overloadedClusters,
  uncapacitatedAssignment,
} from '../input/assignment-problem';
import { type FindingLog, slack, TOLERANCE } from '../input/findings';
import { otherAppsOf, type Solution } from '../input/solution';
import { loadViolations } from './violations';

/** With at most this many pairs of an origin and a chosen cluster, an assignment of whole origins is computed again. */
const MAX_RECOMPUTED_PAIRS = 400;

/** Adds a finding where an assignment could be cheaper; `basePaths[i]` is the path of the entry of `solutions[i]`. */
export function checkAssignments(
  solutions: readonly Solution[],
  basePaths: readonly string[],
  log: FindingLog,
): void {
  const problems = solutions.map(
    ({ instance, chosen }): AssignmentProblem => ({ ...instance, chosen, ...instance.pairs }),
  );
  if (problems.length === 0) return;
  const fixedApps = solutions[0]!.instance.fixedApps.others;
  const nearest = problems.map(uncapacitatedAssignment);
  const incomplete = nearest.indexOf(undefined);
  if (incomplete >= 0) {
    log.add(
      `${basePaths[incomplete]}.assignments`,
      'got chosen clusters of which none may serve some origin',
    );
    return;
  }
  const free = nearest as readonly Assignment[];
  const isBinding = overloadedClusters(problems, free, fixedApps).length > 0;
  for (const [index, solution] of solutions.entries()) {
    if (!isBinding || !isCapacitated(solution.instance.app)) {
      checkNearest(solution, free[index]!, basePaths[index]!, log);
    } else checkBesideOthers(solution, solutions, basePaths[index]!, log);
  }
}

/** The assignment of an app is the cheapest beside those of the others, unless that one breaks a rule of some app. */
function checkBesideOthers(
  solution: Solution,
  solutions: readonly Solution[],
  basePath: string,
  log: FindingLog,
): void {
  const { instance, chosen, assignment } = solution;
  const others = otherAppsOf(solution, solutions);
  const problem: AssignmentProblem = { ...instance, chosen, ...instance.pairs };
  if (isDivisible(solution)) {
    // Without a cycle of moves that saves, there is no cheaper assignment: most are settled so.
    if (residualGraphOf(solution, others).improvement === 0) return;
  } else if (problem.origins.length * chosen.length > MAX_RECOMPUTED_PAIRS) return;
  const workBudget: WorkBudget = { left: Number.POSITIVE_INFINITY };
  const cheapest = cheapestAssignments([problem], others, workBudget)?.[0];
  if (cheapest === undefined || workBudget.isExhausted === true) return;
  const [got, least] = [costOf([problem], [assignment]), costOf([problem], [cheapest])];
  if (got <= least + slack(least)) return;
  if (solutions.length > 1) {
    const instead: Solution = { ...solution, assignment: cheapest };
    const all = solutions.map((one) => (one === solution ? instead : one));
    if (all.some((one) => loadViolations(one, all).next().done !== true)) return;
  }
  log.add(
    `${basePath}.assignments`,
    `got assignments that cost ${got}, expected ${least} beside the other apps as they are`,
  );
}

function isDivisible({ instance }: Solution): boolean {
  const { capacity } = instance.app.policy.constraints;
  return capacity !== false && capacity.assignment === 'split';
}

/** Where no capacity binds, every origin is at its cheapest cluster, ties by name. */
function checkNearest(
  { instance, assignment }: Solution,
  free: Assignment,
  basePath: string,
  log: FindingLog,
): void {
  const expected = new Map(free.flows.map(({ origin, cluster }) => [origin, cluster]));
  for (const { origin, cluster } of assignment.flows) {
    const best = expected.get(origin)!;
    if (cluster === best) continue;
    const [got, least] = [instance.pairs.cost(origin, cluster), instance.pairs.cost(origin, best)];
    // Costs that are equal up to rounding may be computed in another order.
    if (got !== least && Math.abs(got - least) <= TOLERANCE * Math.abs(least)) continue;
    const { name } = instance.origins[origin]!;
    const [here, there] = [instance.clusters[cluster]!.name, instance.clusters[best]!.name];
    log.add(
      `${basePath}.assignments`,
      `got ${name} at ${here} for ${got} per request/s, expected ${there} for ${least}`,
    );
  }
}
