/** Ownership: reads managed fields: whether another manager changed our fields, and what we applied before. */

import type { Manifest } from '../../../../constructs/model/app/workload';
import { digestOf } from '../../../../constructs/model/canonical';
import { exactJson, parseExactJson } from '../../../../constructs/model/exact-integer';
import type { LiveObject } from '../../../clusters/cluster';
import { ourEntry } from './identity';

type Plain = Readonly<Record<string, unknown>>;
type FieldSet = Plain;

/**
 * A digest of the set of fields we own; undefined when we own none. A manager that changes or removes a field of ours
 * takes it from this set, so an equal digest means that every value is as we applied it.
 */
export function ownedDigest(live: LiveObject): string | undefined {
  const fields = ourEntry(live)?.fieldsV1;
  return fields === undefined ? undefined : digestOf(fields).slice(7, 23);
}

/** What we had applied: the fields we own, with the values they have. Undefined when we own none. */
export function ownedPart(live: LiveObject): Manifest | undefined {
  const fields = ourEntry(live)?.fieldsV1;
  if (fields === undefined) return undefined;
  return withIdentity(live, part(live, fields as FieldSet) as Plain);
}

/** What `live` holds at the places that `manifest` speaks about: what it looked like before it was taken over. */
export function sameShape(live: LiveObject, manifest: Manifest): Manifest {
  return withIdentity(live, shaped(live, manifest) as Plain);
}

function withIdentity({ apiVersion, kind, metadata }: LiveObject, rest: Plain): Manifest {
  const { name, namespace } = metadata;
  const {
    uid: _,
    resourceVersion: __,
    managedFields: ___,
    ...more
  } = (rest.metadata ?? {}) as Plain;
  const identity = { ...more, name, ...(namespace === undefined ? {} : { namespace }) };
  const { status: ____, ...body } = rest;
  return { ...body, apiVersion, kind, metadata: identity };
}

/** An empty set is a leaf: everything below it is owned. "." is the thing itself, without what it holds. */
function part(value: unknown, fields: FieldSet): unknown {
  const steps = Object.keys(fields).filter((step) => step !== '.');
  if (steps.length === 0) return '.' in fields ? emptied(value) : value;
  if (Array.isArray(value)) return listPart(value, fields, steps);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const step of steps) {
    const key = step.slice(2);
    if (!step.startsWith('f:') || !Object.hasOwn(value, key)) continue;
    result[key] = part((value as Plain)[key], fields[step] as FieldSet);
  }
  return result;
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return typeof value === 'object' && value !== null ? {} : value;
}

/** `k:{"name":"web"}` is the item with these keys, `v:"x"` the item that is equal, `i:0` the item there. */
function listPart(list: readonly unknown[], fields: FieldSet, steps: readonly string[]) {
  return list.flatMap((item, index) => {
    const step = steps.find((one) => {
      const rest = one.slice(2);
      if (one.startsWith('i:')) return Number(rest) === index;
      const wanted: unknown = parseExactJson(rest);
      if (one.startsWith('v:')) return exactJson(item) === exactJson(wanted);
      return Object.entries(wanted as Plain).every(([key, at]) => (item as Plain)?.[key] === at);
    });
    if (step === undefined) return [];
    return [step.startsWith('v:') ? item : part(item, fields[step] as FieldSet)];
  });
}

function shaped(live: unknown, like: unknown): unknown {
  if (typeof like !== 'object' || like === null || Array.isArray(like)) return live;
  if (typeof live !== 'object' || live === null || Array.isArray(live)) return live;
  return Object.fromEntries(
    Object.entries(like).flatMap(([key, value]) =>
      Object.hasOwn(live, key) ? [[key, shaped((live as Plain)[key], value)]] : [],
    ),
  );
}
