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
 * none once it is known; nor may one between values of which one is unknown, or about something that is missing beside an
 * unknown. What is unknown in other arguments than those that `work` reads does not matter.
 */
export async function knownErrors(
  config: Fields,
  locate: Locate,
  work: () => unknown,
  read: readonly string[] = Object.keys(config),
): Promise<readonly Diagnostic[]> {
  const unknowns = unknownPaths(config).filter(([name]) => read.includes(String(name)));
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
      return !isNear && !(code === 'Contradiction' && unknowns.some((one) => bearsOn(one, place)));
    });
    return diagnosticsOf(certain, locate);
  }
}

/** Whether something unknown may be one side of a contradiction: in the same part of the same document, or a whole part that may be absent. */
function bearsOn(unknown: Path, place: Path): boolean {
  const isListed = typeof place[1] === 'number';
  if (!isListed || typeof unknown[1] !== 'number') return true;
  if (unknown[0] !== place[0] || unknown[1] !== place[1]) return false;
  return unknown.length <= 3 || unknown[2] === place[2];
}

/** Whether anything in these attributes is unknown. */
export function anyUnknown(fields: Fields, names: readonly string[]): boolean {
  return names.some((name) => unknownPaths(fields[name] ?? null).length > 0);
}

const absence = /^got (nothing|neither|no)\b/;

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}
