/** minGain: an app stays on its previous clusters while moving would gain less, and only then. */
import type { Satisfied } from '../bound/certificate';
import { enumerateApp } from '../bound/enumeration';
import type { VerificationContext } from '../input/context';
import { type FindingLog, slack } from '../input/findings';
import { evaluateBeside } from '../rules/evaluation';
import { objectiveValue } from '../rules/objective';
import { isPreviousSet } from '../rules/stability-rules';
import { relaxedByLeaveMargin } from '../rules/standing';

/** The work of looking for clusters that would gain enough, in sets and partial sets times origins: about a second. */
const MAX_WORK = 200_000_000;

/** Compares the solution with the previous clusters, for an app that is alone on the fleet. */
export function checkGain(
  { entry, restrictedApp, solution }: Satisfied,
  context: VerificationContext,
  log: FindingLog,
): void {
  const { instance } = restrictedApp;
  const before = [...instance.before].sort((a, b) => a - b);
  const relaxed = relaxedByLeaveMargin(context, context.apps[0]!, instance.openTiers);
  const previous =
    evaluateBeside(restrictedApp, before, []) ?? (relaxed && evaluateBeside(relaxed, before, []));
  if (previous === undefined || !isPreviousSet(instance, previous.chosen)) return;
  const value = objectiveValue(instance, previous.assignment, false);
  const least = instance.app.policy.stability.minGain * Math.abs(value);
  const stayed = isPreviousSet(instance, solution.chosen);
  const searched = stayed
    ? enumerateApp(restrictedApp, entry.appDecision.objective.bound, { left: MAX_WORK })
    : undefined;
  if (searched?.end === 'budgetExhausted')
    log.skip(`${entry.basePath}.clusters`, 'whether other clusters would gain enough');
  const best = stayed ? searched?.best?.[0]?.assignment : solution.assignment;
  if (best === undefined) return;
  const gain = value - objectiveValue(instance, best, false);
  if (!stayed && gain < least - slack(value)) {
    log.add(
      `${entry.basePath}.clusters`,
      `got other clusters for a gain of ${gain}, expected the previous ones below ${least}`,
    );
  }
  if (
    stayed &&
    gain > least + slack(value) &&
    objectiveValue(instance, best) < entry.appDecision.objective.value
  ) {
    log.add(
      `${entry.basePath}.clusters`,
      `got the previous clusters, though others gain ${gain}, at least ${least}`,
    );
  }
}
