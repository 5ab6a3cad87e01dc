/** The front door `littoral/placement`: what programs may call of policies, placement and verification. */

export {
  type ClusterExplanation,
  type Explanation,
  eachLoss,
  eachSurge,
  explain,
  place,
  type Scaling,
  type Scenario,
  type ScenarioApp,
  type ScenarioResult,
  simulate,
} from './placement';
export type {
  DemandSource,
  EdgeApp,
  PlaceInput,
  PlacementPolicy,
  PlacementPolicyInput,
} from './policy';
export {
  checkNames,
  type EdgeAppInput,
  edgeApp,
  edgeAppDocument,
  type GuardStop,
  guardStops,
  parseEdgeApp,
  parsePolicy,
  type SectionParams,
  section,
  static_,
} from './policy';
export { type Finding, type VerifyReport, verify } from './verification';
