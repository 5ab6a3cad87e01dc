/** Conversion: a Kubernetes object becomes the arguments of a typed resource, or a reason why it cannot without a loss. */
import { kindOf } from '../../kubernetes/kinds';
import type { Manifest } from '../../model/app/workload';
import { Token } from '../cdktf';
import { positions, shapes } from './generated/shapes';
import type { Entry, Shape } from './shape';

/** What a manifest became. */
export type Converted =
  | { readonly arguments: Readonly<Record<string, unknown>> }
  /** Why the typed resource cannot hold it, for the reader of a stack. */
  | { readonly reason: string };

/** Thrown inside and caught below: something has no place in the typed resource. */
class NoPlace extends Error {}

/**
 * The arguments of the typed resource for `manifest`. Everything the manifest says is in them, or there is a reason
 * instead. Left out is only what says nothing: null, an empty list of objects, and the status, which is not ours to say.
 */
export function converted(manifest: Manifest): Converted {
  const { apiVersion, kind, status: _, ...rest } = manifest;
  const typed = kindOf(apiVersion, kind)?.cdktf !== undefined;
  const position = typed ? positions[kind] : undefined;
  if (position === undefined) {
    return { reason: `no typed resource for ${apiVersion} ${kind}` };
  }
  const content = kind === 'Secret' ? secretAsTyped(rest) : rest;
  try {
    return { arguments: objectAs(shapes[position]!, content, '') };
  } catch (thrown) {
    if (thrown instanceof NoPlace) return { reason: thrown.message };
    throw thrown;
  }
}

/** A Secret's `data` is base64, which the typed resource calls `binaryData`; its `data` is what Kubernetes calls `stringData`. */
function secretAsTyped({ data, stringData, ...rest }: Record<string, unknown>) {
  return {
    ...rest,
    ...(data === undefined ? {} : { binaryData: data }),
    ...(stringData === undefined ? {} : { data: stringData }),
  };
}

function objectAs(shape: Shape, value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NoPlace(`${path} is no object`);
  }
  const result: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (inner === null || inner === undefined) continue;
    const property = propertyFor(shape, key);
    if (property === undefined || Object.hasOwn(result, property)) {
      throw new NoPlace(`no place for ${here}`);
    }
    const next = valueAs(shape[property]!, property, inner, here);
    if (next !== undefined) result[property] = next;
  }
  for (const [property, entry] of Object.entries(shape)) {
    if (typeof entry !== 'object' || !('required' in entry) || property in result) continue;
    if (property !== 'metadata') throw new NoPlace(`${path || 'the object'} has no ${property}`);
    // Kubernetes lets a template go without; an empty block says as little.
    result[property] = {};
  }
  return result;
}

/** What follows no rule. */
const irregular: ReadonlyMap<string, string> = new Map([
  ['updateStrategy', 'strategy'], // of a DaemonSet; a StatefulSet has updateStrategy
  ['timeZone', 'timezone'],
  ['runAsUserName', 'runAsUsername'],
]);

/** `containers` is called `container`, `clusterIP` `clusterIp`. */
function propertyFor(shape: Shape, key: string): string | undefined {
  const plain = key.replace(/[A-Z]{2,}(?=s?$|[A-Z][a-z])/g, (acronym) =>
    acronym.charAt(0).concat(acronym.slice(1).toLowerCase()),
  );
  const one = plain.replace(/ies$/, 'y').replace(/s$/, '');
  return [plain, one, irregular.get(key)].find(
    (name): name is string => name !== undefined && Object.hasOwn(shape, name),
  );
}

function valueAs(entry: Entry, property: string, value: unknown, path: string): unknown {
  if (typeof entry === 'object' && 'required' in entry) {
    return valueAs(entry.required, property, value, path);
  }
  if (typeof entry === 'number') return objectAs(shapes[entry]!, value, path);
  if (typeof entry === 'object') {
    // A block that Kubernetes has once may be a list in the typed resource, such as tcpSocket.
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) return undefined;
    return list.map((one, index) => objectAs(shapes[entry[0]]!, one, `${path}[${index}]`));
  }
  switch (entry) {
    case 's':
      return textAs(property, value, path);
    case 's[]':
      return listAs(value, path, (one, at) => textAs('', one, at));
    case 's{}':
      return mapAs(value, path);
    case 'n[]':
      return listAs(value, path, (one, at) => scalarAs('number', one, at));
    case 'n':
      return scalarAs('number', value, path);
    case 'b':
      return scalarAs('boolean', value, path);
    default:
      return value;
  }
}

/** Numbers are texts here where Kubernetes takes either, and modes are octal. */
function textAs(property: string, value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') throw new NoPlace(`${path} is no text`);
  return /^(defaultMode|mode)$/.test(property) ? `0${value.toString(8)}` : String(value);
}

function scalarAs(type: 'number' | 'boolean', value: unknown, path: string): unknown {
  if (typeof value === type || Token.isUnresolved(value)) return value;
  throw new NoPlace(`${path} is no ${type}`);
}

function listAs<T>(value: unknown, path: string, one: (value: unknown, path: string) => T): T[] {
  if (!Array.isArray(value)) throw new NoPlace(`${path} is no list`);
  return value.map((inner, index) => one(inner, `${path}[${index}]`));
}

function mapAs(value: unknown, path: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NoPlace(`${path} is no object`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, textAs('', inner, `${path}.${key}`)]),
  );
}
