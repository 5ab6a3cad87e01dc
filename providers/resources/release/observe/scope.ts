/** Scope: where the server says that objects of a kind live; what is taken for granted of a kind names no object. */
import type { Scope } from '../../../../constructs/kubernetes/kinds';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { ClusterClient, KindRef } from '../../../clusters/cluster';
import { refOf } from '../state/identity';

/** What one server says, by apiVersion and kind; undefined for a kind that it does not know yet. */
export type Scopes = ReadonlyMap<string, Scope | undefined>;

type KindName = Pick<KindRef, 'apiVersion' | 'kind'>;

const nameOf = ({ apiVersion, kind }: KindName): string => `${apiVersion}/${kind}`;

/** Asks the server about each kind once. Rejects when it does not answer. */
export async function scopesOf(client: ClusterClient, named: readonly KindName[]): Promise<Scopes> {
  const kinds = new Map(named.map((one) => [nameOf(one), one]));
  const answers = [...kinds].map(async ([name, { apiVersion, kind }]) => {
    return [name, await client.scopeOf(apiVersion, kind)] as const;
  });
  return new Map(await Promise.all(answers));
}

/** What the server says about the kind. */
export function scopeIn(scopes: Scopes, kind: KindName): Scope | undefined {
  return scopes.get(nameOf(kind));
}

/** Where an object is: without a namespace where its kind has none, in that of the app where it needs one and has none. */
export function refInScope<T extends KindRef>(ref: T, scope: Scope | undefined, home: string): T {
  const { namespace, ...rest } = ref;
  if (scope === 'Cluster' && namespace !== undefined) return rest as T;
  return scope === 'Namespaced' && namespace === undefined ? { ...ref, namespace: home } : ref;
}

/** The manifest of an object that is there. */
export function manifestInScope(
  manifest: Manifest,
  scope: Scope | undefined,
  home: string,
): Manifest {
  const ref = refInScope(refOf(manifest), scope, home);
  const { namespace, ...rest } = manifest.metadata;
  if (ref.namespace === namespace) return manifest;
  const inside = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  return { ...manifest, metadata: { ...rest, ...inside } };
}
