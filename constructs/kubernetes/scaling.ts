/** Scaling: puts the replicas of the decision where existing manifests keep theirs: in one place only. */
import type { Fill, Slot } from '../model/bundle';
import { EdgeError, quoted, useOneOf } from '../parsing';
import { replacedAt, valueAt } from './json-pointer';
import { groupOf, isScalable, objectName } from './kinds';
import type { Template } from './slots';

/** Kinds that own the replicas of another object, and what they call their bounds. */
const owners: Readonly<
  Record<string, { readonly group: string; readonly bounds: readonly [string, string] }>
> = {
  HorizontalPodAutoscaler: { group: 'autoscaling', bounds: ['minReplicas', 'maxReplicas'] },
  ScaledObject: { group: 'keda.sh', bounds: ['minReplicaCount', 'maxReplicaCount'] },
};

/** The templates with slots for the replicas of `component`. Throws EdgeError when nothing has that name. */
export function scaled(templates: readonly Template[], component: string): readonly Template[] {
  const target = targetOf(templates, component);
  const owner = templates.find((one) => owns(one, target));
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

function targetOf(templates: readonly Template[], component: string): Template {
  const scalable = templates.filter(({ manifest }) => isScalable(manifest));
  const direct = scalable.filter(({ manifest }) => manifest.metadata.name === component);
  if (direct.length > 1) throw ambiguous(component, direct);
  const byOwner = templates.filter(
    ({ manifest }) =>
      isOwner(manifest.kind, manifest.apiVersion) && manifest.metadata.name === component,
  );
  const target = direct[0] ?? scalable.find((one) => byOwner.some((owner) => owns(owner, one)));
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

function isOwner(kind: string, apiVersion: string): boolean {
  return Object.hasOwn(owners, kind) && owners[kind]!.group === groupOf(apiVersion);
}

function owns({ manifest }: Template, target: Template): boolean {
  if (!isOwner(manifest.kind, manifest.apiVersion)) return false;
  const reference = valueAt(manifest, ['spec', 'scaleTargetRef']) as
    | { readonly kind?: string; readonly name?: string }
    | undefined;
  // KEDA may leave the kind out and means a Deployment.
  const { kind = 'Deployment', name } = reference ?? {};
  return (
    kind === target.manifest.kind &&
    name === target.manifest.metadata.name &&
    manifest.metadata.namespace === target.manifest.metadata.namespace
  );
}

/** The decision is the lower bound; the upper bound stays, unless the decision is above it. */
function bounded(owner: Template, component: string): Template {
  const [min, max] = owners[owner.manifest.kind]!.bounds;
  const written = valueAt(owner.manifest, ['spec', max]);
  const atLeast =
    typeof written === 'number' && written >= 1 ? { atLeast: Math.ceil(written) } : {};
  const low = withSlot({ ...owner, component }, ['spec', min], { value: 'replicas', component });
  return withSlot(low, ['spec', max], { value: 'replicas', component, ...atLeast });
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
