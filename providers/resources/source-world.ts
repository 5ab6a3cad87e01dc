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

/** Paths of errors about the metrics server; errors at other paths of a demand are about the query. */
export const metricsServerPath: RegExp = /^demand\.prometheus(\.url|\.tls)?$/;

/** Reports anything but exactly one of two ways to say where something comes from. */
export function exactlyOneOf<K extends string>(
  given: Readonly<Partial<Record<K, unknown>>>,
  [one, other]: readonly [K, K],
  report: Report,
): void {
  const has = (key: K) => given[key] !== undefined;
  if (has(one) !== has(other)) return;
  if (has(one)) {
    report({
      code: 'Contradiction',
      path: [other],
      summary: `got both ${one} and ${other}, expected one of them`,
      remedy: `Remove ${one} or ${other}.`,
    });
  } else {
    report({
      code: 'InvalidDocument',
      path: [],
      summary: `got neither ${one} nor ${other}, expected one of them`,
      remedy: `Add ${one} or ${other}.`,
      dependsOn: [[one], [other]],
    });
  }
}
