/** Cells: everyone is in one, kinds are apart, and serving the middle costs no more than serving the members. */
import * as fc from 'fast-check';
import { Sphere } from '../../../constructs/model/sphere';
import { type Cells, cellsOf } from '../../../constructs/optimizer/implicit/cells';
import { runs, seed } from '../../placement/runs';

const point = fc.record({
  latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  longitude: fc.double({ min: -180, max: 180, noNaN: true }),
});
const people = fc.record({
  places: fc.array(point, { minLength: 1, maxLength: 4 }),
  origins: fc.array(
    fc.record({ at: point, weight: fc.integer({ min: 1, max: 1000 }), kind: fc.nat(2) }),
    { minLength: 1, maxLength: 40 },
  ),
  most: fc.integer({ min: 1, max: 30 }),
});

/** Origins by cell. */
function membersOf({ cells, cellOf }: Cells): number[][] {
  const members = Array.from({ length: cells }, (): number[] => []);
  for (const [u, cell] of cellOf.entries()) members[cell]?.push(u);
  return members;
}

const gathered = people.map(({ places, origins, most }) => {
  const sphere = new Sphere(
    places,
    origins.map(({ at }) => at),
  );
  const weight = Float64Array.from(origins, (one) => one.weight);
  const kind = Int32Array.from(origins, (one) => one.kind);
  return { sphere, weight, kind, most, cells: cellsOf(sphere, weight, kind, most) };
});

it('has every origin in one cell of its kind, with the weights of all, and no more cells than asked for', () => {
  const property = fc.property(gathered, ({ weight, kind, most, cells }) => {
    expect(cells.cells).toBeLessThanOrEqual(Math.max(most, new Set(kind).size));
    membersOf(cells).forEach((members, cell) => {
      expect(members.length).toBeGreaterThan(0);
      expect(new Set(members.map((u) => kind[u])).size).toBe(1);
      const sum = members.reduce((all, u) => all + (weight[u] ?? 0), 0);
      expect(cells.weight[cell]).toBeCloseTo(sum, 6);
      const heaviest = Math.max(...members.map((u) => weight[u] ?? 0));
      expect(weight[cells.largestMember[cell] ?? -1]).toBe(heaviest);
      expect(members).toContain(cells.largestMember[cell]);
    });
  });
  fc.assert(property, { seed, numRuns: runs(300) });
});

it('has middles that cost no more to serve than their members', () => {
  const property = fc.property(gathered, ({ sphere, weight, cells }) => {
    const middles = sphere.around(cells.centroid);
    membersOf(cells).forEach((members, cell) => {
      for (let c = 0; c < sphere.clusters; c++) {
        const all = members.reduce((sum, u) => sum + (weight[u] ?? 0) * sphere.kilometers(c, u), 0);
        const one = (cells.weight[cell] ?? 0) * middles.kilometers(c, cell);
        expect(one).toBeLessThanOrEqual(all * (1 + 1e-9) + 1e-3);
      }
    });
  });
  fc.assert(property, { seed, numRuns: runs(300) });
});

it('divides where members are far from one another', () => {
  const pair = (latitude: number) => [0, 1].map((d) => ({ latitude, longitude: d * 1e-3 }));
  const sphere = new Sphere(
    [{ latitude: 0, longitude: 0 }],
    [...pair(-60), ...pair(0), ...pair(60)],
  );
  const { cellOf } = cellsOf(sphere, new Float64Array(6).fill(1), new Int32Array(6), 3);
  expect([...cellOf]).toEqual([0, 0, 1, 1, 2, 2]);
});
