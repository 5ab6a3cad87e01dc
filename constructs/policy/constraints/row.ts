/** What a row of the constraints table is: schema, documentation and every hook of one constraint. */

import type { Sizing } from '../../model/app/workload';
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import type { Match, OriginMatch } from '../../model/match';
import type { AppProblem } from '../../optimizer';
import type { Path, Report, z } from '../../parsing';

/** The facts that a rule about a single cluster may use. */
export interface EligibilityContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True when the previous decision chose the cluster for this app. */
  readonly isPrevious: (cluster: string) => boolean;
  readonly sizing: readonly Sizing[];
}

/** The facts that rules about sets and loads may use: the app once the eligible clusters are known. */
export interface RuleContext extends EligibilityContext {
  /** Thresholds of the stability part of the policy, where given. */
  readonly stability: {
    readonly enterRequestsPerSecond?: number | undefined;
    readonly exitRequestsPerSecond?: number | undefined;
  };
  /** True when the policy needs no demand. */
  readonly isStatic: boolean;
  /** The latency constraint, which must also hold after the losses of `survive`. */
  readonly latencyLimit?: { readonly milliseconds: number; readonly share: number } | undefined;
  /** The fleet, in name order. */
  readonly clusters: readonly Cluster[];
  /** 1: the cluster may be chosen. */
  readonly allowed: Uint8Array;
  /** 1: chosen by the previous decision and in the fleet. */
  readonly previous: Uint8Array;
  /** Origins with demand, in name order. */
  readonly origins: readonly Origin[];
  /** [cluster * origins + origin] */
  readonly milliseconds: Float64Array;
  /** [cluster * origins + origin] = 1: the cluster may serve the origin. */
  readonly legal: Uint8Array;
}

/** What a row adds to the optimizer's problem. The `rules` of all rows are joined; every other member is set by one row only. */
export type Contribution = Partial<
  Pick<
    AppProblem,
    'rules' | 'threshold' | 'capacity' | 'headroom' | 'nearShare' | 'survive' | 'budget'
  >
>;

/** One rule that a user could remove: a scalar constraint, or one element of a list. */
export interface ConstraintRule<Value = unknown> {
  /** Path below the row's key: '' for the whole row, `[0]` or `.name` for an element. */
  readonly path: string;
  /** The rule in words, e.g. `mustInclude 2 of region europe`. */
  readonly words: string;
  /** The row's value without this rule. */
  readonly without: Value;
  /** Weaker values of the row, each weaker than the one before. Removing the rule is not among them. */
  readonly relaxations: readonly { readonly words: string; readonly value: Value }[];
  /** Stability settings that would keep the rule in force; they are removed with it. */
  readonly clears?: readonly ('enterRequestsPerSecond' | 'exitRequestsPerSecond')[];
}

/** A name in a constraint that must exist in the fleet or among the apps; `path` is below the row's key. */
export type NameUse = { readonly path: Path } & (
  | {
      readonly match: Match;
      /** True for prohibitions and preferences, which hold as well where nothing has the name. Default: false. */
      readonly mayBeAbsent?: boolean;
    }
  | { readonly origins: OriginMatch }
  | { readonly label: string }
  | { readonly signal: string }
  | { readonly app: string }
);

/** A rule at its place in the policy, in words such as `minClusters 7`. */
export interface PlacedRule {
  readonly path: Path;
  readonly words: string;
}

/** What a row needs to report that it excludes another rule of the same policy. */
export interface ContradictionContext {
  /** Those constraints that others are compared with. */
  readonly constraints: {
    readonly maxClusters: number;
    readonly survive: number;
    readonly mustNotInclude: readonly Match[];
    readonly apart: readonly string[];
  };
  /** The name of the app; undefined for a policy that stands alone. */
  readonly app: string | undefined;
  /** The place below the constraints of the policy. */
  readonly at: (...steps: Path) => Path;
  /** Reports that two rules exclude each other. */
  readonly contradict: (first: PlacedRule, why: string, second: PlacedRule, remedy: string) => void;
  /** Reports any other mistake. */
  readonly report: Report;
}

/**
 * Rows exclude clusters in this order, whatever their place in the table: what a policy forbids, the taints of a
 * cluster, its signals, and everything else.
 */
export type EligibilityStage = 'policy' | 'taints' | 'signals';

/** One constraint. Hooks are optional except `rules`; what a row leaves out does not apply to it. */
export interface ConstraintRow<Schema extends z.ZodType = z.ZodType> {
  /** One sentence: the description in schemas, help and documentation. */
  readonly doc: string;
  readonly schema: Schema;
  /** Default: after all stages. */
  readonly stage?: EligibilityStage;
  /** Why this cluster may not be chosen, or undefined. */
  readonly cluster?: (
    value: z.output<Schema>,
    cluster: Cluster,
    context: EligibilityContext,
  ) => string | undefined;
  /** False when the cluster may not serve the origin. */
  readonly pair?: (
    value: z.output<Schema>,
    origin: Origin,
    cluster: Cluster,
    milliseconds: number,
  ) => boolean;
  /** For a `pair` that does not use milliseconds: origins of one class may be served by the same clusters. */
  readonly originClass?: (value: z.output<Schema>, origin: Origin) => string;
  /** Rules about the chosen set and its loads. */
  readonly compile?: (value: z.output<Schema>, context: RuleContext) => Contribution;
  /** For a `compile` that reads every pair of cluster and origin. */
  readonly needsAllPairs?: {
    /** Of several such rows, the error for too many pairs names the one of the lowest rank. */
    readonly rank: number;
    /**
     * The path below the row's key of what requires all pairs, or undefined. `isLimited`: some cluster of the fleet has
     * a capacity.
     */
    readonly path: (value: z.output<Schema>, isLimited: boolean) => string | undefined;
  };
  /**
   * Why a set that also had `cluster` would break this rule, or undefined; only for rules about sets that one cluster more can
   * break. `candidates`: the clusters that may be chosen.
   */
  readonly violatedBy?: (
    value: z.output<Schema>,
    cluster: Cluster,
    chosen: readonly Cluster[],
    candidates: readonly Cluster[],
  ) => string | undefined;
  /** True where `violatedBy` does not rule out that the cluster replaces a chosen one. */
  readonly allowsExchange?: true;
  /** For a value that is a list of apps: how their clusters relate to those of this app. */
  readonly link?: 'together' | 'apart';
  /** The value that previous clusters must keep when every limit is relaxed by this share; undefined without a limit. */
  readonly withMargin?: (value: z.output<Schema>, margin: number) => z.output<Schema> | undefined;
  /** Names that must exist in the fleet or among the apps. */
  readonly names?: (value: z.output<Schema>) => readonly NameUse[];
  /** Reports rules of the policy that can never hold together with this one, whatever the fleet and demand. */
  readonly contradictions?: (value: z.output<Schema>, context: ContradictionContext) => void;
  /** The single rules in it that a user could remove or weaken. */
  readonly rules: (
    value: z.output<Schema>,
    context: RuleContext,
  ) => readonly ConstraintRule<z.output<Schema> | 0>[];
}

/** Keeps the schema's type in the row. */
export function constraint<Schema extends z.ZodType>(
  definition: ConstraintRow<Schema>,
): ConstraintRow<Schema> {
  return definition;
}

/** The matches of a list as uses of names. */
export function namesOfMatches(elements: readonly Match[]): readonly NameUse[] {
  return elements.map((match, index) => ({ path: [index], match }));
}

/** The matches of a list of prohibitions or preferences. */
export function absentNamesOfMatches(elements: readonly Match[]): readonly NameUse[] {
  return elements.map((match, index) => ({ path: [index], match, mayBeAbsent: true }));
}

/** The list without the element at `index`. */
export function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, i) => i !== index);
}

/** Steps from `value` down to zero, which is left out, in twentieths of `value`. */
export function twentiethsBelow(value: number): number[] {
  return Array.from({ length: 19 }, (_, i) => rounded((value * (19 - i)) / 20));
}

/** Steps above `value`: by twentieths up to double, then doubling up to 1,024 times. */
export function stepsAbove(value: number): number[] {
  const base = Math.max(value, 1e-3);
  const fine = Array.from({ length: 20 }, (_, i) => rounded((base * (21 + i)) / 20));
  const coarse = Array.from({ length: 9 }, (_, i) => rounded(base * 2 ** (i + 2)));
  return [...fine, ...coarse];
}

/** Six significant digits keep the words short. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
