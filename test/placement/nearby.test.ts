/** Lists from geography against looking at every pair. */
import { nearbyLists } from '../../constructs/placement/nearby';
import { Sphere } from '../../constructs/placement/sphere';
import { seeded } from '../bench/world';

const random = seeded(3);
const points = (count: number) =>
  Array.from({ length: count }, () => ({
    latitude: Math.round(-80 + 160 * random()),
    longitude: Math.round(-180 + 360 * random()),
  }));
const [clusters, origins, kinds] = [90, 400, 3];
const sphere = new Sphere(points(clusters), points(origins));
const kind = Int32Array.from({ length: origins }, (_, u) => u % kinds);
/** Kind 0 may go everywhere, 1 to few, 2 to nobody. */
const members = [
  Int32Array.from({ length: clusters }, (_, c) => c),
  Int32Array.from([3, 17, 40, 77]),
  new Int32Array(0),
];
const extra = new Map([[0, new Map([[5, 123]])]]);
const cost = (c: number, u: number): number => {
  if (!members[kind[u] ?? 0]?.includes(c)) return Number.POSITIVE_INFINITY;
  return extra.get(u)?.get(c) ?? sphere.kilometers(c, u) + (c % 7);
};
const leastBeyond = (_: number, kilometers: number) => kilometers;
const lists = nearbyLists({ sphere, kind, members, cost, leastBeyond, extra }, 12);

const listed = (u: number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (let c = 0; c < clusters; c++) {
    for (let k = lists.start[c] ?? 0; k < (lists.start[c + 1] ?? 0); k++) {
      if (lists.origin[k] === u) found.set(c, lists.cost[k] ?? Number.NaN);
    }
  }
  return found;
};

describe('lists of near pairs', () => {
  it('leave out no pair that costs less than they say', () => {
    for (let u = 0; u < origins; u++) {
      const found = listed(u);
      for (let c = 0; c < clusters; c++) {
        const known = found.get(c);
        if (known === undefined) expect(cost(c, u)).toBeGreaterThanOrEqual(lists.cap[u] ?? 0);
        else expect(known).toBe(cost(c, u));
      }
    }
  });

  it('are as long as asked for where there are so many, and complete where there are fewer', () => {
    for (let u = 0; u < origins; u++) {
      const all = members[u % kinds]?.length ?? 0;
      expect(listed(u).size).toBeGreaterThanOrEqual(Math.min(12, all));
      expect(listed(u).size).toBeLessThan(40);
      expect(lists.cap[u] === Number.POSITIVE_INFINITY).toBe(all <= 12);
    }
  });

  it('have every pair whose cost does not follow from distance, once', () => {
    expect(listed(0).get(5)).toBe(123);
    const pairs = [...lists.origin.keys()].filter((k) => lists.origin[k] === 0);
    expect(pairs.length).toBe(listed(0).size);
  });
});
