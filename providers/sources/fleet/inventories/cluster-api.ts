/** Cluster API: Cluster of cluster.x-k8s.io, in both of the ways in which its versions write conditions. */
import { conditionIn, type HubCondition, type HubObject, member, text } from './hub-object';
import type { Inventory } from './inventory';
import { healthBy, placeIn, unlessLeaving } from './listed';

/** The inventory of a management cluster of Cluster API. */
export const clusterApi: Inventory = {
  title: 'Cluster of Cluster API',
  doc: 'Clusters of Cluster API: availability and address. The Secret NAME-kubeconfig holds an administrator of the cluster; where a context of the kubeconfig leads there, that one is used.',
  lists: [
    { groupVersion: 'cluster.x-k8s.io/v1beta2', plural: 'clusters' },
    { groupVersion: 'cluster.x-k8s.io/v1beta1', plural: 'clusters' },
  ],
  namespaced: true,
  read: (object) => {
    const { metadata, spec } = object;
    const { place, warnings } = placeIn(object);
    const host = text(member(spec, 'controlPlaneEndpoint', 'host'));
    const port = member(spec, 'controlPlaneEndpoint', 'port');
    const isPaused = member(spec, 'paused') === true;
    const { condition, type } = availability(object);
    const remedy = `Run clusterctl describe cluster ${metadata.name} -n ${metadata.namespace ?? 'default'}.`;
    const health = unlessLeaving(object, healthBy(condition, type, remedy));
    return {
      name: metadata.name,
      place,
      labels: metadata.labels ?? {},
      health:
        isPaused && health.state === 'ready'
          ? { state: 'cordoned', why: 'spec.paused is true' }
          : health,
      ...(host === undefined || typeof port !== 'number' || port === 0
        ? {}
        : { server: `https://${host.includes(':') ? `[${host}]` : host}:${port}` }),
      secret: `${metadata.namespace ?? 'default'}/${metadata.name}-kubeconfig`,
      warnings,
    };
  },
};

/** `Available` where the controllers write it, else the older `Ready`. ControlPlaneInitialized never turns false again and says nothing about health. */
function availability({ apiVersion = '', status }: HubObject): {
  readonly condition: HubCondition | undefined;
  readonly type: string;
} {
  const isOld = apiVersion.endsWith('/v1beta1');
  const available = conditionIn(
    isOld ? member(status, 'v1beta2', 'conditions') : member(status, 'conditions'),
    'Available',
  );
  const ready = conditionIn(
    isOld ? member(status, 'conditions') : member(status, 'deprecated', 'v1beta1', 'conditions'),
    'Ready',
  );
  return available === undefined && ready !== undefined
    ? { condition: ready, type: 'Ready' }
    : { condition: available, type: 'Available' };
}
