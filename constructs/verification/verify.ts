/** Verification: checks every number of a decision against the documents it was made from, and shares no code with the optimizer. */
import { digestOf } from '../model/canonical';
import type { PlacementDecision } from '../model/decision';
import { fleetDigest } from '../model/fleet';
import type { EdgeApp, PlaceInput } from '../policy';
import { checkCertificate, type Satisfied } from './bound/certificate';
import { strictestConditions } from './bound/restrictions';
import { checkShadowPrices } from './bound/shadow-prices';
import { appInstance } from './input/app-instance';
import { assignmentOf } from './input/assignment-problem';
import { contextOf, demandDigest, type VerificationContext } from './input/context';
import {
  type AppEntry,
  checkClusterLists,
  checkRejections,
  chosenOf,
  readSolution,
} from './input/decision-reader';
import { type FindingLog, newFindingLog, reportOf, type VerifyReport } from './input/findings';
import { rejectedLists } from './input/rejected';
import type { Solution } from './input/solution';
import { checkGap, checkNumbers } from './rules/numbers';
import { checkAssignments } from './rules/optimality';
import { violatedRestriction } from './rules/stability-rules';
import { capacityViolations, loadViolations, setViolations } from './rules/violations';
import { withinLeaveMargin } from './stability/leave-margin';
import { checkGain } from './stability/minimum-gain';
import { checkSpares } from './stability/replica-deadband';
import { checkFailStatic, checkUnsatisfied } from './stability/unplaced-apps';

/** See the door. */
export function verify(decision: PlacementDecision, input: PlaceInput): VerifyReport {
  const log = newFindingLog();
  const context = contextOf(input);
  checkHead(decision, input, context, log);
  const entries = entriesOf(decision, context, log);
  const isAlone = entries.length === 1;
  const satisfied = satisfiedApps(entries, context, isAlone, log);
  const unsatisfied = entries.filter(
    ({ entry, app }) =>
      !entry.appDecision.satisfied && context.bases.get(app.name)?.kind === 'placed',
  );
  const solutions = satisfied.map(({ solution }) => solution);
  const unplaced = unsatisfied.map(({ app }) => unplacedSolution(app, context));
  for (const [index, { entry, app }] of unsatisfied.entries()) {
    const beside = [...solutions, ...unplaced.filter((_, other) => other !== index)];
    checkUnsatisfied(entry, app, context, beside, log);
  }
  checkRules(satisfied, unplaced, log);
  const basePaths = satisfied.map(({ entry }) => entry.basePath);
  checkAssignments(solutions, basePaths, log);
  for (const { entry, solution } of satisfied) checkNumbers(entry, solution, context, log);
  checkSpares(satisfied, log);
  checkShadowPrices(decision, solutions, log);
  checkSums(decision, log);
  checkCertificate(decision, satisfied, log);
  if (isAlone) for (const one of satisfied) checkGain(one, context, log);
  return reportOf(log, decision);
}

/** Checks the clock, the digests of the inputs, and the digest of the decision. */
function checkHead(
  decision: PlacementDecision,
  input: PlaceInput,
  context: VerificationContext,
  log: FindingLog,
): void {
  const { now, inputs } = decision;
  if (context.clock === undefined)
    log.add('now', `got ${now}, but neither a clock nor a demand was given`);
  else if (Date.parse(now) !== context.now) log.add('now', `got ${now}, expected ${context.clock}`);
  log.expectSame('inputs.fleet', inputs.fleet, fleetDigest(input.fleet));
  log.expectSame('inputs.demand', inputs.demand, demandDigest(context));
  log.expectSame('inputs.apps', inputs.apps, digestOf(context.writtenApps));
  log.expectSame('inputs.previous', inputs.previous, context.previous?.digest ?? null);
  log.expectSame('inputs.observedAt', inputs.observedAt, context.observedAt);
  const { digest, ...rest } = decision;
  log.expectSame('digest', digest, digestOf(rest));
}

interface AppInDecision {
  readonly entry: AppEntry;
  readonly app: EdgeApp;
}

/** The entries of the given apps; checks that the decision has exactly these. */
function entriesOf(
  decision: PlacementDecision,
  context: VerificationContext,
  log: FindingLog,
): readonly AppInDecision[] {
  const names = context.apps.map(({ name }) => name);
  for (const [index, { app }] of decision.apps.entries()) {
    if (app !== names[index])
      log.add(`apps[${index}].app`, `got ${app}, expected ${names[index] ?? 'no more'}`);
  }
  const rejected = rejectedLists(decision, log);
  const at = new Map<string, number>();
  for (const [index, { app }] of decision.apps.entries()) if (!at.has(app)) at.set(app, index);
  const missing = names.filter((name) => !at.has(name));
  if (missing.length > 0) log.add('apps', `got nothing for ${missing.join(', ')}`);
  return context.apps.flatMap((app) => {
    const index = at.get(app.name) ?? -1;
    const appDecision = decision.apps[index];
    if (appDecision === undefined) return [];
    if (context.bases.get(app.name)?.kind === 'noDemand') {
      log.add(`apps[${index}]`, 'got a decision, though no demand says where requests come from');
    }
    const basePath = `apps[${index}]`;
    return [{ app, entry: { appDecision, basePath, rejected: rejected[index] ?? [] } }];
  });
}

/**
 * The satisfied apps that were placed anew. The findings of each are kept apart until it is known whether it stays on its previous
 * clusters within leaveMargin.
 */
function satisfiedApps(
  entries: readonly AppInDecision[],
  context: VerificationContext,
  isAlone: boolean,
  log: FindingLog,
): readonly Satisfied[] {
  const asWritten = entries.flatMap(({ entry, app }) => {
    if (context.bases.get(app.name)?.kind === 'failStatic') checkFailStatic(entry, context, log);
    else if (entry.appDecision.satisfied) {
      const ownLog = newFindingLog();
      return [{ app, ownLog, read: readSatisfied(entry, app, context, isAlone, ownLog) }];
    }
    return [];
  });
  const solutions = asWritten.map(({ read }) => read.solution);
  return asWritten.map(({ app, read, ownLog }, index) => {
    const relaxed = withinLeaveMargin(read, app, context, ownLog, solutions);
    append(relaxed?.log ?? ownLog, log);
    const satisfied = relaxed?.satisfied ?? read;
    solutions[index] = satisfied.solution;
    return satisfied;
  });
}

function append({ findings, skipped }: FindingLog, log: FindingLog): void {
  for (const { path, summary } of findings) log.add(path, summary);
  for (const { path, summary } of skipped) log.skip(path, summary);
}

/** Reads a satisfied app under the strictest tiers and stability restrictions that its clusters meet. */
function readSatisfied(
  entry: AppEntry,
  app: EdgeApp,
  context: VerificationContext,
  isAlone: boolean,
  log: FindingLog,
): Satisfied {
  checkClusterLists(entry, context, log);
  const chosen = chosenOf(entry.appDecision, context.fleet);
  const conditions = strictestConditions(context, app, chosen, isAlone);
  const { restrictedApp, objection, isUnknown } = conditions;
  if (objection !== undefined) log.add(`${entry.basePath}.clusters`, objection);
  if (isUnknown) {
    const summary = 'whether some set keeps the tiers and limits that gave way';
    log.skip(`${entry.basePath}.clusters`, summary);
  }
  checkRejections(entry, restrictedApp.instance, log);
  const solution = readSolution(entry, restrictedApp.instance, context, log);
  if (chosen.length === 0)
    log.add(`${entry.basePath}.satisfied`, 'got true, but no cluster is chosen');
  if (entry.appDecision.conflict !== undefined)
    log.add(`${entry.basePath}.conflict`, 'got a conflict, expected none');
  return { entry, restrictedApp, solution };
}

/** An unsatisfied app, as the rules of the other apps see it: on no cluster. */
function unplacedSolution(app: EdgeApp, context: VerificationContext): Solution {
  return { instance: appInstance(context, app, 1), chosen: [], assignment: assignmentOf([], []) };
}

/** Checks every rule of every satisfied app, and the capacity of every cluster. */
function checkRules(
  satisfied: readonly Satisfied[],
  unplaced: readonly Solution[],
  log: FindingLog,
): void {
  const solutions = satisfied.map(({ solution }) => solution);
  for (const { entry, restrictedApp, solution } of satisfied) {
    const add = (rule: string, summary: string) =>
      log.add(`${entry.basePath}.clusters`, `${rule}: ${summary}`);
    for (const { rule, summary } of setViolations(solution.instance, solution.chosen))
      add(rule, summary);
    const { instance, restrictions, now } = restrictedApp;
    const violated = violatedRestriction(instance, restrictions, now, solution.chosen);
    if (violated !== undefined) add('stability', `got a set that breaks ${violated}`);
    for (const { rule, summary } of loadViolations(solution, [...solutions, ...unplaced]))
      add(rule, summary);
  }
  for (const { cluster, rule, summary } of capacityViolations(solutions)) {
    const index = satisfied.findIndex(({ solution }) => solution.chosen.includes(cluster));
    log.add(`${satisfied[index]!.entry.basePath}.clusters`, `${rule}: ${summary}`);
  }
}

/** Checks that value and bound of the decision are the sums over its apps, and that every gap follows from them. */
function checkSums(decision: PlacementDecision, log: FindingLog): void {
  const sum = (key: 'value' | 'bound') =>
    decision.apps.reduce((all, { objective }) => all + objective[key], 0);
  const scale = Math.max(0, ...decision.apps.map(({ objective }) => Math.abs(objective.value)));
  log.expectClose('objective.value', decision.objective.value, sum('value'), scale);
  log.expectClose('objective.bound', decision.objective.bound, sum('bound'), scale);
  checkGap(decision.objective, 'objective', log);
  for (const [index, { objective }] of decision.apps.entries()) {
    checkGap(objective, `apps[${index}].objective`, log);
  }
}
