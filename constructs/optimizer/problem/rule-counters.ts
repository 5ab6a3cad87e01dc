/** Set rules as counters, which a search updates by one cluster at a time. */
import type { AppProblem, SetRule } from './problem';

/** Counters of one set. The violation after a move takes time in the number of rules, not in the size of the set. */
export class Counters {
  readonly isOpen: Uint8Array;
  size = 0;
  private readonly rules: readonly RuleCounter[];
  private readonly requiredTotal: number;
  private requiredOpen = 0;
  /** Clusters added less previous clusters kept. With the droppable previous clusters added, it is the number of changes. */
  private moved = 0;
  private readonly mostMoved: number;

  constructor(private readonly app: AppProblem) {
    this.isOpen = new Uint8Array(app.clusters);
    this.rules = app.rules.map((rule) => counterOf(rule, app.clusters));
    let [held, droppable] = [0, 0];
    for (let cluster = 0; cluster < app.clusters; cluster++) {
      held += app.required[cluster];
      droppable += app.previous[cluster] & app.allowed[cluster];
    }
    this.requiredTotal = held;
    this.mostMoved = app.maxChanges - droppable;
  }

  /** Sets the counters to this set. */
  reset(open: readonly number[]): void {
    for (let cluster = 0; cluster < this.app.clusters; cluster++) {
      if (this.isOpen[cluster] === 1) this.close(cluster);
    }
    for (const cluster of open) this.open(cluster);
  }

  open(cluster: number): void {
    this.isOpen[cluster] = 1;
    this.step(cluster, 1);
  }

  close(cluster: number): void {
    this.isOpen[cluster] = 0;
    this.step(cluster, -1);
  }

  /** 0 when every set rule, required cluster and change limit holds; the same number as `setViolation`. */
  violation(): number {
    let violation =
      this.requiredTotal - this.requiredOpen + Math.max(0, this.moved - this.mostMoved);
    for (const rule of this.rules) violation += rule.violation();
    return violation;
  }

  /** The violation after opening `into` and closing `out`; -1 for none. */
  violationAfter(into: number, out: number): number {
    if (into >= 0) this.step(into, 1);
    if (out >= 0) this.step(out, -1);
    const violation = this.violation();
    if (into >= 0) this.step(into, -1);
    if (out >= 0) this.step(out, 1);
    return violation;
  }

  private step(cluster: number, by: 1 | -1): void {
    this.size += by;
    this.requiredOpen += by * this.app.required[cluster];
    this.moved += this.app.previous[cluster] === 1 ? -by : by;
    for (const rule of this.rules) rule.step(cluster, by, this.isOpen);
  }
}

interface RuleCounter {
  step(cluster: number, by: 1 | -1, isOpen: Uint8Array): void;
  violation(): number;
}

function counterOf(rule: SetRule, clusters: number): RuleCounter {
  switch (rule.kind) {
    case 'count':
      return countCounter(rule);
    case 'groups':
      return groupsCounter(rule);
    case 'exclusion':
      return exclusionCounter(rule, clusters);
  }
}

function countCounter({ members, min, max }: Extract<SetRule, { kind: 'count' }>): RuleCounter {
  let count = 0;
  return {
    step(cluster, by) {
      count += by * members[cluster];
    },
    violation: () => Math.max(0, min - count) + Math.max(0, count - max),
  };
}

function groupsCounter(rule: Extract<SetRule, { kind: 'groups' }>): RuleCounter {
  const counts = new Int32Array(rule.groups);
  let [used, over] = [0, 0];
  const skew = () => {
    let [most, least] = [0, Number.POSITIVE_INFINITY];
    for (const count of counts) {
      if (count > most) most = count;
      if (count < least) least = count;
    }
    return Math.max(0, most - least - rule.maxSkew);
  };
  const isSkewed = rule.groups > 0 && rule.maxSkew < Number.POSITIVE_INFINITY;
  return {
    step(cluster, by) {
      const group = rule.group[cluster];
      if (group < 0) return;
      const before = counts[group];
      const after = before + by;
      counts[group] = after;
      used += (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
      over += Math.max(0, after - rule.maxPerGroup) - Math.max(0, before - rule.maxPerGroup);
    },
    violation: () =>
      over +
      Math.max(0, rule.minGroups - used) +
      Math.max(0, used - rule.maxGroups) +
      (isSkewed ? skew() : 0),
  };
}

function exclusionCounter(
  { near }: Extract<SetRule, { kind: 'exclusion' }>,
  clusters: number,
): RuleCounter {
  const open = new Set<number>();
  let pairs = 0;
  return {
    step(cluster, by) {
      if (by < 0) open.delete(cluster);
      for (const other of open) pairs += by * near[cluster * clusters + other];
      if (by > 0) open.add(cluster);
    },
    violation: () => pairs,
  };
}
