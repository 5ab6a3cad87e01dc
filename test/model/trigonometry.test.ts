/** Sine, cosine and arc sine: the digits are known, so that a machine that computes others says so. */
import { createHash } from 'node:crypto';
import { arcSine, cosine, power, sine } from '../../constructs/model/trigonometry';

const steps = 36_000;
/** From minus half a turn to half a turn, in hundredths of a degree. */
const angles = Float64Array.from(
  { length: steps + 1 },
  (_, step) => ((step - steps / 2) / 100) * (Math.PI / 180),
);
const shares = Float64Array.from({ length: steps + 1 }, (_, step) => step / steps);

/** Units of the last digit of `expected` between the two. */
function unitsApart(got: number, expected: number): number {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(expected), 2 ** -1000)));
  return Math.abs(got - expected) / 2 ** (exponent - 52);
}

/** SHA-256 of the bytes, whatever order this machine keeps them in. */
function digest(values: Float64Array): string {
  const bytes = new DataView(new ArrayBuffer(values.length * 8));
  for (const [index, value] of values.entries()) bytes.setFloat64(index * 8, value);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

it.each([
  ['sine', sine, Math.sin, angles, 'b41b36785f24296a'],
  ['cosine', cosine, Math.cos, angles, '4ada729d0043580e'],
  ['arc sine', arcSine, Math.asin, shares, '1fb1f9501d9f18e0'],
] as const)('%s: the same digits as everywhere', (_name, own, machine, inputs, expected) => {
  const values = inputs.map(own);
  let worst = 0;
  for (const [index, value] of values.entries()) {
    worst = Math.max(worst, unitsApart(value, machine(inputs[index])));
  }
  // The machine's own functions may be a unit off on their side.
  expect(worst).toBeLessThanOrEqual(2);
  expect(digest(values)).toBe(expected);
});

it('whole quarters of a turn, and nothing', () => {
  expect(
    [0, 1, 2, 3, 4, -1, -2].map((n) => Math.round(sine((n * Math.PI) / 2) * 1e15) / 1e15),
  ).toEqual([0, 1, 0, -1, -0, -1, -0]);
  expect([sine(0), cosine(0), arcSine(0), arcSine(1)]).toEqual([0, 1, 0, Math.PI / 2]);
});

it('powers: between nothing and all of the exponent', () => {
  for (const share of [0, 0.125, 1 / 3, 0.5, 0.999, 1]) {
    for (const base of [0.02, 0.5, 1, 7, 1000]) {
      expect(power(base, share) / base ** share).toBeCloseTo(1, 13);
    }
  }
});
