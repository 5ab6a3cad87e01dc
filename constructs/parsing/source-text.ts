/** Source text: YAML or JSON becomes a plain value that still knows the line each part was written on. */
import { countWrittenKeys, duplicateKeysInJson, placesInJson } from './json-positions';
import type { DocumentMistake, Path } from './mistake';
import { duplicateKey, type ReadText, refused } from './parsed-text';
import { walkPlain } from './plain-value';

export type { ReadText } from './parsed-text';

/** Reading this much broken JSON as YAML would take long and help little. */
const longJson = 1_000_000;

/** Reads YAML or JSON. Never throws: what is wrong with the text is in `mistakes`. */
export function readText(text: string): ReadText {
  const clean = text.startsWith('\ufeff') ? text.slice(1) : text;
  const broken = brokenCharacter(clean);
  if (broken !== undefined) return refused([broken]);
  if (/^[\s]*[{[]/.test(clean)) {
    const json = readJson(clean);
    if (json !== undefined) return json;
  }
  // Loaded on demand: most programs pass JSON, and loading the YAML parser takes half of their start time.
  const { readYaml } = require('./yaml-text') as typeof import('./yaml-text');
  return readYaml(clean);
}

function readJson(text: string): ReadText | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    if (text.length > longJson) return refused([wrongJson(text, String(thrown))]);
    // YAML may hold it: flow style, comments and trailing commas are not JSON. Its errors know their lines.
    return undefined;
  }
  const linesOf = (paths: readonly Path[]) => placesInJson(text, paths).map(lineFinder(text));
  const { mistakes, keys } = walkPlain(value);
  if (mistakes.length > 0) return { value, mistakes, linesOf };
  if (countWrittenKeys(text) !== keys) {
    const lineOf = lineFinder(text);
    return refused(
      duplicateKeysInJson(text).map(({ path, offset }) => duplicateKey(path, lineOf(offset))),
    );
  }
  return { value, mistakes: [], linesOf };
}

/** The engine's message quotes the text; only its position is taken. */
function wrongJson(text: string, message: string): DocumentMistake {
  const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  return {
    code: 'InvalidDocument',
    path: [],
    summary: 'got text that is not JSON from here on',
    remedy: 'Correct the JSON on this line.',
    line: lineFinder(text)(at),
  };
}

function brokenCharacter(text: string): DocumentMistake | undefined {
  const nul = text.indexOf('\0');
  const at = nul >= 0 ? nul : text.indexOf('\ufffd');
  if (at < 0) return undefined;
  return {
    code: 'InvalidDocument',
    path: [],
    summary:
      text[at] === '\ufffd'
        ? 'got bytes that are not UTF-8 text (or the replacement character U+FFFD)'
        : 'got a NUL character, expected UTF-8 text',
    remedy: 'Save the document as UTF-8 text.',
    line: lineFinder(text)(at),
  };
}

/** Lines of offsets; fast when the offsets rise. */
function lineFinder(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    if (offset < at) [line, at] = [1, 0];
    for (let next = text.indexOf('\n', at); next >= 0 && next < offset; ) {
      line++;
      at = next + 1;
      next = text.indexOf('\n', at);
    }
    return line;
  };
}
