/** Override patches: merges a patch into any object, and says where it meets what only a decision knows. */

import type { BundleObject } from '../../model/app/bundle';
import type { Manifest, Override } from '../../model/app/workload';
import { EdgeError, type EdgeErrorProps, pathText, useOneOf } from '../../parsing';
import { isObject, type JsonObject, stepsOf, valueAt } from '../json-pointer';
import { objectName } from '../kinds';
import { mistakesIn } from '../object-mistakes';
import { hasTemplate, template } from './pod-template';

type Target = NonNullable<Override['target']>;

/** True when `target` means this object. */
export function isTarget(target: Target, { kind, metadata }: Manifest): boolean {
  return (
    target.kind === kind &&
    target.name === metadata.name &&
    (target.namespace === undefined || target.namespace === metadata.namespace)
  );
}

/** `value` with `patch` merged in: null removes a key, lists of named elements are merged by name, others are replaced. */
export function merged(value: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return mergedList(value, patch);
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(value) ? { ...value } : {};
  for (const [key, member] of Object.entries(patch)) {
    if (member === null) delete result[key];
    else result[key] = merged(result[key], member);
  }
  return result;
}

function mergedList(value: unknown, patch: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(value) || !value.every(isNamed) || !patch.every(isNamed)) {
    return patch.map((one) => merged(undefined, one));
  }
  const byName = new Map(patch.map((one) => [one.name, one]));
  const there = new Set(value.map(({ name }) => name));
  const kept = value.map((one) => merged(one, byName.get(one.name) ?? {}));
  return [...kept, ...patch.filter(({ name }) => !there.has(name))];
}

function isNamed(value: unknown): value is JsonObject & { readonly name: string } {
  return isObject(value) && typeof value.name === 'string';
}

/** Everything wrong with the targets and patches of `overrides` for these objects. */
export function targetErrors(
  overrides: readonly Override[],
  objects: readonly BundleObject[],
): readonly EdgeError[] {
  return overrides.flatMap(({ target, patch }, index) => {
    if (target === undefined) return [];
    const path = `overrides[${index}]`;
    const meant = objects.filter(({ manifest }) => isTarget(target, manifest));
    if (meant.length === 0) return [unknownTarget(`${path}.target`, target, objects)];
    return patch === undefined ? [] : meant.flatMap((one) => patchErrors(path, patch, one));
  });
}

function patchErrors(
  path: string,
  patch: JsonObject,
  { manifest, slots = [] }: BundleObject,
): readonly EdgeError[] {
  const decided = slots.find(({ pointer }) => touches(manifest, patch, stepsOf(pointer)));
  if (decided !== undefined) {
    return [
      new EdgeError({
        code: 'Contradiction',
        path: `${path}.patch`,
        summary: `got a patch of ${pathText(stepsOf(decided.pointer))} of ${objectName(manifest)}, which the decision fills in`,
        remedy: 'Leave it out; minReplicas of a component is what may differ by cluster.',
      }),
    ];
  }
  const after = merged(manifest, patch) as Manifest;
  const lost = lostPods(manifest, patch, after);
  if (lost !== undefined) return [new EdgeError({ ...lost, path: `${path}.patch` })];
  return mistakesIn(after, false)
    .filter((mistake) => touches(manifest, patch, mistake.path.map(String)))
    .map(
      (mistake) =>
        new EdgeError({
          code: 'InvalidDocument',
          path: `${path}.patch`,
          summary: `${mistake.summary}, once ${objectName(manifest)} is patched`,
          remedy: mistake.remedy,
        }),
    );
}

/** Pods that nothing runs in any more, or that what owns them, Services and NetworkPolicies do not find any more. */
function lostPods(
  before: Manifest,
  patch: JsonObject,
  after: Manifest,
): Omit<EdgeErrorProps, 'path'> | undefined {
  if (!hasTemplate(before)) return undefined;
  const name = objectName(before);
  if (!hasTemplate(after)) {
    return {
      code: 'Contradiction',
      summary: `got a patch by which the pods of ${name} have no containers`,
      remedy: 'Name the containers that are different; the others stay as they are.',
    };
  }
  if (touches(before, patch, ['spec', 'selector'])) {
    return {
      code: 'Contradiction',
      summary: `got a patch of spec.selector of ${name}, which finds its pods and cannot change`,
      remedy: 'Leave spec.selector out of the patch.',
    };
  }
  const labels = [...template, 'metadata', 'labels'];
  const selected = Object.keys(valueAt(before, ['spec', 'selector', 'matchLabels']) ?? {});
  const changed = selected.find(
    (key) => valueAt(before, [...labels, key]) !== valueAt(after, [...labels, key]),
  );
  if (changed === undefined) return undefined;
  return {
    code: 'Contradiction',
    summary: `label ${changed} selects the pods of ${name} and cannot change`,
    remedy: 'Use another label.',
  };
}

/** True when a patch sets, removes or replaces what is at `steps` of `value`. */
function touches(value: unknown, patch: unknown, steps: readonly string[]): boolean {
  const [step, ...below] = steps;
  if (step === undefined) return true;
  if (Array.isArray(patch)) {
    const element = Array.isArray(value) ? value[Number(step)] : undefined;
    if (!isNamed(element) || !patch.every(isNamed)) return true;
    const own = patch.find(({ name }) => name === element.name);
    return own !== undefined && touches(element, own, below);
  }
  if (!isObject(patch)) return true;
  if (!Object.hasOwn(patch, step)) return false;
  return touches(isObject(value) ? value[step] : undefined, patch[step], below);
}

function unknownTarget(
  path: string,
  { kind, name }: Target,
  objects: readonly BundleObject[],
): EdgeError {
  const known = objects.map(({ manifest }) => objectName(manifest));
  return new EdgeError({
    code: 'UnknownName',
    path,
    summary: `got ${kind} ${name}, which is none of the objects`,
    remedy: useOneOf(`${kind} ${name}`, [...new Set(known)]),
  });
}
