/** ClusterProfile of multicluster.x-k8s.io/v1alpha1: what a cluster manager publishes for others; producers fill in different parts. */
import { conditionIn, list, member, text } from './hub-object';
import type { Inventory } from './inventory';
import { healthBy, placeIn, unlessLeaving } from './listed';

const healthy = 'ControlPlaneHealthy';

/** The inventory of a hub with ClusterProfiles. */
export const clusterProfile: Inventory = {
  title: 'ClusterProfile',
  doc: 'ClusterProfiles of the Cluster Inventory API: properties, health, address. Their access providers are programs of a consumer and are not run: a context of the kubeconfig must lead there.',
  lists: [{ groupVersion: 'multicluster.x-k8s.io/v1alpha1', plural: 'clusterprofiles' }],
  namespaced: true,
  read: (object) => {
    const { metadata, spec, status } = object;
    const properties = new Map(
      list(member(status, 'properties')).map((one) => [
        text(member(one, 'name')) ?? '',
        text(member(one, 'value')),
      ]),
    );
    const { place, warnings } = placeIn(object, {
      cloudRegion:
        properties.get('location') ?? properties.get('region.open-cluster-management.io'),
    });
    const uid = properties.get('id.k8s.io');
    const server = [
      ...list(member(status, 'accessProviders')),
      ...list(member(status, 'credentialProviders')),
    ]
      .map((one) => text(member(one, 'cluster', 'server')))
      .find(Boolean);
    const manager = text(member(spec, 'clusterManager', 'name')) ?? 'its cluster manager';
    const condition = conditionIn(member(status, 'conditions'), healthy);
    const remedy = `Ask ${manager} about ${metadata.name}.`;
    return {
      name: text(member(spec, 'displayName')) ?? metadata.name,
      ...(uid === undefined ? {} : { uid }),
      place,
      labels: metadata.labels ?? {},
      health: unlessLeaving(object, healthBy(condition, healthy, remedy)),
      ...(server === undefined ? {} : { server }),
      warnings,
    };
  },
};
