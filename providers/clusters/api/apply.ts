/** Server-side apply: one request for one object, and what came of it. */

import type { Manifest } from '../../../constructs/model/app/workload';
import { canonicalJson } from '../../../constructs/model/canonical';
import { exactJson } from '../../../constructs/model/exact-integer';
import type { ApplyOptions, ApplyOutcome, LiveObject, ObjectRef } from '../cluster';
import type { Reply } from './api-server';
import {
  collectionOf,
  describeRequest,
  getObject,
  type Objects,
  pathOf,
  queryOf,
  refused,
  remember,
} from './objects';
import { conflictsOf, type RequestDescription, statusOf } from './status';

/** Who we are in managedFields. */
export const fieldManager = 'littoral';

/** Applies. Compares with what `expected` and `objects.seen` say was there, else with the time of our last apply. */
export async function applyObject(
  objects: Objects,
  manifest: Manifest,
  options: ApplyOptions,
): Promise<ApplyOutcome> {
  const ref = refOf(manifest);
  const description = describeRequest(objects, 'apply', ref);
  const reply = await send(objects, manifest, options, description);
  if (reply.status === 409) {
    const conflicts = conflictsOf(statusOf(reply.body));
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  }
  if (reply.status !== 200 && reply.status !== 201) throw refused(objects, description, reply);
  const object = reply.body as LiveObject;
  if (options.dryRun === true) return { kind: await dryKind(objects, ref, reply), object };
  const { uid, resourceVersion } = object.metadata;
  const seen = [options.expected, objects.seen.get(uid)];
  remember(objects, object);
  if (manifest.kind === 'CustomResourceDefinition') expectKind(objects, manifest);
  // The first attempt may have created it, and its answer may have been lost.
  const created = reply.status === 201 || (reply.attempts > 1 && isNew(object, reply));
  if (created) return { kind: 'created', object };
  const same = seen.includes(resourceVersion) || isOlder(object, reply);
  return { kind: same ? 'unchanged' : 'changed', object };
}

async function send(
  objects: Objects,
  manifest: Manifest,
  { force, dryRun, onlyIf, manager = fieldManager }: ApplyOptions,
  description: RequestDescription,
): Promise<Reply> {
  const ref = refOf(manifest);
  const query = { fieldManager: manager, dryRun: dryRun === true ? 'All' : '' };
  if (onlyIf === 'absent') {
    // No apply can say that an object must not be there yet.
    const { path } = await collectionOf(objects, description, ref);
    const body = exactJson(manifest);
    const contentType = 'application/json';
    const what = { path: `${path}${queryOf(query)}`, body, contentType };
    return objects.server.ask({
      ...what,
      method: 'POST',
      safe: true,
      conditional: true,
      description: description,
    });
  }
  const metadata = { ...manifest.metadata, ...onlyIf };
  return objects.server.ask({
    method: 'PATCH',
    path: `${await pathOf(objects, description, ref)}${queryOf({ ...query, force: force === true ? 'true' : 'false' })}`,
    body: exactJson({ ...manifest, metadata }),
    contentType: 'application/apply-patch+yaml',
    safe: true,
    conditional: onlyIf !== undefined,
    description: description,
  });
}

/** The name of a manifest. */
export function refOf({ apiVersion, kind, metadata }: Manifest): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function isNew({ metadata }: LiveObject, { date, milliseconds }: Reply): boolean {
  return (
    date !== undefined && Date.parse(metadata.creationTimestamp ?? '') >= date - milliseconds - 1000
  );
}

/**
 * True when our fields were last changed before this request was sent. The server notes the time of an apply only
 * when it changes something, with the same clock that dates its answers; both count in whole seconds.
 */
function isOlder({ metadata }: LiveObject, { date, milliseconds }: Reply): boolean {
  const ours = metadata.managedFields?.find(
    (entry) => entry.manager === fieldManager && entry.operation === 'Apply' && !entry.subresource,
  );
  const changed = Date.parse(ours?.time ?? '');
  return date !== undefined && changed < date - milliseconds - 1000;
}

/** A dry run leaves the resourceVersion alone, so a change of this very second can only be told by comparing. */
async function dryKind(
  objects: Objects,
  ref: ObjectRef,
  reply: Reply,
): Promise<'created' | 'changed' | 'unchanged'> {
  if (reply.status === 201) return 'created';
  const object = reply.body as LiveObject;
  if (isOlder(object, reply)) return 'unchanged';
  const live = await getObject(objects, ref);
  if (live === undefined) return 'created';
  return canonicalJson(withoutTimes(live)) === canonicalJson(withoutTimes(object))
    ? 'unchanged'
    : 'changed';
}

function withoutTimes(object: LiveObject): unknown {
  const { resourceVersion: _, managedFields = [], ...metadata } = object.metadata;
  // The server sorts managers by time, too.
  const managers = managedFields.map(({ time: __, ...entry }) => canonicalJson(entry)).sort();
  return { ...object, metadata: { ...metadata, managers } };
}

interface Definition {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
}

function expectKind({ discovery }: Objects, { spec }: Manifest): void {
  const { group, names } = (spec ?? {}) as Definition;
  if (group !== undefined && names?.kind !== undefined) discovery.expect(group, names.kind);
}
