/** The cheapest assignments for given sets of clusters: every origin at its cheapest cluster, unless capacity binds. */
import {
  type Assignment,
  type AssignmentProblem,
  isCapacitated,
  NO_OTHER_APPS,
  type OtherApps,
  overloadedClusters,
  uncapacitatedAssignment,
} from '../input/assignment-problem';
import { slack } from '../input/findings';
import { loadWithOneReplicaLess } from '../input/load';
import {
  type BranchNode,
  divisibleRelaxation,
  type RelaxedAssignments,
} from './divisible-relaxation';

/** The work that a search may still do: about the number of pairs of an origin and a cluster that it looks at. */
export interface WorkBudget {
  left: number;
  /** Set when a search ended before it was complete. */
  isExhausted?: boolean;
}

/**
 * The assignments of least total cost, one for each problem. Undefined when there is none, or when none is found within the work
 * budget. Where capacity binds, only assignments that cost less than `cutoff` are searched for.
 */
export function cheapestAssignments(
  problems: readonly AssignmentProblem[],
  others: OtherApps = NO_OTHER_APPS,
  workBudget: WorkBudget = { left: Number.POSITIVE_INFINITY },
  cutoff = Number.POSITIVE_INFINITY,
): readonly Assignment[] | undefined {
  const nearest: Assignment[] = [];
  for (const problem of problems) {
    workBudget.left -= problem.origins.length * problem.chosen.length;
    const assignment = uncapacitatedAssignment(problem);
    if (assignment === undefined) return undefined;
    nearest.push(assignment);
  }
  if (overloadedClusters(problems, nearest, others).length === 0) return nearest;
  return branchAndBound(problems, others, workBudget, cutoff);
}

/** About how often a minimum-cost flow looks at each of its pairs. */
const LOOKS_PER_FLOW = 50;
/** The number of nodes after which the search stops with the best assignments so far. */
const MAX_NODES = 3000;

/** Depth-first branch and bound over whole replicas and whole origins. */
function branchAndBound(
  problems: readonly AssignmentProblem[],
  others: OtherApps,
  workBudget: WorkBudget,
  cutoff: number,
): readonly Assignment[] | undefined {
  const pairs = problems.reduce((sum, one) => sum + one.origins.length * one.chosen.length, 0);
  const free = problems.map(() => new Map<number, number>());
  const stack: BranchNode[] = [{ ceilings: free, servedAt: free }];
  let best: RelaxedAssignments | undefined;
  let nodes = 0;
  for (; nodes < MAX_NODES && stack.length > 0 && workBudget.left > 0; nodes++) {
    workBudget.left -= LOOKS_PER_FLOW * pairs;
    const node = stack.pop()!;
    const relaxed = divisibleRelaxation(problems, node, others);
    if (relaxed === undefined || relaxed.cost >= cutoff) continue;
    if (best !== undefined && relaxed.cost >= best.cost - slack(best.cost)) continue;
    const children = childrenOf(problems, node, relaxed, others);
    if (children.length === 0 && isFeasible(problems, relaxed, others)) best = relaxed;
    stack.push(...children);
  }
  if (stack.length > 0) workBudget.isExhausted = true;
  return best?.assignments;
}

function isFeasible(
  problems: readonly AssignmentProblem[],
  { assignments }: RelaxedAssignments,
  others: OtherApps,
): boolean {
  return (
    overloadedClusters(problems, assignments, others).length === 0 &&
    dividedOrigin(problems, assignments) === undefined
  );
}

/** Branches on the first overloaded cluster, or else on the first origin that is divided and may not be. */
function childrenOf(
  problems: readonly AssignmentProblem[],
  node: BranchNode,
  { assignments }: RelaxedAssignments,
  others: OtherApps,
): BranchNode[] {
  const [cluster] = overloadedClusters(problems, assignments, others);
  if (cluster !== undefined) return fewerReplicas(problems, node, assignments, cluster);
  const found = dividedOrigin(problems, assignments);
  if (found === undefined) return [];
  const [index, origin] = found;
  return problems[index]!.chosen.map((only) => ({
    ceilings: node.ceilings,
    servedAt: node.servedAt.map((one, i) => (i === index ? new Map(one).set(origin, only) : one)),
  }));
}

/** In every feasible assignment one of the apps runs at least one replica less on the overloaded cluster. */
function fewerReplicas(
  problems: readonly AssignmentProblem[],
  node: BranchNode,
  assignments: readonly Assignment[],
  cluster: number,
): BranchNode[] {
  return problems.flatMap(({ app }, index) => {
    const load = assignments[index]!.load.get(cluster);
    const below =
      load === undefined || !isCapacitated(app) ? undefined : loadWithOneReplicaLess(app, load);
    if (below === undefined) return [];
    const ceilings = node.ceilings.map((one, i) =>
      i === index ? new Map(one).set(cluster, below) : one,
    );
    return [{ ceilings, servedAt: node.servedAt }];
  });
}

/** An origin that several clusters serve although its app may not divide origins. */
function dividedOrigin(
  problems: readonly AssignmentProblem[],
  assignments: readonly Assignment[],
): readonly [app: number, origin: number] | undefined {
  for (const [index, { app }] of problems.entries()) {
    const { capacity } = app.policy.constraints;
    if (capacity === false || capacity.assignment === 'split') continue;
    const seen = new Set<number>();
    for (const { origin } of assignments[index]!.flows) {
      if (seen.has(origin)) return [index, origin];
      seen.add(origin);
    }
  }
  return undefined;
}
