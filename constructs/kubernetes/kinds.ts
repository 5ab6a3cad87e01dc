/** Kinds: what is known about Kubernetes kinds: the order they are applied in, and which live outside namespaces. */
import { byCodeUnits } from '../model/canonical';
import type { Manifest } from '../model/workload';
import { valueAt } from './json-pointer';

/** Kinds by the step they are applied in; the step is also the number in file names, so it never changes. */
const steps: readonly (readonly [step: number, kinds: readonly string[]])[] = [
  [0, ['Namespace']],
  [5, ['CustomResourceDefinition']],
  [10, ['PriorityClass', 'StorageClass', 'IngressClass', 'RuntimeClass', 'ResourceQuota']],
  [11, ['LimitRange', 'PersistentVolume']],
  [15, ['ServiceAccount']],
  [16, ['ClusterRole', 'Role']],
  [17, ['ClusterRoleBinding', 'RoleBinding']],
  [20, ['ConfigMap', 'Secret']],
  [25, ['PersistentVolumeClaim', 'NetworkPolicy']],
  [30, ['Service']],
  [40, ['DaemonSet', 'Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Pod']],
  [45, ['Job', 'CronJob']],
  [50, ['HorizontalPodAutoscaler', 'ScaledObject']],
  [55, ['PodDisruptionBudget']],
  [60, ['Ingress', 'Gateway', 'HTTPRoute']],
  [80, ['APIService']],
  [90, ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']],
  [91, ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
];
const stepOfKind = new Map(steps.flatMap(([step, kinds]) => kinds.map((kind) => [kind, step])));
/** Custom resources come when their controllers may be there, and before webhooks can refuse them. */
const stepOfOthers = 70;

const clusterScoped: ReadonlySet<string> = new Set([
  ...['Namespace', 'Node', 'PersistentVolume', 'CustomResourceDefinition', 'APIService'],
  ...['ClusterRole', 'ClusterRoleBinding', 'PriorityClass', 'StorageClass', 'IngressClass'],
  ...['RuntimeClass', 'CSIDriver', 'CSINode', 'VolumeAttachment', 'VolumeAttributesClass'],
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'DeviceClass'],
  ...['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ServiceCIDR', 'IPAddress'],
  ...['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'ResourceSlice'],
  ...['FlowSchema', 'PriorityLevelConfiguration', 'CertificateSigningRequest'],
  ...['ClusterTrustBundle', 'StorageVersion', 'RuntimeClass'],
]);
/** Custom resources that live outside namespaces and that nearly every fleet has. */
const clusterScopedCustom: ReadonlySet<string> = new Set([
  'cert-manager.io/ClusterIssuer',
  'gateway.networking.k8s.io/GatewayClass',
  'snapshot.storage.k8s.io/VolumeSnapshotClass',
  'snapshot.storage.k8s.io/VolumeSnapshotContent',
]);

/** The group of `apps/v1` is `apps`; of `v1` it is empty. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** 0 to 99: Namespaces first, webhooks last. */
export function applyStep(manifest: Manifest): number {
  return stepOfKind.get(manifest.kind) ?? stepOfOthers;
}

/** Orders objects as they are applied: by step, kind, namespace and name. */
export function byApplyOrder(a: Manifest, b: Manifest): number {
  return (
    applyStep(a) - applyStep(b) ||
    byCodeUnits(a.kind, b.kind) ||
    byCodeUnits(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
    byCodeUnits(a.metadata.name ?? '', b.metadata.name ?? '') ||
    byCodeUnits(a.apiVersion, b.apiVersion)
  );
}

/** `group/Kind` of everything that lives outside namespaces according to the CRDs among `manifests`, and of what they place inside. */
export function customScopes(manifests: readonly Manifest[]): ReadonlyMap<string, string> {
  const scopes = new Map<string, string>();
  for (const manifest of manifests) {
    if (manifest.kind !== 'CustomResourceDefinition') continue;
    const group = valueAt(manifest, ['spec', 'group']);
    const kind = valueAt(manifest, ['spec', 'names', 'kind']);
    scopes.set(`${group}/${kind}`, String(valueAt(manifest, ['spec', 'scope'])));
  }
  return scopes;
}

/** True when the object lives in a namespace. Custom kinds do, unless a CRD in `scopes` says Cluster. */
export function isNamespaced(manifest: Manifest, scopes: ReadonlyMap<string, string>): boolean {
  const group = groupOf(manifest.apiVersion);
  const known = scopes.get(`${group}/${manifest.kind}`);
  if (known !== undefined) return known !== 'Cluster';
  if (clusterScopedCustom.has(`${group}/${manifest.kind}`)) return false;
  const isBuiltIn = !group.includes('.') || group.endsWith('.k8s.io');
  return !(isBuiltIn && clusterScoped.has(manifest.kind));
}

/** True for kinds whose pods are long-running and which say from which decision they come. */
export function isWorkload(manifest: Manifest): boolean {
  return (
    groupOf(manifest.apiVersion) === 'apps' &&
    ['Deployment', 'StatefulSet', 'DaemonSet'].includes(manifest.kind)
  );
}

/** True for kinds that take a number of replicas. */
export function isScalable(manifest: Manifest): boolean {
  return isWorkload(manifest) && manifest.kind !== 'DaemonSet';
}

/** `Deployment web`, for messages. */
export function objectName(manifest: Manifest): string {
  return `${manifest.kind} ${manifest.metadata.name}`;
}
