/** Classes of the typed resources of @cdktf/provider-kubernetes 12.1.1; written by scripts/kubernetes-shapes.js, not by hand. Deep imports only: the package's root takes a second and 264 MB. */
// biome-ignore-all format: a table
// biome-ignore-all assist/source/organizeImports: a table
import { ConfigMapV1 } from '@cdktf/provider-kubernetes/lib/config-map-v1';
import { SecretV1 } from '@cdktf/provider-kubernetes/lib/secret-v1';
import { ServiceV1 } from '@cdktf/provider-kubernetes/lib/service-v1';
import { PersistentVolumeClaimV1 } from '@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1';
import { ServiceAccountV1 } from '@cdktf/provider-kubernetes/lib/service-account-v1';
import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import { DeploymentV1 } from '@cdktf/provider-kubernetes/lib/deployment-v1';
import { StatefulSetV1 } from '@cdktf/provider-kubernetes/lib/stateful-set-v1';
import { DaemonSetV1 } from '@cdktf/provider-kubernetes/lib/daemon-set-v1';
import { JobV1 } from '@cdktf/provider-kubernetes/lib/job-v1';
import { CronJobV1 } from '@cdktf/provider-kubernetes/lib/cron-job-v1';
import { HorizontalPodAutoscalerV2 } from '@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2';
import { PodDisruptionBudgetV1 } from '@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1';
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import { NetworkPolicyV1 } from '@cdktf/provider-kubernetes/lib/network-policy-v1';
import { RoleV1 } from '@cdktf/provider-kubernetes/lib/role-v1';
import { RoleBindingV1 } from '@cdktf/provider-kubernetes/lib/role-binding-v1';
import { ClusterRoleV1 } from '@cdktf/provider-kubernetes/lib/cluster-role-v1';
import { ClusterRoleBindingV1 } from '@cdktf/provider-kubernetes/lib/cluster-role-binding-v1';
import type { TypedResource } from '../shape';

/** By kind. */
export const classes: Readonly<Record<string, TypedResource>> = {
  ConfigMap: ConfigMapV1,
  Secret: SecretV1,
  Service: ServiceV1,
  PersistentVolumeClaim: PersistentVolumeClaimV1,
  ServiceAccount: ServiceAccountV1,
  Namespace: NamespaceV1,
  Deployment: DeploymentV1,
  StatefulSet: StatefulSetV1,
  DaemonSet: DaemonSetV1,
  Job: JobV1,
  CronJob: CronJobV1,
  HorizontalPodAutoscaler: HorizontalPodAutoscalerV2,
  PodDisruptionBudget: PodDisruptionBudgetV1,
  Ingress: IngressV1,
  NetworkPolicy: NetworkPolicyV1,
  Role: RoleV1,
  RoleBinding: RoleBindingV1,
  ClusterRole: ClusterRoleV1,
  ClusterRoleBinding: ClusterRoleBindingV1,
};
