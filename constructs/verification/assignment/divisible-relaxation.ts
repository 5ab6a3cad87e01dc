/** Serving with every origin divisible and every replica counted alone: a least-cost flow. */

import {
  cheapest,
  type Flow,
  isCounted,
  type Others,
  type Outcome,
  outcomeOf,
  type Party,
  roomAt,
} from '../input/app-assignment';
import { slack } from '../input/findings';
import { largestLoad, type Room, sum, usageOf } from '../input/load';
import { type Arc, leastCostFlow } from './min-cost-flow';

/** What a branch adds to the problem: ceilings on load by party and cluster, and origins bound to a cluster. */
export interface Branch {
  readonly ceilings: readonly ReadonlyMap<number, number>[];
  readonly bound: readonly ReadonlyMap<number, number>[];
}

/** An assignment that may use more replicas than there is room for, and may divide origins. */
export interface Relaxed {
  readonly outcomes: readonly Outcome[];
  readonly cost: number;
}

interface Way {
  readonly party: number;
  readonly flow: Omit<Flow, 'amount'>;
}

/** The relaxed assignment of least total cost within a branch; undefined when some demand finds no room. */
export function relaxed(
  parties: readonly Party[],
  node: Branch,
  others: Others,
): Relaxed | undefined {
  const network = new Network();
  const ways = new Map<number, Way>();
  let wanted = 0;
  for (const [index, party] of parties.entries()) {
    if (!isCounted(party.app)) continue;
    const slots = new Map<number, number>();
    for (const cluster of party.chosen) {
      const ceiling = ceilingOf(parties, index, cluster, others);
      if (ceiling < 0) return undefined;
      const lower = Math.min(ceiling, node.ceilings[index]!.get(cluster) ?? ceiling);
      slots.set(cluster, network.slot(cluster, lower));
    }
    for (const [origin, { requestsPerSecond }] of party.origins.entries()) {
      wanted += requestsPerSecond;
      const from = network.origin(requestsPerSecond);
      const only = node.bound[index]!.get(origin);
      for (const [cluster, slot] of slots) {
        const cost = party.cost(origin, cluster);
        if (cost === Number.POSITIVE_INFINITY || (only ?? cluster) !== cluster) continue;
        const arc = network.way(from, slot, requestsPerSecond, cost);
        ways.set(arc, { party: index, flow: { origin, cluster } });
      }
    }
  }
  const amounts = network.solve(wanted, (cluster) => {
    const left = roomAt(cluster, parties, others).requestsPerSecond;
    return Math.max(0, left - others.taken(cluster).requestsPerSecond);
  });
  return amounts && answerOf(parties, ways, amounts);
}

function answerOf(
  parties: readonly Party[],
  ways: ReadonlyMap<number, Way>,
  amounts: readonly number[],
): Relaxed {
  const flows = parties.map((): Flow[] => []);
  for (const [arc, { party, flow }] of ways) {
    const amount = amounts[arc]!;
    if (amount > 0) flows[party]!.push({ ...flow, amount });
  }
  const outcomes = parties.map((party, index) => {
    const alone = isCounted(party.app) ? undefined : cheapest(party);
    return alone ?? outcomeOf(party.chosen, flows[index]!);
  });
  let cost = 0;
  for (const [index, { cost: costOf }] of parties.entries()) {
    for (const { origin, cluster, amount } of outcomes[index]!.flows) {
      cost += amount * costOf(origin, cluster);
    }
  }
  return { outcomes, cost };
}

/** The largest load of one party when the others there run their least replicas. */
function ceilingOf(
  parties: readonly Party[],
  index: number,
  cluster: number,
  others: Others,
): number {
  let taken: Room = others.taken(cluster);
  for (const [other, { app, chosen }] of parties.entries()) {
    if (other === index || !isCounted(app) || !chosen.includes(cluster)) continue;
    taken = sum(taken, usageOf(app, 0));
  }
  const room = roomAt(cluster, parties, others);
  const ceiling = largestLoad(parties[index]!.app, room, taken);
  return ceiling === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : ceiling;
}

const SOURCE = 0;
const SINK = 1;

/** Source, origins, slots (an app at a cluster), clusters, sink. */
class Network {
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
  way(from: number, to: number, capacity: number, cost: number): number {
    return this.arcs.push({ from, to, capacity, cost }) - 1;
  }

  /** Amounts by arc; undefined when not all of `wanted` arrives. */
  solve(wanted: number, limit: (cluster: number) => number): readonly number[] | undefined {
    for (const [cluster, node] of this.clusterNodes) {
      this.arcs.push({ from: node, to: SINK, capacity: limit(cluster), cost: 0 });
    }
    const { amounts, sent } = leastCostFlow(this.nodes, this.arcs, {
      source: SOURCE,
      sink: SINK,
      wanted,
    });
    return sent >= wanted - slack(wanted) ? amounts : undefined;
  }
}
