/** ReportData: what the page of a report is drawn from. Clusters and origins are numbers into columns, so that thousands of them stay small. */
import type { AppDecision, Conflict, PlacementDecision } from '../model/decision';

/** Columns of clusters; the number of a cluster is its position. */
export interface ReportClusters {
  readonly name: readonly string[];
  /** Degrees north; null where no fleet says it. */
  readonly latitude: readonly (number | null)[];
  /** Degrees east; null where no fleet says it. */
  readonly longitude: readonly (number | null)[];
  /** City, country and provider in words. */
  readonly place: readonly string[];
}

/** Columns of origins; the number of an origin is its position. */
export interface ReportOrigins {
  readonly name: readonly string[];
  readonly latitude: readonly number[];
  readonly longitude: readonly number[];
  readonly country: readonly string[];
  readonly requestsPerSecond: readonly number[];
}

/** Which cluster serves which origin. */
export interface ReportFlows {
  /** By origin: the cluster that serves most of it; -1 for none. */
  readonly cluster: readonly number[];
  /** By origin: latency to that cluster. */
  readonly milliseconds: readonly number[];
  /** Origins that several clusters serve: origin, cluster, share, milliseconds. */
  readonly divided: readonly (readonly [number, number, number, number])[];
}

/** A chosen cluster. */
export interface ReportChosen {
  readonly cluster: number;
  readonly requestsPerSecond: number;
  readonly replicas: number;
  readonly change: 'added' | 'kept';
  readonly since: string;
  readonly reason: string;
  /** Null where no document says what it costs. */
  readonly usdPerHour: number | null;
  /** The nearest clusters that are not chosen, nearest first, with the distance in kilometres. */
  readonly neighbours: readonly (readonly [cluster: number, kilometers: number])[];
}

/** Why clusters are not chosen. `{}` of a reason is the number of the cluster. */
export interface ReportRejection {
  readonly rule: string;
  readonly reason: string;
  readonly clusters: readonly number[];
  readonly numbers?: readonly number[];
}

/** How DNS expresses the assignment of one app. */
export interface ReportRouting {
  readonly system: string;
  readonly matchedShare: number;
  readonly addedMeanMilliseconds: number;
  readonly addedP95Milliseconds: number;
  readonly isApproximate: boolean;
  readonly warnings: readonly string[];
  /** Most requests first. `clusters`: cluster and its share of the answers. */
  readonly countries: readonly {
    readonly country: string;
    readonly requestsPerSecond: number;
    readonly matchedShare: number;
    readonly clusters: readonly (readonly [number, number])[];
  }[];
}

/** One app in numbers, for the list of all apps. */
export interface ReportApp {
  readonly app: string;
  readonly satisfied: boolean;
  readonly clusters: number;
  readonly requestsPerSecond: number;
  readonly gap: number;
  readonly p95: number;
  readonly usdPerHour: number;
  /** Undefined where there was no room for it. */
  readonly details?: ReportDetails;
}

/** Everything about one app. */
export interface ReportDetails {
  readonly conflict?: Conflict;
  readonly objective: AppDecision['objective'];
  readonly latency: AppDecision['latency'];
  readonly cost: AppDecision['cost'];
  readonly churnCurve: AppDecision['churnCurve'];
  readonly warnings: readonly string[];
  readonly chosen: readonly ReportChosen[];
  readonly dropped: readonly { readonly cluster: number; readonly reason: string }[];
  readonly rejected: readonly ReportRejection[];
  /** Position in `ReportData.origins`; undefined without a demand. */
  readonly origins?: number;
  /** Who serves whom; undefined where the decision does not say, or where there was no room for it. */
  readonly flows?: ReportFlows;
  /** The same of the previous decision, with its clusters. */
  readonly before?: { readonly clusters: readonly number[]; readonly flows?: ReportFlows };
  readonly routing?: ReportRouting | { readonly problem: string };
}

/** A what-if, worst first. */
export interface ReportWhatIf {
  readonly name: string;
  readonly satisfied: boolean;
  readonly lost: readonly number[];
  /** By how much the objective grows. */
  readonly delta: number;
  readonly changes: number;
  /** Apps that it touches. */
  readonly apps: readonly {
    readonly app: string;
    readonly satisfied: boolean;
    readonly added: readonly number[];
    readonly dropped: readonly number[];
    readonly meanMilliseconds: number;
    readonly p95: number;
    readonly usdPerHour: number;
  }[];
}

/** The whole page. */
export interface ReportData {
  readonly title: string;
  readonly version: string;
  readonly now: string;
  readonly digest: string;
  readonly objective: PlacementDecision['objective'];
  readonly clusters: ReportClusters;
  /** Clusters to choose from; some may be left out of `clusters`. */
  readonly fleetSize: number;
  readonly origins: readonly ReportOrigins[];
  /** Most requests first. */
  readonly apps: readonly ReportApp[];
  readonly prices: readonly {
    readonly cluster: number;
    readonly resource: string;
    readonly saves: number;
  }[];
  /** Whether prices are estimates: with more room, sets change. */
  readonly arePricesEstimates: boolean;
  /** Undefined where the documents for them were not given. */
  readonly whatIfs?: readonly ReportWhatIf[];
  /** What the page leaves out, and why, one sentence each. */
  readonly notes: readonly string[];
}
