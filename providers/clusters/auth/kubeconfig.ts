/** Reads one context of a kubeconfig: where the server is, how to trust it, who asks. Contents never enter a text. */
import { dirname, resolve } from 'node:path';
import type { Cluster } from '../../../constructs/model/fleet';
import { nearest, z } from '../../../constructs/parsing';
import { ClusterError } from '../errors';
import { type AccessSource, sourceOfContext } from './access-source';
import {
  type EntryKind,
  type Kubeconfig,
  KubeconfigFault,
  loadKubeconfig,
} from './kubeconfig-files';

const optionalText = z.string().nullish();
const clusterSchema = z.looseObject({
  server: z.string().min(1),
  'certificate-authority': optionalText,
  'certificate-authority-data': optionalText,
  'tls-server-name': optionalText,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'proxy-url': optionalText,
});
const execSchema = z.looseObject({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  installHint: optionalText,
  provideClusterInfo: z.boolean().nullish(),
});
const userSchema = z.looseObject({
  'client-certificate': optionalText,
  'client-certificate-data': optionalText,
  'client-key': optionalText,
  'client-key-data': optionalText,
  token: optionalText,
  tokenFile: optionalText,
  username: optionalText,
  password: optionalText,
  as: optionalText,
  'as-uid': optionalText,
  'as-groups': z.array(z.string()).nullish(),
  exec: execSchema.nullish(),
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
});
const contextSchema = z.looseObject({ cluster: z.string().min(1), user: optionalText });

/** A kubeconfig in one piece. */
export const wholeKubeconfigSchema = z.looseObject({
  'current-context': optionalText,
  contexts: z.array(z.looseObject({ name: z.string(), context: contextSchema })).optional(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: clusterSchema })).optional(),
  users: z.array(z.looseObject({ name: z.string(), user: userSchema.default({}) })).optional(),
});

/** A program that says who asks. */
export type ExecPlugin = z.output<typeof execSchema>;
/** Who asks, as written. */
export type KubeUser = z.output<typeof userSchema>;
/** Where and how to reach the server, as written. */
export type KubeCluster = z.output<typeof clusterSchema>;

/** One context of a kubeconfig, or what stands in its place. */
export interface KubeContext {
  /** Name of the cluster in the fleet, for messages. */
  readonly name: string;
  /** The file that has the context, for messages. */
  readonly file: string;
  /** What messages call the place where it is written. */
  readonly source: AccessSource;
  readonly cluster: KubeCluster;
  /** Relative paths of `cluster` start beside this file. */
  readonly clusterFile: string;
  readonly user: KubeUser;
  /** Name of that user in the kubeconfig; absent where the context names none, or no kubeconfig has it. */
  readonly userName?: string;
  /** Relative paths of `user` start beside this file. */
  readonly userFile: string;
}

/** Reads the context that `access` refers to; relative paths start at `folder`. Throws a ClusterError. */
export function readContext(
  { name, access }: Pick<Cluster, 'name' | 'access'>,
  folder: string,
): KubeContext {
  const fail = (summary: string, remedy: string): never => {
    throw new ClusterError({ cluster: name, summary, remedy });
  };
  if (access?.kubeconfig === undefined || access.context === undefined) {
    const lacks = access?.kubeconfig === undefined ? 'a kubeconfig' : 'a context';
    const why = access === undefined ? 'it has no access' : `its access does not name ${lacks}`;
    const remedy = 'Write access: {kubeconfig: ..., context: ...}.';
    return fail(`nothing says how to reach ${name}: ${why}`, remedy);
  }
  const read = loaded(name, access.kubeconfig, folder);
  const found = entry(name, read, 'context', access.context, contextSchema);
  const { value: context, file } = found;
  const cluster = entry(name, read, 'cluster', context.cluster, clusterSchema);
  const user = context.user
    ? entry(name, read, 'user', context.user, userSchema)
    : { value: userSchema.parse({}), file };
  return {
    name,
    file,
    source: sourceOfContext(access.context),
    cluster: cluster.value,
    clusterFile: cluster.file,
    user: user.value,
    ...(context.user ? { userName: context.user } : {}),
    userFile: user.file,
  };
}

/** A path as written in a kubeconfig: relative to the folder of the file. */
export function besideKubeconfig(file: string, path: string): string {
  return resolve(dirname(file), path);
}

function loaded(cluster: string, kubeconfig: string, folder: string): Kubeconfig {
  try {
    return loadKubeconfig(kubeconfig, folder);
  } catch (thrown) {
    if (!(thrown instanceof KubeconfigFault)) throw thrown;
    const { file, why, remedy } = thrown;
    const summary = `the kubeconfig of ${cluster} ${why}`;
    throw new ClusterError({ cluster, file, summary, remedy });
  }
}

function entry<Schema extends z.ZodType>(
  cluster: string,
  { entries, files }: Kubeconfig,
  kind: EntryKind,
  wanted: string,
  schema: Schema,
): { readonly value: z.output<Schema>; readonly file: string } {
  const found = entries[kind].get(wanted);
  if (found === undefined) {
    const names = [...entries[kind].keys()];
    const near = nearest(wanted, names);
    const some = `${names.slice(0, 6).join(', ')}${names.length > 6 ? ' ...' : ''}`;
    const use = names.length === 0 ? `Add the ${kind} to the file.` : `Use one of: ${some}.`;
    throw new ClusterError({
      cluster,
      ...(files[0] === undefined ? {} : { file: files[0] }),
      summary: `the kubeconfig of ${cluster} has no ${kind} ${JSON.stringify(wanted)}`,
      remedy: near === undefined ? use : `Write ${near}.`,
    });
  }
  const { file } = found;
  const parsed = schema.safeParse(found.value ?? {});
  if (parsed.success) return { value: parsed.data, file };
  const keys = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ClusterError({
    cluster,
    file,
    summary: `${kind} ${JSON.stringify(wanted)} in the kubeconfig of ${cluster} cannot be used: ${keys} is missing or not what it should be`,
    remedy: `Correct ${keys} of the ${kind}.`,
  });
}
