/** Engine: what an engine of delivery is: which objects its hub gets for one app on one cluster, and what they tell. */

import type { Manifest } from '../model/app/workload';
import type { Cluster } from '../model/fleet';

/** One app on one cluster. */
export interface Target {
  readonly app: string;
  readonly cluster: Pick<Cluster, 'name' | 'uid' | 'access'>;
  /** What is to be in the cluster, in the order it is applied. */
  readonly content: readonly Manifest[];
  /** Replicas that the decision assigned, by `Kind namespace/name`. */
  readonly assigned: Readonly<Record<string, number>>;
}

/** Whether what a hub object delivers is ready in its cluster. */
export interface DeliveryReadiness {
  readonly ready: boolean;
  /** What is waited for, in words of the engine. */
  readonly reason: string;
  /** It will not become ready without a change. */
  readonly failed?: boolean;
}

/** An engine with its settings. */
export interface Engine {
  /** source: the objects of the app lie in Git, a registry or a bucket. hub: they lie in the hub objects. files: nothing but files. */
  readonly carriedBy: 'source' | 'hub' | 'files';
  /** What it does not promise that a release does, one sentence each. */
  readonly cannot: readonly string[];
  /** The namespace where a release keeps what it knows; undefined: it cannot be driven. */
  readonly namespace: string | undefined;
  /** What its settings lack to be driven, in words; undefined when nothing is missing. */
  readonly missing: string | undefined;
  /** Folder of the content below the root of the source. */
  readonly folderOf: (app: string, cluster: string) => string;
  /** The object as its cluster gets it: with the engine's own word for staying behind where it is to. */
  readonly contentOf: (manifest: Manifest) => Manifest;
  /** The objects for the hub. Throws EdgeErrors where a limit of the engine is passed. */
  readonly hubObjects: (target: Target) => readonly Manifest[];
  /** The change that makes its deletion take away what it delivered; undefined for an object that delivers nothing or must never take away. */
  readonly withdrawing: (object: Manifest) => object | undefined;
  /** The finalizer without which the engine does not notice a deletion. */
  readonly finalizer: (object: Manifest) => string | undefined;
  readonly readiness: (live: Manifest) => DeliveryReadiness;
  /** Which cluster it leads to, in the engine's own terms; undefined where it leads to none. */
  readonly leadsTo: (object: Manifest) => string | undefined;
}
