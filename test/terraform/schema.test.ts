/** The schema that Terraform sees is the schema that parses documents: nothing is lost on the way there and back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { edgeAppDocument, parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { littoral } from '../../providers/terraform/littoral';
import type { Attribute, Path, Value } from '../../providers/terraform/protocol/provider';
import { snakeCase } from '../../providers/terraform/protocol/snake-case';
import { appShape } from '../../providers/terraform/resources/placement/schema';
import { documentShapes } from '../../providers/terraform/schema/generator';
import { attributesOf, type Shape } from '../../providers/terraform/schema/shape';
import {
  attributePath,
  documentOf,
  hclValue,
  inHclWords,
  stepsOf,
} from '../../providers/terraform/schema/values';
import { problems } from '../placement/random';

const shapes = documentShapes();
const words = fc.stringMatching(/^[a-z][a-zA-Z0-9 _.$%{}-]{0,8}$/);

/** Documents of this shape, whether or not a parser would take their numbers and texts. */
function documents(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0);
    case 'bool':
      return fc.boolean();
    case 'oneOrMore':
      return fc.oneof(words, fc.array(words, { minLength: 2, maxLength: 3 }));
    case 'textOrJson':
      return fc.oneof(words, fc.dictionary(words, words), fc.array(fc.integer()));
    case 'list':
      return fc.array(documents(shape.of), { maxLength: 2 });
    case 'map':
      return fc.dictionary(words, documents(shape.of), { maxKeys: 2 });
    case 'object': {
      const members = Object.fromEntries(
        shape.members.map(({ key, shape: inner }) => [key, documents(inner)]),
      );
      const object = fc.record(members, { requiredKeys: [], noNullPrototype: true });
      return shape.orFalse === true ? fc.oneof(fc.constant(false), object) : object;
    }
    default:
      return words;
  }
}

/** What keeps `value` from being a value of these attributes. */
function strays(attributes: readonly Attribute[], value: Value, place: string): readonly string[] {
  const record = value as Readonly<Record<string, Value>>;
  const extra = Object.keys(record).filter((key) => !attributes.some(({ name }) => name === key));
  return [
    ...extra.map((key) => `${place}.${key} is no attribute`),
    ...attributes.flatMap((one) => strayIn(one, record[one.name], `${place}.${one.name}`)),
  ];
}

function strayIn({ type, nested }: Attribute, value: Value | undefined, place: string): string[] {
  if (value === undefined) return [`${place} is left out`];
  if (value === null) return [];
  if (nested !== undefined) {
    const all = nested.nesting === 'single' ? [value] : Object.values(value as object);
    return all.flatMap((one, index) => strays(nested.attributes, one, `${place}[${index}]`));
  }
  return isOf(type, value) ? [] : [`${place} is no ${JSON.stringify(type)}`];
}

function isOf(type: Attribute['type'], value: Value): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (typeof type === 'string') return typeof value === type;
  const [kind, of] = type as readonly ['list' | 'map', Attribute['type']];
  if (Array.isArray(value) !== (kind === 'list')) return false;
  return Object.values(value as object).every((one) => isOf(of, one));
}

describe.each(Object.entries(shapes))('%s', (name, shape) => {
  it('is what shapes.json holds; `npm run schemas` writes it', () => {
    const file = join(__dirname, '../../providers/terraform/shapes.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))[name]).toEqual(shape);
  });

  it('survives the way from a document to Terraform and back', () => {
    fc.assert(
      fc.property(documents(shape), (document) => {
        const value = hclValue(shape, document);
        expect(strays(attributesOf(shape), value, name)).toEqual([]);
        expect(documentOf(shape, value)).toEqual(document);
      }),
      { numRuns: 300 },
    );
  });

  it('has names that HCL takes, each once', () => {
    const check = (attributes: readonly Attribute[]): void => {
      const names = attributes.map((one) => one.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { name: one, nested } of attributes) {
        expect(one).toMatch(/^[a-z][a-z0-9_]*$/);
        if (nested !== undefined) check(nested.attributes);
      }
    };
    check(attributesOf(shape));
  });
});

describe('an app in HCL', () => {
  /** `[x]` and `x` match the same; HCL has one way to write it. */
  const oneAsText = (app: object): unknown =>
    JSON.parse(JSON.stringify(app), (key, value) =>
      /^(name|country|region|provider|city|tier)$/.test(key) &&
      Array.isArray(value) &&
      value.length === 1
        ? value[0]
        : value,
    );

  it('parses to the same app', () => {
    fc.assert(
      fc.property(problems({ apps: 2, clusters: 5, origins: 3 }), ({ apps }) => {
        for (const app of apps) {
          const back = documentOf(appShape, hclValue(appShape, edgeAppDocument(app)));
          expect(oneAsText(parseEdgeApp(back as object))).toEqual(oneAsText(app));
        }
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['a list of one is the text', { region: ['europe'] }, { region: 'europe' }],
    ['a longer list stays one', { region: ['europe', 'asia'] }, { region: ['europe', 'asia'] }],
  ])('%s', (_, value, document) => {
    const matches = { policy: { constraints: { must_not_include: [value] } } };
    expect(documentOf(appShape, matches as unknown as Value)).toEqual({
      policy: { constraints: { mustNotInclude: [document] } },
    });
  });

  it('switches capacity off with enabled = false, and writes an object where a text is usual with jsonencode', () => {
    const constraints = {
      capacity: { enabled: false, assignment: null, headroom: null },
      spread: [{ by: '{"label":"rack"}', max_skew: 1 }],
    };
    expect(documentOf(appShape, { policy: { constraints } } as unknown as Value)).toEqual({
      policy: { constraints: { capacity: false, spread: [{ by: { label: 'rack' }, maxSkew: 1 }] } },
    });
  });
});

describe('a place in a document', () => {
  const at = (path: string): Path => attributePath(appShape, stepsOf(path));

  it.each<[string, Path]>([
    ['policy.constraints.minClusters', ['policy', 'constraints', 'min_clusters']],
    ['policy.constraints.spread[1].by.label', ['policy', 'constraints', 'spread', 1, 'by']],
    [
      'policy.constraints.mustInclude[0].region[1]',
      ['policy', 'constraints', 'must_include', 0, 'region', 1],
    ],
    ['workload.env["a.b"]', ['workload', 'env', 'a.b']],
    [
      'policy.constraints.signals.carbon.max',
      ['policy', 'constraints', 'signals', 'carbon', 'max'],
    ],
    ['policy.nowhere', ['policy', 'nowhere']],
    ['', []],
  ])('%s is an attribute', (path, attribute) => {
    expect(at(path)).toEqual(attribute);
  });

  it('is an attribute that exists, whatever is wrong there', () => {
    const broken = documents(appShape).map((one) => one as object);
    fc.assert(
      fc.property(broken, (document) => {
        for (const { path } of errorsIn(document)) {
          expect(exists(attributesOf(appShape), at(path))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is named in HCL words', () => {
    const text =
      'minClusters 4 and mustNotInclude cannot both hold; httpServer is no key; got "minClusters"';
    expect(inHclWords(appShape, text)).toBe(
      'min_clusters 4 and must_not_include cannot both hold; httpServer is no key; got "minClusters"',
    );
    expect(snakeCase('usdPerGibibyteEgress')).toBe('usd_per_gibibyte_egress');
  });
});

function errorsIn(document: object) {
  try {
    parseEdgeApp({ name: 'shop', ...document });
    return [];
  } catch (thrown) {
    return edgeErrorsOf(thrown) ?? [];
  }
}

/** Whether the path leads to an attribute, or into a value of one. */
function exists(attributes: readonly Attribute[], [step, ...rest]: Path): boolean {
  if (step === undefined) return true;
  const found = attributes.find(({ name }) => name === step);
  // The key that is wrong because it does not exist.
  if (found === undefined) return rest.length === 0;
  const { nested } = found;
  if (nested === undefined || rest.length === 0) return true;
  return exists(nested.attributes, nested.nesting === 'single' ? rest : rest.slice(1));
}

describe('the provider', () => {
  const all = [
    littoral.schema,
    ...Object.values(littoral.resources).map(({ schema }) => schema),
    ...Object.values(littoral.dataSources).map(({ schema }) => schema),
  ];

  it('describes every attribute in sentences', () => {
    const check = (attributes: readonly Attribute[], place: string): void => {
      for (const { name, description, nested } of attributes) {
        expect(`${place}.${name}: ${description}`).toMatch(/: \S.*[.]$/);
        if (nested !== undefined) check(nested.attributes, `${place}.${name}`);
      }
    };
    for (const { attributes, description } of all) check(attributes, description.slice(0, 20));
  });

  it('has no argument that Terraform keeps for itself', () => {
    const reserved = ['count', 'for_each', 'provider', 'depends_on', 'lifecycle', 'connection'];
    const names = all.flatMap(({ attributes }) => attributes.map(({ name }) => name));
    expect(names.filter((name) => reserved.includes(name))).toEqual([]);
  });
});
