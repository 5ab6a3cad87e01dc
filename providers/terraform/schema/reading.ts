/** Reading: a value of a dynamic attribute as the document it stands for, with every key checked that Terraform cannot check. */
import { EdgeError, pathText, quoted, throwAll, useOneOf } from '../../../constructs/parsing';
import { type Path, Unknown, type Value } from '../protocol/provider';
import { snakeCase } from '../protocol/snake-case';
import { ENABLED, type Shape } from './shape';
import { documentOf } from './values';

/** The document a value stands for. Throws EdgeErrors for keys that the shape does not have; `at` is where the attribute is in errors. */
export function readValue(shape: Shape, value: Value, at: Path): unknown {
  throwAll(strayKeys(shape, value, at));
  return documentOf(shape, value);
}

/** A mistake for each key that the shape does not have, and for each object where `jsonencode` is needed; paths have the keys of the document. */
export function strayKeys(shape: Shape, value: Value, at: Path): readonly EdgeError[] {
  if (typeof value !== 'object' || value === null || value instanceof Unknown) return [];
  if (shape.kind === 'textOrJson') return [notEncoded(at, value)];
  if (Array.isArray(value)) {
    const of = shape.kind === 'list' ? shape.of : undefined;
    return of === undefined
      ? []
      : value.flatMap((one, index) => strayKeys(of, one, [...at, index]));
  }
  const entries = Object.entries(value as Readonly<Record<string, Value>>);
  if (shape.kind === 'map') {
    return entries.flatMap(([key, one]) => strayKeys(shape.of, one, [...at, key]));
  }
  if (shape.kind !== 'object') return [];
  const names = [
    ...shape.members.map(({ name }) => name),
    ...(shape.orFalse === true ? [ENABLED] : []),
  ];
  return entries.flatMap(([key, one]) => {
    const member = shape.members.find(({ name }) => name === key);
    if (member !== undefined) return strayKeys(member.shape, one, [...at, member.key]);
    return names.includes(key) ? [] : [stray([...at, key], key, names)];
  });
}

function stray(path: Path, key: string, names: readonly string[]): EdgeError {
  const other = snakeCase(key);
  return new EdgeError({
    code: 'UnknownKey',
    path: pathText(path),
    summary: `got the key ${quoted(key)}, which does not exist here`,
    remedy: names.includes(other) ? `Write ${other}.` : useOneOf(key, names, 24),
  });
}

function notEncoded(path: Path, value: Value): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: pathText(path),
    summary: `got ${Array.isArray(value) ? 'a list' : 'an object'}, expected a text`,
    remedy: 'Write it with jsonencode(...), its keys as the document has them.',
  });
}
