/** Facts about a place, held against each other: coordinates and country, coordinates and city. */
import { kilometersBetween, type Point } from '../../../constructs/model/geography';
import { countryAt, kilometersOutside } from './borders';
import { allCities, citiesNamed, tryCountry } from './gazetteer';

/** So far outside of its country a point may be: borders are simplified, and centres of cells lie anywhere. */
export const toleranceKilometers = 100;
/** So far from a city of its name a point may be: cities are wide, and data centres lie outside of them. */
const cityToleranceKilometers = 150;
/** A country whose borders are not in the table is as wide as this around its centre. */
const unknownBordersKilometers = 500;

/** A place with what is said of it. */
export interface Facts extends Point {
  /** ISO 3166-1 alpha-2. */
  readonly country?: string | undefined;
  readonly city?: string | undefined;
}

/** What contradicts itself, in words with both facts and the probable slip; undefined where nothing does. */
export function contradictionIn(facts: Facts, tolerance = toleranceKilometers): string | undefined {
  const { country } = facts;
  if (country !== undefined && !isIn(facts, country, tolerance)) {
    const words = `${pointText(facts)} is ${whereIs(facts)}, not in ${countryText(country)}`;
    const slip = slipOf(facts, country, tolerance);
    return slip === undefined ? words : `${words}; ${slip}`;
  }
  return cityContradiction(facts);
}

/** Sentences about the things that contradict themselves; of many the first five, and how many more there are. */
export function contradictionsOf(
  things: readonly (Facts & { readonly name: string })[],
  kind: string,
): readonly string[] {
  const found = things.flatMap((thing) => {
    const words = contradictionIn(thing);
    return words === undefined ? [] : [`${kind} ${thing.name}: ${words}`];
  });
  if (found.length <= 5) return found;
  return [...found.slice(0, 5), `${found.length - 5} more of ${kind}s contradict themselves so`];
}

/** Whether a point is in a country, or near enough. */
function isIn(point: Point, country: string, tolerance: number): boolean {
  // Nobody is there; it is what coordinates are that were never filled in.
  if (isNullIsland(point)) return false;
  const outside = kilometersOutside(point, country);
  if (outside !== undefined && outside <= tolerance) return true;
  // Some borders are disputed: then a city of the table speaks for its country, too.
  if (outside !== undefined) return isBesideCity(point, country);
  const centre = tryCountry(country);
  return (
    centre === undefined || kilometersBetween(point, centre) <= tolerance + unknownBordersKilometers
  );
}

function isBesideCity(point: Point, country: string): boolean {
  return allCities().some(
    (city) => city.country === country && kilometersBetween(point, city) <= 50,
  );
}

function isNullIsland({ latitude, longitude }: Point): boolean {
  return Math.abs(latitude) < 0.5 && Math.abs(longitude) < 0.5;
}

function whereIs(point: Point): string {
  if (isNullIsland(point)) return 'null island in the Gulf of Guinea, which stands for no place';
  const there = countryAt(point);
  return there === undefined ? 'at sea' : `in ${countryText(there)}`;
}

/** The slip of the pen by which the coordinates would be in the country. */
function slipOf(point: Point, country: string, tolerance: number): string | undefined {
  const { latitude, longitude } = point;
  const tries: readonly (readonly [string, number, number])[] = [
    ['latitude and longitude are swapped', longitude, latitude],
    ['the sign of longitude is missing or too much', latitude, -longitude],
    ['the sign of latitude is missing or too much', -latitude, longitude],
    ['both signs are missing or too much', -latitude, -longitude],
    ['latitude and longitude are swapped, and a sign is missing', -longitude, latitude],
    ['latitude and longitude are swapped, and a sign is missing', longitude, -latitude],
  ];
  const found = tries.find(
    ([, north, east]) =>
      Math.abs(north) <= 90 && isIn({ latitude: north, longitude: east }, country, tolerance),
  );
  if (found === undefined || isNullIsland(point)) return undefined;
  const [why, north, east] = found;
  return `it would be there if ${why}: ${pointText({ latitude: north, longitude: east })}`;
}

function cityContradiction(facts: Facts): string | undefined {
  if (facts.city === undefined) return undefined;
  const cities = citiesNamed(facts.city).filter(
    ({ country }) => facts.country === undefined || country === facts.country,
  );
  const [first] = cities;
  if (first === undefined) return undefined;
  const kilometers = Math.min(...cities.map((city) => kilometersBetween(facts, city)));
  if (kilometers <= cityToleranceKilometers) return undefined;
  return `${pointText(facts)} is ${Math.round(kilometers)} km from ${first.name}, ${countryText(first.country)}`;
}

function pointText({ latitude, longitude }: Point): string {
  return `latitude ${latitude}, longitude ${longitude}`;
}

function countryText(code: string): string {
  const name = tryCountry(code)?.name;
  return name === undefined ? code : `${name} (${code})`;
}
