/** Schemas that are made when they are used say the same as zod's own. */
import { z as zod } from 'zod';
import { z } from '../../constructs/parsing';

type Writer = typeof zod;

/** One of everything that our schemas are written with. */
const schemaBy = (z: Writer) => {
  const name = z
    .string()
    .min(1)
    .max(9)
    .regex(/^[a-z]+$/, 'small letters')
    .describe('A name.');
  return z.strictObject({
    name,
    names: z.array(name).min(1).default(['a']),
    count: z.int().min(1).max(5).default(2).describe('How many.'),
    share: z.number().gt(0).lt(1).optional(),
    at: z.iso.datetime({ offset: true }).nullable().optional(),
    kind: z.literal('One'),
    mode: z.enum(['split', 'whole']).default('split'),
    labels: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
    pair: z.tuple([z.string(), z.number()]).optional(),
    fill: z
      .discriminatedUnion('value', [
        z.strictObject({ value: z.literal('a'), a: z.string().startsWith('x') }),
        z.looseObject({ value: z.literal('b') }),
      ])
      .optional(),
    weights: z.strictObject({ latency: z.number().optional() }).prefault({ latency: 1 }),
    anything: z.unknown().optional(),
  });
};

const ours = schemaBy(z as unknown as Writer);
const theirs = schemaBy(zod);

const documents: readonly unknown[] = [
  { name: 'a', kind: 'One' },
  { name: 'a', kind: 'One', names: [], labels: { x: 1 }, stray: 1 },
  { name: 'A', kind: 'Two', count: 0.5, share: 1, at: 'now', mode: 'none', pair: ['a'] },
  { name: 'a', kind: 'One', fill: { value: 'a', a: 'y' }, weights: { latency: 'x' } },
  { name: 'a', kind: 'One', fill: { value: 'b', more: 1 }, at: '2026-11-21T05:30:00Z' },
  { name: 'a', kind: 'One', fill: { value: 'c' }, at: null, anything: [1] },
  null,
];

test('a document has the same value or the same mistakes', () => {
  const seen = (schema: typeof theirs, document: unknown) => {
    const { success, data, error } = schema.safeParse(document);
    return { success, data, issues: error?.issues };
  };
  const both = documents.map((one) => [seen(ours, one), seen(theirs, one)]);
  expect(both.map(([one]) => one)).toEqual(both.map(([, other]) => other));
  expect(new Set(both.map(([one]) => one?.success)).size).toBe(2);
});

test('the JSON Schema is the same', () => {
  const options = { io: 'input', unrepresentable: 'any' } as const;
  expect(z.toJSONSchema(ours, options)).toEqual(zod.toJSONSchema(theirs, options));
});

test('a schema that others contain is made once', () => {
  const inner = z.strictObject({ a: z.string() });
  const outer = z.strictObject({ one: inner, many: z.array(inner) });
  expect(outer.shape.one).toBe(outer.shape.many.element);
});
