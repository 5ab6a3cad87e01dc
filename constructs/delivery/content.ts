/** Content: the objects of an app on one cluster as an engine delivers them: what a release would apply, less what only a release can do. */
import { boundsOf, mayIdle, replicaBounds, scales } from '../kubernetes/autoscalers';
import { valueAt } from '../kubernetes/json-pointer';
import { groupOf, isScalable } from '../kubernetes/kinds';
import type { Manifest } from '../model/app/workload';

/** Objects, and how many replicas of them the decision assigned. */
export interface Content {
  readonly content: readonly Manifest[];
  readonly assigned: Readonly<Record<string, number>>;
}

/**
 * A number of replicas that an autoscaler owns is left out: an engine would set it back at every look. Its lower bound is
 * what the decision assigned.
 */
export function contentOf(rendered: readonly Manifest[]): Content {
  const autoscalers = rendered.filter((one) => boundsOf(one) !== undefined);
  const assigned: Record<string, number> = {};
  const content = rendered.map((manifest) => {
    const owner = autoscalers.find((one) => scales(one, manifest, ''));
    const stated = valueAt(manifest, ['spec', 'replicas']);
    if (owner !== undefined) {
      const { least, most } = replicaBounds(owner);
      assigned[objectKey(manifest)] = mayIdle(owner) ? 0 : Math.min(least, most);
      return withoutReplicas(manifest);
    }
    if (isScalable(manifest) && typeof stated === 'number') assigned[objectKey(manifest)] = stated;
    return manifest;
  });
  return { content, assigned };
}

/** `Deployment shop/web`. */
export function objectKey({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}

/** Workloads among `content` whose replicas an autoscaler owns. */
export function autoscaled(content: readonly Manifest[]): readonly Manifest[] {
  return content.filter((one) => boundsOf(one) !== undefined);
}

function withoutReplicas(manifest: Manifest): Manifest {
  const { replicas: _, ...spec } = (manifest.spec ?? {}) as Readonly<Record<string, unknown>>;
  return { ...manifest, spec };
}

/**
 * Whether the object stays when the app leaves: what other apps may have things in or depend on, and what its author wants
 * kept.
 */
export function isLeftBehind(manifest: Manifest): boolean {
  const { kind, apiVersion, metadata } = manifest;
  if (kind === 'Namespace' && groupOf(apiVersion) === '') return true;
  if (kind === 'CustomResourceDefinition') return true;
  const annotations = (metadata.annotations ?? {}) as Readonly<Record<string, unknown>>;
  return annotations['littoral.dev/on-remove'] === 'keep';
}

/** The manifest with one more annotation. */
export function annotated(manifest: Manifest, key: string, value: string): Manifest {
  const { metadata } = manifest;
  const annotations = { ...(metadata.annotations as object), [key]: value };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/** Secrets with values among the objects. */
export function secretsIn(content: readonly Manifest[]): readonly Manifest[] {
  return content.filter(
    (one) =>
      one.kind === 'Secret' &&
      one.apiVersion === 'v1' &&
      (one.data !== undefined || one.stringData !== undefined),
  );
}
