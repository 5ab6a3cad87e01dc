/** The input of one app: what its placement is computed from. */
import type { Demand } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import type { EdgeApp } from '../../policy';
import type { PreviousClusters } from './eligibility';

/** Everything about one app that a placement is computed from. */
export interface AppInput {
  readonly app: EdgeApp;
  readonly fleet: Fleet;
  /** Undefined for a static policy. */
  readonly demand: Demand | undefined;
  readonly previous: PreviousClusters | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Clusters that are gone in this scenario. */
  readonly lost?: ReadonlySet<string> | undefined;
  /** Apps whose previous decision stands, with their clusters. */
  readonly fixedApps?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}
