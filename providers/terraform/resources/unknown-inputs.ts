/** Unknown inputs: what can be said about a configuration of which Terraform does not know everything yet. */
import { edgeErrorsOf } from '../../../constructs/model/errors';
import { type Diagnostic, type Fields, type Path, Unknown, type Value } from '../provider';
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
 * What `work` finds wrong with the known part of a configuration. An error at, above or below something unknown
 * may be no error once it is known; nor may one between two values, of which only one is told.
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
    const certain = errors.filter(({ path, code }) => {
      if (unknowns.length === 0) return true;
      const place = locate(path);
      const isNear = unknowns.some((one) => startsWith(one, place) || startsWith(place, one));
      return code !== 'Contradiction' && !isNear;
    });
    return diagnosticsOf(certain, locate);
  }
}

/** Whether anything in these attributes is unknown. */
export function anyUnknown(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => unknownPaths(fields[name] ?? null).length > 0);
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}
