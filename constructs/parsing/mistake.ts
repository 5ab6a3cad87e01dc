/** Mistakes: what parsers gather about one place of a document before they throw, and the words for values. */
import { EdgeError, type EdgeErrorCode } from './errors';

/** A place in a document: keys and 0-based positions, as written. */
export type Path = readonly (string | number)[];

/** One mistake, not yet bound to a file and line. */
export interface DocumentMistake {
  readonly code: EdgeErrorCode;
  readonly path: Path;
  readonly summary: string;
  readonly remedy: string;
  /** Further places the mistake follows from; it is not reported when one of them is itself wrong. */
  readonly dependsOn?: readonly Path[];
  /** When the mistake is in another file than the document. */
  readonly file?: string;
  readonly line?: number;
}

/** Takes one mistake. */
export type Report = (mistake: DocumentMistake) => void;

/** Text of users that an error repeats is cut to this many characters. */
const longestEcho = 60;
const plainKey = /^[A-Za-z_$][\w$-]*$/;
const unprintable = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** `clusters[3].latitude`; keys that are not plain words are quoted. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!plainKey.test(step) || step.length > longestEcho) text += `[${quoted(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A text in quotes, cut, with everything unprintable escaped. */
export function quoted(text: string): string {
  const cut = text.length > longestEcho ? `${text.slice(0, longestEcho)}…` : text;
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(cut).replace(unprintable, escaped);
}

/** A key in an error: plain words as they are, anything else quoted and cut. */
export function keyText(key: string): string {
  return plainKey.test(key) && key.length <= longestEcho ? key : quoted(key);
}

/** What was received, in words; values at secret places are never repeated. */
export function received(value: unknown, path: Path): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return objectText(value);
  const kind = typeof value === 'string' ? 'text' : typeof value;
  if (isSecret(path)) return `a ${kind} (not shown)`;
  if (typeof value === 'string') return `${quoted(value)} (text)`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${value} (${kind})`;
  return `a ${kind}`;
}

/** True where a document may hold credentials: values there are never repeated in errors. */
export function isSecret(path: Path): boolean {
  // Timeouts are no secret, and showing the value reveals a wrong unit.
  if (path.at(-2) === 'prometheus' && /Seconds$/.test(String(path.at(-1)))) return false;
  return path.some(
    (step, index) =>
      (step === 'env' || step === 'access' || step === 'prometheus') &&
      path[index - 1] !== 'labels',
  );
}

/** Binds a mistake to its file and line. */
export function edgeErrorOf(mistake: DocumentMistake, file?: string, line?: number): EdgeError {
  const at = mistake.file === undefined ? { file, line } : mistake;
  return new EdgeError({
    code: mistake.code,
    path: pathText(mistake.path),
    summary: mistake.summary,
    remedy: mistake.remedy,
    ...(at.file === undefined ? {} : { file: at.file }),
    ...(at.line === undefined ? {} : { line: at.line }),
  });
}

function objectText(value: object): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const more = keys.length > 4 ? `, ${keys.length - 4} more` : '';
  return `an object with ${keys.slice(0, 4).map(keyText).join(', ')}${more}`;
}
