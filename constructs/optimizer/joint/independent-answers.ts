/** Independent answers: whether what every app would choose alone is possible for all at the same time. */

import { evaluate } from '../assignment/evaluation';
import { limitsBesideEach, type Placed } from '../assignment/limits-beside';
import { fits, freeFor, usageAt } from '../problem/capacity';
import { clearlyLess, type Problem } from '../problem/problem';
import { KINDS, RESOURCES } from './assignment/residual-capacity';
import { linksHold } from './joint-evaluation';
import type { StandaloneAnswer } from './sequential';

/** True when every app can have its best set at the same time, at no higher value. */
export function independentAnswersFit(
  problem: Problem,
  alone: readonly StandaloneAnswer[],
): boolean {
  const sets = alone.map(({ best }) => best?.open ?? []);
  if (!linksHold(problem, sets)) return false;
  const placed = problem.apps.map((app, a) => {
    const assigned = alone[a].best?.evaluated.assigned;
    return assigned && { app, assigned };
  });
  const isRoomForAll = fitTogether(problem, placed);
  let limitsFor: ReturnType<typeof limitsBesideEach> | undefined;
  return problem.apps.every((app, a) => {
    const best = alone[a].best;
    // Beside the others the same assignment is still possible. Losses are another matter: they are served from what is left.
    if (best === undefined || (isRoomForAll && app.survive === undefined)) return true;
    limitsFor ??= limitsBesideEach(problem.limits, placed);
    const { evaluated, open } = best;
    const now = evaluate(app, open, limitsFor(a), { spent: 0, allowed: 0 });
    return now.violation === 0 && !clearlyLess(evaluated.value, now.value);
  });
}

/** True when the clusters hold the loads of all apps together, with the largest headroom of those there. */
function fitTogether({ clusters, limits }: Problem, placed: readonly Placed[]): boolean {
  const used = new Float64Array(clusters * KINDS);
  const headroom = new Float64Array(clusters).fill(-1);
  for (const one of placed) {
    if (one === undefined || one.app.capacity === 'none') continue;
    for (const [position, cluster] of one.assigned.open.entries()) {
      const usage = usageAt(one.app, one.assigned.load[position]);
      for (let kind = 0; kind < KINDS; kind++)
        used[cluster * KINDS + kind] += usage[RESOURCES[kind]];
      headroom[cluster] = Math.max(headroom[cluster], one.app.headroom);
    }
  }
  return headroom.every((share, cluster) => {
    const [cpuMillicores, memoryMebibytes, pods, requestsPerSecond] = used.subarray(
      cluster * KINDS,
    );
    const usage = { cpuMillicores, memoryMebibytes, pods, requestsPerSecond };
    return share < 0 || fits(usage, freeFor(limits, cluster, share));
  });
}
