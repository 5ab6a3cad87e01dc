/** The relaxation of the assignment problem in which every origin is divisible and each app fills clusters by itself: a minimum-cost flow. */
import {
  type Assignment,
  type AssignmentProblem,
  assignmentOf,
  capacityAt,
  costOf,
  type Flow,
  isCapacitated,
  type OtherApps,
  uncapacitatedAssignment,
} from '../input/assignment-problem';
import { slack } from '../input/findings';
import { addResources, largestLoad, type Resources, usageOf } from '../input/load';
import { type Arc, minCostFlow } from './min-cost-flow';
import { transportation } from './transportation';

/** A node of the branch and bound: upper bounds on load, and origins that one cluster must serve. */
export interface BranchNode {
  /** By app and cluster, requests/s. */
  readonly ceilings: readonly ReadonlyMap<number, number>[];
  /** By app and origin: the cluster that serves all of it. */
  readonly servedAt: readonly ReadonlyMap<number, number>[];
}

/** Assignments that may use more replicas than fit, and may divide origins. */
export interface RelaxedAssignments {
  readonly assignments: readonly Assignment[];
  readonly cost: number;
}

/** The pair of an origin and a cluster that an arc of the network stands for. */
interface ArcMeaning {
  readonly app: number;
  readonly flow: Omit<Flow, 'amount'>;
}

/** The cheapest relaxed assignments within a node; undefined when the capacity is too small for the demand. */
export function divisibleRelaxation(
  problems: readonly AssignmentProblem[],
  node: BranchNode,
  others: OtherApps,
): RelaxedAssignments | undefined {
  if (problems.length === 1 && isCapacitated(problems[0]!.app))
    return relaxedAlone(problems[0]!, node, others);
  const network = new FlowNetwork();
  const arcMeanings = new Map<number, ArcMeaning>();
  let wanted = 0;
  for (const [index, problem] of problems.entries()) {
    if (!isCapacitated(problem.app)) continue;
    const slots = new Map<number, number>();
    for (const cluster of problem.chosen) {
      const ceiling = ceilingOf(problems, index, cluster, others);
      if (ceiling < 0) return undefined;
      const lower = Math.min(ceiling, node.ceilings[index]!.get(cluster) ?? ceiling);
      slots.set(cluster, network.slot(cluster, lower));
    }
    for (const [origin, { requestsPerSecond }] of problem.origins.entries()) {
      wanted += requestsPerSecond;
      const from = network.origin(requestsPerSecond);
      const only = node.servedAt[index]!.get(origin);
      for (const [cluster, slot] of slots) {
        const cost = problem.cost(origin, cluster);
        if (cost === Number.POSITIVE_INFINITY || (only ?? cluster) !== cluster) continue;
        const arc = network.pair(from, slot, requestsPerSecond, cost);
        arcMeanings.set(arc, { app: index, flow: { origin, cluster } });
      }
    }
  }
  const amounts = network.solve(wanted, (cluster) => {
    const left = capacityAt(cluster, problems, others).requestsPerSecond;
    return Math.max(0, left - others.used(cluster).requestsPerSecond);
  });
  return amounts && relaxedAssignments(problems, arcMeanings, amounts);
}

/** The same for one app, for which no other app of the problem fills a cluster. */
function relaxedAlone(
  problem: AssignmentProblem,
  node: BranchNode,
  others: OtherApps,
): RelaxedAssignments | undefined {
  const ceilings = problem.chosen.map((cluster) => {
    const left = capacityAt(cluster, [problem], others).requestsPerSecond;
    return Math.min(
      ceilingOf([problem], 0, cluster, others),
      node.ceilings[0]!.get(cluster) ?? Number.POSITIVE_INFINITY,
      Math.max(0, left - others.used(cluster).requestsPerSecond),
    );
  });
  if (ceilings.some((one) => one < 0)) return undefined;
  const flows = transportation(problem, ceilings, node.servedAt[0]!);
  if (flows === undefined) return undefined;
  const assignments = [assignmentOf(problem.chosen, flows)];
  return { assignments, cost: costOf([problem], assignments) };
}

function relaxedAssignments(
  problems: readonly AssignmentProblem[],
  arcMeanings: ReadonlyMap<number, ArcMeaning>,
  amounts: readonly number[],
): RelaxedAssignments {
  const flows = problems.map((): Flow[] => []);
  for (const [arc, { app, flow }] of arcMeanings) {
    const amount = amounts[arc]!;
    if (amount > 0) flows[app]!.push({ ...flow, amount });
  }
  const assignments = problems.map((problem, index) => {
    const alone = isCapacitated(problem.app) ? undefined : uncapacitatedAssignment(problem);
    return alone ?? assignmentOf(problem.chosen, flows[index]!);
  });
  return { assignments, cost: costOf(problems, assignments) };
}

/** The largest load of one app when the others on the cluster run their minimum replicas. */
function ceilingOf(
  problems: readonly AssignmentProblem[],
  index: number,
  cluster: number,
  others: OtherApps,
): number {
  let used: Resources = others.used(cluster);
  for (const [other, { app, chosen }] of problems.entries()) {
    if (other === index || !isCapacitated(app) || !chosen.includes(cluster)) continue;
    used = addResources(used, usageOf(app, 0));
  }
  const capacity = capacityAt(cluster, problems, others);
  const ceiling = largestLoad(problems[index]!.app, capacity, used);
  return ceiling === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : ceiling;
}

const SOURCE = 0;
const SINK = 1;

/** The network: source, origins, slots (one app on one cluster), clusters, sink. */
class FlowNetwork {
  private readonly arcs: Arc[] = [];
  private readonly clusterNodes = new Map<number, number>();
  private nodes = 2;

  origin(requestsPerSecond: number): number {
    const node = this.nodes++;
    this.arcs.push({ from: SOURCE, to: node, capacity: requestsPerSecond, cost: 0 });
    return node;
  }

  slot(cluster: number, capacity: number): number {
    const there = this.clusterNodes.get(cluster) ?? this.nodes++;
    this.clusterNodes.set(cluster, there);
    const node = this.nodes++;
    this.arcs.push({ from: node, to: there, capacity, cost: 0 });
    return node;
  }

  /** The index of the new arc. */
  pair(from: number, to: number, capacity: number, cost: number): number {
    return this.arcs.push({ from, to, capacity, cost }) - 1;
  }

  /** Amounts by arc; undefined when less than `wanted` reaches the sink. */
  solve(wanted: number, limit: (cluster: number) => number): readonly number[] | undefined {
    for (const [cluster, node] of this.clusterNodes) {
      this.arcs.push({ from: node, to: SINK, capacity: limit(cluster), cost: 0 });
    }
    const { amounts, sent } = minCostFlow(this.nodes, this.arcs, {
      source: SOURCE,
      sink: SINK,
      wanted,
    });
    return sent >= wanted - slack(wanted) ? amounts : undefined;
  }
}
