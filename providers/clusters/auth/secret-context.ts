/** A Secret of a hub as the context of a kubeconfig. What would run a program or read a file of this machine because a hub says so is refused. */
import { composeYaml, z } from '../../../constructs/parsing';
import { ClusterError } from '../errors';
import {
  type AccessSource,
  sourceOfArgoSecret,
  sourceOfSecretKubeconfig,
  sourceOfTokenSecret,
} from './access-source';
import {
  type KubeCluster,
  type KubeContext,
  type KubeUser,
  wholeKubeconfigSchema,
} from './kubeconfig';

/** The Secret and whom it is about. */
export interface SecretAccess {
  /** Name of the cluster in the fleet. */
  readonly name: string;
  /** namespace/name */
  readonly secret: string;
  /** Address for a Secret that has none. */
  readonly server?: string | undefined;
  /** Values in Base64, as the API has them. */
  readonly data: Readonly<Record<string, string>>;
}

const tlsSchema = z.looseObject({
  insecure: z.boolean().nullish(),
  serverName: z.string().nullish(),
  caData: z.string().nullish(),
  certData: z.string().nullish(),
  keyData: z.string().nullish(),
});
const argoSchema = z.looseObject({
  bearerToken: z.string().nullish(),
  username: z.string().nullish(),
  password: z.string().nullish(),
  tlsClientConfig: tlsSchema.nullish(),
  awsAuthConfig: z.unknown().optional(),
  execProviderConfig: z.unknown().optional(),
  proxyUrl: z.string().nullish(),
});

/** Reads a kubeconfig (keys `value`, `kubeconfig`), a cluster Secret of Argo CD (`server`, `config`), or a token (`token`, `caBundle` or `ca.crt`). Throws a ClusterError without any content. */
export function contextOfSecret(access: SecretAccess): KubeContext {
  const { name, secret, data } = access;
  const made = data.value ?? data.kubeconfig;
  const read =
    made !== undefined
      ? fromKubeconfig(access, decoded(made))
      : data.config !== undefined
        ? fromArgo(access)
        : data.token !== undefined
          ? fromToken(access)
          : refuse(access, `has none of the keys value, kubeconfig, config and token`);
  const file = `Secret ${secret}`;
  return { name, file, clusterFile: file, userFile: file, ...read };
}

interface Read {
  readonly source: AccessSource;
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
}

function fromKubeconfig(access: SecretAccess, text: string): Read {
  const parsed = wholeKubeconfigSchema.safeParse(tryYaml(text));
  if (!parsed.success) return refuse(access, 'has no kubeconfig that can be read');
  const { contexts = [], clusters = [], users = [] } = parsed.data;
  const current = parsed.data['current-context'];
  const context =
    contexts.length === 1 ? contexts[0] : contexts.find((one) => one.name === current);
  const cluster = clusters.find((one) => one.name === context?.context.cluster)?.cluster;
  const user = users.find((one) => one.name === context?.context.user)?.user ?? {};
  if (cluster === undefined)
    return refuse(access, 'has a kubeconfig without a context that is current');
  for (const key of ['client-certificate', 'client-key', 'tokenFile'] as const) {
    if (user[key] && !(key !== 'tokenFile' && user[`${key}-data`])) return refusePath(access, key);
  }
  if (cluster['certificate-authority'] && !cluster['certificate-authority-data']) {
    return refusePath(access, 'certificate-authority');
  }
  if (user.exec) return refuseProgram(access, `runs ${user.exec.command}`);
  if (user['auth-provider'])
    return refuseProgram(access, `asks the auth-provider ${user['auth-provider'].name}`);
  return { source: sourceOfSecretKubeconfig(access.secret), cluster, user };
}

function fromArgo(access: SecretAccess): Read {
  const parsed = argoSchema.safeParse(tryYaml(decoded(access.data.config ?? '')));
  const server = decoded(access.data.server ?? '') || access.server;
  if (!parsed.success || server === undefined) {
    return refuse(access, 'is no cluster Secret of Argo CD: its server or config cannot be read');
  }
  const { bearerToken, username, password, tlsClientConfig, proxyUrl } = parsed.data;
  if (parsed.data.awsAuthConfig)
    return refuseProgram(access, 'has an awsAuthConfig, for which Argo CD runs a program');
  if (parsed.data.execProviderConfig) return refuseProgram(access, 'has an execProviderConfig');
  const tls = tlsClientConfig ?? {};
  return {
    source: sourceOfArgoSecret(access.secret),
    cluster: {
      server,
      'certificate-authority-data': tls.caData,
      'tls-server-name': tls.serverName,
      'insecure-skip-tls-verify': tls.insecure,
      'proxy-url': proxyUrl,
    },
    user: {
      token: bearerToken,
      username,
      password,
      'client-certificate-data': tls.certData,
      'client-key-data': tls.keyData,
    },
  };
}

function fromToken(access: SecretAccess): Read {
  const { data, server } = access;
  if (server === undefined) {
    return refuse(access, 'holds a token and no address, and access of the cluster has no server');
  }
  return {
    source: sourceOfTokenSecret(access.secret),
    cluster: { server, 'certificate-authority-data': data.caBundle ?? data['ca.crt'] },
    user: { token: decoded(data.token ?? '') },
  };
}

function refuse({ name, secret }: SecretAccess, why: string): never {
  throw new ClusterError({
    cluster: name,
    summary: `the Secret ${secret}, by which ${name} is reached, ${why}`,
    remedy: `Write access: {kubeconfig: ..., context: ...} for ${name}, or correct the Secret.`,
  });
}

function refusePath(access: SecretAccess, key: string): never {
  return refuse(access, `names a file (${key}), which would be one of this machine`);
}

function refuseProgram(access: SecretAccess, does: string): never {
  return refuse(access, `${does}; programs that a hub names are not run here`);
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function tryYaml(text: string): unknown {
  try {
    const document = composeYaml(text);
    return document.errors.length > 0 ? undefined : document.toJS();
  } catch {
    return undefined;
  }
}
