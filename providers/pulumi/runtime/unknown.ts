/** Unknown: values that a preview cannot know yet, as they reach a dynamic provider. */

/** What Pulumi's engine sends for an output that is not known yet; equal to `unknownValue` of its SDK. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** True when nothing in it is unknown. */
export function isKnown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== UNKNOWN;
  return Object.values(value).every(isKnown);
}

/** The value with `replacement` for everything unknown in it. */
export function withKnown(value: unknown, replacement: string): unknown {
  if (value === UNKNOWN) return replacement;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => withKnown(one, replacement));
  const entries = Object.entries(value).map(([key, one]) => [key, withKnown(one, replacement)]);
  return Object.fromEntries(entries);
}

/** Paths, such as `workload.image`, of what is unknown in it. */
export function unknownPaths(value: unknown, path: readonly string[] = []): readonly string[] {
  if (value === UNKNOWN) return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => unknownPaths(one, [...path, key]));
}
