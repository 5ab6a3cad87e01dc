/** What a proof by branching is asked: the problem, what is known of it so far, and what to do with sets that look good. */

import type { CandidateLists } from '../primitives/candidate-lists';
import type { AppProblem, Point, ProofNode, Work } from '../problem/problem';
import type { ClosestAssignment } from './closest-assignment';
import type { DualizedConstraints } from './dualized-constraints';
import { FREE, IN, OUT } from './relaxation';

/** What branching needs to know and tells. */
export interface BranchContext {
  readonly app: AppProblem;
  readonly rules: DualizedConstraints;
  readonly work: Work;
  /** Largest load by cluster; undefined where nothing limits it. */
  readonly maxLoads?: Float64Array | undefined;
  /** Where every origin is served at its cheapest cluster, and some rule about load makes that count. */
  readonly closestAssignment?: ClosestAssignment | undefined;
  /** Sets that cost this much or more are of no interest; may fall. Infinity while nothing legal is known. */
  readonly cutoff: () => number;
  /** A first guess of the value, aimed at while nothing is known. */
  readonly estimate: () => number;
  /** Looks at a set that may be good. */
  readonly consider: (open: readonly number[], isRoot: boolean) => void;
  /** Whether it is proved what a set costs at least: the cutoff or more. */
  readonly isSetFathomed: (open: readonly number[]) => boolean;
  /** Called once, when branching has taken as long as the root: it may be worth looking for a better set. */
  readonly perturbIncumbent?: () => void;
  /** Good prices are enough: no branching. */
  readonly isApproximate?: boolean;
}

/** What was proved. */
export interface ProvedBound {
  /** No set costs less; the cutoff when the tree was finished. */
  readonly value: number;
  readonly proof: ProofNode;
}

/** Where a proof begins. */
export interface BranchNode {
  readonly state: Uint8Array;
  readonly lists: CandidateLists;
  readonly point: Point;
}

/** Before anything was decided. */
export function initialState({ allowed, required }: AppProblem): Uint8Array {
  return allowed.map((flag, cluster) => (flag === 0 ? OUT : required[cluster] === 1 ? IN : FREE));
}
