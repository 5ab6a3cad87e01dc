/** Desired: what a release wants on every chosen cluster, as labelled objects in the order they are applied. */
import { isOwnNamespace, withHome } from '../../../../constructs/kubernetes/complete';
import { render } from '../../../../constructs/kubernetes/render';
import { digestOf } from '../../../../constructs/model/canonical';
import { type Cluster, fleetDigest } from '../../../../constructs/model/fleet';
import type { Manifest } from '../../../../constructs/model/workload';
import { type Capacity, withCapacity } from './capacity';
import { withoutControllerFields } from './controller-fields';
import { labelled } from './identity';
import type { ReleaseProps } from './props';
import { encodedSecret, manifestDigest } from './secrecy';

/** What one chosen cluster is to have. */
export interface DesiredCluster {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly manifests: readonly Manifest[];
  /** Of workloads whose replicas an autoscaler owns, by key. */
  readonly capacity: ReadonlyMap<string, Capacity>;
  /** Names of Namespaces that nobody wrote down. */
  readonly ownNamespaces: ReadonlySet<string>;
  /** The decision has just added the cluster. */
  readonly added: boolean;
}

/** What is to be, everywhere. */
export interface Desired {
  readonly release: string;
  readonly namespace: string;
  /** Digests of the documents it was made from, and of all objects without the values of secrets. */
  readonly fleet: string;
  readonly decision: string;
  readonly objects: string;
  readonly clusters: readonly DesiredCluster[];
  /** Clusters that the decision dropped, with its reason. */
  readonly dropped: ReadonlyMap<string, string>;
}

/** Renders the bundle for every chosen cluster. Throws EdgeError UnknownName for a cluster the bundle was not made for. */
export function desiredOf({ name, bundle, decision, fleet }: ReleaseProps): Desired {
  const app = decision.apps.find((one) => one.app === bundle.app);
  const facts = new Map<string, Cluster>(fleet.clusters.map((one) => [one.name, one]));
  const clusters = (app?.clusters ?? []).map((placed): DesiredCluster => {
    const cluster = facts.get(placed.name);
    const options = { decisionDigest: decision.digest, ...(cluster ? { cluster } : {}) };
    // The inventory lives in this namespace, whether any other object does or not.
    const made = withHome(render(bundle, placed, options), bundle.namespace);
    const own = made.filter((one) => one.kind === 'Namespace' && isOwnNamespace(one));
    const ownNamespaces = new Set(own.map(({ metadata }) => metadata.name));
    const rendered = made.map((one) =>
      labelled(withoutControllerFields(encodedSecret(one)), {
        release: name,
        namespace: bundle.namespace,
      }),
    );
    const { requestsPerSecond } = placed;
    const added = placed.change === 'added';
    const { name: at } = placed;
    return { name: at, requestsPerSecond, added, ownNamespaces, ...withCapacity(rendered) };
  });
  return {
    release: name,
    namespace: bundle.namespace,
    fleet: fleetDigest(fleet),
    decision: decision.digest,
    objects: digestOf(clusters.map((one) => [one.name, one.manifests.map(manifestDigest)])),
    clusters,
    dropped: new Map((app?.dropped ?? []).map((one) => [one.name, one.reason])),
  };
}

/** Nothing anywhere: what a release wants that is to be destroyed. */
export function nothing(release: string, namespace: string): Desired {
  const none = digestOf([]);
  const digests = { fleet: none, decision: none, objects: none };
  return { release, namespace, ...digests, clusters: [], dropped: new Map() };
}
