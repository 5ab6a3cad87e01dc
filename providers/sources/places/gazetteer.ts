/** The package's own tables of countries, cities and cloud regions: names in, places out. */
import { meantCountryCode } from '../../../constructs/model/countries';
import { kilometersBetween, type Point } from '../../../constructs/model/geography';
import { lazily, table } from './tables';

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

const countriesByCode = lazily(() => {
  const byCode = new Map<string, Country>();
  for (const row of table('countries.csv')) {
    const code = row.country ?? '';
    byCode.set(code, {
      ...pointOf(row),
      code,
      name: row.name ?? '',
      region: row.region ?? '',
    });
  }
  return byCode;
});

const countries = lazily(() => {
  const byKey = new Map<string, Country>();
  const byCode = countriesByCode();
  for (const country of byCode.values()) {
    byKey.set(keyOf(country.name), country);
    byKey.set(keyOf(country.code), country);
  }
  const add = (key: string, country: Country) => {
    if (key !== '' && !byKey.has(key)) byKey.set(key, country);
  };
  for (const { country: code = '', alpha3 = '', names = '' } of table('country-names.csv')) {
    const country = byCode.get(code);
    if (country === undefined) continue;
    add(keyOf(alpha3), country);
    for (const name of [country.name, ...names.split('|')]) {
      add(keyOf(name), country);
      add(wordsOf(name), country);
    }
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

/** Every city with the keys of its name. */
const keyedCities = lazily(() =>
  allCities().map((city) => {
    const key = keyOf(city.name);
    const short = withoutLastWords(key);
    return { city, keys: key === short ? [key] : [key, short] };
  }),
);

const citiesByKey = lazily(() => {
  const byKey = new Map<string, City>();
  const add = (key: string, city: City) => {
    // Largest first: a name without a country means the largest city of that name.
    if (!byKey.has(key)) byKey.set(key, city);
  };
  for (const { city, keys } of keyedCities()) {
    for (const name of keys) {
      add(name, city);
      add(`${name}/${city.country}`, city);
    }
  }
  for (const { name = '', city = '', country = '' } of table('city-names.csv')) {
    const known = byKey.get(`${keyOf(city)}/${country}`);
    if (known === undefined) continue;
    add(keyOf(name), known);
    add(`${keyOf(name)}/${country}`, known);
  }
  return byKey;
});

const cloudRegions = lazily(() => {
  const byCode = new Map<string, CloudRegion[]>();
  for (const row of table('cloud-regions.csv')) {
    const code = row.code ?? '';
    const region = {
      ...pointOf(row),
      code,
      provider: row.provider ?? '',
      city: row.city ?? '',
      country: row.country ?? '',
    };
    byCode.set(code, [...(byCode.get(code) ?? []), region]);
  }
  return byCode;
});

/** The country of an ISO code of two or three letters or of a name, in any case and order of its words; undefined when there is none. */
export function tryCountry(codeOrName: string): Country | undefined {
  // Most documents write codes, and then the names in fifteen languages stay unread.
  const coded = countriesByCode().get(codeOrName);
  if (coded !== undefined) return coded;
  const all = countries();
  const named = all.get(keyOf(codeOrName)) ?? all.get(wordsOf(codeOrName));
  if (named !== undefined || !/^[A-Za-z]{2,3}$/.test(codeOrName)) return named;
  return countriesByCode().get(meantCountryCode(codeOrName) ?? '');
}

const citiesByName = lazily(() => {
  const byName = new Map<string, City[]>();
  for (const { city, keys } of keyedCities()) {
    for (const key of keys) byName.set(key, [...(byName.get(key) ?? []), city]);
  }
  return byName;
});

/** All cities of that name, in any country. */
export function citiesNamed(name: string): readonly City[] {
  const known = tryCity(name);
  const all = citiesByName().get(shortKeyOf(name)) ?? [];
  return known === undefined || all.includes(known) ? all : [known, ...all];
}

/** The city of that name, in `country` (alpha-2) if given, else the largest of that name; accents and case do not matter. */
export function tryCity(name: string, country?: string): City | undefined {
  const suffix = country === undefined ? '' : `/${country}`;
  const cities = citiesByKey();
  return cities.get(`${keyOf(name)}${suffix}`) ?? cities.get(`${shortKeyOf(name)}${suffix}`);
}

/** Schemes of providerID that say how a cluster was made and not whose machines it runs on. */
const notClouds = ['k3s', 'rke2', 'kind', 'minikube', 'microk8s', 'k0s', 'talos', 'openstack'];

/** Clouds that write their regions as another one has them are told apart by name; else of several places none is taken. */
export type RegionLookup =
  | { readonly region: CloudRegion; readonly isCertain: boolean }
  | { readonly why: string };

/**
 * The region of a code such as `eu-central-1`, `europe-west3` or `fra1` in the cloud `provider`. Without one it is known
 * where all clouds that have the code have it in one place; it says who runs it where only one cloud has it.
 */
export function lookUpRegion(code: string, provider?: string): RegionLookup {
  const all = cloudRegions().get(code.toLowerCase()) ?? [];
  if (provider !== undefined && !notClouds.includes(provider)) {
    const own = all.find((one) => one.provider === provider);
    if (own !== undefined) return { region: own, isCertain: true };
    return { why: `not in the table of regions of ${provider}` };
  }
  const [first, ...others] = all;
  if (first === undefined) return { why: 'not in the table of cloud regions' };
  const near = others.every((one) => kilometersBetween(one, first) <= 100);
  if (near) return { region: first, isCertain: others.length === 0 };
  const places = all.map((one) => `${one.city} (${one.provider})`).join(' or ');
  return { why: `in ${places}, and nothing says whose it is` };
}

/** Names compare without case, accents and punctuation. */
function keyOf(name: string): string {
  // Most names are plain words, and of the steps below only two concern them.
  if (/^[A-Za-z]+(?: [A-Za-z]+)*$/.test(name)) {
    return name.toLowerCase().replace(/\bst\b/g, 'saint');
  }
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      // U.S.A. and USA.
      .replace(/\b(\p{L})\.(?=\p{L}\b)/gu, '$1')
      .replace(/['’`]/g, '')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .replace(/\bst\b/g, 'saint')
      .trim()
  );
}

/** The words of a name in any order, without those that some write and others do not: `Korea, Republic of`. */
function wordsOf(name: string): string {
  const words = keyOf(name.replace(/&/g, ' '))
    .split(' ')
    .filter((word) => !['the', 'of', 'and', 'de', 'la'].includes(word));
  return `~${[...new Set(words)].sort().join(' ')}`;
}

/** `New York City` and `Washington, D.C.` are also known without their last words, `Frankfurt am Main` without its river. */
function shortKeyOf(name: string): string {
  return withoutLastWords(keyOf(name));
}

function withoutLastWords(key: string): string {
  return key.replace(/ (city|d ?c|am main)$/, '');
}

function pointOf(row: Readonly<Record<string, string>>): Point {
  return { latitude: Number(row.latitude), longitude: Number(row.longitude) };
}
