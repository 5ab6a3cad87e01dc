/** Room: what every cluster has for the apps of a joint search, and what they use of it now. */
import { freeFor, replicasAt } from './capacity';
import type { AppProblem, Limits } from './problem';

/** Kinds of capacity, in the order of every array of this room. */
export const RESOURCES = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;
const KINDS = RESOURCES.length;
const TOLERANCE = 1e-9;

/** Use and capacity, [cluster * KINDS + kind]. */
export class Room {
  readonly used: Float64Array;
  readonly capacity: Float64Array;
  /** By kind: false when no cluster limits it. */
  private readonly isLimited: readonly boolean[];

  /** `share` of every limit stays free: the largest headroom of the apps, so that whoever fits here fits for all of them. */
  constructor(
    readonly clusters: number,
    limits: Limits,
    share: number,
  ) {
    this.used = new Float64Array(clusters * KINDS);
    this.capacity = new Float64Array(clusters * KINDS);
    for (let cluster = 0; cluster < clusters; cluster++) {
      const free = freeFor(limits, cluster, share);
      RESOURCES.forEach((resource, kind) => {
        this.capacity[cluster * KINDS + kind] = free[resource];
      });
    }
    this.isLimited = RESOURCES.map((_, kind) => {
      for (let at = kind; at < this.capacity.length; at += KINDS) {
        if (this.capacity[at] < Number.POSITIVE_INFINITY) return true;
      }
      return false;
    });
  }

  /** Adds (`sign` 1) or takes away (-1) what `load` requests/s of the app use. */
  use(app: AppProblem, cluster: number, load: number, sign: 1 | -1): void {
    if (app.capacity === 'none') return;
    const at = cluster * KINDS;
    for (const component of app.components) {
      const replicas = sign * replicasAt(component, load);
      this.used[at] += replicas * component.cpuMillicores;
      this.used[at + 1] += replicas * component.memoryMebibytes;
      this.used[at + 2] += replicas;
    }
    this.used[at + 3] += sign * load;
  }

  /** How much the cluster is beyond its capacity, as a share of it, summed over the kinds; 0 when everything fits. */
  excess(cluster: number): number {
    let excess = 0;
    for (let kind = 0, at = cluster * KINDS; kind < KINDS; kind++, at++) {
      if (!this.isLimited[kind]) continue;
      const capacity = this.capacity[at];
      const over = this.used[at] - capacity;
      if (over > TOLERANCE * Math.max(1e-3, Math.abs(capacity)))
        excess += over / Math.max(1, capacity);
    }
    return excess;
  }

  /** True when the use of the app does not depend on its load, wherever it runs. */
  isFlat(app: AppProblem): boolean {
    if (app.capacity === 'none') return true;
    if (this.isLimited[3]) return false;
    const all = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
    return app.components.every((one) => replicasAt(one, all) === one.minReplicas);
  }
}
