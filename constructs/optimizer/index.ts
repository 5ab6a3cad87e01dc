/** The door of optimizer: what other rooms may use of it. */
export { assignNearest } from './assignment/assign';
export { type Assigned, forEachFlow } from './assignment/assignment';
export {
  evaluate,
  firstUnservedLoss,
  nearDemand,
  remainingLimits,
  subsets,
} from './assignment/evaluation';
export { limitsBesideEach } from './assignment/limits-beside';
export { loadsAfterLoss } from './assignment/loads-after-loss';
export {
  type Candidate,
  enumerate,
  isEnumerable,
  isSatisfiable,
  setsOf,
} from './enumeration/enumeration';
export { interpolate } from './implicit/cell-neighbours';
export { type Cells, cellsOf } from './implicit/cells';
export { aggregateDemand } from './implicit/demand-aggregation';
export { nearLists, type PairCostsByDistance, pairsWithin } from './implicit/near-lists';
export { assignToNearest } from './implicit/nearest-assignment';
export { type LinearDistanceCosts, savingsOf } from './implicit/savings';
export { RESOURCES } from './joint/assignment/residual-capacity';
export { independentAnswersFit } from './joint/independent-answers';
export {
  evaluateJointly,
  linksHold,
  subproblemOf,
} from './joint/joint-evaluation';
export { isCoupled } from './joint/joint-solver';
export { LossRepair } from './joint/loss-repair';
export { type RoomShortage, roomShortage } from './joint/room-shortage';
export { assignOneByOne } from './joint/sequential';
export type { CandidateLists } from './primitives/candidate-lists';
export {
  fits,
  freeFor,
  holdsDemand,
  largestLoad,
  replicasAt,
  type Usage,
  usageAt,
} from './problem/capacity';
export { dependsOnLoad } from './problem/features';
export {
  type AppProblem,
  type Coarser,
  type ComponentLoad,
  clearlyLess,
  costAt,
  demandOf,
  type ImplicitCosts as ManyPairs,
  type Limits,
  type Link,
  type Problem,
  type Proof,
  type ProofNode,
  type SetRule,
  type Work,
} from './problem/problem';
export { changesOf, isKeptThin, setViolation } from './problem/set-rules';
export type { AppSolution } from './single-app-solver';
export { type Answer, constructAlone, solve, solveAlone, solveOnLists } from './solve';
export { search } from './uncapacitated/iterated-local-search';
export { ListDescent } from './uncapacitated/list-descent';
export { SteepestDescent } from './uncapacitated/steepest-descent';
export { SwapNeighbourhood } from './uncapacitated/swap-neighbourhood';
