/** Schemas are written with zod, and made by zod when they are first used: most calls read few documents, many read none. */
import type { z as zod } from 'zod';

type Parts = typeof import('./zod-parts');
const parts = (): Parts => require('./zod-parts') as Parts;

/** What makes one schema from another; every other member of a schema needs the schema itself. */
const refinements: ReadonlySet<PropertyKey> = new Set([
  'default',
  'describe',
  'gt',
  'int',
  'lt',
  'max',
  'min',
  'nullable',
  'optional',
  'prefault',
  'refine',
  'regex',
  'startsWith',
]);

/** The schema behind each one that is written and may not be made yet. */
const makers = new WeakMap<object, () => object>();

/** Stands for the schema that `make` makes, which is called once at most. */
function written(make: () => object): object {
  let made: object | undefined;
  const schema = () => {
    made ??= make();
    return made;
  };
  const refined = (name: PropertyKey) =>
    call(() => {
      const member: unknown = Reflect.get(schema(), name);
      return (member as Make).bind(schema());
    });
  const standIn = new Proxy(
    {},
    {
      get: (_, name) => (refinements.has(name) ? refined(name) : Reflect.get(schema(), name)),
      has: (_, name) => Reflect.has(schema(), name),
      getPrototypeOf: () => Reflect.getPrototypeOf(schema()),
    },
  );
  makers.set(standIn, schema);
  return standIn;
}

type Make = (...words: unknown[]) => object;

/** A function that remembers what it is called with until its schema is used. */
const call =
  (make: () => Make): Make =>
  (...words) =>
    written(() => make()(...words.map(madeIn)));

/** A value with the schemas in it made. */
function madeIn(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const make = makers.get(value);
  if (make !== undefined) return make();
  if (Array.isArray(value)) return value.map(madeIn);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, madeIn(part)]));
}

const factory = <Name extends keyof Parts['factories']>(name: Name): Parts['factories'][Name] =>
  call(() => parts().factories[name] as unknown as Make) as unknown as Parts['factories'][Name];

/** The part of zod that schemas are written with; what is missing is added here and in `zod-parts.ts`. Nothing of zod is loaded before a schema is used. */
export const z = {
  array: factory('array'),
  boolean: factory('boolean'),
  cidrv6: factory('cidrv6'),
  discriminatedUnion: factory('discriminatedUnion'),
  enum: factory('enum'),
  int: factory('int'),
  ipv6: factory('ipv6'),
  iso: { datetime: factory('datetime') },
  literal: factory('literal'),
  looseObject: factory('looseObject'),
  number: factory('number'),
  record: factory('record'),
  strictObject: factory('strictObject'),
  string: factory('string'),
  tuple: factory('tuple'),
  union: factory('union'),
  unknown: factory('unknown'),
  /** The JSON Schema of a schema. */
  toJSONSchema: ((schema: object, options?: object) =>
    parts().toJSONSchema(
      madeIn(schema) as zod.ZodType,
      options as Parameters<Parts['toJSONSchema']>[1],
    )) as Parts['toJSONSchema'],
};

/** The types of zod that our own types are made of. */
export declare namespace z {
  type input<Schema> = zod.input<Schema>;
  type output<Schema> = zod.output<Schema>;
  type Issue = zod.core.$ZodIssue;
  type ZodType<Output = unknown> = zod.ZodType<Output>;
  type ZodObject<
    Shape extends zod.core.$ZodLooseShape,
    Config extends zod.core.$ZodObjectConfig,
  > = zod.ZodObject<Shape, Config>;
  type ZodRecord = zod.ZodRecord<zod.ZodString, zod.ZodUnknown>;
  type strict = zod.core.$strict;
}
