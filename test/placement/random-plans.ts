/** What random problems are made of: attributes, rules and prices from coarse grids, so that ties and boundaries happen. */
import * as fc from 'fast-check';

/** The clock of every random problem. */
export const NOW = '2026-11-21T05:30:00Z';
const now = Date.parse(NOW);

/** An instant so many seconds before the clock. */
export const instant = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** Nothing in all but one of `rarity` + 1 cases. */
const rarely = <T>(arbitrary: fc.Arbitrary<T>, rarity = 3): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: rarity, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const latitude = fc.integer({ min: -5500, max: 6500 }).map((value) => value / 100);
const longitude = fc.integer({ min: -17000, max: 17000 }).map((value) => value / 100);
const region = oneOf('africa', 'asia', 'europe');
const country = oneOf('DE', 'FR', 'JP', 'ZA');

const taint = oneOf(
  { key: 'maintenance', value: 'true', effect: 'NoPlace' },
  { key: 'old', effect: 'PreferNoPlace' },
  { key: 'failing', effect: 'Evict' },
);

const drawnCluster = fc.record({
  latitude,
  longitude,
  region,
  country,
  city: oneOf('Accra', 'Berlin', 'Chiba', undefined),
  provider: oneOf('x', 'y', 'z', undefined),
  labels: oneOf({ tier: 'edge' }, { tier: 'cloud' }, { tier: 'edge', rack: 'r1' }, {}),
  taints: rarely(fc.uniqueArray(taint, { minLength: 1, maxLength: 2 }), 5).map((one) => one ?? []),
  allocatable: rarely(
    fc.record({
      cpuMillicores: oneOf(undefined, 500, 1000, 2000, 4000),
      memoryMebibytes: oneOf(undefined, 1024, 2048, 4096),
      pods: oneOf(undefined, 3, 5, 11),
    }),
    1,
  ),
  requestsPerSecond: rarely(oneOf(15, 30, 60, 120), 2),
  usdPerHour: oneOf(0, 0, 0.4, 1, 2.5),
  usdPerReplicaHour: oneOf(0, 0.05, 0.2),
  usdPerGibibyteEgress: oneOf(0, 0.02, 0.09),
  signals: rarely(
    fc.record({
      value: oneOf(50, 200, 310, 480),
      observedAt: oneOf(600, 9000).map(instant),
      validForSeconds: fc.constant(7200),
    }),
    1,
  ).map((carbon) => (carbon === undefined ? {} : { carbon })),
  state: oneOf(...Array<string>(10).fill('ready'), 'cordoned', 'unreachable'),
  since: oneOf(60, 250, 400, 86400).map(instant),
});

/** A cluster without its name. Some that take nothing new do so because we may not or cannot ask them; the price says which. */
export const clusterArbitrary = drawnCluster.map(({ state, ...rest }) => ({
  ...rest,
  state: state === 'cordoned' ? closedState(rest.usdPerHour) : state,
}));

function closedState(usdPerHour: number): string {
  if (usdPerHour === 0) return 'cordoned';
  return usdPerHour < 2 ? 'forbidden' : 'misconfigured';
}

/** An origin without its name. */
export const originArbitrary = fc.record({
  latitude,
  longitude,
  region: oneOf('africa', 'asia', 'europe', undefined),
  country: oneOf('DE', 'FR', 'JP', undefined),
  requestsPerSecond: oneOf(0, 3, 7.5, 10, 12.5, 20, 29, 40, 55),
});

/** A Match is drawn from the attributes of some cluster, so that every value in it exists. */
const pickArbitrary = fc.record({
  cluster: fc.nat(1000),
  by: oneOf('region', 'country', 'city', 'provider', 'name', 'tier', 'two'),
});
/** Which cluster a Match is drawn from, and by which attribute. */
export type Pick = { readonly cluster: number; readonly by: string };
const tolerationArbitrary = oneOf(
  { key: 'maintenance', operator: 'Exists' },
  { key: 'maintenance', value: 'true', effect: 'NoPlace' },
  { key: 'maintenance', value: 'false' },
  { key: 'old', operator: 'Exists' },
  { key: 'failing', operator: 'Exists' },
  { key: 'failing', operator: 'Exists', tolerationSeconds: 300 },
  { key: 'littoral.dev/unreachable', operator: 'Exists', tolerationSeconds: 100 },
  { key: 'littoral.dev/unreachable', operator: 'Exists', effect: 'Evict' },
);

const spreadArbitrary = fc
  .record(
    {
      by: oneOf<unknown>('region', 'country', 'city', 'provider', { label: 'tier' }),
      maxGroups: fc.integer({ min: 2, max: 3 }),
      minGroups: fc.integer({ min: 1, max: 2 }),
      maxPerGroup: fc.integer({ min: 1, max: 2 }),
      maxSkew: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: ['by'] },
  )
  .filter((one) => Object.keys(one).length > 1);

/** `ease` makes the rules that leave problems without an answer rarer. */
const constraintsArbitrary = (ease: number) =>
  fc.record({
    minClusters: oneOf(1, 1, 2, 2, 3),
    more: fc.integer({ min: 0, max: 3 }),
    minRequestsPerSecond: oneOf(0, 0, 5, 20, 40),
    mustInclude: rarely(
      fc.array(fc.tuple(pickArbitrary, oneOf(1, 1, 2)), { maxLength: 2 }),
      4 * ease,
    ),
    mustIncludeEvery: rarely(pickArbitrary, 9 * ease),
    mustNotInclude: rarely(pickArbitrary, 7 * ease),
    chooseFrom: rarely(fc.array(pickArbitrary, { minLength: 1, maxLength: 2 }), 9 * ease),
    tolerations: rarely(
      fc.uniqueArray(tolerationArbitrary, {
        maxLength: 3,
        selector: (one: { key: string }) => one.key,
      }),
      1,
    ),
    residency: rarely(
      fc.record({
        origins: oneOf({ region: 'europe' }, { country: 'JP' }),
        clusters: pickArbitrary,
      }),
      6 * ease,
    ),
    latency: rarely(
      fc.record({ milliseconds: oneOf(120, 200, 260, 320), share: oneOf(0.5, 0.8, 0.9, 1) }),
      5 * ease,
    ),
    spread: rarely(fc.array(spreadArbitrary, { minLength: 1, maxLength: 2 }), 5 * ease),
    apartKilometers: rarely(oneOf(500, 2000, 5000), 6 * ease),
    capacity: oneOf<unknown>(
      false,
      undefined,
      undefined,
      { headroom: 0.1 },
      { headroom: 0.25 },
      { assignment: 'whole' },
    ),
    budget: rarely(fc.record({ usdPerHour: oneOf(1.2, 2.7, 5.1) }), 9 * ease),
    survive: rarely(fc.constant(1), 8 * ease).map((one) => one ?? 0),
    carbon: rarely(
      fc.record(
        { max: oneOf(250, 400), min: oneOf(60), missing: oneOf('reject', 'ignore', 'ignore') },
        { requiredKeys: ['missing'] },
      ),
      8 * ease,
    ),
  });

const objectiveArbitrary = fc.record({
  latency: oneOf(1, 1, 0.5),
  distance: oneOf(0, 0, 0.03),
  money: oneOf(0, 0, 1, 700),
  carbon: oneOf(0, 0, 0.03),
  preferred: rarely(
    fc.array(fc.tuple(pickArbitrary, oneOf(5, 400)), { minLength: 1, maxLength: 2 }),
    3,
  ),
  change: oneOf(0, 0, 7, 300),
});

const workloadArbitrary = fc.record({
  cpuMillicores: oneOf(100, 250, 500),
  requestsPerSecondPerReplica: oneOf(10, 12.5, 50),
  minReplicas: oneOf(1, 1, 2),
  kibibytesPerResponse: oneOf(0, 40),
  second: rarely(oneOf(0.5, 2, 0), 4),
});

const stabilityArbitrary = fc.record({
  minDwellSeconds: oneOf(0, 600, 600),
  maxChanges: rarely(oneOf(0, 1, 2, 3), 3),
  minGain: oneOf(0, 0.02, 0.2),
  enterRequestsPerSecond: rarely(oneOf(22, 25, 45), 6),
  exitRequestsPerSecond: rarely(oneOf(0, 4, 15), 6),
  isFrozen: oneOf(false, false, false, false, true),
});

/** An app with all kinds of rules. */
export const appArbitrary = (ease: number) =>
  fc.record({
    constraints: constraintsArbitrary(ease),
    objective: objectiveArbitrary,
    workload: workloadArbitrary,
    stability: stabilityArbitrary,
    tiers: rarely(fc.array(pickArbitrary, { minLength: 1, maxLength: 3 }), 6),
    isStatic: rarely(fc.constant(true), 19).map((one) => one ?? false),
    previous: rarely(
      fc.record({
        chosen: fc.array(fc.nat(1000), { maxLength: 4 }),
        young: fc.nat(4),
        hasGone: oneOf(false, false, false, false, true),
      }),
      1,
    ),
    links: fc.record({
      together: oneOf(...Array<boolean>(8).fill(false), true),
      apart: oneOf(...Array<boolean>(6).fill(false), true),
    }),
  });
/** One app, before its picks are looked up in a fleet. */
export type AppPlan = ReturnType<typeof appArbitrary> extends fc.Arbitrary<infer T> ? T : never;
