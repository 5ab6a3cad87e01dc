/** Reads and lists objects of one API server, and knows their paths. */

import type { KindRef, LiveObject, ObjectRef } from '../cluster';
import { ClusterError } from '../errors';
import type { ApiServer, Ask, Reply } from './api-server';
import { type Discovery, prefixOf } from './discovery';
import { type Asked, refusalError, statusOf, unknownKind } from './status';

/** A server and what it serves. */
export interface Objects {
  readonly server: ApiServer;
  readonly discovery: Discovery;
  /** The resourceVersion last seen, by uid: an apply that answers with it has changed nothing. */
  readonly seen: Map<string, string>;
}
/** What comes back from a list. */
export interface ObjectList {
  readonly items: readonly LiveObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}
/** What to list. */
export interface Selection {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

const pageSize = 500;
/** A continue token is good for about five minutes. */
const maxExpirations = 3;

/** "Deployment shop/web". */
export function subjectOf({ kind, namespace, name }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Remembers which version of an object was seen. */
export function remember({ seen }: Objects, { metadata }: LiveObject): void {
  seen.set(metadata.uid, metadata.resourceVersion);
}

/** What is asked, for messages. */
export function askedOf({ server }: Objects, verb: string, ref: ObjectRef): Asked {
  const { kind, apiVersion } = ref;
  return { cluster: server.name, verb, subject: subjectOf(ref), kind, apiVersion };
}

/** What is asked about all objects of a kind, for messages. */
export function askedOfKind(
  { server }: Objects,
  verb: string,
  { kind, apiVersion, namespace }: KindRef,
): Asked {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const subject = `objects of kind ${kind}${where}`;
  return { cluster: server.name, verb, subject, kind, apiVersion };
}

/** The path of an object. Throws a ClusterError when the server does not serve its kind, or a namespace is missing. */
export async function pathOf(objects: Objects, asked: Asked, ref: ObjectRef): Promise<string> {
  const collection = await collectionOf(objects, asked, ref);
  if (ref.namespace === undefined && collection.namespaced) {
    throw new ClusterError({
      cluster: asked.cluster,
      reason: 'Invalid',
      summary: `${asked.subject} has no namespace, and ${ref.kind} lives in one`,
      remedy: 'Write metadata.namespace.',
    });
  }
  return `${collection.path}/${encodeURIComponent(ref.name)}`;
}

/** The path of all objects of a kind. Throws a ClusterError when the server does not serve it. */
export async function collectionOf(
  { discovery }: Objects,
  asked: Asked,
  { apiVersion, kind, namespace }: KindRef,
): Promise<{ readonly path: string; readonly namespaced: boolean }> {
  const resource = await discovery.find(apiVersion, kind);
  if (resource === undefined) {
    const [summary, remedy] = unknownKind(asked);
    const status = 404;
    throw new ClusterError({ cluster: asked.cluster, status, reason: 'NotFound', summary, remedy });
  }
  const namespaced = resource.scope === 'Namespaced';
  const inside =
    namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return { path: `${prefixOf(apiVersion)}${inside}/${resource.plural}`, namespaced };
}

/** The object, or undefined when there is none. */
export async function getObject(
  objects: Objects,
  ref: ObjectRef,
  limits: Pick<Ask, 'signal' | 'deadlineMilliseconds'> = {},
): Promise<LiveObject | undefined> {
  const asked = askedOf(objects, 'read', ref);
  const path = await pathOf(objects, asked, ref);
  const reply = await objects.server.ask({ ...limits, method: 'GET', path, safe: true, asked });
  if (reply.status === 200) return reply.body as LiveObject;
  if (reply.status === 404 && statusOf(reply.body).details?.name) return undefined;
  throw refused(objects, asked, reply);
}

/** All objects of a kind that are selected, page by page; begins anew when the server forgets where it was. */
export async function listObjects(
  objects: Objects,
  kind: KindRef,
  selection: Selection,
  limits: Pick<Ask, 'signal' | 'deadlineMilliseconds'> = {},
): Promise<ObjectList> {
  const asked = askedOfKind(objects, 'list', kind);
  const { path } = await collectionOf(objects, asked, kind);
  const items: LiveObject[] = [];
  let next = '';
  for (let expirations = 0; ; ) {
    const query = queryOf({ ...selection, limit: String(pageSize), continue: next });
    const ask = { ...limits, method: 'GET', path: `${path}${query}`, safe: true, asked } as const;
    const reply = await objects.server.ask(ask);
    if (reply.status === 410 && next !== '' && ++expirations <= maxExpirations) {
      items.length = 0;
      next = '';
      continue;
    }
    if (reply.status !== 200) throw refused(objects, asked, reply);
    const { metadata, items: page = [] } = (reply.body ?? {}) as Page;
    // Items of a list do not repeat what they are.
    for (const item of page) {
      items.push({ ...item, apiVersion: kind.apiVersion, kind: kind.kind });
    }
    next = metadata?.continue ?? '';
    if (next === '') return { items, resourceVersion: metadata?.resourceVersion ?? '' };
  }
}

interface Page {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
  readonly items?: readonly LiveObject[];
}

/** `?a=b&c=d` without what is empty; empty when nothing is left. */
export function queryOf(values: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1]);
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/** The error for an answer that is no success. */
export function refused(
  objects: Objects,
  asked: Asked,
  { status, body }: Pick<Reply, 'status' | 'body'>,
): ClusterError {
  const { redact } = objects.server;
  return refusalError({ httpStatus: status, status: statusOf(body), asked, redact });
}
