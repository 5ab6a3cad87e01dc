/** What a row of the constraints table is: everything about one idea, in the moments it can speak. */
import type { z } from 'zod';
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import type { Sizing } from '../../model/workload';
import type { AppProblem } from '../../optimizer';

/** What a rule about a cluster alone may know. */
export interface EligibilityContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True when the previous decision chose the cluster for this app. */
  readonly isPrevious: (cluster: string) => boolean;
  readonly sizing: readonly Sizing[];
}

/** What rules about sets and loads may know: the app after `fit`. */
export interface RuleContext extends EligibilityContext {
  /** Thresholds of the stability part of the policy, where given. */
  readonly stability: {
    readonly enterRequestsPerSecond?: number | undefined;
    readonly exitRequestsPerSecond?: number | undefined;
  };
  /** True when the policy needs no demand. */
  readonly isStatic: boolean;
  /** The latency constraint, which losses must keep too. */
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

/** What a row adds to the problem; `rules` add up, everything else is set by one row. */
export type Contribution = Partial<
  Pick<
    AppProblem,
    'rules' | 'threshold' | 'capacity' | 'headroom' | 'nearShare' | 'survive' | 'budget'
  >
>;

/** One rule a user could take back: a scalar constraint or one element of a list. */
export interface ConstraintRule<Value = unknown> {
  /** Below the row's key: '' for the whole row, `[0]` or `.name` for an element. */
  readonly path: string;
  /** The rule in words, e.g. `mustInclude 2 of region europe`. */
  readonly words: string;
  /** The row's value with this rule taken back. */
  readonly without: Value;
  /** The row's value asking for less, from the nearest to the farthest; taking the rule back is not among them. */
  readonly relaxations: readonly { readonly words: string; readonly value: Value }[];
  /** Stability settings that would otherwise still ask for as much. */
  readonly clears?: readonly ('enterRequestsPerSecond' | 'exitRequestsPerSecond')[];
}

/** One constraint. Every hook is optional; a row implements the moments it has something to say. */
export interface ConstraintRow<Schema extends z.ZodType = z.ZodType> {
  /** One sentence; becomes the description in schemas and help. */
  readonly doc: string;
  readonly schema: Schema;
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
  /** For a `pair` that does not ask for milliseconds: origins that it calls alike may be served by the same clusters. */
  readonly originClass?: (value: z.output<Schema>, origin: Origin) => string;
  /** Rules about the chosen set and its loads. */
  readonly compile?: (value: z.output<Schema>, context: RuleContext) => Contribution;
  /** Why a set that also had `cluster` would break this rule, or undefined; only for rules about sets. */
  readonly violatedBy?: (
    value: z.output<Schema>,
    cluster: Cluster,
    chosen: readonly Cluster[],
  ) => string | undefined;
  /** Names of other apps it refers to. */
  readonly link?: 'together' | 'apart';
  /** The rules in it that a user could take back. */
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

/** The list without the element at `index`. */
export function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, i) => i !== index);
}

/** Steps from `value` down to (not including) zero, in twentieths. */
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

/** To six significant digits, so that the words stay short. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
