/** Kubeconfig files for the clusters of a testbed: a context per cluster and user, certificates inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Certificates } from './certificates';
import { type User, users } from './kube-engines';

/** What a context needs to know of a cluster. */
export interface Address {
  readonly name: string;
  readonly server: string;
}

/** For people and tests: context NAME is the administrator, NAME-viewer and NAME-restricted the two others. */
export function writeKubeconfig(
  path: string,
  addresses: readonly Address[],
  certificates: Certificates,
): string {
  const admin = {
    'client-certificate-data': base64(certificates.clientCert),
    'client-key-data': base64(certificates.clientKey),
  };
  const others = [users.viewer, users.restricted];
  const contexts = addresses.flatMap(({ name }) => [
    { name, context: { cluster: name, user: 'admin' } },
    ...others.map((user) => ({
      name: `${name}-${user.name}`,
      context: { cluster: name, user: user.name },
    })),
  ]);
  const named = others.map(({ name, token }) => ({ name, user: { token } }));
  return write(path, addresses, certificates, contexts, [{ name: 'admin', user: admin }, ...named]);
}

/** For an engine: one cluster, one user. */
export function writeEngineKubeconfig(
  path: string,
  address: Address,
  certificates: Certificates,
  { name, token }: User,
): string {
  const context = { name: address.name, context: { cluster: address.name, user: name } };
  return write(path, [address], certificates, [context], [{ name, user: { token } }]);
}

function write(
  path: string,
  addresses: readonly Address[],
  { ca }: Certificates,
  contexts: readonly { readonly name: string }[],
  named: readonly object[],
): string {
  const authority = base64(ca);
  const clusters = addresses.map(({ name, server }) => ({
    name,
    cluster: { server, 'certificate-authority-data': authority },
  }));
  const head = { apiVersion: 'v1', kind: 'Config', 'current-context': contexts[0]?.name };
  writeFileSync(path, stringify({ ...head, clusters, contexts, users: named }), { mode: 0o600 });
  return path;
}

const base64 = (path: string) => readFileSync(path).toString('base64');
