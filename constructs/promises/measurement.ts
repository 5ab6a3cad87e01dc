/** Measurement: one number that a promise limits, where it was taken, and whether the promise holds there. */
import type { AppDecision, PlacementDecision } from '../model/decision';
import type { PlaceInput } from '../policy';

/** What promises are held against. */
export interface PromiseContext {
  /** The decision that is judged. */
  readonly decision: PlacementDecision;
  /** What it was decided from, with the demand that losses are asked for. */
  readonly input: PlaceInput;
  /** The apps that the promise is about. */
  readonly apps: readonly AppDecision[];
}

/** One number beside its limit. */
export interface Measurement {
  /** App, cluster, region or scenario. */
  readonly where: string;
  /** The number; null where there is none, and `note` says why. */
  readonly received: number | null;
  /** What was promised. */
  readonly limit: number;
  /** Whether the limit is the most or the least that is promised. */
  readonly relation: 'atMost' | 'atLeast';
  /** Unit of both numbers, such as `ms`; `share` for shares of 1. */
  readonly unit: string;
  /** What a person should know about it, in a few words. */
  readonly note?: string;
  /** Where there is no number: whether that keeps the promise. */
  readonly holdsWithout?: boolean;
}

/** Numbers that differ by rounding alone are equal: a headroom of 0.2 keeps a utilization of 0.8. */
const TOLERANCE = 1e-9;

/** Whether the promise holds there. */
export function isKept({ received, limit, relation, holdsWithout }: Measurement): boolean {
  if (received === null) return holdsWithout === true;
  const slack = TOLERANCE * Math.max(1, Math.abs(limit));
  return relation === 'atMost' ? received <= limit + slack : received >= limit - slack;
}

/** How far from its limit, positive where it is broken; a number that is missing is farther than any. */
export function excessOf(one: Measurement): number {
  if (one.received === null) return isKept(one) ? Number.NEGATIVE_INFINITY : Infinity;
  const over = one.relation === 'atMost' ? one.received - one.limit : one.limit - one.received;
  return over / Math.max(Math.abs(one.limit), 1e-12);
}

/** An app without a placement keeps no promise: its zeros would keep every one. */
export function withoutPlacement(
  { app, conflict }: AppDecision,
  limit: number,
  unit: string,
): Measurement {
  const why = conflict === undefined ? '' : `: ${conflict.summary}`;
  const note = `has no placement${why}`;
  return { where: `app ${app}`, received: null, limit, relation: 'atMost', unit, note };
}
