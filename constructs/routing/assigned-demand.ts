/** Assigned demand: the origins of one app with their requests, the clusters that the decision gave them, and who may serve them. */
import { isCountryCode, meantCountryCode } from '../model/countries';
import type { AppDecision, PlacementDecision } from '../model/decision';
import type { Demand, Origin } from '../model/demand';
import type { Cluster, Fleet } from '../model/fleet';
import type { Point } from '../model/geography';
import { type Matchable, matches } from '../model/match';
import { EdgeError, quoted } from '../parsing';
import { type Pairs, pairsOf } from '../placement';
import type { EdgeApp } from '../policy';

/** Origins with requests and chosen clusters, by index; both sorted by name. */
export interface AssignedDemand {
  readonly clusters: readonly Cluster[];
  readonly origins: readonly Origin[];
  /** By origin, as GeoIP databases name it; undefined where nothing says in which country it is. */
  readonly countries: readonly (string | undefined)[];
  /** Requests per second of all origins. */
  readonly total: number;
  /** Where the shares of an origin begin in `shareCluster` and `share`; one entry more than origins. */
  readonly sharesFrom: Int32Array;
  readonly shareCluster: Int32Array;
  readonly share: Float64Array;
  /** By share: the latency from its origin to its cluster. */
  readonly assignedMilliseconds: Float64Array;
  readonly pairs: Pairs;
  /** Latency of a pair without a measurement, by kilometres. */
  readonly modelMilliseconds: (kilometers: number) => number;
  /** Which chosen clusters may serve users like this one; equal sets are the same object. */
  readonly legal: (user: Matchable) => Uint8Array;
  /** Whether residency says anything. */
  readonly hasResidency: boolean;
}

/** The country of a point, or undefined at sea. */
export type CountryOf = (point: Point) => string | undefined;

/** What the decision says about one app. Throws EdgeError where it says nothing, or where nothing is chosen. */
export function decisionFor(decision: PlacementDecision, app: string): AppDecision {
  const found = decision.apps.find((one) => one.app === app);
  if (found === undefined) {
    throw new EdgeError({
      code: 'UnknownName',
      path: 'decision.apps',
      summary: `got a decision without the app ${quoted(app)}, expected one that places it`,
      remedy: 'Decide for this app first, or pass the decision that did.',
    });
  }
  if (found.clusters.length === 0) {
    throw new EdgeError({
      code: 'Unsatisfied',
      path: 'decision.apps',
      summary: `the decision chooses no cluster for ${quoted(app)}, and an answer without a cluster is never published`,
      remedy: 'Mend the policy until the decision is satisfied.',
    });
  }
  return found;
}

/** Joins decision, demand and fleet; `countryOf` is asked about origins that name no country. Throws EdgeError where they do not speak of the same clusters. */
export function assignedDemand(
  decided: AppDecision,
  demand: Demand,
  fleet: Fleet,
  app: EdgeApp,
  countryOf: CountryOf | undefined,
): AssignedDemand {
  const clusters = chosenClusters(decided, fleet);
  const clusterAt = new Map(clusters.map(({ name }, index) => [name, index]));
  const byOrigin = new Map<string, AppDecision['assignments']>();
  for (const one of decided.assignments) {
    if (one.cluster === null || one.share <= 0) continue;
    const known = byOrigin.get(one.origin);
    if (known === undefined) byOrigin.set(one.origin, [one]);
    else known.push(one);
  }
  const origins = demand.origins.filter(
    ({ name, requestsPerSecond }) => requestsPerSecond > 0 && byOrigin.has(name),
  );
  const sharesFrom = new Int32Array(origins.length + 1);
  const shareCluster: number[] = [];
  const share: number[] = [];
  origins.forEach(({ name }, o) => {
    for (const one of byOrigin.get(name) ?? []) {
      shareCluster.push(clusterAt.get(one.cluster ?? '') ?? 0);
      share.push(one.share);
    }
    sharesFrom[o + 1] = share.length;
  });
  const { baseMilliseconds, per1000KilometersMilliseconds } = fleet.latencyModel;
  // Few pairs are looked at, so none is computed before it is.
  const pairs = pairsOf({ ...fleet, clusters }, origins, false);
  const assignedMilliseconds = new Float64Array(share.length);
  origins.forEach((_, o) => {
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      assignedMilliseconds[s] = pairs.millisecondsAt(shareCluster[s], o);
    }
  });
  return {
    clusters,
    origins,
    countries: origins.map((origin) => countryOfOrigin(origin, countryOf)),
    total: origins.reduce((sum, one) => sum + one.requestsPerSecond, 0),
    sharesFrom,
    shareCluster: Int32Array.from(shareCluster),
    share: Float64Array.from(share),
    assignedMilliseconds,
    pairs,
    modelMilliseconds: (kilometers) =>
      baseMilliseconds + (per1000KilometersMilliseconds * kilometers) / 1000,
    legal: legalClusters(app, clusters),
    hasResidency: app.policy.constraints.residency.length > 0,
  };
}

function chosenClusters(decided: AppDecision, fleet: Fleet): readonly Cluster[] {
  const chosen = new Set(decided.clusters.map(({ name }) => name));
  const clusters = fleet.clusters.filter(({ name }) => chosen.delete(name));
  const [missing] = chosen;
  if (missing === undefined) return clusters;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'fleet.clusters',
    summary: `got a fleet without ${quoted(missing)}, which the decision chose`,
    remedy: 'Pass the fleet that the decision was made for, or decide anew.',
  });
}

/** Sets by the residency rules that apply, so that each is computed once. */
function legalClusters(app: EdgeApp, clusters: readonly Cluster[]): AssignedDemand['legal'] {
  const rules = app.policy.constraints.residency;
  const known = new Map<string, Uint8Array>();
  return (user) => {
    const applies = rules.map((rule) => (matches(rule.origins, user) ? '1' : '0')).join('');
    const before = known.get(applies);
    if (before !== undefined) return before;
    const set = Uint8Array.from(clusters, (cluster) =>
      rules.every((rule, index) => applies[index] === '0' || matches(rule.clusters, cluster))
        ? 1
        : 0,
    );
    known.set(applies, set);
    return set;
  };
}

/** As GeoIP databases name it: a common other code means its country, an unknown one says nothing. */
function countryOfOrigin(origin: Origin, countryOf: CountryOf | undefined): string | undefined {
  const { country } = origin;
  if (country !== undefined && isCountryCode(country)) return country;
  return (country && meantCountryCode(country)) ?? countryOf?.(origin);
}
