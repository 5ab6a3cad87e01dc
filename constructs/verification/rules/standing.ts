/** Previous clusters that may stay: within leaveMargin, and what that asks of every other set. */
import type { EdgeApp } from '../../policy';
import { type AppInstance, appInstance } from '../input/app-instance';
import type { VerificationContext } from '../input/context';
import { slack } from '../input/findings';
import { evaluateBeside, type RestrictedApp } from './evaluation';
import { isExemptByCounts } from './violations';

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
 * The instance for sets other than the previous one. While the previous clusters may stay, a standing cluster is not to fall below
 * what a newcomer must serve because of another set, or below what it serves now where that is less; and being held exempts none.
 */
export function withStandingMinimum(
  instance: AppInstance,
  context: VerificationContext,
): AppInstance {
  const { app, before } = instance;
  const { constraints, stability } = app.policy;
  if (before.size === 0 || app.policy.static) return instance;
  const least = stability.enterRequestsPerSecond ?? constraints.minRequestsPerSecond;
  const chosen = [...before].sort((a, b) => a - b);
  const tiers = Math.max(1, app.policy.tiers.length);
  const written = { instance: appInstance(context, app, tiers), restrictions, now: context.now };
  const relaxed = relaxedByLeaveMargin(context, app, tiers);
  const standing =
    before.size < (instance.previous?.clusters.length ?? 0)
      ? undefined
      : (evaluateBeside(written, chosen, []) ?? (relaxed && evaluateBeside(relaxed, chosen, [])));
  if (standing === undefined) return instance;
  const minimumLoad = instance.minimumLoad.map((usual, cluster) => {
    if (!before.has(cluster)) return usual;
    const load = standing.assignment.load.get(cluster) ?? 0;
    if (load >= least - slack(least) || isExemptByCounts(instance, chosen, cluster)) return least;
    const standard = instance.exempt.has(cluster) ? 0 : usual;
    return Math.max(standard, Math.min(least, load));
  });
  return { ...instance, minimumLoad, exempt: new Set() };
}
