/** Chosen-set analysis: the origins that each cluster serves, those that only it may serve, and the effect of opening another. */

import type { Candidate } from '../../optimizer';
import { costAt, forEachFlow } from '../../optimizer';
import type { CompiledApp } from '../compile/compile';

const { POSITIVE_INFINITY } = Number;

/** One share of an origin's requests. */
export interface ServedOrigin {
  readonly origin: number;
  readonly amount: number;
}

/** The facts that reasons are made of. */
export interface ChosenSetAnalysis {
  /** By position in the set. */
  readonly served: readonly (readonly ServedOrigin[])[];
  /** By position: origins that no other chosen cluster may serve. */
  readonly soleServer: Int32Array;
  /** By cluster: requests/s that would be served cheaper there than now, capacity aside. */
  readonly loadIfOpened: Float64Array;
  /** By cluster: what serving those there would change. */
  readonly changeIfOpened: Float64Array;
}

/** The outlook of a set with its assignment. */
export function analyzeChosenSet({ problem }: CompiledApp, best: Candidate): ChosenSetAnalysis {
  const { open, evaluated } = best;
  const served = open.map((): ServedOrigin[] => []);
  forEachFlow(problem.requestsPerSecond, evaluated.assigned, (origin, position, amount) => {
    served[position].push({ origin, amount });
  });
  return {
    served,
    soleServer: soleServers({ problem }, open),
    ...effectOfOpening({ problem }, best),
  };
}

type WithProblem = Pick<CompiledApp, 'problem'>;

function soleServers({ problem }: WithProblem, open: readonly number[]): Int32Array {
  const only = new Int32Array(open.length);
  if (open.length < 2) return only;
  for (let origin = 0; origin < problem.origins; origin++) {
    let legal = 0;
    let last = -1;
    for (let position = 0; position < open.length && legal < 2; position++) {
      if (costAt(problem, open[position], origin) === POSITIVE_INFINITY) continue;
      legal++;
      last = position;
    }
    if (legal === 1) only[last]++;
  }
  return only;
}

function effectOfOpening(
  { problem }: WithProblem,
  best: Candidate,
): Pick<ChosenSetAnalysis, 'loadIfOpened' | 'changeIfOpened'> {
  const nearest = currentCosts({ problem }, best);
  if (problem.implicitCosts !== undefined) {
    const { saved, load } = problem.implicitCosts.cheaper(nearest);
    return {
      loadIfOpened: load,
      changeIfOpened: saved.map((sum, cluster) => sum + problem.openCost[cluster]),
    };
  }
  const load = new Float64Array(problem.clusters);
  const gain = problem.openCost.slice();
  for (let cluster = 0, pair = 0; cluster < problem.clusters; cluster++) {
    for (let origin = 0; origin < problem.origins; origin++, pair++) {
      if (problem.cost[pair] >= nearest[origin]) continue;
      load[cluster] += problem.requestsPerSecond[origin];
      gain[cluster] += problem.cost[pair] - nearest[origin];
    }
  }
  return { loadIfOpened: load, changeIfOpened: gain };
}

/** Cost of serving each origin by the chosen clusters, capacity aside. */
function currentCosts({ problem }: WithProblem, { open, evaluated }: Candidate): Float64Array {
  const { served } = evaluated.assigned;
  const nearest = new Float64Array(problem.origins).fill(POSITIVE_INFINITY);
  if (served !== undefined) {
    return nearest.map((far, u) => (served[u] < 0 ? far : costAt(problem, open[served[u]], u)));
  }
  for (const cluster of open) {
    const row = cluster * problem.origins;
    for (let u = 0; u < problem.origins; u++) {
      if (problem.cost[row + u] < nearest[u]) nearest[u] = problem.cost[row + u];
    }
  }
  return nearest;
}
