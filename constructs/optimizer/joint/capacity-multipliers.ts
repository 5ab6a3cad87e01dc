/** Capacity multipliers of the joint relaxation, and the cost of an app's use under them. */
import type { AppProblem } from '../problem/problem';
import { KINDS, writeUse } from './assignment/residual-capacity';

/** [cluster * KINDS + kind]: the multiplier of that limit, a cost per unit; never negative. */
export type CapacityMultipliers = Float64Array;

/** Use of a cluster with divisible replicas, by kind: of the minimum replicas, and per request/s where load needs more. */
export interface FractionalUse {
  readonly least: Float64Array;
  readonly perLoad: Float64Array;
}

/** Sums over the components; zeros for an app that does not count against capacity. */
export function fractionalUse(app: AppProblem): FractionalUse {
  const least = new Float64Array(KINDS);
  const perLoad = new Float64Array(KINDS);
  if (app.capacity === 'none') return { least, perLoad };
  for (const one of app.components) {
    [one.cpuMillicores, one.memoryMebibytes, 1].forEach((size, kind) => {
      least[kind] += one.minReplicas * size;
      perLoad[kind] += size / one.requestsPerSecondPerReplica;
    });
  }
  return { least, perLoad };
}

/** Use by the replicas for `load` requests/s, by kind; zeros for an app that does not count against capacity. */
export function replicaUse(app: AppProblem, load: number): Float64Array {
  const use = new Float64Array(KINDS);
  writeUse(app, load, use, 0);
  return use;
}

/** Cost of this use at a cluster under the multipliers. Requests/s are not included. */
export function multiplierCost(
  multipliers: CapacityMultipliers,
  cluster: number,
  use: Float64Array,
): number {
  const at = cluster * KINDS;
  return multipliers[at] * use[0] + multipliers[at + 1] * use[1] + multipliers[at + 2] * use[2];
}
