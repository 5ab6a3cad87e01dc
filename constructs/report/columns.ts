/** Columns: the clusters and origins that a report can name, by number. */
import type { PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import type { Cluster, Fleet } from '../model/fleet';
import { counted, grouped, percent } from '../model/numbers';
import { rejectionGroupsOf } from '../model/rejections';
import type { ReportClusters, ReportOrigins } from './report-data';

/** More clusters than a page can hold: those that nobody chose are left out beyond. */
export const MAX_CLUSTERS = 2_000;
/** More origins than a page can hold: those with the fewest requests are left out beyond. */
export const MAX_ORIGINS = 10_000;
/** Characters of a name that a page shows. */
const MAX_NAME = 60;

/** The clusters of a report, and the number of each. */
export interface NumberedClusters {
  readonly columns: ReportClusters;
  /** -1 for one that the page leaves out. */
  readonly numberOf: (name: string) => number;
  readonly fleetSize: number;
  readonly notes: readonly string[];
}

/** Numbers the clusters of the fleet, else those that the decision names, by name; the ones in use are never left out. */
export function numberClusters(
  decision: PlacementDecision,
  previous: PlacementDecision | undefined,
  fleet: Fleet | undefined,
): NumberedClusters {
  const used = new Set([...usedBy(decision), ...(previous === undefined ? [] : usedBy(previous))]);
  const known = new Map(fleet?.clusters.map((one) => [one.name, one]));
  const others = fleet === undefined ? rejectedBy(decision) : [...known.keys()];
  const idle = [...new Set(others)].filter((name) => !used.has(name)).sort();
  const room = Math.max(0, MAX_CLUSTERS - used.size);
  const names = [...used, ...idle.slice(0, room)].sort();
  const numbers = new Map(names.map((name, index) => [name, index]));
  const left = idle.length - room;
  return {
    columns: {
      name: names,
      latitude: names.map((name) => degrees(known.get(name)?.latitude)),
      longitude: names.map((name) => degrees(known.get(name)?.longitude)),
      place: names.map((name) => placeOf(known.get(name))),
    },
    numberOf: (name) => numbers.get(name) ?? -1,
    fleetSize: fleet?.clusters.length ?? used.size + idle.length,
    notes:
      left > 0
        ? [`${counted(left, 'cluster')} that nobody chose are left out of the map and the tables.`]
        : [],
  };
}

const usedBy = ({ apps }: PlacementDecision) =>
  apps.flatMap(({ clusters, dropped }) => [...clusters, ...dropped].map(({ name }) => name));

const rejectedBy = (decision: PlacementDecision) =>
  decision.apps.flatMap((app) =>
    rejectionGroupsOf(decision, app).flatMap(({ clusters }) => clusters),
  );

function placeOf(cluster: Cluster | undefined): string {
  if (cluster === undefined) return '';
  const { city, country, provider } = cluster;
  return [city, country, provider].filter((part) => part !== undefined).join(', ');
}

/** To about a kilometre. */
function degrees(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value, 100);
}

/** A number with so many parts of one. */
export function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** To four digits, which is more than a page shows. */
export function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

/** The origins of a demand, and the number of each. */
export interface NumberedOrigins {
  readonly columns: ReportOrigins;
  /** -1 for one that the page leaves out. */
  readonly numberOf: (name: string) => number;
  readonly notes: readonly string[];
}

/** Numbers the origins with requests, by name; beyond what a page can hold those with the most requests. */
export function numberOrigins({ origins }: Demand): NumberedOrigins {
  const asking = origins.filter(({ requestsPerSecond }) => requestsPerSecond > 0);
  const bySize = [...asking].sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.name < b.name ? -1 : 1),
  );
  const kept = bySize.slice(0, MAX_ORIGINS).sort((a, b) => (a.name < b.name ? -1 : 1));
  const numbers = new Map(kept.map(({ name }, index) => [name, index]));
  return {
    columns: {
      name: kept.map(({ name }) => shortened(name)),
      latitude: kept.map(({ latitude }) => rounded(latitude, 100)),
      longitude: kept.map(({ longitude }) => rounded(longitude, 100)),
      country: kept.map(({ country }) => country ?? ''),
      requestsPerSecond: kept.map((one) => fourDigits(one.requestsPerSecond)),
    },
    numberOf: (name) => numbers.get(name) ?? -1,
    notes: kept.length < asking.length ? [leftOut(asking, kept)] : [],
  };
}

type Asking = readonly { readonly requestsPerSecond: number }[];

function leftOut(asking: Asking, kept: Asking): string {
  const sum = (all: Asking) => all.reduce((total, one) => total + one.requestsPerSecond, 0);
  const share = percent(sum(kept) / sum(asking));
  return `The map and its table show the ${grouped(kept.length)} of ${grouped(asking.length)} origins with the most requests, ${share} of them; all other numbers count every origin.`;
}

function shortened(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1)}…`;
}
