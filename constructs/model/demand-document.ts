/** Demand documents: parses them, and fills in coordinates for every origin. */

import {
  API_VERSION,
  type DocumentOptions,
  type DocumentSource,
  duplicateNames,
  type Path,
  parseDocument,
  quoted,
  type Report,
  type z,
} from '../parsing';
import { byCodeUnits } from './canonical';
import { type Demand, demandSchema, type inlineDemandSchema, type Origin } from './demand';
import { geohashCenter } from './geography';

/** A Demand as a program writes it: the document without `apiVersion` and `kind`. */
export type DemandInput = z.input<typeof inlineDemandSchema>;
type WrittenDemand = z.output<typeof inlineDemandSchema>;
type WrittenOrigin = WrittenDemand['origins'][number];

/** Parses a Demand: origins sorted by name, a geohash replaced by its cell's centre. Throws EdgeErrors. */
export function parseDemand(source: DocumentSource, options: DocumentOptions = {}): Demand {
  return parseDocument(
    {
      kind: 'Demand',
      schema: demandSchema,
      build: (value, report) => builtDemand(value, [], report),
    },
    source,
    options,
  );
}

/** The document of a parsed Demand; parsing it gives the Demand again. */
export function demandDocument(demand: Demand): object {
  return { apiVersion: API_VERSION, kind: 'Demand', ...demand };
}

/** Checks a Demand found at `path` of a document, and fills in its coordinates. */
export function builtDemand(value: WrittenDemand, path: Path, report: Report): Demand {
  duplicateNames(value.origins, [...path, 'origins'], 'origin', report);
  const origins = value.origins.map((origin, index) =>
    builtOrigin(origin, [...path, 'origins', index], report),
  );
  origins.sort((a, b) => byCodeUnits(a.name, b.name));
  const { observedAt, validForSeconds, readAt, partial } = value;
  return {
    observedAt,
    validForSeconds,
    ...(readAt === undefined ? {} : { readAt }),
    ...(partial === undefined ? {} : { partial }),
    origins,
  };
}

function builtOrigin(written: WrittenOrigin, path: Path, report: Report): Origin {
  const { name, latitude, longitude, geohash, ...rest } = written;
  if (geohash === undefined) {
    if (latitude === undefined || longitude === undefined) reportMissing(written, path, report);
    return { name, latitude: latitude ?? 0, longitude: longitude ?? 0, ...rest };
  }
  if (latitude !== undefined || longitude !== undefined) {
    report({
      code: 'Contradiction',
      path: [...path, 'geohash'],
      summary: `got geohash ${quoted(geohash)} and also ${latitude === undefined ? 'longitude' : 'latitude'}, expected one or the other`,
      remedy: 'Remove the geohash, or remove latitude and longitude.',
    });
  }
  const center = geohashCenter(geohash);
  if (center === undefined) {
    report({
      code: 'InvalidDocument',
      path: [...path, 'geohash'],
      summary: `got ${quoted(geohash)} (text), expected a geohash: 1 to 12 of 0-9 and b-z without i, l, o`,
      remedy: 'Correct the geohash, or give latitude and longitude instead.',
    });
  }
  return { name, latitude: center?.latitude ?? 0, longitude: center?.longitude ?? 0, ...rest };
}

function reportMissing(written: WrittenOrigin, path: Path, report: Report): void {
  const { latitude, longitude } = written;
  const one = latitude === undefined ? 'longitude' : 'latitude';
  const other = latitude === undefined ? 'latitude' : 'longitude';
  const none = latitude === undefined && longitude === undefined;
  report({
    code: 'InvalidDocument',
    path: none ? path : [...path, other],
    summary: `got ${none ? 'no coordinates' : `${one} without ${other}`}, expected latitude and longitude, or a geohash`,
    remedy: none ? 'Add latitude and longitude, or a geohash.' : `Add ${other}.`,
  });
}
