/** Cluster access: how the provider block says that clusters are reached, for those that the same stack makes. */
import type { KnownKeys } from '../parsing';
import { Lazy } from './cdktf';
import { strayProps } from './dependencies';
import { type Rules, written } from './written';

/** A program that logs in, such as `aws eks get-token`. */
export interface ClusterLogin {
  /** Version of the interface. Default `client.authentication.k8s.io/v1`. */
  readonly apiVersion?: string;
  /** The program: a name on PATH, or a path. */
  readonly command: string;
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How one cluster is reached. Give what other resources of the stack say; a text written here lies in the synthesized stack. */
export interface ClusterAccess {
  /** Address of the API server, such as `https://10.0.0.1:6443`. */
  readonly host: string;
  /** Who signs its certificate: PEM, or PEM in base64. Default: the authorities that Node trusts. */
  readonly clusterCaCertificate?: string;
  /** The name in its certificate, where that is not the host. */
  readonly tlsServerName?: string;
  /** Do not check its certificate. Default false. */
  readonly insecure?: boolean;
  /** Proxy to it. Default: that of the environment. */
  readonly proxyUrl?: string;
  /** Bearer token. */
  readonly token?: string;
  /** PEM, or PEM in base64; with `clientKey`. */
  readonly clientCertificate?: string;
  /** PEM, or PEM in base64. */
  readonly clientKey?: string;
  /** A program that logs in, run when clusters are reached. */
  readonly exec?: ClusterLogin;
}

const accessKeys: KnownKeys<ClusterAccess> = {
  host: true,
  clusterCaCertificate: true,
  tlsServerName: true,
  insecure: true,
  proxyUrl: true,
  token: true,
  clientCertificate: true,
  clientKey: true,
  exec: true,
};
const loginKeys: KnownKeys<ClusterLogin> = {
  apiVersion: true,
  command: true,
  args: true,
  env: true,
};
const text: Rules = { keys: {} };
const rules: Rules = {
  keys: { clusters: { map: { keys: { exec: { keys: { env: { map: text } } } } } } },
};

/** Accesses by cluster. */
export type ClusterAccesses = Readonly<Record<string, ClusterAccess>>;

/** As the provider block has it; undefined where there are none. Late, because cdktf changes every key that a provider has by then. */
export function writtenAccesses(clusters: ClusterAccesses | undefined): unknown {
  if (clusters === undefined) return undefined;
  const produce = () => (written({ clusters }, rules) as { readonly clusters: object }).clusters;
  return Lazy.anyValue({ produce });
}

/** The sentences about keys that an access does not have. */
export function strayAccesses(path: string, clusters: ClusterAccesses = {}): string[] {
  return Object.entries(clusters).flatMap(([name, access]) => [
    ...strayProps(path, access, accessKeys, ['clusters', name]),
    ...strayProps(path, access.exec ?? {}, loginKeys, ['clusters', name, 'exec']),
  ]);
}
