/** Random fleets with little room for several apps of mixed sizes and policies, some of them decided before. */
import * as fc from 'fast-check';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';

const BEFORE = '2026-11-21T03:30:00Z';
const NOW = '2026-11-21T05:30:00Z';

const degrees = fc.tuple(
  fc.double({ min: -60, max: 60, noNaN: true }),
  fc.double({ min: -170, max: 170, noNaN: true }),
);

const appArbitrary = fc.record({
  carried: fc.constantFrom(20, 50, 75, 120),
  cpuMillicores: fc.constantFrom(100, 250, 500, 1000),
  memoryMebibytes: fc.constantFrom(64, 256, 700, 1024),
  /** Replicas that it has without load; the second component has one. */
  minReplicas: fc.constantFrom(undefined, undefined, 2),
  isOfTwo: fc.boolean(),
  /** Undefined: the default of a policy. */
  minimum: fc.constantFrom(undefined, undefined, 0, 5, 60),
  range: fc.option(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }))),
  headroom: fc.constantFrom(undefined, undefined, 0.1),
  isWhole: fc.boolean(),
  spread: fc.boolean(),
  survive: fc.constantFrom(0, 0, 0, 1),
  milliseconds: fc.constantFrom(undefined, undefined, undefined, 150),
  money: fc.constantFrom(0, 0, 300),
});
type DrawnApp = typeof appArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** How large the fleets are at most, and whether origins of some apps are not to be divided. */
export interface CrowdedSize {
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
  readonly mayBeWhole: boolean;
}

/** Fleets with 0.9 to 2.2 times the room that the apps need, in CPU and in memory. */
export const crowdedProblems = ({
  apps,
  clusters,
  origins,
  mayBeWhole,
}: CrowdedSize): fc.Arbitrary<PlaceInput> =>
  fc
    .record({
      clusters: fc.array(fc.tuple(degrees, fc.integer({ min: 3, max: 17 })), {
        minLength: 3,
        maxLength: clusters,
        size: 'max',
      }),
      origins: fc.array(degrees, { minLength: 2, maxLength: origins, size: 'max' }),
      apps: fc.array(appArbitrary, { minLength: 2, maxLength: apps, size: 'max' }),
      loads: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 24, maxLength: 24 }),
      room: fc.double({ min: 0.9, max: 2.2, noNaN: true }),
      memory: fc.double({ min: 0.7, max: 3, noNaN: true }),
      /** How demand was before, by app and origin, as a percentage of what it is; without: never decided. */
      before: fc.option(
        fc.array(fc.integer({ min: 40, max: 250 }), { minLength: 7, maxLength: 7 }),
      ),
      requestsLimit: fc.constantFrom(undefined, undefined, undefined, 1.3),
    })
    .map((plan) => inputOf(plan, mayBeWhole));

interface Plan {
  readonly clusters: readonly (readonly [readonly [number, number], number])[];
  readonly origins: readonly (readonly [number, number])[];
  readonly apps: readonly DrawnApp[];
  readonly loads: readonly number[];
  readonly room: number;
  readonly memory: number;
  readonly before: readonly number[] | null;
  readonly requestsLimit: number | undefined;
}

function inputOf(plan: Plan, mayBeWhole: boolean): PlaceInput {
  const apps = plan.apps.map((app, a) => parseEdgeApp(documentOf(app, `app${a}`, mayBeWhole)));
  const fleet = fleetOf(plan);
  const now: PlaceInput = { fleet, apps, now: NOW, demand: demandOf(plan, () => 100, NOW) };
  const { before } = plan;
  if (before === null) return now;
  const share = (index: number) => before[index % before.length] as number;
  const previous = place({ ...now, now: BEFORE, demand: demandOf(plan, share, BEFORE) });
  return { ...now, previous };
}

const loadOf = ({ loads }: Plan, a: number, o: number) =>
  loads[(a * 5 + o * 3) % loads.length] as number;

function demandOf(plan: Plan, share: (index: number) => number, observedAt: string) {
  return Object.fromEntries(
    plan.apps.map((_, a) => {
      const origins = plan.origins.map(([latitude, longitude], o) => ({
        name: `o${o}`,
        latitude,
        longitude,
        requestsPerSecond: Math.ceil((loadOf(plan, a, o) * share(a + o)) / 100),
      }));
      return [`app${a}`, parseDemand({ observedAt, origins })];
    }),
  );
}

/** Room is what the apps need in all, divided unevenly. */
function fleetOf(plan: Plan) {
  const shares = plan.clusters.reduce((sum, [, share]) => sum + share, 0);
  let [cpu, memory, requests] = [0, 0, 0];
  for (const [a, app] of plan.apps.entries()) {
    const load = plan.origins.reduce((sum, _, o) => sum + loadOf(plan, a, o), 0);
    const replicas = load / app.carried + (app.range?.[0] ?? 2) / 2;
    const size = app.isOfTwo ? 2 : 1;
    cpu += size * replicas * app.cpuMillicores;
    memory += size * replicas * app.memoryMebibytes;
    requests += load;
  }
  const part = (share: number, all: number) => Math.round((share / shares) * all);
  return parseFleet({
    clusters: plan.clusters.map(([[latitude, longitude], share], c) => ({
      name: `c${c}`,
      latitude,
      longitude,
      region: c % 2 === 0 ? 'north' : 'south',
      country: 'DE',
      usdPerHour: 1 + (c % 3),
      usdPerReplicaHour: 0.02 * (c % 4),
      allocatable: {
        cpuMillicores: part(share, plan.room * cpu),
        memoryMebibytes: part(share, plan.room * plan.memory * memory),
        pods: 200,
      },
      ...(plan.requestsLimit === undefined
        ? {}
        : { requestsPerSecond: part(share, plan.requestsLimit * requests) }),
    })),
  });
}

function documentOf(app: DrawnApp, name: string, mayBeWhole: boolean) {
  const { carried, minReplicas, isOfTwo, minimum, range, headroom, survive, milliseconds } = app;
  const web = {
    name: 'web',
    image: 'x',
    requestsPerSecondPerReplica: carried,
    resources: { cpuMillicores: app.cpuMillicores, memoryMebibytes: app.memoryMebibytes },
    ...(minReplicas === undefined ? {} : { minReplicas }),
  };
  const back = { ...web, name: 'back', requestsPerSecondPerReplica: carried * 1.5, minReplicas: 1 };
  const capacity = {
    ...(headroom === undefined ? {} : { headroom }),
    ...(app.isWhole && mayBeWhole ? { assignment: 'whole' } : {}),
  };
  const constraints = {
    ...(minimum === undefined ? {} : { minRequestsPerSecond: minimum }),
    ...(range === null ? {} : { minClusters: range[0], maxClusters: range[0] + range[1] }),
    ...(Object.keys(capacity).length > 0 ? { capacity } : {}),
    ...(app.spread ? { spread: [{ by: 'region', maxPerGroup: 2 }] } : {}),
    ...(survive > 0 && (range === null || range[0] + range[1] > 1) ? { survive } : {}),
    ...(milliseconds === undefined ? {} : { latency: { milliseconds, share: 0.7 } }),
  };
  const objective = app.money > 0 ? { objective: { latency: 1, money: app.money } } : {};
  return {
    name,
    workload: { components: isOfTwo ? [web, back] : [web] },
    policy: { constraints, ...objective },
  };
}
