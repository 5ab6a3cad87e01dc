/** Deletes one object and waits until it is gone, or says which finalizers hold it. */
import type { DeleteOptions, Deletion, LiveObject, ObjectRef } from '../cluster';
import { pause, withDeadline } from '../deadline';
import { ClusterError } from '../errors';
import { describeRequest, getObject, type Objects, pathOf, refused } from './objects';
import { isOtherObject, statusOf } from './status';
import { follow, type Patience, usualPatience } from './watch';

const gone: Deletion = { gone: true, finalizers: [] };

/** Deletes. Rejects when the server refuses or gives no answer; an object that stays is no error. */
export async function deleteObject(
  objects: Objects,
  ref: ObjectRef,
  options: DeleteOptions,
  patience: Patience = usualPatience,
): Promise<Deletion> {
  const { server } = objects;
  const milliseconds = (options.deadlineSeconds ?? server.deadlineMilliseconds / 1000) * 1000;
  const ends = Date.now() + milliseconds;
  const description = describeRequest(objects, 'delete', ref);
  const path = await pathOf(objects, description, ref);
  const { uid, resourceVersion, propagation = 'Background' } = options;
  const preconditions = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const isMeant = Object.keys(preconditions).length > 0;
  const reply = await server.ask({
    method: 'DELETE',
    path,
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation,
      ...(isMeant ? { preconditions } : {}),
    }),
    // Without a precondition the second attempt might hit an object that came in between.
    safe: isMeant,
    conditional: resourceVersion !== undefined,
    description: description,
  });
  const status = statusOf(reply.body);
  if (reply.status === 404 && status.details?.name) return gone;
  // Another object has the name by now: the one that was meant is gone.
  if (reply.status === 409 && uid !== undefined && isOtherObject(status)) return gone;
  if (reply.status !== 200 && reply.status !== 202) throw refused(objects, description, reply);
  const body = reply.body as Partial<LiveObject> | undefined;
  // A Status says that nothing was left to wait for; otherwise the object comes back as it is now.
  if (body?.kind === 'Status' && reply.status === 200 && !isHeld(propagation)) return gone;
  const target = uid ?? body?.metadata?.uid ?? status.details?.uid;
  return await waitGone(objects, ref, target, ends - Date.now(), patience);
}

/** With these the object lives on while the collector works, even where the answer is a Status. */
function isHeld(propagation: string): boolean {
  return propagation !== 'Background';
}

async function waitGone(
  objects: Objects,
  ref: ObjectRef,
  uid: string | undefined,
  milliseconds: number,
  patience: Patience,
): Promise<Deletion> {
  let last: LiveObject | undefined;
  const isThere = (object: LiveObject | undefined): boolean => {
    const there = object !== undefined && (uid === undefined || object.metadata.uid === uid);
    if (there) last = object;
    return there;
  };
  const result = await withDeadline(Math.max(0, milliseconds), undefined, async (signal) => {
    const first = await getObject(objects, ref);
    if (!isThere(first) || first === undefined) return gone;
    try {
      if (await watchGone(objects, ref, first, isThere, signal, patience)) return gone;
    } catch (error) {
      // Who may delete may not always watch.
      if (!(error instanceof ClusterError) || error.status !== 403) throw error;
      while (!signal.aborted) {
        await pause(patience.pollSeconds * 1000, signal);
        if (!isThere(await getObject(objects, ref))) return gone;
      }
    }
    return undefined;
  });
  return result ?? { gone: false, finalizers: last?.metadata.finalizers ?? [] };
}

async function watchGone(
  objects: Objects,
  { apiVersion, kind, namespace, name }: ObjectRef,
  first: LiveObject,
  isThere: (object: LiveObject | undefined) => boolean,
  outer: AbortSignal,
  patience: Patience,
): Promise<boolean> {
  const done = new AbortController();
  const following = {
    kind: { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
    selection: { fieldSelector: `metadata.name=${name}` },
    from: first.metadata.resourceVersion,
  };
  const follower = {
    onList: (items: readonly LiveObject[]) => {
      if (!isThere(items[0])) done.abort();
    },
    onEvent: ({ type, object }: { readonly type: string; readonly object: LiveObject }) => {
      if (type === 'DELETED' ? object.metadata.uid === first.metadata.uid : !isThere(object)) {
        done.abort();
      }
    },
  };
  const signal = AbortSignal.any([outer, done.signal]);
  await follow(objects, following, follower, signal, patience);
  return done.signal.aborted;
}
