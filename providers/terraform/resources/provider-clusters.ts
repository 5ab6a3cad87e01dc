/** Provider clusters: accesses that the provider block gives, in the words of HashiCorp's Kubernetes provider; no state and no plan holds a provider block. */
import { join } from 'node:path';
import { EdgeError, pathText, quoted } from '../../../constructs/parsing';
import { sourceOfProviderBlock } from '../../clusters/auth/access-source';
import type { KubeContext } from '../../clusters/auth/kubeconfig';
import { type Attribute, type Fields, isKnown, type Path, Unknown } from '../protocol/provider';
import { readValue, strayKeys } from '../schema/reading';
import { attributeOf, type Member, type Shape } from '../schema/shape';

function member(name: string, shape: Shape, description: string, required = false): Member {
  return { key: name, name, required, description, shape };
}

const text: Shape = { kind: 'text' };
const execShape: Shape = {
  kind: 'object',
  members: [
    member(
      'api_version',
      text,
      'Version of the interface. Default `client.authentication.k8s.io/v1`.',
    ),
    member('command', text, 'The program: a name on PATH, or a path.', true),
    member('args', { kind: 'list', of: text }, 'Its arguments.'),
    member('env', { kind: 'map', of: text }, 'Variables of its environment.'),
  ],
};
const accessShape: Shape = {
  kind: 'object',
  members: [
    member('host', text, 'Address of the API server, such as `https://10.0.0.1:6443`.', true),
    member(
      'cluster_ca_certificate',
      text,
      'Who signs its certificate: PEM, or PEM in base64 as clouds hand it out. Default: the authorities that Node trusts.',
    ),
    member('tls_server_name', text, 'The name in its certificate, where that is not the host.'),
    member('insecure', { kind: 'bool' }, 'Do not check its certificate. Default `false`.'),
    member('proxy_url', text, 'Proxy to it. Default: that of the environment.'),
    member('token', text, 'Bearer token.'),
    member('client_certificate', text, 'PEM, or PEM in base64; with `client_key`.'),
    member('client_key', text, 'PEM, or PEM in base64.'),
    member(
      'exec',
      execShape,
      'A program that logs in, such as `aws eks get-token`: run when clusters are reached, and again when what it gave has expired.',
    ),
  ],
};
const clustersShape: Shape = { kind: 'map', of: accessShape };

/** The attribute `clusters` of the provider block. */
export const clustersAttribute: Attribute = {
  ...attributeOf(
    'clusters',
    'How to reach clusters, by their names in the fleet: for those that the same configuration makes, and wherever no kubeconfig is. Goes before `access` of the fleet. May be unknown while planning: then nothing is known about the cluster until it is applied. Neither state nor plan holds it.',
    'optional',
    clustersShape,
  ),
  sensitive: true,
};

interface Access {
  readonly host: string;
  readonly cluster_ca_certificate?: string;
  readonly tls_server_name?: string;
  readonly insecure?: boolean;
  readonly proxy_url?: string;
  readonly token?: string;
  readonly client_certificate?: string;
  readonly client_key?: string;
  readonly exec?: {
    readonly api_version?: string;
    readonly command: string;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

/** What is wrong with the known part of `clusters`, never with a value in the words. */
export function clusterMistakes({ clusters = null }: Fields): readonly EdgeError[] {
  if (clusters === null || clusters instanceof Unknown) return [];
  const wrong = (path: Path, summary: string, remedy: string) =>
    new EdgeError({ code: 'InvalidDocument', path: pathText(path), summary, remedy });
  if (typeof clusters !== 'object' || Array.isArray(clusters)) {
    const remedy = 'Write clusters = { fra = { host = ... } }.';
    return [wrong(['clusters'], 'got no map of clusters', remedy)];
  }
  return Object.entries(clusters).flatMap(([name, value]) => {
    const at = ['clusters', name];
    if (value instanceof Unknown) return [];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [wrong(at, 'got no object', `Write ${name} = { host = ... }.`)];
    }
    const stray = strayKeys(accessShape, value, at);
    return stray.length > 0 ? stray : accessMistakes(value as Fields, at, wrong);
  });
}

function accessMistakes(
  value: Fields,
  at: Path,
  wrong: (path: Path, summary: string, remedy: string) => EdgeError,
): readonly EdgeError[] {
  const errors: EdgeError[] = [];
  const { host = null, client_certificate: cert = null, client_key: key = null } = value;
  if (host === null) errors.push(wrong(at, 'got no host', 'Add host, the address of the server.'));
  else if (typeof host === 'string' && !isAddress(host)) {
    const remedy = 'Write https://host:port.';
    errors.push(wrong([...at, 'host'], `got ${quoted(host)}, expected an address`, remedy));
  }
  if ((cert === null) !== (key === null)) {
    const [has, lacks] =
      cert === null ? ['client_key', 'client_certificate'] : ['client_certificate', 'client_key'];
    errors.push(wrong(at, `got ${has} without ${lacks}`, `Add ${lacks}.`));
  }
  for (const name of ['cluster_ca_certificate', 'client_certificate', 'client_key'] as const) {
    const pem = value[name] ?? null;
    if (pem === null || pem instanceof Unknown) continue;
    if (typeof pem === 'string' && inBase64(pem) !== undefined) continue;
    const summary = 'got what is neither PEM nor PEM in base64';
    errors.push(wrong([...at, name], summary, 'Give the certificate or key as PEM.'));
  }
  const command = ((value.exec ?? null) as Fields | null)?.command;
  if (isKnown(value.exec ?? null) && (value.exec ?? null) !== null && !command) {
    errors.push(wrong([...at, 'exec'], 'got no command', 'Add command, the program that logs in.'));
  }
  return errors;
}

/** How the provider block says that a cluster is reached; undefined where it says nothing of it; `later`: it is not known yet. */
export function givenAccess(
  { clusters = null }: Fields,
  folder: string,
): (cluster: string) => KubeContext | 'later' | undefined {
  return (name) => {
    if (clusters === null) return undefined;
    // It may be any cluster's: of what is unknown as a whole not even the names are known.
    if (clusters instanceof Unknown) return 'later';
    const all = clusters as Fields;
    const value = Object.hasOwn(all, name) ? (all[name] ?? null) : null;
    if (value === null) return undefined;
    if (!isKnown(value)) return 'later';
    return contextOf(name, readValue(accessShape, value, ['clusters', name]) as Access, folder);
  };
}

function contextOf(name: string, access: Access, folder: string): KubeContext {
  const { host, token, exec } = access;
  const file = join(folder, 'the provider block');
  const pem = (value: string | undefined) => (value === undefined ? undefined : inBase64(value));
  return {
    name,
    file,
    source: sourceOfProviderBlock(name),
    cluster: {
      server: host,
      'certificate-authority-data': pem(access.cluster_ca_certificate),
      'tls-server-name': access.tls_server_name,
      'insecure-skip-tls-verify': access.insecure,
      'proxy-url': access.proxy_url,
    },
    clusterFile: file,
    user: {
      token,
      'client-certificate-data': pem(access.client_certificate),
      'client-key-data': pem(access.client_key),
      ...(exec === undefined ? {} : { exec: pluginOf(exec) }),
    },
    userFile: file,
  };
}

function pluginOf({ api_version, command, args, env = {} }: NonNullable<Access['exec']>) {
  return {
    apiVersion: api_version ?? 'client.authentication.k8s.io/v1',
    command,
    args: [...(args ?? [])],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  };
}

/** PEM in base64, as kubeconfigs have it; undefined for what is no PEM. */
function inBase64(value: string): string | undefined {
  const isPem = (one: string) => one.includes('-----BEGIN ');
  if (isPem(value)) return Buffer.from(value).toString('base64');
  return isPem(Buffer.from(value, 'base64').toString('latin1')) ? value : undefined;
}

function isAddress(host: string): boolean {
  const whole = host.includes('://') ? host : `https://${host}`;
  return URL.canParse(whole) && /^https?:$/.test(new URL(whole).protocol);
}
