/** The assignment of origins to clusters: which cluster serves how many requests/s of each origin. */

import type { MinCostFlowAnswer } from './min-cost-flow';
import type { Slots } from './slots';

/** Assignment of the origins of one app. */
export interface Assigned {
  readonly open: readonly number[];
  /** [origin * open.length + position]: requests/s that `open[position]` serves. Empty with `served`. */
  readonly amounts: Float64Array;
  /** By origin: the position of the only cluster that serves it, -1 for none. It replaces `amounts` where pairs are too many to store. */
  readonly served?: Int32Array;
  /** By position in `open`: its load in requests/s. */
  readonly load: Float64Array;
}

/** Visits all positive flows from an origin to a position, origin by origin. */
export function forEachFlow(
  requestsPerSecond: Float64Array,
  { open, amounts, served }: Assigned,
  visit: (origin: number, position: number, amount: number) => void,
): void {
  for (let origin = 0; origin < requestsPerSecond.length; origin++) {
    if (served !== undefined) {
      if (served[origin] >= 0) visit(origin, served[origin], requestsPerSecond[origin]);
      continue;
    }
    for (let position = 0; position < open.length; position++) {
      const amount = amounts[origin * open.length + position];
      if (amount > 0) visit(origin, position, amount);
    }
  }
}

/** Assignment of the origins of all apps. */
export interface Assignment {
  /** Requests/s that no cluster can serve; 0 when the assignment is complete. */
  readonly shortfall: number;
  readonly apps: readonly Assigned[];
  /** False when a search over whole origins or replicas reached its limit: a cheaper assignment may exist. */
  readonly isExact: boolean;
  /** The minimum-cost flow it comes from, where capacity binds. */
  readonly flow?: { readonly answer: MinCostFlowAnswer; readonly slots: Slots };
}
