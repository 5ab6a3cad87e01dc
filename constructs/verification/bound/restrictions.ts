/** The tiers and stability restrictions that a set was chosen under, and whether a set exists that meets stricter ones. */
import type { EdgeApp } from '../../policy';
import { appInstance } from '../input/app-instance';
import type { VerificationContext } from '../input/context';
import type { Solution } from '../input/solution';
import { evaluateBeside, isLegalSet, type RestrictedApp } from '../rules/evaluation';
import { restrictionLevels, underRestrictions } from '../rules/stability-rules';
import { withStandingMinimum } from '../rules/standing';
import { enumerateSets } from './enumeration';

/** The conditions that a set meets. */
interface Conditions {
  readonly restrictedApp: RestrictedApp;
  /** Why stricter conditions should have been used, in words. */
  readonly objection?: string;
  /** True when enumeration could not tell whether stricter conditions can be met. */
  readonly isUnknown?: boolean;
}

/**
 * The strictest conditions that the chosen set meets. For an app that is alone on the fleet, enumeration searches for a set that
 * meets stricter ones. Beside other apps such a set proves nothing, because other choices of the apps might leave more capacity.
 */
export function strictestConditions(
  context: VerificationContext,
  app: EdgeApp,
  chosen: readonly number[],
  isAlone: boolean,
): Conditions {
  const tiers = Math.max(1, app.policy.tiers.length);
  let isUnknown = false;
  for (let open = 1; open <= tiers; open++) {
    const asWritten = appInstance(context, app, open);
    const standing = withStandingMinimum(asWritten, context);
    for (const restrictions of restrictionLevels) {
      const instance = underRestrictions(restrictions.held ? standing : asWritten, restrictions);
      const restrictedApp: RestrictedApp = { instance, restrictions, now: context.now };
      if (isLegalSet(restrictedApp, chosen)) return { restrictedApp, isUnknown };
      const better = isAlone ? findLegalSet(restrictedApp) : 'none';
      isUnknown ||= better === 'unknown';
      if (typeof better === 'string') continue;
      const names = better.map((cluster) => instance.clusters[cluster]!.name).join(', ');
      const objection = `got a set that is not legal, though ${names} would be`;
      return { restrictedApp, objection };
    }
  }
  return { isUnknown, restrictedApp: leastRestricted(context, app) };
}

/** The app with every tier and without stability restrictions. */
export function leastRestricted(context: VerificationContext, app: EdgeApp): RestrictedApp {
  const restrictions = restrictionLevels.at(-1)!;
  const instance = appInstance(context, app, Math.max(1, app.policy.tiers.length));
  return {
    instance: underRestrictions(instance, restrictions),
    restrictions,
    now: context.now,
  };
}

/** About how often the evaluation of a set looks at each pair of an origin and its cluster. */
const LOOKS_PER_VISIT = 20;
/** The work budget of the search, in pairs of an origin and a cluster. */
const MAX_PAIRS = 100_000_000;

/** A set for which every rule holds beside the given solutions; 'none' when there is none, 'unknown' when the budget is exhausted. */
export function findLegalSet(
  restrictedApp: RestrictedApp,
  beside: readonly Solution[] = [],
): readonly number[] | 'none' | 'unknown' {
  let found: readonly number[] | undefined;
  const workBudget = { left: MAX_PAIRS };
  const pairs = beside.reduce((sum, one) => sum + one.assignment.flows.length, 0);
  const workPerVisit = LOOKS_PER_VISIT * (50 + restrictedApp.instance.origins.length + pairs);
  const end = enumerateSets({
    instance: restrictedApp.instance,
    limit: Number.POSITIVE_INFINITY,
    workBudget,
    visit(chosen) {
      workBudget.left -= workPerVisit;
      if (evaluateBeside(restrictedApp, chosen, beside, workBudget) === undefined) return false;
      found = chosen;
      return true;
    },
  });
  return found ?? (end === 'budgetExhausted' || workBudget.left < 0 ? 'unknown' : 'none');
}
