/** Identity: the key of an object, the release that owns it, and the order in which objects are applied and deleted. */
import { applyStep, groupOf } from '../../../../constructs/kubernetes/kinds';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { byCodeUnits } from '../../../../constructs/model/canonical';
import type { LiveObject, ManagedField, ObjectRef } from '../../../clusters/cluster';

/** The field manager of everything littoral applies. */
export const MANAGER = 'littoral';
/** Says which release an object belongs to. */
export const RELEASE_LABEL = 'littoral.dev/release';
/** Says in which namespace that release has its inventory: releases of one name are told apart by it. */
const HOME_LABEL = 'littoral.dev/home';
/** Says which tool looks after an object. */
const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';

/** What a release is known by in a cluster. */
export interface ReleaseKey {
  readonly release: string;
  /** Where its inventory is. */
  readonly namespace: string;
}

/** Names the object. */
export function refOf({ apiVersion, kind, metadata }: Manifest): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** The same for all versions of a kind: apps/v1beta1 and apps/v1 are one object. */
export function keyOf({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return [groupOf(apiVersion), kind, namespace ?? '', name].join('/');
}

/** `Deployment shop/web`, for people. */
export function objectText({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The step an object is applied in: Namespaces first, webhooks last. */
export function stepOf(ref: ObjectRef): number {
  return applyStep(ref);
}

/** The order objects are applied in; the reverse is the order they are deleted in. */
export function byStep(a: ObjectRef, b: ObjectRef): number {
  return stepOf(a) - stepOf(b) || byCodeUnits(keyOf(a), keyOf(b));
}

/** Labels of ours on an object, with the value by which they are ours. */
export function ourLabels({ metadata }: Manifest): readonly string[] {
  const labels = (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;
  return [
    RELEASE_LABEL,
    HOME_LABEL,
    ...(labels[MANAGED_BY_LABEL] === MANAGER ? [MANAGED_BY_LABEL] : []),
  ];
}

/** The manifest as a release applies it: labelled as littoral's and as this release's. */
export function labelled(manifest: Manifest, { release, namespace }: ReleaseKey): Manifest {
  const { metadata } = manifest;
  const before = (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;
  const ours = { [MANAGED_BY_LABEL]: MANAGER, [RELEASE_LABEL]: release, [HOME_LABEL]: namespace };
  const labels = { ...before, ...ours };
  return { ...manifest, metadata: { ...metadata, labels } };
}

/** Selects the objects that say they belong to the release. */
export function selectorOf({ release, namespace }: ReleaseKey): string {
  return `${RELEASE_LABEL}=${release},${HOME_LABEL}=${namespace}`;
}

/** The release an object says it belongs to. */
export function releaseOf({ metadata }: Manifest): ReleaseKey | undefined {
  const labels = metadata.labels as Readonly<Record<string, string>> | undefined;
  const release = labels?.[RELEASE_LABEL];
  return release === undefined ? undefined : { release, namespace: labels?.[HOME_LABEL] ?? '' };
}

/** True when the object says that it belongs to this release. */
export function isOfRelease(manifest: Manifest, { release, namespace }: ReleaseKey): boolean {
  const said = releaseOf(manifest);
  return said?.release === release && said.namespace === namespace;
}

/** Another release that the object says it belongs to, for people: `cart`, or `shop of namespace blue`. */
export function otherRelease(manifest: Manifest, own: ReleaseKey): string | undefined {
  const said = releaseOf(manifest);
  if (said === undefined || isOfRelease(manifest, own)) return undefined;
  return said.release === own.release
    ? `${said.release} of namespace ${said.namespace}`
    : said.release;
}

/** What the server keeps about our own applies to the object itself. */
export function ourEntry({ metadata }: LiveObject): ManagedField | undefined {
  return metadata.managedFields?.find(
    ({ manager, operation, subresource }) =>
      manager === MANAGER && operation === 'Apply' && (subresource ?? '') === '',
  );
}

/** Objects that others put things into: they go only when they are empty of what others own. */
export function isHolder({ kind, apiVersion }: Pick<ObjectRef, 'kind' | 'apiVersion'>): boolean {
  if (kind === 'Namespace') return groupOf(apiVersion) === '';
  return kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io';
}

/** A Secret of Kubernetes itself: its values are never shown or logged, and digested only all together, slowly and with a salt. */
export function isSecret({ kind, apiVersion }: Pick<ObjectRef, 'kind' | 'apiVersion'>): boolean {
  return kind === 'Secret' && apiVersion === 'v1';
}
