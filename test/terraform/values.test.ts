/** Values between the wire and the resources: what goes out comes in again, and what came in goes out as it was. */
import { decode, ExtData, encode } from '@msgpack/msgpack';
import * as fc from 'fast-check';
import {
  type CtyType,
  isKnown,
  type Schema,
  unknown,
  type Value,
} from '../../providers/terraform/protocol/provider';
import {
  isSame,
  receive,
  receiveJson,
  send,
  typeOfSchema,
} from '../../providers/terraform/protocol/values';

interface Typed {
  readonly type: CtyType;
  readonly value: Value;
}

const text = fc.string({ unit: 'grapheme', maxLength: 6 }).map((one) => one.normalize('NFC'));
const key = text.filter((one) => one !== '__proto__');
const big = fc.bigInt({ min: 2n ** 60n, max: 2n ** 200n }).map((one) => `${one | 1n}`);
const numbers = fc.oneof(fc.integer(), fc.maxSafeInteger(), big, finite());

function finite() {
  // -0 is 0 to Terraform.
  return fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one));
}

/** Values of any type, with nulls and unknowns anywhere. */
const typed: fc.Arbitrary<Typed> = fc
  .letrec<{ type: CtyType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<CtyType>('string', 'number', 'bool'),
      fc.tuple(fc.constantFrom('list' as const, 'set' as const, 'map' as const), tie('type')),
      fc.tuple(fc.constant('object' as const), fc.dictionary(key, tie('type'), { maxKeys: 4 })),
    ),
  }))
  .type.chain((type) => valueOfType(type).map((value) => ({ type, value })));

function valueOfType(type: CtyType): fc.Arbitrary<Value> {
  const absent = fc.constantFrom<Value>(null, unknown);
  return fc.oneof({ weight: 4, arbitrary: presentOfType(type) }, { weight: 1, arbitrary: absent });
}

function presentOfType(type: CtyType): fc.Arbitrary<Value> {
  if (type === 'string') return text;
  if (type === 'number') return numbers;
  if (type === 'bool') return fc.boolean();
  if (type === 'dynamic') return fc.constant(null);
  const [kind, inner] = type;
  if (kind === 'object') {
    const fields = Object.entries(inner).map(([name, of]) => [name, valueOfType(of)] as const);
    return fc.record(Object.fromEntries(fields));
  }
  if (kind === 'map') return fc.dictionary(key, valueOfType(inner), { maxKeys: 3 });
  return fc.array(valueOfType(inner), { maxLength: 4 });
}

const onWire = (msgpack: Uint8Array) => ({ msgpack, json: new Uint8Array(0) });
const inJson = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('values', () => {
  it('come back as they went, with unknowns at any depth, and their bytes as they came', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        const sent = send(value, type, []).msgpack;
        const back = receive(onWire(sent), type);
        expect(back.value).toEqual(value);
        expect(isSame(back.value, value)).toBe(true);
        expect(Buffer.from(send(back.value, type, [back.raw]).msgpack)).toEqual(Buffer.from(sent));
      }),
    );
  });

  it('of no type of their own come back as they went too', () => {
    const loose = fc.letrec<{ value: Value }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        finite(),
        fc.boolean(),
        fc.constantFrom<Value>(null, unknown),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(loose, (value) => {
        const sent = send(value, 'dynamic', []).msgpack;
        expect(receive(onWire(sent), 'dynamic').value).toEqual(value);
      }),
    );
  });

  it('in stored JSON are the same as on the wire', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        fc.pre(isKnown(value));
        const spelled = JSON.stringify(value);
        // Whole numbers that no double holds: JSON.stringify writes them as strings, or rounded to the shortest decimal.
        fc.pre(!/(^|[^.\d])\d{17,}/.test(spelled));
        expect(receiveJson(Buffer.from(spelled), type).value).toEqual(value);
      }),
    );
  });

  it('keep the type that Terraform gave a dynamic value', () => {
    const raw = [Buffer.from('["set","string"]'), ['a']];
    const { value, raw: came } = receive(onWire(encode(raw)), 'dynamic');
    expect(value).toEqual(['a']);
    const [type] = decode(send(value, 'dynamic', [came]).msgpack) as readonly [Uint8Array];
    expect(Buffer.from(type).toString()).toBe('["set","string"]');
  });

  it('keep the digits Terraform gave them, also in sets, and go as decimals otherwise', () => {
    const type: CtyType = ['set', ['object', { weight: 'number' }]];
    const third = '0.33333333333333333333333333';
    const came = receive(onWire(encode([{ weight: third }, { weight: 0.5 }])), type);
    expect(came.value).toEqual([{ weight: 1 / 3 }, { weight: 0.5 }]);
    const turned = [...(came.value as readonly Value[])].reverse();
    expect(decode(send(turned, type, [came.raw]).msgpack)).toEqual([
      { weight: 0.5 },
      { weight: third },
    ]);
    expect(decode(send([{ weight: 0.1 }], type, []).msgpack)).toEqual([{ weight: '0.1' }]);
  });

  it('are read from the json field when there is no msgpack', () => {
    const json = inJson({ a: 1, b: { type: 'string', value: 'x' } });
    const type: CtyType = ['object', { a: 'number', b: 'dynamic', c: 'bool' }];
    const { value } = receive({ msgpack: new Uint8Array(0), json }, type);
    expect(value).toEqual({ a: 1, b: 'x', c: null });
  });

  it.each([
    [
      ['object', { a: 'string' }],
      { a: 1 },
      'a is a value of kind number where the schema says string',
    ],
    [['object', { a: 'string' }], { b: '' }, 'the object has b, which the schema has not'],
    [
      ['list', 'number'],
      [1, Number.NaN],
      '[1] is a value of kind number where the schema says number',
    ],
    [['map', 'bool'], [], 'the value is a list where the schema says map'],
  ] as const)(
    'that break their type are a defect that never tells the value: %j',
    (type, value, message) => {
      expect(() => send(value as Value, type as CtyType, [])).toThrow(message);
    },
  );

  it('of nested attributes follow their nesting', () => {
    const inner = [{ name: 'x', type: 'number', description: '', use: 'optional' }] as const;
    const schema: Schema = {
      version: 0,
      description: '',
      attributes: (['single', 'list', 'set', 'map'] as const).map((nesting) => ({
        name: nesting,
        nested: { nesting, attributes: inner },
        description: '',
        use: 'optional' as const,
      })),
    };
    const x = ['object', { x: 'number' }];
    expect(typeOfSchema(schema)).toEqual([
      'object',
      { single: x, list: ['list', x], set: ['set', x], map: ['map', x] },
    ]);
  });

  it('that are unknown are extension 0 with any payload, or 12', () => {
    for (const raw of [new ExtData(0, new Uint8Array([0])), new ExtData(12, new Uint8Array(3))]) {
      expect(receive(onWire(encode(raw)), 'bool').value).toBe(unknown);
    }
    expect([...send(unknown, 'bool', []).msgpack]).toEqual([0xd4, 0, 0]);
  });
});
