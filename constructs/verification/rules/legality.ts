/** Which rules an answer breaks: counts, groups, distances, loads, money, latency, losses and neighbours. */
import type { Cluster } from '../../model/fleet';
import { kilometersBetween } from '../../model/geography';
import { matches } from '../../model/match';
import { serve } from '../assignment/serve';
import { type Answer, othersOf } from '../input/answer';
import { crowded, type Others, type Party } from '../input/app-assignment';
import { type Facts, withLessDemand } from '../input/app-facts';
import { slack, TOLERANCE } from '../input/findings';
import { usdPerHour } from './value';

/** A rule that does not hold, and why. */
export interface Breach {
  readonly rule: string;
  readonly summary: string;
}

/** Rules about the set alone. */
export function* setBreaches(facts: Facts, chosen: readonly number[]): Generator<Breach> {
  const { minClusters, maxClusters, mustInclude } = facts.app.policy.constraints;
  const breach = (rule: string, summary: string): Breach => ({ rule, summary });
  if (chosen.length < minClusters || chosen.length > maxClusters) {
    const rule = chosen.length < minClusters ? 'minClusters' : 'maxClusters';
    yield breach(rule, `got ${chosen.length} clusters, expected ${minClusters} to ${maxClusters}`);
  }
  for (const cluster of chosen) {
    const rule = facts.refused[cluster];
    if (rule) yield breach(rule, `got ${facts.clusters[cluster]!.name}, which ${rule} refuses`);
  }
  for (const [index, element] of mustInclude.entries()) {
    const count = countOf(facts, chosen, element);
    if (count >= element.count) continue;
    const summary = `got ${count} clusters that match, expected ${element.count}`;
    yield breach(`mustInclude[${index}]`, summary);
  }
  yield* spreadBreaches(facts, chosen);
  yield* closeness(facts, chosen);
}

type Element = Facts['app']['policy']['constraints']['mustInclude'][number];

function countOf({ clusters }: Facts, chosen: readonly number[], element: Element): number {
  return chosen.filter((cluster) => matches(element, clusters[cluster]!)).length;
}

function* spreadBreaches(facts: Facts, chosen: readonly number[]): Generator<Breach> {
  for (const [index, spread] of facts.app.policy.constraints.spread.entries()) {
    const counts = new Map(facts.eligible.map((c) => [groupOf(facts.clusters[c]!, spread.by), 0]));
    for (const cluster of chosen) {
      const group = groupOf(facts.clusters[cluster]!, spread.by);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const sizes = [...counts.values()];
    const used = sizes.filter((size) => size > 0).length;
    const most = Math.max(0, ...sizes);
    const skew = sizes.length === 0 ? 0 : most - Math.min(...sizes);
    const rule = `spread[${index}]`;
    const { minGroups = 0, maxPerGroup = most, maxSkew = skew } = spread;
    if (used < minGroups) yield { rule, summary: `got ${used} groups, expected ${minGroups}` };
    if (most > maxPerGroup) {
      yield { rule, summary: `got ${most} clusters in a group, expected at most ${maxPerGroup}` };
    }
    if (skew > maxSkew) yield { rule, summary: `got skew ${skew}, expected at most ${maxSkew}` };
  }
}

type By = Facts['app']['policy']['constraints']['spread'][number]['by'];

/** Attribute values are not empty, so an absent attribute cannot be mistaken for one that says `none`. */
export function groupOf(cluster: Cluster, by: By): string {
  const value =
    typeof by === 'string'
      ? cluster[by]
      : Object.hasOwn(cluster.labels, by.label)
        ? cluster.labels[by.label]
        : undefined;
  return value ?? 'none';
}

function* closeness({ app, clusters }: Facts, chosen: readonly number[]): Generator<Breach> {
  const { apartKilometers } = app.policy.constraints;
  if (apartKilometers === undefined) return;
  for (const [index, one] of chosen.entries()) {
    for (const other of chosen.slice(index + 1)) {
      const kilometers = kilometersBetween(clusters[one]!, clusters[other]!);
      if (kilometers >= apartKilometers * (1 - TOLERANCE)) continue;
      const pair = `${clusters[one]!.name} and ${clusters[other]!.name}`;
      const summary = `got ${pair} ${kilometers} km apart, expected at least ${apartKilometers}`;
      yield { rule: 'apartKilometers', summary };
    }
  }
}

/** Rules about what the chosen clusters serve. `all` are the answers of every app, this one included. */
export function* loadBreaches(answer: Answer, all: readonly Answer[]): Generator<Breach> {
  yield* thinness(answer);
  yield* slowness(answer);
  yield* expense(answer);
  yield* neighbours(answer, all);
  yield* losses(answer, all);
}

function* thinness({ facts, chosen, outcome }: Answer): Generator<Breach> {
  const { minClusters, mustInclude } = facts.app.policy.constraints;
  for (const cluster of chosen) {
    const load = outcome.load.get(cluster) ?? 0;
    const least = facts.threshold[cluster]!;
    if (load >= least - slack(least)) continue;
    if (facts.held.has(cluster) || chosen.length - 1 < minClusters) continue;
    const isNeeded = mustInclude.some((element) => {
      const without = chosen.filter((one) => one !== cluster);
      const count = countOf(facts, without, element);
      return count < element.count && countOf(facts, chosen, element) > count;
    });
    if (isNeeded) continue;
    const name = facts.clusters[cluster]!.name;
    const summary = `got ${name} with ${load} requests/s, expected at least ${least}`;
    yield { rule: 'minRequestsPerSecond', summary };
  }
}

function* slowness({ facts, outcome }: Answer): Generator<Breach> {
  const { latency } = facts.app.policy.constraints;
  if (latency === undefined || facts.total === 0) return;
  const near = outcome.flows
    .filter(({ origin, cluster }) => isNear(facts, origin, cluster))
    .reduce((total, { amount }) => total + amount, 0);
  const share = near / facts.total;
  if (share >= latency.share - TOLERANCE) return;
  const summary = `got ${share} of the demand within ${latency.milliseconds} ms, expected ${latency.share}`;
  yield { rule: 'latency', summary };
}

function isNear(facts: Facts, origin: number, cluster: number): boolean {
  const limit = facts.app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
  return facts.pairs.milliseconds(origin, cluster) <= limit;
}

function* expense({ facts, outcome }: Answer): Generator<Breach> {
  const { budget } = facts.app.policy.constraints;
  if (budget === undefined) return;
  const load = new Map([...outcome.load].map(([cluster, one]) => [cluster, one / facts.ease]));
  const usd = usdPerHour(facts, { ...outcome, load });
  if (usd <= budget.usdPerHour + slack(budget.usdPerHour)) return;
  yield { rule: 'budget', summary: `got ${usd} USD/h, expected at most ${budget.usdPerHour}` };
}

function* neighbours({ facts, chosen }: Answer, all: readonly Answer[]): Generator<Breach> {
  const { together, apart } = facts.app.policy.constraints;
  for (const rule of ['together', 'apart'] as const) {
    for (const name of rule === 'together' ? together : apart) {
      const other = all.find((one) => one.facts.app.name === name)?.chosen;
      if (other === undefined) continue;
      const wrong = chosen.find((cluster) => other.includes(cluster) === (rule === 'apart'));
      if (wrong === undefined) continue;
      const where = rule === 'together' ? 'without' : 'with';
      yield { rule, summary: `got ${facts.clusters[wrong]!.name} ${where} ${name}` };
    }
  }
}

/** For every loss of `survive` chosen clusters, the others carry everything. */
function* losses(answer: Answer, all: readonly Answer[]): Generator<Breach> {
  const { facts, chosen } = answer;
  const { survive } = facts.app.policy.constraints;
  if (survive === 0 || facts.total === 0) return;
  const others = othersOf(answer, all);
  const served = withLessDemand(facts);
  for (const lost of combinations(chosen, Math.min(survive, chosen.length))) {
    if (
      carries(
        served,
        chosen.filter((one) => !lost.includes(one)),
        others,
      )
    )
      continue;
    const names = lost.map((cluster) => facts.clusters[cluster]!.name).join(', ');
    yield {
      rule: 'survive',
      summary: `after the loss of ${names} the others do not carry everything`,
    };
  }
}

/** Whether the remaining clusters can serve everything, with as little as possible beyond the latency limit. */
function carries(facts: Facts, chosen: readonly number[], others: Others): boolean {
  const share = facts.app.policy.constraints.latency?.share ?? 1;
  const far = (origin: number, cluster: number) => {
    if (facts.pairs.cost(origin, cluster) === Number.POSITIVE_INFINITY)
      return Number.POSITIVE_INFINITY;
    return isNear(facts, origin, cluster) ? 0 : 1;
  };
  const serving = serve([{ ...facts, chosen, cost: far }], others);
  if (serving === undefined) return false;
  const outside = serving.outcomes[0]!.flows.filter((one) => far(one.origin, one.cluster) === 1);
  const total = outside.reduce((all, { amount }) => all + amount, 0);
  return total <= (1 - share + TOLERANCE) * facts.total;
}

function* combinations(members: readonly number[], size: number, from = 0): Generator<number[]> {
  if (size === 0) yield [];
  for (let i = from; size > 0 && i <= members.length - size; i++) {
    for (const rest of combinations(members, size - 1, i + 1)) yield [members[i]!, ...rest];
  }
}

/** The rule that all apps together break: what a cluster has. */
export function* sharedBreaches(all: readonly Answer[]): Generator<Breach & { cluster: number }> {
  const parties: Party[] = all.map(({ facts, chosen }) => ({
    ...facts,
    chosen,
    cost: facts.pairs.cost,
  }));
  if (parties.length === 0) return;
  const outcomes = all.map(({ outcome }) => outcome);
  for (const cluster of crowded(parties, outcomes, all[0]!.facts.standing.others)) {
    const name = all[0]!.facts.clusters[cluster]!.name;
    yield { cluster, rule: 'capacity', summary: `got more on ${name} than it has room for` };
  }
}
