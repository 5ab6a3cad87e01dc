/** How HCL writes what TypeScript writes: names in snake case, lists where one is enough, free-form values as JSON. */
import { escaped } from './escape';

/**
 * How the keys of an object differ from the rule, which is: names become snake case, everything else stays.
 * `several`: one text becomes a list of one. `json`: what is no text becomes JSON. `map`: keys are the user's own.
 */
export type Rule = 'several' | 'json' | { readonly map: Rule } | Rules;
/** Rules by key; a list follows the rule of its elements. */
export interface Rules {
  readonly keys: Readonly<Record<string, Rule>>;
}

/** How `demand.prometheus` is written. */
export const prometheusRules: Rules = { keys: { labels: { keys: { origins: 'json' } } } };
const match: Rules = {
  keys: {
    region: 'several',
    country: 'several',
    provider: 'several',
    city: 'several',
    name: 'several',
    labels: { map: 'several' },
  },
};
/** How a release's `rollout` is written. */
export const rolloutRules: Rules = { keys: { waves: { keys: { match } } } };

/** `usdPerHour` -> `usd_per_hour`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `value` as an attribute, its texts and keys escaped. Undefined stays undefined. */
export function written(value: unknown, rules: Rules): unknown {
  return escaped(follow(value, rules));
}

function follow(value: unknown, rule: Rule | undefined): unknown {
  if (rule === 'json') return typeof value === 'string' ? value : JSON.stringify(value);
  if (rule === 'several') return typeof value === 'string' ? [value] : value;
  if (Array.isArray(value)) return value.map((one) => follow(one, rule));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (rule !== undefined && 'map' in rule) {
    return Object.fromEntries(entries.map(([key, inner]) => [key, follow(inner, rule.map)]));
  }
  return Object.fromEntries(
    entries.map(([key, inner]) => [snakeCase(key), follow(inner, rule?.keys[key])]),
  );
}
