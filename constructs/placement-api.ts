/** The front door `littoral/placement`: what programs may call of policies, placement and verification. */

export { place } from './placement/decide/place';
export {
  type ClusterExplanation,
  type Explanation,
  explain,
} from './placement/scenarios/explanation';
export {
  eachLoss,
  eachSurge,
  type Scaling,
  type Scenario,
  type ScenarioApp,
  type ScenarioResult,
  simulate,
} from './placement/scenarios/simulate';
export type { DemandSource, EdgeApp } from './policy/edge-app';
export {
  type EdgeAppInput,
  edgeApp,
  edgeAppDocument,
  parseEdgeApp,
} from './policy/edge-app-document';
export { type GuardStop, guardStops } from './policy/guard';
export { checkNames } from './policy/names';
export type { PlaceInput } from './policy/place-input';
export type { PlacementPolicy, PlacementPolicyInput } from './policy/policy';
export { parsePolicy } from './policy/policy-document';
export { type SectionParams, section, static_ } from './policy/presets';
export { type Finding, type VerifyReport, verify } from './verification';
