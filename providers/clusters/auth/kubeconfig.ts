/** Reads one context of a kubeconfig: where the server is, how to trust it, who asks. Contents never enter a text. */
import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Cluster } from '../../../constructs/model/fleet';
import { nearest } from '../../../constructs/parsing';
import { ClusterError } from '../errors';

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
const contextSchema = z.looseObject({ cluster: z.string(), user: optionalText });
const named = z.array(z.looseObject({ name: z.string() })).nullish();
const fileSchema = z.looseObject({ clusters: named, users: named, contexts: named });

/** A program that says who asks. */
export type ExecPlugin = z.output<typeof execSchema>;
/** Who asks, as written. */
export type KubeUser = z.output<typeof userSchema>;
/** Where and how to reach the server, as written. */
export type KubeCluster = z.output<typeof clusterSchema>;

/** One context of a kubeconfig. */
export interface KubeContext {
  /** Name of the cluster in the fleet, for messages. */
  readonly name: string;
  readonly file: string;
  readonly context: string;
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
}

/** Reads the context that `access` refers to; relative paths start at `folder`. Throws a ClusterError. */
export function readContext(
  { name, access }: Pick<Cluster, 'name' | 'access'>,
  folder: string,
): KubeContext {
  const fail = (summary: string, remedy: string): never => {
    throw new ClusterError({ cluster: name, summary, remedy });
  };
  if (access?.secret !== undefined) {
    return fail(
      `${name} is reached by the Secret ${access.secret}, which cannot be read yet`,
      'Write access: {kubeconfig: ..., context: ...}.',
    );
  }
  if (access?.kubeconfig === undefined || access.context === undefined) {
    const lacks = access?.kubeconfig === undefined ? 'a kubeconfig' : 'a context';
    const remedy = 'Write access: {kubeconfig: ..., context: ...}.';
    return fail(`nothing says how to reach ${name}: its access has not ${lacks}`, remedy);
  }
  const file = resolvePath(access.kubeconfig, folder);
  const read = readKubeconfig(name, file);
  const context = entry(name, file, read.contexts, 'context', access.context, contextSchema);
  const cluster = entry(name, file, read.clusters, 'cluster', context.cluster, clusterSchema);
  const user = context.user
    ? entry(name, file, read.users, 'user', context.user, userSchema)
    : userSchema.parse({});
  return { name, file, context: access.context, cluster, user };
}

/** A path as written in a kubeconfig: relative to the folder of the file. */
export function besideKubeconfig(file: string, path: string): string {
  return resolve(dirname(file), path);
}

function resolvePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homedir(), path.slice(2));
  return resolve(folder, path);
}

type Kubeconfig = z.output<typeof fileSchema>;

/** Files already parsed, by path: a fleet often shares one, and parsing it for every cluster is quadratic. */
const parsedFiles = new Map<string, { readonly version: string; readonly content: Kubeconfig }>();

function readKubeconfig(cluster: string, file: string): Kubeconfig {
  const version = versionOf(file);
  const known = parsedFiles.get(file);
  if (known !== undefined && known.version === version) return known.content;
  const content = parseKubeconfig(cluster, file);
  if (version !== undefined) parsedFiles.set(file, { version, content });
  return content;
}

/** What changes when the file does; undefined when it cannot be looked at. */
function versionOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    // Reading the file says what is wrong with it.
    return undefined;
  }
}

function parseKubeconfig(cluster: string, file: string): Kubeconfig {
  const fail = (summary: string, remedy: string): never => {
    throw new ClusterError({ cluster, file, summary, remedy });
  };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    return fail(`the kubeconfig of ${cluster} ${why}`, 'Correct access.kubeconfig.');
  }
  const document = parseDocument(text, { logLevel: 'silent' });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const line = wrong.linePos?.[0].line;
    const where = line === undefined ? '' : ` in line ${line}`;
    return fail(`the kubeconfig of ${cluster} is not YAML${where}`, 'Correct the file.');
  }
  const parsed = fileSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  return fail(`the file of ${cluster} is not a kubeconfig`, 'Name a file that kubectl can use.');
}

type Named = z.output<typeof named>;

function entry<Schema extends z.ZodType>(
  cluster: string,
  file: string,
  entries: Named,
  kind: 'context' | 'cluster' | 'user',
  wanted: string,
  schema: Schema,
): z.output<Schema> {
  const found = entries?.find((one) => one.name === wanted);
  if (found === undefined) {
    const names = (entries ?? []).map((one) => one.name);
    const near = nearest(wanted, names);
    const some = `${names.slice(0, 6).join(', ')}${names.length > 6 ? ' ...' : ''}`;
    const use = names.length === 0 ? `Add the ${kind} to the file.` : `Use one of: ${some}.`;
    throw new ClusterError({
      cluster,
      file,
      summary: `the kubeconfig of ${cluster} has no ${kind} ${JSON.stringify(wanted)}`,
      remedy: near === undefined ? use : `Write ${near}.`,
    });
  }
  const parsed = schema.safeParse(found[kind] ?? {});
  if (parsed.success) return parsed.data;
  const keys = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new ClusterError({
    cluster,
    file,
    summary: `${kind} ${JSON.stringify(wanted)} in the kubeconfig of ${cluster} cannot be used: ${keys} is missing or not what it should be`,
    remedy: `Correct ${keys} of the ${kind}.`,
  });
}
