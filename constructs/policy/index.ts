/** Public interface of policy: what other folders may import. */

export {
  type ConstraintOfPolicy,
  type Constraints,
  linkedApps,
  rowsOf,
  setConstraints,
} from './constraints/constraints';
export { loadThresholds } from './constraints/counts';
export { replicasPerRequestPerSecond, usdPerHourOn } from './constraints/money';
export type {
  ConstraintRow,
  ConstraintRule,
  Contribution,
  EligibilityContext,
  EligibilityStage,
  RuleContext,
} from './constraints/row';
export { evictionSeconds, isReluctant, unreachableUntil } from './constraints/selection';
export {
  type AppDifference,
  type ClusterDifference,
  type ClusterLoad,
  differencesOf,
  isDifferent,
  type Measures,
  type OriginDifference,
} from './decision-differences';
export {
  type DemandSource,
  inlineDemand,
  namedSourceIn,
  type OutsideSource,
  outsideSource,
  writtenDemand,
} from './demand-source';
export { type EdgeApp, edgeAppSchema } from './edge-app';
export { type EdgeAppInput, edgeApp, edgeAppDocument, parseEdgeApp } from './edge-app-document';
export { freezeEnd } from './freeze';
export { type GuardStop, guardStops } from './guard';
export { type Guard, guards } from './guard-names';
export { configMapOfPolicy, policyOfConfigMap } from './location-optimizer';
export { type Drift, driftOf, isDrift, lockErrors } from './lock';
export { absentNames, checkNames } from './names';
export { type Term, termsOf } from './objective';
export { givenDemand, heldApp, type PlaceInput } from './place-input';
export { type PlacementPolicy, type PlacementPolicyInput, policySchema } from './policy';
export { parsePolicy } from './policy-document';
export { type SectionParams, section, static_ } from './presets';
export { placedPart, type StandIns, withStandIns } from './stand-ins';
