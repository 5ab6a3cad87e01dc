/** Reading an app's part of a decision: names become indexes, and everything that should be listed is. */
import { byCodeUnits } from '../../model/canonical';
import type { AppDecision } from '../../model/decision';
import type { Answer } from './answer';
import { type Flow, outcomeOf } from './app-assignment';
import type { Facts } from './app-facts';
import { type Notes, TOLERANCE } from './findings';
import { type Circumstances, demandOf } from './inputs';

/** One app's part of the document. */
export interface Part {
  readonly said: AppDecision;
  /** Where it is, e.g. `apps[0]`. */
  readonly at: string;
}

/** Clusters chosen, dropped and rejected: all known, each once, in order, and none forgotten. */
export function readClusters({ said, at }: Part, given: Circumstances, notes: Notes): void {
  const fleet = given.fleet.clusters.map(({ name }) => name);
  const isThere = new Set(fleet);
  const previous = given.previous?.apps.find((one) => one.app === said.app && one.satisfied);
  const before = previous?.clusters.map(({ name }) => name) ?? [];
  const chosen = said.clusters.map(({ name }) => name);
  inOrder(chosen, `${at}.clusters`, notes);
  for (const [index, name] of chosen.entries()) {
    if (!isThere.has(name))
      notes.say(`${at}.clusters[${index}].name`, `got ${name}, which the fleet does not have`);
  }
  const isChosen = new Set(chosen);
  const dropped = said.satisfied ? before.filter((name) => !isChosen.has(name)) : [];
  listed(said.dropped, dropped, `${at}.dropped`, notes);
  const wasChosen = new Set(before);
  const rejected = fleet.filter((name) => !isChosen.has(name) && !wasChosen.has(name));
  if (said.satisfied) listed(said.rejected, rejected, `${at}.rejected`, notes);
}

/** The rule that a rejection names is the one that refuses the cluster, or one about sets where none does. */
export function readRejections({ said, at }: Part, facts: Facts, notes: Notes): void {
  if (!said.satisfied) {
    const refused = facts.clusters.filter((_, cluster) => facts.refused[cluster] !== undefined);
    listed(
      said.rejected,
      refused.map(({ name }) => name),
      `${at}.rejected`,
      notes,
    );
  }
  const clusters = new Map(facts.clusters.map(({ name }, cluster) => [name, cluster]));
  for (const [index, { name, rule }] of said.rejected.entries()) {
    const cluster = clusters.get(name);
    if (cluster === undefined) continue;
    const expected = facts.refused[cluster];
    const path = `${at}.rejected[${index}].rule`;
    if (expected !== undefined) notes.same(path, rule, expected);
    else if (!setRules.has(rule)) notes.say(path, `got ${rule}, expected a rule about the set`);
  }
}

const setRules: ReadonlySet<string> = new Set([
  'minClusters',
  'maxClusters',
  'minRequestsPerSecond',
  'mustInclude',
  'residency',
  'latency',
  'spread',
  'apartKilometers',
  'capacity',
  'budget',
  'survive',
  'together',
  'apart',
  'objective',
  'stability',
  'conflict',
]);

/** The answer that the assignments tell; shares of every origin must add up. */
export function readAssignments(
  { said, at }: Part,
  facts: Facts,
  given: Circumstances,
  notes: Notes,
): Answer {
  const chosen = chosenOf(said, facts);
  const byName = new Map(chosen.map((cluster) => [facts.clusters[cluster]!.name, cluster]));
  const flows: Flow[] = [];
  const served = new Map<string, number>();
  const origins = new Map(facts.origins.map(({ name }, index) => [name, index]));
  for (const [index, line] of said.assignments.entries()) {
    const path = `${at}.assignments[${index}]`;
    served.set(line.origin, (served.get(line.origin) ?? 0) + line.share);
    const origin = origins.get(line.origin);
    if (origin === undefined) readIdle(line, path, notes);
    else {
      const flow = readFlow(line, origin, { facts, byName, path }, notes);
      if (flow !== undefined) flows.push(flow);
    }
  }
  const expected = demandOf(given, said.app)?.origins ?? [];
  readShares({ said, at }, expected, served, notes);
  return { facts, chosen, outcome: outcomeOf(chosen, flows) };
}

/** Indexes of the chosen clusters, ascending; unknown names are left out. */
export function chosenOf(said: AppDecision, facts: Pick<Facts, 'clusters'>): readonly number[] {
  const names = new Set(said.clusters.map(({ name }) => name));
  return [...facts.clusters.keys()].filter((cluster) => names.has(facts.clusters[cluster]!.name));
}

type Line = AppDecision['assignments'][number];

function readIdle(line: Line, path: string, notes: Notes): void {
  notes.same(`${path}.cluster`, line.cluster, null);
  notes.same(`${path}.share`, line.share, 0);
  notes.same(`${path}.milliseconds`, line.milliseconds, null);
}

function readFlow(
  line: Line,
  origin: number,
  { facts, byName, path }: { facts: Facts; byName: ReadonlyMap<string, number>; path: string },
  notes: Notes,
): Flow | undefined {
  const cluster = byName.get(line.cluster ?? '');
  if (cluster === undefined) {
    notes.say(`${path}.cluster`, `got ${line.cluster}, which is not chosen`);
    return undefined;
  }
  if (facts.pairs.cost(origin, cluster) === Number.POSITIVE_INFINITY) {
    notes.say(`${path}.cluster`, `got ${line.cluster}, which may not serve ${line.origin}`);
  }
  if (line.share <= 0) notes.say(`${path}.share`, `got ${line.share}, expected more than 0`);
  notes.close(
    `${path}.milliseconds`,
    line.milliseconds ?? Number.NaN,
    facts.pairs.milliseconds(origin, cluster),
  );
  return { origin, cluster, amount: line.share * facts.origins[origin]!.requestsPerSecond };
}

function readShares(
  { said, at }: Part,
  origins: readonly { readonly name: string; readonly requestsPerSecond: number }[],
  served: ReadonlyMap<string, number>,
  notes: Notes,
): void {
  const path = `${at}.assignments`;
  inOrder(
    said.assignments.map(({ origin, cluster }) => `${origin}\u0000${cluster ?? ''}`),
    path,
    notes,
  );
  for (const { name, requestsPerSecond } of origins) {
    const share = served.get(name);
    const expected = requestsPerSecond > 0 ? 1 : 0;
    if (share === undefined) notes.say(path, `got nothing for origin ${name}, expected shares`);
    else if (Math.abs(share - expected) > TOLERANCE) {
      const first = said.assignments.findIndex(({ origin }) => origin === name);
      notes.say(`${path}[${first}].share`, `got ${share} of ${name} in all, expected ${expected}`);
    }
  }
  const known = new Set(origins.map(({ name }) => name));
  for (const [index, { origin }] of said.assignments.entries()) {
    if (!known.has(origin))
      notes.say(`${path}[${index}].origin`, `got ${origin}, which has no demand`);
  }
}

function listed(
  said: readonly { readonly name: string }[],
  expected: readonly string[],
  path: string,
  notes: Notes,
): void {
  const names = said.map(({ name }) => name);
  const [isSaid, isExpected] = [new Set(names), new Set(expected)];
  inOrder(names, path, notes);
  for (const [index, name] of names.entries()) {
    if (!isExpected.has(name))
      notes.say(`${path}[${index}].name`, `got ${name}, which does not belong here`);
  }
  const missing = expected.filter((name) => !isSaid.has(name));
  if (missing.length > 0) notes.say(path, `got no entry for ${missing.join(', ')}`);
}

/** Sorted, each once. */
function inOrder(names: readonly string[], path: string, notes: Notes): void {
  const wrong = names.findIndex(
    (name, index) => index > 0 && byCodeUnits(names[index - 1]!, name) >= 0,
  );
  if (wrong >= 0)
    notes.say(
      `${path}[${wrong}]`,
      `got ${names[wrong]} after ${names[wrong - 1]}, expected names in order, each once`,
    );
}
