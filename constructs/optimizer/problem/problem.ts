/** The placement problem as numbers, and the proofs of its bounds. */

/** A rule about the set of chosen clusters. It does not depend on demand. */
export type SetRule =
  | {
      /** Between `min` and `max` chosen clusters are members. */
      readonly kind: 'count';
      readonly members: Uint8Array;
      readonly min: number;
      readonly max: number;
      /** True when a cluster below its minimum load may stay chosen, where this rule would break without it. */
      readonly keepsThin: boolean;
      /** The rule's path in the policy, e.g. `mustInclude[0]`. Relaxations do not dualize a rule without a path. */
      readonly path?: string;
    }
  | {
      /** By cluster: its group, from 0 up to `groups`; -1 for a cluster in no group. From `minGroups` to `maxGroups` groups are used. */
      readonly kind: 'groups';
      readonly group: Int32Array;
      readonly groups: number;
      readonly minGroups: number;
      readonly maxGroups: number;
      readonly maxPerGroup: number;
      readonly maxSkew: number;
      /** The rule's path in the policy, e.g. `spread[1]`. */
      readonly path?: string;
      /** Names of the groups. */
      readonly names?: readonly string[];
    }
  | {
      /** `near[a * clusters + b]` = 1: a and b exclude each other. */
      readonly kind: 'exclusion';
      readonly near: Uint8Array;
    };

/** Capacity that one component of an app needs, by its load. The resources are those of one replica. */
export interface ComponentLoad {
  /** Requests/s of the app that one replica serves; Infinity for a component that no request reaches. */
  readonly requestsPerSecondPerReplica: number;
  readonly minReplicas: number;
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
}

/** Candidate pairs (cluster, origin), grouped by cluster. */
export interface CandidateLists {
  readonly origins: number;
  readonly clusters: number;
  /** Pairs of a cluster are those from `start[cluster]` up to `start[cluster + 1]`. */
  readonly start: Int32Array;
  /** By pair: its origin, ascending within a cluster. */
  readonly origin: Int32Array;
  /** By pair: the cost of serving all demand of the origin at the cluster. */
  readonly cost: Float64Array;
  /** By origin: a lower bound on the cost of the pairs left out. Infinity when all legal pairs are listed. */
  readonly cap: Float64Array;
}

/** Pair costs that are computed on demand, for problems with too many pairs to store. */
export interface ImplicitCosts {
  /** Cost of serving all demand of the origin at the cluster; Infinity where that is not legal. */
  readonly at: (cluster: number, origin: number) => number;
  /** By origin: the position in `open` of the cheapest cluster (the first of equals) and its cost; -1 and Infinity where none is legal. */
  readonly cheapest: (open: readonly number[]) => {
    readonly served: Int32Array;
    readonly cost: Float64Array;
  };
  /** By cluster: the sum by which its pairs cost less than these costs by origin, and the requests/s of the origins that save. */
  readonly cheaper: (costs: Float64Array) => {
    readonly saved: Float64Array;
    readonly load: Float64Array;
  };
  /** The cheapest pairs of every origin, enough for sets of legal size. They change only when `coarsening.reach` extends them. */
  readonly lists: () => CandidateLists;
  /** A smaller approximation of the problem; absent where there is none. */
  readonly coarsening?: Coarsening;
}

/** A coarser problem with aggregated origins, and candidate lists of the original problem that its solution calls for. */
export interface Coarsening {
  readonly coarser: () => Coarser;
  /** By cluster: a lower bound on the sum of `min(0, cost - price)` over all origins. Absent where full lists are short enough. */
  readonly savings?: (prices: Float64Array) => Float64Array;
  /** Extends the lists to all pairs up to this cost by origin. Where these are too many, the costs are lowered for all origins alike. */
  readonly reach: (costs: Float64Array) => CandidateLists;
  /** The same lists for the clusters with `keeps` 1 only. `lists` does not change. */
  readonly among: (keeps: Uint8Array, costs: Float64Array) => CandidateLists;
}

/** A problem whose origins are cells: groups of neighbouring origins. */
export interface Coarser
  extends Pick<AppProblem, 'origins' | 'requestsPerSecond' | 'cost' | 'implicitCosts'> {
  /** By origin of the finer problem: its cell. */
  readonly cellOf: Int32Array;
  /** By origin of the finer problem: a value between those of the cells around it. */
  readonly interpolate: (values: Float64Array) => Float64Array;
}

/** Cost of serving all demand of the origin at the cluster; Infinity where that is not legal. */
export function costAt(app: AppProblem, cluster: number, origin: number): number {
  return app.implicitCosts === undefined
    ? app.cost[cluster * app.origins + origin]
    : app.implicitCosts.at(cluster, origin);
}

/**
 * The placement problem of one app. Costs are values of the weighted objective; lower is better. Arrays "by cluster" have the length
 * `clusters`, arrays "by origin" the length `origins`. Flags are 1 or 0.
 */
export interface AppProblem {
  /** Number of origins with demand. */
  readonly origins: number;
  /** Number of clusters of the fleet, in name order. */
  readonly clusters: number;
  /** By origin: its demand in requests/s; positive. */
  readonly requestsPerSecond: Float64Array;
  /** [cluster * origins + origin]: cost of serving all demand of the origin there; Infinity where not legal. Empty with `implicitCosts`. */
  readonly cost: Float64Array;
  /** Replaces `cost` where there are too many pairs to store. */
  readonly implicitCosts?: ImplicitCosts;
  /** By cluster: the cost of choosing it; may be negative. */
  readonly openCost: Float64Array;
  /** Cost of every solution, whatever is chosen. */
  readonly constantCost: number;
  /** By cluster: the cost of one replica. `cost` holds the fractions of replicas that load uses; only the rounding up is added. */
  readonly replicaCost: Float64Array;
  /** By cluster: 1 when it may be chosen. */
  readonly allowed: Uint8Array;
  /** By cluster: 1 when it must be chosen. A subset of `allowed`. */
  readonly required: Uint8Array;
  /** By cluster: 1 when the previous decision chose it. */
  readonly previous: Uint8Array;
  /** By cluster: 1 when it is avoided among sets of equal value. */
  readonly reluctant: Uint8Array;
  /** Largest number of clusters added and dropped. Drops of clusters that are no longer allowed do not count. Infinity: no limit. */
  readonly maxChanges: number;
  /** Rules about the set of chosen clusters; all must hold. */
  readonly rules: readonly SetRule[];
  /** By cluster: the minimum load in requests/s where it is chosen; 0: none. */
  readonly threshold: Float64Array;
  /** Components of the app. Each runs on every chosen cluster. */
  readonly components: readonly ComponentLoad[];
  /** Whether capacity counts: `split` divides origins among clusters, `whole` does not, `none` ignores capacity. */
  readonly capacity: 'split' | 'whole' | 'none';
  /** Share of every capacity limit that stays free, from 0 to 1. */
  readonly headroom: number;
  /** At least `share` (0 to 1) of the demand is served by near pairs. `within[cluster * origins + origin]` is 1 for a near pair. */
  readonly nearShare?: { readonly within: Uint8Array; readonly share: number };
  /** After the loss of any `clusters` chosen clusters, the others still serve all demand. */
  readonly survive?: {
    readonly clusters: number;
    /** [cluster * origins + origin]: 0 within the latency limit, the requests/s of the origin outside it, Infinity where not legal. */
    readonly outside: Float64Array;
    /** Share of the demand, from 0 to 1, that must then be served within the latency limit; 0 without such a limit. */
    readonly share: number;
    /** By origin: its name. */
    readonly names: readonly string[];
  };
  /** The budget and losses are evaluated with the demand divided by this; default 1. */
  readonly ease?: number;
  /** Largest running cost, and the rates it is computed with. */
  readonly budget?: {
    readonly usdPerHour: number;
    /** By cluster: USD/h when it is chosen. */
    readonly open: Float64Array;
    /** By cluster: USD/h per replica. */
    readonly perReplica: Float64Array;
    /** By cluster: USD/h per request/s that it serves. */
    readonly perRequestPerSecond: Float64Array;
  };
}

/** Requests/s of all origins together. */
export function demandOf({ requestsPerSecond }: Pick<AppProblem, 'requestsPerSecond'>): number {
  return requestsPerSecond.reduce((sum, one) => sum + one, 0);
}

/** One number per cluster for each kind of capacity. */
export interface Amounts {
  readonly cpuMillicores: Float64Array;
  readonly memoryMebibytes: Float64Array;
  readonly pods: Float64Array;
  readonly requestsPerSecond: Float64Array;
}

/** Capacity of the clusters, and the part that apps outside the problem use. */
export interface Limits {
  /** Capacity; Infinity without a limit. */
  readonly total: Amounts;
  /** Amounts in use by apps outside the problem. */
  readonly taken: Amounts;
  /** By cluster: the share of `total` that those apps keep free. */
  readonly headroom: Float64Array;
}

/** The chosen clusters of `app` are all among (`together`) or never among (`apart`) those of `other`. */
export interface Link {
  readonly kind: 'together' | 'apart';
  readonly app: number;
  readonly other: number;
}

/** All apps that share the fleet. */
export interface Problem {
  readonly clusters: number;
  readonly apps: readonly AppProblem[];
  readonly limits: Limits;
  readonly links: readonly Link[];
  /** Search effort allowed, in work units (one unit: about one pair of a cluster and an origin evaluated). */
  readonly workUnits: number;
}

/** A point of the Lagrangian dual: one multiplier for each relaxed constraint. */
export interface Point {
  /** By origin: the multiplier of "this origin is served"; any sign. */
  readonly assignmentMultipliers: Float64Array;
  /** By dualized rule: its multiplier; never negative. */
  readonly ruleMultipliers: Float64Array;
  /** By cluster: the multiplier of its load limits per request/s. Positive for capacity, negative for a minimum load. */
  readonly loadMultipliers?: Float64Array;
}

/** A node of a proof: its multipliers prove the bound, or fix some clusters and leave the rest to further nodes. */
export interface ProofNode {
  readonly point: Point;
  readonly next?: ProofNode;
  readonly split?: {
    readonly cluster: number;
    /** When present, the branches differ in this whole origin: it is served by the cluster, or it is not. */
    readonly origin?: number;
    readonly with: ProofNode;
    readonly without: ProofNode;
  };
  /** Branches on the number of clusters: up to `largestSmall`, or more. */
  readonly sizeSplit?: {
    readonly largestSmall: number;
    readonly small: ProofNode;
    readonly large: ProofNode;
  };
}

/** Proof of a bound: all sets were enumerated, or a tree of multipliers from which the bound can be recomputed. */
export type Proof =
  | { readonly kind: 'enumeration' }
  | {
      readonly kind: 'dual';
      readonly root: ProofNode;
      /** Names of the dualized rules, in the order of their multipliers. */
      readonly rules: readonly string[];
      /** Sets of clusters of which at most one may be chosen. The name of a clique rule has its index in here. */
      readonly cliques?: readonly (readonly number[])[];
    };

/** Counts work units. Searches stop by work and never by time, so that decisions are reproducible. */
export interface Work {
  spent: number;
  readonly allowed: number;
}

/** Two values closer than this share of their size are the same value. */
export const SAME = 1e-9;

/** True when `a` is lower than `b` by more than rounding. */
export function clearlyLess(a: number, b: number): boolean {
  return a < b - SAME * Math.max(1, Math.abs(a), Number.isFinite(b) ? Math.abs(b) : 1);
}
