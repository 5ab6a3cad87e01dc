/** What each of several apps finds left of the limits beside the others: uses are added up once, and again where one changes. */
import { usageAt } from '../problem/capacity';
import type { AppProblem, Limits } from '../problem/problem';
import type { Assigned } from './assignment';

/** An app with its assignment; undefined for an app that is not placed, which uses nothing. */
export type Placed =
  | { readonly app: AppProblem; readonly assigned: Pick<Assigned, 'open' | 'load'> }
  | undefined;

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
  private readonly users: readonly Uses[];
  private readonly all: Limits;

  constructor(
    private readonly limits: Limits,
    placed: readonly Placed[],
  ) {
    this.placed = [...placed];
    this.users = Array.from(limits.headroom, () => new Uses());
    this.all = copyOf(limits);
    placed.forEach((one, index) => {
      this.addUses(one, index);
    });
    for (const [cluster, there] of this.users.entries())
      setUse(this.all, limits, cluster, there, -1);
  }

  /** Replaces what one app uses. O(clusters of the app × apps there). */
  set(index: number, one: Placed): void {
    const before = this.placed[index]?.assigned.open ?? [];
    this.placed[index] = one;
    for (const cluster of before) this.users[cluster].remove(index);
    this.addUses(one, index);
    for (const cluster of [...before, ...(one?.assigned.open ?? [])])
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
    one.assigned.open.forEach((cluster, position) => {
      this.users[cluster].add(one.app, index, one.assigned.load[position]);
    });
  }
}

/** Numbers of one use: index of the app, headroom, CPU in millicores, memory in MiB, pods, requests/s. */
const WIDTH = 6;

/** The uses of one cluster, by ascending index of the app, in one array: a fleet with a thousand apps has very many. */
class Uses {
  values = new Float64Array(4 * WIDTH);
  length = 0;

  add(app: AppProblem, index: number, load: number): void {
    if (this.length === this.values.length) {
      const longer = new Float64Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    const { values } = this;
    let at = this.length;
    for (; at > 0 && values[at - WIDTH] > index; at -= WIDTH) values.copyWithin(at, at - WIDTH, at);
    const use = usageAt(app, load);
    values[at] = index;
    values[at + 1] = app.headroom;
    values[at + 2] = use.cpuMillicores;
    values[at + 3] = use.memoryMebibytes;
    values[at + 4] = use.pods;
    values[at + 5] = use.requestsPerSecond;
    this.length += WIDTH;
  }

  remove(index: number): void {
    for (let at = 0; at < this.length; at += WIDTH) {
      if (this.values[at] !== index) continue;
      this.values.copyWithin(at, at + WIDTH, this.length);
      this.length -= WIDTH;
      return;
    }
  }
}

/** Adds the uses of all but one app in the order of apps, so that equal uses have equal sums to the last bit. */
function setUse(
  { taken, headroom }: Limits,
  before: Limits,
  cluster: number,
  { values, length }: Uses,
  without: number,
): void {
  let cpuMillicores = before.taken.cpuMillicores[cluster];
  let memoryMebibytes = before.taken.memoryMebibytes[cluster];
  let pods = before.taken.pods[cluster];
  let requestsPerSecond = before.taken.requestsPerSecond[cluster];
  let most = before.headroom[cluster];
  for (let at = 0; at < length; at += WIDTH) {
    if (values[at] === without) continue;
    if (values[at + 1] > most) most = values[at + 1];
    cpuMillicores += values[at + 2];
    memoryMebibytes += values[at + 3];
    pods += values[at + 4];
    requestsPerSecond += values[at + 5];
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
