/** From where a proof begins to what it proves, with what was settled before it. */

import type { Point } from '../problem/problem';
import { branchAndBound } from './branch-and-bound';
import type { BranchContext, BranchNode, ProvedBound } from './branch-context';
import { branchOnSize } from './by-size';

/** Where a proof begins, and what came before it. */
export interface ProofStart {
  readonly relaxed: readonly number[];
  /** Undefined when there is nothing to go on with but what is settled. */
  readonly node?: BranchNode;
  /** The point that decided some clusters, and what it proves where that is known. */
  readonly fixing?: { readonly point: Point; readonly value?: number };
}

/** What the settled point and the steps after it prove. */
export function proveFromStart(
  context: BranchContext,
  { fixing, node }: ProofStart,
  needsMinimumLoad: boolean,
): ProvedBound {
  if (node === undefined) {
    if (fixing === undefined) throw new Error('there is nothing to prove from');
    const { point, value = Number.NEGATIVE_INFINITY } = fixing;
    return { value: Math.min(value, context.cutoff()), proof: { point } };
  }
  const { value, proof } = needsMinimumLoad
    ? branchOnSize(context, node)
    : branchAndBound(context, node);
  if (fixing === undefined) return { value, proof };
  const most = Math.max(value, Math.min(fixing.value ?? value, context.cutoff()));
  return { value: most, proof: { point: fixing.point, next: proof } };
}
