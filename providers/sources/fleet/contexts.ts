/** The contexts of kubeconfig files as candidates for clusters: their names, and where each leads. */
import { delimiter } from 'node:path';
import { EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { readContext } from '../../clusters/auth/kubeconfig';
import {
  type Kubeconfig,
  KubeconfigFault,
  kubeconfigPaths,
  loadKubeconfig,
} from '../../clusters/auth/kubeconfig-files';

/** What was found in the files. */
export interface Contexts {
  /** Those to ask, in the order of the files. */
  readonly chosen: readonly string[];
  /** All that there are. */
  readonly names: readonly string[];
  /** The paths, absolute, as one text. */
  readonly kubeconfig: string;
  readonly warnings: readonly string[];
}

/** Loads the files and checks the wanted names. Throws EdgeErrors. */
export function contextsIn(
  kubeconfig: string,
  folder: string,
  wanted?: readonly string[],
): Contexts {
  const { entries, unnamedContexts, files } = load(kubeconfig, folder);
  const names = [...entries.context.keys()];
  const [file = kubeconfig] = files;
  throwAll(
    (wanted ?? [])
      .filter((name) => !names.includes(name))
      .map((name) => {
        const near = nearest(name, names);
        return new EdgeError({
          code: 'UnknownName',
          path: 'contexts',
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
  try {
    const { cluster } = readContext({ name: context, access: { kubeconfig, context } }, '/');
    const { server } = cluster;
    const url = new URL(server.includes('://') ? server : `https://${server}`);
    const path = url.pathname.replace(/\/+$/, '');
    return [url.origin + path, cluster['tls-server-name'] ?? '', cluster['proxy-url'] ?? ''].join(
      ' ',
    );
  } catch {
    // What is wrong with it is said when it is asked.
    return undefined;
  }
}

function plain(text: string): string {
  const clean = text.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 63);
  return clean.replace(/^[._-]+|[._-]+$/g, '') || 'cluster';
}
