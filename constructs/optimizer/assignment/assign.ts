/** Assigns origins to given sets of clusters: nearest where capacity allows it, else at least total cost. */

import { WHOLE_ORIGINS } from '../options';
import type { AppProblem, ImplicitCosts, Limits, Work } from '../problem/problem';
import type { Assigned, Assignment } from './assignment';
import { assignDivisibly } from './implicit-flow';
import { branchAndBound, flowOf } from './integer-assignment';
import { fitsRequests, overloadedCluster, type Slots, slotsOf } from './slots';
import { fitsByCount } from './whole-count';
import { assignWhole } from './whole-origins';

const { POSITIVE_INFINITY } = Number;

/**
 * The assignment of each app's origins to its set in `sets` at least total cost. `isExact` is false when whole origins or
 * replicas needed a search that reached its limit on nodes.
 */
export function assign(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  limits: Limits,
  work: Work,
): Assignment {
  const nearest = apps.map((app, a) => assignNearest(app, sets[a]));
  for (const [a, app] of apps.entries()) work.spent += app.origins * sets[a].length;
  const shortfall = nearest.reduce((sum, one) => sum + one.unserved, 0);
  if (shortfall > 0) return { shortfall, apps: nearest, isExact: true };
  const slots = slotsOf(apps, sets, limits);
  if (slots === undefined) return { shortfall: Number.MAX_VALUE, apps: nearest, isExact: true };
  const loads = nearest.map((one) => one.load);
  if (overloadedCluster(slots, apps, loads) === undefined && fitsRequests(slots, loads)) {
    return { shortfall: 0, apps: nearest, isExact: true };
  }
  return capacitatedAssignment(apps, sets, slots, nearest, work);
}

function capacitatedAssignment(
  apps: readonly AppProblem[],
  sets: readonly (readonly number[])[],
  slots: Slots,
  nearest: readonly Assigned[],
  work: Work,
): Assignment {
  const [app] = apps;
  const [open] = sets;
  const isImplicit = app.implicitCosts !== undefined;
  if (apps.length > 1 || (app.capacity !== 'whole' && !isImplicit))
    return branchAndBound(apps, sets, slots, nearest, work);
  const capacities = Float64Array.from(open, (_, position) =>
    Math.max(
      0,
      Math.min(
        slots.capacity[position],
        slots.shared[slots.clusterOf[position]].free.requestsPerSecond,
      ),
    ),
  );
  if (app.capacity !== 'whole') {
    const flow = () => flowOf(apps, sets, slots, nearest);
    return assignDivisibly(app, open, capacities, work, { slots, flow });
  }
  const isHopeless = !fitsByCount(app.requestsPerSecond, capacities);
  let found: Assignment = {
    shortfall: app.requestsPerSecond[0],
    apps: nearest,
    isExact: isHopeless,
  };
  if (isHopeless) return found;
  if (app.origins * open.length <= WHOLE_ORIGINS.maxExactPairs) {
    const start = assignWhole(app, open, capacities, work, WHOLE_ORIGINS.exactStart);
    found = branchAndBound(apps, sets, slots, nearest, work, start);
    if (found.isExact) return found;
  }
  const whole = assignWhole(app, open, capacities, work, WHOLE_ORIGINS.thorough);
  return whole === undefined ? found : { shortfall: 0, apps: [whole], isExact: false };
}

/** Assigns every origin to its cheapest legal cluster of `open`; the first of equals. `unserved`: requests/s without a legal cluster. */
export function assignNearest(
  app: AppProblem,
  open: readonly number[],
): Assigned & { unserved: number } {
  if (app.implicitCosts !== undefined) return assignImplicit(app, app.implicitCosts, open);
  const amounts = new Float64Array(app.origins * open.length);
  const load = new Float64Array(open.length);
  let unserved = 0;
  for (let origin = 0; origin < app.origins; origin++) {
    let best = -1;
    let bestCost = POSITIVE_INFINITY;
    for (let position = 0; position < open.length; position++) {
      const cost = app.cost[open[position] * app.origins + origin];
      if (cost < bestCost) {
        bestCost = cost;
        best = position;
      }
    }
    const weight = app.requestsPerSecond[origin];
    if (best < 0) unserved += weight;
    else {
      amounts[origin * open.length + best] = weight;
      load[best] += weight;
    }
  }
  return { open, amounts, load, unserved };
}

/** The same as `assignNearest` with implicit costs. */
function assignImplicit(
  app: AppProblem,
  many: ImplicitCosts,
  open: readonly number[],
): Assigned & { unserved: number } {
  const { served } = many.cheapest(open);
  const load = new Float64Array(open.length);
  let unserved = 0;
  for (let u = 0; u < app.origins; u++) {
    if (served[u] < 0) unserved += app.requestsPerSecond[u];
    else load[served[u]] += app.requestsPerSecond[u];
  }
  return { open, amounts: new Float64Array(0), served, load, unserved };
}
