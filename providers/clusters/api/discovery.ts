/** Finds where objects of a kind are: built-in kinds at once, others by asking the server once per group and version. */
import { builtInPath, type KindPath } from '../../../constructs/kubernetes/kinds';
import { pause, withDeadline } from '../deadline';
import type { ApiServer } from './api-server';
import { refusalError, statusOf } from './status';

/** What the server serves. Answers are kept; a kind that is not among them is asked for once more. */
export interface Discovery {
  /** Undefined when the server does not serve the kind. */
  readonly find: (apiVersion: string, kind: string) => Promise<KindPath | undefined>;
  /** A CustomResourceDefinition was applied: its kind is about to be served, so `find` waits for it. */
  readonly expect: (group: string, kind: string) => void;
  /** Kinds of namespaced objects that can be listed, by group and kind; three requests, and one more for each group. */
  readonly namespacedKinds: () => Promise<readonly ServedKind[]>;
}

/** A kind in a version that the server serves. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

type Resources = ReadonlyMap<string, KindPath>;

/** How long a kind may take to be served after its definition is established. */
const expectedMilliseconds = 5000;

/** Discovery for one server. */
export function discovery(server: ApiServer): Discovery {
  const known = new Map<string, Promise<Resources>>();
  const expected = new Set<string>();
  const read = (apiVersion: string): Promise<Resources> => {
    const reading = readResources(server, apiVersion);
    known.set(apiVersion, reading);
    reading.catch(() => known.delete(apiVersion));
    return reading;
  };
  const search = async (apiVersion: string, kind: string): Promise<KindPath | undefined> => {
    const cached = known.get(apiVersion);
    const found = (await cached)?.get(kind);
    // A second look of this moment is as good as one of our own.
    const newer = known.get(apiVersion);
    return found ?? (await (newer === cached ? read(apiVersion) : newer))?.get(kind);
  };
  const find = async (apiVersion: string, kind: string): Promise<KindPath | undefined> => {
    const resource = builtInPath(apiVersion, kind) ?? (await search(apiVersion, kind));
    if (resource !== undefined || !expected.has(`${apiVersion.split('/')[0]}/${kind}`)) {
      return resource;
    }
    return await withDeadline(expectedMilliseconds, undefined, async (signal) => {
      let served: KindPath | undefined;
      while (served === undefined && !signal.aborted) {
        await pause(100, signal);
        served = await search(apiVersion, kind);
      }
      return served;
    });
  };
  return {
    find,
    expect: (group, kind) => void expected.add(`${group}/${kind}`),
    namespacedKinds: () => readNamespacedKinds(server),
  };
}

interface ResourceList {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs?: readonly string[];
  }[];
}

interface GroupList {
  readonly groups?: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
}

async function readNamespacedKinds(server: ApiServer): Promise<readonly ServedKind[]> {
  const { groups = [] } = ((await readDiscovery(server, '/apis', 'the groups of APIs')) ??
    {}) as GroupList;
  const versions = ['v1', ...groups.map((one) => one.preferredVersion.groupVersion)];
  const lists = await Promise.all(
    versions.map(async (apiVersion) => ({ apiVersion, list: await readList(server, apiVersion) })),
  );
  return lists.flatMap(({ apiVersion, list }) =>
    list
      .filter(({ namespaced, verbs = [] }) => namespaced && verbs.includes('list'))
      .map(({ kind }) => ({ apiVersion, kind })),
  );
}

async function readResources(server: ApiServer, apiVersion: string): Promise<Resources> {
  const resources = await readList(server, apiVersion);
  return new Map(
    resources.map(({ name, kind, namespaced }) => [
      kind,
      { plural: name, scope: namespaced ? 'Namespaced' : 'Cluster' },
    ]),
  );
}

/** The resources of a version without subresources; none where the server does not serve it. */
async function readList(
  server: ApiServer,
  apiVersion: string,
): Promise<NonNullable<ResourceList['resources']>> {
  const body = await readDiscovery(server, prefixOf(apiVersion), `the kinds of ${apiVersion}`);
  const { resources = [] } = (body ?? {}) as ResourceList;
  return resources.filter(({ name }) => !name.includes('/'));
}

/** The answer to a question of discovery; undefined for what the server does not have. */
async function readDiscovery(server: ApiServer, path: string, subject: string): Promise<unknown> {
  const description = { cluster: server.name, verb: 'discover', subject, kind: '', apiVersion: '' };
  const { status, body } = await server.ask({
    method: 'GET',
    path,
    safe: true,
    description: description,
  });
  if (status === 404) return undefined;
  if (status !== 200) {
    const { redact, source } = server;
    throw refusalError({
      httpStatus: status,
      status: statusOf(body),
      description: description,
      redact,
      source,
    });
  }
  return body;
}

/** `/apis/apps/v1`; the first group has a path of its own. */
export function prefixOf(apiVersion: string): string {
  const steps = apiVersion.split('/').map(encodeURIComponent);
  return steps.length === 1 ? `/api/${steps[0]}` : `/apis/${steps.join('/')}`;
}
