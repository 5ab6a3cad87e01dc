/** What each of several apps finds left of the limits beside the others: the use of all is added up once. */
import { type Usage, usageAt } from '../problem/capacity';
import type { AppProblem, Limits } from '../problem/problem';
import type { Assigned } from './assignment';

/** An app with its assignment; undefined for an app that is not placed, which uses nothing. */
export type Placed =
  | { readonly app: AppProblem; readonly assigned: Pick<Assigned, 'open' | 'load'> }
  | undefined;

interface Use extends Usage {
  readonly index: number;
  readonly headroom: number;
}

/** By index of the app: `limits` after the use of the others. O(clusters + clusters of the app × apps there) for each. */
export function limitsBesideEach(
  limits: Limits,
  placed: readonly Placed[],
): (index: number) => Limits {
  const users: Use[][] = Array.from(limits.headroom, () => []);
  placed.forEach((one, index) => {
    if (one === undefined || one.app.capacity === 'none') return;
    const { headroom } = one.app;
    one.assigned.open.forEach((cluster, position) => {
      users[cluster].push({ ...usageAt(one.app, one.assigned.load[position]), index, headroom });
    });
  });
  const all = copyOf(limits);
  for (const [cluster, there] of users.entries()) setUse(all, limits, cluster, there, -1);
  return (index) => {
    const others = copyOf(all);
    for (const cluster of placed[index]?.assigned.open ?? [])
      setUse(others, limits, cluster, users[cluster], index);
    return others;
  };
}

/** Adds the uses of all but one app in the order of apps, so that equal uses have equal sums to the last bit. */
function setUse(
  { taken, headroom }: Limits,
  before: Limits,
  cluster: number,
  uses: readonly Use[],
  without: number,
): void {
  let cpuMillicores = before.taken.cpuMillicores[cluster];
  let memoryMebibytes = before.taken.memoryMebibytes[cluster];
  let pods = before.taken.pods[cluster];
  let requestsPerSecond = before.taken.requestsPerSecond[cluster];
  let most = before.headroom[cluster];
  for (const use of uses) {
    if (use.index === without) continue;
    cpuMillicores += use.cpuMillicores;
    memoryMebibytes += use.memoryMebibytes;
    pods += use.pods;
    requestsPerSecond += use.requestsPerSecond;
    if (use.headroom > most) most = use.headroom;
  }
  taken.cpuMillicores[cluster] = cpuMillicores;
  taken.memoryMebibytes[cluster] = memoryMebibytes;
  taken.pods[cluster] = pods;
  taken.requestsPerSecond[cluster] = requestsPerSecond;
  headroom[cluster] = most;
}

function copyOf({ total, taken, headroom }: Limits): Limits {
  return {
    total,
    taken: {
      cpuMillicores: taken.cpuMillicores.slice(),
      memoryMebibytes: taken.memoryMebibytes.slice(),
      pods: taken.pods.slice(),
      requestsPerSecond: taken.requestsPerSecond.slice(),
    },
    headroom: headroom.slice(),
  };
}
