/** Unknown inputs: what can be said about a configuration of which Terraform does not know everything yet. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import { type Diagnostic, type Fields, type Path, Unknown, type Value } from '../protocol/provider';
import { diagnosticsOf, type Locate } from './diagnostics';

/** The paths of everything unknown. */
export function unknownPaths(value: Value, path: Path = []): readonly Path[] {
  if (value instanceof Unknown) return [path];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value))
    return value.flatMap((one, index) => unknownPaths(one, [...path, index]));
  return Object.entries(value).flatMap(([key, one]) => unknownPaths(one, [...path, key]));
}

/**
 * What `work` finds wrong with the known part of a configuration. An error at, above or below something unknown may be
 * none once it is known; nor may one that is between values, or about something that is missing beside an unknown.
 */
export async function knownErrors(
  config: Fields,
  locate: Locate,
  work: () => unknown,
): Promise<readonly Diagnostic[]> {
  const unknowns = unknownPaths(config);
  try {
    await work();
    return [];
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    const certain = errors.filter(({ path, code, summary }) => {
      // A key is there whatever its value will be.
      if (unknowns.length === 0 || code === 'UnknownKey') return true;
      const place = locate(path);
      // What is missing may be one of several ways to say it, and the unknown another.
      const above = absence.test(summary) ? place.slice(0, -1) : place;
      const isNear = unknowns.some((one) => startsWith(one, above) || startsWith(place, one));
      return code !== 'Contradiction' && !isNear;
    });
    return diagnosticsOf(certain, locate);
  }
}

/** Whether anything in these attributes is unknown. */
export function anyUnknown(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => unknownPaths(fields[name] ?? null).length > 0);
}

const absence = /^got (nothing|neither|no)\b/;

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}
