/** Scaling: puts the replicas of the decision where existing manifests keep theirs: in one place only. */
import type { Fill, Slot } from '../model/app/bundle';
import { EdgeError, quoted, useOneOf } from '../parsing';
import { type BoundsOfKind, boundsOf, scales } from './autoscalers';
import { replacedAt, valueAt } from './json-pointer';
import { isScalable, objectName } from './kinds';
import { placeOf } from './manifests';
import type { Template } from './slots';

/**
 * The templates with slots for the replicas of `component`; those without a namespace are in `namespace`. Throws
 * EdgeError when nothing has that name, or when its autoscaler lacks a bound that Kubernetes demands.
 */
export function scaled(
  templates: readonly Template[],
  component: string,
  namespace: string,
): readonly Template[] {
  const target = targetOf(templates, component, namespace);
  const owner = templates.find((one) => scales(one.manifest, target.manifest, namespace));
  return templates.map((one) => {
    if (one === owner) return bounded(one, component);
    if (one !== target) return one;
    if (owner === undefined) {
      return withSlot({ ...one, component }, ['spec', 'replicas'], {
        value: 'replicas',
        component,
      });
    }
    const manifest = replacedAt(one.manifest, ['spec', 'replicas'], undefined);
    return { ...one, component, manifest };
  });
}

function targetOf(templates: readonly Template[], component: string, namespace: string): Template {
  const scalable = templates.filter(({ manifest }) => isScalable(manifest));
  const direct = scalable.filter(({ manifest }) => manifest.metadata.name === component);
  if (direct.length > 1) throw ambiguous(component, direct);
  const byOwner = templates.filter(
    ({ manifest }) => boundsOf(manifest) !== undefined && manifest.metadata.name === component,
  );
  const isOwned = ({ manifest }: Template) =>
    byOwner.some((owner) => scales(owner.manifest, manifest, namespace));
  const target = direct[0] ?? scalable.find(isOwned);
  if (target !== undefined) return target;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'scaling.component',
    summary: `got ${quoted(component)}, which is no Deployment or StatefulSet of the manifests`,
    remedy: useOneOf(
      component,
      scalable.map(({ manifest }) => manifest.metadata.name),
    ),
  });
}

/** The decision is the lower bound; the upper bound stays, also the one its controller assumes, unless the decision is above it. */
function bounded(owner: Template, component: string): Template {
  const kind = boundsOf(owner.manifest)!;
  const written = valueAt(owner.manifest, ['spec', kind.most]) ?? kind.defaultMost;
  if (written === undefined) throw unbounded(owner, kind);
  const atLeast =
    typeof written === 'number' && written >= 1 ? { atLeast: Math.ceil(written) } : {};
  const fill = { value: 'replicas' as const, component };
  const low = withSlot({ ...owner, component }, ['spec', kind.least], fill);
  return withSlot(low, ['spec', kind.most], { ...fill, ...atLeast });
}

function unbounded(owner: Template, { most }: BoundsOfKind): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: `got no spec.${most} in ${objectName(owner.manifest)}, expected a number: Kubernetes demands it`,
    remedy: `Write spec.${most}: the most replicas that it may scale to.`,
    ...placeOf(owner),
  });
}

/** A sentence for each workload that states replicas although an autoscaler among `templates` owns them. */
export function replicaWarnings(
  templates: readonly Template[],
  namespace: string,
): readonly string[] {
  const autoscalers = templates.filter(({ manifest }) => boundsOf(manifest) !== undefined);
  return templates.flatMap(({ manifest }) => {
    const spec = (manifest.spec ?? {}) as object;
    if (autoscalers.length === 0 || !('replicas' in spec)) return [];
    const owner = autoscalers.find((one) => scales(one.manifest, manifest, namespace));
    if (owner === undefined) return [];
    return `${objectName(manifest)} states spec.replicas, and ${objectName(owner.manifest)} scales it; the number counts only when it is created`;
  });
}

function withSlot(template: Template, steps: readonly string[], fill: Fill): Template {
  const slot: Slot = { pointer: `/${steps.join('/')}`, fill };
  return {
    ...template,
    manifest: replacedAt(template.manifest, steps, null),
    slots: [...template.slots, slot],
  };
}

function ambiguous(component: string, found: readonly Template[]): EdgeError {
  const names = found.map(({ manifest }) => objectName(manifest)).join(', ');
  return new EdgeError({
    code: 'Duplicate',
    path: 'scaling.component',
    summary: `got ${quoted(component)}, which names several objects: ${names}`,
    remedy: 'Rename all but one of them.',
  });
}
