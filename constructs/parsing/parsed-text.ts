/** Parsed text: the result of reading YAML or JSON. */
import { type DocumentMistake, type Path, quoted } from './mistake';

/** A value read from text. */
export interface ReadText {
  readonly value: unknown;
  /** Mistakes of the text itself; when there are any the value must not be used. */
  readonly mistakes: readonly DocumentMistake[];
  /** The 1-based lines of the places that paths lead to, or of the nearest enclosing places. */
  readonly linesOf: (paths: readonly Path[]) => readonly number[];
}

/** The result when nothing could be read. */
export function refused(mistakes: readonly DocumentMistake[]): ReadText {
  return { value: undefined, mistakes, linesOf: (paths) => paths.map(() => 1) };
}

/** The mistake of a key that its object already has. */
export function duplicateKey(path: Path, line: number): DocumentMistake {
  return {
    code: 'Duplicate',
    path,
    summary: `got the key ${quoted(String(path.at(-1)))} twice in one object`,
    remedy: 'Keep one of the two.',
    line,
  };
}
