/** Writes a folder of files as one: new ones in, stale ones of the last time out, everything else untouched. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { byCodeUnits } from '../../../constructs/model/canonical';
import { EdgeError, edgeErrorsOf, throwAll } from '../../../constructs/parsing';
import { makeFolder, notWritten, writeFileAtomically } from './write';

/** What happened to the files, paths relative to the folder, sorted. */
export interface TreeChange {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** Lists what was written here, so that the next time knows what is stale. */
export const treeList = '.littoral-files.json';

/**
 * Makes `folder` hold exactly `files` (text by path with `/`) beside what others put there. Files that were written
 * here before and are not wanted any more are removed; a file somebody else put in the way is an error. On failure the
 * old files are put back. Throws EdgeError or EdgeErrors before anything is changed, or when writing fails.
 */
export function writeTree(
  folder: string,
  files: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
): TreeChange {
  const root = resolve(folder);
  const wanted = new Map(files instanceof Map ? files : Object.entries(files));
  try {
    return bring(root, wanted);
  } catch (cause) {
    throw edgeErrorsOf(cause) === undefined ? notWritten(root, cause) : cause;
  }
}

/** Text by path of the files that were written here the last time and are still there. Throws EdgeError. */
export function treeFiles(folder: string): ReadonlyMap<string, string> {
  const root = resolve(folder);
  const found = filesListed(root).filter((path) => isOwn(root, path));
  return new Map(found.map((path) => [path, textOf(join(root, path)) ?? '']));
}

function bring(root: string, wanted: ReadonlyMap<string, string>): TreeChange {
  const listed = new Set(filesListed(root));
  check(root, wanted, listed);
  const current = (path: string) => textOf(join(root, path));
  const paths = [...wanted.keys()].sort(byCodeUnits);
  const written = paths.filter((path) => current(path) !== wanted.get(path));
  const removed = [...listed]
    .filter((path) => !wanted.has(path) && isOwn(root, path))
    .sort(byCodeUnits);
  const rewritten = new Set(written);
  const unchanged = paths.filter((path) => !rewritten.has(path));
  const isSame = paths.every((path) => listed.has(path)) && paths.length === listed.size;
  if (written.length > 0 || removed.length > 0 || !isSame) {
    replaceAll(root, wanted, written, removed);
  }
  return { written, removed, unchanged };
}

function check(
  root: string,
  wanted: ReadonlyMap<string, string>,
  listed: ReadonlySet<string>,
): void {
  const wrong = (path: string, why: string, remedy: string) =>
    new EdgeError({
      code: 'SourceFailed',
      path: '',
      summary: `${JSON.stringify(path)} cannot be written in ${root}: ${why}`,
      remedy,
    });
  const errors = [...wanted.keys()].flatMap((path) => {
    if (!isInside(path)) {
      return [wrong(path, 'it is not a plain path below it', 'Rename the object or cluster.')];
    }
    if (!hasPlainFolders(root, path) || (isThere(root, path) && !isPlainFile(root, path))) {
      return [wrong(path, 'a link, or a file or folder, is in the way', 'Remove what is there.')];
    }
    const isForeign = !listed.has(path) && isThere(root, path);
    if (isForeign && textOf(join(root, path)) !== wanted.get(path)) {
      const remedy = 'Choose an empty folder, or remove that file.';
      return [wrong(path, 'somebody else wrote a file of that name', remedy)];
    }
    const above = path
      .split('/')
      .slice(0, -1)
      .map((_, at, steps) => steps.slice(0, at + 1).join('/'));
    const clash = above.find((one) => wanted.has(one));
    if (clash === undefined) return [];
    return [wrong(path, `${JSON.stringify(clash)} is a file`, 'Rename the object or cluster.')];
  });
  throwAll(errors);
}

/** Stages everything, then moves it into place; moves back what was moved when a step fails. */
function replaceAll(
  root: string,
  wanted: ReadonlyMap<string, string>,
  written: readonly string[],
  removed: readonly string[],
): void {
  const undo: (() => void)[] = [];
  let staging: string | undefined;
  try {
    makeFolder(root);
    staging = mkdtempSync(join(root, '.littoral-staging-'));
    const [next, last] = [join(staging, 'next'), join(staging, 'last')];
    for (const path of written) put(join(next, path), wanted.get(path) ?? '');
    // If the process dies from here on, the next run still knows every file that may be ours.
    writeList(root, [...wanted.keys(), ...filesListed(root)]);
    for (const path of [...written, ...removed]) {
      if (isThere(root, path)) move(join(root, path), join(last, path), undo);
    }
    for (const path of written) move(join(next, path), join(root, path), undo);
    for (const path of removed) removeEmptyFolders(root, path);
    writeList(root, [...wanted.keys()]);
  } catch (cause) {
    for (const step of undo.reverse()) step();
    throw cause;
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomically(path, text);
}

function move(from: string, to: string, undo: (() => void)[]): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
  undo.push(() => {
    mkdirSync(dirname(from), { recursive: true });
    renameSync(to, from);
  });
}

function writeList(root: string, paths: readonly string[]): void {
  const files = [...new Set(paths)].sort(byCodeUnits);
  const note = 'Written by littoral; it removes the files listed here when they become stale.';
  writeFileAtomically(join(root, treeList), `${JSON.stringify({ note, files }, undefined, 2)}\n`);
}

/** Only paths that could have been ours: the list lies where anybody may edit it. */
function filesListed(root: string): readonly string[] {
  const text = textOf(join(root, treeList));
  if (text === undefined) return [];
  try {
    const { files } = JSON.parse(text) as { readonly files?: unknown };
    if (Array.isArray(files)) {
      return files.filter((path): path is string => typeof path === 'string' && isInside(path));
    }
  } catch {
    // Told below.
  }
  throw new EdgeError({
    code: 'SourceFailed',
    path: '',
    summary: `${join(root, treeList)} is not the list that was written there`,
    remedy: 'Restore it, or remove it together with the files it listed.',
  });
}

function removeEmptyFolders(root: string, path: string): void {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}

function isInside(path: string): boolean {
  const steps = path.split('/');
  const first = steps[0] ?? '';
  return (
    steps.every((step) => step !== '' && step !== '.' && step !== '..' && !/[\\\0]/.test(step)) &&
    !first.startsWith('.littoral-') &&
    !/^[A-Za-z]:/.test(path)
  );
}

function isOwn(root: string, path: string): boolean {
  return hasPlainFolders(root, path) && isPlainFile(root, path);
}

/** A folder that is a link would lead outside. */
function hasPlainFolders(root: string, path: string): boolean {
  const steps = path.split('/').slice(0, -1);
  return steps.every((_, at) => {
    const found = lstatSync(join(root, ...steps.slice(0, at + 1)), { throwIfNoEntry: false });
    return found === undefined || found.isDirectory();
  });
}

function isThere(root: string, path: string): boolean {
  return (
    hasPlainFolders(root, path) &&
    lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined
  );
}

function isPlainFile(root: string, path: string): boolean {
  return lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
