/** Puts the room together: a ClusterClient over one API server. */

import type { ClusterClient } from '../cluster';
import type { ApiServer } from './api-server';
import { applyObject } from './apply';
import { deleteObject } from './deletion';
import { type Discovery, discovery } from './discovery';
import { assignFields, disown, forecastReplacement } from './managed-fields';
import { getObject, listObjects, type Objects, remember } from './objects';
import { waitReady } from './wait-ready';
import type { Patience } from './watch';

/** A client over a server; what the server serves may be known already. */
export function clusterClient(
  server: ApiServer,
  patience?: Patience,
  served: Discovery = discovery(server),
): ClusterClient {
  const objects: Objects = { server, discovery: served, seen: new Map() };
  return {
    name: server.name,
    get: async (ref) => {
      const object = await getObject(objects, ref);
      if (object !== undefined) remember(objects, object);
      return object;
    },
    list: async (kind, labelSelector) => {
      const { items } = await listObjects(objects, kind, { labelSelector });
      for (const item of items) remember(objects, item);
      return items;
    },
    apply: (manifest, options = {}) => applyObject(objects, manifest, options),
    delete: (ref, options = {}) => deleteObject(objects, ref, options, patience),
    waitReady: (refs, options) => waitReady(objects, refs, options, patience),
    scopeOf: async (apiVersion, kind) => (await objects.discovery.find(apiVersion, kind))?.scope,
    namespacedKinds: () => objects.discovery.namespacedKinds(),
    forecastReplacement: (object) => forecastReplacement(objects, object),
    assignFields: (object, fields) => assignFields(objects, object, fields),
    disown: (object, labels) => disown(objects, object, labels),
    close: async () => server.close(),
  };
}
