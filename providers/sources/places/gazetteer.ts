/** The package's own tables of countries, cities and cloud regions: names in, places out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Point } from '../../../constructs/model/geography';
import { EdgeError } from '../../../constructs/parsing';
import { recordsOf } from '../files/csv';

/** A country: the centre of its people and its region in our words (europe, asia, ...). */
export interface Country extends Point {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly name: string;
  readonly region: string;
}
/** A large city. */
export interface City extends Point {
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly population: number;
}
/** A region of a cloud, as in the node label `topology.kubernetes.io/region`. */
export interface CloudRegion extends Point {
  readonly code: string;
  readonly provider: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

const countries = lazily(() => {
  const byKey = new Map<string, Country>();
  for (const row of table('countries.csv')) {
    const country = {
      ...pointOf(row),
      code: row.country ?? '',
      name: row.name ?? '',
      region: row.region ?? '',
    };
    byKey.set(keyOf(country.name), country);
    byKey.set(keyOf(country.code), country);
  }
  return byKey;
});

/** All cities, largest first. */
export const allCities: () => readonly City[] = lazily(() =>
  table('cities.csv').map((row) => ({
    ...pointOf(row),
    name: row.name ?? '',
    country: row.country ?? '',
    population: Number(row.population),
  })),
);

const citiesByKey = lazily(() => {
  const byKey = new Map<string, City>();
  const add = (key: string, city: City) => {
    // Largest first: a name without a country means the largest city of that name.
    if (!byKey.has(key)) byKey.set(key, city);
  };
  for (const city of allCities()) {
    for (const name of new Set([keyOf(city.name), shortKeyOf(city.name)])) {
      add(name, city);
      add(`${name}/${city.country}`, city);
    }
  }
  return byKey;
});

const cloudRegions = lazily(
  () =>
    new Map<string, CloudRegion>(
      table('cloud-regions.csv').map((row) => [
        row.code ?? '',
        {
          ...pointOf(row),
          code: row.code ?? '',
          provider: row.provider ?? '',
          city: row.city ?? '',
          country: row.country ?? '',
        },
      ]),
    ),
);

/** The country of an ISO alpha-2 code or an English name, in any case; undefined when there is none. */
export function tryCountry(codeOrName: string): Country | undefined {
  return countries().get(keyOf(codeOrName));
}

/** The city of that name, in `country` (alpha-2) if given, else the largest of that name; accents and case do not matter. */
export function tryCity(name: string, country?: string): City | undefined {
  const suffix = country === undefined ? '' : `/${country}`;
  const cities = citiesByKey();
  return cities.get(`${keyOf(name)}${suffix}`) ?? cities.get(`${shortKeyOf(name)}${suffix}`);
}

/** The cloud region of a code such as `eu-central-1`, `europe-west3` or `fra1`. */
export function tryCloudRegion(code: string): CloudRegion | undefined {
  return cloudRegions().get(code.toLowerCase());
}

/** Names compare without case, accents and punctuation. */
function keyOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `New York City` and `Washington, D.C.` are also known without their last words, `Frankfurt am Main` without its river. */
function shortKeyOf(name: string): string {
  return keyOf(name).replace(/ (city|d c|am main)$/, '');
}

function pointOf(row: Readonly<Record<string, string>>): Point {
  return { latitude: Number(row.latitude), longitude: Number(row.longitude) };
}

/** From sources the package's root is three folders up, from dist four. */
function table(file: string): readonly Readonly<Record<string, string>>[] {
  let cause: unknown;
  for (const root of ['../../..', '../../../..']) {
    try {
      return recordsOf(readFileSync(join(__dirname, root, 'data', file), 'utf8'));
    } catch (error) {
      cause ??= error;
    }
  }
  throw new EdgeError({
    code: 'SourceFailed',
    path: '',
    summary: `the package's own table data/${file} cannot be read`,
    remedy: 'Install littoral again; its data folder is part of the package.',
    cause,
  });
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
