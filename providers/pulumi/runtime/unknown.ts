/** Unknown: values that a preview cannot know yet, as they reach a dynamic provider. */

/** What Pulumi's engine sends for an output that is not known yet; equal to `unknownValue` of its SDK. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** True when nothing in it is unknown. */
export function isKnown(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value !== UNKNOWN;
  return Object.values(value).every(isKnown);
}
