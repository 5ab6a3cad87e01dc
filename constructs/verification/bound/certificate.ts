/** Checks the certificate: proves its bounds again, and that the bounds in the decision are no more than those. */
import type { PlacementDecision } from '../../model/decision';
import type { AppEntry } from '../input/decision-reader';
import { type FindingLog, slack } from '../input/findings';
import type { Solution } from '../input/solution';
import type { RestrictedApp } from '../rules/evaluation';
import { checkDualProof } from './dual-proof';
import { enumerateApp, enumerateJointly, jointValue } from './enumeration';
import { appLagrangianBound, capacityCost, readCapacityMultipliers } from './joint-bound';
import { cheaperCombination } from './joint-columns';
import { findLegalSet } from './restrictions';

/** A satisfied app: its entry in the decision, the app under the restrictions it was placed with, and its solution. */
export interface Satisfied {
  readonly entry: AppEntry;
  readonly restrictedApp: RestrictedApp;
  readonly solution: Solution;
  /** The clusters violate the policy as written and stay within leaveMargin. */
  readonly isWithinMargin?: true;
}

/** Checks the bounds of all satisfied apps against the certificate. */
export function checkCertificate(
  decision: PlacementDecision,
  apps: readonly Satisfied[],
  log: FindingLog,
): void {
  const { kind, apps: certificates = [] } = decision.certificate;
  if (apps.some((one) => cannotBeProved(one, apps.length))) {
    log.skip('certificate', 'what bounds are worth beside clusters that stand within leaveMargin');
    return;
  }
  const names = certificates.map(({ app }) => app);
  const expected = apps.map(({ entry }) => entry.appDecision.app);
  for (const [index, name] of names.entries()) {
    if (name !== expected[index]) {
      log.add(
        `certificate.apps[${index}].app`,
        `got ${name}, expected ${expected[index] ?? 'no more'}`,
      );
    }
  }
  if (names.length < expected.length) {
    log.add('certificate', `got no proof for ${expected.slice(names.length).join(', ')}`);
  }
  const { limitPrices } = decision.certificate;
  if (limitPrices !== undefined && kind !== 'joint') {
    log.add('certificate.limitPrices', 'got prices, but the proof is not a joint one');
  }
  if (kind === 'joint' && limitPrices !== undefined) {
    checkJointDual(decision, apps, limitPrices, log);
    return;
  }
  if (kind === 'joint') {
    checkJointEnumeration(decision, apps, log);
    return;
  }
  if (apps.length > 0 || kind !== undefined) {
    log.expectSame('certificate.kind', kind, 'independent');
  }
  for (const one of apps) {
    const index = names.indexOf(one.entry.appDecision.app);
    const certificate = certificates[index];
    const path = `certificate.apps[${index}]`;
    if (certificate?.kind === 'enumeration') checkEnumeration(one, apps.length === 1, log);
    else if (certificate?.kind === 'dual') checkDual(one, certificate, path, log);
    else log.add('certificate', `got no proof that is known for ${one.entry.appDecision.app}`);
  }
}

/** Within leaveMargin a bound cannot be checked beside other apps, or where no set keeps the policy as written. */
function cannotBeProved({ isWithinMargin, restrictedApp }: Satisfied, apps: number): boolean {
  return isWithinMargin === true && (apps > 1 || typeof findLegalSet(restrictedApp) === 'string');
}

/** Checks that no set of the app alone costs less than the bound, and, for the only app, that some set costs the bound or the value does. */
function checkEnumeration(
  { entry, restrictedApp }: Satisfied,
  isOnly: boolean,
  log: FindingLog,
): void {
  const { bound, value } = entry.appDecision.objective;
  const { best, end } = enumerateApp(restrictedApp, bound);
  const path = `${entry.basePath}.objective.bound`;
  if (best !== undefined && jointValue(best) < bound - slack(bound)) {
    log.add(
      path,
      `got ${bound}, expected at most ${jointValue(best)}: ${namesOf(best)} costs that`,
    );
  } else if (end !== 'complete') {
    log.add(path, `got ${bound} by enumeration, which is too much to look through again`);
  } else if (isOnly && best === undefined && value > bound + slack(value)) {
    log.add(path, `got ${bound}, but no answer costs so little`);
  }
}

function checkDual(
  { entry, restrictedApp }: Satisfied,
  certificate: Parameters<typeof checkDualProof>[1],
  path: string,
  log: FindingLog,
): void {
  for (const step of [certificate, ...(certificate.steps ?? [])]) {
    checkOriginNames(restrictedApp, step.originPrices, path, log);
  }
  const { proved, objections, unchecked } = checkDualProof(restrictedApp, certificate);
  if (unchecked > 0) {
    log.skip(path, `what ${unchecked} of the sets that the proof leaves cost at least`);
  }
  for (const objection of objections) log.add(path, `got ${objection}`);
  if (certificate.bound > proved + slack(proved)) {
    log.add(
      `${path}.bound`,
      `got ${certificate.bound}, but the prices prove no more than ${proved}`,
    );
  }
  const { bound, value } = entry.appDecision.objective;
  const most = Math.min(certificate.bound, value);
  if (Math.abs(bound - most) > slack(most, proved)) {
    log.add(
      `${entry.basePath}.objective.bound`,
      `got ${bound}, but the certificate proves ${most}`,
    );
  }
}

/** Checks a joint dual proof: the bounds hold as a sum, by multipliers on the capacities that the apps share. */
function checkJointDual(
  decision: PlacementDecision,
  apps: readonly Satisfied[],
  limitPrices: NonNullable<PlacementDecision['certificate']['limitPrices']>,
  log: FindingLog,
): void {
  const instance = apps.map(({ restrictedApp }) => restrictedApp.instance);
  if (instance.length === 0) return;
  const { byCluster, objections } = readCapacityMultipliers(limitPrices, instance[0]!);
  for (const objection of objections) log.add('certificate.limitPrices', `got ${objection}`);
  if (decision.certificate.apps?.every((one) => one.kind === 'enumeration')) {
    checkJointColumns(apps, byCluster, log);
    return;
  }
  const cost = capacityCost(byCluster, instance);
  let [proved, claimed] = [-cost, 0];
  for (const [index, { entry, restrictedApp }] of apps.entries()) {
    const certificate = decision.certificate.apps?.[index];
    const path = `certificate.apps[${index}]`;
    if (certificate?.kind !== 'dual') {
      log.add(`${path}.kind`, `got ${certificate?.kind ?? 'nothing'}, expected dual`);
      return;
    }
    if (certificate.steps !== undefined || certificate.rulePrices !== undefined) {
      log.add(path, 'got steps or prices of rules, which a joint proof does not have');
    }
    checkOriginNames(restrictedApp, certificate.originPrices, path, log);
    proved += appLagrangianBound(restrictedApp, byCluster, certificate.originPrices);
    claimed += certificate.bound;
    const { bound, value } = entry.appDecision.objective;
    const most = Math.min(certificate.bound, value);
    if (Math.abs(bound - most) > slack(most)) {
      log.add(
        `${entry.basePath}.objective.bound`,
        `got ${bound}, but the certificate says ${most}`,
      );
    }
  }
  if (!(claimed <= proved + slack(proved))) {
    log.add(
      'certificate.apps',
      `got bounds of ${claimed} in sum, but the prices prove no more than ${proved}`,
    );
  }
}

/** Checks a joint proof by columns: no combination of them that fits costs less than the bounds in sum. */
function checkJointColumns(
  apps: readonly Satisfied[],
  multipliers: Parameters<typeof cheaperCombination>[1],
  log: FindingLog,
): void {
  const bound = apps.reduce((sum, { entry }) => sum + entry.appDecision.objective.bound, 0);
  const restricted = apps.map(({ restrictedApp }) => restrictedApp);
  // The largest loads that fit have the tolerance of fitting themselves.
  const found = cheaperCombination(restricted, multipliers, bound - 10 * slack(bound));
  if (found === undefined) {
    log.skip('objective.bound', 'whether no combination of clusters and loads costs less');
  } else if (found < bound) {
    log.add(
      'objective.bound',
      `got ${bound}, but clusters and loads that fit together cost no more than ${found}`,
    );
  }
}

function checkOriginNames(
  { instance }: RestrictedApp,
  originPrices: Readonly<Record<string, number>>,
  path: string,
  log: FindingLog,
): void {
  const origins = new Set(instance.origins.map(({ name }) => name));
  for (const name of Object.keys(originPrices)) {
    if (!origins.has(name))
      log.add(`${path}.originPrices.${name}`, 'got a price for no origin with demand');
  }
}

/** Checks a joint enumeration: the bounds hold as a sum, because no combination of sets is cheaper. */
function checkJointEnumeration(
  decision: PlacementDecision,
  apps: readonly Satisfied[],
  log: FindingLog,
): void {
  const bound = apps.reduce((sum, { entry }) => sum + entry.appDecision.objective.bound, 0);
  for (const [index, certificate] of (decision.certificate.apps ?? []).entries()) {
    log.expectSame(`certificate.apps[${index}].kind`, certificate.kind, 'enumeration');
  }
  const { best, end } = enumerateJointly(
    apps.map(({ restrictedApp }) => restrictedApp),
    bound,
  );
  if (best !== undefined && jointValue(best) < bound - slack(bound)) {
    log.add(
      'objective.bound',
      `got ${bound}, expected at most ${jointValue(best)}: ${namesOf(best)} costs that`,
    );
  } else if (end !== 'complete') {
    log.add(
      'objective.bound',
      `got ${bound} by enumeration, which is too much to look through again`,
    );
  }
}

function namesOf(solutions: readonly Solution[]): string {
  const sets = solutions.map(({ instance, chosen }) =>
    chosen.map((cluster) => instance.clusters[cluster]!.name).join(', '),
  );
  return sets.join('; ');
}
