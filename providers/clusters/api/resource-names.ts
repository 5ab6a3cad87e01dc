/** What people call the kinds of a server, as kubectl lets them: plural, singular, short name, kind, group, category. */

import type { KindRef } from '../cluster';
import type { ApiServer } from './api-server';
import { prefixOf } from './discovery';
import { refusalError, statusOf } from './status';

/** A kind that a server serves and lists, in the version that it prefers. */
export interface NamedResource extends Pick<KindRef, 'apiVersion' | 'kind'> {
  /** As in paths. */
  readonly plural: string;
  /** Empty for the first group. */
  readonly group: string;
  readonly namespaced: boolean;
  /** Everything it may be called by, in lower case, without its group. */
  readonly names: readonly string[];
  /** Such as `all`. */
  readonly categories: readonly string[];
}

// All groups in one answer (Kubernetes 1.27 and later); an older server answers with its plain lists.
const aggregated =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

interface Discovered {
  readonly kind?: string;
  /** Aggregated. */
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope?: string;
        readonly singularResource?: string;
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
        readonly verbs?: readonly string[];
      }[];
    }[];
  }[];
  /** Of /api and /apis of older servers. */
  readonly groups?: readonly { readonly preferredVersion: { readonly groupVersion: string } }[];
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly singularName?: string;
    readonly shortNames?: readonly string[];
    readonly categories?: readonly string[];
    readonly verbs?: readonly string[];
  }[];
}

/** Every kind that the server lists, the first group first. Two requests, on servers before 1.27 one more for each group. Rejects with a ClusterError. */
export async function servedResources(server: ApiServer): Promise<readonly NamedResource[]> {
  const [core, groups] = await Promise.all([read(server, '/api'), read(server, '/apis')]);
  const found = await Promise.all([resourcesIn(server, core), resourcesIn(server, groups)]);
  return found.flat();
}

/** The kinds that a word of a person names: one, all of a category, or none. */
export function resourcesNamed(
  resources: readonly NamedResource[],
  word: string,
): readonly NamedResource[] {
  const [name = '', ...rest] = word.toLowerCase().split('.');
  const called = resources.filter(({ names }) => names.includes(name));
  // pods, deployments.apps, deployments.v1.apps
  const suffix = rest.join('.');
  const exact = called.find(
    ({ group, apiVersion }) =>
      suffix === '' ||
      suffix === group ||
      suffix === `${apiVersion.split('/').at(-1)}${group === '' ? '' : `.${group}`}`,
  );
  if (exact !== undefined) return [exact];
  return suffix === '' ? resources.filter(({ categories }) => categories.includes(name)) : [];
}

async function resourcesIn(
  server: ApiServer,
  { items, groups, kind }: Discovered,
): Promise<readonly NamedResource[]> {
  if (items !== undefined) return items.flatMap(aggregatedResources);
  const versions = kind === 'APIVersions' ? ['v1'] : (groups ?? []).map(versionOf);
  const lists = await Promise.all(
    versions.map(async (apiVersion) => {
      const { resources = [] } = await read(server, prefixOf(apiVersion));
      return resources.filter(listed).map((one) =>
        named(apiVersion, {
          plural: one.name,
          kind: one.kind,
          namespaced: one.namespaced,
          singular: one.singularName,
          shortNames: one.shortNames,
          categories: one.categories,
        }),
      );
    }),
  );
  return lists.flat();
}

const versionOf = (group: NonNullable<Discovered['groups']>[number]) =>
  group.preferredVersion.groupVersion;
const listed = ({ verbs = [] }: { readonly verbs?: readonly string[] }) => verbs.includes('list');

/** A resource in the first version that has it: versions come in the order in which the server prefers them. */
function aggregatedResources({
  metadata,
  versions = [],
}: NonNullable<Discovered['items']>[number]): readonly NamedResource[] {
  const group = metadata?.name ?? '';
  const found = new Map<string, NamedResource>();
  for (const { version, resources = [] } of versions) {
    for (const one of resources) {
      if (!listed(one) || found.has(one.resource)) continue;
      const names = {
        plural: one.resource,
        kind: one.responseKind?.kind ?? '',
        namespaced: one.scope === 'Namespaced',
        singular: one.singularResource,
        shortNames: one.shortNames,
        categories: one.categories,
      };
      found.set(one.resource, named(group === '' ? version : `${group}/${version}`, names));
    }
  }
  return [...found.values()];
}

interface Names {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly singular: string | undefined;
  readonly shortNames: readonly string[] | undefined;
  readonly categories: readonly string[] | undefined;
}

function named(apiVersion: string, names: Names): NamedResource {
  const { plural, kind, namespaced, singular, shortNames = [], categories = [] } = names;
  const all = [plural, singular ?? '', kind.toLowerCase(), ...shortNames];
  return {
    apiVersion,
    kind,
    plural,
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    namespaced,
    names: all.filter((name) => name !== ''),
    categories,
  };
}

async function read(server: ApiServer, path: string): Promise<Discovered> {
  const subject = path === '/api' || path === '/apis' ? 'its kinds' : `the kinds of ${path}`;
  const description = { cluster: server.name, verb: 'discover', subject, kind: '', apiVersion: '' };
  const reply = await server.ask({
    method: 'GET',
    path,
    accept: aggregated,
    safe: true,
    description,
  });
  // A group whose own server is away is not a cluster that is away.
  if (reply.status === 404 || (reply.status === 503 && subject !== 'its kinds')) return {};
  if (reply.status === 200) return (reply.body ?? {}) as Discovered;
  const { redact, source } = server;
  throw refusalError({
    httpStatus: reply.status,
    status: statusOf(reply.body),
    description,
    redact,
    source,
  });
}
