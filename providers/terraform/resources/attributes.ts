/** Attributes: short ways to write a schema down, and a state with every attribute of one. */
import { EdgeError } from '../../../constructs/parsing';
import type { Attribute, CtyType, Fields, Schema, Use, Value } from '../protocol/provider';

/** An attribute of a plain type. */
export function attribute(
  name: string,
  type: CtyType,
  use: Use,
  description: string,
  more: { readonly sensitive?: true } = {},
): Attribute {
  return { name, type, use, description, ...more };
}

/** Every attribute of a schema: the given ones, null for the rest. */
export function fieldsOf(
  attributes: readonly Attribute[],
  given: Readonly<Record<string, Value>>,
): Fields {
  return Object.fromEntries(attributes.map(({ name }) => [name, given[name] ?? null]));
}

/** The names of attributes that the configuration gives. */
export function argumentsOf(attributes: readonly Attribute[]): readonly string[] {
  return attributes.filter(({ use }) => use !== 'computed').map(({ name }) => name);
}

/** The names of attributes that only the provider gives. */
export function computedOf(attributes: readonly Attribute[]): readonly string[] {
  return attributes.filter(({ use }) => use === 'computed').map(({ name }) => name);
}

/** The texts among the elements of a list, in order; none when it is no list. */
export function textsOf(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A text, or undefined. */
export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** State as an older version, or this one, wrote it. Throws EdgeError for one that a newer version wrote. */
export function olderState(schema: Schema, version: number, state: unknown): Fields {
  if (version > schema.version) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: '',
      summary: `got state of version ${version}, expected at most ${schema.version}: a newer littoral wrote it`,
      remedy: 'Use the version of the provider that wrote it, or a newer one.',
    });
  }
  return (state ?? {}) as Fields;
}
