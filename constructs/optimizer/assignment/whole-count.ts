/** Counts whole origins that clusters can hold: a test of one pass that refuses most sets on which no search finds a place. */

const SLACK = 1e-9;

/**
 * False when some origins surely have no place, whatever the costs: for a weight t, a cluster holds at most floor(capacity / t)
 * of the origins that weigh t or more (the counting bound of bin packing; Martello and Toth, Discrete Applied Mathematics 28,
 * 1990). `weights`: by origin, requests/s. `capacities`: by cluster, requests/s. Costs different weights times clusters.
 */
export function fitsByCount(weights: Float64Array, capacities: Float64Array): boolean {
  const descending = weights.slice().sort().reverse();
  for (let count = 1; count <= descending.length; count++) {
    const weight = descending[count - 1];
    // Origins of equal weight are counted once, with the last of them.
    if (weight === descending[count] || weight <= 0) continue;
    let most = 0;
    for (let p = 0; p < capacities.length && most < count; p++)
      most += Math.floor((capacities[p] * (1 + SLACK)) / weight);
    if (most < count) return false;
  }
  return true;
}
