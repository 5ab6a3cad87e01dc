/** Scalars as kubectl reads them: the YAML 1.1 of its Go library, where 0400, 0o400 and yes are no texts and 22:30 is one. */

/** A scalar; a bigint is a whole number of 64 bits that no double holds exactly. */
export interface Scalar {
  readonly type: 'bool' | 'float' | 'int' | 'null' | 'str';
  readonly value: string | number | bigint | boolean | null;
}
/** What a scalar says, or why kubectl refuses it. */
export type Resolved = Scalar | { readonly problem: string };

const standardTag = 'tag:yaml.org,2002:';
const resolvable: ReadonlySet<string> = new Set([
  ...['bool', 'float', 'int', 'null', 'str', 'timestamp'],
]);
const cased = (word: string) => [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()];
const words: ReadonlyMap<string, Scalar> = new Map(
  [
    ...['y', 'yes', 'true', 'on'].map((word) => ({ word, type: 'bool', value: true }) as const),
    ...['n', 'no', 'false', 'off'].map((word) => ({ word, type: 'bool', value: false }) as const),
    ...['null', '~'].map((word) => ({ word, type: 'null', value: null }) as const),
  ].flatMap(({ word, ...typed }) => cased(word).map((one) => [one, typed] as const)),
);
const infinity = /^([-+]?)\.(?:inf|Inf|INF)$/;
const notANumber = /^\.(?:nan|NaN|NAN)$/;
/** A sign or a digit comes first, or a point. */
const numberLike = /^[-+.0-9]/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/;
const [leastSigned, mostSigned] = [-0x8000000000000000n, 0x7fffffffffffffffn];
const mostUnsigned = 0xffffffffffffffffn;

/** The value of a plain `text`, or of any text with an explicit `tag`. */
export function resolveScalar(text: string, tag: string | undefined): Resolved {
  const type = tag?.startsWith(standardTag) ? tag.slice(standardTag.length) : tag;
  if (type === 'binary') return decoded(text);
  // A tag of one's own says nothing about a scalar.
  if (type === 'str' || (type !== undefined && !resolvable.has(type))) return textScalar(text);
  if (type === 'timestamp' && timestamp.test(text)) return textScalar(text);
  const plain = plainScalar(text);
  const fits = type === undefined || type === plain.type || (type === 'float' && isSigned(plain));
  if (!fits) return { problem: `got !!${type} before a value of another type` };
  return type === 'float' ? { ...plain, type } : plain;
}

/** The scalar that a text in quotes is. */
export function textScalar(value: string): Scalar {
  return { type: 'str', value };
}

/** How kubectl writes a scalar that is a key, or undefined where it takes none. */
export function keyOfScalar(scalar: Scalar): string | undefined {
  const { type, value } = scalar;
  if (type === 'null') return undefined;
  if (typeof value !== 'number') return String(value);
  if (type === 'int') return isSigned(scalar) ? String(value) : undefined;
  if (Number.isNaN(value)) return '.nan';
  return Number.isFinite(value) ? singlePrecision(value) : value < 0 ? '-.inf' : '.inf';
}

/** The shortest digits that a float of 32 bits keeps, as Go writes them. */
function singlePrecision(value: number): string {
  const single = Math.fround(value);
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  let digits = 1;
  while (Math.fround(Number(single.toExponential(digits - 1))) !== single) digits++;
  const [mantissa = '', exponent = ''] = single.toExponential(digits - 1).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return single.toFixed(Math.max(0, digits - 1 - power));
}

function isSigned({ type, value }: Scalar): boolean {
  return type === 'int' && !(typeof value === 'number' && value >= Number(0x8000000000000000n));
}

function plainScalar(text: string): Scalar {
  const word = text === '' ? words.get('null') : words.get(text);
  if (word !== undefined) return word;
  const infinite = infinity.exec(text);
  if (infinite !== null) {
    return { type: 'float', value: infinite[1] === '-' ? -Infinity : Infinity };
  }
  if (notANumber.test(text)) return { type: 'float', value: Number.NaN };
  const asText = textScalar(text);
  if (!numberLike.test(text)) return asText;
  if (text.startsWith('.') && /(?<!\d)_|_(?!\d)/.test(text)) return asText;
  const digits = text.replaceAll('_', '');
  return whole(digits.replace(/^0b([-+])/, '$10b')) ?? float(digits) ?? asText;
}

function whole(digits: string): Scalar | undefined {
  const found = integer.exec(digits);
  if (found === null) return undefined;
  const [, sign, hexadecimal, binary, octal, base10] = found;
  const magnitude = BigInt(
    hexadecimal !== undefined
      ? `0x${hexadecimal}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : base10!,
  );
  const value = sign === '-' ? -magnitude : magnitude;
  if (value >= leastSigned && value <= mostSigned) {
    const double = Number(value);
    return { type: 'int', value: String(double) === String(value) ? double : value };
  }
  // kubectl goes on with the nearest double.
  return sign === '' && value <= mostUnsigned ? { type: 'int', value: Number(value) } : undefined;
}

function float(digits: string): Scalar | undefined {
  if (!decimal.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? { type: 'float', value } : undefined;
}

function decoded(text: string): Resolved {
  const base64 = text.replaceAll(/[\r\n]/g, '');
  const isValid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64);
  if (!isValid) return { problem: 'got !!binary before a text that is not base64' };
  return textScalar(new TextDecoder().decode(Buffer.from(base64, 'base64')));
}
