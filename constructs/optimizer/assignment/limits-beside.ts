/** What each of several apps finds left of the limits beside the others: uses are added up once, and again where one changes. */
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
  const shared = new SharedLimits(limits, placed);
  return (index) => shared.beside(index);
}

/** The use of every cluster by apps that come, move and leave. */
export class SharedLimits {
  private readonly placed: Placed[];
  /** By cluster: its uses, by ascending index of the app. */
  private readonly users: Use[][];
  private readonly all: Limits;

  constructor(
    private readonly limits: Limits,
    placed: readonly Placed[],
  ) {
    this.placed = [...placed];
    this.users = Array.from(limits.headroom, () => []);
    this.all = copyOf(limits);
    placed.forEach((one, index) => {
      this.addUses(one, index);
    });
    for (const [cluster, there] of this.users.entries())
      setUse(this.all, limits, cluster, there, -1);
  }

  /** Replaces what one app uses. O(clusters of the app × apps there). */
  set(index: number, one: Placed): void {
    const before = this.placed[index];
    if (before === one) return;
    this.placed[index] = one;
    const touched = [...(before?.assigned.open ?? []), ...(one?.assigned.open ?? [])];
    for (const cluster of before?.assigned.open ?? [])
      this.users[cluster] = this.users[cluster].filter((use) => use.index !== index);
    this.addUses(one, index);
    for (const cluster of touched)
      setUse(this.all, this.limits, cluster, this.users[cluster], -1);
  }

  /** `limits` after the use of all apps but this one. */
  beside(index: number): Limits {
    const others = copyOf(this.all);
    for (const cluster of this.placed[index]?.assigned.open ?? [])
      setUse(others, this.limits, cluster, this.users[cluster], index);
    return others;
  }

  private addUses(one: Placed, index: number): void {
    if (one === undefined || one.app.capacity === 'none') return;
    const { headroom } = one.app;
    one.assigned.open.forEach((cluster, position) => {
      const there = this.users[cluster];
      let at = there.length;
      while (at > 0 && there[at - 1].index > index) at--;
      const use = { ...usageAt(one.app, one.assigned.load[position]), index, headroom };
      there.splice(at, 0, use);
    });
  }
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
