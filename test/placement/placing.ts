/** Small worlds for the tests of placement: clusters on a line of the equator, where a degree is 111.2 km. */
import type { AppDecision, PlacementDecision } from '../../constructs/model/decision';
import { rejectionsOf } from '../../constructs/model/rejections';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import type { PlacementPolicyInput } from '../../constructs/policy/policy';
import { app, type ClusterBuilder, cluster, demand, fleet, NOW, origin } from '../build';

/** Constraints as written. */
export type Constraints = NonNullable<PlacementPolicyInput['constraints']>;

/** No rule asks for anything. */
export const free: Constraints = { minClusters: 1, maxClusters: 10, minRequestsPerSecond: 0 };

/** A cluster on the equator. */
export const at = (name: string, longitude: number): ClusterBuilder =>
  cluster(name).at(0, longitude);
/** An origin on the equator. */
export const from = (name: string, longitude: number, requestsPerSecond = 100) =>
  origin(name, requestsPerSecond).at(0, longitude);

/** Four clusters, ten degrees apart, each with an origin beside it. */
export const four = [at('a', 0), at('b', 10), at('c', 20), at('d', 30)];
/** The origins beside them. */
export const fourOrigins = [from('oa', 0), from('ob', 10), from('oc', 20), from('od', 30)];

/** The input of one app `shop` with this policy. */
export function inputOf(
  policy: PlacementPolicyInput,
  clusters: readonly ClusterBuilder[] = four,
  origins = fourOrigins,
): PlaceInput {
  return {
    fleet: fleet(...clusters),
    demand: demand(...origins),
    apps: [app('shop', policy)],
  };
}

/** The decision for its only app. */
export function decide(input: PlaceInput): AppDecision {
  const [decision] = place(input).apps;
  if (decision === undefined) throw new Error('nothing was decided');
  return decision;
}

/** What is decided for one app with these constraints and none else. */
export function under(
  constraints: Constraints,
  clusters?: readonly ClusterBuilder[],
  origins?: typeof fourOrigins,
): AppDecision {
  return decide(inputOf({ constraints: { ...free, ...constraints } }, clusters, origins));
}

/** Names of the chosen clusters; the conflict when there are none. */
export function chosen(decision: AppDecision): readonly string[] | string {
  return decision.satisfied
    ? decision.clusters.map(({ name }) => name)
    : (decision.conflict?.summary ?? '');
}

/** Rule and reason by cluster, of those that were never chosen. */
export function refusals(decision: AppDecision): Record<string, string> {
  return Object.fromEntries(
    rejectionsOf({ apps: [decision] }, decision.app).map(({ name, rule, reason }) => [
      name,
      `${rule}: ${reason}`,
    ]),
  );
}

/** So many seconds before NOW. */
export const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

/** The decision that had chosen these clusters for `shop` an hour ago, by default two hours before. */
export function chose(
  names: readonly string[],
  since: Readonly<Record<string, string>> = {},
  appName = 'shop',
): PlacementDecision {
  return {
    apiVersion: 'littoral.dev/v1alpha1',
    kind: 'PlacementDecision',
    now: ago(3600),
    objective: { value: 0, bound: 0, gap: 0 },
    apps: [
      {
        app: appName,
        satisfied: true,
        clusters: names.map((name) => ({
          name,
          requestsPerSecond: 100,
          replicas: 2,
          since: since[name] ?? ago(7200),
          change: 'added',
          reason: 'was there',
        })),
        dropped: [],
        rejected: [],
        assignments: [],
        objective: { value: 0, bound: 0, gap: 0, terms: {} },
        latency: { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 },
        cost: { usdPerHour: 1, delta: 0 },
        churnCurve: [],
        warnings: [],
      },
    ],
    prices: [],
    certificate: {},
    inputs: { fleet: '', demand: null, apps: '', previous: null, observedAt: null },
    engine: { version: '0', workUnits: 0 },
    digest: 'sha256:previous',
  };
}
