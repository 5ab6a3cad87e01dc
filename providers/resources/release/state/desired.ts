/** Desired: what a release wants on every chosen cluster, as labelled objects in the order they are applied. */
import {
  type DeliverySettings,
  engineOf,
  secretsIn,
  targetOf,
} from '../../../../constructs/delivery';
import { isOwnNamespace, withHome } from '../../../../constructs/kubernetes/complete';
import { type RenderOptions, render } from '../../../../constructs/kubernetes/render';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { digestOf } from '../../../../constructs/model/canonical';
import { type Cluster, fleetDigest } from '../../../../constructs/model/fleet';
import { EdgeError } from '../../../../constructs/parsing';
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
export function desiredOf(props: ReleaseProps): Desired {
  const { name, bundle, decision, fleet, delivery } = props;
  const home = delivery === undefined ? bundle.namespace : engineOf(delivery).namespace!;
  const app = decision.apps.find((one) => one.app === bundle.app);
  const facts = new Map<string, Cluster>(fleet.clusters.map((one) => [one.name, one]));
  const clusters = (app?.clusters ?? []).map((placed): DesiredCluster => {
    const cluster = facts.get(placed.name);
    const options = { decisionDigest: decision.digest, ...(cluster ? { cluster } : {}) };
    const { requestsPerSecond, name: at } = placed;
    const base = { name: at, requestsPerSecond, added: placed.change === 'added' };
    if (delivery !== undefined)
      return { ...base, ...hubPart(props, delivery, placed.name, options) };
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
    return { ...base, ownNamespaces, ...withCapacity(rendered) };
  });
  return {
    release: name,
    namespace: home,
    fleet: fleetDigest(fleet),
    decision: decision.digest,
    objects: digestOf(clusters.map((one) => [one.name, one.manifests.map(manifestDigest)])),
    clusters,
    dropped: new Map((app?.dropped ?? []).map((one) => [one.name, one.reason])),
  };
}

/** What the hub of an engine is to have for one cluster. Throws EdgeErrors where it cannot. */
function hubPart(
  { name, bundle, decision, fleet }: ReleaseProps,
  delivery: DeliverySettings,
  at: string,
  options: RenderOptions,
): Pick<DesiredCluster, 'manifests' | 'capacity' | 'ownNamespaces'> {
  const engine = engineOf(delivery);
  const placed = decision.apps
    .find(({ app }) => app === bundle.app)!
    .clusters.find((one) => one.name === at)!;
  const cluster = fleet.clusters.find((one) => one.name === at) ?? { name: at };
  const target = targetOf(bundle.app, cluster, render(bundle, placed, options), engine);
  const [secret] = engine.carriedBy === 'hub' ? secretsIn(target.content) : [];
  if (secret !== undefined) {
    throw new EdgeError({
      code: 'Contradiction',
      path: 'delivery',
      summary: `the values of Secret ${secret.metadata.name} would lie as text in objects of the hub, and in plans about them`,
      remedy: 'Bring the Secret into the clusters otherwise, or let littoral apply the app itself.',
    });
  }
  const namespace = engine.namespace!;
  const manifests = engine
    .hubObjects(target)
    .map((one) => labelled(one, { release: name, namespace }));
  return { manifests, capacity: new Map(), ownNamespaces: new Set() };
}

/** Nothing anywhere: what a release wants that is to be destroyed. */
export function nothing(release: string, namespace: string): Desired {
  const none = digestOf([]);
  const digests = { fleet: none, decision: none, objects: none };
  return { release, namespace, ...digests, clusters: [], dropped: new Map() };
}
