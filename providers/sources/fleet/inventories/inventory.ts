/** What every inventory has: which objects of a hub it lists, and what one of them says about its cluster. */
import type { Cluster } from '../../../../constructs/model/fleet';
import type { Capacity } from '../observation/quantities';
import type { HubObject } from './hub-object';

/** Where a hub says that a cluster is. Codes of regions are looked up; coordinates are taken as they are. */
export interface ListedPlace {
  /** Code of a cloud region, such as eu-central-1. */
  readonly cloudRegion?: string;
  readonly provider?: string;
  readonly latitude?: number;
  readonly longitude?: number;
  /** Region of the fleet, such as europe. */
  readonly region?: string;
  readonly country?: string;
  readonly city?: string;
}

/** What a hub says about the health of a cluster. */
export interface ListedHealth {
  readonly state: 'ready' | 'cordoned' | 'misconfigured' | 'unreachable';
  /** When that began, ISO 8601; only what the hub itself dates. */
  readonly since?: string;
  /** Why it is not ready, and what a person can do. */
  readonly why?: string;
  readonly remedy?: string;
}

/** One cluster as an inventory lists it: facts and references, never a credential. */
export interface ListedCluster {
  /** Its name in the inventory. */
  readonly name: string;
  /** UID of its namespace kube-system, where the inventory has it. */
  readonly uid?: string;
  readonly place: ListedPlace;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints?: Cluster['taints'];
  /** What pods may still use, where the hub reports what is taken; else undefined. */
  readonly free?: Capacity;
  readonly signals?: Cluster['signals'];
  /** None: the inventory says nothing, and only asking the cluster tells. */
  readonly health?: ListedHealth;
  /** Address of the API server. */
  readonly server?: string;
  /** Secret of the hub with a way to the cluster, as namespace/name. */
  readonly secret?: string;
  readonly warnings?: readonly string[];
}

/** One kind of inventory. */
export interface Inventory {
  /** Kind of the objects, for messages, such as ManagedCluster. */
  readonly title: string;
  /** One sentence for help and documentation. */
  readonly doc: string;
  /** Paths of lists, the newest version first; the first that the hub serves is read. `namespaced`: a namespace may be put into them. */
  readonly lists: readonly { readonly groupVersion: string; readonly plural: string }[];
  readonly namespaced: boolean;
  readonly labelSelector?: string;
  /** Reads one object; `now` is the clock of the discovery, ISO 8601. */
  readonly read: (object: HubObject, now: string) => ListedCluster;
}
