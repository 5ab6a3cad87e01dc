/** Who serves whom for given sets of clusters: every origin at its cheapest, unless capacity sends some elsewhere. */

import {
  cheapest,
  crowded,
  isCounted,
  NOBODY,
  type Others,
  type Outcome,
  type Party,
} from '../input/app-assignment';
import { slack } from '../input/findings';
import { loadBelow } from '../input/load';
import { type Branch, type Relaxed, relaxed } from './divisible-relaxation';

/** An assignment for all parties. */
export interface Serving {
  readonly outcomes: readonly Outcome[];
  /** False when the search for it was cut short. */
  readonly exact: boolean;
}

/** What a search may still spend, in pairs of an origin and a cluster looked at, about. */
export interface Effort {
  left: number;
  /** Set when a search ended before it had seen all. */
  isCut?: boolean;
}

/**
 * The assignment of least total cost; undefined when there is none, or none is found before the effort is spent. Where capacity
 * binds, only assignments that cost less than `cutoff` are looked for.
 */
export function serve(
  parties: readonly Party[],
  others: Others = NOBODY,
  effort: Effort = { left: Number.POSITIVE_INFINITY },
  cutoff = Number.POSITIVE_INFINITY,
): Serving | undefined {
  const nearest: Outcome[] = [];
  for (const party of parties) {
    effort.left -= party.origins.length * party.chosen.length;
    const outcome = cheapest(party);
    if (outcome === undefined) return undefined;
    nearest.push(outcome);
  }
  if (crowded(parties, nearest, others).length === 0) return { outcomes: nearest, exact: true };
  return branch(parties, others, effort, cutoff);
}

/** A flow looks at its pairs so many times, about. */
const LOOKS_OF_A_FLOW = 50;
/** Branches looked at before the best so far is taken. */
const MOST_BRANCHES = 3000;

/** Branch and bound over whole replicas and undivided origins, depth first. */
function branch(
  parties: readonly Party[],
  others: Others,
  effort: Effort,
  cutoff: number,
): Serving | undefined {
  const pairs = parties.reduce((sum, one) => sum + one.origins.length * one.chosen.length, 0);
  const free = parties.map(() => new Map<number, number>());
  const stack: Branch[] = [{ ceilings: free, bound: free }];
  let best: Relaxed | undefined;
  let looked = 0;
  for (; looked < MOST_BRANCHES && stack.length > 0 && effort.left > 0; looked++) {
    effort.left -= LOOKS_OF_A_FLOW * pairs;
    const node = stack.pop()!;
    const answer = relaxed(parties, node, others);
    if (answer === undefined || answer.cost >= cutoff) continue;
    if (best !== undefined && answer.cost >= best.cost - slack(best.cost)) continue;
    const children = split(parties, node, answer, others);
    if (children.length === 0 && isSettled(parties, answer, others)) best = answer;
    stack.push(...children);
  }
  if (stack.length > 0) effort.isCut = true;
  return best && { outcomes: best.outcomes, exact: stack.length === 0 };
}

function isSettled(parties: readonly Party[], { outcomes }: Relaxed, others: Others): boolean {
  return (
    crowded(parties, outcomes, others).length === 0 && divided(parties, outcomes) === undefined
  );
}

function split(
  parties: readonly Party[],
  node: Branch,
  { outcomes }: Relaxed,
  others: Others,
): Branch[] {
  const [cluster] = crowded(parties, outcomes, others);
  if (cluster !== undefined) return fewerReplicas(parties, node, outcomes, cluster);
  const found = divided(parties, outcomes);
  if (found === undefined) return [];
  const [index, origin] = found;
  return parties[index]!.chosen.map((only) => ({
    ceilings: node.ceilings,
    bound: node.bound.map((one, i) => (i === index ? new Map(one).set(origin, only) : one)),
  }));
}

/** Whoever fits there, one of the apps runs a replica less of something. */
function fewerReplicas(
  parties: readonly Party[],
  node: Branch,
  outcomes: readonly Outcome[],
  cluster: number,
): Branch[] {
  return parties.flatMap(({ app }, index) => {
    const load = outcomes[index]!.load.get(cluster);
    const below = load === undefined || !isCounted(app) ? undefined : loadBelow(app, load);
    if (below === undefined) return [];
    const ceilings = node.ceilings.map((one, i) =>
      i === index ? new Map(one).set(cluster, below) : one,
    );
    return [{ ceilings, bound: node.bound }];
  });
}

/** An origin of a party that may not divide origins, served by several clusters. */
function divided(
  parties: readonly Party[],
  outcomes: readonly Outcome[],
): readonly [party: number, origin: number] | undefined {
  for (const [index, { app }] of parties.entries()) {
    const { capacity } = app.policy.constraints;
    if (capacity === false || capacity.assignment === 'split') continue;
    const seen = new Set<number>();
    for (const { origin } of outcomes[index]!.flows) {
      if (seen.has(origin)) return [index, origin];
      seen.add(origin);
    }
  }
  return undefined;
}
