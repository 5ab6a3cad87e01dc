/** What a combination of columns is worth: when room alone decides, how much there is for all apps, and their assignment. */

import { evaluate } from '../assignment/evaluation';
import { SharedLimits } from '../assignment/limits-beside';
import type { Candidate } from '../enumeration/enumeration';
import { dependsOnLoad } from '../problem/features';
import type { AppProblem, Limits, Problem, Work } from '../problem/problem';
import { ResidualCapacity } from './assignment/residual-capacity';
import type { Column } from './columns/app-columns';

/** True when every combination of columns that fits is legal: nothing else depends on loads, and the room is the same for every app. */
export function isDecidedByRoom({ apps, links, limits }: Problem): boolean {
  const headrooms = new Set(
    apps.filter((app) => app.capacity !== 'none').map((app) => app.headroom),
  );
  return (
    links.length === 0 &&
    headrooms.size < 2 &&
    limits.total.requestsPerSecond.every((one) => one === Number.POSITIVE_INFINITY) &&
    apps.every((app) => app.capacity !== 'whole' && !hasRulesAboutLoad(app))
  );
}

/** True when some rule about load may make a set illegal. What replicas cost does not. */
function hasRulesAboutLoad(app: AppProblem): boolean {
  return dependsOnLoad({ ...app, replicaCost: new Float64Array(app.clusters) });
}

/** The room for all apps, with the least headroom of them and the tolerance of fitting. */
export function roomForAll({ apps, clusters, limits }: Problem): Float64Array {
  const share = apps.reduce(
    (least, app) => (app.capacity === 'none' ? least : Math.min(least, app.headroom)),
    1,
  );
  return new ResidualCapacity(clusters, limits, share).limit.slice();
}

/** Each app at its cheapest on the set of its column, beside what the others have or will need. */
export function assignedInTurn(
  problem: Problem,
  at: readonly number[],
  chosen: readonly Column[],
  work: Work,
): readonly Candidate[] | undefined {
  const limits: Limits = problem.limits;
  const apps = at.map((a) => problem.apps[a] as AppProblem);
  const shared = new SharedLimits(
    limits,
    chosen.map((assigned, k) => ({ app: apps[k] as AppProblem, assigned })),
  );
  const found: Candidate[] = [];
  for (const [k, app] of apps.entries()) {
    const { open } = chosen[k] as Column;
    const evaluated = evaluate(app, open, shared.beside(k), work);
    if (evaluated.violation > 0) return undefined;
    shared.set(k, { app, assigned: evaluated.assigned });
    found.push({ open, evaluated });
  }
  return found;
}
