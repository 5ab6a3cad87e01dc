/** Samples: values that a schema takes, two of each kind, to stand where a value is not known yet. */
import type { SchemaNode } from './expectation';

/** Texts to try, by sample: a name, a path, an instant. */
const texts = [
  ['a', '/a', '2000-01-01T00:00:00Z', 'http://a.invalid'],
  ['b', '/b', '2001-01-01T00:00:00Z', 'http://b.invalid'],
] as const;

/**
 * One of two values for a node. Sample 0 has as little as the node takes, sample 1 everything that it may have, and they
 * differ wherever they can. Where limits are out of the ordinary a sample may break them.
 */
export function sampleOf(node: SchemaNode, sample: 0 | 1): unknown {
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined) return sampleOf(branches.at(sample === 0 ? 0 : -1) ?? {}, sample);
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum.at(sample === 0 ? 0 : -1);
  switch (node.type) {
    case 'number':
    case 'integer':
      return numberIn(node, sample);
    case 'boolean':
      return sample === 1;
    case 'array':
      return arrayIn(node, sample);
    case 'object':
      return objectIn(node, sample);
    default:
      return textIn(node, sample);
  }
}

function textIn({ pattern }: SchemaNode, sample: 0 | 1): string {
  const fits = (text: string) => pattern === undefined || new RegExp(pattern).test(text);
  return texts[sample].find(fits) ?? texts[sample][0];
}

function numberIn({ type, minimum, exclusiveMinimum, maximum }: SchemaNode, sample: 0 | 1): number {
  const step = type === 'number' && (maximum ?? Number.POSITIVE_INFINITY) <= 1 ? 0.25 : 1;
  const isWide = minimum !== undefined && minimum < -1e6;
  const least = isWide ? 1 : (minimum ?? (exclusiveMinimum ?? 0) + step);
  return least + sample * step;
}

function arrayIn({ items, minItems = 0 }: SchemaNode, sample: 0 | 1): readonly unknown[] {
  const element = typeof items === 'object' ? items : {};
  return Array.from({ length: Math.max(minItems, sample) }, () => sampleOf(element, sample));
}

function objectIn(node: SchemaNode, sample: 0 | 1): object {
  const { properties, required = [], additionalProperties } = node;
  if (properties === undefined) {
    const of = typeof additionalProperties === 'object' ? additionalProperties : {};
    return sample === 0 ? {} : { a: sampleOf(of, sample) };
  }
  const taken = Object.entries(properties).filter(
    ([key]) => sample === 1 || required.includes(key),
  );
  return Object.fromEntries(taken.map(([key, one]) => [key, sampleOf(one, sample)]));
}
