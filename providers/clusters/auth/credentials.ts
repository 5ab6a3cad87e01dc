/** Credentials of a kubeconfig user: read at the last moment, read again when the server refuses them, never put into a text. */
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { missingPackage } from '../../../constructs/parsing';
import { ClusterError } from '../errors';
import { runExecPlugin } from './exec-plugin';
import { besideKubeconfig, type KubeContext } from './kubeconfig';

/** What a request carries to prove who asks. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** PEM. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Texts that must never be printed. */
  readonly secrets: readonly string[];
  /** True when reading again may give others. */
  readonly renewable: boolean;
  /** Milliseconds since 1970; none when unknown. */
  readonly expiresAt?: number;
}

/** How a TLS server is trusted. */
export interface Trust {
  readonly ca?: Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Reads the credentials of a context; a plugin that hangs is ended with `signal`. Throws a ClusterError without any secret. */
export async function readCredentials(
  context: KubeContext,
  signal: AbortSignal,
): Promise<Credentials> {
  const { user } = context;
  const cert = fileOrData(context, context.userFile, user, 'client-certificate');
  const key = fileOrData(context, context.userFile, user, 'client-key');
  const still: Credentials = {
    headers: impersonation(context),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    secrets: key === undefined ? [] : pemSecrets(key.toString('utf8')),
    renewable: false,
  };
  if (user.tokenFile) {
    const token = readFile(context, context.userFile, 'tokenFile', user.tokenFile)
      .toString('utf8')
      .trim();
    return { ...withToken(still, token), renewable: true };
  }
  if (user.token) return withToken(still, user.token);
  if (user.username) {
    const pair = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
    const secrets = [...still.secrets, pair, ...(user.password ? [user.password] : [])];
    return { ...still, headers: { ...still.headers, authorization: `Basic ${pair}` }, secrets };
  }
  if (user.exec) {
    const { token, cert, key, expiresAt } = await runExecPlugin(context, user.exec, signal);
    const base = token === undefined ? still : withToken(still, token);
    const secrets = [...base.secrets, ...(key === undefined ? [] : pemSecrets(key))];
    const pair = cert === undefined || key === undefined ? {} : { cert, key };
    const until = expiresAt === undefined ? {} : { expiresAt };
    return { ...base, ...pair, ...until, secrets, renewable: true };
  }
  return user['auth-provider'] ? fromClient(context, still) : still;
}

/** How the context wants its server to be trusted. */
export function readTrust(context: KubeContext): Trust {
  const { cluster } = context;
  const ca = fileOrData(context, context.clusterFile, cluster, 'certificate-authority');
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cluster['tls-server-name'] ? { servername: cluster['tls-server-name'] } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  };
}

function withToken(credentials: Credentials, token: string): Credentials {
  return {
    ...credentials,
    headers: { ...credentials.headers, authorization: `Bearer ${token}` },
    secrets: [...credentials.secrets, token],
  };
}

function impersonation({ user }: KubeContext): Readonly<Record<string, string | string[]>> {
  const groups = user['as-groups'] ?? [];
  return {
    ...(user.as ? { 'impersonate-user': user.as } : {}),
    ...(user['as-uid'] ? { 'impersonate-uid': user['as-uid'] } : {}),
    ...(groups.length > 0 ? { 'impersonate-group': groups } : {}),
  };
}

/** Older plugins (oidc, gcp, azure): the official client knows them; nobody else pays for loading it. */
async function fromClient(context: KubeContext, still: Credentials): Promise<Credentials> {
  const options: { headers?: Record<string, string> } = {};
  const { KubeConfig } = await officialClient(context);
  try {
    const config = new KubeConfig();
    const [one, cluster] = ['one', { server: context.cluster.server }];
    // Only who asks: the context may be spread over several files.
    const text = stringify({
      clusters: [{ name: one, cluster }],
      users: [{ name: one, user: context.user }],
      contexts: [{ name: one, context: { cluster: one, user: one } }],
      'current-context': one,
    });
    config.loadFromString(text);
    await config.applyToHTTPSOptions(options);
  } catch {
    const plugin = context.user['auth-provider']?.name;
    throw new ClusterError({
      cluster: context.name,
      summary: `the auth-provider ${plugin} of ${context.source.whose} gives no credentials`,
      remedy: 'Log in again, or let an exec plugin take its place.',
    });
  }
  const token = /^Bearer (.+)$/.exec(options.headers?.Authorization ?? '')?.[1];
  return { ...(token === undefined ? still : withToken(still, token)), renewable: true };
}

/** An optional peer: it is larger than all the rest, and few kubeconfigs ask for it. */
async function officialClient(context: KubeContext) {
  try {
    return await import('@kubernetes/client-node');
  } catch (cause) {
    if (missingPackage(cause) !== '@kubernetes/client-node') throw cause;
    const plugin = context.user['auth-provider']?.name;
    throw new ClusterError({
      cluster: context.name,
      summary: `the auth-provider ${plugin} of ${context.source.whose} needs the package @kubernetes/client-node, which is not installed`,
      remedy:
        'Install it beside littoral: npm install @kubernetes/client-node@1; or let an exec plugin take the place of the auth-provider.',
    });
  }
}

/** Data wins over a path, as with kubectl. */
function fileOrData<Key extends string>(
  context: KubeContext,
  file: string,
  entry: { readonly [key in Key | `${Key}-data`]?: string | null | undefined },
  key: Key,
): Buffer | undefined {
  const data = entry[`${key}-data`];
  if (data) return Buffer.from(data, 'base64');
  const path = entry[key];
  return path ? readFile(context, file, key, path) : undefined;
}

function readFile(context: KubeContext, file: string, key: string, path: string): Buffer {
  try {
    return readFileSync(besideKubeconfig(file, path));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new ClusterError({
      cluster: context.name,
      file,
      summary: `${key} ${path} of ${context.source.whose} cannot be read (${code})`,
      remedy: `Correct the path in ${context.source.place}.`,
    });
  }
}

/** The lines of a private key: any of them may turn up in a message. */
function pemSecrets(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
}
