/** Keeping: which objects stay behind when a release is done with them: those it adopted, and those whose annotations say so to the tools of Kubernetes. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { LiveObject } from '../../../clusters/cluster';
import type { Entry } from './inventory';

/** Says what becomes of the object when the release is done with it: keep or delete. */
export const ON_REMOVE = 'littoral.dev/on-remove';

/** Keys of annotations and labels, and the values by which each tool keeps an object. */
const keepers: readonly (readonly [key: string, values: RegExp])[] = [
  [ON_REMOVE, /^keep$/],
  ['helm.sh/resource-policy', /(^|,)\s*keep\s*(,|$)/],
  ['argocd.argoproj.io/sync-options', /(^|,)\s*(Prune|Delete)=(false|confirm)\s*(,|$)/],
  ['kustomize.toolkit.fluxcd.io/prune', /^disabled$/i],
  ['cli-utils.sigs.k8s.io/on-remove', /^keep$/],
  ['client.lifecycle.config.k8s.io/deletion', /^detach$/],
  ['kluctl.io/skip-delete', /^true$/],
  ['kapp.k14s.io/delete-strategy', /^orphan$/],
];

/** The annotation that keeps the object, as `helm.sh/resource-policy: keep`; undefined when none does. */
export function keepingAnnotation({ metadata }: Manifest): string | undefined {
  const marks = { ...(metadata.labels as object), ...(metadata.annotations as object) };
  for (const [key, values] of keepers) {
    const value: unknown = (marks as Readonly<Record<string, unknown>>)[key];
    if (typeof value === 'string' && values.test(value.trim())) return `${key}: ${value}`;
  }
  return undefined;
}

/** Why the object stays when the release is done with it; undefined when it goes. `live` is left out by who has only a state. */
export function keepingReason(
  entry: Entry | undefined,
  live: LiveObject | undefined,
  deleteAdopted: boolean,
): string | undefined {
  const annotation = (live && keepingAnnotation(live)) ?? entry?.keep;
  if (annotation !== undefined) return annotation;
  const goes = deleteAdopted || (live !== undefined && isHandedOver(live));
  return entry?.adopted && !goes ? 'it was there before the release' : undefined;
}

/** Whether the object says that it goes when the release is done with it. */
export function isHandedOver({ metadata }: Manifest): boolean {
  const annotations = metadata.annotations as Readonly<Record<string, unknown>> | undefined;
  return annotations?.[ON_REMOVE] === 'delete';
}
