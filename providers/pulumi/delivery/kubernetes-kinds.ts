/** Kubernetes kinds: which class of @pulumi/kubernetes stands for an object, loaded when it is needed. */
import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../../constructs/parsing';

/** A class of @pulumi/kubernetes for one kind. */
export type ObjectClass = new (
  name: string,
  args: Record<string, unknown>,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Kinds with a class of their own: apiVersion, folder in the package, kinds. */
const typed: readonly (readonly [apiVersion: string, folder: string, kinds: readonly string[]])[] =
  [
    [
      'v1',
      'core/v1',
      [
        ...['ConfigMap', 'Endpoints', 'LimitRange', 'Namespace', 'PersistentVolume', 'Pod'],
        ...['PersistentVolumeClaim', 'PodTemplate', 'ReplicationController', 'ResourceQuota'],
        ...['Secret', 'Service', 'ServiceAccount'],
      ],
    ],
    ['apps/v1', 'apps/v1', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']],
    ['batch/v1', 'batch/v1', ['CronJob', 'Job']],
    ['autoscaling/v2', 'autoscaling/v2', ['HorizontalPodAutoscaler']],
    ['policy/v1', 'policy/v1', ['PodDisruptionBudget']],
    ['networking.k8s.io/v1', 'networking/v1', ['Ingress', 'IngressClass', 'NetworkPolicy']],
    [
      'rbac.authorization.k8s.io/v1',
      'rbac/v1',
      ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
    ],
    ['scheduling.k8s.io/v1', 'scheduling/v1', ['PriorityClass']],
    ['storage.k8s.io/v1', 'storage/v1', ['StorageClass']],
    ['apiextensions.k8s.io/v1', 'apiextensions/v1', ['CustomResourceDefinition']],
    [
      'admissionregistration.k8s.io/v1',
      'admissionregistration/v1',
      ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
    ],
  ];

/** Every kind with a class of its own, as `apiVersion/Kind`, and the module that has it. */
export const typedKinds: ReadonlyMap<string, string> = new Map(
  typed.flatMap(([apiVersion, folder, kinds]) =>
    kinds.map((kind) => {
      const file = `${kind[0]?.toLowerCase()}${kind.slice(1)}`;
      return [`${apiVersion}/${kind}`, `@pulumi/kubernetes/${folder}/${file}`];
    }),
  ),
);

/** The class for an object; the generic one when it has none of its own. Throws EdgeError MissingPackage. */
export function classOf(apiVersion: string, kind: string): ObjectClass {
  const module = typedKinds.get(`${apiVersion}/${kind}`);
  if (module !== undefined) return load<Record<string, ObjectClass>>(module)[kind] as ObjectClass;
  const generic = load<{ readonly CustomResource: ObjectClass }>(
    '@pulumi/kubernetes/apiextensions/customResource',
  );
  return generic.CustomResource;
}

/** The class of providers. Throws EdgeError MissingPackage. */
export function providerClass(): ObjectClass {
  return load<{ readonly Provider: ObjectClass }>('@pulumi/kubernetes/provider').Provider;
}

/** Module by module: all of the package takes a third of a second. */
function load<T>(module: string): T {
  try {
    return require(module) as T;
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    if (code !== 'MODULE_NOT_FOUND') throw cause;
    throw new EdgeError({
      code: 'MissingPackage',
      path: 'delivery',
      summary: "got delivery 'kubernetes', and @pulumi/kubernetes is not installed",
      remedy: "Install it with npm install @pulumi/kubernetes, or leave delivery at 'release'.",
      cause,
    });
  }
}
