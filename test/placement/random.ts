/** Random placement problems, told as documents: small fleets on which every rule, tie and boundary has a chance to matter. */
import * as fc from 'fast-check';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { edgeErrorsOf } from '../../constructs/model/errors';
import { parseFleet } from '../../constructs/model/fleet-document';
import { parseEdgeApp } from '../../constructs/placement/app-document';
import type { PlaceInput } from '../../constructs/placement/input';
import { checkNames } from '../../constructs/placement/names';

/** The clock of every random problem. */
export const NOW = '2026-11-21T05:30:00Z';
const now = Date.parse(NOW);

/** How large the problems are. */
export interface Size {
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
}

const instant = (secondsAgo: number) => new Date(now - secondsAgo * 1000).toISOString();
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

const clusterArbitrary = fc.record({
  latitude,
  longitude,
  region,
  country,
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

const originArbitrary = fc.record({
  latitude,
  longitude,
  region: oneOf('africa', 'asia', 'europe', undefined),
  country: oneOf('DE', 'FR', 'JP', undefined),
  requestsPerSecond: oneOf(0, 3, 7.5, 10, 12.5, 20, 29, 40, 55),
});

/** A Match is drawn from the attributes of some cluster, so that every value in it exists. */
const pickArbitrary = fc.record({
  cluster: fc.nat(1000),
  by: oneOf('region', 'country', 'provider', 'name', 'tier', 'two'),
});
type Pick = { readonly cluster: number; readonly by: string };
type ClusterDocument = { readonly name: string } & Readonly<Record<string, unknown>> & {
    readonly labels: Readonly<Record<string, string>>;
  };

function matchOf({ cluster, by }: Pick, clusters: readonly ClusterDocument[]): object {
  const one = clusters[cluster % clusters.length] as ClusterDocument;
  const next = clusters[(cluster + 1) % clusters.length] as ClusterDocument;
  if (by === 'tier' && one.labels.tier) return { labels: { tier: one.labels.tier } };
  if (by === 'name') return { name: [...new Set([one.name, next.name])] };
  if (by === 'two') return { region: one.region, country: one.country };
  if (by === 'country') return { country: [...new Set([one.country, next.country])] };
  return by === 'provider' && one.provider ? { provider: one.provider } : { region: one.region };
}

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
      by: oneOf<unknown>('region', 'country', 'provider', { label: 'tier' }),
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

const appArbitrary = (ease: number) =>
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
type AppPlan = ReturnType<typeof appArbitrary> extends fc.Arbitrary<infer T> ? T : never;

const appNames = ['amber', 'birch', 'cedar'];

/** Placement problems of up to this size; those that contradict themselves are left out. */
export function problems(size: Size): fc.Arbitrary<PlaceInput> {
  const several = size.apps > 1;
  return fc
    .record({
      clusters: fc.array(clusterArbitrary, {
        minLength: several ? 2 : 1,
        maxLength: size.clusters,
        size: 'max',
      }),
      demands: fc.array(
        fc.array(originArbitrary, { minLength: 1, maxLength: size.origins, size: 'max' }),
        {
          minLength: size.apps,
          maxLength: size.apps,
        },
      ),
      apps: fc.array(appArbitrary(several ? 5 : 1), {
        minLength: several ? 2 : 1,
        maxLength: size.apps,
      }),
      measured: fc.array(fc.tuple(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 30 })), {
        maxLength: 8,
      }),
    })
    .map((plan) => inputOf(plan, several))
    .filter((input) => input !== undefined);
}

interface Plan {
  readonly clusters: readonly Placed[];
  readonly demands: readonly (readonly (Placed & { readonly requestsPerSecond: number })[])[];
  readonly apps: readonly AppPlan[];
  readonly measured: readonly (readonly [number, number, number])[];
}

interface Placed {
  readonly latitude: number;
  readonly longitude: number;
}

/** A little to the side, each by another amount: equal distances, which several assignments share, stay rare. */
function aside<T extends Placed>(place: T, index: number): T {
  return {
    ...place,
    latitude: place.latitude + 0.0131 * Math.sin(index + 1),
    longitude: place.longitude + 0.0177 * Math.cos(3 * index),
  };
}

function inputOf(plan: Plan, several: boolean): PlaceInput | undefined {
  const clusters = plan.clusters.map((cluster, index) =>
    plain({ name: `c${String(index).padStart(2, '0')}`, ...aside(cluster, index) }),
  ) as unknown as readonly ClusterDocument[];
  const origins = (index: number) =>
    (plan.demands[index] ?? []).map((one, o) => plain({ name: `o${o}`, ...aside(one, o + 0.5) }));
  const hasDemand = plan.demands.every((all) => all.some((one) => one.requestsPerSecond > 0));
  if (!hasDemand) return undefined;
  try {
    const input: PlaceInput = {
      fleet: parseFleet({ clusters, latency: latencyOf(plan, clusters) }),
      apps: plan.apps.map((app, index) =>
        parseEdgeApp(appDocument(app, index, { clusters, several, count: plan.apps.length })),
      ),
      demand: several
        ? Object.fromEntries(
            plan.apps.map((_, index) => [appNames[index] as string, demandOf(origins(index))]),
          )
        : demandOf(origins(0)),
      now: NOW,
      ...previousOf(plan.apps, clusters, several),
    };
    return checkNames(input.apps, input.fleet).length === 0 ? input : undefined;
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors?.every(({ code }) => code === 'Contradiction' || code === 'UnknownName'))
      return undefined;
    throw thrown;
  }
}

function demandOf(origins: readonly object[]) {
  return parseDemand({ observedAt: NOW, origins });
}

/** Measured milliseconds are round numbers with a tail of their own, so that sums of them do not tie by accident. */
function latencyOf({ measured, demands }: Plan, clusters: readonly { readonly name: string }[]) {
  const widest = Math.max(...demands.map((all) => all.length));
  const pairs = new Map<string, readonly [string, string, number]>();
  for (const [o, c, tens] of measured) {
    const origin = `o${o % widest}`;
    const cluster = clusters[c % clusters.length]?.name ?? '';
    pairs.set(`${origin} ${cluster}`, [
      origin,
      cluster,
      tens * 10 + ((o % 97) + (c % 89) * 97) / 1e4,
    ]);
  }
  return [...pairs.values()];
}

interface Setting {
  readonly clusters: readonly ClusterDocument[];
  readonly several: boolean;
  readonly count: number;
}

function appDocument(plan: AppPlan, index: number, setting: Setting): object {
  const { objective, stability, tiers, isStatic } = plan;
  const at = (pick: Pick) => matchOf(pick, setting.clusters);
  const { isFrozen, ...steady } = stability;
  const freeze = isFrozen ? [{ from: instant(3600), until: instant(-3600) }] : [];
  const calm = { minDwellSeconds: 0, minGain: 0 };
  return plain({
    name: appNames[index],
    workload: workloadOf(plan),
    policy: plain({
      constraints: constraintsOf(plan, index, setting),
      tiers: setting.several ? undefined : tiers?.map(at),
      objective: {
        latency: objective.latency,
        distance: objective.distance,
        money: objective.money,
        change: objective.change,
        signals: hasCarbon(setting) && objective.carbon > 0 ? { carbon: objective.carbon } : {},
        preferred: (objective.preferred ?? []).map(([pick, weight]) => ({ ...at(pick), weight })),
      },
      stability: setting.several ? calm : plain({ ...steady, freeze }),
      static: isStatic && !setting.several,
    }),
  });
}

const hasCarbon = ({ clusters }: Setting) =>
  clusters.some(({ signals }) => Object.keys(signals as object).length > 0);

function workloadOf({ workload: { second, cpuMillicores, ...sizing } }: AppPlan): object {
  const one = {
    image: 'registry.example/app:1',
    resources: { cpuMillicores, memoryMebibytes: 256 },
    ...sizing,
  };
  if (second === undefined) return one;
  const other = { ...one, name: 'back', requestsPerRequest: second, minReplicas: 1 };
  return { components: [{ ...one, name: 'front' }, other] };
}

function constraintsOf({ constraints: plan, links }: AppPlan, index: number, setting: Setting) {
  const at = (pick: Pick) => matchOf(pick, setting.clusters);
  const { more, carbon, mustInclude, mustNotInclude, chooseFrom, residency, ...rest } = plan;
  const other = appNames[(index + 1) % setting.count] as string;
  return plain({
    ...rest,
    maxClusters: plan.minClusters + more,
    mustInclude: mustInclude?.map(([pick, count]) => ({ ...at(pick), count })),
    mustNotInclude: mustNotInclude && [at(mustNotInclude)],
    chooseFrom: chooseFrom?.map(at),
    residency: residency && [{ origins: residency.origins, clusters: at(residency.clusters) }],
    signals: carbon && hasCarbon(setting) ? { carbon: plain(carbon) } : undefined,
    together: setting.several && links.together && index === 0 ? [other] : undefined,
    apart: setting.several && links.apart && !(links.together && index === 0) ? [other] : undefined,
  });
}

function previousOf(
  plans: readonly AppPlan[],
  clusters: readonly { readonly name: string }[],
  several: boolean,
): { readonly previous?: PlacementDecision } {
  const apps = plans.flatMap(({ previous }, index) => {
    if (previous === undefined) return [];
    const names = previous.chosen.map((c) => clusters[c % clusters.length]?.name ?? '');
    if (previous.hasGone && !several) names.push('gone');
    const chosen = [...new Set(names)].sort();
    const lines = chosen.map((name, position) => ({
      name,
      since: instant(!several && position === previous.young ? 120 : 7200),
    }));
    return lines.length === 0 ? [] : [previousApp(appNames[index] as string, lines)];
  });
  if (apps.length === 0) return {};
  const objective = { value: 0, bound: 0, gap: 0 };
  const decision: Omit<PlacementDecision, 'digest'> = {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'PlacementDecision',
    now: instant(3600),
    objective,
    apps,
    prices: [],
    certificate: {},
    inputs: { fleet: '', demand: null, apps: '', previous: null, observedAt: null },
    engine: { version: '0.0.0', workUnits: 0 },
  };
  return { previous: { ...decision, digest: digestOf(decision) } };
}

function previousApp(
  app: string,
  lines: readonly { readonly name: string; readonly since: string }[],
): PlacementDecision['apps'][number] {
  return {
    app,
    satisfied: true,
    clusters: lines.map((line) => ({
      ...line,
      requestsPerSecond: 10,
      replicas: 1,
      change: 'added',
      reason: 'was there',
    })),
    dropped: [],
    rejected: [],
    assignments: [],
    objective: { value: 0, bound: 0, gap: 0, terms: {} },
    latency: { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 },
    cost: { usdPerHour: 0, delta: 0 },
    churnCurve: [],
    warnings: [],
  };
}

/** The object without members that are undefined, which documents do not know. */
function plain(object: object): object {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      if (value === undefined) return [];
      const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[key, isNested ? plain(value) : value]];
    }),
  );
}
