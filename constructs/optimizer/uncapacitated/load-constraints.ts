/**
 * Rules about load as inequalities: the budget, and the share of requests within a latency.
 * Replicas are whole and at least the minimum. The fractional number that the load needs and the minimum are both lower bounds.
 */

import { type AppProblem, demandOf } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { allowedMembers, type LinearConstraint } from './inequality';

/** Sums may be over their limit by this share. */
const TOLERANCE = 1e-9;

/** Chosen clusters, replicas and egress within the budget: once with the fractional replicas of the load, once with the minimum. */
export function budgetConstraints(app: AppProblem): LinearConstraint[] {
  const { budget } = app;
  if (budget === undefined) return [];
  const members = allowedMembers(app, () => true);
  const [perLoad, least] = replicasOf(app);
  const limit = -(budget.usdPerHour + TOLERANCE * Math.max(1, budget.usdPerHour));
  const scale = Math.max(budget.usdPerHour / Math.max(1, sizeRange(app).max), TOLERANCE);
  const row = (name: string, fixed: number, moving: number): LinearConstraint => ({
    name,
    members,
    weights: Float64Array.from(members, (c) => budget.open[c] + fixed * budget.perReplica[c]),
    sign: -1,
    limit,
    serviceCoefficients: {
      perRequest: budget.perRequestPerSecond.map((usd, c) => usd + moving * budget.perReplica[c]),
    },
    scale,
  });
  return [row('budget', 0, perLoad), row('budget.least', least, 0)];
}

/** Replicas per request/s, in fractions, and the least of all components. */
function replicasOf({ components }: AppProblem): readonly [number, number] {
  let [perLoad, least] = [0, 0];
  for (const one of components) {
    perLoad += 1 / one.requestsPerSecondPerReplica;
    least += one.minReplicas;
  }
  return [perLoad, least];
}

/** Requests beyond the latency limit are at most the share allowed. */
export function latencyShareConstraints(app: AppProblem): LinearConstraint[] {
  if (app.nearShare === undefined) return [];
  const { within, share } = app.nearShare;
  const all = demandOf(app);
  return [
    {
      name: 'latency',
      members: new Int32Array(0),
      sign: 1,
      limit: -(1 - share + TOLERANCE) * all,
      serviceCoefficients: { exempt: within },
      scale: all / Math.max(1, sizeRange(app).max),
    },
  ];
}
