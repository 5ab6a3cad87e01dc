/** Stand-ins: an app of which not everything is known yet, made complete where what is missing has no part in its placement. */
import { isolationKeys } from '../model/app/isolation';
import { API_VERSION, type Path, sampleOf, schemaNodeAt } from '../parsing';
import { type EdgeApp, edgeAppSchema } from './edge-app';
import { parseEdgeApp } from './edge-app-document';

/** An app with stand-ins. */
export interface StandIns {
  /** The document, with a stand-in wherever something is unknown. */
  readonly document: object;
  /** The places of unknown values on which the placement may depend; none: the document is placed as the complete one will be. */
  readonly relevant: readonly Path[];
}

/** What a placement reads of an app. Names in overrides are checked against the fleet. */
export function placedPart(app: EdgeApp): object {
  const { workload: _, manifests: __, exposure: ___, overrides, ...rest } = app;
  const around: readonly string[] = Object.keys(isolationKeys);
  const placed = Object.fromEntries(Object.entries(rest).filter(([key]) => !around.includes(key)));
  return { ...placed, overrides: overrides.map(({ match }) => match) };
}

/**
 * Completes an EdgeApp document. An unknown value is irrelevant when two values that differ in everything leave equal
 * what a placement reads; where that cannot be shown, it is relevant. Never throws for mistakes in the document.
 */
export function withStandIns(document: object, isUnknown: (value: unknown) => boolean): StandIns {
  const unknowns = unknownPaths(document, isUnknown);
  const whole = { apiVersion: API_VERSION, kind: 'EdgeApp', ...document };
  const filled = (other?: Path) =>
    unknowns.reduce<unknown>(
      (made, path) =>
        replaced(
          made,
          path,
          sampleOf(schemaNodeAt(edgeAppSchema, path, whole), path === other ? 1 : 0),
        ),
      document,
    ) as object;
  const base = readPart(filled());
  const relevant = unknowns.filter((path) => base === undefined || readPart(filled(path)) !== base);
  return { document: filled(), relevant };
}

/** The placed part as text; undefined for a document with mistakes. */
function readPart(document: object): string | undefined {
  try {
    return JSON.stringify(placedPart(parseEdgeApp(document)));
  } catch {
    return undefined;
  }
}

/** The places of what is unknown in a value. */
function unknownPaths(
  value: unknown,
  isUnknown: (value: unknown) => boolean,
  path: Path = [],
): readonly Path[] {
  if (isUnknown(value)) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.flatMap((one, index) => unknownPaths(one, isUnknown, [...path, index]))
    : Object.entries(value).flatMap(([key, one]) => unknownPaths(one, isUnknown, [...path, key]));
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((one, index) => (index === step ? replaced(one, rest, by) : one));
  }
  const entries = Object.entries(value as object).map(([key, one]) => [
    key,
    key === step ? replaced(one, rest, by) : one,
  ]);
  return Object.fromEntries(entries);
}
