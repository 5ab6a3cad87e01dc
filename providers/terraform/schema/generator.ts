/** Generates shapes from the schemas that parse documents; runs when building, never in a provider: loading those schemas costs more than a start may. */
import { z } from 'zod';
import { edgeAppSchema } from '../../../constructs/policy';
import { rolloutSchema } from '../../resources/release/state/props';
import { prometheusSchema } from '../../sources/prometheus-config';
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
export function documentShapes(): Readonly<Record<'app' | 'prometheus' | 'rollout', Shape>> {
  return {
    app: shapeOf(nodeOf(edgeAppSchema), 'app'),
    prometheus: shapeOf(nodeOf(prometheusSchema), 'prometheus'),
    rollout: shapeOf(nodeOf(rolloutSchema), 'rollout'),
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
export function shapeOf(node: Node, place: string): Shape {
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
    return [
      { key, name: snakeCase(key), required, description: describe(key, node, shape), shape },
    ];
  });
}

function describe(key: string, node: Node, shape: Shape): string {
  const texts = [inHcl(node.description ?? plainWords[key] ?? '')];
  const choices = node.enum ?? node.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
  if (choices.length > 0) texts.push(`One of ${choices.map((one) => `\`${one}\``).join(', ')}.`);
  if (shape.kind === 'textOrJson') texts.push(`An object is written with \`jsonencode\`.`);
  const isTold = /default/i.test(texts[0] ?? '');
  if (node.default !== undefined && typeof node.default !== 'object' && !isTold) {
    texts.push(`Default \`${node.default}\`.`);
  }
  return texts.filter((text) => text !== '').join(' ');
}

/** Keys as HCL writes them, and paths as a provider resolves them. */
function inHcl(text: string): string {
  return text
    .replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (key) => `\`${snakeCase(key)}\``)
    .replace('relative to this file', 'relative to `base_directory`');
}

/** For keys whose schema thinks their name says it all. */
const plainWords: Readonly<Record<string, string>> = {
  name: 'Lower-case letters, digits and `-`.',
  image: 'Container image.',
  port: 'Port the container listens on.',
  env: 'Environment variables.',
  probes: 'How Kubernetes asks whether it is ready and alive.',
  readiness: 'Whether it may get requests.',
  liveness: 'Whether it must be restarted.',
  periodSeconds: 'Between two probes.',
  initialDelaySeconds: 'Before the first probe.',
  timeoutSeconds: 'For one probe.',
  failureThreshold: 'So many failed probes are a failure.',
  minReplicas: 'Never fewer replicas on a chosen cluster.',
  components: 'Several components instead of one.',
  resources: 'What one replica requests.',
  cpuMillicores: 'CPU.',
  memoryMebibytes: 'Memory.',
  labels: 'Labels added there.',
  annotations: 'Annotations added there.',
  overrides: 'What is different on clusters that match; applied in order.',
  policy: 'What must hold, and what is best.',
  constraints: 'What must hold.',
  objective: 'What is minimised: a weighted sum. Default `{ latency = 1 }`.',
  stability: 'How reluctantly a placement moves.',
  guard: 'Changes that need a person to say yes by name.',
  value: 'Value of the taint.',
  milliseconds: 'Round trip.',
  share: 'Share of the requests.',
  usdPerHour: 'USD per hour.',
  min: 'Not less.',
  max: 'Not more.',
  missing: 'What a missing signal means.',
  weight: 'Subtracted.',
  username: 'User name.',
  passwordFile: 'File with the password.',
  passwordEnv: 'Environment variable with the password.',
  tls: 'For a server with a certificate of its own, or one that asks for one.',
};
