/** Joining series to places: which label counts, what adds up, and what is lost. */
import * as fc from 'fast-check';
import { type Labels, locate } from '../../../providers/sources/demand/origins';
import { allCities } from '../../../providers/sources/places/gazetteer';

const at = (labels: Record<string, string>, requestsPerSecond: number) => ({
  labels,
  requestsPerSecond,
});
const join = (series: ReturnType<typeof at>[], labels?: Labels, maxLostShare = 0.05) =>
  locate(series, { labels, maxLostShare, path: 'demand.prometheus' });

describe('an origin', () => {
  it('is the centre of its geohash, with the country and region of its people', () => {
    expect(join([at({ geohash: 'u33d' }, 3)]).origins).toEqual([
      {
        name: 'u33d',
        latitude: expect.closeTo(52.47, 1),
        longitude: expect.closeTo(13.54, 1),
        country: 'DE',
        region: 'europe',
        requestsPerSecond: 3,
      },
    ]);
  });

  it('takes the country that a label says over the one its cell suggests', () => {
    const { origins, warnings } = join([
      at({ geohash: 'u1', country: 'nl' }, 2),
      at({ geohash: 'u1', country: 'DE' }, 5),
    ]);
    expect(origins).toMatchObject([
      { name: 'u1/DE', country: 'DE', requestsPerSecond: 5 },
      { name: 'u1/NL', country: 'NL', requestsPerSecond: 2 },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of a shared cell is counted for one country, and that is said', () => {
    const { warnings } = join([at({ geohash: 'u1' }, 1), at({ geohash: 'u33d' }, 1)]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^50\.0 % of the requests come from cells .* u1 \(DE, .*residency matters$/,
      ),
    ]);
  });

  it('may be a city, with or without its country', () => {
    expect(join([at({ city: 'Köln' }, 1), at({ city: 'KOLN' }, 2)]).origins).toMatchObject([
      { name: 'Köln', country: 'DE', requestsPerSecond: 3 },
    ]);
    expect(join([at({ city: 'London', country: 'CA' }, 1)]).origins).toMatchObject([
      { name: 'London/CA', country: 'CA', region: 'north-america' },
    ]);
  });

  it('may be a country by code or name', () => {
    expect(join([at({ country: 'Japan' }, 1), at({ country: 'jp' }, 1)]).origins).toMatchObject([
      { name: 'JP', region: 'asia', requestsPerSecond: 2 },
    ]);
  });

  it('may be any name that a list of places knows', () => {
    const origins = [{ name: 'pop-7', latitude: 1, longitude: 2, country: 'SG' }];
    expect(join([at({ origin: 'pop-7' }, 1)], { origins }).origins).toEqual([
      { ...origins[0], region: 'asia', requestsPerSecond: 1 },
    ]);
  });

  it('is found under the label that the configuration names', () => {
    const series = [at({ client_geo: 'u33d', geohash: 'x' }, 1)];
    expect(join(series, { geohash: 'client_geo' }).origins[0]?.name).toBe('u33d');
  });
});

describe('a series from nowhere', () => {
  it('is left out with a warning while little is lost', () => {
    const { origins, warnings } = join([at({ country: 'DE' }, 97), at({ country: '??' }, 3)]);
    expect(origins).toHaveLength(1);
    expect(warnings).toEqual([
      '3.0 % of the requests come from places nobody knows (label country, 1 of the series): {country="??"}; they are left out',
    ]);
  });

  it('is an error when more is lost than allowed', () => {
    expect(() => join([at({ geohash: 'u33' }, 9), at({ geohash: 'ail' }, 1)])).toThrow(
      /10\.0 % of the requests .*\{geohash="ail"\}; at most 5\.0 % may be lost/,
    );
  });

  it('without requests loses nothing', () => {
    expect(join([at({ country: 'DE' }, 1), at({ country: '' }, 0)]).warnings[0]).toMatch(/^0\.0 %/);
  });

  it('without any label says what would help', () => {
    expect(() => join([at({ code: '200' }, 1)])).toThrow(
      expect.objectContaining({
        path: 'demand.prometheus.labels',
        summary: expect.stringContaining(
          'the series have code; expected geohash, country, city or origin',
        ),
      }),
    );
    expect(() => join([at({ geohash: 'u' }, 1)], { geohash: 'geo' })).toThrow(
      /no series has the label geo; the series have geohash/,
    );
  });
});

it('requests are neither made nor lost: what is located and what is not add up', () => {
  const cities = allCities();
  const place = fc.oneof(
    fc.integer({ min: 0, max: cities.length - 1 }).map((index) => cities[index]?.name ?? ''),
    fc.constant('Nowhere at All'),
  );
  const series = fc
    .tuple(place, fc.integer({ min: 0, max: 1000 }))
    .map(([city, rate]) => at({ city }, rate));
  fc.assert(
    fc.property(fc.array(series, { minLength: 1, maxLength: 30 }), (all) => {
      const { origins } = join(all, { city: 'city' }, 1);
      const known = all.filter((one) => one.labels.city !== 'Nowhere at All');
      const sum = (list: readonly { requestsPerSecond: number }[]) =>
        list.reduce((total, one) => total + one.requestsPerSecond, 0);
      expect(sum(origins)).toBe(sum(known));
      expect(origins.map((one) => one.name)).toEqual(
        [...new Set(origins.map((one) => one.name))].sort(),
      );
      expect(join([...all].reverse(), { city: 'city' }, 1).origins).toEqual(origins);
    }),
    { numRuns: 50 },
  );
});
