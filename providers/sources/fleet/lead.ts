/** A lead: what a source says of one cluster, and how to reach it, before the cluster itself is asked. */
import { delimiter, isAbsolute } from 'node:path';
import type { Cluster } from '../../../constructs/model/fleet';
import type { ListedCluster } from './inventories/inventory';

/** One lead. */
export interface Lead {
  /** As the source calls it: the context, or the name in the inventory. */
  readonly key: string;
  /** The name it has in the fleet unless a person or the last time has another one. */
  readonly name: string;
  /** For messages: the context "fra", the ManagedCluster "fra". */
  readonly title: string;
  /** Where it leads; undefined when nothing says so. */
  readonly address: string | undefined;
  /** None: nothing says how to reach it, and the inventory's word is taken. */
  readonly access: Cluster['access'];
  /** What the inventory says; none for a context. */
  readonly listed?: ListedCluster;
}

/** All that a source says. */
export interface Leads {
  readonly leads: readonly Lead[];
  /** Keys of all that there is, also what is not asked. */
  readonly keys: readonly string[];
  /** The paths of the kubeconfig, absolute, as one text. */
  readonly kubeconfig: string;
  /** An inventory that lists a cluster no more does not say that the cluster is gone: it stays, and takes nothing new. A person who takes a context away does. */
  readonly keepsVanished: boolean;
  /** For messages: contexts, ManagedClusters. */
  readonly plural: string;
  readonly warnings: readonly string[];
}

/** The paths of a kubeconfig as they are to stand in the fleet: a list without its empty parts. */
export function writtenPath(kubeconfig: string): string {
  if (isAbsolute(kubeconfig) && !kubeconfig.includes(delimiter)) return kubeconfig;
  return kubeconfig.split(delimiter).filter(Boolean).join(delimiter);
}
