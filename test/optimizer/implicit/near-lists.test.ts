/** Lists from geography against looking at every pair. */

import { Sphere } from '../../../constructs/model/sphere';
import { nearLists, pairsWithin } from '../../../constructs/optimizer/implicit/near-lists';
import { seeded } from '../../bench/world';

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
const costOver = (c: number, u: number, kilometers: number): number =>
  members[kind[u] ?? 0]?.includes(c) ? kilometers + (c % 7) : Number.POSITIVE_INFINITY;
const cost = (c: number, u: number): number => {
  const over = costOver(c, u, sphere.kilometers(c, u));
  return over === Number.POSITIVE_INFINITY ? over : (extra.get(u)?.get(c) ?? over);
};
const leastBeyond = (_: number, kilometers: number) => kilometers;
const around = { sphere, kind, members, costOver, cost, leastBeyond, extra };
const short = nearLists(around, 12);
/** Nothing for some, everything for others. */
const reach = Float64Array.from({ length: origins }, (_, u) => (u % 11) * 2100);
const reaching = nearLists(around, reach);
/** As far for all, so that no group has an origin which reaches everywhere. */
const even = nearLists(around, new Float64Array(origins).fill(3000));

const listed = (u: number, lists = short): ReadonlyMap<number, number> => {
  const found = new Map<number, number>();
  for (let c = 0; c < clusters; c++) {
    for (let k = lists.start[c] ?? 0; k < (lists.start[c + 1] ?? 0); k++) {
      if (lists.origin[k] === u) found.set(c, lists.cost[k] ?? Number.NaN);
    }
  }
  return found;
};

describe('lists of near pairs', () => {
  it.each([
    ['so many', short],
    ['so far', reaching],
    ['as far', even],
  ])('%s: leave out no pair that costs less than they say', (_, lists) => {
    for (let u = 0; u < origins; u++) {
      const found = listed(u, lists);
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
      expect(short.cap[u] === Number.POSITIVE_INFINITY).toBe(all <= 12);
    }
  });

  it('reach as far as asked for, and say so', () => {
    for (let u = 0; u < origins; u++) {
      const most = reach[u] ?? 0;
      const beyond = listed(u, reaching);
      for (const c of beyond.keys()) {
        if (u !== 0 || c !== 5) expect(sphere.kilometers(c, u)).toBeLessThanOrEqual(most + 1e-6);
      }
      if (most > 20_100) expect(reaching.cap[u]).toBe(Number.POSITIVE_INFINITY);
      else expect(reaching.cap[u]).toBeCloseTo(most, 6);
    }
  });

  it('are told in number before they are made, about', () => {
    const said = pairsWithin(around, reach);
    expect(Math.abs(said / reaching.cost.length - 1)).toBeLessThan(0.05);
  });

  it('have every pair whose cost does not follow from distance, once', () => {
    expect(listed(0).get(5)).toBe(123);
    const pairs = [...short.origin.keys()].filter((k) => short.origin[k] === 0);
    expect(pairs.length).toBe(listed(0).size);
  });
});
