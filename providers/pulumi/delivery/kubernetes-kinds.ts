/** Kubernetes kinds: which class of @pulumi/kubernetes stands for an object, loaded when it is needed. */
import type * as pulumi from '@pulumi/pulumi';
import { groupOf, kinds } from '../../../constructs/kubernetes/kinds';
import { withPeers } from '../../../constructs/parsing';

/** A class of @pulumi/kubernetes for one kind. */
type ObjectClass = new (
  name: string,
  args: Record<string, unknown>,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Every kind with a class of its own, as `apiVersion/Kind`, and the module that has it. */
export const typedKinds: ReadonlyMap<string, string> = new Map(
  kinds
    .filter(({ pulumi }) => pulumi === true)
    .map(({ apiVersion, kind }) => [`${apiVersion}/${kind}`, moduleOf(apiVersion, kind)]),
);

/** `networking.k8s.io/v1` Ingress is in `networking/v1/ingress`. */
function moduleOf(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion).split('.')[0] || 'core';
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return `@pulumi/kubernetes/${group}/${version}/${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
}

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
  const load = () => require(module) as T;
  return withPeers("delivery 'kubernetes'", ['@pulumi/kubernetes'], load, 'delivery');
}
