/** Loads kubeconfig files as kubectl does: one file, or a list of which the first file to name something wins. */

import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { type Document, LineCounter } from 'yaml';
import { composeYaml, isContent, NestedTooDeep, z } from '../../../constructs/parsing';

const named = z.array(z.looseObject({ name: z.string().nullish() })).nullish();
const fileSchema = z.looseObject({
  clusters: named,
  users: named,
  contexts: named,
  'current-context': z.string().nullish(),
});
type Content = z.output<typeof fileSchema>;

/** The kinds of entries that a kubeconfig has. */
export type EntryKind = 'context' | 'cluster' | 'user';
/** One entry as written, and the file it is from: relative paths in it start there. */
export interface Entry {
  readonly file: string;
  readonly value: unknown;
}
/** What all files together say. */
export interface Kubeconfig {
  /** Those that exist, in their order. */
  readonly files: readonly string[];
  readonly entries: Readonly<Record<EntryKind, ReadonlyMap<string, Entry>>>;
  readonly currentContext: string | undefined;
  /** How many contexts have no name and cannot be asked for. */
  readonly unnamedContexts: number;
}

/** Why files cannot be loaded, without their contents. */
export class KubeconfigFault extends Error {
  constructor(
    readonly file: string,
    readonly why: string,
    readonly remedy: string,
  ) {
    super(`${file} ${why}`);
    this.name = 'KubeconfigFault';
  }
}

const kinds = { contexts: 'context', clusters: 'cluster', users: 'user' } as const;
const keys = ['contexts', 'clusters', 'users'] as const;

/**
 * The paths in `kubeconfig`, absolute: a file, or a list as in KUBECONFIG with the separator of the platform, `:` or on
 * Windows `;`. A path that has the separator in its name and exists is that file.
 */
export function kubeconfigPaths(kubeconfig: string, folder: string): readonly string[] {
  const whole = absolute(kubeconfig, folder);
  if (!kubeconfig.includes(delimiter) || exists(whole)) return [whole];
  const parts = kubeconfig.split(delimiter).filter((part) => part !== '');
  return [...new Set(parts.map((part) => absolute(part, folder)))];
}

/** Loads and merges. One file must exist; of a list those that do not are passed over, as kubectl does. Throws KubeconfigFault. */
export function loadKubeconfig(kubeconfig: string, folder: string): Kubeconfig {
  if (isContent(kubeconfig) && !exists(absolute(kubeconfig, folder))) {
    const why = 'is the content of a file (not shown), not its path';
    throw new KubeconfigFault(
      'kubeconfig',
      why,
      'Write the path of the kubeconfig, such as ~/.kube/config.',
    );
  }
  const paths = kubeconfigPaths(kubeconfig, folder);
  const isList = paths.length !== 1 || paths[0] !== absolute(kubeconfig, folder);
  const files = isList ? paths.filter(exists) : paths;
  if (files.length === 0) {
    const why = 'names no file that exists';
    throw new KubeconfigFault(kubeconfig, why, 'Correct KUBECONFIG, or name a file.');
  }
  const contents = files.map((file) => ({ file, content: contentOf(file) }));
  const entries = { context: new Map(), cluster: new Map(), user: new Map() } as {
    readonly [Kind in EntryKind]: Map<string, Entry>;
  };
  let unnamedContexts = 0;
  for (const { file, content } of contents) {
    for (const key of keys) {
      for (const one of content[key] ?? []) {
        const kind = kinds[key];
        if (!one.name) {
          if (kind === 'context') unnamedContexts++;
        } else if (!entries[kind].has(one.name)) {
          entries[kind].set(one.name, { file, value: one[kind] });
        }
      }
    }
  }
  const currentContext = contents.map(({ content }) => content['current-context']).find(Boolean);
  return { files, entries, currentContext: currentContext ?? undefined, unnamedContexts };
}

function absolute(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homedir(), path.slice(2));
  return resolve(folder, path);
}

function exists(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Files already parsed, by path: a fleet often shares one, and parsing it for every cluster is quadratic. */
const parsed = new Map<string, { readonly version: string; readonly content: Content }>();

function contentOf(file: string): Content {
  const version = versionOf(file);
  const known = parsed.get(file);
  if (known !== undefined && known.version === version) return known.content;
  const content = parse(file);
  if (version !== undefined) parsed.set(file, { version, content });
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

function composed(file: string, text: string): Document.Parsed {
  const lineCounter = new LineCounter();
  try {
    const document = composeYaml(text, { logLevel: 'silent', lineCounter });
    const [wrong] = document.errors;
    if (wrong === undefined) return document;
    const { line } = lineCounter.linePos(wrong.pos[0]);
    throw new KubeconfigFault(file, `is not YAML in line ${line}`, 'Correct the file.');
  } catch (thrown) {
    if (!(thrown instanceof NestedTooDeep)) throw thrown;
    throw new KubeconfigFault(file, 'is nested too deep', 'Name a file that kubectl can use.');
  }
}

function parse(file: string): Content {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new KubeconfigFault(file, why, 'Correct the path of the kubeconfig.');
  }
  const document = composed(file, text);
  const read = fileSchema.safeParse(document.toJS() ?? {});
  if (!read.success) {
    const remedy = 'Name a file that kubectl can use.';
    throw new KubeconfigFault(file, 'is not a kubeconfig', remedy);
  }
  for (const key of keys) {
    const names = (read.data[key] ?? []).flatMap(({ name }) => name || []);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice === undefined) continue;
    const why = `has two ${key} named ${JSON.stringify(twice)}, which kubectl refuses`;
    throw new KubeconfigFault(file, why, 'Keep one of the two.');
  }
  return read.data;
}
