/** Expectations: what a schema wants at a place, in words, read from its JSON Schema. */

import { keyText, type Path } from './mistake';
import { z } from './zod';

/** The part of a JSON Schema that our schemas use. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode | boolean;
  readonly prefixItems?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

const nodes = new WeakMap<z.ZodType, SchemaNode>();

/** The JSON Schema of what may be written, made once per schema. */
export function schemaNodeOf(schema: z.ZodType): SchemaNode {
  const known = nodes.get(schema);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  nodes.set(schema, made);
  return made;
}

/** What the schema wants at `path` of `value`; at a union the branch that the value evidently means. */
export function nodeAt(root: SchemaNode, path: Path, value: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  let here: unknown = value;
  for (const step of path) {
    if (node === undefined) return undefined;
    node = below(resolved(node, here), step);
    here = child(here, step);
  }
  return node;
}

/** What a schema wants at `path` of `value`; anything where it says nothing. */
export function schemaNodeAt(schema: z.ZodType, path: Path, value: unknown): SchemaNode {
  return nodeAt(schemaNodeOf(schema), path, value) ?? {};
}

/** The branches of a union, in order; undefined for anything else. */
export function branchesOf(node: SchemaNode): readonly SchemaNode[] | undefined {
  return node.anyOf ?? node.oneOf;
}

/** The union branch that `value` evidently means, or the node itself when it is no union. */
export function resolved(node: SchemaNode, value: unknown): SchemaNode {
  const branches = branchesOf(node);
  if (branches === undefined) return node;
  const index = meantBranch(branches, value);
  return index === undefined ? node : resolved(branches[index]!, value);
}

/** Position of the branch whose type the value has and whose keys it shares most; undefined when it has the type of none. */
export function meantBranch(branches: readonly SchemaNode[], value: unknown): number | undefined {
  let best: number | undefined;
  let bestLikeness = Number.NEGATIVE_INFINITY;
  branches.forEach((branch, index) => {
    const likeness = likenessOf(branch, value);
    if (likeness !== undefined && likeness > bestLikeness) {
      best = index;
      bestLikeness = likeness;
    }
  });
  return best;
}

/** The value one step below, when it is an own member or element. */
export function child(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}

/** A node in words: `a number from -90 to 90`, `one of split, whole`, `a text or a list of texts`; limits too wide to matter are left out unless `value` breaks them. */
export function describeNode(node: SchemaNode, value?: unknown): string {
  const branches = branchesOf(node);
  if (branches !== undefined) {
    return [...new Set(branches.map((branch) => describeNode(branch, value)))].join(' or ');
  }
  if (node.const !== undefined) return constantText(node.const);
  if (node.enum !== undefined) return `one of ${node.enum.map(constantText).join(', ')}`;
  switch (node.type) {
    case 'string':
      return textInWords(node);
    case 'number':
    case 'integer':
      return numberInWords(node, value);
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return listInWords(node);
    case 'object':
      return objectInWords(node);
    default:
      return 'a value';
  }
}

function likenessOf(branch: SchemaNode, value: unknown): number | undefined {
  const branches = branchesOf(branch);
  if (branches !== undefined) {
    const index = meantBranch(branches, value);
    return index === undefined ? undefined : likenessOf(branches[index]!, value);
  }
  if (branch.const !== undefined) return typeof branch.const === typeof value ? 0 : undefined;
  if (branch.type !== typeOf(value) && !(branch.type === 'integer' && typeof value === 'number')) {
    return undefined;
  }
  if (branch.properties === undefined) return 0;
  let likeness = 0;
  for (const key of Object.keys(value as object)) {
    if (!Object.hasOwn(branch.properties, key)) continue;
    const constant = branch.properties[key]?.const;
    likeness += constant !== undefined && constant === child(value, key) ? 100 : 1;
  }
  return likeness;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function below(node: SchemaNode, step: string | number): SchemaNode | undefined {
  if (typeof step === 'number') {
    const element = node.prefixItems?.[step] ?? node.items;
    return typeof element === 'object' ? element : undefined;
  }
  if (node.properties !== undefined && Object.hasOwn(node.properties, step)) {
    return node.properties[step];
  }
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined;
}

function constantText(value: unknown): string {
  return String(value);
}

function textInWords(node: SchemaNode): string {
  if (node.format === 'date-time') return 'an instant with a zone, such as 2026-11-21T05:30:00Z';
  const { minLength = 0, maxLength } = node;
  if (maxLength !== undefined) return `a text of ${minLength} to ${maxLength} characters`;
  if (minLength === 1) return 'a text that is not empty';
  return 'a text';
}

function numberInWords(node: SchemaNode, value: unknown): string {
  const noun = node.type === 'integer' ? 'a whole number' : 'a number';
  const isWide = (bound: number) => Math.abs(bound) >= 1e15;
  const breaksWide = typeof value === 'number' && !(Math.abs(value) < 1e15);
  const limit = (bound: number | undefined) =>
    bound === undefined || (isWide(bound) && !breaksWide) ? undefined : boundText(bound);
  const above = limit(node.exclusiveMinimum);
  const low = above === undefined ? limit(node.minimum) : undefined;
  const under = limit(node.exclusiveMaximum);
  const high = under === undefined ? limit(node.maximum) : undefined;
  if (low !== undefined && high !== undefined) return `${noun} from ${low} to ${high}`;
  const parts = [
    ...(low === undefined ? [] : [`of at least ${low}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(high === undefined ? [] : [`of at most ${high}`]),
    ...(under === undefined ? [] : [`below ${under}`]),
  ];
  return [noun, parts.join(' and ')].filter((part) => part !== '').join(' ');
}

function boundText(bound: number): string {
  return Math.abs(bound) >= 1e15 ? bound.toExponential(0).replace('+', '') : String(bound);
}

function listInWords(node: SchemaNode): string {
  if (node.prefixItems !== undefined) {
    const parts = node.prefixItems.map((item) => describeNode(item));
    return `a list of ${parts.length}: ${parts.join(', ')}`;
  }
  const items = typeof node.items === 'object' ? node.items : undefined;
  const nouns: Readonly<Record<string, string>> = { string: 'text', object: 'object' };
  const noun = nouns[items?.type ?? ''];
  const least = node.minItems ?? 0;
  if (least > 0) return `a list of at least ${least} ${noun ?? 'element'}${least > 1 ? 's' : ''}`;
  return noun === undefined ? 'a list' : `a list of ${noun}s`;
}

function objectInWords(node: SchemaNode): string {
  const required = node.required ?? [];
  if (node.properties === undefined || required.length === 0) return 'an object';
  return `an object with ${required.slice(0, 6).map(keyText).join(', ')}`;
}
