/** Kinds that every supported API server serves under these paths (Kubernetes 1.23 or later): asking where they are would be a request for nothing. */
import type { Scope } from './cluster';

/** Where objects of a kind are. */
export interface Resource {
  /** Plural, as in paths. */
  readonly plural: string;
  readonly scope: Scope;
}

/** A plural that is the kind in lower case and an s is left out; a slash marks kinds outside namespaces. */
const rows: Readonly<Record<string, readonly string[]>> = {
  v1: [
    ...['ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'Pod', 'PersistentVolumeClaim'],
    ...['Endpoints=endpoints', 'Event', 'LimitRange', 'ReplicationController', 'ResourceQuota'],
    ...['/Namespace', '/Node', '/PersistentVolume', 'PodTemplate'],
  ],
  'apps/v1': ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ControllerRevision'],
  'batch/v1': ['Job', 'CronJob'],
  'autoscaling/v1': ['HorizontalPodAutoscaler'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'policy/v1': ['PodDisruptionBudget'],
  'networking.k8s.io/v1': [
    ...['Ingress=ingresses', 'NetworkPolicy=networkpolicies', '/IngressClass=ingressclasses'],
  ],
  'rbac.authorization.k8s.io/v1': ['Role', 'RoleBinding', '/ClusterRole', '/ClusterRoleBinding'],
  'storage.k8s.io/v1': ['/StorageClass=storageclasses', '/CSIDriver', '/VolumeAttachment'],
  'scheduling.k8s.io/v1': ['/PriorityClass=priorityclasses'],
  'node.k8s.io/v1': ['/RuntimeClass=runtimeclasses'],
  'coordination.k8s.io/v1': ['Lease'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'apiextensions.k8s.io/v1': ['/CustomResourceDefinition'],
  'apiregistration.k8s.io/v1': ['/APIService'],
  'admissionregistration.k8s.io/v1': [
    ...['/MutatingWebhookConfiguration', '/ValidatingWebhookConfiguration'],
  ],
};

const resources = new Map(
  Object.entries(rows).flatMap(([apiVersion, kinds]) =>
    kinds.map((row): [string, Resource] => {
      const [name = '', plural] = row.split('=');
      const kind = name.replace('/', '');
      const scope = name.startsWith('/') ? 'Cluster' : 'Namespaced';
      return [`${apiVersion}/${kind}`, { plural: plural ?? `${kind.toLowerCase()}s`, scope }];
    }),
  ),
);

/** The resource of a built-in kind, or undefined for kinds that the server must be asked about. */
export function tryBuiltIn(apiVersion: string, kind: string): Resource | undefined {
  return resources.get(`${apiVersion}/${kind}`);
}
