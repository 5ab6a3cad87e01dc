/**
 * Standing minimum: a cluster that stands may serve less than a newcomer must, and one that is held as little as it likes. That is for
 * staying, and is no room for newcomers: while the previous clusters stand as they are, no other set may bring one of them below the
 * minimum load of a newcomer, or below what it has now where that is less already.
 */
import { isKeptThin, type Limits, type Work } from '../../optimizer';
import { loadThresholds } from '../../policy';
import { type CompiledApp, compileApp } from '../compile/compile';
import { canUseLeaveMargin, compileWithLeaveMargin, previousCandidate } from './leave-margin';

/** Loads may be short by this share. */
const TOLERANCE = 1e-9;

/**
 * The app with the minimum loads that other sets than the previous one are judged by; unchanged where the previous clusters may not
 * stay. They are judged within `limits`, without the apps that are placed together with this one.
 */
export function withStandingMinimum(
  compiled: CompiledApp,
  limits: Limits,
  work: Work,
): CompiledApp {
  const { app, previous, problem, eligibility, tiers } = compiled;
  if (previous === undefined || previous.size === 0 || app.policy.static) return compiled;
  const { enter } = loadThresholds(
    app.policy.constraints.minRequestsPerSecond,
    app.policy.stability,
  );
  const isEased = (cluster: number) =>
    eligibility.previous[cluster] === 1 && problem.threshold[cluster] < enter;
  if (!problem.threshold.some((_, cluster) => isEased(cluster))) return compiled;
  const all = Math.max(1, app.policy.tiers.length);
  const stability = { frozen: false, held: true, maxChanges: true };
  const written = tiers === all ? compiled : compileApp(compiled, all, stability, compiled);
  const standing =
    previousCandidate(written, limits, work) ??
    (canUseLeaveMargin(compiled)
      ? previousCandidate(compileWithLeaveMargin(compiled, all, written), limits, work)
      : undefined);
  if (standing === undefined) return compiled;
  const threshold = problem.threshold.slice();
  const { open, evaluated } = standing;
  open.forEach((cluster, position) => {
    const load = evaluated.assigned.load[position];
    const isEnough = load >= enter * (1 - TOLERANCE) || isKeptThin(problem, open, cluster);
    threshold[cluster] = Math.max(threshold[cluster], isEnough ? enter : Math.min(enter, load));
  });
  return { ...compiled, problem: { ...problem, threshold } };
}
