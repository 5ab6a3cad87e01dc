/** Demand documents: every origin gets a place, a name and a unit. */
import fc from 'fast-check';
import { stringify } from 'yaml';
import { demandDocument, parseDemand } from '../../constructs/model/demand-document';
import { NOW } from '../build';

const origins = fc.uniqueArray(
  fc.record({
    name: fc.oneof(
      fc.constantFrom('constructor', '__proto__', 'ä b'),
      fc.string({ minLength: 1, maxLength: 9 }),
    ),
    geohash: fc.constantFrom('u3', 'U3', 's', 'ezs42'),
    requestsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }),
  }),
  { selector: (origin) => origin.name, maxLength: 6 },
);

describe('a demand document', () => {
  it('puts an origin at the centre of its geohash', () => {
    const parsed = parseDemand({
      observedAt: NOW,
      origins: [{ name: 'a', geohash: 'u3', requestsPerSecond: 2 }],
    });
    expect(parsed).toEqual({
      observedAt: NOW,
      validForSeconds: 1800,
      origins: [{ name: 'a', latitude: 53.4375, longitude: 16.875, requestsPerSecond: 2 }],
    });
  });

  it('may have no origins, and origins without requests', () => {
    expect(parseDemand({ observedAt: NOW, origins: [] }).origins).toEqual([]);
    const silent = { name: 'a', latitude: 0, longitude: 0, requestsPerSecond: 0 };
    expect(parseDemand({ observedAt: NOW, origins: [silent] }).origins).toEqual([silent]);
  });

  it('is the same in any order and form, and after writing and parsing again', () => {
    const printable = origins.filter((list) =>
      list.every(({ name }) => !/[\0\ufffd\ufeff]/.test(name)),
    );
    fc.assert(
      fc.property(printable, (list) => {
        const once = parseDemand({ observedAt: NOW, origins: list });
        const again = { ...demandDocument(once), origins: [...once.origins].reverse() };
        expect(parseDemand(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(once)));
        expect(parseDemand(stringify(again)).origins.map(({ name }) => name)).toEqual(
          once.origins.map(({ name }) => name),
        );
      }),
      { numRuns: 60 },
    );
  });
});
