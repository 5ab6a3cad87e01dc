/** JSON pointers (RFC 6901): reads and replaces one place of a JSON value without touching the original. */

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `/metadata/annotations/littoral.dev~1decision` from its steps. */
export function pointerOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The steps of a pointer; list positions stay texts. */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at `steps`, or undefined when nothing is there. */
export function valueAt(value: unknown, steps: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** A copy of `value` with `replacement` at `steps`; objects on the way that are missing are made, undefined removes the member. */
export function replacedAt<T>(
  value: T,
  steps: readonly (string | number)[],
  replacement: unknown,
): T {
  return replaced(value, steps, 0, replacement) as T;
}

function replaced(
  value: unknown,
  steps: readonly (string | number)[],
  depth: number,
  replacement: unknown,
): unknown {
  const step = steps[depth];
  if (step === undefined) return replacement;
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    copy[Number(step)] = replaced(copy[Number(step)], steps, depth + 1, replacement);
    return copy;
  }
  const copy: Record<string, unknown> = isObject(value) ? { ...value } : {};
  const next = replaced(copy[step], steps, depth + 1, replacement);
  if (next === undefined) delete copy[step];
  else copy[step] = next;
  return copy;
}

/** True for a JSON object that is not a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
