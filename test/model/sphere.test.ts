/** Points of the unit sphere: the same kilometres as the formula of the model, everywhere on Earth. */
import * as fc from 'fast-check';
import { kilometersBetween } from '../../constructs/model/geography';
import { Sphere } from '../../constructs/model/sphere';
import { runs, seed } from '../placement/runs';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});

it('measures any two points as the model does, near, far and on the other side', () => {
  const property = fc.property(
    point,
    point,
    fc.double({ min: 0, max: 1e-3, noNaN: true }),
    (a, b, d) => {
      const beside = { latitude: a.latitude * (1 - d), longitude: a.longitude };
      const across = { latitude: -a.latitude * (1 - d), longitude: a.longitude - 180 };
      const points = [b, beside, across, a];
      const sphere = new Sphere(points, [a]);
      points.forEach((to, index) => {
        const expected = kilometersBetween(a, to);
        const off = Math.abs(sphere.kilometers(index, 0) - expected);
        expect(off).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
      });
      expect(sphere.kilometers(3, 0)).toBe(0);
    },
  );
  fc.assert(property, { seed, numRuns: runs(1000) });
});

it('grows with the chord', () => {
  const property = fc.property(point, point, point, (a, b, c) => {
    const sphere = new Sphere([b, c], [a]);
    const [near, far] = sphere.squaredChord(0, 0) <= sphere.squaredChord(1, 0) ? [0, 1] : [1, 0];
    expect(sphere.kilometersOf(sphere.squaredChord(near, 0))).toBeLessThanOrEqual(
      sphere.kilometersOf(sphere.squaredChord(far, 0)),
    );
  });
  fc.assert(property, { seed, numRuns: runs(300) });
});
