/** Plain values: rejects nesting, cycles and keys that no document may have, before any other check. */
import type { DocumentMistake, Path } from './mistake';

/** Deeper than any document of ours; keeps every later recursion shallow. */
const maxDepth = 64;
const most = 100;

/** Finds `__proto__` keys and nesting without end (also cycles), and counts all keys. */
export function walkPlain(value: unknown): {
  readonly mistakes: readonly DocumentMistake[];
  readonly keys: number;
} {
  const mistakes: DocumentMistake[] = [];
  const steps: (string | number)[] = [];
  let keys = 0;
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || mistakes.length >= most) return;
    if (steps.length >= maxDepth) {
      mistakes.push(tooDeep([...steps.slice(0, 4)]));
      return;
    }
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) {
        steps.push(index);
        visit(part[index]);
        steps.pop();
      }
      return;
    }
    for (const key of Object.keys(part)) {
      keys++;
      steps.push(key);
      if (key === '__proto__') mistakes.push(prototypeKey([...steps]));
      else visit((part as Record<string, unknown>)[key]);
      steps.pop();
    }
  };
  visit(value);
  return { mistakes, keys };
}

/** Thrown for text that is nested too deep to be composed. */
export class NestedTooDeep extends RangeError {
  override readonly name = 'NestedTooDeep';
}

/** The mistake of values nested deeper than any document of ours. */
export function tooDeep(path: Path): DocumentMistake {
  return {
    code: 'InvalidDocument',
    path,
    summary: `got values nested more than ${maxDepth} deep`,
    remedy: 'Flatten the document.',
  };
}

function prototypeKey(path: Path): DocumentMistake {
  return {
    code: 'UnknownKey',
    path,
    summary: 'got the key __proto__, which is never a key or a name',
    remedy: 'Remove it.',
  };
}
