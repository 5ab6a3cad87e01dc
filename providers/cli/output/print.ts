/** Errors for people: what is wrong and where on one line, what to do on the next. */
import { relative } from 'node:path';
import type { EdgeError } from '../../../constructs/parsing';
import { type Paint, paintFor, plain, type Session } from './terminal';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/g;

interface Voice {
  readonly paint?: Paint;
  /** Files under this folder are printed relative to it. */
  readonly cwd?: string;
  /** Adds the stack of each error and of its cause. */
  readonly debug?: boolean;
}

/** Two lines for every error: `file:line path: summary`, then the remedy. */
export function printErrors(errors: readonly EdgeError[], voice: Voice = {}): string {
  const { paint = plain, cwd, debug = false } = voice;
  return errors
    .map((error) => {
      const parts = [position(error, cwd), error.path].filter((part) => part !== '');
      const place = visible(parts.join(' '));
      const near = (text: string) =>
        visible(cwd === undefined ? text : text.replaceAll(`${cwd}/`, ''));
      const lead = `${paint('red', 'error')} ${place === '' ? '' : `${paint('bold', place)}: `}`;
      return `${lead}${near(error.summary)}\n  ${near(error.remedy)}\n${debug ? `${stackOf(error)}\n` : ''}`;
    })
    .join('');
}

/** Remarks on standard error that stop nothing. */
export function printWarnings(texts: readonly string[], { remark, stderr, env }: Session): void {
  const paint = paintFor(stderr, env);
  for (const text of texts) remark(`${paint('yellow', 'warning')} ${text}\n`);
}

/** The text for a defect of littoral. */
export function printBug(thrown: unknown, paint: Paint, debug: boolean): string {
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const [line = ''] = what.split('\n');
  return [
    `${paint('red', 'error')} littoral failed; this is a bug and not your mistake: ${line}`,
    debug
      ? stackOf(thrown)
      : '  Run it again with LITTORAL_DEBUG=1 and report what it prints, with the files it was given.',
    '',
  ].join('\n');
}

/** A file as a person in `cwd` would write it. */
export function nearPath(file: string, cwd: string): string {
  const near = relative(cwd, file);
  return near === '' || near.startsWith('..') ? file : near;
}

/** On one line and without control characters, which names of files may contain. */
function visible(text: string): string {
  return text.replace(
    control,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function position(error: EdgeError, cwd: string | undefined): string {
  if (error.file === undefined) return '';
  const file = cwd === undefined ? error.file : nearPath(error.file, cwd);
  return error.line === undefined ? file : `${file}:${error.line}`;
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return '';
  const cause = thrown.cause instanceof Error ? `\n  caused by ${stackOf(thrown.cause)}` : '';
  return `${thrown.stack ?? ''}${cause}`;
}
