/** Rent: what an app uses of a cluster, and what it pays for that when limits have prices. */
import { replicasAt } from '../problem/capacity';
import type { AppProblem } from '../problem/problem';
import { RESOURCES } from './residual-capacity';

/** Kinds of capacity. */
export const KINDS = RESOURCES.length;

/** Prices by limit, [cluster * KINDS + kind]. */
export type CapacityMultipliers = Float64Array;

/** What an app uses, [kind]: with the least replicas, and per request/s when load asks for more. */
export interface FractionalUse {
  readonly least: Float64Array;
  readonly perLoad: Float64Array;
}

/** Sums over the components; nothing for an app that is not counted. */
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

/** What the replicas of `load` requests/s use, [kind]. */
export function replicaUse(app: AppProblem, load: number): Float64Array {
  const use = new Float64Array(KINDS);
  if (app.capacity === 'none') return use;
  for (const one of app.components) {
    const replicas = replicasAt(one, load);
    use[0] += replicas * one.cpuMillicores;
    use[1] += replicas * one.memoryMebibytes;
    use[2] += replicas;
  }
  return use;
}

/** What replicas that use this much cost at a cluster. */
export function multiplierCost(
  multipliers: CapacityMultipliers,
  cluster: number,
  use: Float64Array,
): number {
  const at = cluster * KINDS;
  return multipliers[at] * use[0] + multipliers[at + 1] * use[1] + multipliers[at + 2] * use[2];
}
