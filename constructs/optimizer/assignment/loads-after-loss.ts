/** Loads after a loss: what each cluster of a set has to carry at most when clusters are lost that the app is to survive. */
import type { AppProblem, Limits, Work } from '../problem/problem';
import { assign } from './assign';
import { subsets } from './evaluation';

/**
 * For each position of `open` the most requests/s that it serves now (`load`) or after any loss of `survive`: then origins
 * go where it costs least among the clusters that are left; where that finds no room, anywhere legal with room; where nothing
 * has room, as a kept set of today may lack it, to the cheapest. Undefined for an app that need not survive anything. All
 * C(open, n) losses are tried, as each evaluation of a set tries them.
 */
export function loadsAfterLoss(
  app: AppProblem,
  { open, load }: { readonly open: readonly number[]; readonly load: ArrayLike<number> },
  limits: Limits,
): readonly number[] | undefined {
  const { survive } = app;
  if (survive === undefined || app.origins === 0 || survive.clusters >= open.length)
    return undefined;
  const most = new Map(open.map((cluster, position) => [cluster, load[position]]));
  // Nothing is decided here, so nothing is counted.
  const work: Work = { spent: 0, allowed: Number.POSITIVE_INFINITY };
  for (const remaining of subsets(open, open.length - survive.clusters)) {
    const cheapest = assign([app], [remaining], limits, work);
    const legal = { ...app, cost: survive.outside };
    const found = cheapest.shortfall > 0 ? assign([legal], [remaining], limits, work) : cheapest;
    const { load: carried } = (found.shortfall > 0 ? cheapest : found).apps[0];
    remaining.forEach((cluster, position) => {
      most.set(cluster, Math.max(most.get(cluster) ?? 0, carried[position]));
    });
  }
  return open.map((cluster) => most.get(cluster) ?? 0);
}
