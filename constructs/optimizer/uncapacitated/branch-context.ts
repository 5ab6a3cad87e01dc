/** The data of branch and bound: problem, limits, callbacks, and where it starts and ends. */

import type { CandidateLists } from '../primitives/candidate-lists';
import type { AppProblem, Point, ProofNode, Work } from '../problem/problem';
import type { ClosestAssignment } from './closest-assignment';
import type { DualizedConstraints } from './dualized-constraints';
import { FREE, IN, OUT } from './relaxation';

/** Input and callbacks of branch and bound. */
export interface BranchContext {
  readonly app: AppProblem;
  readonly rules: DualizedConstraints;
  readonly work: Work;
  /** Largest load by cluster; undefined where nothing limits it. */
  readonly maxLoads?: Float64Array | undefined;
  /** Defined where every origin is served at its cheapest cluster and some rule about load depends on that. */
  readonly closestAssignment?: ClosestAssignment | undefined;
  /** Sets that cost this much or more are pruned. It may fall, and is Infinity while no legal set is known. */
  readonly cutoff: () => number;
  /** Estimate of the value: the target of the ascent while no legal set is known. */
  readonly estimate: () => number;
  /** Evaluates a set of the relaxation, which may become the incumbent. */
  readonly consider: (open: readonly number[], isRoot: boolean) => void;
  /** True when the set is proved to cost the cutoff or more. */
  readonly isSetFathomed: (open: readonly number[]) => boolean;
  /** Called once, when branching has taken as long as the root: a better incumbent may then save much of the tree. */
  readonly perturbIncumbent?: () => void;
  /** True when the start is good and a gap is to be expected that branching hardly closes. */
  readonly expectsGap?: boolean;
  /** True when only good multipliers are needed: no branching. */
  readonly isApproximate?: boolean;
}

/** A bound with its certificate. */
export interface ProvedBound {
  /** No set costs less; the cutoff when the tree was finished. */
  readonly value: number;
  readonly proof: ProofNode;
}

/** A node to start from. */
export interface BranchNode {
  readonly state: Uint8Array;
  readonly lists: CandidateLists;
  readonly point: Point;
}

/** The state in which only rules have decided clusters. */
export function initialState({ allowed, required }: AppProblem): Uint8Array {
  return allowed.map((flag, cluster) => (flag === 0 ? OUT : required[cluster] === 1 ? IN : FREE));
}
