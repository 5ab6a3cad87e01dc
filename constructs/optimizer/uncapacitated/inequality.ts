/** Linear inequalities that every legal answer satisfies, over chosen clusters and assignments. */
import type { AppProblem } from '../problem/problem';

/** Coefficients of assignments in an inequality, per request/s. */
export interface ServiceCoefficients {
  /** By cluster. */
  readonly perRequest?: Float64Array;
  /** [cluster * origins + origin]: 1 where the coefficient is 0; the other pairs then have 1. */
  readonly exempt?: Uint8Array;
}

/** `sign` times the chosen members, less the chosen opposed, less the service coefficients of all assignments, is at least `limit`. */
export interface LinearConstraint {
  readonly name: string;
  readonly members: Int32Array;
  /** By member, not negative; 1 where left out. */
  readonly weights?: Float64Array;
  readonly opposed?: Int32Array;
  readonly sign: 1 | -1;
  readonly limit: number;
  readonly serviceCoefficients?: ServiceCoefficients;
  /** True when it holds only for sets in which no cluster may be below its minimum load. */
  readonly needsMinimumLoad?: boolean;
  /** Typical contribution of one cluster: the scale of steps along the multiplier. 1 where left out. */
  readonly scale?: number;
}

/** Clusters that may be chosen and are members, ascending. */
export function allowedMembers(
  app: AppProblem,
  isMember: (cluster: number) => boolean,
): Int32Array {
  const members: number[] = [];
  for (let cluster = 0; cluster < app.clusters; cluster++) {
    if (app.allowed[cluster] === 1 && isMember(cluster)) members.push(cluster);
  }
  return Int32Array.from(members);
}
