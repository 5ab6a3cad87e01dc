/** JSON text: the offset of the value at a path, and duplicate keys of objects; JSON.parse gives neither. */
import type { Path } from './mistake';

/** The requested paths below a place: a trie over their steps. */
interface PathTrie {
  readonly indexes: number[];
  readonly below: Map<string | number, PathTrie>;
}

/** Number of keys written in JSON text that JSON.parse accepts; one pass at the speed of indexOf. */
export function countWrittenKeys(text: string): number {
  let keys = 0;
  let at = text.indexOf('"');
  while (at >= 0) {
    let next = endOfString(text, at);
    while (isSpace(text.charCodeAt(next))) next++;
    if (text[next] === ':') keys++;
    at = text.indexOf('"', next);
  }
  return keys;
}

/** Offsets of the places that `paths` lead to in valid JSON text (a key's own offset for members); the nearest enclosing place when a step is missing. */
export function placesInJson(text: string, paths: readonly Path[]): readonly number[] {
  const root: PathTrie = { indexes: [], below: new Map() };
  paths.forEach((path, index) => {
    let node = root;
    for (const step of path) {
      let next = node.below.get(step);
      if (next === undefined) {
        next = { indexes: [], below: new Map() };
        node.below.set(step, next);
      }
      node = next;
    }
    node.indexes.push(index);
  });
  const offsets = new Array<number>(paths.length).fill(0);
  visitJson(
    text,
    (step, offset, wanted) => {
      const next = wanted?.below.get(step);
      if (next !== undefined) setOffsets(next, offset, offsets);
      return next;
    },
    root,
  );
  return offsets;
}

/** Offsets and paths of keys that their object already has, at most `most`. */
export function duplicateKeysInJson(
  text: string,
  most = 100,
): readonly { readonly path: Path; readonly offset: number }[] {
  const found: { path: Path; offset: number }[] = [];
  interface Seen {
    readonly path: Path;
    readonly keys: Set<string | number>;
  }
  visitJson<Seen>(
    text,
    (step, offset, seen) => {
      const path = [...(seen?.path ?? []), step];
      if (seen?.keys.has(step) && found.length < most) found.push({ path, offset });
      seen?.keys.add(step);
      return { path, keys: new Set() };
    },
    { path: [], keys: new Set() },
  );
  return found;
}

function setOffsets(node: PathTrie, offset: number, offsets: number[]): void {
  for (const index of node.indexes) offsets[index] = offset;
  for (const next of node.below.values()) setOffsets(next, offset, offsets);
}

type Enter<T> = (step: string | number, offset: number, parent: T | undefined) => T | undefined;

interface Frame<T> {
  readonly data: T | undefined;
  /** The next position in a list; -1 in an object. */
  position: number;
}

/** Walks valid JSON text without recursion, and reports every member and element before its value. */
function visitJson<T>(text: string, enter: Enter<T>, root: T): void {
  const stack: Frame<T>[] = [];
  let data: T | undefined = root;
  let at = 0;
  let expectsElement = false;
  while (at < text.length) {
    const character = text[at];
    const frame = stack.at(-1);
    if (isSpace(text.charCodeAt(at)) || character === ':') {
      at++;
    } else if (character === ']' || character === '}') {
      stack.pop();
      expectsElement = false;
      at++;
    } else if (character === ',') {
      expectsElement = (frame?.position ?? -1) >= 0;
      at++;
    } else if (expectsElement && frame !== undefined) {
      data = enter(frame.position++, at, frame.data);
      expectsElement = false;
    } else if (character === '{' || character === '[') {
      expectsElement = character === '[';
      stack.push({ data, position: expectsElement ? 0 : -1 });
      at++;
    } else if (character === '"') {
      const end = endOfString(text, at);
      let next = end;
      while (isSpace(text.charCodeAt(next))) next++;
      if (text[next] === ':' && frame?.position === -1) {
        data = enter(JSON.parse(text.slice(at, end)) as string, at, frame.data);
      }
      at = next;
    } else {
      at++;
    }
  }
}

/** The offset after the closing quote of the string that opens at `at`. */
function endOfString(text: string, at: number): number {
  let close = text.indexOf('"', at + 1);
  while (close >= 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close < 0 ? text.length : close + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(at - 1 - slashes) === 92) slashes++;
  return slashes % 2 === 1;
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
