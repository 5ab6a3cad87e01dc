/** Inequalities that every legal answer keeps: over the chosen clusters, and over who serves whom. */
import type { AppProblem } from '../problem/problem';

/** What one request/s costs an inequality wherever it is served. */
export interface ServiceCoefficients {
  /** By cluster. */
  readonly perRequest?: Float64Array;
  /** [cluster * origins + origin]: 1 where nothing is to be paid. Without it every pair pays what its cluster asks, with it those at 0 pay 1. */
  readonly exempt?: Uint8Array;
}

/** `sign` times the chosen members, less the chosen opposed, less the tolls of all requests, is at least `limit`. */
export interface LinearConstraint {
  readonly name: string;
  readonly members: Int32Array;
  /** By member, not negative; 1 where left out. */
  readonly weights?: Float64Array;
  readonly opposed?: Int32Array;
  readonly sign: 1 | -1;
  readonly limit: number;
  readonly serviceCoefficients?: ServiceCoefficients;
  /** True when it holds only for sets in which no cluster may be thin. */
  readonly needsMinimumLoad?: boolean;
  /** What one cluster is typically worth to it: steps along its rate are scaled by this. 1 where left out. */
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
