/** Generates shapes from the schemas that parse documents; runs when building, never in a provider: loading those schemas costs more than a start may. */
import { z } from '../../../constructs/parsing';
import { edgeAppSchema } from '../../../constructs/policy';
import { rolloutSchema } from '../../resources/release/state/props';
import { retirementSchema } from '../../resources/retirement/props';
import { trafficSchema } from '../../resources/traffic/props';
import { prometheusSchema } from '../../sources/demand/prometheus-config';
import { snakeCase } from '../protocol/snake-case';
import type { Member, Shape } from './shape';

/** The part of JSON Schema that zod writes for documents. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Node;
  readonly items?: Node;
  readonly description?: string;
  readonly default?: unknown;
}

/** The shapes that providers/terraform/shapes.json holds, by name. */
export function documentShapes(): Readonly<
  Record<'app' | 'prometheus' | 'retirement' | 'rollout' | 'traffic', Shape>
> {
  return {
    app: shapeOf(nodeOf(edgeAppSchema), 'app'),
    prometheus: shapeOf(nodeOf(prometheusSchema), 'prometheus'),
    retirement: shapeOf(nodeOf(retirementSchema), 'retirement'),
    rollout: shapeOf(nodeOf(rolloutSchema), 'rollout'),
    traffic: shapeOf(nodeOf(trafficSchema), 'traffic'),
  };
}

function nodeOf(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-07',
    unrepresentable: 'any',
    reused: 'inline',
  }) as Node;
}

/** The shape of a JSON Schema. Throws a RangeError for one that no rule covers, so that a new kind of union is noticed when building. */
function shapeOf(node: Node, place: string): Shape {
  if (node.anyOf !== undefined) return unionShape(node.anyOf, place);
  switch (node.type) {
    case 'string':
      return { kind: 'text' };
    case 'number':
    case 'integer':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'bool' };
    case 'array':
      return { kind: 'list', of: shapeOf(node.items ?? {}, `${place}[]`) };
    case 'object':
      return objectShape(node, place);
    default:
      throw new RangeError(`no shape for ${JSON.stringify(node).slice(0, 80)} at ${place}`);
  }
}

function objectShape(node: Node, place: string): Shape {
  const { properties, additionalProperties } = node;
  if (properties !== undefined) return { kind: 'object', members: membersOf([node], place) };
  if (typeof additionalProperties === 'object' && Object.keys(additionalProperties).length > 0) {
    return { kind: 'map', of: shapeOf(additionalProperties, `${place}{}`) };
  }
  return { kind: 'textOrJson' };
}

/** A text or several; an object or `false`; several objects as one with all their keys; anything else as text or JSON. */
function unionShape(branches: readonly Node[], place: string): Shape {
  const objects = branches.filter(({ type }) => type === 'object');
  const others = branches.filter(({ type }) => type !== 'object');
  const isText = ({ type }: Node) => type === 'string';
  if (others.length === 0) return { kind: 'object', members: membersOf(objects, place) };
  if (others.length === 1 && others[0]?.const === false) {
    return { kind: 'object', members: membersOf(objects, place), orFalse: true };
  }
  const isSeveral = ({ type, items }: Node) => type === 'array' && isText(items ?? {});
  if (objects.length === 0 && others.length === 2 && others.some(isText) && others.some(isSeveral))
    return { kind: 'oneOrMore' };
  const rest = others.filter((one) => !isText(one));
  if (rest.every(({ type }) => type === 'array')) return { kind: 'textOrJson' };
  throw new RangeError(`no shape for a union of ${branches.map((one) => one.type)} at ${place}`);
}

function membersOf(objects: readonly Node[], place: string): readonly Member[] {
  const keys = new Set(objects.flatMap(({ properties }) => Object.keys(properties ?? {})));
  return [...keys].flatMap((key): readonly Member[] => {
    const holders = objects.filter(({ properties }) => properties?.[key] !== undefined);
    const node = holders[0]?.properties?.[key] ?? {};
    // What a document is goes without saying in an attribute.
    if (node.const !== undefined && typeof node.const === 'string') return [];
    const shape = shapeOf(node, `${place}.${key}`);
    const isIn = ({ required = [] }: Node) => required.includes(key);
    const required = objects.every(isIn);
    return [{ key, name: snakeCase(key), required, description: describe(node, shape), shape }];
  });
}

function describe(node: Node, shape: Shape): string {
  const texts = [inHcl(node.description ?? '')];
  const choices = node.enum ?? node.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
  if (choices.length > 0) texts.push(`One of ${choices.map((one) => `\`${one}\``).join(', ')}.`);
  if (shape.kind === 'textOrJson') texts.push(`An object is written with \`jsonencode\`.`);
  const isDefaultStated = /default/i.test(texts[0] ?? '');
  const fallback = defaultInHcl(node.default);
  if (fallback !== undefined && !isDefaultStated) texts.push(`Default \`${fallback}\`.`);
  return texts.filter((text) => text !== '').join(' ');
}

/** A default as HCL writes it; undefined when there is none, and for lists and empty objects, which say nothing. */
function defaultInHcl(value: unknown): string | undefined {
  if (value === undefined || Array.isArray(value)) return undefined;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, one]) => `${snakeCase(key)} = ${one}`);
  return entries.length === 0 ? undefined : `{ ${entries.join(', ')} }`;
}

/** Keys as HCL writes them, and paths as a provider resolves them. */
function inHcl(text: string): string {
  return text
    .replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (key) => `\`${snakeCase(key)}\``)
    .replace('relative to this file', 'relative to `base_directory`');
}
