/** Referenced file: what a setting names by its path, such as a key or authorities; no error tells what is in it. */
import { readFileSync } from 'node:fs';
import { EdgeError } from '../../../constructs/parsing';
import { resolvePath } from './text-file';

/** The bytes of `file`, whose path starts at `folder`. Throws an EdgeError (SourceFailed) at `path`, the setting that names it, when it cannot be read. */
export function readReferenced(file: string, folder: string, path: string): Buffer {
  try {
    return readFileSync(resolvePath(file, folder));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    const summary = `the file ${file} cannot be read (${code})`;
    const remedy = 'Correct the path or its permissions.';
    throw new EdgeError({ code: 'SourceFailed', path, summary, remedy, cause });
  }
}

/** Certificate authorities (PEM) to trust instead of the usual ones; undefined where no file is named. Throws as `readReferenced`. */
export function readAuthorities(
  file: string | undefined,
  folder: string,
  path: string,
): string | undefined {
  return file === undefined ? undefined : readReferenced(file, folder, path).toString('utf8');
}
