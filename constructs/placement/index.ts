/** Public interface of placement: what other folders may import. The engine is loaded by the first call that needs it. */
import type { PlacementDecision } from '../model/decision';
import type { PlaceInput } from '../policy';
import type { Explanation } from './scenarios/explanation';
import type { Scenario } from './scenarios/scenario';
import type { ScenarioResult } from './scenarios/simulate';

export { type Pairs, pairsOf } from './compile/latency';
export { costPhrase, latencyPhrase, proof, servedBy } from './explain/phrases';
export type { ClusterExplanation, Explanation } from './scenarios/explanation';
export type { ScenarioApp } from './scenarios/outcome';
export { eachLoss, eachSurge, type Scaling, type Scenario } from './scenarios/scenario';
export type { ScenarioResult } from './scenarios/simulate';

/**
 * Decides where every app runs. Pure and deterministic: equal inputs give equal bytes, whatever the order of
 * apps, clusters or origins. A policy that cannot be satisfied is a decision with a conflict, not an error.
 *
 * @throws EdgeErrors for names the fleet does not have, EdgeError NoDemand when nothing says where requests come from.
 */
export function place(input: PlaceInput): PlacementDecision {
  return (require('./decide/place') as typeof import('./decide/place')).place(input);
}

/**
 * What becomes of the base (default: what `place` decides) in every scenario, with the base as the decision in force. Worst first:
 * unsatisfied, then by harm, then by name. Policies keep every rule but minGain, minDwellSeconds, leaveMargin, replicaDeadband, freezes and guards: a
 * loss is no time to sit still. Sets are repaired by exchanges and not proved the best; `decide` gives the whole decision.
 */
export function simulate(
  input: PlaceInput,
  scenarios: readonly Scenario[],
  base?: PlacementDecision,
): readonly ScenarioResult[] {
  const room = require('./scenarios/simulate') as typeof import('./scenarios/simulate');
  return room.simulate(input, scenarios, base);
}

/**
 * Places, then explains `cluster` (default: every chosen cluster) for `app` (default: all).
 *
 * @throws EdgeError UnknownName for a cluster or app that does not exist, with the nearest spelling.
 */
export function explain(input: PlaceInput, cluster?: string, app?: string): Explanation {
  const room = require('./scenarios/explanation') as typeof import('./scenarios/explanation');
  return room.explain(input, cluster, app);
}
