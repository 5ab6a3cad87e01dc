/** What a person asks of all clusters, made into the collections and selections of one of them. */

import type { ApiServer } from '../clusters/api/api-server';
import { discovery, prefixOf } from '../clusters/api/discovery';
import type { Objects, Selection } from '../clusters/api/objects';
import {
  type NamedResource,
  resourcesNamed,
  servedResources,
} from '../clusters/api/resource-names';
import type { TableQuery } from '../clusters/api/tables';
import { type AppRef, appSelections } from './app-objects';
import { unknownKindName } from './unknown-kind-name';

/** A question about objects, the same for every cluster. */
export interface ObjectQuery {
  /** Kinds as people call them. */
  readonly kinds: readonly string[];
  /** Only these objects. Default: all. */
  readonly names: readonly string[];
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  /** Only what belongs to it. */
  readonly app: AppRef | undefined;
}
/** A kind of one cluster and which of its objects are meant; no selection: none of them. */
export interface Collection {
  readonly resource: NamedResource;
  readonly namespace: string | undefined;
  readonly selections: readonly Selection[];
}

/** An API server and what it serves. */
export function objectsOf(server: ApiServer): Objects {
  return { server, discovery: discovery(server), seen: new Map() };
}

/** The collections that are meant. Throws a ClusterError with status 404 where the cluster does not know a kind. */
export async function collectionsOf(
  objects: Objects,
  query: ObjectQuery,
): Promise<readonly Collection[]> {
  const served = await servedResources(objects.server);
  const found = query.kinds.flatMap((word) => {
    const named = resourcesNamed(served, word);
    if (named.length === 0) throw unknownKindName(objects.server.name, word, served);
    return named;
  });
  return await Promise.all(
    found.map(async (resource) => ({
      resource,
      namespace: resource.namespaced ? query.namespace : undefined,
      selections: await selectionsOf(objects, resource, query),
    })),
  );
}

/** Which objects of a kind are meant now. Rejects with a ClusterError. */
export async function selectionsOf(
  objects: Objects,
  resource: NamedResource,
  { names, labelSelector, fieldSelector, app }: ObjectQuery,
): Promise<readonly Selection[]> {
  const ofApp = app === undefined ? [{}] : await appSelections(objects, resource, app);
  const ofNames = names.length === 0 ? [undefined] : names.map((name) => `metadata.name=${name}`);
  return ofApp.flatMap(({ labelSelector: ofOne }: Selection) =>
    ofNames.map((ofName) => ({
      ...joined('labelSelector', ofOne, labelSelector),
      ...joined('fieldSelector', ofName, fieldSelector),
    })),
  );
}

function joined(key: keyof Selection, ...parts: readonly (string | undefined)[]): Selection {
  const given = parts.filter((part) => part !== undefined && part !== '');
  return given.length === 0 ? {} : { [key]: given.join(',') };
}

/** How a table of the collection is asked for. */
export function tableQueryOf(
  { name }: Pick<ApiServer, 'name'>,
  { resource, namespace }: Collection,
  selection: Selection,
): TableQuery {
  const { apiVersion, kind, plural } = resource;
  const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  const subject = `objects of kind ${kind}${where}`;
  return {
    path: `${prefixOf(apiVersion)}${inside}/${plural}`,
    selection,
    description: { cluster: name, verb: 'list', subject, kind, apiVersion },
  };
}
