/** What an assignment is: who serves which share of whom. */
import type { Slots } from './slots';
import type { TransportAnswer } from './transport';

/** Who serves the origins of one app. */
export interface Assigned {
  readonly open: readonly number[];
  /** [origin * open.length + position in open]: requests/s. */
  readonly amounts: Float64Array;
  /** Requests/s by position in open. */
  readonly load: Float64Array;
}

/** Who serves the origins of all apps. */
export interface Assignment {
  /** Requests/s that find no legal room; 0 when the assignment is complete. */
  readonly shortfall: number;
  readonly apps: readonly Assigned[];
  /** False when a search for whole origins or replicas was cut short: a cheaper assignment may exist. */
  readonly isExact: boolean;
  /** The flow behind it, where capacity binds. */
  readonly flow?: { readonly answer: TransportAnswer; readonly slots: Slots };
}
