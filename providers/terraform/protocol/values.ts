/** Terraform's values on the wire: msgpack by schema, with unknowns at any depth and numbers that keep their precision. */
import { decode, ExtData, encode } from '@msgpack/msgpack';
import type { DynamicValue } from './messages';
import type { Attribute, CtyType, Fields, Schema, Value } from './provider';
import { Unknown, unknown } from './provider';

/**
 * A value as it came, before the schema made a Value of it. Kept beside the Value, it lets an answer repeat what came
 * exactly: HCL's `1 / 3` has more digits than a double, an unknown may say more about itself, a dynamic value its type.
 */
export type Raw = unknown;

/** A value and what it was made of. */
export interface Received {
  readonly value: Value;
  readonly raw: Raw;
}

/** A value that does not have the type its schema says: a defect of the code that made it. */
class WrongValue extends Error {}

/** Also a tuple: one type for each place. Only dynamic values have it. */
type AnyType =
  | CtyType
  | readonly ['tuple', readonly AnyType[]]
  | readonly ['object', Readonly<Record<string, AnyType>>];

const objectTypes = new WeakMap<Schema, CtyType>();

/** The type of a whole block: an object of its attributes. */
export function typeOfSchema(schema: Schema): CtyType {
  const known = objectTypes.get(schema);
  if (known) return known;
  const type = objectOf(schema.attributes);
  objectTypes.set(schema, type);
  return type;
}

/** The type of one attribute, nested attributes included. */
export function typeOfAttribute({ name, type, nested }: Attribute): CtyType {
  if (type !== undefined) return type;
  if (!nested) throw new WrongValue(`attribute ${name} has neither a type nor nested attributes`);
  const object = objectOf(nested.attributes);
  return nested.nesting === 'single' ? object : [nested.nesting, object];
}

const objectOf = (attributes: readonly Attribute[]): CtyType => [
  'object',
  Object.fromEntries(attributes.map((one) => [one.name, typeOfAttribute(one)])),
];

/** Every attribute of a schema, null. */
export const nothingOf = (schema: Schema): Fields =>
  Object.fromEntries(schema.attributes.map(({ name }) => [name, null]));

/** Reads a value of `type`; a value that did not come is null. */
export function receive(dynamic: DynamicValue | undefined, type: CtyType): Received {
  if (dynamic && dynamic.msgpack.length > 0) {
    const raw = decode(dynamic.msgpack, { useBigInt64: true });
    return { raw, value: fromRaw(raw, type) };
  }
  if (dynamic && dynamic.json.length > 0) return receiveJson(dynamic.json, type);
  return { raw: null, value: null };
}

/** Reads a value of `type` from JSON, as states are stored. Attributes that the type does not have are left out. */
export function receiveJson(json: Uint8Array, type: CtyType): Received {
  const raw: Raw = JSON.parse(withNumbersKept(Buffer.from(json).toString('utf8')));
  return { raw, value: fromRaw(raw, type) };
}

/** Fractions, and whole numbers with more digits than a double holds, become strings: that is how msgpack has them. */
function withNumbersKept(json: string): string {
  if (!/\d[.eE]|\d{16}/.test(json)) return json;
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*(?:[eE][+-]?\d+)?/g, (token) =>
    token.startsWith('"') || (token.length < 16 && /^-?\d+$/.test(token)) ? token : `"${token}"`,
  );
}

function fromRaw(raw: Raw, type: AnyType): Value {
  if (raw === null || raw === undefined) return null;
  if (raw instanceof ExtData) return unknown;
  if (type === 'dynamic') return fromDynamic(raw);
  if (typeof type === 'string') return fromScalar(raw, type);
  const [kind, inner] = type;
  if (kind === 'object') {
    const source = recordOf(raw, type);
    const fields = Object.entries(inner).map(([name, of]) => [name, fromRaw(source[name], of)]);
    return Object.fromEntries(fields);
  }
  if (kind === 'map') {
    const entries = Object.entries(recordOf(raw, type));
    return Object.fromEntries(entries.map(([key, item]) => [key, fromRaw(item, inner)]));
  }
  const items = arrayOf(raw, type);
  return items.map((item, place) => fromRaw(item, kind === 'tuple' ? inner[place]! : inner));
}

function fromScalar(raw: Raw, type: CtyType): Value {
  if (type === 'number') return numberOf(raw);
  if (typeof raw === (type === 'bool' ? 'boolean' : 'string')) return raw as string | boolean;
  throw mismatch(raw, type);
}

/** A double where one holds the whole number or comes nearest to the fraction; other whole numbers stay decimal strings. */
function numberOf(raw: Raw): Value {
  if (typeof raw === 'number') return raw;
  if (typeof raw !== 'bigint' && typeof raw !== 'string') throw mismatch(raw, 'number');
  const near = Number(raw);
  if (!Number.isFinite(near)) return String(raw);
  const isWhole = typeof raw === 'bigint' || /^-?\d+$/.test(raw);
  return !isWhole || BigInt(near) === BigInt(raw) ? near : String(raw);
}

/** In msgpack `[type, value]`, in JSON `{type, value}`. */
function typeAndValue(raw: Raw): readonly [AnyType, Raw] {
  if (Array.isArray(raw)) {
    const [type, value]: readonly Raw[] = raw;
    return [JSON.parse(Buffer.from(type as Uint8Array).toString('utf8')), value];
  }
  const { type, value } = recordOf(raw, 'dynamic');
  return [type as AnyType, value];
}

const fromDynamic = (raw: Raw): Value => {
  const [type, value] = typeAndValue(raw);
  return fromRaw(value, type);
};

/**
 * The msgpack of a value of `type`: every attribute is there, strings are NFC, unknowns and numbers are what `came`
 * (what Terraform sent in the same request) has at the same place when that means the same. Throws WrongValue.
 */
export function send(
  value: Value,
  type: CtyType,
  came: readonly Raw[],
): { readonly msgpack: Uint8Array } {
  return { msgpack: encode(toRaw(value, type, came, ''), { useBigInt64: true }) };
}

const unknownRaw = new ExtData(0, new Uint8Array([0]));

function toRaw(value: Value, type: AnyType, came: readonly Raw[], at: string): Raw {
  if (value === null || value === undefined) return null;
  if (value instanceof Unknown) return came.find((raw) => raw instanceof ExtData) ?? unknownRaw;
  if (type === 'dynamic') return toDynamic(value, came, at);
  if (type === 'number') return toNumber(value, came, at);
  if (typeof type === 'string') {
    if (typeof value !== (type === 'bool' ? 'boolean' : 'string')) throw mismatch(value, type, at);
    return typeof value === 'string' ? value.normalize('NFC') : value;
  }
  const [kind, inner] = type;
  if (kind === 'object') return toObject(value, inner, came, at);
  if (kind === 'map') {
    const entries = Object.entries(recordOf(value, type, at) as Fields).map(([key, item]) => {
      const name = key.normalize('NFC');
      return [name, toRaw(item, inner, below(came, name), `${at}[${JSON.stringify(key)}]`)];
    });
    return Object.fromEntries(entries);
  }
  const items = arrayOf(value, type, at) as readonly Value[];
  if (kind === 'tuple') {
    return items.map((item, place) => toRaw(item, inner[place]!, below(came, place), at));
  }
  // The elements of a set have no places: any of those that came may be the same one.
  const all = kind === 'set' ? came.flatMap((raw) => (Array.isArray(raw) ? raw : [])) : [];
  return items.map((item, place) =>
    toRaw(item, inner, kind === 'set' ? all : below(came, place), `${at}[${place}]`),
  );
}

function toObject(
  value: Value,
  fields: Readonly<Record<string, AnyType>>,
  came: readonly Raw[],
  at: string,
): Raw {
  const source = recordOf(value, ['object', fields], at) as Fields;
  const stray = Object.keys(source).find((name) => !Object.hasOwn(fields, name));
  if (stray !== undefined) {
    throw new WrongValue(`${at === '' ? 'the object' : at} has ${stray}, which the schema has not`);
  }
  const entries = Object.entries(fields).map(([name, type]) => [
    name,
    toRaw(source[name] ?? null, type, below(came, name), at === '' ? name : `${at}.${name}`),
  ]);
  return Object.fromEntries(entries);
}

/** What came one step further down. */
function below(came: readonly Raw[], step: string | number): readonly Raw[] {
  const found: Raw[] = [];
  for (const raw of came) {
    const isInside = typeof raw === 'object' && raw !== null && !(raw instanceof ExtData);
    const inner = isInside ? (raw as Record<string | number, Raw>)[step] : undefined;
    if (inner !== undefined && inner !== null) found.push(inner);
  }
  return found;
}

/** Fractions go as decimal text: Terraform reads 0.1 as a tenth, and the double nearest to it is another number. */
function toNumber(value: Value, came: readonly Raw[], at: string): Raw {
  const isText = typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value);
  if (!isText && !(typeof value === 'number' && Number.isFinite(value))) {
    throw mismatch(value, 'number', at);
  }
  const same = came.find((raw) => isNumeric(raw) && numberOf(raw) === value);
  return same ?? (Number.isInteger(value) ? value : String(value));
}

const isNumeric = (raw: Raw) =>
  typeof raw === 'number' ||
  typeof raw === 'bigint' ||
  (typeof raw === 'string' && /^-?[\d.]+$/.test(raw));

function toDynamic(value: Value, came: readonly Raw[], at: string): Raw {
  const same = came.find((raw) => !(raw instanceof ExtData) && isSame(fromDynamic(raw), value));
  const [type, raw] = same === undefined ? [dynamicTypeOf(value)] : typeAndValue(same);
  return [
    Buffer.from(JSON.stringify(type)),
    toRaw(value, type, raw === undefined ? [] : [raw], at),
  ];
}

/** The type of a value that has no declared type: a tuple or an object, as HCL's literals have. */
function dynamicTypeOf(value: Value): AnyType {
  if (value === null || value instanceof Unknown) return 'dynamic';
  if (Array.isArray(value)) return ['tuple', value.map(dynamicTypeOf)];
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'object') return typeof value === 'number' ? 'number' : 'string';
  const entries = Object.entries(value as Fields).map(([key, item]) => [key, dynamicTypeOf(item)]);
  return ['object', Object.fromEntries(entries)];
}

/** Whether two values are the same, at every depth. */
export function isSame(one: Value, other: Value): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false;
  }
  if (one instanceof Unknown || other instanceof Unknown) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [one as Fields, other as Fields];
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key]!, right[key]!))
  );
}

function recordOf(value: unknown, type: AnyType, at = ''): Readonly<Record<string, unknown>> {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord) throw mismatch(value, type, at);
  return value as Readonly<Record<string, unknown>>;
}

function arrayOf(value: unknown, type: AnyType, at = ''): readonly unknown[] {
  if (!Array.isArray(value)) throw mismatch(value, type, at);
  return value;
}

/** Names the kind of a value, never the value itself, which may be a secret. */
function mismatch(value: unknown, type: AnyType, at = ''): WrongValue {
  const got = Array.isArray(value) ? 'a list' : `a value of kind ${typeof value}`;
  const where = at === '' ? 'the value' : at;
  const expected = typeof type === 'string' ? type : type[0];
  return new WrongValue(`${where} is ${got} where the schema says ${expected}`);
}
