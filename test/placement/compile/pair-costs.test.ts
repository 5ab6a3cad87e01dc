/** Costs of pairs: the sum of all terms, and when all of them are held. */
import { parseFleet } from '../../../constructs/model/fleet-document';
import { compileApp, fullStability } from '../../../constructs/placement/compile/compile';
import { storesAllPairs } from '../../../constructs/placement/compile/pair-costs';
import { parseEdgeApp } from '../../../constructs/policy/edge-app-document';
import { world } from '../../bench/world';

const { fleet: fleetDocument, demand } = world(40, 60, 9);
const fleet = parseFleet(fleetDocument);

function appWith(constraints: object, objective: object) {
  return parseEdgeApp({
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'EdgeApp',
    name: 'shop',
    workload: {
      image: 'registry.example/shop:1',
      resources: { cpuMillicores: 1, memoryMebibytes: 1 },
      requestsPerSecondPerReplica: 50,
    },
    policy: { constraints: { minRequestsPerSecond: 0, ...constraints }, objective },
    demand: { observedAt: demand.observedAt, origins: demand.origins },
  });
}

it('are milliseconds and kilometres by weight and requests, nowhere where it is not legal', () => {
  const app = appWith({ latency: { milliseconds: 120 } }, { latency: 2, distance: 0.5 });
  const { problem, pairs } = compileApp(
    { app, fleet, demand: { ...demand, validForSeconds: 600 }, previous: undefined, now: 0 },
    1,
    fullStability,
  );
  let illegal = 0;
  for (let c = 0; c < problem.clusters; c++) {
    for (let u = 0; u < problem.origins; u++) {
      const milliseconds = pairs.millisecondsAt(c, u);
      const unit = 2 * milliseconds + 0.5 * pairs.kilometersAt(c, u);
      const weight = problem.requestsPerSecond[u] ?? 0;
      const cost = problem.cost[c * problem.origins + u] ?? 0;
      if (milliseconds > 120) illegal++;
      if (milliseconds > 120) expect(cost).toBe(Number.POSITIVE_INFINITY);
      else expect(Math.abs(cost / (unit * weight) - 1)).toBeLessThan(1e-12);
    }
  }
  expect(illegal).toBeGreaterThan(0);
  expect(illegal).toBeLessThan(problem.cost.length);
});

/** As many clusters and origins as make so many pairs; only their number counts. */
function sized(clusters: number, origins: number) {
  const [one] = fleet.clusters;
  const [origin] = demand.origins;
  if (one === undefined || origin === undefined) throw new Error('nobody');
  return [
    { ...fleet, clusters: Array.from({ length: clusters }, () => one) },
    Array.from({ length: origins }, () => origin),
  ] as const;
}

it.each([
  ['few', 100, 1000, { capacity: false }, false, true],
  ['more, and distance alone decides', 1000, 10_000, { capacity: false }, false, false],
  ['more, on a way from a previous set', 1000, 10_000, { capacity: false }, true, true],
  [
    'more, with thresholds',
    1000,
    10_000,
    { capacity: false, minRequestsPerSecond: 20 },
    false,
    true,
  ],
  ['more, next to another app', 1000, 10_000, { capacity: false, apart: ['other'] }, false, true],
  ['very many', 1000, 30_000, { capacity: false, minRequestsPerSecond: 20 }, true, false],
  [
    'very many, all of which a budget asks for',
    1000,
    30_000,
    { budget: { usdPerHour: 9 } },
    false,
    true,
  ],
] as const)('of %s: are held or not', (_, clusters, origins, constraints, isMoving, expected) => {
  const [many, asking] = sized(clusters, origins);
  expect(storesAllPairs(appWith(constraints, { latency: 1 }), many, asking, isMoving)).toBe(
    expected,
  );
});

it('are held, however many, when most were measured', () => {
  const [many, asking] = sized(1000, 10_000);
  const latency = Array.from({ length: 1_500_000 }, () => ['o', 'c', 1] as const);
  const app = appWith({ capacity: false }, { latency: 1 });
  expect(storesAllPairs(app, { ...many, latency }, asking, false)).toBe(true);
  expect(storesAllPairs(app, { ...many, latency: latency.slice(0, 1000) }, asking, false)).toBe(
    false,
  );
});

it.each([
  ['budget', { budget: { usdPerHour: 9 } }],
  ['survive', { capacity: false, survive: 1 }],
  ['latency.share', { capacity: false, latency: { milliseconds: 100, share: 0.9 } }],
] as const)(
  'are too many to hold where %s asks for all of a billion: that is said',
  (rule, constraints) => {
    const [many, asking] = sized(10_000, 100_000);
    const app = appWith(constraints, { latency: 1 });
    expect(() => storesAllPairs(app, many, asking, false)).toThrow(
      `shop: policy.constraints.${rule}: policy.constraints.${rule} has to look at every pair of 10000 clusters and 100000 origins`,
    );
  },
);

it('of several rules that need too many pairs, name the first of latency, survive, budget and capacity', () => {
  const [many, asking] = sized(10_000, 100_000);
  const limited = {
    ...many,
    clusters: many.clusters.map((one) => ({ ...one, requestsPerSecond: 1000 })),
  };
  const rules = [
    ['latency.share', { latency: { milliseconds: 100, share: 0.9 } }],
    ['survive', { survive: 1 }],
    ['budget', { budget: { usdPerHour: 9 } }],
    ['capacity', {}],
  ] as const;
  rules.forEach(([first], from) => {
    const constraints = Object.assign({}, ...rules.slice(from).map(([, one]) => one));
    expect(() =>
      storesAllPairs(appWith(constraints, { latency: 1 }), limited, asking, false),
    ).toThrow(`shop: policy.constraints.${first}: `);
  });
});
