/** What an assignment is: who serves which share of whom. */

import type { MinCostFlowAnswer } from './min-cost-flow';
import type { Slots } from './slots';

/** Who serves the origins of one app. */
export interface Assigned {
  readonly open: readonly number[];
  /** [origin * open.length + position in open]: requests/s. Empty with `served`. */
  readonly amounts: Float64Array;
  /** By origin: the position in open of the one cluster that serves it, -1 for none; where there are too many pairs to hold. */
  readonly served?: Int32Array;
  /** Requests/s by position in open. */
  readonly load: Float64Array;
}

/** Visits who serves which part of whom, origin by origin. */
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

/** Who serves the origins of all apps. */
export interface Assignment {
  /** Requests/s that find no legal room; 0 when the assignment is complete. */
  readonly shortfall: number;
  readonly apps: readonly Assigned[];
  /** False when a search for whole origins or replicas was cut short: a cheaper assignment may exist. */
  readonly isExact: boolean;
  /** The flow behind it, where capacity binds. */
  readonly flow?: { readonly answer: MinCostFlowAnswer; readonly slots: Slots };
}
