/** Compact decision: the part that states, plans and releases store: which app runs where and why, without what grows with the demand. */
import type { PlacementDecision } from './decision';

/**
 * The decision without assignments, rejected clusters, churn curve and dual prices, which grow with origins and
 * fleet. It still parses, serves as `previous` and drives a release; its digest remains that of the whole.
 */
export function compactDecision(decision: PlacementDecision): PlacementDecision {
  const apps = decision.apps.map((app) => ({
    ...app,
    rejected: [],
    assignments: [],
    churnCurve: [],
  }));
  return { ...decision, apps, prices: [], certificate: {} };
}
