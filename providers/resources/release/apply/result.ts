/** Result: how a release ended in each cluster. */
import type { LiveObject, ObjectRef } from '../../../clusters/cluster';
import type { Finding } from '../observe/finding';
import type { Change } from '../plan/plan';
import type { Inventory } from '../state/inventory';

/** How it ended. `kept`: it would have gone, but stays for a reason; `retiring`: it left, and serves until it is retired; `left`: another owner holds it by now; `skipped`: its turn did not come. */
type Ending =
  | 'unchanged'
  | 'ready'
  | 'removed'
  | 'left'
  | 'evacuated'
  | 'kept'
  | 'retiring'
  | 'skipped'
  | 'rolled back'
  | 'refused'
  | 'failed'
  | 'unreachable';

/** One cluster. */
export interface ClusterResult {
  readonly name: string;
  readonly ending: Ending;
  readonly reason?: string;
  /** What was done, in order. */
  readonly objects: readonly { readonly ref: ObjectRef; readonly change: Change }[];
  /** What the cluster lists now, as far as it was written; undefined when nothing is left, or nothing is known. */
  readonly inventory?: Inventory;
}

/** All of them, by name. */
export interface ReleaseOutcome {
  readonly release: string;
  readonly clusters: readonly ClusterResult[];
}

/** What was done to one object, so that it can be undone. */
export interface Done {
  readonly finding: Finding;
  readonly object: LiveObject;
}

/** Endings after which applying again would still have something to do. */
export function isShort({ ending }: ClusterResult): boolean {
  return !['unchanged', 'ready', 'removed', 'left', 'evacuated', 'retiring'].includes(ending);
}
