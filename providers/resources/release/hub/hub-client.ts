/** Hub client: one cluster as a release sees it through the hub of an engine: its hub objects, and nothing of other clusters. */
import {
  annotationOf,
  CLUSTER_LABEL,
  CLUSTER_UID,
  type Engine,
  hubName,
} from '../../../../constructs/delivery';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { ApplyOptions, ClusterClient, ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { objectText, refOf } from '../state/identity';
import { inventoryRef } from '../state/inventory';
import { type Destinations, withdraw } from './withdraw';

/** What a cluster is behind a hub. */
export interface HubProps {
  /** The client of the hub, known by the name of the cluster. */
  readonly hub: ClusterClient;
  readonly engine: Engine;
  readonly release: string;
  /** Namespace of the hub with the inventories. */
  readonly namespace: string;
  /** Where chosen clusters lead to; undefined where this cluster is one of them. */
  readonly leaving: Destinations | undefined;
  readonly onEvent?: ((reason: string) => void) | undefined;
}

/** A client for the part of the hub that belongs to one cluster. */
export function hubClient(props: HubProps): ClusterClient {
  const { hub, engine, release, namespace, leaving } = props;
  const inventory = inventoryRef(release, namespace);
  const isInventory = (ref: ObjectRef) =>
    ref.kind === inventory.kind && ref.name === inventory.name && ref.namespace === namespace;
  const name = hubName(inventory.name, hub.name);
  const there = (ref: ObjectRef): ObjectRef => (isInventory(ref) ? { ...ref, name } : ref);
  return {
    ...hub,
    name: hub.name,
    get: (ref) => hub.get(there(ref)),
    list: (kind, selector) => {
      const mine = `${CLUSTER_LABEL}=${hub.name}`;
      return hub.list(kind, selector === '' ? mine : `${selector},${mine}`);
    },
    apply: async (manifest, options = {}) => {
      if (isInventory(refOf(manifest))) {
        const { metadata } = manifest;
        const labels = { ...(metadata.labels as object), [CLUSTER_LABEL]: hub.name };
        return hub.apply({ ...manifest, metadata: { ...metadata, name, labels } }, options);
      }
      await mustNotBeRepointed(props, manifest, options);
      return hub.apply(manifest, options);
    },
    delete: (ref, options = {}) => {
      if (isInventory(ref) || leaving === undefined) return hub.delete(there(ref), options);
      return withdraw({ ...props, destinations: leaving }, ref, options);
    },
    waitReady: (refs, options) => hub.waitReady(refs, { ...options, judge: engine.readiness }),
    scopeOf: (version, kind) => hub.scopeOf(version, kind),
    namespacedKinds: () => hub.namespacedKinds(),
    forecastReplacement: (object) => hub.forecastReplacement(object),
    assignFields: (object, fields) => hub.assignFields(object, fields),
    disown: (object, labels) => hub.disown(object, labels),
    close: () => hub.close(),
  };
}

/** An engine whose object leads to another cluster than before leaves everything in the old one, and forgets it. */
async function mustNotBeRepointed(
  { hub, engine }: HubProps,
  manifest: Manifest,
  { dryRun }: ApplyOptions,
): Promise<void> {
  const ref = refOf(manifest);
  const live = await hub.get(ref).catch((thrown: unknown) => {
    // A creation that is tried out may be of a kind or in a namespace that is still to come.
    if (dryRun && thrown instanceof ClusterError && thrown.status === 404) return undefined;
    throw thrown;
  });
  if (live === undefined) return;
  const [before, after] = [engine.leadsTo(live), engine.leadsTo(manifest)];
  const [uid, wanted] = [annotationOf(live, CLUSTER_UID), annotationOf(manifest, CLUSTER_UID)];
  const isElsewhere = before !== after;
  if (!isElsewhere && (uid === undefined || wanted === undefined || uid === wanted)) return;
  const summary = isElsewhere
    ? `${objectText(ref)} leads to ${before}, and is to lead to ${after}: what it delivered would stay in the old cluster unseen`
    : `${hub.name} is another cluster than the one ${objectText(ref)} was made for: kube-system had the UID ${uid} there, and has ${wanted}`;
  throw new ClusterError({
    cluster: hub.name,
    status: 409,
    reason: 'Conflict',
    summary,
    remedy: `Delete ${objectText(ref)} on the hub, which takes nothing away in any cluster, and apply again; or give the new cluster a name of its own.`,
  });
}
