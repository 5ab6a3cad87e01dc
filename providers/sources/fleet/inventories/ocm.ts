/** Open Cluster Management: ManagedCluster of cluster.open-cluster-management.io/v1, with its claims and taints. */
import { conditionIn, list, member, text } from './hub-object';
import type { Inventory } from './inventory';
import { healthBy, placeIn, taintsIn, unlessLeaving } from './listed';

const available = 'ManagedClusterConditionAvailable';
/** Set by the hub itself; its view of health is the condition. */
const ownTaints = 'cluster.open-cluster-management.io/';
/** NoSelect also takes away what was selected; NoSelectIfNew does not. */
const effects = {
  NoSelect: 'Evict',
  NoSelectIfNew: 'NoPlace',
  PreferNoSelect: 'PreferNoPlace',
} as const;

/** The inventory of a hub of Open Cluster Management. */
export const ocm: Inventory = {
  title: 'ManagedCluster',
  doc: 'ManagedClusters of Open Cluster Management: claims, taints, availability. They name an address and no credential, so that a context of the kubeconfig must lead there.',
  lists: [{ groupVersion: 'cluster.open-cluster-management.io/v1', plural: 'managedclusters' }],
  namespaced: false,
  read: (object) => {
    const { metadata, spec, status } = object;
    const claims = new Map(
      list(member(status, 'clusterClaims')).map((one) => [
        text(member(one, 'name')) ?? '',
        text(member(one, 'value')),
      ]),
    );
    const { place, warnings } = placeIn(object, {
      cloudRegion: claims.get('region.open-cluster-management.io') ?? claims.get('region'),
      provider: platforms[claims.get('platform.open-cluster-management.io') ?? ''],
    });
    const uid = claims.get('id.k8s.io');
    const server = list(member(spec, 'managedClusterClientConfigs'))
      .map((one) => text(member(one, 'url')))
      .find(Boolean);
    const isAccepted = member(spec, 'hubAcceptsClient') === true;
    const condition = conditionIn(member(status, 'conditions'), available);
    const remedy = `Look at the klusterlet of ${metadata.name}.`;
    const health = isAccepted
      ? healthBy(condition, available, remedy)
      : ({
          state: 'cordoned',
          why: 'the hub does not accept it (hubAcceptsClient is false)',
          remedy: `Accept it: clusteradm accept --clusters ${metadata.name}.`,
        } as const);
    return {
      name: metadata.name,
      ...(uid === undefined ? {} : { uid }),
      place,
      labels: metadata.labels ?? {},
      taints: taintsIn(
        member(spec, 'taints'),
        (key) => key.startsWith(ownTaints) && /\/(unavailable|unreachable)$/.test(key),
        effects,
      ),
      health: unlessLeaving(object, health),
      ...(server === undefined ? {} : { server }),
      warnings,
    };
  },
};

const platforms: Readonly<Record<string, string>> = {
  AWS: 'aws',
  GCP: 'gcp',
  Azure: 'azure',
  IBM: 'ibm',
  Alibaba: 'alibaba',
};
