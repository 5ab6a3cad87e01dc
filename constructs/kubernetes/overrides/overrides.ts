/** Overrides: the typed patches of a cluster, checked once and applied to the objects of their components. */

import type { BundleObject } from '../../model/app/bundle';
import type { Manifest, Override } from '../../model/app/workload';
import { aLabelName, aLabelValue, labelName, labelValue } from '../../model/labels';
import { EdgeError, quoted, useOneOf } from '../../parsing';
import { isObject, type JsonObject, replacedAt, valueAt } from '../json-pointer';
import { cpuQuantity, memoryQuantity, quantityValue } from '../quantities';
import { isTarget, merged as mergedPatch, targetErrors } from './override-patches';
import { containers, hasTemplate, template } from './pod-template';

/** `manifest`, which may belong to `component`, with one override; the rest of the object is shared. */
export function overridden(
  manifest: Manifest,
  component: string | undefined,
  override: Override,
): Manifest {
  const { target, patch } = override;
  if (target !== undefined) {
    if (!isTarget(target, manifest)) return manifest;
    if (patch !== undefined) return mergedPatch(manifest, patch) as Manifest;
    return withSet(manifest, component ?? manifest.metadata.name, override);
  }
  if (component === undefined) return manifest;
  if (override.component !== undefined && override.component !== component) return manifest;
  return withSet(manifest, component, override);
}

function withSet(manifest: Manifest, component: string, override: Override): Manifest {
  const { image, env, resources, labels, annotations } = override.set ?? {};
  let result = manifest;
  const merge = (member: string, values: Readonly<Record<string, string>> | undefined) => {
    if (values === undefined) return;
    result = merged(result, ['metadata', member], values);
    if (hasTemplate(result)) result = merged(result, [...template, 'metadata', member], values);
  };
  merge('labels', labels);
  merge('annotations', annotations);
  if (!hasTemplate(result)) return result;
  const at = [...containers, containerIndex(result, component)];
  if (image !== undefined) result = replacedAt(result, [...at, 'image'], image);
  if (env !== undefined) {
    const given = valueAt(result, [...at, 'env']);
    result = replacedAt(result, [...at, 'env'], mergedEnv(Array.isArray(given) ? given : [], env));
  }
  if (resources?.cpuMillicores !== undefined) {
    result = requested(result, at, 'cpu', cpuQuantity(resources.cpuMillicores));
  }
  if (resources?.memoryMebibytes !== undefined) {
    result = requested(result, at, 'memory', memoryQuantity(resources.memoryMebibytes));
  }
  return result;
}

function merged(
  manifest: Manifest,
  steps: readonly string[],
  values: Readonly<Record<string, string>>,
): Manifest {
  const before = valueAt(manifest, steps);
  return replacedAt(manifest, steps, { ...(isObject(before) ? before : {}), ...values });
}

/** The container of the component's name, else the one kubectl takes by default, else the first. */
function containerIndex(manifest: Manifest, component: string): number {
  const list = valueAt(manifest, containers) as readonly JsonObject[];
  const byName = (name: unknown) => list.findIndex((one) => isObject(one) && one.name === name);
  const byDefault = valueAt(manifest, [
    ...template,
    ...['metadata', 'annotations', 'kubectl.kubernetes.io/default-container'],
  ]);
  const own = byName(component);
  return Math.max(own >= 0 ? own : byName(byDefault ?? component), 0);
}

/** A variable that is there keeps its place, because later ones may refer to it. */
function mergedEnv(
  before: readonly JsonObject[],
  env: Readonly<Record<string, string>>,
): readonly JsonObject[] {
  const kept = before.map((one) =>
    typeof one.name === 'string' && Object.hasOwn(env, one.name)
      ? { name: one.name, value: env[one.name] }
      : one,
  );
  const there = new Set(before.map((one) => one.name));
  const added = Object.keys(env).filter((name) => !there.has(name));
  return [...kept, ...added.sort().map((name) => ({ name, value: env[name] }))];
}

/**
 * A limit that was the request stays it, and one below the request rises to it, because Kubernetes refuses a request
 * above its limit. Any other limit stays.
 */
function requested(
  manifest: Manifest,
  container: readonly (string | number)[],
  resource: 'cpu' | 'memory',
  quantity: string,
): Manifest {
  const limit = [...container, 'resources', 'limits', resource];
  const request = [...container, 'resources', 'requests', resource];
  const result = replacedAt(manifest, request, quantity);
  const [most, before] = [limit, request].map((at) => quantityValue(valueAt(manifest, at)));
  if (most === undefined) return result;
  const follows = most === before || most < (quantityValue(quantity) ?? 0);
  return follows ? replacedAt(result, limit, quantity) : result;
}

/** Everything wrong with `overrides` for these components and objects. */
export function overrideErrors(
  overrides: readonly Override[],
  components: readonly string[],
  objects: readonly BundleObject[],
): readonly EdgeError[] {
  const withPods = new Set(
    objects.filter((one) => hasTemplate(one.manifest)).map((one) => one.component),
  );
  const ofComponents = overrides.flatMap((override, index) => {
    const path = `overrides[${index}]`;
    const { component } = override;
    if (override.target !== undefined) return setErrors(path, override.target, override, objects);
    if (component !== undefined && !components.includes(component)) {
      return [unknownComponent(`${path}.component`, component, components)];
    }
    const meant = component === undefined ? components : [component];
    const missing = meant.find((one) => !withPods.has(one));
    const nothing = meant.length === 0 || missing !== undefined;
    return [
      ...(nothing ? [nothingToChange(path, missing)] : []),
      ...metadataErrors(`${path}.set`, override),
      ...selectorErrors(`${path}.set.labels`, override, objects.filter(isOf(component))),
    ];
  });
  return [...ofComponents, ...targetErrors(overrides, objects)];
}

function unknownComponent(path: string, name: string, components: readonly string[]): EdgeError {
  return new EdgeError({
    code: 'UnknownName',
    path,
    summary: `got ${quoted(name)}, which is no component of the app`,
    remedy: useOneOf(name, components),
  });
}

function nothingToChange(path: string, component: string | undefined): EdgeError {
  const of = component === undefined ? '' : ` of component ${component}`;
  return new EdgeError({
    code: 'UnknownName',
    path,
    summary: `there is no Deployment or StatefulSet${of} to change`,
    remedy:
      'Name it: scaling.component for manifests; in a chart the label app.kubernetes.io/component, or the name, of the Deployment.',
  });
}

function metadataErrors(path: string, { set }: Override): readonly EdgeError[] {
  const error = (member: string, key: string, expected: string) =>
    new EdgeError({
      code: 'InvalidDocument',
      path: `${path}.${member}`,
      summary: `got ${quoted(key)}, expected ${expected}`,
      remedy: 'Write one that Kubernetes accepts.',
    });
  const names = (member: 'labels' | 'annotations') =>
    Object.keys(set?.[member] ?? {})
      .filter((key) => !labelName.test(key))
      .map((key) => error(member, key, aLabelName));
  const values = Object.values(set?.labels ?? {})
    .filter((value) => !labelValue.test(value))
    .map((value) => error('labels', value, aLabelValue));
  return [...names('labels'), ...names('annotations'), ...values];
}

/** Objects of a component, or of any. */
function isOf(component: string | undefined) {
  return (one: BundleObject) =>
    one.component !== undefined && (component ?? one.component) === one.component;
}

/** What cannot be set of the objects that a target means: what pods have, where there are none, and what selects them. */
function setErrors(
  path: string,
  target: NonNullable<Override['target']>,
  override: Override,
  objects: readonly BundleObject[],
): readonly EdgeError[] {
  const meant = objects.filter(({ manifest }) => isTarget(target, manifest));
  const without = meant.find(({ manifest }) => !hasTemplate(manifest));
  const members = without === undefined ? [] : (['image', 'env', 'resources'] as const);
  const stray = members.filter((member) => override.set?.[member] !== undefined);
  return [
    ...stray.map(
      (member) =>
        new EdgeError({
          code: 'Contradiction',
          path: `${path}.set.${member}`,
          summary: `${target.kind} ${target.name} has no spec.template with containers, whose ${member} could be set`,
          remedy: 'Write patch instead of set, with the fields of the object.',
        }),
    ),
    ...metadataErrors(`${path}.set`, override),
    ...selectorErrors(
      `${path}.set.labels`,
      override,
      meant.filter(({ manifest }) => hasTemplate(manifest)),
    ),
  ];
}

function selectorErrors(
  path: string,
  { set }: Override,
  objects: readonly BundleObject[],
): readonly EdgeError[] {
  const selected = new Set(
    objects.flatMap(({ manifest }) =>
      Object.keys(valueAt(manifest, ['spec', 'selector', 'matchLabels']) ?? {}),
    ),
  );
  return Object.keys(set?.labels ?? {})
    .filter((key) => selected.has(key))
    .map(
      (key) =>
        new EdgeError({
          code: 'Contradiction',
          path,
          summary: `label ${key} selects the pods of the Deployment and cannot change`,
          remedy: 'Use another label.',
        }),
    );
}
