/**
 * One after another, as far as it could still be better than what is known: what the apps to come cost at the least together is
 * known from prices of limits, so that the first few apps, which take places without regard to who wants them, tell.
 */
import type { Candidate } from '../enumeration/enumeration';
import { clearlyLess, type Problem, type Work } from '../problem/problem';
import { KINDS, multiplierCost, replicaUse } from './capacity-multipliers';
import type { JointBound } from './joint-bound';
import { bestResponse, type StandaloneAnswer } from './sequential';

/** What one after another is to beat. */
export interface BoundedPlacements {
  readonly placed: readonly (Candidate | undefined)[];
  /** What prices prove about the apps that are placed. */
  readonly bound: JointBound;
}

/** Every app in name order at the best that those before it leave; undefined as soon as it is proved no better than `rival`. */
export function sequentialWithBound(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
  rival: BoundedPlacements,
  work: Work,
): (Candidate | undefined)[] | undefined {
  const placed: (Candidate | undefined)[] = problem.apps.map(() => undefined);
  const value = rival.placed.reduce((sum, one) => sum + (one?.evaluated.value ?? 0), 0);
  const mayMiss = alone.filter(
    ({ best }, a) => best !== undefined && rival.placed[a] === undefined,
  ).length;
  let missed = 0;
  let least = rival.bound.apps.reduce(
    (sum, one) => sum + (one?.value ?? 0),
    -rival.bound.capacityCost,
  );
  for (const a of placed.keys()) {
    if (alone[a].best === undefined) continue;
    const one = bestResponse(problem, placed, a, alone[a].best, work);
    placed[a] = one;
    if (one === undefined) {
      missed++;
      if (missed > mayMiss) return undefined;
      continue;
    }
    least += one.evaluated.value + capacityCostOf(problem, a, one, rival.bound);
    least -= rival.bound.apps[a]?.value ?? 0;
    // Where somebody goes without a place, the prices say nothing about him.
    if (mayMiss === 0 && !clearlyLess(least, value)) return undefined;
  }
  return placed;
}

/** What an app pays for all it uses. */
function capacityCostOf(
  problem: Problem,
  a: number,
  { evaluated }: Candidate,
  bound: JointBound,
): number {
  const app = problem.apps[a];
  if (app.capacity === 'none') return 0;
  const { open, load } = evaluated.assigned;
  return open.reduce(
    (sum, cluster, position) =>
      sum +
      multiplierCost(bound.capacityMultipliers, cluster, replicaUse(app, load[position])) +
      bound.capacityMultipliers[cluster * KINDS + 3] * load[position],
    0,
  );
}
