/** Field managers: which fields other tools own, and how they become ours when we adopt what they made. */

import type { Manifest } from '../../../../constructs/model/app/workload';
import { exactJson, parseExactJson } from '../../../../constructs/model/exact-integer';
import type { LiveObject, ManagedField } from '../../../clusters/cluster';
import { MANAGER, ourEntry } from './identity';

/** Holds the replicas of a workload between the release, which gives them up, and an autoscaler, which takes them. */
export const HANDOVER_MANAGER = 'littoral-handover';

/** A node of fieldsV1: `f:name` a field, `k:{...}` and `v:...` items of a list, `.` the thing itself. */
export type FieldSet = { readonly [step: string]: FieldSet };

/** What kubectl calls its client-side apply, and what the server calls fields from before it kept managers. */
const clientSideApply: ReadonlySet<string> = new Set([
  'kubectl-client-side-apply',
  'before-first-apply',
]);
/** Tools and people, who set a field once and do not watch it; controllers are none of these. */
const tools =
  /^(before-first-apply|kubectl(-.*)?|helm|argocd.*|argo-cd.*|flux.*|kustomize-controller|terraform.*|hashicorp|opentofu|pulumi.*|mozilla|node-fetch|k9s|lens|rancher)$/i;

/** Whether a manager is a tool or a person rather than a controller. */
export function isTool(manager: string): boolean {
  return tools.test(manager);
}

function isUpdate({ operation, subresource, fieldsV1 }: ManagedField): boolean {
  return operation === 'Update' && (subresource ?? '') === '' && fieldsV1 !== undefined;
}

function isClientSideApply(entry: ManagedField): boolean {
  return isUpdate(entry) && clientSideApply.has(entry.manager ?? '');
}

/** The fields that client-side apply owns; undefined when it owns none. */
export function clientSideFields(live: LiveObject): FieldSet | undefined {
  const entries = (live.metadata.managedFields ?? []).filter(isClientSideApply);
  if (entries.length === 0) return undefined;
  return entries.map(({ fieldsV1 }) => fieldsV1 as FieldSet).reduce(union);
}

/** The fields that anybody but us and client-side apply owns. */
export function fieldsOfOthers(live: LiveObject): FieldSet {
  const ours = ourEntry(live);
  return (live.metadata.managedFields ?? [])
    .filter((entry) => entry !== ours && !isClientSideApply(entry))
    .map(({ fieldsV1 }) => (fieldsV1 ?? {}) as FieldSet)
    .reduce(union, {});
}

/** managedFields in which we own what client-side apply owned. */
export function withClientSideFields(live: LiveObject): readonly ManagedField[] {
  const before = live.metadata.managedFields ?? [];
  const taken = clientSideFields(live);
  const from = before.find(isClientSideApply);
  if (taken === undefined || from === undefined) return before;
  const ours = ourEntry(live);
  const { apiVersion, time } = ours ?? from;
  const entry = {
    manager: MANAGER,
    operation: 'Apply',
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: ours === undefined ? taken : union(ours.fieldsV1 as FieldSet, taken),
  };
  return [...before.filter((one) => one !== ours && !isClientSideApply(one)), entry];
}

/** managedFields in which tools no longer own what we own too; undefined when none of them does. */
export function withoutSharedFields(live: LiveObject): readonly ManagedField[] | undefined {
  const ours = ourEntry(live)?.fieldsV1 as FieldSet | undefined;
  if (ours === undefined) return undefined;
  let changed = false;
  const fields = (live.metadata.managedFields ?? []).flatMap((entry) => {
    if (!isUpdate(entry) || !isTool(entry.manager ?? '')) return [entry];
    const before = entry.fieldsV1 as FieldSet;
    const rest = difference(before, ours);
    if (JSON.stringify(rest) === JSON.stringify(before)) return [entry];
    changed = true;
    return Object.keys(rest).length === 0 ? [] : [{ ...entry, fieldsV1: rest }];
  });
  return changed ? fields : undefined;
}

/** Whether we own `spec.replicas`, or would once we have the fields of client-side apply. */
export function ownsReplicas(live: LiveObject, withClientSide: boolean): boolean {
  const taken = withClientSide ? clientSideFields(live) : undefined;
  return [ourEntry(live)?.fieldsV1 as FieldSet | undefined, taken].some(
    (fields) => fields?.['f:spec']?.['f:replicas'] !== undefined,
  );
}

const isLeaf = (fields: FieldSet): boolean => Object.keys(fields).length === 0;

function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isLeaf(a)) return isLeaf(b) ? a : { '.': {}, ...b };
  if (isLeaf(b)) return { '.': {}, ...a };
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(
    keys.map((key) => {
      const [one, other] = [a[key], b[key]];
      return [key, one === undefined || other === undefined ? (one ?? other)! : union(one, other)];
    }),
  );
}

function difference(a: FieldSet, b: FieldSet): FieldSet {
  return Object.fromEntries(
    Object.entries(a).flatMap(([key, fields]): [string, FieldSet][] => {
      const other = b[key];
      if (other === undefined) return [[key, fields]];
      if (isLeaf(fields)) return isLeaf(other) || other['.'] !== undefined ? [] : [[key, fields]];
      if (isLeaf(other)) return [[key, fields]];
      const rest = difference(fields, other);
      return isLeaf(rest) ? [] : [[key, rest]];
    }),
  );
}

/**
 * `live` as it becomes when we have the fields of client-side apply and then apply `manifest`: what only client-side
 * apply owned and the manifest does not name goes. The server completes it.
 */
export function adopted(live: LiveObject, manifest: Manifest): LiveObject {
  const owned = clientSideFields(live) ?? {};
  const others = fieldsOfOthers(live);
  const known = union(owned, others);
  const pruned = without(live, owned, others, manifest);
  const merged = merge(pruned, manifest, known) as LiveObject;
  return { ...merged, metadata: { ...merged.metadata, ...identityOf(live) } };
}

function identityOf({ metadata }: LiveObject) {
  const { uid, resourceVersion, managedFields } = metadata;
  return { uid, resourceVersion, ...(managedFields === undefined ? {} : { managedFields }) };
}

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `value` without what is in `owned`, unless others own it too or `wanted` names it. */
function without(
  value: unknown,
  owned: FieldSet,
  others: FieldSet | undefined,
  wanted: unknown,
): unknown {
  if (Array.isArray(value)) return itemsWithout(value, owned, others, wanted);
  if (!isPlain(value)) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [step, fields] of Object.entries(owned)) {
    const key = step.slice(2);
    if (!step.startsWith('f:') || !Object.hasOwn(value, key)) continue;
    const theirs = others?.[step];
    const named = isPlain(wanted) && Object.hasOwn(wanted, key) ? wanted[key] : undefined;
    if (isLeaf(fields)) {
      if (named === undefined && theirs === undefined) delete result[key];
      continue;
    }
    const rest = without(value[key], fields, theirs, named);
    const isGone = named === undefined && theirs === undefined && isEmpty(rest, fields);
    if (isGone) delete result[key];
    else result[key] = rest;
  }
  return result;
}

/** Nothing is left, or the thing itself was owned and goes with what the server added to it. */
function isEmpty(rest: unknown, fields: FieldSet): boolean {
  if (fields['.'] !== undefined) return true;
  return typeof rest === 'object' && rest !== null && Object.keys(rest).length === 0;
}

function itemsWithout(
  list: readonly unknown[],
  owned: FieldSet,
  others: FieldSet | undefined,
  wanted: unknown,
): readonly unknown[] {
  const named = Array.isArray(wanted) ? wanted : [];
  return list.flatMap((item) => {
    const step = Object.keys(owned).find((one) => isItem(one, item));
    if (step === undefined) return [item];
    const theirs = others?.[step];
    const same = named.find((one) => isItem(step, one));
    if (same === undefined && theirs === undefined) return [];
    return [step.startsWith('k:') ? without(item, owned[step]!, theirs, same) : item];
  });
}

/** A key that the item leaves out has its default, which nobody here knows: it is taken for equal. */
function isItem(step: string, item: unknown): boolean {
  if (!/^[kv]:/.test(step)) return false;
  const wanted: unknown = parseExactJson(step.slice(2));
  if (step.startsWith('v:')) return exactJson(item) === exactJson(wanted);
  const plain = isPlain(item) ? item : {};
  return Object.entries(wanted as Plain).every(
    ([key, value]) => plain[key] === undefined || plain[key] === value,
  );
}

/** `top` laid over `base`; lists by the keys that their owners' fields name, others as a whole. */
function merge(base: unknown, top: unknown, known: FieldSet | undefined): unknown {
  if (isPlain(base) && isPlain(top)) {
    const result: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(top)) {
      result[key] = merge(base[key], value, known?.[`f:${key}`]);
    }
    return result;
  }
  if (!Array.isArray(base) || !Array.isArray(top) || known === undefined) return top;
  const steps = Object.keys(known).filter((step) => /^[kv]:/.test(step));
  if (steps.length === 0) return top;
  const left = [...top];
  const kept = base.map((item) => {
    const step = steps.find((one) => isItem(one, item));
    const at = step === undefined ? -1 : left.findIndex((one) => isItem(step, one));
    if (step === undefined || at < 0) return item;
    const [same] = left.splice(at, 1);
    return merge(item, same, known[step]);
  });
  return [...kept, ...left];
}
