/** Random placement problems, told as documents: small fleets on which every rule, tie and boundary has a chance to matter. */
import * as fc from 'fast-check';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { cosine, sine } from '../../constructs/model/trigonometry';
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import { checkNames } from '../../constructs/policy/names';
import type { PlaceInput } from '../../constructs/policy/place-input';
import {
  type AppPlan,
  appArbitrary,
  clusterArbitrary,
  instant,
  NOW,
  originArbitrary,
  type Pick,
} from './random-plans';

/** How large the problems are. */
export interface Size {
  readonly apps: number;
  readonly clusters: number;
  readonly origins: number;
}

type ClusterDocument = { readonly name: string } & Readonly<Record<string, unknown>> & {
    readonly labels: Readonly<Record<string, string>>;
  };

function matchOf({ cluster, by }: Pick, clusters: readonly ClusterDocument[]): object {
  const one = clusters[cluster % clusters.length] as ClusterDocument;
  const next = clusters[(cluster + 1) % clusters.length] as ClusterDocument;
  if (by === 'tier' && one.labels.tier && cluster % 2 === 1) {
    const key = 'tier';
    const operator = ['In', 'NotIn', 'Exists', 'DoesNotExist'][(cluster >> 1) % 4] as string;
    const isListed = operator.endsWith('In');
    const values = isListed ? { values: [one.labels.tier] } : {};
    return { matchExpressions: [{ key, operator, ...values }] };
  }
  if (by === 'tier' && one.labels.tier) return { labels: { tier: one.labels.tier } };
  if (by === 'name') return { name: [...new Set([one.name, next.name])] };
  if (by === 'two') return { region: one.region, country: one.country };
  if (by === 'city' && one.city) return { city: one.city };
  if (by === 'country') return { country: [...new Set([one.country, next.country])] };
  return by === 'provider' && one.provider ? { provider: one.provider } : { region: one.region };
}

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
    latitude: place.latitude + 0.0131 * sine(index + 1),
    longitude: place.longitude + 0.0177 * cosine(3 * index),
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
  const { more, carbon, mustInclude, mustIncludeEvery, ...restricted } = plan;
  const { mustNotInclude, chooseFrom, residency, ...rest } = restricted;
  const other = appNames[(index + 1) % setting.count] as string;
  return plain({
    ...rest,
    maxClusters: plan.minClusters + more,
    mustInclude: mustInclude?.map(([pick, count]) => ({ ...at(pick), count })),
    mustIncludeEvery: mustIncludeEvery && [at(mustIncludeEvery)],
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
