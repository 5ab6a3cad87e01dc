/** Public interface of placement: what other folders may import. */
export { type Pairs, pairsOf } from './compile/latency';
export { place } from './decide/place';
export { costPhrase, latencyPhrase, proof, servedBy } from './explain/phrases';
export { type ClusterExplanation, type Explanation, explain } from './scenarios/explanation';
export {
  eachLoss,
  eachSurge,
  type Scaling,
  type Scenario,
  type ScenarioApp,
  type ScenarioResult,
  simulate,
} from './scenarios/simulate';
