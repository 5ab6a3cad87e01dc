/** Follows objects of one kind: a list, then a watch that resumes after every disconnect until someone says stop. */

import type { KindRef, LiveObject } from '../cluster';
import { pause } from '../deadline';
import { ClusterError } from '../errors';
import {
  collectionOf,
  describeKindRequest,
  listObjects,
  type Objects,
  queryOf,
  refused,
  type Selection,
} from './objects';
import { eventsOf, readRefusal, type StreamedEvent } from './streaming';

/** One thing that happened. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: LiveObject;
}
/** Who is told. */
export interface Follower {
  /** Everything there is, whenever the watch begins anew. */
  readonly onList: (items: readonly LiveObject[]) => void;
  readonly onEvent: (event: WatchEvent) => void;
  /** Why nothing comes at the moment. */
  readonly onTrouble?: (error: ClusterError) => void;
}
/** What to follow. */
export interface Following {
  readonly kind: KindRef;
  readonly selection: Selection;
  /** Where to begin; none: with a list. */
  readonly from?: string;
}
/** How patient a watch is. */
export interface Patience {
  /** The server is asked to end a watch after this many seconds; then it is resumed. */
  readonly watchSeconds: number;
  /** A watch that goes on longer than it should is left for a list. */
  readonly graceSeconds: number;
  /** Between two looks where watching is forbidden. */
  readonly pollSeconds: number;
}
export const usualPatience: Patience = { watchSeconds: 30, graceSeconds: 5, pollSeconds: 1 };

/** The server has forgotten what came after the version we know. */
class Gone extends Error {}
/** The server neither sends nor ends. */
class Silent extends Error {}

/** Follows until `signal` is aborted. Rejects only when the server refuses for good (forbidden, unknown kind). */
export async function follow(
  objects: Objects,
  following: Following,
  follower: Follower,
  signal: AbortSignal,
  patience: Patience = usualPatience,
): Promise<void> {
  const { kind, selection } = following;
  let version = following.from;
  let failures = 0;
  while (!signal.aborted) {
    const began = Date.now();
    let events = 0;
    try {
      if (version === undefined) {
        const list = await listObjects(objects, kind, selection, { signal });
        follower.onList(list.items);
        version = list.resourceVersion;
        if (signal.aborted) return;
      }
      for await (const event of watchOnce(objects, following, version, signal, patience)) {
        events += 1;
        failures = 0;
        version = event.object.metadata.resourceVersion;
        if (event.type !== 'BOOKMARK') follower.onEvent(event as WatchEvent);
      }
      // A server that ends watches at once, without an event, is not asked a thousand times per second.
      failures = events === 0 && Date.now() - began < 1000 ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (error instanceof Gone) version = undefined;
      if (error instanceof Silent) {
        version = undefined;
        objects.server.retire();
      }
      if (error instanceof ClusterError) {
        if (isFinal(error)) throw error;
        if (error.status !== undefined) version = undefined;
        follower.onTrouble?.(error);
      }
    }
    if (failures > 0) await pause(backoff(failures, objects.server.random), signal);
  }
}

function isFinal({ status, unreachable }: ClusterError): boolean {
  return !unreachable && status !== undefined && [400, 401, 403, 404, 405].includes(status);
}

function backoff(failures: number, random: () => number): number {
  return Math.min(5000, 50 * 2 ** failures) * (0.5 + random() / 2);
}

/** One watch; ends when the server ends it. Throws Gone, Silent, a ClusterError or what broke the connection. */
async function* watchOnce(
  objects: Objects,
  { kind, selection }: Following,
  resourceVersion: string,
  signal: AbortSignal,
  { watchSeconds, graceSeconds }: Patience,
): AsyncGenerator<StreamedEvent<LiveObject>> {
  const description = describeKindRequest(objects, 'watch', kind);
  const { path } = await collectionOf(objects, description, kind);
  const query = queryOf({
    ...selection,
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(Math.max(1, Math.round(watchSeconds))),
    resourceVersion,
  });
  const controller = new AbortController();
  const stop = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const limit = (watchSeconds + graceSeconds) * 1000;
  const timer = setTimeout(() => controller.abort(new Silent()), limit);
  try {
    const ask = { method: 'GET', path: `${path}${query}`, safe: true, description } as const;
    const answer = await objects.server.stream(ask, controller.signal);
    if (answer.status === 410) throw new Gone();
    if (answer.status !== 200) {
      throw refused(objects, description, {
        status: answer.status,
        body: await readRefusal(answer),
      });
    }
    for await (const event of eventsOf<LiveObject>(answer)) {
      // Whatever the error is, what we know may be incomplete: begin anew.
      if (event.type === 'ERROR') throw new Gone();
      yield event;
    }
  } catch (error) {
    throw controller.signal.reason instanceof Silent ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    controller.abort();
  }
}
