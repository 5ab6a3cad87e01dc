/** Between cells: values lie between those of the cells around, and none comes from origins of another kind. */
import * as fc from 'fast-check';
import { Sphere } from '../../../constructs/model/sphere';
import { interpolate } from '../../../constructs/optimizer/implicit/cell-neighbours';
import { cellsOf } from '../../../constructs/optimizer/implicit/cells';
import { runs, seed } from '../../placement/runs';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const origins = fc.array(
  fc.record({ at: point, weight: fc.integer({ min: 1, max: 1000 }), kind: fc.nat(1) }),
  { minLength: 1, maxLength: 40 },
);

it('gives every origin a value between those of cells of its own kind, and its own where a cell is one place', () => {
  const property = fc.property(
    origins,
    fc.integer({ min: 1, max: 30 }),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 40, maxLength: 40 }),
    (people, most, drawn) => {
      const points = people.map(({ at }) => at);
      const sphere = new Sphere(points, points);
      const kind = Int32Array.from(people, (one) => one.kind);
      const cells = cellsOf(
        sphere,
        Float64Array.from(people, ({ weight }) => weight),
        kind,
        most,
      );
      const kindOf = [...cells.largestMember].map((u) => kind[u]);
      const values = Float64Array.from(
        kindOf,
        (one, cell) => 100 * (one ?? 0) + (drawn[cell] ?? 0),
      );
      const between = interpolate(sphere, kind, cells, values);
      between.forEach((value, u) => {
        const same = [...values].filter((_, cell) => kindOf[cell] === kind[u]);
        expect(value).toBeGreaterThanOrEqual(Math.min(...same) - 1e-9);
        expect(value).toBeLessThanOrEqual(Math.max(...same) + 1e-9);
        if (same.length === 1) expect(value).toBeCloseTo(values[cells.cellOf[u] ?? -1] ?? -1, 9);
      });
    },
  );
  fc.assert(property, { seed, numRuns: runs(100) });
});

it('is nearer to the value of a near cell than to that of a far one', () => {
  const at = (longitude: number) => ({ latitude: 0, longitude });
  const points = [at(0), at(1), at(39), at(40), at(12)];
  const sphere = new Sphere(points, points);
  const kind = new Int32Array(5);
  const cells = cellsOf(sphere, new Float64Array(5).fill(1), kind, 2);
  expect(cells.cellOf[0]).not.toBe(cells.cellOf[3]);
  const values = Float64Array.from({ length: 2 }, (_, cell) => (cell === cells.cellOf[0] ? 0 : 1));
  const [west = 1, , , east = 0, middle = 0] = interpolate(sphere, kind, cells, values);
  expect(west).toBeLessThan(0.1);
  expect(east).toBeGreaterThan(0.9);
  expect(middle).toBeGreaterThan(west);
  expect(middle).toBeLessThan(east);
});
