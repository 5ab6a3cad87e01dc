/** Text files of users: reads one whole, or says in one sentence why not and what lies beside it. */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { EdgeError, isContent, nearest } from '../../../constructs/parsing';

/** Where a path was written: errors point there. */
export interface Mentioned {
  /** The document that names the file. */
  readonly file?: string;
  /** The key in it, e.g. `demand`. */
  readonly path?: string;
}

/** Larger files are refused. */
const maxBytes = 256 * 1024 * 1024;

/** The absolute path of `path` as written in a document or on the command line: `~/` is the home folder, others start at `folder`. */
export function resolvePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return resolve(homedir(), path.slice(2));
  return resolve(folder, path);
}

/** The text of a UTF-8 file. Throws an EdgeError (SourceFailed) when it is not there, not readable, not text or over 256 MiB. */
export function readTextFile(file: string, mentioned: Mentioned = {}): string {
  const fail = (summary: string, remedy: string, cause?: unknown): never => {
    const from = mentioned.file === undefined ? {} : { file: mentioned.file };
    const path = mentioned.path ?? '';
    throw new EdgeError({ code: 'SourceFailed', path, summary, remedy, cause, ...from });
  };
  if (isContent(file) && !existsSync(file)) {
    const remedy = 'Write the path of the file, such as fleet.yaml.';
    return fail('got the content of a file (not shown), expected its path', remedy);
  }
  let bytes: Buffer | number;
  try {
    bytes = readAtMost(file, maxBytes);
  } catch (cause) {
    const [summary, remedy] = whyNot(file, cause);
    return fail(summary, remedy, cause);
  }
  if (typeof bytes === 'number') {
    const size = `${Math.round(bytes / 1048576)} MiB`;
    return fail(
      `${file} has ${size}; expected at most ${maxBytes / 1048576} MiB`,
      'Give the document itself, without what it was made from.',
    );
  }
  const looksBinary = bytes.subarray(0, 8192).includes(0);
  try {
    if (!looksBinary) return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8: told below.
  }
  return fail(
    `${file} is ${looksBinary ? 'a binary file' : 'not UTF-8 text'}; expected YAML, JSON or CSV`,
    looksBinary ? 'Give the document itself, unpacked.' : 'Save it as UTF-8.',
  );
}

/** The names in a folder, sorted; empty when it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** The content, or the size when it is over `most`. Grows with what is read: pipes have no size. */
function readAtMost(file: string, most: number): Buffer | number {
  const opened = openSync(file, 'r');
  try {
    const { size } = fstatSync(opened);
    if (size > most) return size;
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.max(65536, size + 1 - total));
      const count = readSync(opened, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
      if (total > most) return total;
    }
  } finally {
    closeSync(opened);
  }
}

function whyNot(file: string, cause: unknown): readonly [summary: string, remedy: string] {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (code === 'EISDIR') return [`${file} is a folder; expected a file`, inside(file)];
  if (code === 'EACCES' || code === 'EPERM') {
    return [`${file} may not be read (${code})`, 'Change its permissions, or run as its owner.'];
  }
  if (code === 'ENOTDIR') {
    return [`${file} does not exist: a part of its path is a file`, 'Correct the path.'];
  }
  if (code !== 'ENOENT') {
    return [`${file} cannot be read (${code})`, 'Correct the path, or copy the file elsewhere.'];
  }
  const folder = dirname(file);
  const names = namesIn(folder);
  const near = nearest(basename(file), names);
  if (near !== undefined) return [`${file} does not exist`, `Write ${near}, which lies beside it.`];
  if (names.length === 0)
    return [`${file} does not exist`, `Correct the path: ${folder} has no files.`];
  return [`${file} does not exist`, `Correct the path: ${folder} has ${listed(names)}.`];
}

function inside(folder: string): string {
  const documents = namesIn(folder).filter((name) => /\.(ya?ml|json|csv)$/.test(name));
  if (documents.length === 0) return 'Name a file.';
  return `Name a file in it: ${listed(documents)}.`;
}

function listed(names: readonly string[]): string {
  const more = names.length > 6 ? ` and ${names.length - 6} more` : '';
  return `${names.slice(0, 6).join(', ')}${more}`;
}
