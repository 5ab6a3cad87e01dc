/**
 * Exact integers: whole numbers of 64 bits that no double holds, such as 9007199254740993. Objects pass through bundles,
 * plans and states, whose numbers are doubles in every tool that reads them; there such a number is a marked text, and it
 * becomes a number again where YAML or a request is written.
 */

/** A character for private use: no manifest has it, and one that has is refused. */
const mark = '\uf8fe';
const marked = new RegExp(`^${mark}(-?\\d+)$`);
/** As JSON writes it: a value, never a key. */
const inJson = new RegExp(`"${mark}(-?\\d+)"(?!:)`, 'g');
/** Fewer digits fit into a double. */
const manyDigits = /\d{16}/;
const jsonTokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/gs;
const [least, most] = [-0x8000000000000000n, 0x7fffffffffffffffn];

/** The marked text that carries `value` through documents. */
export function exactInteger(value: bigint): string {
  return `${mark}${value}`;
}

/** The digits of a marked text; undefined for any other value. */
export function exactDigits(value: unknown): string | undefined {
  return typeof value === 'string' ? marked.exec(value)?.[1] : undefined;
}

/** Whether a text that somebody wrote could be taken for a marked one. */
export function looksExact(text: string): boolean {
  return text.startsWith(mark);
}

/** `value` with a marked text for each bigint in it. */
export function withExactIntegers(value: unknown): unknown {
  return replaced(value, (one) => (typeof one === 'bigint' ? exactInteger(one) : one));
}

/** `value` with what `written` makes of the digits of each marked text in it. */
export function replaceExact(value: unknown, written: (digits: string) => unknown): unknown {
  return replaced(value, (one) => {
    const digits = exactDigits(one);
    return digits === undefined ? one : written(digits);
  });
}

/** A copy where something changes, else `value` itself. */
function replaced(value: unknown, by: (leaf: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return by(value);
  let copy: Record<string, unknown> | unknown[] | undefined;
  for (const [key, one] of Object.entries(value)) {
    const next = replaced(one, by);
    if (next === one) continue;
    copy ??= Array.isArray(value) ? [...value] : { ...value };
    (copy as Record<string, unknown>)[key] = next;
  }
  return copy ?? value;
}

/** JSON of `value` with numbers for marked texts, indented by so many spaces. */
export function exactJson(value: unknown, spaces = 0): string {
  const text = JSON.stringify(value, null, spaces);
  return text?.includes(mark) === true ? text.replace(inJson, '$1') : text;
}

/** The value of a JSON text, with marked texts for whole numbers of 64 bits that no double holds. Throws a SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!manyDigits.test(text)) return JSON.parse(text);
  const exact = text.replace(jsonTokens, (token) => {
    if (!/^-?\d{16,}$/.test(token)) return token;
    const value = BigInt(token);
    const isHeld = String(Number(token)) === token || value < least || value > most;
    return isHeld ? token : JSON.stringify(exactInteger(value));
  });
  return JSON.parse(exact);
}
