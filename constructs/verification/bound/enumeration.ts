/** The hunt through all sets of clusters that an app may choose, leaving out those that cost too much by simple bounds. */

import type { Effort } from '../assignment/serve';
import type { Facts } from '../input/app-facts';
import { type Prospect, prospectOf } from './lagrangian-bound';

/** What to look for. */
export interface Hunt {
  readonly facts: Facts;
  /** Sets whose cheapest thinkable answer costs more are left out; Infinity leaves out none. */
  readonly most: number;
  /** What may be spent: a step is an origin looked at. 10^10 by default. */
  readonly effort?: Effort;
  /** Whether to stop here. `least` is a lower bound of what the set costs. */
  visit(chosen: readonly number[], least: number): boolean;
}

/** How a hunt ended: every set was looked at, the visitor stopped it, or it became too much. */
export type HuntEnd = 'all' | 'stopped' | 'tired';

/** Sets looked at, part-sets included, times origins: past it a hunt is tired. */
const MOST_STEPS = 10_000_000_000;
/** Least costs held at a time; a hunt that would need more is tired before it begins. */
const MOST_HELD = 30_000_000;

interface State {
  readonly hunt: Hunt;
  readonly order: readonly number[];
  readonly prospect: Prospect;
  /** [position in order][origin]: least cost of all clusters from there on. */
  readonly later: readonly Float64Array[];
  /** [position in order]: sum of the negative opening costs from there on. */
  readonly gain: readonly number[];
  readonly chosen: number[];
  readonly effort: Effort;
}

/** Visits every set within minClusters and maxClusters that has all held clusters; each once. */
export function huntSets(hunt: Hunt): HuntEnd {
  const { facts } = hunt;
  const free = facts.eligible.filter((cluster) => !facts.held.has(cluster));
  const held = [...facts.held];
  if (free.length * facts.origins.length > MOST_HELD) return 'tired';
  const effort = hunt.effort ?? { left: MOST_STEPS };
  const prospect = prospectOf(facts, free, hunt.most);
  const { order } = prospect;
  const state = { hunt, order, prospect, ...suffixes(facts, order), chosen: held, effort };
  const cheapest = new Float64Array(facts.origins.length).fill(Number.POSITIVE_INFINITY);
  const reached = held.reduce<Float64Array>(
    (best, cluster) => joined(facts, best, cluster),
    cheapest,
  );
  const opened = held.reduce((sum, cluster) => sum + facts.openCost[cluster]!, facts.constantCost);
  return descend(state, 0, reached, opened);
}

/** Each free cluster in turn is taken or left; depth at most the number of eligible clusters. */
function descend(state: State, at: number, cheapest: Float64Array, opened: number): HuntEnd {
  const { hunt, order, prospect, chosen, effort } = state;
  const { minClusters, maxClusters } = hunt.facts.app.policy.constraints;
  effort.left -= 1;
  if (effort.left < 0) return 'tired';
  if (chosen.length > maxClusters || chosen.length + order.length - at < minClusters) return 'all';
  const priced = prospect.least(chosen, at);
  if (priced > hunt.most || priced === Number.POSITIVE_INFINITY) return 'all';
  effort.left -= hunt.facts.origins.length;
  const least = Math.max(priced, leastCost(state, at, cheapest, opened));
  if (least > hunt.most || least === Number.POSITIVE_INFINITY) return 'all';
  if (at === order.length) {
    const sorted = [...chosen].sort((a, b) => a - b);
    return hunt.visit(sorted, least) ? 'stopped' : 'all';
  }
  const next = order[at]!;
  chosen.push(next);
  const reached = joined(hunt.facts, cheapest, next);
  const withIt = descend(state, at + 1, reached, opened + hunt.facts.openCost[next]!);
  chosen.pop();
  return withIt === 'all' ? descend(state, at + 1, cheapest, opened) : withIt;
}

/** Every origin at the cheapest cluster taken or still free, as if capacity and whole replicas were no matter. */
function leastCost(state: State, at: number, cheapest: Float64Array, opened: number): number {
  const later = state.later[at]!;
  let cost = opened + state.gain[at]!;
  for (const [origin, { requestsPerSecond }] of state.hunt.facts.origins.entries()) {
    cost += requestsPerSecond * Math.min(cheapest[origin]!, later[origin]!);
  }
  return cost;
}

function joined(facts: Facts, cheapest: Float64Array, cluster: number): Float64Array<ArrayBuffer> {
  return cheapest.map((cost, origin) => Math.min(cost, facts.pairs.cost(origin, cluster)));
}

function suffixes(facts: Facts, order: readonly number[]): Pick<State, 'later' | 'gain'> {
  const later: Float64Array[] = [
    new Float64Array(facts.origins.length).fill(Number.POSITIVE_INFINITY),
  ];
  const gain = [0];
  for (const cluster of [...order].reverse()) {
    later.unshift(joined(facts, later[0]!, cluster));
    gain.unshift(gain[0]! + Math.min(0, facts.openCost[cluster]!));
  }
  return { later, gain };
}
