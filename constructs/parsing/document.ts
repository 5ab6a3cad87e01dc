/** Documents: text or a plain object becomes a parsed value, or one error for every mistake in it. */

import { EdgeErrors } from './errors';
import { type DocumentMistake, edgeErrorOf, type Path, type Report, received } from './mistake';
import { parseRest } from './partial-parse';
import { walkPlain } from './plain-value';
import { mistakesOf } from './schema-issues';
import { readText } from './source-text';
import { useOneOf } from './spelling';
import type { z } from './zod';

/** The `apiVersion` of every document. */
export const API_VERSION = 'littoral.dev/v1alpha1';

/** Text in YAML or JSON, or a plain object of the same shape (then `apiVersion` and `kind` may be left out). */
export type DocumentSource = string | object;

/** How a parser reports, and how it reads what a document refers to. */
export interface DocumentOptions {
  /** The file the document came from; errors name it. Default: none. */
  readonly file?: string;
  /** Reads a file that the document names, relative to the document. Default: such a reference is an error. */
  readonly read?: (relativePath: string) => string;
}

/** What a parser knows about its kind of document. */
interface DocumentSpec<T, R> {
  /** The value of the key `kind`; undefined for a part of a document that has neither `apiVersion` nor `kind`. */
  readonly kind?: string;
  readonly schema: z.ZodType<T>;
  /** Checks what a schema cannot say and makes the result; paths are those of the value it is given. */
  readonly build: (value: T, report: Report, options: DocumentOptions) => R;
}

/** Errors beyond this number are counted, not listed. */
const mostErrors = 1000;
const kinds = ['Fleet', 'Demand', 'EdgeApp', 'PlacementDecision', 'Promises', 'Bundle', 'Delivery'];

/** Parses `source`. Throws EdgeErrors with every mistake found, each with its path and, for text, its line. */
export function parseDocument<T, R>(
  spec: DocumentSpec<T, R>,
  source: DocumentSource,
  options: DocumentOptions = {},
): R {
  const text = typeof source === 'string' ? readText(source) : undefined;
  const value = text === undefined ? withHeader(spec.kind, source as object) : text.value;
  const early = text?.mistakes ?? walkPlain(value).mistakes;
  const linesOf = text?.linesOf ?? ((paths: readonly Path[]) => paths.map(() => undefined));
  const give = (mistakes: readonly DocumentMistake[]) => fail(mistakes, options.file, linesOf);
  if (early.length > 0) return give(early);
  const outside = misplaced(spec.kind, value);
  if (outside !== undefined) return give([outside]);

  const result = spec.schema.safeParse(value, { reportInput: false });
  const found: DocumentMistake[] = [];
  if (result.success) {
    const built = spec.build(result.data, (mistake) => found.push(mistake), options);
    return found.length === 0 ? built : give(found);
  }
  const issues = result.error.issues;
  const rest = parseRest(spec.schema, value, issues);
  if (rest !== undefined) {
    const report = (mistake: DocumentMistake) => found.push(moved(mistake, rest.originalPath));
    spec.build(rest.value, report, options);
  }
  const standing = found.filter((mistake) => !followsFrom(mistake, rest?.removed ?? []));
  return give([...mistakesOf(spec.schema, value, issues), ...standing]);
}

/** Objects in a program say by their type what they are; text must say it in words. */
function withHeader(kind: string | undefined, source: object): unknown {
  if (kind === undefined || typeof source !== 'object' || source === null) return source;
  return Array.isArray(source) ? source : { apiVersion: API_VERSION, kind, ...source };
}

/** Empty text, no object, another kind or another version: no further check would be useful. */
function misplaced(kind: string | undefined, value: unknown): DocumentMistake | undefined {
  const what = kind === undefined ? 'an object' : `${withArticle(kind)} document`;
  const wrong = (path: Path, summary: string, remedy: string): DocumentMistake => {
    return { code: 'InvalidDocument', path, summary, remedy };
  };
  if (value === undefined || value === null) {
    return wrong([], `got an empty document, expected ${what}`, `Write ${what}.`);
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return wrong([], `got ${received(value, [])}, expected ${what}`, `Write ${what}.`);
  }
  if (kind === undefined) return undefined;
  const header = value as { readonly apiVersion?: unknown; readonly kind?: unknown };
  if (header.kind !== undefined && header.kind !== kind) {
    const isOther = typeof header.kind === 'string' && kinds.includes(header.kind);
    const got = isOther ? withArticle(header.kind) : `kind ${received(header.kind, [])}`;
    const remedy = isOther
      ? `Give a document of kind ${kind} here, or use the ${header.kind} where one is expected.`
      : useOneOf(String(header.kind), [kind]);
    return wrong(['kind'], `got ${got}, expected ${withArticle(kind)}`, remedy);
  }
  if (header.apiVersion !== undefined && header.apiVersion !== API_VERSION) {
    const got = received(header.apiVersion, []);
    return wrong(['apiVersion'], `got ${got}, expected ${API_VERSION}`, `Write ${API_VERSION}.`);
  }
  return undefined;
}

function moved(mistake: DocumentMistake, originalPath: (path: Path) => Path): DocumentMistake {
  return {
    ...mistake,
    path: originalPath(mistake.path),
    dependsOn: mistake.dependsOn?.map(originalPath) ?? [],
  };
}

function followsFrom(mistake: DocumentMistake, removed: readonly Path[]): boolean {
  const places = [mistake.path, ...(mistake.dependsOn ?? [])];
  const overlap = (a: Path, b: Path) => a.every((step, index) => b[index] === step);
  return places.some((place) =>
    removed.some((path) => overlap(path, place) || overlap(place, path)),
  );
}

function fail(
  mistakes: readonly DocumentMistake[],
  file: string | undefined,
  linesOf: (paths: readonly Path[]) => readonly (number | undefined)[],
): never {
  const listed = mistakes.slice(0, mostErrors);
  const lines = linesOf(listed.map(({ path }) => path));
  const errors = listed.map((mistake, index) =>
    edgeErrorOf(mistake, file, mistake.line ?? lines[index]),
  );
  errors.sort((a, b) => (a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : 0));
  const unlisted = mistakes.length - listed.length;
  if (unlisted > 0) {
    const summary = `got ${unlisted} more mistakes than the ${mostErrors} listed`;
    const remedy = 'Correct the first ones and parse again.';
    errors.push(edgeErrorOf({ code: 'InvalidDocument', path: [], summary, remedy }, file));
  }
  throw new EdgeErrors(errors);
}

function withArticle(noun: string): string {
  return `${/^[AEIOU]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
