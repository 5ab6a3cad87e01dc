/** The parts of zod that we use: `npm run build` puts them, and no others, into the file that this one becomes. */
import * as zod from 'zod';

/** What makes a schema, by the name it has in zod. */
export const factories = {
  array: zod.array,
  boolean: zod.boolean,
  cidrv6: zod.cidrv6,
  datetime: zod.iso.datetime,
  discriminatedUnion: zod.discriminatedUnion,
  enum: zod.enum,
  int: zod.int,
  ipv6: zod.ipv6,
  literal: zod.literal,
  looseObject: zod.looseObject,
  number: zod.number,
  record: zod.record,
  strictObject: zod.strictObject,
  string: zod.string,
  tuple: zod.tuple,
  union: zod.union,
  unknown: zod.unknown,
};

export const toJSONSchema = zod.toJSONSchema;
