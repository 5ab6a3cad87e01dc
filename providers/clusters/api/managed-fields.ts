/** Managed fields: who owns which field is said anew, and what an object would become without some of its fields is asked. */
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
    body: JSON.stringify({ ...object, metadata }),
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
  const description = describeRequest(objects, 'take over the fields of', refOf(object));
  const { resourceVersion } = object.metadata;
  const path = await pathOf(objects, description, refOf(object));
  const reply = await objects.server.ask({
    method: 'PATCH',
    path: `${path}${queryOf({ fieldManager })}`,
    body: JSON.stringify([
      { op: 'replace', path: '/metadata/managedFields', value: managedFields },
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ]),
    contentType: 'application/json-patch+json',
    safe: true,
    conditional: true,
    description,
  });
  if (reply.status !== 200) throw refused(objects, description, reply);
  const assigned = reply.body as LiveObject;
  remember(objects, assigned);
  return assigned;
}
