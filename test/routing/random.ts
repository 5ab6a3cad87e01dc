/** Random worlds for properties of routing: a few clusters and origins on several continents, with ties, limits, residency and measurements. */
import * as fc from 'fast-check';
import type { Site, Users, WorldOptions } from './world';

const places = [
  ['DE', 'europe', 51, 10],
  ['FR', 'europe', 47, 2],
  ['PL', 'europe', 52, 20],
  ['US', 'north-america', 39, -95],
  ['BR', 'south-america', -15, -50],
  ['JP', 'asia', 36, 138],
  ['ZA', 'africa', -29, 25],
] as const;

const place = fc.constantFrom(...places);
const offset = fc.integer({ min: -40, max: 40 }).map((tenths) => tenths / 10);
const siteArbitrary = fc.record({ place, north: offset, east: offset, isSmall: fc.boolean() });
const usersArbitrary = fc.record({
  place,
  north: offset,
  east: offset,
  requestsPerSecond: fc.integer({ min: 1, max: 100 }),
  isBlind: fc.boolean(),
});

type Measured = readonly [string, string, number];

export const worlds = fc
  .record({
    sites: fc.array(siteArbitrary, { minLength: 1, maxLength: 5 }),
    users: fc.array(usersArbitrary, { minLength: 1, maxLength: 8 }),
    isResident: fc.boolean(),
    isLimited: fc.boolean(),
    measured: fc.array(fc.tuple(fc.nat(7), fc.nat(4), fc.integer({ min: 1, max: 400 })), {
      maxLength: 6,
    }),
  })
  .map(({ sites, users, isResident, isLimited, measured }): WorldOptions => {
    const total = users.reduce((sum, one) => sum + one.requestsPerSecond, 0);
    const given = sites.map(
      ({ place: [country, region, north, east], ...one }, index): Site => ({
        name: `c${index}`,
        country,
        region,
        latitude: north + one.north,
        longitude: east + one.east,
        ...(isLimited && !isResident && one.isSmall && index > 0
          ? { requestsPerSecond: total / 2 + 1 }
          : {}),
      }),
    );
    const origins = users.map(
      ({ place: [country, region, north, east], ...one }, index): Users => ({
        name: `o${index}`,
        ...(one.isBlind ? {} : { country }),
        region,
        latitude: north + one.north,
        longitude: east + one.east,
        requestsPerSecond: one.requestsPerSecond,
      }),
    );
    const hasEurope = given.some(({ region }) => region === 'europe');
    const residency = [{ origins: { region: 'europe' }, clusters: { region: 'europe' } }];
    const constraints = isResident && hasEurope ? { residency } : {};
    const latency = measured.flatMap(([o, c, milliseconds]): Measured[] =>
      o < origins.length && c < given.length ? [[`o${o}`, `c${c}`, milliseconds]] : [],
    );
    const once = new Map(latency.map((pair) => [`${pair[0]} ${pair[1]}`, pair]));
    return { sites: given, users: origins, constraints, latency: [...once.values()] };
  });
