/** Kinds of Kubernetes: one row for each, from which order, scope, path, readiness and typed delivery are derived everywhere. */

import type { Manifest } from '../model/app/workload';
import { byCodeUnits } from '../model/canonical';
import { valueAt } from './json-pointer';

/** Where objects of a kind live: in a namespace each, or outside of namespaces. */
export type Scope = 'Namespaced' | 'Cluster';

/** How readiness is read from an object: the name of a rule in providers/clusters/readiness/rules.ts. */
export type ReadinessRule =
  | 'apiService'
  | 'certificate'
  | 'daemonSet'
  | 'definition'
  | 'deployment'
  | 'gateway'
  | 'job'
  | 'namespace'
  | 'pod'
  | 'replicas'
  | 'service'
  | 'statefulSet'
  | 'volumeClaim';

/** What the names of a kind may be, where it is not any DNS subdomain: some go into labels with an ending, some are no host names. */
export type NameRule =
  | 'label'
  | 'serviceLabel'
  | 'labelValue'
  | 'replicaSetOwner'
  | 'revisionOwner'
  | 'cronJob'
  | 'pathSegment'
  | 'withColons';

interface Row {
  readonly kind: string;
  /** Further API versions under which every supported server serves the kind. */
  readonly otherVersions?: readonly string[];
  /** The step it is applied in, 0 to 99; also the number in file names, so it never changes. Default: 70. */
  readonly step?: number;
  /** Default: Namespaced. */
  readonly scope?: Scope;
  /** As in paths. Default: the kind in lower case and an s. */
  readonly plural?: string;
  /**
   * Which servers serve it: `some` a version of Kubernetes or a feature adds, `custom` a CustomResourceDefinition adds.
   * Default: every server from Kubernetes 1.23 on, so that its path is known without a request.
   */
  readonly served?: 'some' | 'custom';
  /** Default: the conditions of kstatus. */
  readonly readiness?: ReadinessRule;
  /** What its names may be: a rule of constructs/kubernetes/object-names.ts. Default: any DNS subdomain. */
  readonly nameRule?: NameRule;
  /** Its pods run for long and carry the digest of their decision; `scalable` when it takes a number of replicas. */
  readonly workload?: 'scalable' | 'perNode';
  /** The version in the name of its typed resource in @cdktf/provider-kubernetes. Default: there is none. */
  readonly cdktf?: `v${number}`;
  /** The argument of that resource that says whether the apply waits for what Kubernetes makes of the object. */
  readonly cdktfWait?: string;
  /** Whether @pulumi/kubernetes has a class of its own for it. */
  readonly pulumi?: true;
}

/** What is known about a kind. */
export interface Kind extends Row {
  /** Such as `apps/v1`: the version that typed resources speak. */
  readonly apiVersion: string;
}

/** What both kinds of delivery have in v1. */
const typedV1 = { cdktf: 'v1', pulumi: true } as const;
/** Rows by API version, the one that typed resources speak. Objects of other kinds are applied in step 70, and the server says where they are. */
const table: Readonly<Record<string, readonly Row[]>> = {
  v1: [
    { kind: 'ConfigMap', step: 20, cdktf: 'v1', pulumi: true },
    { kind: 'Secret', step: 20, cdktf: 'v1', pulumi: true },
    {
      kind: 'Service',
      step: 30,
      nameRule: 'serviceLabel',
      readiness: 'service',
      cdktf: 'v1',
      cdktfWait: 'waitForLoadBalancer',
      pulumi: true,
    },
    {
      kind: 'PersistentVolumeClaim',
      step: 25,
      readiness: 'volumeClaim',
      cdktf: 'v1',
      cdktfWait: 'waitUntilBound',
      pulumi: true,
    },
    { kind: 'Pod', step: 40, readiness: 'pod', pulumi: true },
    { kind: 'ServiceAccount', step: 15, cdktf: 'v1', pulumi: true },
    { kind: 'ReplicationController', step: 40, readiness: 'replicas', pulumi: true },
    { kind: 'LimitRange', step: 11, pulumi: true },
    { kind: 'ResourceQuota', step: 10, pulumi: true },
    { kind: 'Endpoints', plural: 'endpoints', pulumi: true },
    { kind: 'Event' },
    { kind: 'PodTemplate', pulumi: true },
    {
      kind: 'Namespace',
      step: 0,
      nameRule: 'label',
      scope: 'Cluster',
      readiness: 'namespace',
      cdktf: 'v1',
      pulumi: true,
    },
    { kind: 'Node', scope: 'Cluster' },
    { kind: 'PersistentVolume', step: 11, scope: 'Cluster', pulumi: true },
  ],
  'apps/v1': [
    {
      kind: 'Deployment',
      step: 40,
      nameRule: 'replicaSetOwner',
      readiness: 'deployment',
      workload: 'scalable',
      cdktf: 'v1',
      cdktfWait: 'waitForRollout',
      pulumi: true,
    },
    {
      kind: 'StatefulSet',
      step: 40,
      nameRule: 'revisionOwner',
      readiness: 'statefulSet',
      workload: 'scalable',
      cdktf: 'v1',
      cdktfWait: 'waitForRollout',
      pulumi: true,
    },
    {
      kind: 'DaemonSet',
      step: 40,
      readiness: 'daemonSet',
      workload: 'perNode',
      cdktf: 'v1',
      cdktfWait: 'waitForRollout',
      pulumi: true,
    },
    { kind: 'ReplicaSet', step: 40, readiness: 'replicas', pulumi: true },
    { kind: 'ControllerRevision' },
  ],
  'batch/v1': [
    {
      kind: 'Job',
      step: 45,
      nameRule: 'labelValue',
      readiness: 'job',
      cdktf: 'v1',
      cdktfWait: 'waitForCompletion',
      pulumi: true,
    },
    {
      kind: 'CronJob',
      step: 45,
      nameRule: 'cronJob',
      cdktf: 'v1',
      pulumi: true,
    },
  ],
  'autoscaling/v2': [
    {
      kind: 'HorizontalPodAutoscaler',
      otherVersions: ['autoscaling/v1'],
      step: 50,
      cdktf: 'v2',
      pulumi: true,
    },
  ],
  'autoscaling.k8s.io/v1': [{ kind: 'VerticalPodAutoscaler', step: 50, served: 'custom' }],
  'keda.sh/v1alpha1': [{ kind: 'ScaledObject', step: 50, served: 'custom' }],
  'policy/v1': [{ kind: 'PodDisruptionBudget', step: 55, cdktf: 'v1', pulumi: true }],
  'scheduling.k8s.io/v1': [
    { kind: 'PriorityClass', step: 10, scope: 'Cluster', plural: 'priorityclasses', pulumi: true },
  ],
  'node.k8s.io/v1': [
    { kind: 'RuntimeClass', step: 10, scope: 'Cluster', plural: 'runtimeclasses' },
  ],
  'networking.k8s.io/v1': [
    {
      kind: 'Ingress',
      step: 60,
      plural: 'ingresses',
      cdktf: 'v1',
      cdktfWait: 'waitForLoadBalancer',
      pulumi: true,
    },
    { kind: 'NetworkPolicy', step: 25, plural: 'networkpolicies', cdktf: 'v1', pulumi: true },
    { kind: 'IngressClass', step: 10, scope: 'Cluster', plural: 'ingressclasses', pulumi: true },
    { kind: 'ServiceCIDR', scope: 'Cluster', served: 'some' },
    {
      kind: 'IPAddress',
      nameRule: 'withColons',
      scope: 'Cluster',
      plural: 'ipaddresses',
      served: 'some',
    },
  ],
  'discovery.k8s.io/v1': [{ kind: 'EndpointSlice' }],
  'gateway.networking.k8s.io/v1': [
    { kind: 'Gateway', step: 60, served: 'custom', readiness: 'gateway' },
    { kind: 'HTTPRoute', step: 60, served: 'custom' },
    { kind: 'GatewayClass', scope: 'Cluster', plural: 'gatewayclasses', served: 'custom' },
  ],
  'rbac.authorization.k8s.io/v1': [
    { kind: 'Role', nameRule: 'pathSegment', step: 16, cdktf: 'v1', pulumi: true },
    { kind: 'RoleBinding', nameRule: 'pathSegment', step: 17, cdktf: 'v1', pulumi: true },
    { kind: 'ClusterRole', nameRule: 'pathSegment', step: 16, scope: 'Cluster', ...typedV1 },
    { kind: 'ClusterRoleBinding', nameRule: 'pathSegment', step: 17, scope: 'Cluster', ...typedV1 },
  ],
  'certificates.k8s.io/v1': [
    { kind: 'CertificateSigningRequest', scope: 'Cluster', served: 'some' },
  ],
  'certificates.k8s.io/v1beta1': [
    { kind: 'ClusterTrustBundle', nameRule: 'withColons', scope: 'Cluster', served: 'some' },
  ],
  'cert-manager.io/v1': [
    { kind: 'Certificate', served: 'custom', readiness: 'certificate' },
    { kind: 'ClusterIssuer', scope: 'Cluster', served: 'custom' },
  ],
  'storage.k8s.io/v1': [
    { kind: 'StorageClass', step: 10, scope: 'Cluster', plural: 'storageclasses', pulumi: true },
    { kind: 'CSIDriver', scope: 'Cluster' },
    { kind: 'VolumeAttachment', scope: 'Cluster' },
    { kind: 'CSINode', scope: 'Cluster', served: 'some' },
    {
      kind: 'VolumeAttributesClass',
      scope: 'Cluster',
      plural: 'volumeattributesclasses',
      served: 'some',
    },
  ],
  'snapshot.storage.k8s.io/v1': [
    {
      kind: 'VolumeSnapshotClass',
      scope: 'Cluster',
      plural: 'volumesnapshotclasses',
      served: 'custom',
    },
    { kind: 'VolumeSnapshotContent', scope: 'Cluster', served: 'custom' },
  ],
  'resource.k8s.io/v1': [
    { kind: 'DeviceClass', scope: 'Cluster', plural: 'deviceclasses', served: 'some' },
    { kind: 'ResourceSlice', scope: 'Cluster', served: 'some' },
  ],
  'apiextensions.k8s.io/v1': [
    {
      kind: 'CustomResourceDefinition',
      step: 5,
      scope: 'Cluster',
      readiness: 'definition',
      pulumi: true,
    },
  ],
  'apiregistration.k8s.io/v1': [
    { kind: 'APIService', step: 80, scope: 'Cluster', readiness: 'apiService' },
  ],
  'admissionregistration.k8s.io/v1': [
    { kind: 'MutatingWebhookConfiguration', step: 90, scope: 'Cluster', pulumi: true },
    { kind: 'ValidatingWebhookConfiguration', step: 90, scope: 'Cluster', pulumi: true },
    {
      kind: 'ValidatingAdmissionPolicy',
      step: 91,
      scope: 'Cluster',
      plural: 'validatingadmissionpolicies',
      served: 'some',
    },
    { kind: 'ValidatingAdmissionPolicyBinding', step: 91, scope: 'Cluster', served: 'some' },
  ],
  'admissionregistration.k8s.io/v1beta1': [
    {
      kind: 'MutatingAdmissionPolicy',
      scope: 'Cluster',
      plural: 'mutatingadmissionpolicies',
      served: 'some',
    },
    { kind: 'MutatingAdmissionPolicyBinding', scope: 'Cluster', served: 'some' },
  ],
  'flowcontrol.apiserver.k8s.io/v1': [
    { kind: 'FlowSchema', scope: 'Cluster', served: 'some' },
    { kind: 'PriorityLevelConfiguration', scope: 'Cluster', served: 'some' },
  ],
  'internal.apiserver.k8s.io/v1alpha1': [
    { kind: 'StorageVersion', scope: 'Cluster', served: 'some' },
  ],
  'coordination.k8s.io/v1': [{ kind: 'Lease' }],
};

/** Every row of the table. */
export const kinds: readonly Kind[] = Object.entries(table).flatMap(([apiVersion, rows]) =>
  rows.map((row) => ({ ...row, apiVersion })),
);

const byGroup = new Map(kinds.map((row) => [`${groupOf(row.apiVersion)}/${row.kind}`, row]));
const stepOfKind = new Map(kinds.map(({ kind, step }) => [kind, step]));
/** Custom resources come when their controllers may be there, and before webhooks can refuse them. */
const stepOfOthers = 70;
/** A built-in kind lives outside namespaces in each group that has had it. */
const clusterScoped: ReadonlySet<string> = new Set(
  kinds
    .filter(({ scope, served }) => scope === 'Cluster' && served !== 'custom')
    .map(({ kind }) => kind),
);

/** The group of `apps/v1` is `apps`; of `v1` it is empty. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** 0 to 99: Namespaces first, webhooks last. */
export function applyStep({ kind }: Pick<Manifest, 'kind'>): number {
  return stepOfKind.get(kind) ?? stepOfOthers;
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
  const defined = scopes.get(`${group}/${manifest.kind}`);
  if (defined !== undefined) return defined !== 'Cluster';
  if (kindIn(group, manifest.kind)?.scope === 'Cluster') return false;
  const isBuiltIn = !group.includes('.') || group.endsWith('.k8s.io');
  return !(isBuiltIn && clusterScoped.has(manifest.kind));
}

/** The row of a kind of a group, whichever of its versions is used. */
export function kindIn(group: string, kind: string): Kind | undefined {
  return byGroup.get(`${group}/${kind}`);
}

/** The row of a kind under the version that typed resources speak. */
export function kindOf(apiVersion: string, kind: string): Kind | undefined {
  const row = kindIn(groupOf(apiVersion), kind);
  return row?.apiVersion === apiVersion ? row : undefined;
}

/** Where objects of a kind are. */
export interface KindPath {
  /** Plural, as in paths. */
  readonly plural: string;
  readonly scope: Scope;
}

/** Where every supported server (Kubernetes 1.23 or later) serves a kind; undefined when the server must be asked. */
export function builtInPath(apiVersion: string, kind: string): KindPath | undefined {
  const row = kindIn(groupOf(apiVersion), kind);
  if (row === undefined || row.served !== undefined) return undefined;
  if (row.apiVersion !== apiVersion && !row.otherVersions?.includes(apiVersion)) return undefined;
  return { plural: row.plural ?? `${kind.toLowerCase()}s`, scope: row.scope ?? 'Namespaced' };
}

/** True for kinds whose pods are long-running and which say from which decision they come. */
export function isWorkload({ apiVersion, kind }: Manifest): boolean {
  return kindIn(groupOf(apiVersion), kind)?.workload !== undefined;
}

/** True for kinds that take a number of replicas. */
export function isScalable({ apiVersion, kind }: Manifest): boolean {
  return kindIn(groupOf(apiVersion), kind)?.workload === 'scalable';
}

/** `Deployment web`, for messages. */
export function objectName(manifest: Manifest): string {
  return `${manifest.kind} ${manifest.metadata.name}`;
}
