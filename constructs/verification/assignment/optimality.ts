/** Checks that the assignments are the cheapest for the chosen clusters. */
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
import { cheapestAssignments } from './cheapest-assignment';
import { residualGraphOf } from './residual-graph';

/** With at most this many pairs of an origin and a chosen cluster, an assignment without dual prices is computed again. */
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
    } else if (isDivisible(solution)) {
      const { improvement } = residualGraphOf(solution, otherAppsOf(solution, solutions));
      if (improvement > 0)
        log.add(
          `${basePaths[index]}.assignments`,
          `got an assignment that moving demand would make cheaper by ${improvement} per request/s`,
        );
    }
  }
  if (isBinding && (!solutions.every(isDivisible) || solutions.length > 1))
    solveAgain(solutions, problems, basePaths, log);
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

/** Whole origins and replicas shared by several apps have no dual prices: small problems are solved again. */
function solveAgain(
  solutions: readonly Solution[],
  problems: readonly AssignmentProblem[],
  basePaths: readonly string[],
  log: FindingLog,
): void {
  const size = problems.reduce((sum, one) => sum + one.origins.length * one.chosen.length, 0);
  if (size > MAX_RECOMPUTED_PAIRS) return;
  const cheapest = cheapestAssignments(problems, solutions[0]!.instance.fixedApps.others);
  if (cheapest === undefined) return;
  const [got, least] = [
    costOf(
      problems,
      solutions.map(({ assignment }) => assignment),
    ),
    costOf(problems, cheapest),
  ];
  if (got <= least + slack(least)) return;
  const worst = solutions.findIndex((_, index) => {
    const problem = [problems[index]!];
    return costOf(problem, [solutions[index]!.assignment]) > costOf(problem, [cheapest[index]!]);
  });
  log.add(
    `${basePaths[Math.max(0, worst)]}.assignments`,
    `got assignments that cost ${got}, expected ${least}`,
  );
}
