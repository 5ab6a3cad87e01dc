/** Protocol buffers by table: a message is a table of fields, and encoding and decoding follow it. */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type Scalar = 'string' | 'bytes' | 'bool' | 'int';
type Holds = Scalar | Message | (() => Message);

/** One field that decodes to a T: its number on the wire, what it holds, and how often it comes. */
export interface Field<T> {
  readonly number: number;
  readonly holds: Holds;
  /** Once or not at all, any number of times, or once for each string key. */
  readonly cardinality: 'one' | 'many' | 'map';
  /** One of several of which exactly one is given: it counts even when it is zero or empty. */
  readonly explicit?: boolean;
  /** Never there; it carries the type. */
  readonly decoded?: () => T;
}

/** A table of fields by name. */
export interface Message {
  readonly [name: string]: Field<unknown>;
}

/** What a message decodes to. Scalars have proto3's defaults; messages that did not come are undefined. */
export type Decoded<M extends Message> = {
  readonly [K in keyof M]: M[K] extends Field<infer T> ? T : never;
};

/** What a message is encoded from; what is left out stays out. */
export type Draft<M extends Message> = Partial<Decoded<M>> extends infer D ? Loosened<D> : never;

type Loosened<T> = T extends Uint8Array
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Loosened<T[K]> | undefined }
    : T;

const scalar =
  <T>(holds: Scalar) =>
  (number: number): Field<T> => ({ number, holds, cardinality: 'one' });

/** Text. */
export const string = scalar<string>('string');
/** Any bytes. */
export const bytes = scalar<Uint8Array>('bytes');
/** True or false. */
export const bool = scalar<boolean>('bool');
/** Also enums. 64-bit numbers lose what no double holds, which schema versions and list places never have. */
export const int = scalar<number>('int');

/** A message, or none. */
export const one = <M extends Message>(
  number: number,
  holds: M,
): Field<Decoded<M> | undefined> => ({
  number,
  holds,
  cardinality: 'one',
});
/** Any number of messages. */
export const many = <M extends Message>(
  number: number,
  holds: M | (() => M),
): Field<readonly Decoded<M>[]> => ({ number, holds, cardinality: 'many' });
/** A message for each key. */
export const map = <M extends Message>(
  number: number,
  holds: M,
): Field<Readonly<Record<string, Decoded<M>>>> => ({ number, holds, cardinality: 'map' });
/** A field of a oneof. */
export const explicit = <T>(field: Field<T>): Field<T> => ({ ...field, explicit: true });

type Loose = Readonly<Record<string, unknown>>;

const messageOf = (holds: Message | (() => Message)): Message =>
  typeof holds === 'function' ? holds() : holds;

/** The bytes of a message. */
export function encodeMessage<M extends Message>(message: M, draft: Draft<M>): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, message, draft as Loose);
  return writer.finish();
}

function writeMessage(writer: BinaryWriter, message: Message, draft: Loose): void {
  for (const [name, { number, holds, cardinality, explicit = false }] of Object.entries(message)) {
    const value = draft[name];
    if (value === undefined) continue;
    if (cardinality === 'one') {
      if (explicit || !isDefault(value)) writeOne(writer, number, holds, value);
    } else if (cardinality === 'many') {
      for (const item of value as readonly unknown[]) writeOne(writer, number, holds, item);
    } else {
      for (const [key, item] of Object.entries(value as Loose)) {
        writer.tag(number, WireType.LengthDelimited).fork();
        writeOne(writer, 1, 'string', key);
        writeOne(writer, 2, holds, item);
        writer.join();
      }
    }
  }
}

/** proto3 leaves these out, except inside lists, maps and oneofs. */
const isDefault = (value: unknown) =>
  value === '' || value === 0 || value === false || (value as Uint8Array).byteLength === 0;

function writeOne(writer: BinaryWriter, number: number, holds: Holds, value: unknown): void {
  if (holds === 'bool') writer.tag(number, WireType.Varint).bool(value as boolean);
  else if (holds === 'int') writer.tag(number, WireType.Varint).int64(value as number);
  else {
    writer.tag(number, WireType.LengthDelimited);
    if (holds === 'string') writer.string(value as string);
    else if (holds === 'bytes') writer.bytes(value as Uint8Array);
    else {
      writer.fork();
      writeMessage(writer, messageOf(holds), value as Loose);
      writer.join();
    }
  }
}

/** The message in `bytes`; fields the table does not have are skipped. Throws RangeError when the bytes are none. */
export function decodeMessage<M extends Message>(message: M, bytes: Uint8Array): Decoded<M> {
  const reader = new BinaryReader(bytes);
  return readMessage(reader, message, reader.len) as Decoded<M>;
}

interface Slot {
  readonly name: string;
  readonly field: Field<unknown>;
}

const slots = new WeakMap<Message, ReadonlyMap<number, Slot>>();

function slotsOf(message: Message): ReadonlyMap<number, Slot> {
  const known = slots.get(message);
  if (known) return known;
  const made = new Map(
    Object.entries(message).map(([name, field]) => [field.number, { name, field }]),
  );
  slots.set(message, made);
  return made;
}

const defaults = { string: '', bytes: new Uint8Array(0), bool: false, int: 0 };

function readMessage(reader: BinaryReader, message: Message, end: number): Loose {
  const fields = slotsOf(message);
  const result: Record<string, unknown> = {};
  for (const [name, { holds, cardinality }] of Object.entries(message)) {
    if (cardinality === 'many') result[name] = [];
    else if (cardinality === 'map') result[name] = {};
    else result[name] = typeof holds === 'string' ? defaults[holds] : undefined;
  }
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const slot = fields.get(number);
    if (!slot) reader.skip(wireType, number);
    else readField(reader, slot, result);
  }
  return result;
}

function readField(
  reader: BinaryReader,
  { name, field: { holds, cardinality } }: Slot,
  result: Record<string, unknown>,
): void {
  if (cardinality === 'one') result[name] = readOne(reader, holds);
  else if (cardinality === 'many') (result[name] as unknown[]).push(readOne(reader, holds));
  else {
    const length = reader.uint32();
    const table: Message = { key: string(1), value: { number: 2, holds, cardinality: 'one' } };
    const entry = readMessage(reader, table, reader.pos + length);
    (result[name] as Record<string, unknown>)[entry.key as string] = entry.value;
  }
}

function readOne(reader: BinaryReader, holds: Holds): unknown {
  if (holds === 'string') return reader.string();
  if (holds === 'bytes') return reader.bytes();
  if (holds === 'bool') return reader.bool();
  if (holds === 'int') return Number(reader.int64());
  const length = reader.uint32();
  return readMessage(reader, messageOf(holds), reader.pos + length);
}
