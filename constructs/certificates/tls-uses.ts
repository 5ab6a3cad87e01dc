/** TLS uses: which Secrets the Gateways and Ingresses of a release terminate TLS with, for which hosts, and who makes them. */

import type { Manifest } from '../model/app/workload';
import { byCodeUnits } from '../model/canonical';

/** A Secret that TLS is terminated with. */
export interface TlsUse {
  /** Name of the Secret. */
  readonly secret: string;
  /** Where it is. */
  readonly namespace: string;
  /** Hosts that it must be for, sorted. */
  readonly hosts: readonly string[];
  /** Objects that use it, such as `Gateway/shop`, sorted. */
  readonly users: readonly string[];
  /** The Certificate of cert-manager among the objects that makes it; absent: nobody here does. */
  readonly certificate?: string;
}

interface Listener {
  readonly hostname?: unknown;
  readonly tls?: {
    readonly mode?: unknown;
    readonly certificateRefs?: readonly {
      readonly name?: unknown;
      readonly kind?: unknown;
      readonly namespace?: unknown;
    }[];
  };
}
interface Spec {
  readonly listeners?: readonly Listener[];
  readonly tls?: readonly { readonly hosts?: readonly unknown[]; readonly secretName?: unknown }[];
  readonly secretName?: unknown;
}
interface Use {
  readonly secret: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly user: string;
}

/** Uses of objects, by namespace and name of the Secret. Objects without a namespace are in `home`. */
export function tlsUses(manifests: readonly Manifest[], home: string): readonly TlsUse[] {
  const uses = new Map<string, Use[]>();
  for (const use of manifests.flatMap((one) => usesOf(one, home))) {
    const key = `${use.namespace}/${use.secret}`;
    const same = uses.get(key);
    if (same === undefined) uses.set(key, [use]);
    else same.push(use);
  }
  const makers = new Map<string, string>(
    manifests.flatMap((one) => {
      const { secretName } = (one.spec ?? {}) as Spec;
      if (!isOf(one, 'cert-manager.io', 'Certificate') || typeof secretName !== 'string') return [];
      return [[`${one.metadata.namespace ?? home}/${secretName}`, one.metadata.name] as const];
    }),
  );
  return [...uses.keys()].sort(byCodeUnits).map((key) => {
    const all = uses.get(key) ?? [];
    const { secret = '', namespace = '' } = all[0] ?? {};
    const certificate = makers.get(key);
    return {
      secret,
      namespace,
      hosts: sorted(all.flatMap(({ hosts }) => hosts)),
      users: sorted(all.map(({ user }) => user)),
      ...(certificate === undefined ? {} : { certificate }),
    };
  });
}

function usesOf(manifest: Manifest, home: string): readonly Use[] {
  const { metadata, kind } = manifest;
  const namespace = metadata.namespace ?? home;
  const user = `${kind}/${metadata.name}`;
  const spec = (manifest.spec ?? {}) as Spec;
  if (isOf(manifest, 'gateway.networking.k8s.io', 'Gateway')) {
    return (spec.listeners ?? []).flatMap(({ hostname, tls }) =>
      (tls?.mode === 'Passthrough' ? [] : (tls?.certificateRefs ?? [])).flatMap((ref) => {
        if ((ref.kind ?? 'Secret') !== 'Secret' || typeof ref.name !== 'string') return [];
        const place = typeof ref.namespace === 'string' ? ref.namespace : namespace;
        const hosts = typeof hostname === 'string' ? [hostname] : [];
        return [{ secret: ref.name, namespace: place, hosts, user }];
      }),
    );
  }
  if (!isOf(manifest, 'networking.k8s.io', 'Ingress')) return [];
  return (spec.tls ?? []).flatMap(({ hosts = [], secretName }) => {
    if (typeof secretName !== 'string') return [];
    const names = hosts.filter((one): one is string => typeof one === 'string');
    return [{ secret: secretName, namespace, hosts: names, user }];
  });
}

function isOf({ apiVersion, kind }: Manifest, group: string, wanted: string): boolean {
  return kind === wanted && apiVersion.split('/')[0] === group;
}

const sorted = (all: readonly string[]) => [...new Set(all)].sort(byCodeUnits);
