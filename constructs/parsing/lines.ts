/** Lines: from a path in words back to the line of the text it is about. */
import { EdgeError } from './errors';
import type { Path } from './mistake';
import { readText } from './source-text';

const steps = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\.?([A-Za-z_$][\w$-]*)/g;

/** `clusters[3].latitude` as its steps. */
export function pathOf(text: string): Path {
  return [...text.matchAll(steps)].map(([, index, quoted, key]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (key ?? '') : String(JSON.parse(quoted));
  });
}

/** The 1-based lines in `text` that the paths lead to. */
export function linesOf(text: string, paths: readonly string[]): readonly number[] {
  return readText(text).linesOf(paths.map(pathOf));
}

/** The same error, pointing at its line of the file. */
export function atLineOf(error: EdgeError, file: string, text: string, path: string): EdgeError {
  const [line] = linesOf(text, [path]);
  const { code, summary, remedy } = error;
  return new EdgeError({
    code,
    path,
    summary,
    remedy,
    file,
    ...(line === undefined ? {} : { line }),
  });
}
