/**
 * Whether apps need more room of one kind than the clusters have that they may run on, whatever sets they choose. The least that every
 * app needs flows to its clusters, as much to each as it could use there; what does not reach them is short, and a minimum cut says
 * whose needs and which clusters prove it (Hall's condition; Ahuja, Magnanti, Orlin, Network Flows, 1993, ch. 6).
 */

import { freeFor, largestLoad, replicasAt, type Usage, usageAt } from '../problem/capacity';
import {
  type AppProblem,
  demandOf,
  type Limits,
  type Problem,
  type Work,
} from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { KINDS, RESOURCES, ResidualCapacity } from './assignment/residual-capacity';

const { POSITIVE_INFINITY } = Number;

/** A proof that some apps cannot all have a place. */
export interface RoomShortage {
  readonly resource: (typeof RESOURCES)[number];
  /** The apps, as indices into those asked about. */
  readonly apps: readonly number[];
  readonly clusters: readonly number[];
  /** The least that these apps need of these clusters together, beside what each could use elsewhere, less what the clusters have. */
  readonly short: number;
}

/** Apps of one problem: how many, and what each needs and could use of every cluster. */
interface Group {
  readonly members: readonly number[];
  readonly least: number;
  readonly most: Float64Array;
}

/** The first kind of room that apps `at` lack together; undefined where this proves nothing, or when the work is spent. */
export function roomShortage(
  problem: Problem,
  at: readonly number[],
  work: Work,
): RoomShortage | undefined {
  const counted = at.filter((a) => problem.apps[a].capacity !== 'none');
  const share = counted.reduce((least, a) => Math.min(least, problem.apps[a].headroom), 1);
  const { limit } = new ResidualCapacity(problem.clusters, problem.limits, share);
  for (const [kind, resource] of RESOURCES.entries()) {
    const room = limit.filter((_, index) => index % KINDS === kind);
    if (!room.some((one) => one < POSITIVE_INFINITY)) continue;
    const groups = groupsOf(problem, counted, resource, work);
    if (work.spent > work.allowed) return undefined;
    const found = new NeedsFlow(groups, room, work).shortage();
    if (found === undefined) continue;
    return {
      resource,
      apps: found.groups.flatMap(({ members }) => members).sort((a, b) => a - b),
      clusters: found.clusters,
      short: found.short,
    };
  }
  return undefined;
}

function groupsOf(
  { apps, limits }: Problem,
  at: readonly number[],
  resource: keyof Usage,
  work: Work,
): Group[] {
  const members = new Map<AppProblem, number[]>();
  for (const a of at) {
    const alike = members.get(apps[a]);
    if (alike === undefined) members.set(apps[a], [a]);
    else alike.push(a);
  }
  return [...members].map(([app, list]) => {
    work.spent += app.clusters * 4;
    return {
      members: list,
      least: leastOf(app, resource),
      most: Float64Array.from(app.allowed, (allowed, cluster) =>
        allowed === 0 ? 0 : mostAt(app, limits, cluster, resource),
      ),
    };
  });
}

/** The least that the app uses on all clusters of any set together. */
function leastOf(app: AppProblem, resource: keyof Usage): number {
  const demand = demandOf(app);
  if (resource === 'requestsPerSecond') return demand;
  const { min } = sizeRange(app);
  return app.components.reduce((sum, one) => {
    const replicas = Math.max(
      one.minReplicas * min,
      replicasAt({ ...one, minReplicas: 0 }, demand * (1 - 1e-9)),
    );
    return sum + replicas * (resource === 'pods' ? 1 : one[resource]);
  }, 0);
}

/** The most that the app can use of a cluster that it has to itself. */
function mostAt(app: AppProblem, limits: Limits, cluster: number, resource: keyof Usage): number {
  const load = largestLoad(app, freeFor(limits, cluster, app.headroom));
  return load < 0 ? 0 : usageAt(app, Math.min(load * (1 + 1e-9), demandOf(app)))[resource];
}

/** The share of what is needed below which a shortage is rounding. */
const ROUNDING = 1e-7;

/** Maximum flow of needs from groups to clusters, by shortest augmenting paths. */
class NeedsFlow {
  /** [group * clusters + cluster] */
  private readonly flow: Float64Array;
  private readonly left: Float64Array;
  private readonly open: Float64Array;

  /** By cluster; where there is no limit, more than all needs. */
  private readonly room: Float64Array;

  constructor(
    private readonly groups: readonly Group[],
    room: Float64Array,
    private readonly work: Work,
  ) {
    this.flow = new Float64Array(groups.length * room.length);
    this.open = Float64Array.from(groups, ({ least, members }) => least * members.length);
    const all = this.open.reduce((sum, one) => sum + one, 1);
    this.room = room.map((one) => Math.min(Math.max(0, one), 2 * all));
    this.left = this.room.slice();
  }

  /** What cannot flow, with the cut that proves it; undefined when all needs are met. */
  shortage() {
    const { groups, room, open, work } = this;
    const needed = open.reduce((sum, one) => sum + one, 0);
    for (const g of groups.keys()) {
      while (open[g] > ROUNDING * needed) {
        const reached = this.augment(g);
        if (work.spent > work.allowed) return undefined;
        if (reached === undefined) continue;
        const inside = groups.filter((_, at) => reached.groups[at] === 1);
        const clusters = [...room.keys()].filter((c) => reached.clusters[c] === 1);
        const short = this.shortOf(inside, reached.clusters);
        return short > ROUNDING * needed ? { groups: inside, clusters, short } : undefined;
      }
    }
    return undefined;
  }

  /** Sends more of the needs of a group; what it reaches when no more flows. */
  private augment(from: number) {
    const { groups, room, flow, left, open } = this;
    const width = room.length;
    const groupVia = new Int32Array(groups.length).fill(-1);
    const clusterVia = new Int32Array(width).fill(-1);
    const reachedGroups = new Uint8Array(groups.length);
    const reachedClusters = new Uint8Array(width);
    const queue = [from];
    reachedGroups[from] = 1;
    for (let head = 0; head < queue.length; head++) {
      const g = queue[head];
      const { most, members } = groups[g];
      this.work.spent += width;
      for (let c = 0; c < width; c++) {
        if (reachedClusters[c] === 1) continue;
        if (!(most[c] * members.length - flow[g * width + c] > 1e-9 * most[c])) continue;
        reachedClusters[c] = 1;
        clusterVia[c] = g;
        if (left[c] > 1e-9 * room[c]) {
          this.send(from, c, clusterVia, groupVia);
          return undefined;
        }
        for (let other = 0; other < groups.length; other++) {
          if (reachedGroups[other] === 1 || !(flow[other * width + c] > 1e-9 * room[c])) continue;
          reachedGroups[other] = 1;
          groupVia[other] = c;
          queue.push(other);
        }
        this.work.spent += groups.length;
      }
    }
    return open[from] > 0 ? { groups: reachedGroups, clusters: reachedClusters } : undefined;
  }

  private send(from: number, end: number, clusterVia: Int32Array, groupVia: Int32Array): void {
    const { groups, room, flow, left, open } = this;
    const width = room.length;
    let amount = Math.min(open[from], left[end]);
    for (let c = end; ; ) {
      const g = clusterVia[c];
      amount = Math.min(amount, groups[g].most[c] * groups[g].members.length - flow[g * width + c]);
      if (g === from) break;
      c = groupVia[g];
      amount = Math.min(amount, flow[g * width + c]);
    }
    for (let c = end; ; ) {
      const g = clusterVia[c];
      flow[g * width + c] += amount;
      if (g === from) break;
      c = groupVia[g];
      flow[g * width + c] -= amount;
    }
    open[from] -= amount;
    left[end] -= amount;
  }

  /** What these groups need beside what they could use of other clusters, less what these clusters have. */
  private shortOf(inside: readonly Group[], clusters: Uint8Array): number {
    let short = 0;
    for (const { least, most, members } of inside) {
      let elsewhere = 0;
      for (let c = 0; c < most.length; c++) if (clusters[c] === 0) elsewhere += most[c];
      short += members.length * Math.max(0, least - elsewhere);
    }
    for (let c = 0; c < clusters.length; c++) if (clusters[c] === 1) short -= this.room[c];
    return short;
  }
}
