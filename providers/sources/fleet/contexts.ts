/** The contexts of kubeconfig files as candidates for clusters: their names, and where each leads. */
import { delimiter } from 'node:path';
import { EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { type KubeCluster, readContext } from '../../clusters/auth/kubeconfig';
import {
  type Kubeconfig,
  KubeconfigFault,
  kubeconfigPaths,
  loadKubeconfig,
} from '../../clusters/auth/kubeconfig-files';
import { type Leads, writtenPath } from './lead';

/** What was found in the files. */
export interface Contexts {
  /** Those to ask, in the order of the files. */
  readonly chosen: readonly string[];
  /** All that there are. */
  readonly names: readonly string[];
  /** The paths, absolute, as one text. */
  readonly kubeconfig: string;
  /** The current context, where the files name one. */
  readonly current: string | undefined;
  readonly warnings: readonly string[];
}

/** Loads the files and checks the wanted names, which `path` gave. Throws EdgeErrors. */
export function contextsIn(
  kubeconfig: string,
  folder: string,
  wanted?: readonly string[],
  path = 'contexts',
): Contexts {
  const { entries, unnamedContexts, files, currentContext } = load(kubeconfig, folder);
  const names = [...entries.context.keys()];
  const [file = kubeconfig] = files;
  throwAll(
    (wanted ?? [])
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = nearest(name, names);
        return new EdgeError({
          code: 'UnknownName',
          path,
          file,
          summary: `got context ${JSON.stringify(name)}, which does not exist`,
          remedy: near === undefined ? `Use one of: ${names.join(', ')}.` : `Write ${near}.`,
        });
      }),
  );
  if (names.length === 0) {
    const summary = 'got no contexts, expected at least one';
    const remedy = 'Add a context with kubectl config set-context, or name another file.';
    throw new EdgeError({ code: 'SourceFailed', path: 'contexts', file, summary, remedy });
  }
  const unnamed =
    unnamedContexts === 0
      ? []
      : [`${unnamedContexts} of the contexts in ${file} have no name and are passed over`];
  return {
    chosen: wanted ?? names,
    names,
    kubeconfig: kubeconfigPaths(kubeconfig, folder).join(delimiter),
    current: currentContext,
    warnings: unnamed,
  };
}

function load(kubeconfig: string, folder: string): Kubeconfig {
  try {
    return loadKubeconfig(kubeconfig, folder);
  } catch (thrown) {
    if (!(thrown instanceof KubeconfigFault)) throw thrown;
    const { file, remedy, message: summary } = thrown;
    throw new EdgeError({ code: 'SourceFailed', path: 'kubeconfig', file, summary, remedy });
  }
}

/** One lead for each chosen context. */
export function contextLeads(contexts: Contexts, written: string): Leads {
  const { chosen, names, kubeconfig, warnings } = contexts;
  const short = namesOf(chosen);
  return {
    leads: chosen.map((context) => ({
      key: context,
      name: short.get(context) ?? context,
      title: `the context ${JSON.stringify(context)}`,
      address: addressOf(kubeconfig, context),
      access: { kubeconfig: writtenPath(written), context },
    })),
    keys: names,
    kubeconfig,
    keepsVanished: false,
    plural: 'contexts',
    warnings,
  };
}

/** A context as the name of a cluster: the last part of an ARN, only letters, digits, `.`, `_` and `-`, at most 63 characters. */
export function nameOf(context: string): string {
  return plain(/^arn:.*\/([^/]+)$/.exec(context)?.[1] ?? context);
}

/** A longer name for contexts whose short one is taken: that of an EKS cluster with its region, then with its account. */
export function longerNamesOf(context: string): readonly string[] {
  const [, region, account, name] =
    /^arn:[^:]*:[^:]*:([^:]*):([^:]*):.*\/([^/]+)$/.exec(context) ?? [];
  if (region === undefined || name === undefined) return [];
  return [plain(`${name}-${region}`), plain(`${name}-${region}-${account}`)];
}

/** The names of all contexts: the short one, or a longer one for all that share the short one. */
export function namesOf(contexts: readonly string[]): ReadonlyMap<string, string> {
  const short = new Map<string, string[]>();
  for (const context of contexts) {
    const name = nameOf(context);
    short.set(name, [...(short.get(name) ?? []), context]);
  }
  const names = new Map<string, string>();
  for (const [name, sharing] of short) {
    const level = [0, 1].find((one) => {
      const longer = sharing.map((context) => longerNamesOf(context)[one]);
      return longer.every((each) => each !== undefined) && new Set(longer).size === sharing.length;
    });
    for (const context of sharing) {
      const longer = level === undefined ? undefined : longerNamesOf(context)[level];
      names.set(context, sharing.length === 1 ? name : (longer ?? name));
    }
  }
  return names;
}

/** Where a context leads: server, name of its certificate and proxy as one text; undefined when the files do not say. */
export function addressOf(kubeconfig: string, context: string): string | undefined {
  const cluster = clusterEntry(kubeconfig, context);
  const server = serverOf(kubeconfig, context);
  if (cluster === undefined || server === undefined) return undefined;
  return [server, cluster['tls-server-name'] ?? '', cluster['proxy-url'] ?? ''].join(' ');
}

/** The address of the API server of a context, without a slash at its end; undefined when the files do not say. */
export function serverOf(kubeconfig: string, context: string): string | undefined {
  const server = clusterEntry(kubeconfig, context)?.server;
  if (server === undefined) return undefined;
  const written = server.includes('://') ? server : `https://${server}`;
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function clusterEntry(kubeconfig: string, context: string): KubeCluster | undefined {
  try {
    return readContext({ name: context, access: { kubeconfig, context } }, '/').cluster;
  } catch {
    // What is wrong with it is said when it is asked.
    return undefined;
  }
}

function plain(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63);
  return clean.replace(/^[._-]+|[._-]+$/g, '') || 'cluster';
}
