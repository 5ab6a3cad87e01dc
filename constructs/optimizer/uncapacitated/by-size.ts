/** Proofs that tell small sets from larger ones, because only larger ones have to keep every cluster used. */

import type { AppProblem, Work } from '../problem/problem';
import { branchAndBound } from './branch-and-bound';
import type { BranchContext, BranchNode, ProvedBound } from './branch-context';
import { ClosestAssignment } from './closest-assignment';
import { minimumLoadsOf, sizeBranchesOf } from './minimum-load';

/** Share of the work that small sets may take. */
const FEW = 3;

/** Like `prove`, once for the sets in which clusters may be thin, and once for the others. */
export function branchOnSize(context: BranchContext, start: BranchNode): ProvedBound {
  const branches = sizeBranchesOf(context.app);
  if (branches === undefined) return branchAndBound(context, start);
  const { work } = context;
  const effort: Work = { spent: 0, allowed: (work.allowed - work.spent) / FEW };
  const contextOf = (app: AppProblem, part: Work): BranchContext => {
    const closest = context.closestAssignment && new ClosestAssignment(app, minimumLoadsOf(app));
    return {
      ...context,
      app,
      closestAssignment: closest,
      rules: context.rules.restrictedTo(app),
      work: part,
    };
  };
  const small = branchAndBound(contextOf(branches.small, effort), {
    ...start,
    state: start.state.slice(),
  });
  work.spent += effort.spent;
  const large = branchAndBound(contextOf(branches.large, work), start);
  const sizes = { largestSmall: branches.largestSmall, small: small.proof, large: large.proof };
  return {
    value: Math.min(small.value, large.value),
    proof: { point: start.point, sizeSplit: sizes },
  };
}
