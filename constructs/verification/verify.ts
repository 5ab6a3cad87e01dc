/** Verify: checks every number of a decision against the documents it was made from; shares no code with the solver. */
import { digestOf } from '../model/canonical';
import type { PlacementDecision } from '../model/decision';
import type { EdgeApp, PlaceInput } from '../policy';
import { checkAssignments } from './assignment/optimality';
import { checkCertificate, type Satisfied } from './bound/certificate';
import { checkPrices } from './bound/limit-prices';
import { settle } from './bound/restrictions';
import type { Answer } from './input/answer';
import {
  chosenOf,
  type Part,
  readAssignments,
  readClusters,
  readRejections,
} from './input/answer-reader';
import { outcomeOf } from './input/app-assignment';
import { factsOf } from './input/app-facts';
import { type Notes, reportOf, takeNotes, type VerifyReport } from './input/findings';
import { type Circumstances, circumstancesOf, demandDigest } from './input/inputs';
import { loadBreaches, setBreaches, sharedBreaches } from './rules/legality';
import { checkGap, checkNumbers } from './rules/numbers';
import { restrictionBroken } from './rules/stability-rules';
import { checkGain } from './stability/minimum-gain';
import { checkStanding, checkUnsatisfied } from './stability/unmoved';
import { standsAt } from './stability/within-margin';

export type { Finding, VerifyReport } from './input/findings';

/**
 * Checks clusters, replicas, assignments, latencies, costs, prices, the bound with its certificate and the digest.
 * `input` is what the decision was made from. Numbers agree to a part in 10^9; `engine.workUnits` and
 * `churnCurve` are covered by the digest alone. What is too much to look through again is said in `notChecked`.
 * Never throws for a wrong decision.
 */
export function verify(decision: PlacementDecision, input: PlaceInput): VerifyReport {
  const notes = takeNotes();
  const given = circumstancesOf(input);
  checkHead(decision, input, given, notes);
  const parts = partsOf(decision, given, notes);
  const isAlone = parts.length === 1;
  const placed = parts.flatMap(({ part, app }) => {
    if (given.bases.get(app.name)?.kind === 'stands') checkStanding(part, given, notes);
    else if (part.said.satisfied) return [readPage({ part, app }, given, isAlone)];
    return [];
  });
  const answered = placed.map(({ read }) => read.answer);
  const satisfied = placed.map(({ app, read, page }, index) => {
    const standing = standsAt(read, app, given, page, answered);
    copy(standing === undefined ? page : standing.page, notes);
    const settled = standing?.read ?? read;
    answered[index] = settled.answer;
    return settled;
  });
  const unsatisfied = parts.filter(
    ({ part, app }) => !part.said.satisfied && given.bases.get(app.name)?.kind === 'placed',
  );
  const answers = satisfied.map(({ answer }) => answer);
  const nowhere = unsatisfied.map(({ app }) => nowhereOf(app, given));
  for (const [index, { part, app }] of unsatisfied.entries()) {
    const beside = [...answers, ...nowhere.filter((_, other) => other !== index)];
    checkUnsatisfied(part, app, given, beside, notes);
  }
  checkRules(satisfied, nowhere, notes);
  checkAssignments(
    answers,
    satisfied.map(({ part }) => part.at),
    notes,
  );
  for (const { part, answer } of satisfied) checkNumbers(part, answer, given, notes);
  checkPrices(decision, answers, notes);
  checkSums(decision, notes);
  checkCertificate(decision, satisfied, notes);
  if (isAlone) for (const one of satisfied) checkGain(one, given, notes);
  return reportOf(notes, decision);
}

/** What says when, from what and by whom, and the digest of it all. */
function checkHead(
  decision: PlacementDecision,
  input: PlaceInput,
  given: Circumstances,
  notes: Notes,
): void {
  const { now, inputs } = decision;
  if (given.clock === undefined)
    notes.say('now', `got ${now}, but neither a clock nor a demand was given`);
  else if (Date.parse(now) !== given.now) notes.say('now', `got ${now}, expected ${given.clock}`);
  notes.same('inputs.fleet', inputs.fleet, digestOf(input.fleet));
  notes.same('inputs.demand', inputs.demand, demandDigest(given));
  notes.same('inputs.apps', inputs.apps, digestOf(given.apps));
  notes.same('inputs.previous', inputs.previous, given.previous?.digest ?? null);
  notes.same('inputs.observedAt', inputs.observedAt, given.observedAt);
  const { digest, ...rest } = decision;
  notes.same('digest', digest, digestOf(rest));
}

interface Placed {
  readonly part: Part;
  readonly app: EdgeApp;
}

function partsOf(
  decision: PlacementDecision,
  given: Circumstances,
  notes: Notes,
): readonly Placed[] {
  const names = given.apps.map(({ name }) => name);
  for (const [index, { app }] of decision.apps.entries()) {
    if (app !== names[index])
      notes.say(`apps[${index}].app`, `got ${app}, expected ${names[index] ?? 'no more'}`);
  }
  const missing = names.filter((name) => !decision.apps.some(({ app }) => app === name));
  if (missing.length > 0) notes.say('apps', `got nothing for ${missing.join(', ')}`);
  return given.apps.flatMap((app) => {
    const index = decision.apps.findIndex((one) => one.app === app.name);
    const said = decision.apps[index];
    if (said === undefined) return [];
    if (given.bases.get(app.name)?.kind === 'nothing') {
      notes.say(`apps[${index}]`, 'got a decision, though no demand says where requests come from');
    }
    return [{ app, part: { said, at: `apps[${index}]` } }];
  });
}

/** What is noted of an app is kept apart until it is known whether it stands past a limit. */
function readPage({ part, app }: Placed, given: Circumstances, isAlone: boolean) {
  const page = takeNotes();
  return { app, page, read: read(part, app, given, isAlone, page) };
}

function copy({ findings, skipped }: Notes, notes: Notes): void {
  for (const { path, summary } of findings) notes.say(path, summary);
  for (const { path, summary } of skipped) notes.skip(path, summary);
}

/** Reads an app with an answer, under the conditions the answer was found under. */
function read(
  part: Part,
  app: EdgeApp,
  given: Circumstances,
  isAlone: boolean,
  notes: Notes,
): Satisfied {
  readClusters(part, given, notes);
  const chosen = chosenOf(part.said, given.fleet);
  const { asked, complaint, isDoubtful } = settle(given, app, chosen, isAlone);
  if (complaint !== undefined) notes.say(`${part.at}.clusters`, complaint);
  if (isDoubtful) {
    notes.skip(`${part.at}.clusters`, 'whether some set keeps the tiers and limits that gave way');
  }
  readRejections(part, asked.facts, notes);
  const answer = readAssignments(part, asked.facts, given, notes);
  if (chosen.length === 0) notes.say(`${part.at}.satisfied`, 'got true, but no cluster is chosen');
  if (part.said.conflict !== undefined)
    notes.say(`${part.at}.conflict`, 'got a conflict, expected none');
  return { part, asked, answer };
}

/** What an app without an answer looks like to the others. */
function nowhereOf(app: EdgeApp, given: Circumstances): Answer {
  return { facts: factsOf(given, app, 1), chosen: [], outcome: outcomeOf([], []) };
}

/** Every rule of every app, and what the clusters have for all of them. */
function checkRules(
  satisfied: readonly Satisfied[],
  nowhere: readonly Answer[],
  notes: Notes,
): void {
  const answers = satisfied.map(({ answer }) => answer);
  for (const { part, asked, answer } of satisfied) {
    const say = (rule: string, summary: string) =>
      notes.say(`${part.at}.clusters`, `${rule}: ${summary}`);
    for (const { rule, summary } of setBreaches(answer.facts, answer.chosen)) say(rule, summary);
    const broken = restrictionBroken(asked.facts, asked.restrictions, asked.now, answer.chosen);
    if (broken !== undefined) say('stability', `got a set that breaks ${broken}`);
    for (const { rule, summary } of loadBreaches(answer, [...answers, ...nowhere]))
      say(rule, summary);
  }
  for (const { cluster, rule, summary } of sharedBreaches(answers)) {
    const index = satisfied.findIndex(({ answer }) => answer.chosen.includes(cluster));
    notes.say(`${satisfied[index]!.part.at}.clusters`, `${rule}: ${summary}`);
  }
}

function checkSums(decision: PlacementDecision, notes: Notes): void {
  const sum = (key: 'value' | 'bound') =>
    decision.apps.reduce((all, { objective }) => all + objective[key], 0);
  const scale = Math.max(0, ...decision.apps.map(({ objective }) => Math.abs(objective.value)));
  notes.close('objective.value', decision.objective.value, sum('value'), scale);
  notes.close('objective.bound', decision.objective.bound, sum('bound'), scale);
  checkGap(decision.objective, 'objective', notes);
  for (const [index, { objective }] of decision.apps.entries()) {
    checkGap(objective, `apps[${index}].objective`, notes);
  }
}
