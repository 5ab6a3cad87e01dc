/** What-ifs: the worst that losses of what is in use, and twice the demand, would come to. */
import type { PlacementDecision } from '../model/decision';
import { matches } from '../model/match';
import { eachLoss, eachSurge, type Scenario, type ScenarioResult, simulate } from '../placement';
import type { PlaceInput } from '../policy';
import { fourDigits, type NumberedClusters } from './columns';
import type { ReportWhatIf } from './report-data';

/** Scenarios that a page tells. */
const MAX_SHOWN = 30;
/** Apps that one scenario tells. */
const MAX_APPS = 20;
/** Scenarios times apps that are evaluated for a page, at most and at least. */
const MAX_EVALUATIONS = 2_000;
const MIN_SCENARIOS = 10;
/** Scenarios times pairs of clusters and origins that are evaluated: some seconds. */
const MAX_PAIRS = 2.5e8;

/** Twice the demand, and losses of each provider, region, cluster and country in use, the clusters with the most requests first, as far as it is worth for a page. */
export function usualWhatIfs(
  decision: PlacementDecision,
  documents: PlaceInput,
): readonly ScenarioResult[] {
  const loads = loadsOf(decision);
  const used = documents.fleet.clusters.filter(({ name }) => loads.has(name));
  if (used.length === 0) return [];
  const inUse = { ...documents, fleet: { ...documents.fleet, clusters: used } };
  const places = (by: 'provider' | 'region' | 'country') =>
    eachLoss(inUse, by).filter((scenario) => !losesAll(scenario, documents));
  const clusters = eachLoss(inUse, 'cluster')
    .map((scenario, at) => ({ scenario, load: loads.get(used[at]?.name ?? '') ?? 0 }))
    .sort((a, b) => b.load - a.load)
    .map(({ scenario }) => scenario);
  const scenarios: Scenario[] = [
    ...eachSurge(documents, [2]).slice(0, MIN_SCENARIOS),
    ...places('provider'),
    ...places('region'),
    ...clusters,
    ...places('country'),
  ];
  return simulate(documents, scenarios.slice(0, roomFor(decision, documents)), decision);
}

/** Requests per second of each cluster in use, all apps together. */
function loadsOf({ apps }: PlacementDecision): ReadonlyMap<string, number> {
  const loads = new Map<string, number>();
  for (const { clusters } of apps) {
    for (const { name, requestsPerSecond } of clusters) {
      loads.set(name, (loads.get(name) ?? 0) + requestsPerSecond);
    }
  }
  return loads;
}

/** Without any cluster nothing is left to tell. */
function losesAll({ lose = [] }: Scenario, { fleet }: PlaceInput): boolean {
  return fleet.clusters.every((cluster) => lose.some((match) => matches(match, cluster)));
}

function roomFor({ apps }: PlacementDecision, { fleet }: PlaceInput): number {
  const pairs = apps.reduce(
    (sum, { assignments }) => sum + Math.max(1, assignments.length) * fleet.clusters.length,
    0,
  );
  const room = Math.min(MAX_EVALUATIONS / Math.max(1, apps.length), MAX_PAIRS / Math.max(1, pairs));
  return Math.max(MIN_SCENARIOS, Math.floor(room));
}

/** The worst of them, with the apps that move. */
export function whatIfsOf(
  results: readonly ScenarioResult[],
  { numberOf }: NumberedClusters,
): readonly ReportWhatIf[] {
  return results.slice(0, MAX_SHOWN).map(({ name, satisfied, lost, delta, changes, apps }) => ({
    name,
    satisfied,
    lost: lost.map(numberOf).filter((one) => one >= 0),
    delta: fourDigits(delta),
    changes,
    apps: apps
      .filter(
        (one) => !one.satisfied || one.added.length + one.dropped.length > 0 || apps.length === 1,
      )
      .slice(0, MAX_APPS)
      .map((one) => ({
        app: one.app,
        satisfied: one.satisfied,
        added: one.added.map(numberOf),
        dropped: one.dropped.map(numberOf),
        meanMilliseconds: fourDigits(one.latency.meanMilliseconds),
        p95: fourDigits(one.latency.p95),
        usdPerHour: fourDigits(one.usdPerHour),
      })),
  }));
}
