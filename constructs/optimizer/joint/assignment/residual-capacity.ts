/** Capacity of every cluster for the apps of a joint search, and its use. */
import { freeFor, replicasAt } from '../../problem/capacity';
import type { AppProblem, Limits } from '../../problem/problem';

/** Kinds of capacity, in the order of every array of this folder. */
export const RESOURCES = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;
export const KINDS = RESOURCES.length;
const ALL_KINDS: readonly number[] = RESOURCES.map((_, kind) => kind);
const TOLERANCE = 1e-9;

/** Use and capacity, [cluster * KINDS + kind]. */
export class ResidualCapacity {
  readonly used: Float64Array;
  readonly capacity: Float64Array;
  /** Capacity with a tolerance for rounding. */
  readonly limit: Float64Array;
  /** Kinds that some cluster limits. */
  limitedKinds: readonly number[];
  /** True when some cluster limits requests/s. */
  readonly isLimitedByLoad: boolean;

  /** `share` of every limit stays free. It is the largest headroom of the apps, so that what fits here fits for each of them. */
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
    this.limit = this.capacity.map((one) => one + TOLERANCE * Math.max(1e-3, Math.abs(one)));
    this.limitedKinds = RESOURCES.flatMap((_, kind) => {
      for (let at = kind; at < this.capacity.length; at += KINDS) {
        if (this.capacity[at] < Number.POSITIVE_INFINITY) return [kind];
      }
      return [];
    });
    this.isLimitedByLoad = this.limitedKinds.includes(3);
  }

  /** While `act` runs nothing fits on these clusters, not even a use of zero, also where no cluster limits anything. */
  whileClosed<T>(clusters: readonly number[], act: () => T): T {
    const [limit, capacity, kinds] = [this.limit.slice(), this.capacity.slice(), this.limitedKinds];
    for (const cluster of clusters) {
      this.limit.fill(-1, cluster * KINDS, (cluster + 1) * KINDS);
      this.capacity.fill(0, cluster * KINDS, (cluster + 1) * KINDS);
    }
    this.limitedKinds = ALL_KINDS;
    try {
      return act();
    } finally {
      this.limit.set(limit);
      this.capacity.set(capacity);
      this.limitedKinds = kinds;
    }
  }

  /** Adds (`sign` 1) or takes away (-1) a use that begins at `at` of `uses`. */
  add(cluster: number, uses: Float64Array, at: number, sign: 1 | -1): void {
    const to = cluster * KINDS;
    for (let kind = 0; kind < KINDS; kind++) this.used[to + kind] += sign * uses[at + kind];
  }

  /** True when the use at `at` of `uses` fits after the use at `goneAt` of `gone` is removed. */
  fits(cluster: number, uses: Float64Array, at: number, gone?: Float64Array, goneAt = 0): boolean {
    const { limitedKinds, used, limit } = this;
    const to = cluster * KINDS;
    for (let k = 0; k < limitedKinds.length; k++) {
      const kind = limitedKinds[k];
      const freed = gone === undefined ? 0 : gone[goneAt + kind];
      if (used[to + kind] - freed + uses[at + kind] > limit[to + kind]) return false;
    }
    return true;
  }

  /** Overload of the cluster as a share of its capacity, summed over the kinds, with `more` added; 0 when it fits. */
  excess(cluster: number, more?: Float64Array): number {
    const { limitedKinds, used, limit, capacity } = this;
    let excess = 0;
    for (let k = 0; k < limitedKinds.length; k++) {
      const at = cluster * KINDS + limitedKinds[k];
      const use = used[at] + (more === undefined ? 0 : more[limitedKinds[k]]);
      if (use > limit[at]) excess += (use - capacity[at]) / Math.max(1, capacity[at]);
    }
    return excess;
  }

  /** True when the use of the app does not depend on its load, wherever it runs. */
  isLoadIndependent(app: AppProblem): boolean {
    if (app.capacity === 'none') return true;
    if (this.isLimitedByLoad) return false;
    const all = app.requestsPerSecond.reduce((sum, one) => sum + one, 0);
    return app.components.every((one) => replicasAt(one, all) === one.minReplicas);
  }
}

/** Writes the use by `load` requests/s of the app into `uses` from `at`, by kind; zeros for an app that does not count against capacity. */
export function writeUse(app: AppProblem, load: number, uses: Float64Array, at: number): void {
  uses.fill(0, at, at + KINDS);
  if (app.capacity === 'none') return;
  for (const component of app.components) {
    const replicas = replicasAt(component, load);
    uses[at] += replicas * component.cpuMillicores;
    uses[at + 1] += replicas * component.memoryMebibytes;
    uses[at + 2] += replicas;
  }
  uses[at + 3] += load;
}
