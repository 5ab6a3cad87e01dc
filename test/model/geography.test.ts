/** Distances and geohash cells against published values. */
import fc from 'fast-check';
import { geohashCenter, kilometersBetween } from '../../constructs/model/geography';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

describe('kilometers between two points', () => {
  it.each([
    ['Berlin and Paris', 52.52, 13.405, 48.8566, 2.3522, 877.5],
    ['a quarter of a meridian', 0, 0, 90, 0, 10007.5],
    ['antipodes', 0, 0, 0, 180, 20015.1],
    ['both sides of the date line', 0, 179.5, 0, -179.5, 111.2],
  ])(
    'are right for %s',
    (_name, latitude, longitude, otherLatitude, otherLongitude, kilometers) => {
      const other = { latitude: otherLatitude, longitude: otherLongitude };
      expect(kilometersBetween({ latitude, longitude }, other)).toBeCloseTo(kilometers, 0);
    },
  );

  it('are the same both ways, zero to oneself, and never over half the Earth', () => {
    fc.assert(
      fc.property(point, point, (a, b) => {
        expect(kilometersBetween(a, b)).toBeCloseTo(kilometersBetween(b, a), 9);
        expect(kilometersBetween(a, a)).toBe(0);
        expect(kilometersBetween(a, b)).toBeLessThanOrEqual(Math.PI * 6371 + 1e-6);
      }),
    );
  });
});

describe('the centre of a geohash', () => {
  it.each([
    ['s', 22.5, 22.5],
    ['u3', 53.4375, 16.875],
    ['ezs42', 42.60498046875, -5.60302734375],
    ['u4pruydqqvj8', 57.64911063, 10.40743969],
    ['7zzzzzzzzzzz', 0, 0],
  ])('%s is at %d, %d', (hash, latitude, longitude) => {
    expect(geohashCenter(hash)?.latitude).toBeCloseTo(latitude, 5);
    expect(geohashCenter(hash)?.longitude).toBeCloseTo(longitude, 5);
  });

  it.each(['', 'a', 'u3i', 'u 3', 'u33333333333333'])('%p has none', (hash) => {
    expect(geohashCenter(hash)).toBeUndefined();
  });

  it('lies in the cell of every shorter hash', () => {
    const letter = fc.constantFrom(...'0123456789bcdefghjkmnpqrstuvwxyz');
    const hash = fc.array(letter, { minLength: 2, maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(hash, (text) => {
        const inner = geohashCenter(text);
        const outer = geohashCenter(text.slice(0, 1));
        expect(Math.abs((inner?.latitude ?? 99) - (outer?.latitude ?? 0))).toBeLessThan(22.5);
        expect(Math.abs((inner?.longitude ?? 999) - (outer?.longitude ?? 0))).toBeLessThan(22.5);
      }),
    );
  });
});
