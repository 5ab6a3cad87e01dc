/** Public interface of this folder: the resource `release`, and what the command line shows of it. */

export {
  basisOf,
  type ObservedPlan,
  observeAndPlan,
} from './apply/observe-and-plan';
export type { ClusterResult, ReleaseOutcome } from './apply/result';
export { deliveredWorld } from './hub/hub-world';
export { caaFindings } from './observe/caa';
export type { CertificateStatus } from './observe/certificates';
export { type ClusterStatus, statusOf } from './observe/status';
export { type ReleaseEvent, type World, worldOf } from './observe/world';
export {
  type ClusterPlan,
  clusterSteps,
  hasChanges,
  type ObjectPlan,
  outOfReach,
  type ReleasePlan,
} from './plan/plan';
export { type PlanDocument, parsePlan, sealPlan } from './plan/plan-document';
export { PlannedObjects } from './plan/planned-objects';
export { movedSince, secretsMovedSince } from './plan/reviewed';
export { secretsDigestOf } from './plan/secrets-digest';
export { courseOf, type ReleaseCourse, releaseCourses, totalsText } from './plan/totals';
export {
  carryOut,
  leaveClusters,
  observeAndPlanRemoval,
  type Released,
  release,
} from './release';
export type { Desired } from './state/desired';
export { elsewhereWarning } from './state/elsewhere';
export type { FieldChange } from './state/fields';
export { keyOf, objectText, RELEASE_LABEL } from './state/identity';
export type { Inventory } from './state/inventory';
export { isHeldByOther, type Owner, ownerText, TAKE_OVER } from './state/owner';
export {
  parseRelease,
  type ReleaseProps,
  type Rollout,
  rolloutSchema,
  type Wave,
} from './state/props';
export { leavingIn, type ReleaseState, readState, stateSchema } from './state/state';
