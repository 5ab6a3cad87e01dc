/** Whole numbers of 64 bits go through documents of doubles and come out digit by digit. */
import fc from 'fast-check';
import {
  exactDigits,
  exactInteger,
  exactJson,
  parseExactJson,
  replaceExact,
  withExactIntegers,
} from '../../constructs/model/exact-integer';

const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.oneof(
  fc.string(),
  fc.constant('9007199254740993'),
  fc.constant('a "9007199254740993" \\'),
);
/** JSON texts with any whole number of 64 bits, beside what `JSON.parse` reads exactly. */
const json = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    integer.map(String),
    text.map((one) => JSON.stringify(one)),
    fc.double({ noDefaultInfinity: true, noNaN: true }).map((one) => JSON.stringify(one)),
    fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(text, tie('value')), { selector: ([key]) => key })
      .map(
        (members) => `{${members.map(([key, one]) => `${JSON.stringify(key)}:${one}`).join(',')}}`,
      ),
  ),
})).value;
/** An oracle: only whole numbers are compared, as texts; JavaScript orders keys that are numbers. */
const wholeNumbers = (written: string) =>
  (written.match(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g) ?? [])
    .map((one) => (one === '-0' ? '0' : one))
    .filter((one) => /^-?\d+$/.test(one))
    .sort();

it('what is read and written again has the same whole numbers', () => {
  fc.assert(
    fc.property(json, (written) => {
      const read = parseExactJson(written);
      expect(wholeNumbers(exactJson(read))).toEqual(wholeNumbers(written));
      expect(parseExactJson(exactJson(read))).toEqual(read);
      // A document between two programs whose numbers are doubles changes nothing.
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
    }),
    { numRuns: 300 },
  );
});

it('only what no double holds is marked', () => {
  expect(
    parseExactJson('[9007199254740992, 18446744073709551616, 1234567890123456.5, 1e300]'),
  ).toEqual([2 ** 53, 2 ** 64, 1234567890123456.5, 1e300]);
  expect(exactDigits((parseExactJson('[9007199254740993]') as unknown[])[0])).toBe(
    '9007199254740993',
  );
});

it('neighbours differ, and keys stay texts', () => {
  const [a, b] = [exactInteger(9007199254740992n), exactInteger(9007199254740993n)];
  expect(a).not.toBe(b);
  expect(exactJson({ [b]: b })).toBe(`{"${b}":9007199254740993}`);
  expect(exactJson({ a: b }, 2)).toBe('{\n  "a": 9007199254740993\n}');
});

it('an object without them is the same object', () => {
  const value = { a: [1, { b: 'x' }], c: null };
  expect(withExactIntegers(value)).toBe(value);
  expect(replaceExact(value, Number)).toBe(value);
  expect(withExactIntegers({ a: [9007199254740993n] })).toEqual({
    a: [exactInteger(9007199254740993n)],
  });
});
