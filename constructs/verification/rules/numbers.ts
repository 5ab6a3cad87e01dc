/** The numbers of one app's answer, each computed again from its assignments. */
import type { AppDecision } from '../../model/decision';
import { replicasFor } from '../../model/workload';
import type { Answer } from '../input/answer';
import type { Part } from '../input/answer-reader';
import { cheapest, type Outcome, outcomeOf, type Party } from '../input/app-assignment';
import type { Facts } from '../input/app-facts';
import { type Notes, slack } from '../input/findings';
import type { Circumstances } from '../input/inputs';
import { replicasOf, spectrumOf, termsOf, usdPerHour } from './value';

/** Everything that follows from the assignments. */
export function checkNumbers(part: Part, answer: Answer, given: Circumstances, notes: Notes): void {
  checkClusters(part, answer, given, notes);
  checkTerms(part, answer, notes);
  checkLatency(part.said.latency, `${part.at}.latency`, answer, notes);
  checkBefore(part, answer.facts, answer, notes);
}

function checkClusters(
  { said, at }: Part,
  answer: Answer,
  given: Circumstances,
  notes: Notes,
): void {
  const { facts, outcome } = answer;
  for (const [index, line] of said.clusters.entries()) {
    const path = `${at}.clusters[${index}]`;
    const cluster = facts.clusters.findIndex(({ name }) => name === line.name);
    const load = outcome.load.get(cluster) ?? 0;
    notes.close(`${path}.requestsPerSecond`, line.requestsPerSecond, load);
    notes.same(`${path}.replicas`, line.replicas, replicasOf(facts, load));
    checkComponents(line, path, facts, load, notes);
    const before = facts.previous?.clusters.find(({ name }) => name === line.name);
    notes.same(`${path}.change`, line.change, before === undefined ? 'added' : 'kept');
    const since = before === undefined ? given.now : Date.parse(before.since);
    if (Date.parse(line.since) === since) continue;
    notes.say(`${path}.since`, `got ${line.since}, expected ${new Date(since).toISOString()}`);
  }
}

function checkComponents(
  { componentReplicas }: AppDecision['clusters'][number],
  path: string,
  { app }: Facts,
  load: number,
  notes: Notes,
): void {
  const expected = new Map(app.sizing.map((one) => [one.name, replicasFor(one, load)]));
  if (app.sizing.length > 1) {
    for (const [name, replicas] of expected) {
      notes.same(`${path}.componentReplicas.${name}`, componentReplicas?.[name], replicas);
    }
  }
  for (const name of Object.keys(componentReplicas ?? {})) {
    if (app.sizing.length > 1 && expected.has(name)) continue;
    notes.say(`${path}.componentReplicas.${name}`, 'got a component, expected none of this name');
  }
}

/** Terms are large and small; what they add up to is as exact as the largest of them. */
function checkTerms({ said, at }: Part, { facts, outcome }: Answer, notes: Notes): void {
  const expected = termsOf(facts, outcome);
  const path = `${at}.objective`;
  const scale = Math.max(0, ...[...expected.values()].map(Math.abs));
  for (const [name, term] of expected) {
    const got = said.objective.terms[name];
    if (got === undefined) notes.say(`${path}.terms`, `got no ${name}, expected ${term}`);
    else notes.close(`${path}.terms.${name}`, got, term);
  }
  for (const name of Object.keys(said.objective.terms)) {
    if (!expected.has(name))
      notes.say(`${path}.terms.${name}`, 'got a term, expected none of this name');
  }
  const value = [...expected.values()].reduce((sum, term) => sum + term, 0);
  notes.close(`${path}.value`, said.objective.value, value, scale);
}

/** The gap that belongs to value and bound, and a bound that is not above the value. */
export function checkGap(
  { value, bound, gap }: { value: number; bound: number; gap: number },
  path: string,
  notes: Notes,
): void {
  notes.close(`${path}.gap`, gap, (value - bound) / Math.max(Math.abs(value), 1));
  if (bound > value + slack(value)) {
    notes.say(`${path}.bound`, `got ${bound}, expected at most the value ${value}`);
  }
}

function checkLatency(
  said: Omit<AppDecision['latency'], 'before'>,
  path: string,
  { facts, outcome }: { facts: Facts; outcome: Outcome },
  notes: Notes,
): void {
  const spectrum = spectrumOf(facts, outcome);
  notes.close(`${path}.meanMilliseconds`, said.meanMilliseconds, spectrum.meanMilliseconds);
  for (const [key, share] of [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const) {
    if (spectrum.isPercentile(share, said[key])) continue;
    notes.say(`${path}.${key}`, `got ${said[key]}, expected ${spectrum.percentile(share)}`);
  }
}

/** Latency and cost of the previous clusters under today's demand, capacity aside. */
function checkBefore({ said, at }: Part, facts: Facts, answer: Answer, notes: Notes): void {
  const chosen = facts.eligible.filter((cluster) => facts.before.has(cluster));
  const party = { ...facts, chosen, ...facts.pairs };
  const outcome = facts.previous === undefined || chosen.length === 0 ? undefined : cheapest(party);
  const { before } = said.latency;
  if ((before === undefined) !== (outcome === undefined)) {
    const expected = outcome === undefined ? 'nothing' : 'the latency of the previous clusters';
    notes.say(
      `${at}.latency${before ? '.before' : ''}`,
      `got ${before ? 'one' : 'nothing'} before, expected ${expected}`,
    );
  } else if (before !== undefined && outcome !== undefined) {
    checkLatency(before, `${at}.latency.before`, { facts, outcome }, notes);
  }
  const usd = usdPerHour(facts, answer.outcome);
  const usdBefore = chosen.length === 0 ? 0 : usdPerHour(facts, outcome ?? servedBy(party));
  notes.close(`${at}.cost.usdPerHour`, said.cost.usdPerHour, usd);
  notes.close(`${at}.cost.delta`, said.cost.delta, usd - usdBefore, usd);
}

/** Every origin that has a legal cluster at the cheapest of these, the others nowhere. */
function servedBy(party: Party): Outcome {
  const isLegal = (origin: number) =>
    party.chosen.some((cluster) => party.cost(origin, cluster) < Number.POSITIVE_INFINITY);
  const served = [...party.origins.keys()].filter(isLegal);
  const cost = (origin: number, cluster: number) => party.cost(served[origin]!, cluster);
  const origins = served.map((origin) => party.origins[origin]!);
  const { app, clusters, chosen } = party;
  const flows = cheapest({ app, clusters, chosen, origins, cost })?.flows ?? [];
  return outcomeOf(
    party.chosen,
    flows.map((flow) => ({ ...flow, origin: served[flow.origin]! })),
  );
}
