/** Attributes: short ways to write a schema down, and a state with every attribute of one. */
import { EdgeError } from '../../../constructs/parsing';
import {
  type Attribute,
  type CtyType,
  type Fields,
  type Schema,
  type Use,
  unknown,
  type Value,
} from '../protocol/provider';
import { readValue } from '../schema/reading';
import type { Shape } from '../schema/shape';

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

/** The fields, of which these are not known yet. */
export function withUnknown(fields: Fields, names: readonly string[]): Fields {
  return { ...fields, ...Object.fromEntries(names.map((name) => [name, unknown])) };
}

/** Whether every one of these is as it was; nothing is where there was nothing. */
export function areSame(prior: Fields | null, fields: Fields, names: readonly string[]): boolean {
  const textIn = (of: Fields | null, name: string) => JSON.stringify(of?.[name]);
  return names.every((name) => textIn(prior, name) === textIn(fields, name));
}

/** These arguments as the shape reads them, without those that are not given. Throws EdgeErrors. */
export function sourceIn(
  shape: Shape,
  fields: Fields,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const given = Object.fromEntries(names.map((name) => [name, fields[name] ?? null]));
  return readValue(shape, given, []) as Readonly<Record<string, unknown>>;
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
