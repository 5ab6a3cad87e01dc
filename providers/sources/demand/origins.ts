/** Joins series to places: labels in, origins of a Demand out, and what could not be found. */

import { byCodeUnits } from '../../../constructs/model/canonical';
import type { Origin } from '../../../constructs/model/demand';
import { geohashCenter } from '../../../constructs/model/geography';
import { EdgeError } from '../../../constructs/parsing';
import { placeOfCell } from '../places/cells';
import { tryCity, tryCountry } from '../places/gazetteer';
import type { NamedPlace } from '../places/place';
import { describeSeries } from './answer';
import type { Average } from './windows';

/** Labels with `origins` already read from its file. */
export interface Labels {
  readonly geohash?: string | undefined;
  readonly country?: string | undefined;
  readonly city?: string | undefined;
  readonly origin?: string | undefined;
  readonly origins?: readonly NamedPlace[] | undefined;
}
/** Origins by name, and sentences about everything that was guessed or lost. */
export interface Located {
  readonly origins: readonly Origin[];
  readonly warnings: readonly string[];
}

/** How to join: `path` is that of demand.prometheus, `maxLostShare` from 0 to 1. */
export interface LocateOptions {
  readonly labels?: Labels | undefined;
  readonly maxLostShare: number;
  readonly path: string;
}

type Place = Omit<Origin, 'requestsPerSecond'> & { readonly shared?: readonly string[] };
type Locate = (labels: Average['labels']) => Place | undefined;

/** Origins of the series; several series of one origin add up. Throws when no label says where, or too much is lost. */
export function locate(series: readonly Average[], options: LocateOptions): Located {
  const labels = labelsFor(series, options);
  const find = finder(labels);
  const found = new Map<string, { place: Place; requestsPerSecond: number }>();
  const lost: Average[] = [];
  let total = 0;
  for (const one of series) {
    total += one.requestsPerSecond;
    const place = find(one.labels);
    if (place === undefined) {
      lost.push(one);
      continue;
    }
    const origin = found.get(place.name) ?? { place, requestsPerSecond: 0 };
    origin.requestsPerSecond += one.requestsPerSecond;
    found.set(place.name, origin);
  }
  const located = [...found.values()].sort((a, b) => byCodeUnits(a.place.name, b.place.name));
  const origins = located.map(({ place: { shared: _, ...place }, requestsPerSecond }) => ({
    ...place,
    requestsPerSecond,
  }));
  return {
    origins,
    warnings: [...lostWarning(lost, total, labels, options), ...sharedWarning(located, total)],
  };
}

/** The labels as configured, or found by their names in the series. */
function labelsFor(series: readonly Average[], options: LocateOptions): Labels {
  const configured = options.labels ?? {};
  const { geohash, country, city, origin } = configured;
  const present = new Set(series.flatMap((one) => Object.keys(one.labels)));
  if (geohash ?? country ?? city ?? origin) {
    const missing = [geohash, country, city, origin].find((name) => name && !present.has(name));
    if (missing === undefined) return configured;
    throw noPlace(options, `no series has the label ${missing}`, present);
  }
  const called = (name: string) => (present.has(name) ? name : undefined);
  const places = configured.origins;
  if (places !== undefined && present.has('origin')) return { origin: 'origin', origins: places };
  const detected = {
    geohash: called('geohash'),
    city: called('city'),
    country: called('country'),
  };
  if (detected.geohash ?? detected.city ?? detected.country) return detected;
  throw noPlace(options, 'no series has a label that says where requests come from', present);
}

function noPlace(options: LocateOptions, what: string, present: ReadonlySet<string>): EdgeError {
  const names = [...present].sort(byCodeUnits).slice(0, 12);
  return new EdgeError({
    code: 'SourceFailed',
    path: `${options.path}.labels`,
    summary: `${what}; the series have ${names.length === 0 ? 'no labels' : names.join(', ')}; expected geohash, country, city or origin`,
    remedy:
      'Group the query by such a label, or say in labels which label holds it, e.g. labels: {country: geoip_country}.',
  });
}

function finder(labels: Labels): Locate {
  const value = (from: Average['labels'], name: string | undefined) =>
    name === undefined ? undefined : from[name]?.trim() || undefined;
  const countryOf = (from: Average['labels']) => {
    const text = value(from, labels.country);
    return text === undefined ? undefined : tryCountry(text);
  };
  const byName = new Map((labels.origins ?? []).map((place) => [place.name, place]));
  if (labels.origin !== undefined) {
    return (from) => {
      const place = byName.get(value(from, labels.origin) ?? '');
      return place && named(place.name, place, place.country, place.region);
    };
  }
  const suffix = (country?: string) => (country === undefined ? '' : `/${country}`);
  if (labels.geohash !== undefined) {
    return (from) => {
      const hash = value(from, labels.geohash)?.toLowerCase() ?? '';
      const center = geohashCenter(hash);
      if (center === undefined) return undefined;
      const country = countryOf(from);
      if (country) return named(`${hash}${suffix(country.code)}`, center, country.code);
      const guess = placeOfCell(center, hash.length);
      return { ...named(hash, center, guess?.country), shared: guess?.sharedBy ?? [] };
    };
  }
  if (labels.city !== undefined) {
    return (from) => {
      const country = countryOf(from);
      if (labels.country !== undefined && country === undefined) return undefined;
      const city = tryCity(value(from, labels.city) ?? '', country?.code);
      return city && named(`${city.name}${suffix(country?.code)}`, city, city.country);
    };
  }
  return (from) => {
    const country = countryOf(from);
    return country && named(country.code, country, country.code);
  };
}

function named(
  name: string,
  { latitude, longitude }: { readonly latitude: number; readonly longitude: number },
  country?: string,
  region = country === undefined ? undefined : tryCountry(country)?.region,
): Place {
  return {
    name,
    latitude,
    longitude,
    ...(country === undefined ? {} : { country }),
    ...(region === undefined ? {} : { region }),
  };
}

function lostWarning(
  lost: readonly Average[],
  total: number,
  labels: Labels,
  options: LocateOptions,
): readonly string[] {
  if (lost.length === 0) return [];
  const requests = lost.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const share = total > 0 ? requests / total : 0;
  const examples = [...lost]
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond)
    .slice(0, 3)
    .map((one) => describeSeries(one.labels));
  const kind = labels.origin ?? labels.geohash ?? labels.city ?? labels.country;
  const summary = `${percent(share)} of the requests come from places nobody knows (label ${kind}, ${lost.length} of the series): ${examples.join(', ')}`;
  if (share <= options.maxLostShare) return [`${summary}; they are left out`];
  throw new EdgeError({
    code: 'SourceFailed',
    path: options.path,
    summary: `${summary}; at most ${percent(options.maxLostShare)} may be lost`,
    remedy:
      labels.origin === undefined
        ? 'Filter them in the query, or name the right label in labels.'
        : 'Add these names to labels.origins.',
  });
}

function sharedWarning(
  located: readonly { readonly place: Place; readonly requestsPerSecond: number }[],
  total: number,
): readonly string[] {
  const shared = located
    .filter(({ place }) => (place.shared?.length ?? 0) > 1)
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond);
  if (shared.length === 0) return [];
  const share = shared.reduce((sum, one) => sum + one.requestsPerSecond, 0) / (total || 1);
  const examples = shared
    .slice(0, 3)
    .map(({ place }) => `${place.name} (${place.shared?.join(', ')})`)
    .join(', ');
  return [
    `${percent(share)} of the requests come from cells that several countries share (${shared.length} of the origins), each counted for the one with most people: ${examples}; group the query by country as well where residency matters`,
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
