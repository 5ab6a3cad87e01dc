/** Reads and lists objects of one API server, and knows their paths. */

import type { KindRef, LiveObject, ObjectRef } from '../cluster';
import { ClusterError } from '../errors';
import type { ApiServer, Ask, Reply } from './api-server';
import { type Discovery, prefixOf } from './discovery';
import { type RequestDescription, refusalError, statusOf, unknownKind } from './status';

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
export function describeRequest(
  { server }: Objects,
  verb: string,
  ref: ObjectRef,
): RequestDescription {
  const { kind, apiVersion } = ref;
  return { cluster: server.name, verb, subject: subjectOf(ref), kind, apiVersion };
}

/** What is asked about all objects of a kind, for messages. */
export function describeKindRequest(
  { server }: Objects,
  verb: string,
  { kind, apiVersion, namespace }: KindRef,
): RequestDescription {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const subject = `objects of kind ${kind}${where}`;
  return { cluster: server.name, verb, subject, kind, apiVersion };
}

/** The path of an object. Throws a ClusterError when the server does not serve its kind, or a namespace is missing. */
export async function pathOf(
  objects: Objects,
  description: RequestDescription,
  ref: ObjectRef,
): Promise<string> {
  const collection = await collectionOf(objects, description, ref);
  if (ref.namespace === undefined && collection.namespaced) {
    throw new ClusterError({
      cluster: description.cluster,
      reason: 'Invalid',
      summary: `${description.subject} has no namespace, and ${ref.kind} lives in one`,
      remedy: 'Write metadata.namespace.',
    });
  }
  return `${collection.path}/${encodeURIComponent(ref.name)}`;
}

/** The path of all objects of a kind. Throws a ClusterError when the server does not serve it. */
export async function collectionOf(
  { discovery }: Objects,
  description: RequestDescription,
  { apiVersion, kind, namespace }: KindRef,
): Promise<{ readonly path: string; readonly namespaced: boolean }> {
  const resource = await discovery.find(apiVersion, kind);
  if (resource === undefined) {
    const [summary, remedy] = unknownKind(description);
    const status = 404;
    throw new ClusterError({
      cluster: description.cluster,
      status,
      reason: 'NotFound',
      summary,
      remedy,
    });
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
  const description = describeRequest(objects, 'read', ref);
  const path = await pathOf(objects, description, ref);
  const reply = await objects.server.ask({
    ...limits,
    method: 'GET',
    path,
    safe: true,
    description: description,
  });
  if (reply.status === 200) return reply.body as LiveObject;
  if (reply.status === 404 && statusOf(reply.body).details?.name) return undefined;
  throw refused(objects, description, reply);
}

/** All objects of a kind that are selected, page by page; begins anew when the server forgets where it was. */
export async function listObjects(
  objects: Objects,
  kind: KindRef,
  selection: Selection,
  limits: Pick<Ask, 'signal' | 'deadlineMilliseconds'> = {},
): Promise<ObjectList> {
  const description = describeKindRequest(objects, 'list', kind);
  const { path } = await collectionOf(objects, description, kind);
  const items: LiveObject[] = [];
  let next = '';
  for (let expirations = 0; ; ) {
    const query = queryOf({ ...selection, limit: String(pageSize), continue: next });
    const ask = {
      ...limits,
      method: 'GET',
      path: `${path}${query}`,
      safe: true,
      description,
    } as const;
    const reply = await objects.server.ask(ask);
    if (reply.status === 410 && next !== '' && ++expirations <= maxExpirations) {
      items.length = 0;
      next = '';
      continue;
    }
    if (reply.status !== 200) throw refused(objects, description, reply);
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
  description: RequestDescription,
  { status, body }: Pick<Reply, 'status' | 'body'>,
): ClusterError {
  const { redact, source } = objects.server;
  return refusalError({
    httpStatus: status,
    status: statusOf(body),
    description: description,
    redact,
    source,
  });
}
