/** Documents as Terraform values and back, and the attribute that a place in a document is. */
import { type Path, Unknown, type Value } from '../protocol/provider';
import { snakeCase } from '../protocol/snake-case';
import { ENABLED, type Member, type Shape } from './shape';

/** The document a value stands for; what is null is left out, and what is unknown is `hole`, which leaves it out too unless given. */
export function documentOf(shape: Shape, value: Value, hole?: unknown): unknown {
  if (value === null) return undefined;
  if (value instanceof Unknown) return hole;
  if (Array.isArray(value)) {
    const of: Shape = shape.kind === 'list' ? shape.of : { kind: 'text' };
    // A hole would move its neighbours to other places.
    const items = value.map((item) => documentOf(of, item, hole) ?? null);
    return shape.kind === 'oneOrMore' && items.length === 1 ? items[0] : items;
  }
  if (typeof value === 'object') {
    const record = value as Readonly<Record<string, Value>>;
    return shape.kind === 'object' ? objectAt(shape, record, hole) : mapAt(shape, record, hole);
  }
  return scalarAt(shape, value);
}

/** A value as Terraform would convert it for an attribute of this type; what cannot be converted stays for the parser to refuse. */
function scalarAt(shape: Shape, value: string | number | boolean): unknown {
  if (typeof value === 'string') {
    if (shape.kind === 'textOrJson') return fromJson(value);
    if (shape.kind === 'number' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value))
      return Number(value);
    if (shape.kind === 'bool' && (value === 'true' || value === 'false')) return value === 'true';
    return value;
  }
  const wantsText = ['text', 'textOrJson', 'oneOrMore'].includes(shape.kind);
  if (!wantsText) return value;
  return typeof value === 'number' ? decimalText(value) : String(value);
}

/** All digits without an exponent: `0.0000001` and `1000000000000000000000`. */
function decimalText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) >= 1 ? BigInt(value).toString() : value.toFixed(30).replace(/0+$/, '');
}

type ObjectShape = Extract<Shape, { kind: 'object' }>;

function objectAt(
  shape: ObjectShape,
  value: Readonly<Record<string, Value>>,
  hole: unknown,
): unknown {
  const members = shape.members.flatMap(({ key, name, shape: inner }): [string, unknown][] => {
    const item = documentOf(inner, value[name] ?? null, hole);
    return item === undefined ? [] : [[key, item]];
  });
  if (shape.orFalse === true && members.length === 0 && value[ENABLED] === false) return false;
  return Object.fromEntries(members);
}

function mapAt(shape: Shape, value: Readonly<Record<string, Value>>, hole: unknown): unknown {
  const of: Shape = shape.kind === 'map' ? shape.of : { kind: 'text' };
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const inner = documentOf(of, item, hole);
    return inner === undefined ? [] : [[key, inner]];
  });
  return Object.fromEntries(entries);
}

/** JSON of an object or a list; anything else is the text itself. */
function fromJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The value that stands for a document. Keys that the shape does not have are left out. */
export function hclValue(shape: Shape, document: unknown): Value {
  if (document === undefined || document === null) return null;
  switch (shape.kind) {
    case 'object':
      return objectValue(shape, document);
    case 'map':
      return Object.fromEntries(
        Object.entries(document as object).map(([key, item]) => [key, hclValue(shape.of, item)]),
      );
    case 'list':
      return (document as readonly unknown[]).map((item) => hclValue(shape.of, item));
    case 'oneOrMore':
      return Array.isArray(document) ? (document as readonly string[]) : [document as string];
    case 'textOrJson':
      return typeof document === 'string' ? document : JSON.stringify(document);
    default:
      return document as string | number | boolean;
  }
}

function objectValue(shape: ObjectShape, document: unknown): Value {
  const record = document === false ? {} : (document as Readonly<Record<string, unknown>>);
  const members = shape.members.map(({ key, name, shape: inner }): [string, Value] => [
    name,
    hclValue(inner, Object.hasOwn(record, key) ? record[key] : undefined),
  ]);
  const switched: [string, Value][] =
    shape.orFalse === true ? [[ENABLED, document === false ? false : null]] : [];
  return Object.fromEntries([...members, ...switched]);
}

/** The attribute of a place in a document, as near as attributes go. `steps` are keys of the document. */
export function attributePath(shape: Shape, steps: Path): Path {
  const [step, ...rest] = steps;
  if (step === undefined) return [];
  if (shape.kind === 'object') {
    const member = shape.members.find(({ key }: Member) => key === step);
    // A key that does not exist is where the mistake is.
    if (member === undefined) return rest.length === 0 ? [step] : [];
    return [member.name, ...attributePath(member.shape, rest)];
  }
  if (shape.kind === 'map') return [String(step), ...attributePath(shape.of, rest)];
  if (shape.kind === 'list' && Number.isInteger(Number(step))) {
    return [Number(step), ...attributePath(shape.of, rest)];
  }
  return shape.kind === 'oneOrMore' && typeof step === 'number' ? [step] : [];
}

const written = /\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g;

/** The steps of a path as errors write it: `policy.constraints.spread[0].by`. */
export function stepsOf(path: string): Path {
  return [...path.matchAll(written)].map(([, index, quoted, key]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (key ?? '') : String(JSON.parse(quoted));
  });
}

/** A text with the keys of the document as HCL writes them: `minClusters 3` -> `min_clusters 3`. What is in quotes is what somebody wrote. */
export function inHclWords(shape: Shape, text: string): string {
  const keys = keysOf(shape);
  return text.replace(/"[^"]*"|\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g, (word) =>
    keys.has(word) ? snakeCase(word) : word,
  );
}

const known = new Map<Shape, ReadonlySet<string>>();

function keysOf(shape: Shape): ReadonlySet<string> {
  const before = known.get(shape);
  if (before !== undefined) return before;
  const found = new Set<string>();
  const walk = (one: Shape): void => {
    if (one.kind === 'list' || one.kind === 'map') walk(one.of);
    if (one.kind !== 'object') return;
    for (const member of one.members) {
      found.add(member.key);
      walk(member.shape);
    }
  };
  walk(shape);
  known.set(shape, found);
  return found;
}
