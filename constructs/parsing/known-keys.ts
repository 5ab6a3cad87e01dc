/** Known keys: finds what an object of a program has and its type does not, where nobody compiled the types. */
import { EdgeError } from './errors';
import { keyText, type Path, pathText } from './mistake';
import { useOneOf } from './spelling';

/** Every key of a type; the compiler says when one is missing or too many. */
export type KnownKeys<T> = { readonly [Key in keyof Required<T>]: true };

/** A mistake for each key of `given` that is not among `known`. Keys whose value is undefined say nothing and are passed over. */
export function unknownKeys(
  given: unknown,
  known: Readonly<Record<string, true>>,
  path: Path = [],
): readonly EdgeError[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [];
  return Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined || Object.hasOwn(known, key)) return [];
    return new EdgeError({
      code: 'UnknownKey',
      path: pathText([...path, key]),
      summary: `got the key ${keyText(key)}, which does not exist here`,
      remedy: useOneOf(key, Object.keys(known), 24),
    });
  });
}
