/** Places: facts are held against each other, countries and cities have many names, and a region belongs to a cloud. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { kilometersBetween } from '../../constructs/model/geography';
import { placeDoubts } from '../../providers/resources/placement/place-doubts';
import { locate } from '../../providers/sources/demand/origins';
import { placeOf } from '../../providers/sources/fleet/location';
import { contradictionIn } from '../../providers/sources/places/facts';
import {
  allCities,
  lookUpRegion,
  tryCity,
  tryCountry,
} from '../../providers/sources/places/gazetteer';
import { app } from '../build';

describe('coordinates and a country', () => {
  it.each<[string, number, number, string, RegExp]>([
    [
      'swapped',
      8.68,
      50.11,
      'DE',
      /not in Germany \(DE\); it would be there if latitude and longitude are swapped: latitude 50\.11, longitude 8\.68/,
    ],
    [
      'swapped',
      72.88,
      19.08,
      'IN',
      /at sea|in .*; it would be there if latitude and longitude are swapped/,
    ],
    ['swapped', 2.35, 48.86, 'FR', /swapped/],
    ['unsigned, in the south', 33.87, 151.21, 'AU', /if the sign of latitude is missing/],
    ['unsigned, in the west', 39.04, 77.49, 'US', /if the sign of longitude is missing/],
    ['unsigned, in both', 23.55, 46.64, 'BR', /if both signs are missing/],
    [
      'with a sign too much',
      -35.68,
      139.69,
      'JP',
      /if the sign of latitude is missing or too much/,
    ],
    ['null island', 0, 0, 'CN', /null island in the Gulf of Guinea/],
    ['null island, beside a country near it', 0, 0, 'GA', /null island/],
    ['another country', 48.86, 2.35, 'JP', /is in France \(FR\), not in Japan \(JP\)$/],
    ['another country of the neighbourhood', 50.08, 14.44, 'DE', /^$|in Czechia|in Czech/],
    ['at sea', 30, -40, 'PT', /is at sea, not in Portugal/],
  ])('that contradict it are said: %s', (_, latitude, longitude, country, words) => {
    expect(contradictionIn({ latitude, longitude, country }) ?? '').toMatch(words);
  });

  it('that belong to it are not said, for every city and every cloud region of the tables', () => {
    const wrong = allCities().flatMap((city) => {
      const words = contradictionIn({ ...city, city: city.name });
      return words === undefined ? [] : [`${city.name}: ${words}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each([
    ['Honolulu', 21.31, -157.86, 'US'],
    ['Anchorage', 61.22, -149.9, 'US'],
    ['Anadyr, across the date line', 64.73, 177.5, 'RU'],
    ['Las Palmas', 28.12, -15.43, 'ES'],
    ['the Azores', 37.74, -25.67, 'PT'],
    ['Alice Springs', -23.7, 133.88, 'AU'],
    ['a ship before the coast', 53.9, 7.5, 'DE'],
    ['a place beside the border', 47.56, 7.59, 'DE'],
    ['Annemasse', 46.19, 6.23, 'FR'],
    ['Singapore', 1.29, 103.85, 'SG'],
    ['Réunion', -20.9, 55.5, 'RE'],
    ['Gibraltar', 36.14, -5.35, 'GI'],
    ['Suva', -18.14, 178.44, 'FJ'],
  ])('that belong to it are not said: %s', (_, latitude, longitude, country) => {
    expect(contradictionIn({ latitude, longitude, country })).toBeUndefined();
  });

  it('are held against the city, too', () => {
    const fra = { latitude: 50.11, longitude: 8.68, country: 'DE' };
    expect(contradictionIn({ ...fra, city: 'Frankfurt' })).toBeUndefined();
    expect(contradictionIn({ ...fra, city: 'Berlin' })).toMatch(/is \d+ km from Berlin, Germany/);
    expect(contradictionIn({ ...fra, city: 'Kleinkleckersdorf' })).toBeUndefined();
  });

  it('are said of the fleet and the demand of a placement', () => {
    const fleet = parseFleet({
      clusters: [
        { name: 'fra', latitude: 8.68, longitude: 50.11, region: 'europe', country: 'DE' },
        { name: 'par', latitude: 48.86, longitude: 2.35, region: 'europe', country: 'FR' },
      ],
    });
    const origins = [
      { name: 'cn', latitude: 0, longitude: 0, country: 'CN', requestsPerSecond: 1 },
    ];
    const demand = parseDemand({ observedAt: '2026-11-21T05:30:00Z', origins });
    expect(placeDoubts({ apps: [app('shop')], fleet, demand })).toEqual([
      expect.stringMatching(/^cluster fra: .* swapped/),
      expect.stringMatching(/^origin cn: .* null island/),
    ]);
  });
});

describe('a country', () => {
  it.each([
    [
      'DE',
      ['de', 'DEU', 'deu', 'Germany', 'GERMANY', 'Deutschland', 'Allemagne', 'Alemania', 'ドイツ'],
    ],
    [
      'GB',
      [
        'UK',
        'United Kingdom',
        'Great Britain',
        'GBR',
        'United Kingdom of Great Britain and Northern Ireland',
        'England',
      ],
    ],
    [
      'US',
      ['USA', 'U.S.', 'U.S.A.', 'United States', 'United States of America', 'the United States'],
    ],
    [
      'KR',
      ['South Korea', 'Korea, Republic of', 'Republic of Korea', 'Korea (Republic of)', 'KOR'],
    ],
    ['KP', ['North Korea', "Korea, Democratic People's Republic of", 'DPRK']],
    ['CZ', ['Czechia', 'Czech Republic', 'The Czech Republic']],
    ['CI', ["Côte d'Ivoire", 'Cote d’Ivoire', 'Ivory Coast']],
    [
      'CD',
      [
        'Congo, The Democratic Republic of the',
        'DR Congo',
        'Democratic Republic of the Congo',
        'Congo (Kinshasa)',
      ],
    ],
    ['CG', ['Congo', 'Republic of the Congo', 'Congo-Brazzaville']],
    ['RU', ['Russia', 'Russian Federation', 'RUS', 'Россия']],
    ['VN', ['Vietnam', 'Viet Nam']],
    ['IR', ['Iran', 'Iran, Islamic Republic of', 'Iran (Islamic Republic of)']],
    ['BO', ['Bolivia', 'Bolivia (Plurinational State of)', 'Bolivia, Plurinational State of']],
    ['TZ', ['Tanzania', 'Tanzania, United Republic of', 'United Republic of Tanzania']],
    ['MK', ['Macedonia', 'North Macedonia']],
    ['TR', ['Turkey', 'Türkiye', 'Turkiye']],
    ['NL', ['Netherlands', 'The Netherlands', 'Holland', 'Nederland']],
    ['MM', ['Myanmar', 'Burma']],
    ['TT', ['Trinidad and Tobago', 'Trinidad & Tobago']],
    ['BA', ['Bosnia and Herzegovina', 'Bosnia & Herzegovina', 'Bosnia-Herzegovina']],
    ['KN', ['Saint Kitts and Nevis', 'St. Kitts & Nevis', 'St Kitts and Nevis']],
    ['HK', ['Hong Kong', 'Hong Kong SAR China', 'HKG']],
    ['TW', ['Taiwan', 'Taiwan, Province of China']],
    ['PS', ['Palestine', 'Palestine, State of', 'Palestinian Territories']],
    ['VI', ['Virgin Islands, U.S.', 'U.S. Virgin Islands', 'US Virgin Islands']],
    ['GW', ['Guinea-Bissau']],
    ['NE', ['Niger']],
    ['NG', ['Nigeria']],
    ['DM', ['Dominica']],
    ['DO', ['Dominican Republic']],
    ['GE', ['Georgia']],
    ['WS', ['Samoa']],
    ['AS', ['American Samoa']],
  ])('%s is found by all of its names', (code, names) => {
    expect(names.map((name) => `${name}: ${tryCountry(name)?.code}`)).toEqual(
      names.map((name) => `${name}: ${code}`),
    );
  });

  it.each(['', 'XX', 'Unknown', '-', 'EU', 'Atlantis', 'ZZZ'])(
    'that is none is not found: %j',
    (name) => {
      expect(tryCountry(name)).toBeUndefined();
    },
  );
});

it.each([
  ['Cologne', 'DE'],
  ['Geneva', 'CH'],
  ['Kiev', 'UA'],
  ['Muenchen', 'DE'],
  ['Bombay', 'IN'],
  ['Wien', 'AT'],
  ['Warszawa', 'PL'],
  ['KOBENHAVN', 'DK'],
])('a city is found by another of its names: %s', (name, country) => {
  expect(tryCity(name, country)?.country).toBe(country);
});

describe('the requests of a series', () => {
  const labels = { city: 'city', country: 'country', geohash: undefined } as const;
  const located = (
    series: readonly (readonly [Readonly<Record<string, string>>, number])[],
    used: object = labels,
  ) =>
    locate(
      series.map(([one, requestsPerSecond]) => ({ labels: one, requestsPerSecond })),
      { labels: used, maxLostShare: 0.05, path: 'demand.prometheus' },
    );

  it.each(['', 'Kleinkleckersdorf', 'unknown'])(
    'are of the centre of the country where the city is %j',
    (city) => {
      const { origins, warnings } = located([
        [{ city: 'Berlin', country: 'DE' }, 50],
        [{ city, country: 'DE' }, 50],
      ]);
      expect(origins).toHaveLength(2);
      expect(origins.every(({ country }) => country === 'DE')).toBe(true);
      expect(warnings).toEqual([
        expect.stringMatching(/^50\.0 % of the requests have a label city that says nothing/),
      ]);
    },
  );

  it('are lost where the country says nothing either', () => {
    expect(() => located([[{ city: 'Nowhere', country: '' }, 1]])).toThrow('nobody knows');
    expect(() => located([[{ city: 'Berlin', country: 'Atlantis' }, 1]])).toThrow('nobody knows');
  });

  it('are of the city or the country where the geohash is none', () => {
    const all = { geohash: 'geohash', country: 'country' };
    const { origins, warnings } = located([[{ geohash: '', country: 'France' }, 10]], all);
    expect(origins).toMatchObject([{ name: 'FR', country: 'FR' }]);
    expect(warnings[0]).toMatch(/^100\.0 % .* label geohash that says nothing/);
  });

  it.each([
    ['s000', 'China', /geohash s000: .* null island/],
    ['s000', 'CN', /null island/],
    ['u33d', 'JP', /is in Germany \(DE\), not in Japan/],
  ])('are of the country where the geohash %s contradicts %s', (geohash, country, words) => {
    const all = { geohash: 'geohash', country: 'country' };
    const { origins, warnings } = located([[{ geohash, country }, 10]], all);
    expect(origins).toMatchObject([{ name: tryCountry(country)?.code }]);
    expect(warnings.join()).toMatch(words);
  });

  it.each([
    ['u', 'DE'],
    ['u33', 'PL'],
    ['u33d', 'DE'],
    ['9', 'US'],
  ])('are of the cell where %s and %s agree, as far as the cell is wide', (geohash, country) => {
    const all = { geohash: 'geohash', country: 'country' };
    const { origins, warnings } = located([[{ geohash, country }, 10]], all);
    expect(origins).toMatchObject([{ name: `${geohash}/${country}` }]);
    expect(warnings).toEqual([]);
  });
});

describe('a region of a cloud', () => {
  const cityOf = (code: string, provider?: string) => {
    const found = lookUpRegion(code, provider);
    return 'region' in found ? found.region.city : undefined;
  };
  it.each<[string, string | undefined, string | undefined]>([
    ['eu-west-1', 'aws', 'Dublin'],
    ['eu-west-1', 'alibaba', 'London'],
    ['eu-west-1', undefined, undefined],
    ['eu-west-1', 'civo', undefined],
    ['ap-southeast-5', 'alibaba', 'Jakarta'],
    ['ap-southeast-5', 'aws', 'Kuala Lumpur'],
    ['lon1', 'civo', 'London'],
    ['lon1', 'digitalocean', 'London'],
    ['lon1', undefined, 'London'],
    ['lon1', 'vultr', undefined],
    ['eu-frankfurt-1', 'oracle', 'Frankfurt am Main'],
    ['us-sea', 'linode', 'Seattle'],
    ['ewr', 'vultr', 'Piscataway'],
    ['GRA11', 'openstack', 'Gravelines'],
    ['ch-gva-2', 'exoscale', 'Genève'],
    ['fi-hel1', 'upcloud', 'Helsinki'],
    ['fra1', 'k3s', 'Frankfurt am Main'],
    ['eu-central-1', 'vsphere', undefined],
    ['rack-5', undefined, undefined],
  ])('%s of %s is in %s', (code, provider, city) => {
    expect(cityOf(code, provider)).toBe(city);
  });

  it('names no provider where several have the code', () => {
    expect(lookUpRegion('lon1')).toMatchObject({ isCertain: false });
    expect(lookUpRegion('hel1')).toMatchObject({
      isCertain: true,
      region: { provider: 'hetzner' },
    });
  });
});

describe('a discovered cluster', () => {
  const seen = (region: string, provider?: string) =>
    ({ reachable: true, region, ...(provider === undefined ? {} : { provider }) }) as never;
  const found = (more: object) =>
    placeOf({
      name: 'fra',
      lead: { key: 'fra', title: 'the context "fra"' },
      entry: undefined,
      known: undefined,
      ...more,
    } as never);

  it('is where the person says, without the city of its nodes', () => {
    const entry = { name: 'fra', latitude: 50.11, longitude: 8.68, country: 'DE' };
    const { place, warnings } = found({ entry, observation: seen('us-east-1', 'aws') });
    expect(place).toMatchObject({ latitude: 50.11, country: 'DE', region: 'europe' });
    expect(place?.city).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/the overlay says DE .* its nodes are in us-east-1 \(.*, US\)/),
    ]);
  });

  it('is in the country that the person says, not at the coordinates of its nodes', () => {
    const { place, warnings } = found({
      entry: { name: 'fra', country: 'DE' },
      observation: seen('us-east-1', 'aws'),
    });
    expect(place?.country).toBe('DE');
    expect(
      kilometersBetween(place ?? { latitude: 0, longitude: 0 }, { latitude: 51, longitude: 10 }),
    ).toBeLessThan(400);
    expect(warnings).toHaveLength(1);
  });

  it('that answers from another region than the last time is said', () => {
    const known = {
      latitude: 50.11,
      longitude: 8.68,
      country: 'DE',
      region: 'europe',
      city: 'Frankfurt am Main',
    };
    const { place, warnings } = found({ known, observation: seen('us-east-1', 'aws') });
    expect(place?.country).toBe('US');
    expect(warnings).toEqual([
      expect.stringMatching(
        /the last time it was at latitude 50\.11.* now its nodes are in us-east-1/,
      ),
    ]);
    const same = found({ known, observation: seen('eu-central-1', 'aws') });
    expect(same.warnings).toEqual([]);
  });
});
