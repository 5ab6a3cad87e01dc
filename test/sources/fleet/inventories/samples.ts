/** One cluster as each kind of inventory lists it, healthy and not: objects as their projects document them. */
import type { InventoryKey } from '../../../../providers/sources/fleet/inventories/registry';

/** What all samples of one kind have in common, and how its objects say other things. */
export interface Sample {
  /** Path of the list. */
  readonly path: string;
  /** The group and version that the hub serves. */
  readonly group: string;
  readonly plural: string;
  /** False: only its Secret leads to the cluster. */
  readonly namesAddress: boolean;
  /** A healthy cluster in Frankfurt. */
  readonly healthy: (name: string, more?: { readonly server?: string }) => object;
  /** The same, silent since 2026-11-21T05:00:00Z; none: the inventory does not say. */
  readonly silent?: (name: string) => object;
  /** What the inventory says in words of the fleet. */
  readonly facts: object;
}

/** When the samples are looked at. */
export const now = '2026-11-21T05:30:00Z';
const silentSince = '2026-11-21T05:00:00Z';
const place = {
  'littoral.dev/latitude': '50.11',
  'littoral.dev/longitude': '8.68',
  'littoral.dev/country': 'DE',
};
const frankfurt = { 'topology.kubernetes.io/region': 'eu-central-1' };
const condition = (type: string, status: string, lastTransitionTime = '2026-11-01T00:00:00Z') => ({
  type,
  status,
  reason: status === 'True' ? 'Fine' : 'NoAnswer',
  message: status === 'True' ? 'fine' : 'no answer',
  lastTransitionTime,
});

const karmada = (name: string, ready: object, server?: string) => ({
  apiVersion: 'cluster.karmada.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name, labels: { tier: 'edge' } },
  spec: {
    id: `uid-of-${name}`,
    apiEndpoint: server ?? `https://${name}.example:6443`,
    region: 'eu-central-1',
    provider: 'aws',
    secretRef: { namespace: 'karmada-cluster', name },
    taints: [
      { key: 'cluster.karmada.io/not-ready', effect: 'NoSchedule' },
      { key: 'gpu', value: 'only', effect: 'NoExecute' },
    ],
  },
  status: {
    conditions: [ready],
    resourceSummary: {
      allocatable: { cpu: '10', memory: '20Gi', pods: '110' },
      allocated: { cpu: '2500m', memory: '4Gi', pods: '10' },
      allocating: { cpu: '500m', memory: '1Gi', pods: '1' },
    },
  },
});
const ocm = (name: string, available: object, server?: string) => ({
  apiVersion: 'cluster.open-cluster-management.io/v1',
  kind: 'ManagedCluster',
  metadata: { name, labels: { tier: 'edge' } },
  spec: {
    hubAcceptsClient: true,
    managedClusterClientConfigs: [{ url: server ?? `https://${name}.example:6443` }],
    taints: [
      { key: 'cluster.open-cluster-management.io/unreachable', effect: 'NoSelect' },
      { key: 'gpu', value: 'only', effect: 'NoSelect' },
      { key: 'new', effect: 'NoSelectIfNew' },
    ],
  },
  status: {
    conditions: [available],
    clusterClaims: [
      { name: 'id.k8s.io', value: `uid-of-${name}` },
      { name: 'platform.open-cluster-management.io', value: 'AWS' },
      { name: 'region.open-cluster-management.io', value: 'eu-central-1' },
    ],
  },
});
const memberCluster = (name: string, heartbeat: string, server?: string) => ({
  apiVersion: 'cluster.kubernetes-fleet.io/v1',
  kind: 'MemberCluster',
  metadata: { name, labels: { tier: 'edge' }, annotations: place },
  spec: {
    heartbeatPeriodSeconds: 60,
    taints: [{ key: 'gpu', value: 'only', effect: 'NoSchedule' }],
  },
  status: {
    properties: {
      'k8s.io/cluster-entrypoint': { value: server ?? `https://${name}.example:6443` },
      'kubernetes.azure.com/per-cpu-core-cost': {
        value: '0.048',
        observationTime: '2026-11-21T05:29:00Z',
      },
    },
    resourceUsage: { available: { cpu: '7', memory: '15Gi' } },
    agentStatus: [
      {
        type: 'MemberAgent',
        conditions: [condition('Joined', 'True'), condition('Healthy', 'True')],
        lastReceivedHeartbeat: heartbeat,
      },
    ],
  },
});
const clusterApi = (name: string, available: object, server?: string) => {
  const [, host = `${name}.example`, port = '6443'] =
    /^https:\/\/(.*):(\d+)$/.exec(server ?? '') ?? [];
  return {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'Cluster',
    metadata: { name, namespace: 'fleet', labels: { tier: 'edge', ...frankfurt } },
    spec: { controlPlaneEndpoint: { host, port: Number(port) } },
    status: { conditions: [condition('ControlPlaneInitialized', 'True'), available] },
  };
};
const rancher = (name: string, lastSeen: string) => ({
  apiVersion: 'fleet.cattle.io/v1alpha1',
  kind: 'Cluster',
  metadata: { name, namespace: 'fleet-default', labels: { tier: 'edge', ...frankfurt } },
  spec: { kubeConfigSecret: `${name}-kubeconfig` },
  status: { agent: { lastSeen } },
});
const profile = (name: string, healthy: object, server?: string) => ({
  apiVersion: 'multicluster.x-k8s.io/v1alpha1',
  kind: 'ClusterProfile',
  metadata: { name, namespace: 'fleet', labels: { tier: 'edge' } },
  spec: { displayName: name, clusterManager: { name: 'ocm' } },
  status: {
    conditions: [healthy],
    properties: [{ name: 'location', value: 'eu-central-1' }],
    accessProviders: [
      { name: 'secretreader', cluster: { server: server ?? `https://${name}.example:6443` } },
    ],
  },
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A sample of each kind. */
export const samples: Readonly<Record<InventoryKey, Sample>> = {
  karmada: {
    path: '/apis/cluster.karmada.io/v1alpha1/clusters',
    group: '/apis/cluster.karmada.io/v1alpha1',
    plural: 'clusters',
    namesAddress: true,
    healthy: (name, { server } = {}) => karmada(name, condition('Ready', 'True'), server),
    silent: (name) => karmada(name, condition('Ready', 'Unknown', silentSince)),
    facts: {
      uid: 'uid-of-fra',
      provider: 'aws',
      labels: { tier: 'edge' },
      allocatable: { cpuMillicores: 7000, memoryMebibytes: 15 * 1024, pods: 99 },
      taints: [{ key: 'gpu', value: 'only', effect: 'Evict' }],
    },
  },
  ocm: {
    path: '/apis/cluster.open-cluster-management.io/v1/managedclusters',
    group: '/apis/cluster.open-cluster-management.io/v1',
    plural: 'managedclusters',
    namesAddress: true,
    healthy: (name, { server } = {}) =>
      ocm(name, condition('ManagedClusterConditionAvailable', 'True'), server),
    silent: (name) =>
      ocm(name, condition('ManagedClusterConditionAvailable', 'Unknown', silentSince)),
    facts: {
      uid: 'uid-of-fra',
      provider: 'aws',
      taints: [
        { key: 'gpu', value: 'only', effect: 'Evict' },
        { key: 'new', value: '', effect: 'NoPlace' },
      ],
    },
  },
  kubefleet: {
    path: '/apis/cluster.kubernetes-fleet.io/v1/memberclusters',
    group: '/apis/cluster.kubernetes-fleet.io/v1',
    plural: 'memberclusters',
    namesAddress: true,
    healthy: (name, { server } = {}) => memberCluster(name, '2026-11-21T05:29:30Z', server),
    silent: (name) => memberCluster(name, silentSince),
    facts: {
      allocatable: { cpuMillicores: 7000, memoryMebibytes: 15 * 1024 },
      taints: [{ key: 'gpu', value: 'only', effect: 'NoPlace' }],
      signals: {
        usdPerCpuCoreHour: {
          value: 0.048,
          observedAt: '2026-11-21T05:29:00Z',
          validForSeconds: 86400,
        },
      },
    },
  },
  'cluster-api': {
    path: '/apis/cluster.x-k8s.io/v1beta2/clusters',
    group: '/apis/cluster.x-k8s.io/v1beta2',
    plural: 'clusters',
    namesAddress: true,
    healthy: (name, { server } = {}) => clusterApi(name, condition('Available', 'True'), server),
    silent: (name) => clusterApi(name, condition('Available', 'False', silentSince)),
    facts: { labels: { tier: 'edge', ...frankfurt } },
  },
  'rancher-fleet': {
    path: '/apis/fleet.cattle.io/v1alpha1/clusters',
    group: '/apis/fleet.cattle.io/v1alpha1',
    plural: 'clusters',
    namesAddress: false,
    healthy: (name) => rancher(name, '2026-11-21T05:20:00Z'),
    silent: (name) => rancher(name, '2026-11-21T03:00:00Z'),
    facts: { labels: { tier: 'edge', ...frankfurt } },
  },
  'cluster-profile': {
    path: '/apis/multicluster.x-k8s.io/v1alpha1/clusterprofiles',
    group: '/apis/multicluster.x-k8s.io/v1alpha1',
    plural: 'clusterprofiles',
    namesAddress: true,
    healthy: (name, { server } = {}) =>
      profile(name, condition('ControlPlaneHealthy', 'True'), server),
    silent: (name) => profile(name, condition('ControlPlaneHealthy', 'Unknown', silentSince)),
    facts: { labels: { tier: 'edge' } },
  },
  'argo-cd': {
    path: '/api/v1/secrets',
    group: '/api/v1',
    plural: 'secrets',
    namesAddress: true,
    healthy: (name, { server } = {}) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: `cluster-${name}`,
        namespace: 'argocd',
        labels: { 'argocd.argoproj.io/secret-type': 'cluster', tier: 'edge' },
        annotations: place,
      },
      data: {
        name: base64(name),
        server: base64(server ?? `https://${name}.example:6443`),
        config: base64('{"bearerToken":"planted-token","tlsClientConfig":{}}'),
      },
    }),
    facts: { labels: { tier: 'edge' } },
  },
};
