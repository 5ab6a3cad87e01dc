/** Costs of many pairs: lists and cells say no more than all pairs would. */
import { parseFleet } from '../../../constructs/model/fleet-document';
import { compileApp, fullStability } from '../../../constructs/placement/compile/compile';
import { implicitCosts } from '../../../constructs/placement/compile/implicit-costs';
import { pairsOf } from '../../../constructs/placement/compile/latency';
import { world } from '../../bench/world';
import { app } from '../../build';

const [m, n] = [120, 2000];
const documents = world(m, n, 5);
const measured = [0, 7, 31].map(
  (u) =>
    [documents.demand.origins[u]?.name ?? '', documents.fleet.clusters[u]?.name ?? '', 1] as const,
);
const fleet = parseFleet({ ...documents.fleet, latency: measured });
const residency = [{ origins: { name: 'o000003' }, clusters: { region: 'europe' } }];
const shop = app(
  'shop',
  {
    constraints: {
      minClusters: 9,
      maxClusters: 9,
      capacity: false,
      minRequestsPerSecond: 0,
      residency,
      latency: { milliseconds: 150 },
    },
    objective: { latency: 1, distance: 0.01 },
  },
  { demand: { observedAt: documents.demand.observedAt, origins: documents.demand.origins } },
);
const demand = { ...documents.demand, validForSeconds: 600 };
const compiled = compileApp(
  { app: shop, fleet, demand, previous: undefined, now: 0 },
  1,
  fullStability,
);
const { problem, origins, terms } = compiled;
const pairs = pairsOf(fleet, origins, false);
const many = implicitCosts(
  { app: shop, fleet, origins, pairs, terms, legal: new Uint8Array(0), allowed: problem.allowed },
  { perMillisecond: 1, perKilometer: 0.01, flat: new Float64Array(m) },
);
const { coarsening } = many;
if (coarsening === undefined) throw new Error('no cells');

const held = (c: number, u: number) => problem.cost[c * n + u] ?? Number.NaN;
const mean = Float64Array.from({ length: n }, (_, u) => {
  const legal = [...Array(m).keys()].map((c) => held(c, u)).filter(Number.isFinite);
  return legal.reduce((sum, one) => sum + one, 0) / Math.max(1, legal.length);
});
const some = Uint8Array.from({ length: m }, (_, c) => (c % 3 === 0 ? 1 : 0));
const everyone = new Uint8Array(m).fill(1);

it('costs of pairs are those of looking at all of them, be they measured, far or not legal', () => {
  let [near, far, not] = [0, 0, 0];
  for (let c = 0; c < m; c++) {
    for (let u = 0; u < n; u += 3) {
      const cost = many.at(c, u);
      if (held(c, u) === Infinity) not++;
      else if (held(c, u) < (mean[u] ?? 0)) near++;
      else far++;
      const isSame =
        held(c, u) === Infinity
          ? cost === Infinity
          : Math.abs(cost - held(c, u)) <= 1e-9 * held(c, u);
      if (!isSame) expect([c, u, cost]).toEqual([c, u, held(c, u)]);
    }
  }
  expect(Math.min(near, far, not)).toBeGreaterThan(100);
});

it.each([
  ['of first lists', many.lists(), everyone],
  ['up to half of the mean cost', coarsening.reach(mean.map((cost) => cost / 2)), everyone],
  ['of some clusters', coarsening.among(some, mean), some],
] as const)('pairs that are left out cost at least what lists %s say', (_, lists, keeps) => {
  const listed = new Set<number>();
  for (let c = 0; c < m; c++) {
    for (let k = lists.start[c] ?? 0; k < (lists.start[c + 1] ?? 0); k++) {
      if (keeps[c] === 0) expect(c).toBe('left out');
      listed.add(c * n + (lists.origin[k] ?? 0));
    }
  }
  expect(listed.size).toBe(lists.cost.length);
  let left = 0;
  for (let c = 0; c < m; c++) {
    for (let u = 0; u < n; u++) {
      const cost = held(c, u);
      if (keeps[c] === 0 || cost === Infinity || listed.has(c * n + u)) continue;
      left++;
      if (cost < (lists.cap[u] ?? 0) * (1 - 1e-9)) expect(cost).toBe(lists.cap[u]);
    }
  }
  expect(left).toBeGreaterThan(1000);
});

it('reach has every pair up to the cost that was asked for', () => {
  const lists = coarsening.reach(mean);
  expect(many.lists()).toBe(lists);
  for (let u = 0; u < n; u++) {
    expect(lists.cap[u] ?? 0).toBeGreaterThanOrEqual((mean[u] ?? 0) * (1 - 1e-9));
  }
});

it('cells have all the requests, and costs about those of their members', () => {
  const { cellOf, cost, requestsPerSecond, origins: cells } = coarsening.coarser();
  const sums = new Float64Array(cells);
  for (let u = 0; u < n; u++) sums[cellOf[u] ?? -1] += problem.requestsPerSecond[u] ?? 0;
  for (let g = 0; g < cells; g++) expect(requestsPerSecond[g]).toBeCloseTo(sums[g] ?? 0, 6);
  // Cluster 40 is nobody's measured one.
  let [told, real] = [0, 0];
  const isWhole = new Uint8Array(cells).fill(1);
  for (let u = 0; u < n; u++) if (held(40, u) === Infinity) isWhole[cellOf[u] ?? -1] = 0;
  for (let u = 0; u < n; u++) if (isWhole[cellOf[u] ?? -1] === 1) real += held(40, u);
  for (let g = 0; g < cells; g++) if (isWhole[g] === 1) told += cost[40 * cells + g] ?? 0;
  expect(told).toBeLessThanOrEqual(real);
  expect(told).toBeGreaterThan(0.99 * real);
});

it('each origin is served where that costs least, of clusters near and far, the earlier of two', () => {
  for (const open of [[3], [0, 7, 31, 64], [...Array(m).keys()]]) {
    const { served, cost } = many.cheapest(open);
    for (let u = 0; u < n; u++) {
      const costs = open.map((c) => many.at(c, u));
      const least = Math.min(...costs);
      const expected = least === Infinity ? -1 : costs.indexOf(least);
      if (served[u] !== expected)
        expect([open.length, u, served[u]]).toEqual([open.length, u, expected]);
      expect(cost[u]).toBe(least);
    }
  }
});

it('savings by any prices are those of all pairs, measured ones and ones that are not legal included', () => {
  for (const share of [0.2, 0.6, 1.5]) {
    const prices = mean.map((cost, u) => share * cost * (1 + (u % 7) / 10));
    const { saved, load } = many.cheaper(prices);
    for (let c = 0; c < m; c++) {
      let [sum, requests] = [0, 0];
      for (let u = 0; u < n; u++) {
        const less = (prices[u] ?? 0) - many.at(c, u);
        if (less <= 0) continue;
        sum -= less;
        requests += problem.requestsPerSecond[u] ?? 0;
      }
      expect(saved[c]).toBeCloseTo(sum, 5);
      expect(load[c]).toBeCloseTo(requests, 5);
    }
  }
});
