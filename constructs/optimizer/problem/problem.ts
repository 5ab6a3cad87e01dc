/** The placement problem as numbers: typed arrays in, decision arrays and a proven bound out. */

/** A rule about the set of chosen clusters alone, whatever the demand. */
export type SetRule =
  | {
      /** Between `min` and `max` chosen clusters are members. */
      readonly kind: 'count';
      readonly members: Uint8Array;
      readonly min: number;
      readonly max: number;
      /** A thin cluster stays when this rule would break without it. */
      readonly keepsThin: boolean;
      /** Where the policy asks for it, e.g. `mustInclude[0]`; a rule without is not priced in bounds. */
      readonly path?: string;
    }
  | {
      /** Clusters fall into `groups`; `group[cluster]` is -1 for a cluster outside. */
      readonly kind: 'groups';
      readonly group: Int32Array;
      readonly groups: number;
      readonly minGroups: number;
      readonly maxPerGroup: number;
      readonly maxSkew: number;
      /** As for counts, e.g. `spread[1]`. */
      readonly path?: string;
      /** Names of the groups. */
      readonly names?: readonly string[];
    }
  | {
      /** `near[a * clusters + b]` = 1: a and b exclude each other. */
      readonly kind: 'exclusion';
      readonly near: Uint8Array;
    };

/** What one component of an app needs as its load grows. */
export interface ComponentLoad {
  /** Requests/s of the app that one replica carries: requestsPerSecondPerReplica / requestsPerRequest. */
  readonly requestsPerSecondPerReplica: number;
  readonly minReplicas: number;
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
}

/** Pairs worth looking at, by cluster. */
export interface CandidateLists {
  readonly origins: number;
  readonly clusters: number;
  /** Pairs of a cluster are those from `start[cluster]` up to `start[cluster + 1]`. */
  readonly start: Int32Array;
  /** Origin of each pair, ascending within a cluster. */
  readonly origin: Int32Array;
  /** Cost of serving all of the origin there. */
  readonly cost: Float64Array;
  /** By origin: no pair that was left out costs less. Infinity when all legal pairs are in. */
  readonly cap: Float64Array;
}

/** Pairs too many to hold: computed when asked for. */
export interface ImplicitCosts {
  /** Cost of serving all of the origin there; +Infinity where it is not legal. */
  readonly at: (cluster: number, origin: number) => number;
  /** By origin: position of the cheapest of these clusters, the earlier of two, and its cost; -1 and Infinity where none is legal. */
  readonly cheapest: (open: readonly number[]) => {
    readonly served: Int32Array;
    readonly cost: Float64Array;
  };
  /** By cluster: what would be saved there if each origin paid so much, and requests/s of those who would save anything. */
  readonly cheaper: (costs: Float64Array) => {
    readonly saved: Float64Array;
    readonly load: Float64Array;
  };
  /** Pairs of every origin that cost least, enough for sets of the size the rules ask for; the same until `coarsening` makes them reach. */
  readonly lists: () => CandidateLists;
  /** The way over a smaller question; absent where there is none. */
  readonly coarsening?: Coarsening;
}

/** A smaller question that is much like the real one, and lists of the real one that follow from its answer. */
export interface Coarsening {
  readonly coarser: () => Coarser;
  /** By cluster: at most the sum of `min(0, cost - price)` over all origins. Absent where lists that reach are short enough. */
  readonly savings?: (prices: Float64Array) => Float64Array;
  /** From now on lists have every pair of an origin up to this cost, or of all somewhat less where that is too many. */
  readonly reach: (costs: Float64Array) => CandidateLists;
  /** Such lists of some clusters only, for the one who asks. */
  readonly among: (keeps: Uint8Array, costs: Float64Array) => CandidateLists;
}

/** Cells of origins in the place of origins. */
export interface Coarser
  extends Pick<AppProblem, 'origins' | 'requestsPerSecond' | 'cost' | 'implicitCosts'> {
  /** By origin. */
  readonly cellOf: Int32Array;
}

/** Cost of serving all of the origin at the cluster. */
export function costAt(app: AppProblem, cluster: number, origin: number): number {
  return app.implicitCosts === undefined
    ? app.cost[cluster * app.origins + origin]
    : app.implicitCosts.at(cluster, origin);
}

/** One app: `origins` x `clusters` costs, prices, rules. Clusters are the fleet's, in name order; origins those with demand. */
export interface AppProblem {
  readonly origins: number;
  readonly clusters: number;
  /** Requests/s of each origin; positive. */
  readonly requestsPerSecond: Float64Array;
  /** [cluster * origins + origin]: cost of serving all of the origin there; +Infinity where it is not legal. Empty with `many`. */
  readonly cost: Float64Array;
  /** Instead of `cost`, where there are too many pairs to hold. */
  readonly implicitCosts?: ImplicitCosts;
  /** Paid when the cluster is chosen; may be negative. */
  readonly openCost: Float64Array;
  /** Paid whatever is chosen. */
  readonly constantCost: number;
  /** Cost of one whole replica; `cost` already holds fractions of it. */
  readonly replicaCost: Float64Array;
  /** 1: may be chosen. */
  readonly allowed: Uint8Array;
  /** 1: must be chosen, and may be thin. A subset of `allowed`. */
  readonly required: Uint8Array;
  /** 1: chosen by the previous decision. */
  readonly previous: Uint8Array;
  /** 1: chosen only when nothing else tells sets apart. */
  readonly reluctant: Uint8Array;
  /** Sum of added and dropped (droppable) clusters; Infinity: no limit. */
  readonly maxChanges: number;
  readonly rules: readonly SetRule[];
  /** Requests/s a chosen cluster must serve; 0: none. */
  readonly threshold: Float64Array;
  readonly components: readonly ComponentLoad[];
  readonly capacity: 'split' | 'whole' | 'none';
  /** Share of every limit that stays free. */
  readonly headroom: number;
  /** At least `share` of the demand is served by pairs within the limit ([cluster * origins + origin] = 1). */
  readonly nearShare?: { readonly within: Uint8Array; readonly share: number };
  /** For any loss of `clusters` chosen clusters the others carry everything. */
  readonly survive?: {
    readonly clusters: number;
    /** Like `cost`: 0 for a pair within the latency limit, the origin's requests/s for one outside, +Infinity where not legal. */
    readonly outside: Float64Array;
    /** Share of the demand that must stay within the limit; 0 without one. */
    readonly share: number;
    /** Names of the origins. */
    readonly names: readonly string[];
  };
  /** Budget and losses are judged as if the demand were divided by this; default 1. */
  readonly ease?: number;
  readonly budget?: {
    readonly usdPerHour: number;
    readonly open: Float64Array;
    readonly perReplica: Float64Array;
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

/** What pods of all apps together may use, and what apps outside the question already do. */
export interface Limits {
  /** Infinity: no limit. */
  readonly total: Amounts;
  readonly taken: Amounts;
  /** Share of `total` that those apps keep free, by cluster. */
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
  /** Search effort allowed, in work units (one unit: about one origin looked at for one cluster). */
  readonly workUnits: number;
}

/** A point of the Lagrangian dual: one multiplier for each relaxed constraint. */
export interface Point {
  /** By origin: the multiplier of "this origin is served"; any sign. */
  readonly assignmentMultipliers: Float64Array;
  /** By dualized rule; never negative. */
  readonly ruleMultipliers: Float64Array;
  /** By cluster, where load is limited: the price of a request/s of room; negative where it pays for requests it must have. */
  readonly loadMultipliers?: Float64Array;
}

/** A step of a proof: these prices prove the bound, or decide some clusters and leave the rest to further steps. */
export interface ProofNode {
  readonly point: Point;
  readonly next?: ProofNode;
  readonly split?: {
    readonly cluster: number;
    /** Given, the split is not of sets: this origin, whole, is at the cluster, or it is elsewhere. */
    readonly origin?: number;
    readonly with: ProofNode;
    readonly without: ProofNode;
  };
  /** Sets of up to so many clusters, and larger ones. */
  readonly sizeSplit?: {
    readonly largestSmall: number;
    readonly small: ProofNode;
    readonly large: ProofNode;
  };
}

/** What proves a bound: every set was compared, or prices from which anyone can recompute it, step by step. */
export type Proof =
  | { readonly kind: 'enumeration' }
  | {
      readonly kind: 'dual';
      readonly root: ProofNode;
      /** Names of the priced rules, in the order of their rates. */
      readonly rules: readonly string[];
      /** Clusters of which at most one may be chosen, by the number in the name of their rule. */
      readonly cliques?: readonly (readonly number[])[];
    };

/** Counts effort; the only clock a decision may have. */
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
