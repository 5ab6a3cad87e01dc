/**
 * Rules as linear inequalities over chosen clusters and assignments, each with a multiplier that is never negative.
 * The relaxation is as strong as the linear program with these inequalities, because the rest of the problem has integral
 * corners (Geoffrion, Mathematical Programming Study 2, 1974).
 */

import type { AppProblem, CandidateLists, SetRule } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { exclusionConstraints } from './clique-constraints';
import { allowedMembers, type LinearConstraint } from './inequality';
import { budgetConstraints, latencyShareConstraints } from './load-constraints';
import { minimumLoadsOf } from './minimum-load';
import { survivalConstraints } from './survival-constraints';

const { POSITIVE_INFINITY } = Number;

/** Groups of which at least `minGroups` are used: each chosen cluster of a group subtracts the group's multiplier. */
interface Cover {
  readonly first: number;
  readonly groups: number;
  readonly minGroups: number;
}

interface Inequalities {
  readonly rows: readonly LinearConstraint[];
  readonly covers: readonly Cover[];
}

/** The inequalities of one app. `maxLoads` is the largest load by cluster, undefined where nothing limits it. */
export function dualizeConstraints(
  app: AppProblem,
  maxLoads?: Float64Array,
  conflicts?: Uint8Array,
) {
  const rows: LinearConstraint[] = [];
  const covers: Cover[] = [];
  for (const rule of app.rules) {
    if (rule.kind === 'count') rows.push(...countRows(app, rule));
    if (rule.kind === 'groups') {
      rows.push(...groupRows(app, rule));
      if (rule.minGroups <= 1 || rule.path === undefined) continue;
      covers.push({ first: rows.length, groups: rule.groups, minGroups: rule.minGroups });
      rows.push(...coverRows(app, rule));
    }
  }
  rows.push(...exclusionConstraints(app, conflicts));
  rows.push(
    ...changeRows(app),
    ...budgetConstraints(app),
    ...latencyShareConstraints(app),
    ...survivalConstraints(app, maxLoads),
  );
  return new DualizedConstraints(app, { rows, covers });
}

/** The dualized inequalities of one app. */
export class DualizedConstraints {
  readonly names: readonly string[];
  /** By inequality: the scale of steps along its multiplier. */
  readonly scales: Float64Array;
  /** True when some inequality has coefficients on assignments. */
  readonly hasServiceCoefficients: boolean;
  private readonly rows: readonly LinearConstraint[];
  private readonly covers: readonly Cover[];
  private readonly isCover: Uint8Array;
  private readonly counts: Float64Array;
  /** By inequality: the sum of its coefficients over the assignments counted so far. */
  private readonly served: Float64Array;
  private readonly serviceConstraints: readonly number[];
  private costs = new Float64Array(0);

  constructor(
    private readonly app: AppProblem,
    { rows, covers }: Inequalities,
  ) {
    this.rows = rows;
    this.covers = covers;
    this.names = rows.map(({ name }) => name);
    this.scales = Float64Array.from(rows, ({ scale: unit = 1 }) => unit);
    this.serviceConstraints = [...rows.keys()].filter(
      (r) => rows[r].serviceCoefficients !== undefined,
    );
    this.hasServiceCoefficients = this.serviceConstraints.length > 0;
    this.counts = new Float64Array(rows.length);
    this.served = new Float64Array(rows.length);
    this.isCover = new Uint8Array(rows.length);
    for (const { first, groups } of covers) this.isCover.fill(1, first, first + groups);
  }

  /** The same inequalities for a part of the sets; those that do not hold there become empty. */
  restrictedTo(part: AppProblem): DualizedConstraints {
    if (minimumLoadsOf(part) !== undefined) return this;
    const none = new Int32Array(0);
    const rows = this.rows.map((row) =>
      row.needsMinimumLoad ? { ...row, members: none, limit: 0 } : row,
    );
    return new DualizedConstraints(this.app, { rows, covers: this.covers });
  }

  get length(): number {
    return this.rows.length;
  }

  /** The clusters of each clique that `cliques[i]` names. */
  get cliques(): readonly (readonly number[])[] {
    const cliques = this.rows.filter(({ name }) => name.startsWith('cliques['));
    return cliques.map(({ members }) => [...members]);
  }

  /** Cost of each pair of the lists plus the penalties of its assignment at these multipliers; the plain costs when there are none. */
  lagrangianCosts(multipliers: Float64Array, lists: CandidateLists): Float64Array {
    const active = this.serviceConstraints.filter((r) => multipliers[r] > 0);
    if (active.length === 0) return lists.cost;
    if (this.costs.length < lists.cost.length) this.costs = new Float64Array(lists.cost.length);
    const { costs, app } = this;
    const { start, origin, cost } = lists;
    for (let cluster = 0; cluster < lists.clusters; cluster++) {
      const end = start[cluster + 1];
      let perRequestCost = 0;
      for (const r of active) {
        const { perRequest } = this.rows[r].serviceCoefficients ?? {};
        perRequestCost += perRequest === undefined ? 0 : multipliers[r] * perRequest[cluster];
      }
      for (let k = start[cluster]; k < end; k++) {
        costs[k] = cost[k] + perRequestCost * app.requestsPerSecond[origin[k]];
      }
      for (const r of active) {
        const { exempt } = this.rows[r].serviceCoefficients ?? {};
        if (exempt === undefined) continue;
        for (let k = start[cluster], row = cluster * app.origins; k < end; k++) {
          if (exempt[row + origin[k]] === 0)
            costs[k] += multipliers[r] * app.requestsPerSecond[origin[k]];
        }
      }
    }
    return costs;
  }

  /** Clears the assignments counted. */
  resetServed(): void {
    this.served.fill(0);
  }

  /** Counts this share of the origin's requests as assigned to the cluster. */
  countServed(cluster: number, u: number, share: number): void {
    const amount = share * this.app.requestsPerSecond[u];
    for (const r of this.serviceConstraints) {
      const { perRequest, exempt } = this.rows[r].serviceCoefficients ?? {};
      if (perRequest !== undefined) this.served[r] += perRequest[cluster] * amount;
      if (exempt !== undefined && exempt[cluster * this.app.origins + u] === 0)
        this.served[r] += amount;
    }
  }

  /** Adds the penalties of the inequalities to the reduced costs; returns the constant part of the penalties. */
  applyTo(multipliers: Float64Array, reducedCost: Float64Array): number {
    let constant = 0;
    for (let r = 0; r < this.rows.length; r++) {
      const multiplier = multipliers[r];
      if (multiplier === 0) continue;
      const { members, weights, opposed, sign, limit } = this.rows[r];
      for (let i = 0; i < members.length; i++) {
        reducedCost[members[i]] -= sign * multiplier * (weights === undefined ? 1 : weights[i]);
      }
      if (opposed) for (let i = 0; i < opposed.length; i++) reducedCost[opposed[i]] += multiplier;
      if (this.isCover[r] === 0) constant += multiplier * limit;
    }
    for (const { first, groups, minGroups } of this.covers) {
      // At least `minGroups` groups are used, so they subtract no less than the smallest multipliers.
      const sorted = multipliers.slice(first, first + groups).sort();
      for (let i = 0; i < minGroups && i < groups; i++) constant += sorted[i];
    }
    return constant;
  }

  /** By inequality: limit less the value of the set and the assignments counted; positive where violated. */
  computeSlack(multipliers: Float64Array, open: readonly number[], slack: Float64Array): void {
    if (this.rows.length === 0) return;
    const { app, counts } = this;
    const isOpen = new Uint8Array(app.clusters);
    for (const cluster of open) isOpen[cluster] = 1;
    for (let r = 0; r < this.rows.length; r++) {
      const { members, weights, opposed, sign, limit } = this.rows[r];
      let count = 0;
      if (weights === undefined) {
        for (let i = 0; i < members.length; i++) count += isOpen[members[i]];
      } else for (let i = 0; i < members.length; i++) count += isOpen[members[i]] * weights[i];
      if (opposed) for (let i = 0; i < opposed.length; i++) count -= isOpen[opposed[i]];
      counts[r] = count;
      slack[r] = limit - sign * count + this.served[r];
    }
    for (const { first, groups, minGroups } of this.covers) {
      const order = Array.from({ length: groups }, (_, g) => first + g);
      // Among equal multipliers used groups come first: their subgradient is nearest to zero.
      order.sort((a, b) => multipliers[a] - multipliers[b] || counts[b] - counts[a] || a - b);
      order.forEach((r, rank) => {
        slack[r] = (rank < minGroups ? 1 : 0) - counts[r];
      });
    }
  }
}

function countRows(app: AppProblem, rule: Extract<SetRule, { kind: 'count' }>): LinearConstraint[] {
  const { path: name, min, max } = rule;
  if (name === undefined) return [];
  const members = allowedMembers(app, (cluster) => rule.members[cluster] === 1);
  const all = sizeRange(app);
  const candidates = app.allowed.reduce((sum, flag) => sum + flag, 0);
  // A rule about all clusters limits the size of the set, which the relaxation keeps exactly.
  if (members.length === candidates) return [];
  const rows: LinearConstraint[] = [];
  if (min > 0) rows.push({ name, members, sign: 1, limit: min });
  if (max < Math.min(members.length, all.max)) rows.push({ name, members, sign: -1, limit: -max });
  return rows;
}

function groupRows(
  app: AppProblem,
  rule: Extract<SetRule, { kind: 'groups' }>,
): LinearConstraint[] {
  const { path, names = [], groups, maxPerGroup, maxSkew } = rule;
  if (path === undefined || groups === 0) return [];
  const rows: LinearConstraint[] = [];
  const { min, max } = sizeRange(app);
  for (let group = 0; group < groups; group++) {
    const members = allowedMembers(app, (cluster) => rule.group[cluster] === group);
    if (maxPerGroup < Math.min(members.length, max)) {
      const name = `${path}.maxPerGroup.${names[group]}`;
      rows.push({ name, members, sign: -1, limit: -maxPerGroup });
    }
    if (maxSkew === POSITIVE_INFINITY) continue;
    // Some group has at most, and some at least, the mean number: so no group is farther from it than the skew.
    const most = Math.floor(max / groups) + maxSkew;
    const leastPerGroup = Math.ceil(min / groups) - maxSkew;
    if (most < Math.min(members.length, max)) {
      rows.push({ name: `${path}.maxSkew.most.${names[group]}`, members, sign: -1, limit: -most });
    }
    if (leastPerGroup > 0) {
      rows.push({
        name: `${path}.maxSkew.least.${names[group]}`,
        members,
        sign: 1,
        limit: leastPerGroup,
      });
    }
  }
  return rows;
}

function coverRows(
  app: AppProblem,
  rule: Extract<SetRule, { kind: 'groups' }>,
): LinearConstraint[] {
  return Array.from({ length: rule.groups }, (_, group) => ({
    name: `${rule.path}.minGroups.${rule.names?.[group]}`,
    members: allowedMembers(app, (cluster) => rule.group[cluster] === group),
    sign: 1 as const,
    limit: 1,
  }));
}

/** Kept less added clusters are at least the droppable ones less `maxChanges`. */
function changeRows(app: AppProblem): LinearConstraint[] {
  if (app.maxChanges === POSITIVE_INFINITY) return [];
  const members = allowedMembers(app, (cluster) => app.previous[cluster] === 1);
  const opposed = allowedMembers(app, (cluster) => app.previous[cluster] === 0);
  const limit = members.length - app.maxChanges;
  return [{ name: 'maxChanges', members, opposed, sign: 1, limit }];
}
