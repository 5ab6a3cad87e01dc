/** What the constructs write in HCL is what the provider reads: the same names, the same lists, the same JSON. */
import fc from 'fast-check';
import {
  prometheusRules,
  rolloutRules,
  snakeCase,
  written,
} from '../../constructs/terraform/written';
import { releaseSchema } from '../../providers/resources/release/state/props';
import { snakeCase as theirs } from '../../providers/terraform/protocol/snake-case';
import { documentShapes } from '../../providers/terraform/schema/generator';
import type { Shape } from '../../providers/terraform/schema/shape';
import { documentOf, hclValue } from '../../providers/terraform/schema/values';

const shapes = documentShapes();

/** Any document of a shape, with the free choices that its schema leaves. */
function anyOf(shape: Shape): fc.Arbitrary<unknown> {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !/^\s*[[{]/.test(one));
  switch (shape.kind) {
    case 'number':
      return fc.integer();
    case 'bool':
      return fc.boolean();
    case 'oneOrMore':
      return fc.oneof(text, fc.array(text, { minLength: 2 }));
    case 'textOrJson':
      return fc.oneof(
        text,
        fc.array(fc.record({ name: text, latitude: fc.integer() }), { minLength: 1 }),
      );
    case 'list':
      return fc.array(anyOf(shape.of), { maxLength: 3 });
    case 'map':
      return fc.dictionary(fc.stringMatching(/^[A-Za-z./]{1,8}$/), anyOf(shape.of), { maxKeys: 3 });
    case 'object':
      return fc.record(
        Object.fromEntries(shape.members.map(({ key, shape: inner }) => [key, anyOf(inner)])),
        { requiredKeys: [] },
      );
    default:
      return text;
  }
}

/** The provider's value without what is null there: constructs leave it out. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner === null ? [] : [[key, withoutNull(inner)]],
    ),
  );
}
const unescaped = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('$${', '${').replaceAll('%%{', '%{'));

describe('written in HCL', () => {
  it.each([
    ['prometheus', shapes.prometheus, prometheusRules],
    ['rollout', shapes.rollout, rolloutRules],
  ])('%s is what the provider expects, and reads back as it was', (_name, shape, rules) => {
    fc.assert(
      fc.property(anyOf(shape), (document) => {
        const ours = unescaped(written(document, rules));
        expect(ours).toEqual(withoutNull(hclValue(shape, document)));
        expect(documentOf(shape, ours as never)).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  it('names are in snake case, as in the provider', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][A-Za-z0-9]{0,20}$/),
        (key) => snakeCase(key) === theirs(key),
      ),
    );
    expect(snakeCase('minRequestsPerSecond')).toBe('min_requests_per_second');
  });

  it('a rollout has the keys of HCL', () => {
    const rollout = {
      waves: [{ clusters: 1 }, { match: { region: 'europe', labels: { 'tier/Kind': 'edge' } } }],
      soakSeconds: 60,
    };
    expect(written(rollout, rolloutRules)).toEqual({
      waves: [
        { clusters: 1 },
        { match: { region: ['europe'], labels: { 'tier/Kind': ['edge'] } } },
      ],
      soak_seconds: 60,
    });
    expect(releaseSchema.shape.rollout.safeParse(rollout).success).toBe(true);
  });
});
