/** YAML text: a plain value, and the line each part was written on. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type YAMLError,
} from 'yaml';
import { type DocumentMistake, keyText, type Path } from './mistake';
import { duplicateKey, type ReadText, refused } from './parsed-text';
import { NestedTooDeep, tooDeep, walkPlain } from './plain-value';
import { composeYaml } from './yaml';

/** Maximum uses of aliases, counting what they repeat: enough for any fleet, and a limit on alias expansion attacks. */
const maxAliasCount = 10_000;
const maxTextMistakes = 100;
/** Maximum errors reported: one syntax error in YAML causes many others after it. */
const maxYamlErrors = 5;

/** Reads YAML. Never throws: what is wrong with the text is in `mistakes`. */
export function readYaml(text: string): ReadText {
  const lines = new LineCounter();
  try {
    const document = composeYaml(text, {
      lineCounter: lines,
      // Checked below in one pass; the library compares every key with every other.
      uniqueKeys: false,
      logLevel: 'error',
    });
    const problems = [...document.errors, ...document.warnings].slice(0, maxYamlErrors);
    if (problems.length > 0) return refused(problems.map((problem) => wrongText(problem, lines)));
    const linesOf = (paths: readonly Path[]) =>
      paths.map((path) => lines.linePos(placeInYaml(document, path)).line);
    const twice = duplicateKeysInYaml(document.contents, lines);
    if (twice.length > 0) return refused(twice);
    const value: unknown = document.toJS({ maxAliasCount });
    return { value, mistakes: walkPlain(value).mistakes, linesOf };
  } catch (thrown) {
    if (thrown instanceof NestedTooDeep) return refused([tooDeep([])]);
    return refused([thrown instanceof ReferenceError ? wrongAlias(thrown.message) : unreadable]);
  }
}

const aliasBomb: DocumentMistake = {
  code: 'InvalidDocument',
  path: [],
  summary: `got YAML aliases that expand to more than ${maxAliasCount} copies`,
  remedy: 'Write the repeated parts out.',
};
const unreadable: DocumentMistake = {
  code: 'InvalidDocument',
  path: [],
  summary: 'got text that could not be read as YAML or JSON',
  remedy: 'Write the document as plain YAML or JSON.',
};

function wrongAlias(message: string): DocumentMistake {
  const unresolved = /Unresolved alias.*: (.*)$/.exec(message)?.[1];
  if (unresolved === undefined) return aliasBomb;
  return {
    code: 'UnknownName',
    path: [],
    summary: `got the alias *${keyText(unresolved)}, but no anchor of that name before it`,
    remedy: `Add &${keyText(unresolved)} where the value is first written, or write the value out.`,
  };
}

function wrongText(problem: YAMLError, lines: LineCounter): DocumentMistake {
  const severalDocuments = problem.code === 'MULTIPLE_DOCS';
  return {
    code: 'InvalidDocument',
    path: [],
    // What follows a colon may quote the text, and with it a secret.
    summary: severalDocuments
      ? 'got several YAML documents in one text, expected one'
      : `got text that is not YAML: ${problem.message.split(/[:"\n]/)[0]}`,
    remedy: severalDocuments
      ? 'Put each document in its own file and remove the --- between them.'
      : 'Correct the YAML on this line.',
    line: lines.linePos(problem.pos[0]).line,
  };
}

function duplicateKeysInYaml(root: unknown, lines: LineCounter): readonly DocumentMistake[] {
  const found: DocumentMistake[] = [];
  const visit = (node: unknown, path: Path): void => {
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) visit(item, [...path, index]);
    }
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      const place = [...path, key];
      if (seen.has(key) && found.length < maxTextMistakes) {
        found.push(duplicateKey(place, lines.linePos(offsetOf(pair.key) ?? 0).line));
      }
      seen.add(key);
      visit(pair.value, place);
    }
  };
  visit(root, []);
  return found;
}

function placeInYaml(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    let place: unknown;
    if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      place = node;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => keyOf(key) === String(step));
      node = pair?.value;
      place = pair?.key;
    } else {
      return offset;
    }
    const next = offsetOf(place);
    if (next === undefined) return offset;
    offset = next;
  }
  return offset;
}

function keyOf(key: unknown): string {
  return String((isScalar(key) ? key.value : key) ?? '');
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
