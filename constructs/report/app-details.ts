/** App details: what a report tells of one app, with its clusters, its neighbours and its answers in DNS. */
import type { AppDecision, ClusterDecision, PlacementDecision } from '../model/decision';
import type { Fleet } from '../model/fleet';
import { kilometersBetween, type Point } from '../model/geography';
import { rejectionGroupsOf } from '../model/rejections';
import { edgeErrorsOf } from '../parsing';
import { servedBy } from '../placement';
import { type EdgeApp, givenDemand, type PlaceInput, usdPerHourOn } from '../policy';
import { routingByCountry } from '../routing';
import { fourDigits, type NumberedClusters, type NumberedOrigins, rounded } from './columns';
import { flowsOf } from './flows';
import type { ReportApp, ReportChosen, ReportDetails, ReportRouting } from './report-data';

/** Neighbours of a cluster that a page tells. */
const MAX_NEIGHBOURS = 4;
/** Countries that a page tells. */
const MAX_COUNTRIES = 80;

/** What all apps of a report share. */
export interface Surroundings {
  readonly decision: PlacementDecision;
  readonly documents: PlaceInput | undefined;
  readonly previous: PlacementDecision | undefined;
  readonly clusters: NumberedClusters;
}

/** The origins of an app, and where they are among those of the report. */
export interface OwnOrigins {
  readonly position: number;
  readonly origins: NumberedOrigins;
}

/** The few numbers of an app. */
export function appRow(app: AppDecision): ReportApp {
  return {
    app: app.app,
    satisfied: app.satisfied,
    clusters: app.clusters.length,
    requestsPerSecond: fourDigits(servedBy(app)),
    gap: app.objective.gap,
    p95: rounded(app.latency.p95, 10),
    usdPerHour: fourDigits(app.cost.usdPerHour),
  };
}

/** Everything about an app, without who serves whom. */
export function detailsOf(app: AppDecision, around: Surroundings): ReportDetails {
  const { decision, clusters } = around;
  const { objective, latency, cost, churnCurve, warnings, conflict } = app;
  const routing = routingFor(app, around);
  return {
    ...(conflict === undefined ? {} : { conflict }),
    objective,
    latency,
    cost,
    churnCurve,
    warnings,
    chosen: chosenOf(app, around),
    dropped: app.dropped.map(({ name, reason }) => ({ cluster: clusters.numberOf(name), reason })),
    rejected: rejectionGroupsOf(decision, app).map(({ clusters: names, ...group }) => {
      const kept = names.flatMap((name, at) => (clusters.numberOf(name) < 0 ? [] : [at]));
      const { numbers } = group;
      return {
        ...group,
        clusters: kept.map((at) => clusters.numberOf(names[at] ?? '')),
        ...(numbers === undefined ? {} : { numbers: kept.map((at) => numbers[at] ?? 0) }),
      };
    }),
    ...(routing === undefined ? {} : { routing }),
  };
}

/** The same with who serves whom, now and before. */
export function withFlows(
  details: ReportDetails,
  app: AppDecision,
  { previous, clusters }: Surroundings,
  own: OwnOrigins | undefined,
): ReportDetails {
  const earlier = previous?.apps.find((one) => one.app === app.app);
  const flows = own && flowsOf(app, clusters, own.origins);
  const flowsBefore = own && flowsOf(earlier, clusters, own.origins);
  const before = earlier && {
    clusters: earlier.clusters.map(({ name }) => clusters.numberOf(name)),
    ...(flowsBefore === undefined ? {} : { flows: flowsBefore }),
  };
  return {
    ...details,
    ...(own === undefined ? {} : { origins: own.position }),
    ...(flows === undefined ? {} : { flows }),
    ...(before === undefined ? {} : { before }),
  };
}

/** Most requests first, then by name. */
function chosenOf(app: AppDecision, { documents, clusters }: Surroundings): ReportChosen[] {
  const edgeApp = documents?.apps.find(({ name }) => name === app.app);
  const fleet = documents?.fleet;
  const inFleet = new Map(fleet?.clusters.map((one) => [one.name, one]));
  const near = fleet === undefined ? () => [] : neighboursIn(app, fleet, clusters);
  return [...app.clusters]
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1))
    .map((one: ClusterDecision) => {
      const cluster = inFleet.get(one.name);
      return {
        cluster: clusters.numberOf(one.name),
        requestsPerSecond: fourDigits(one.requestsPerSecond),
        replicas: one.replicas,
        change: one.change,
        since: one.since,
        reason: one.reason,
        usdPerHour:
          cluster === undefined || edgeApp === undefined
            ? null
            : fourDigits(usdPerHourOn(cluster, edgeApp.sizing, one.requestsPerSecond)),
        neighbours: cluster === undefined ? [] : near(cluster),
      };
    });
}

/** The nearest clusters that are not chosen. Chosen times fleet, at most 2,000 by 2,000 and 2e5 in common use. */
function neighboursIn(app: AppDecision, fleet: Fleet, { numberOf }: NumberedClusters) {
  const chosen = new Set(app.clusters.map(({ name }) => name));
  const others = fleet.clusters.filter(({ name }) => !chosen.has(name) && numberOf(name) >= 0);
  return (from: Point) =>
    others
      .map((one) => [numberOf(one.name), Math.round(kilometersBetween(from, one))] as const)
      .sort(([a, near], [b, far]) => near - far || a - b)
      .slice(0, MAX_NEIGHBOURS);
}

function routingFor(app: AppDecision, around: Surroundings): ReportDetails['routing'] {
  const { decision, documents, clusters } = around;
  const edgeApp = documents?.apps.find(({ name }) => name === app.app);
  if (documents === undefined || edgeApp?.exposure === undefined) return undefined;
  const demand = givenDemand(edgeApp, documents);
  if (demand === undefined || app.assignments.length === 0) return undefined;
  try {
    const { fleet } = documents;
    return routingRows(
      routingByCountry({ decision, demand, fleet, app: edgeApp }),
      clusters,
      edgeApp,
    );
  } catch (thrown) {
    const [error] = edgeErrorsOf(thrown) ?? [];
    if (error === undefined) throw thrown;
    return { problem: error.summary };
  }
}

function routingRows(
  { table, countries }: ReturnType<typeof routingByCountry>,
  { numberOf }: NumberedClusters,
  { exposure }: EdgeApp,
): ReportRouting {
  const { fit, warnings } = table;
  return {
    system: exposure?.dns.system ?? table.system,
    matchedShare: fit.matchedShare,
    addedMeanMilliseconds: rounded(fit.addedMeanMilliseconds, 10),
    addedP95Milliseconds: rounded(fit.addedP95Milliseconds, 10),
    isApproximate: fit.isApproximate,
    warnings,
    countries: countries.slice(0, MAX_COUNTRIES).map((one) => ({
      country: one.country,
      requestsPerSecond: fourDigits(one.requestsPerSecond),
      matchedShare: rounded(one.matchedShare, 1000),
      clusters: one.answers
        .slice(0, 4)
        .map(({ cluster, share }) => [numberOf(cluster), rounded(share, 1000)] as const),
    })),
  };
}
