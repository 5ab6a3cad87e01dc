/** leaveMargin: an app may stay on its previous clusters while they violate the policy by no more than the margin. */
import type { EdgeApp } from '../../policy';
import type { Satisfied } from '../bound/certificate';
import { type AppInstance, appInstance } from '../input/app-instance';
import type { VerificationContext } from '../input/context';
import { checkClusterLists, checkRejections, readSolution } from '../input/decision-reader';
import { type FindingLog, newFindingLog } from '../input/findings';
import type { Solution } from '../input/solution';
import { isLegalSet, type RestrictedApp } from '../rules/evaluation';
import { isPreviousSet } from '../rules/stability-rules';
import { capacityViolations, loadViolations, setViolations } from '../rules/violations';

/** The default of leaveMargin. */
const DEFAULT_MARGIN = 0.1;
/** The previous clusters are evaluated without freeze. */
const restrictions = { freeze: false, held: true, maxChanges: true };

/** The app with every limit relaxed by leaveMargin, to evaluate its previous clusters; undefined where nothing is relaxed. */
export function relaxedByLeaveMargin(
  context: VerificationContext,
  app: EdgeApp,
  openTiers: number,
): RestrictedApp | undefined {
  const share = app.policy.stability.leaveMargin ?? DEFAULT_MARGIN;
  if (share === 0) return undefined;
  const instance = appInstance(context, withRelaxedLimits(app, share), openTiers);
  if (instance.previous === undefined) return undefined;
  return {
    instance: { ...instance, demandDivisor: 1 + share },
    restrictions,
    now: context.now,
  };
}

/** The app with every limit relaxed by the share. */
function withRelaxedLimits(app: EdgeApp, share: number): EdgeApp {
  const { constraints } = app.policy;
  const signals: AppInstance['app']['policy']['constraints']['signals'] = {};
  for (const [name, limit] of Object.entries(constraints.signals)) {
    const { min, max, leaveMin, leaveMax } = limit;
    signals[name] = {
      ...limit,
      missing: 'ignore',
      min: min === undefined ? undefined : (leaveMin ?? min - share * Math.abs(min)),
      max: max === undefined ? undefined : (leaveMax ?? max + share * Math.abs(max)),
    };
  }
  const { latency, capacity } = constraints;
  const changed = {
    ...constraints,
    signals,
    latency: latency && {
      milliseconds: latency.milliseconds * (1 + share),
      share: Math.max(0, 1 - (1 - latency.share) * (1 + share)),
    },
    capacity: capacity && {
      ...capacity,
      headroom: Math.max(0, 1 - (1 - capacity.headroom) * (1 + share)),
    },
  };
  return { ...app, policy: { ...app.policy, constraints: changed } };
}

/**
 * The same app, evaluated with relaxed limits, and the findings about it: where the previous clusters violate the policy as written
 * but not the relaxed one. Undefined otherwise. `solutions` are those of all apps, under the policy as written.
 */
export function withinLeaveMargin(
  { entry, restrictedApp, solution }: Satisfied,
  app: EdgeApp,
  context: VerificationContext,
  logAsWritten: FindingLog,
  solutions: readonly Solution[],
): { readonly satisfied: Satisfied; readonly log: FindingLog } | undefined {
  if (!isPreviousSet(restrictedApp.instance, solution.chosen)) return undefined;
  const isLegal = logAsWritten.findings.length === 0 && !violatesRules(solution, solutions);
  if (isLegal) return undefined;
  for (let open = 1; open <= Math.max(1, app.policy.tiers.length); open++) {
    const relaxed = relaxedByLeaveMargin(context, app, open);
    if (relaxed === undefined || !isLegalSet(relaxed, solution.chosen)) continue;
    const log = newFindingLog();
    checkClusterLists(entry, context, log);
    const instance = appInstance(context, app, open);
    checkRejections(entry, instance, log);
    const relaxedSolution = readSolution(entry, relaxed.instance, context, log);
    const beside = solutions.map((one) => (one === solution ? relaxedSolution : one));
    if (log.findings.length > 0 || violatesRules(relaxedSolution, beside)) continue;
    const written = { instance, restrictions, now: context.now };
    const satisfied = { entry, restrictedApp: written, solution: relaxedSolution };
    return { log, satisfied: { ...satisfied, isWithinMargin: true } };
  }
  return undefined;
}

function violatesRules(solution: Solution, solutions: readonly Solution[]): boolean {
  const isOverloaded = [...capacityViolations(solutions)].some(({ cluster }) =>
    solution.chosen.includes(cluster),
  );
  return (
    isOverloaded ||
    setViolations(solution.instance, solution.chosen).next().done !== true ||
    loadViolations(solution, solutions).next().done !== true
  );
}
