/** Karmada: Cluster of cluster.karmada.io/v1alpha1, which also knows what is free. */
import { type Capacity, capacityOf, plus, remaining } from '../observation/quantities';
import { conditionIn, type HubObject, member, text, texts } from './hub-object';
import type { Inventory } from './inventory';
import { healthBy, placeIn, taintsIn, unlessLeaving } from './listed';

/** The inventory of a Karmada control plane. */
export const karmada: Inventory = {
  title: 'Cluster of Karmada',
  doc: 'Clusters of Karmada: region, provider, taints, readiness, and what is free of their resources. The Secret of a cluster holds a token, so that it can be asked itself.',
  lists: [{ groupVersion: 'cluster.karmada.io/v1alpha1', plural: 'clusters' }],
  namespaced: false,
  read: (object) => {
    const { metadata, spec, status } = object;
    const { place, warnings } = placeIn(object, {
      cloudRegion: text(member(spec, 'region')),
      provider: text(member(spec, 'provider')),
    });
    const uid = text(member(spec, 'id'));
    const server = text(member(spec, 'apiEndpoint'));
    const [namespace, name] = ['namespace', 'name'].map((key) =>
      text(member(spec, 'secretRef', key)),
    );
    const free = freeOf(object);
    const condition = conditionIn(member(status, 'conditions'), 'Ready');
    const remedy = `Look at the agent of ${metadata.name}, or at its API server.`;
    return {
      name: metadata.name,
      ...(uid === undefined ? {} : { uid }),
      place,
      labels: metadata.labels ?? {},
      // Its own taints are NoSchedule and repeat the condition.
      taints: taintsIn(member(spec, 'taints'), (key) => key.startsWith('cluster.karmada.io/')),
      ...(free === undefined ? {} : { free }),
      health: unlessLeaving(object, healthBy(condition, 'Ready', remedy)),
      ...(server === undefined ? {} : { server }),
      ...(namespace === undefined || name === undefined ? {} : { secret: `${namespace}/${name}` }),
      warnings,
    };
  },
};

/** Allocatable less what is allocated and what is being allocated. */
function freeOf({ status }: HubObject): Capacity | undefined {
  const summary = member(status, 'resourceSummary');
  const part = (key: string) => texts(member(summary, key));
  if (Object.keys(part('allocatable')).length === 0) return undefined;
  const taken = plus(capacityOf(part('allocated')), capacityOf(part('allocating')));
  return remaining(capacityOf(part('allocatable')), taken);
}
