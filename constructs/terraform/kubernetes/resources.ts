/** The typed resources of @cdktf/provider-kubernetes by kind. Deep imports only: the package's root takes a second and 264 MB. */
import { ClusterRoleBindingV1 } from '@cdktf/provider-kubernetes/lib/cluster-role-binding-v1';
import { ClusterRoleV1 } from '@cdktf/provider-kubernetes/lib/cluster-role-v1';
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import { DaemonSetV1 } from '@cdktf/provider-kubernetes/lib/daemon-set-v1';
import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import { Manifest as ManifestResource } from '@cdktf/provider-kubernetes/lib/manifest';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { PersistentVolumeClaimV1 } from '@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1';
import { RoleV1 } from '@cdktf/provider-kubernetes/lib/role-v1';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';
import { StatefulSetV1 } from '@cdktf/provider-kubernetes/lib/stateful-set-v1';
import type { Construct } from 'constructs';
import type { Manifest } from '../../model/workload';
import type { TerraformMetaArguments, TerraformResource } from '../cdktf';
import { converted } from './convert';

export { KubernetesProvider };

/** Any typed resource, made from arguments that the table of shapes has checked. */
type Typed = new (
  scope: Construct,
  id: string,
  config: never,
) => TerraformResource & { readonly terraformResourceType: string };

const classes: Readonly<Record<string, Typed>> = {
  Namespace: NamespaceV1,
  ServiceAccount: ServiceAccountV1,
  ClusterRole: ClusterRoleV1,
  ClusterRoleBinding: ClusterRoleBindingV1,
  Role: RoleV1,
  RoleBinding: RoleBindingV1,
  ConfigMap: ConfigMapV1,
  Secret: SecretV1,
  PersistentVolumeClaim: PersistentVolumeClaimV1,
  Service: ServiceV1,
  Deployment: DeploymentV1,
  DaemonSet: DaemonSetV1,
  StatefulSet: StatefulSetV1,
  Job: JobV1,
  CronJob: CronJobV1,
  HorizontalPodAutoscaler: HorizontalPodAutoscalerV2,
  PodDisruptionBudget: PodDisruptionBudgetV1,
  Ingress: IngressV1,
  NetworkPolicy: NetworkPolicyV1,
};

/** Whether Terraform waits for what Kubernetes makes of an object, by kind and the argument that says so. */
const waits: Readonly<Record<string, string>> = {
  Deployment: 'waitForRollout',
  DaemonSet: 'waitForRollout',
  StatefulSet: 'waitForRollout',
  Job: 'waitForCompletion',
  Service: 'waitForLoadBalancer',
  Ingress: 'waitForLoadBalancer',
  PersistentVolumeClaim: 'waitUntilBound',
};

/** How an object is delivered, besides what it is. */
export interface ObjectOptions extends TerraformMetaArguments {
  /** Whether the apply waits until it is ready. */
  readonly wait: boolean;
}

/**
 * The resource for `manifest`, whose texts are already escaped: the typed one of its kind where that loses nothing,
 * else kubernetes_manifest, which asks the API server already in the plan.
 */
export function objectResource(
  scope: Construct,
  id: string,
  manifest: Manifest,
  { wait, ...options }: ObjectOptions,
): TerraformResource {
  const { kind } = manifest;
  const typed = converted(manifest);
  const make = classes[kind];
  if ('reason' in typed || make === undefined) {
    const { status: _, ...desired } = manifest;
    return new ManifestResource(scope, id, { ...options, manifest: desired });
  }
  const waiting = Object.hasOwn(waits, kind) ? { [waits[kind]!]: wait } : {};
  return new make(scope, id, { ...options, ...typed.arguments, ...waiting } as never);
}
