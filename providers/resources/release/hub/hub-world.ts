/** Hub world: clusters reached through the hub of the engine that delivers to them. */
import {
  annotationOf,
  CLUSTER_UID,
  type DeliverySettings,
  engineOf,
} from '../../../../constructs/delivery';
import { EdgeError } from '../../../../constructs/parsing';
import { ClusterError } from '../../../clusters/errors';
import type { World } from '../observe/world';
import type { Desired } from '../state/desired';
import { hubClient } from './hub-client';

/** The world of a release that an engine delivers; the same one without an engine. */
export function deliveredWorld(
  world: World,
  delivery: DeliverySettings | undefined,
  { release, namespace, clusters }: Pick<Desired, 'release' | 'namespace' | 'clusters'>,
): World {
  if (delivery === undefined) return world;
  const engine = engineOf(delivery);
  const chosen = new Set(clusters.map(({ name }) => name));
  const objects = clusters.flatMap(({ manifests }) => manifests);
  const destinations = {
    ends: new Set(objects.flatMap((one) => engine.leadsTo(one) ?? [])),
    uids: new Set(objects.flatMap((one) => annotationOf(one, CLUSTER_UID) ?? [])),
  };
  const access = 'hub' in delivery ? delivery.hub : undefined;
  return {
    ...world,
    connect: async ({ name }, seconds) => {
      const hub = await world.connect(
        { name, ...(access === undefined ? {} : { access }) },
        seconds,
      );
      try {
        const home = await hub.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
        if (home === undefined) throw noHome(name, namespace);
      } catch (thrown) {
        await hub.close();
        throw thrown;
      }
      const onEvent = (reason: string) => world.onEvent?.({ cluster: name, phase: 'kept', reason });
      const leaving = chosen.has(name) ? undefined : destinations;
      return hubClient({ hub, engine, release, namespace, leaving, onEvent });
    },
  };
}

function noHome(cluster: string, namespace: string): ClusterError {
  return new ClusterError({
    cluster,
    status: 404,
    reason: 'NotFound',
    summary: `the hub has no namespace ${namespace}, where the release keeps what it knows`,
    remedy: `Make it, or name another one as namespace of the delivery.`,
  });
}

/** Throws an EdgeError where a release would change who delivers it: what was delivered before would be forgotten. */
export function mustBeSameDelivery(
  before: DeliverySettings | undefined,
  after: DeliverySettings | undefined,
  release: string,
): void {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (old === now) return;
  throw new EdgeError({
    code: 'Contradiction',
    path: 'delivery',
    summary: `${release} is delivered by ${old}, and is to be delivered by ${now}`,
    remedy: `Destroy it there first, or give the release another name.`,
  });
}

function wordsOf(delivery: DeliverySettings | undefined): string {
  if (delivery === undefined) return 'littoral itself';
  const { context = 'the current context', kubeconfig = '' } =
    ('hub' in delivery ? delivery.hub : undefined) ?? {};
  const where = kubeconfig === '' ? context : `${context} of ${kubeconfig}`;
  return `${delivery.engine} on ${where} in ${engineOf(delivery).namespace ?? ''}`;
}
