/** Managed fields: who owns which field is said anew, and what an object would become without some of its fields is asked. */
import { exactJson } from '../../../constructs/model/exact-integer';
import type { LiveObject, ManagedField } from '../cluster';
import { fieldManager, refOf } from './apply';
import { describeRequest, type Objects, pathOf, queryOf, refused, remember } from './objects';

/** What the server would make of the object: a dry run of its replacement. */
export async function forecastReplacement(
  objects: Objects,
  object: LiveObject,
): Promise<LiveObject> {
  const description = describeRequest(objects, 'try', refOf(object));
  const { managedFields: _, ...metadata } = object.metadata;
  const path = await pathOf(objects, description, refOf(object));
  const reply = await objects.server.ask({
    method: 'PUT',
    path: `${path}${queryOf({ fieldManager, dryRun: 'All' })}`,
    body: exactJson({ ...object, metadata }),
    contentType: 'application/json',
    safe: true,
    conditional: true,
    description,
  });
  if (reply.status !== 200) throw refused(objects, description, reply);
  return reply.body as LiveObject;
}

/** Writes `managedFields` where the object is still of its resourceVersion, as kubectl does when it migrates to server-side apply. */
export async function assignFields(
  objects: Objects,
  object: LiveObject,
  managedFields: readonly ManagedField[],
): Promise<LiveObject> {
  return patched(objects, 'take over the fields of', object, [
    { op: 'replace', path: '/metadata/managedFields', value: managedFields },
  ]);
}

/** Takes these labels off the object, and our name off its fields; values stay. Only where it is still of its resourceVersion. */
export async function disown(
  objects: Objects,
  object: LiveObject,
  labels: readonly string[],
): Promise<LiveObject> {
  const { managedFields = [], labels: there = {} } = object.metadata;
  const others = managedFields.filter(({ manager }) => manager !== fieldManager);
  const worn = labels.filter((label) => Object.hasOwn(there as object, label));
  return patched(objects, 'give up', object, [
    // An empty list would be taken for none, and the server would keep what it has.
    {
      op: 'replace',
      path: '/metadata/managedFields',
      value: others.length === 0 ? [{}] : others,
    },
    ...worn.map((label) => ({ op: 'remove', path: `/metadata/labels/${pointerStep(label)}` })),
  ]);
}

/** As JSON pointers write it. */
function pointerStep(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1');
}

async function patched(
  objects: Objects,
  verb: string,
  object: LiveObject,
  steps: readonly object[],
): Promise<LiveObject> {
  const description = describeRequest(objects, verb, refOf(object));
  const { resourceVersion } = object.metadata;
  const path = await pathOf(objects, description, refOf(object));
  const reply = await objects.server.ask({
    method: 'PATCH',
    path: `${path}${queryOf({ fieldManager })}`,
    body: JSON.stringify([
      ...steps,
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ]),
    contentType: 'application/json-patch+json',
    safe: true,
    conditional: true,
    description,
  });
  if (reply.status !== 200) throw refused(objects, description, reply);
  const result = reply.body as LiveObject;
  remember(objects, result);
  return result;
}
