/** Source world: what reading a source needs from outside, the same for every wire. */
import type { Report } from '../../constructs/parsing';

/** What reading a source needs from outside. */
export interface SourceWorld {
  /** ISO 8601, whole seconds: when this is. */
  readonly now: string;
  /** Relative paths start here. */
  readonly folder: string;
  /** Where tokens and passwords that a source names are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reports anything but exactly one of the ways to say where something comes from. */
export function exactlyOneOf<K extends string>(
  value: Readonly<Partial<Record<K, unknown>>>,
  keys: readonly K[],
  report: Report,
): void {
  const [one, other] = keys.filter((key) => value[key] !== undefined);
  if (one !== undefined && other !== undefined) {
    report({
      code: 'Contradiction',
      path: [other],
      summary: `got both ${one} and ${other}, expected one of them`,
      remedy: `Remove ${one} or ${other}.`,
    });
  } else if (one === undefined) {
    report({
      code: 'InvalidDocument',
      path: [],
      summary: `got neither ${listed(keys, 'nor')}, expected one of them`,
      remedy: `Add ${listed(keys, 'or')}.`,
      dependsOn: keys.map((key) => [key]),
    });
  }
}

function listed(keys: readonly string[], last: 'or' | 'nor'): string {
  return [keys.slice(0, -1).join(', '), keys.at(-1)].join(` ${last} `);
}
