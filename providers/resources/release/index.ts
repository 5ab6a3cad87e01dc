/** The door of this room: the resource `release`, and what the command line shows of it. */
export type { Desired } from './desired';
export { elsewhereWarning } from './elsewhere';
export type { FieldChange } from './fields';
export { keyOf, objectText } from './identity';
export type { Inventory } from './inventory';
export {
  type ClusterPlan,
  hasChanges,
  type ObjectPlan,
  outOfReach,
  type ReleasePlan,
} from './plan';
export { type PlanDocument, parsePlan, sealPlan } from './plan-document';
export { parseRelease, type ReleaseProps, type Rollout, rolloutSchema, type Wave } from './props';
export { basisOf, type Prospect, prospect } from './prospect';
export { carryOut, prospectRemoval, type Released, release } from './release';
export type { ClusterResult, ReleaseOutcome } from './result';
export { movedSince } from './reviewed';
export { type ReleaseState, readState, stateSchema } from './state';
export { type ClusterStatus, statusOf } from './status';
export { type ReleaseEvent, type World, worldOf } from './world';
