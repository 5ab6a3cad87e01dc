/** The door of the placement room. */
export type { DemandSource, EdgeApp } from './app';
export { type EdgeAppInput, edgeApp, edgeAppDocument, parseEdgeApp } from './app-document';
export { type ClusterExplanation, type Explanation, explain } from './explain';
export { type GuardStop, guardStops } from './guard';
export type { PlaceInput } from './input';
export { checkNames } from './names';
export { place } from './place';
export type { PlacementPolicy, PlacementPolicyInput } from './policy';
export { parsePolicy } from './policy-document';
export { type SectionParams, section, static_ } from './presets';
export {
  eachLoss,
  eachSurge,
  type Scaling,
  type Scenario,
  type ScenarioApp,
  type ScenarioResult,
  simulate,
} from './simulate';
export { type Finding, type VerifyReport, verify } from './verify';
