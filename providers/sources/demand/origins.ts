/** Joins series to places: labels in, origins of a Demand out, and what could not be found. */

import { byCodeUnits } from '../../../constructs/model/canonical';
import type { Origin } from '../../../constructs/model/demand';
import { geohashCenter } from '../../../constructs/model/geography';
import { EdgeError } from '../../../constructs/parsing';
import { halfDiagonal, placeOfCell } from '../places/cells';
import { contradictionIn, toleranceKilometers } from '../places/facts';
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

type Place = Omit<Origin, 'requestsPerSecond'> & {
  readonly shared?: readonly string[];
  /** The finer label that says nothing, so that a coarser one was taken. */
  readonly coarse?: 'geohash' | 'city';
  /** Why the finer label was not believed. */
  readonly doubt?: string;
};
type Locate = (labels: Average['labels']) => Place | undefined;

/** Origins of the series; several series of one origin add up. Throws when no label says where, or too much is lost. */
export function locate(series: readonly Average[], options: LocateOptions): Located {
  const labels = labelsFor(series, options);
  const find = finder(labels);
  const found = new Map<string, { place: Place; requestsPerSecond: number }>();
  const lost: Average[] = [];
  const coarse: Guess[] = [];
  const doubted: Guess[] = [];
  let total = 0;
  for (const one of series) {
    total += one.requestsPerSecond;
    const place = find(one.labels);
    if (place === undefined) {
      lost.push(one);
      continue;
    }
    if (place.coarse !== undefined) coarse.push({ one, place });
    if (place.doubt !== undefined) doubted.push({ one, place });
    const origin = found.get(place.name) ?? { place, requestsPerSecond: 0 };
    origin.requestsPerSecond += one.requestsPerSecond;
    found.set(place.name, origin);
  }
  const located = [...found.values()].sort((a, b) => byCodeUnits(a.place.name, b.place.name));
  const origins = located.map(
    ({ place: { shared: _, coarse: __, doubt: ___, ...place }, requestsPerSecond }) => ({
      ...place,
      requestsPerSecond,
    }),
  );
  return {
    origins,
    warnings: [
      ...lostWarning(lost, total, labels, options),
      ...coarseWarning(coarse, total),
      ...doubtWarning(doubted, total),
      ...sharedWarning(located, total),
    ],
  };
}

interface Guess {
  readonly one: Average;
  readonly place: Place;
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
  const byCountry: Locate = (from) => {
    const country = countryOf(from);
    return country && named(country.code, country, country.code);
  };
  const byCity: Locate = (from) => {
    const country = countryOf(from);
    const text = value(from, labels.city);
    // A country that is written and not known is no reason to take a city of another.
    if (country === undefined && value(from, labels.country) !== undefined) return undefined;
    const city = text === undefined ? undefined : tryCity(text, country?.code);
    if (city !== undefined)
      return named(`${city.name}${suffix(country?.code)}`, city, city.country);
    const place = byCountry(from);
    return place && { ...place, coarse: 'city' };
  };
  if (labels.geohash !== undefined) {
    return (from) => {
      const hash = value(from, labels.geohash)?.toLowerCase() ?? '';
      const center = geohashCenter(hash);
      if (center === undefined) {
        const place = labels.city === undefined ? byCountry(from) : byCity(from);
        return place && { ...place, coarse: 'geohash' };
      }
      const country = countryOf(from);
      if (country) {
        const tolerance = toleranceKilometers + halfDiagonal(center, hash.length);
        const doubt = contradictionIn({ ...center, country: country.code }, tolerance);
        if (doubt === undefined) {
          return named(`${hash}${suffix(country.code)}`, center, country.code);
        }
        return {
          ...named(country.code, country, country.code),
          doubt: `geohash ${hash}: ${doubt}`,
        };
      }
      const guess = placeOfCell(center, hash.length);
      return { ...named(hash, center, guess?.country), shared: guess?.sharedBy ?? [] };
    };
  }
  return labels.city === undefined ? byCountry : byCity;
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

/** What is taken as a whole country, because nobody knows where in it. */
function coarseWarning(coarse: readonly Guess[], total: number): readonly string[] {
  return (['geohash', 'city'] as const).flatMap((kind) => {
    const guesses = coarse.filter(({ place }) => place.coarse === kind);
    if (guesses.length === 0) return [];
    const what = kind === 'city' ? 'the table has no such city' : 'it is no geohash';
    return [
      `${percent(shareOf(guesses, total))} of the requests have a label ${kind} that says nothing (${what}; ${guesses.length} of the series) and are taken by a coarser label, such as the centre of their country: ${examplesOf(guesses)}`,
    ];
  });
}

function doubtWarning(doubted: readonly Guess[], total: number): readonly string[] {
  const [first] = doubted;
  if (first === undefined) return [];
  return [
    `${percent(shareOf(doubted, total))} of the requests have a geohash that contradicts their country (${doubted.length} of the series), and are placed at the centre of the country: ${first.place.doubt}`,
  ];
}

function shareOf(guesses: readonly Guess[], total: number): number {
  return guesses.reduce((sum, { one }) => sum + one.requestsPerSecond, 0) / (total || 1);
}

function examplesOf(guesses: readonly Guess[]): string {
  return [...guesses]
    .sort((a, b) => b.one.requestsPerSecond - a.one.requestsPerSecond)
    .slice(0, 3)
    .map(({ one }) => describeSeries(one.labels))
    .join(', ');
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
