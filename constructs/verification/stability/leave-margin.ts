/** leaveMargin: an app may stay on its previous clusters while they violate the policy by no more than the margin. */
import type { EdgeApp } from '../../policy';
import type { Satisfied } from '../bound/certificate';
import { appInstance } from '../input/app-instance';
import type { VerificationContext } from '../input/context';
import { checkClusterLists, checkRejections, readSolution } from '../input/decision-reader';
import { type FindingLog, newFindingLog } from '../input/findings';
import type { Solution } from '../input/solution';
import { isLegalSet } from '../rules/evaluation';
import { isPreviousSet } from '../rules/stability-rules';
import { relaxedByLeaveMargin, withStandingMinimum } from '../rules/standing';
import { capacityViolations, loadViolations, setViolations } from '../rules/violations';

/** The previous clusters are evaluated without freeze. */
const restrictions = { freeze: false, held: true, maxChanges: true };

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
    const instance = withStandingMinimum(appInstance(context, app, open), context);
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
