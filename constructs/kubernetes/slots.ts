/** Slots: finds the stand-ins in an object and leaves null there, and later puts the values of a decision in. */
import type { Fill, Slot } from '../model/bundle';
import { EdgeError } from '../model/errors';
import { quoted } from '../model/mistake';
import type { Manifest } from '../model/workload';
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

/** Cuts the stand-ins out of `manifest`. Throws EdgeError when one is part of a key. */
export function templateOf(manifest: Manifest, standIns: StandIns): Template {
  const slots: Slot[] = [];
  const visit = (value: unknown, steps: readonly (string | number)[]): unknown => {
    if (typeof value === 'number') {
      const fill = standIns.fillOf(value);
      if (fill === undefined) return value;
      slots.push({ pointer: pointerOf(steps), fill });
      return null;
    }
    if (typeof value === 'string') {
      const parts = standIns.partsOf(value);
      if (parts === undefined) return value;
      slots.push(textSlot(pointerOf(steps), parts));
      return null;
    }
    return visitMembers(value, steps);
  };
  const visitMembers = (value: unknown, steps: readonly (string | number)[]): unknown => {
    let copy: Record<string | number, unknown> | undefined;
    if (typeof value !== 'object' || value === null) return value;
    for (const [key, member] of Object.entries(value)) {
      if (standIns.partsOf(key) !== undefined) throw slotInKey(manifest, steps);
      const step = Array.isArray(value) ? Number(key) : key;
      const next = visit(member, [...steps, step]);
      if (next === member) continue;
      copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
      copy[step] = next;
    }
    return copy ?? value;
  };
  return { manifest: visit(manifest, []) as Manifest, slots };
}

/** A text that is one fill with a text value needs no joining; a number made text does. */
function textSlot(pointer: string, parts: readonly (string | Fill)[]): Slot {
  const [first] = parts;
  const isWhole = parts.length === 1 && typeof first === 'object' && !isNumeric(first);
  return isWhole ? { pointer, fill: first } : { pointer, text: [...parts] };
}

function isNumeric(fill: Fill): boolean {
  return fill.value === 'replicas' || fill.value === 'requestsPerSecond';
}

function slotInKey(manifest: Manifest, steps: readonly (string | number)[]): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: 'chart',
    summary: `${objectName(manifest)} uses a value of the decision as a key under ${quoted(pointerOf(steps))}`,
    remedy: 'Use site.cluster for keys; what the decision fills in may only be a value.',
  });
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
