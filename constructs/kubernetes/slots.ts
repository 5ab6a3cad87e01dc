/** Slots: finds the stand-ins in an object and leaves null there, and later puts the values of a decision in. */

import type { Fill, Slot } from '../model/app/bundle';
import type { Manifest } from '../model/app/workload';
import { EdgeError } from '../parsing';
import { isObject, pointerOf, replacedAt, stepsOf } from './json-pointer';
import { objectName } from './kinds';
import type { StandIns } from './site';

/** An object with null wherever a slot is. */
export interface Template {
  readonly manifest: Manifest;
  readonly slots: readonly Slot[];
  /** The component that it belongs to. */
  readonly component?: string;
  /** Where it was written. */
  readonly file?: string;
  readonly line?: number;
}

/** The two runs of a chart: the same object built with two sets of stand-ins. */
export interface Pair<T> {
  readonly large: T;
  readonly small: T;
}

/**
 * What both objects have in common, with a slot where they differ only by their stand-ins. Throws EdgeError when
 * they differ otherwise: then something was computed from a stand-in.
 */
export function templateOf(manifests: Pair<Manifest>, standIns: Pair<StandIns>): Template {
  const slots: Slot[] = [];
  const visit = (large: unknown, small: unknown, path: Step | undefined): unknown => {
    if (large === small) return large;
    if (isPlain(large) && isPlain(small)) return visitMembers(large, small, path);
    const slot = slotOf(pointerOf(stepsTo(path)), { large, small }, standIns);
    if (slot === undefined) throw computed(manifests.large, pointerOf(stepsTo(path)));
    slots.push(slot);
    return null;
  };
  const visitMembers = (large: Plain, small: Plain, path: Step | undefined): unknown => {
    const isList = Array.isArray(large);
    const keys = Object.keys(large);
    if (isList !== Array.isArray(small) || keys.length !== Object.keys(small).length) {
      throw computed(manifests.large, pointerOf(stepsTo(path)));
    }
    let copy: Record<string, unknown> | undefined;
    for (const key of keys) {
      const step = { key, before: path };
      if (!Object.hasOwn(small, key)) throw computed(manifests.large, pointerOf(stepsTo(path)));
      const next = visit(large[key], small[key], step);
      if (next === large[key]) continue;
      copy ??= (isList ? [...(large as unknown as unknown[])] : { ...large }) as Plain;
      copy[key] = next;
    }
    return copy ?? large;
  };
  return { manifest: visit(manifests.large, manifests.small, undefined) as Manifest, slots };
}

type Plain = Record<string, unknown>;

/** The way to a place, from its end: most places hold no slot and need no list of steps. */
interface Step {
  readonly key: string;
  readonly before: Step | undefined;
}

function stepsTo(path: Step | undefined): readonly string[] {
  return path === undefined ? [] : [...stepsTo(path.before), path.key];
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function slotOf(
  pointer: string,
  { large, small }: Pair<unknown>,
  standIns: Pair<StandIns>,
): Slot | undefined {
  if (typeof large === 'number' && typeof small === 'number') {
    const fill = standIns.large.fillOf(large);
    const other = standIns.small.fillOf(small);
    return fill !== undefined && sameParts([fill], other && [other])
      ? { pointer, fill }
      : undefined;
  }
  if (typeof large !== 'string' || typeof small !== 'string') return undefined;
  const parts = standIns.large.partsOf(large);
  if (parts === undefined || !sameParts(parts, standIns.small.partsOf(small))) return undefined;
  return textSlot(pointer, parts);
}

type Parts = readonly (string | Fill)[];

function sameParts(a: Parts, b: Parts | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A text that is one fill with a text value needs no joining; a number made text does. */
function textSlot(pointer: string, parts: readonly (string | Fill)[]): Slot {
  const [first] = parts;
  const isWhole = parts.length === 1 && typeof first === 'object' && !isNumeric(first);
  return isWhole ? { pointer, fill: first } : { pointer, text: [...parts] };
}

function isNumeric(fill: Fill): boolean {
  return ['replicas', 'requestsPerSecond', 'room'].includes(fill.value);
}

/** The mistake of a chart that computes with stand-ins, at `pointer` of `manifest` if it shows there. */
export function computed(manifest?: Manifest, pointer = ''): EdgeError {
  const where = manifest === undefined ? '' : ` in ${objectName(manifest)} ${pointer}`.trimEnd();
  return new EdgeError({
    code: 'InvalidDocument',
    path: 'chart',
    summary: `the chart computes with values of the decision${where}, which are not known yet`,
    remedy:
      'Place site.replicas and its siblings as they are, as values and not as keys; bounds belong in minReplicas and autoscaling.maxReplicasFactor. What depends on the cluster needs the fleet at synthesis, or overrides.',
  });
}

/** Where two values differ first, as a JSON pointer; undefined where they are equal. */
export function pointerOfDifference(a: unknown, b: unknown, pointer = ''): string | undefined {
  if (Object.is(a, b)) return undefined;
  const isList = Array.isArray(a);
  if (!isPlain(a) || !isPlain(b) || isList !== Array.isArray(b)) return pointer;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return pointer;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return pointer;
    const found = pointerOfDifference(a[key], b[key], `${pointer}${pointerOf([key])}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `manifest` with every slot filled. */
export function filled(
  manifest: Manifest,
  slots: readonly Slot[],
  fillIn: (fill: Fill) => string | number,
): Manifest {
  let result = manifest;
  for (const slot of slots) {
    const value = 'fill' in slot ? fillIn(slot.fill) : joined(slot.text, fillIn);
    result = replacedAt(result, stepsOf(slot.pointer), value);
  }
  return result;
}

function joined(
  parts: readonly (string | Fill)[],
  fillIn: (fill: Fill) => string | number,
): string {
  return parts.map((part) => (isObject(part) ? fillIn(part as Fill) : part)).join('');
}
