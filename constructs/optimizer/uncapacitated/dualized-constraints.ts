/**
 * Rules as linear inequalities over the chosen clusters and who serves whom, each with a price per unit (its rate).
 * Relaxing them is as strong as the linear program that has them: the rest of the problem has whole corners only
 * (Geoffrion, Mathematical Programming Study 2, 1974). Rates are never negative.
 */

import type { AppProblem, Lists, SetRule } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { exclusionRows } from './clique-constraints';
import { allowedOf, type Row } from './inequality';
import { budgetRows, shareRows } from './load-constraints';
import { leastLoads } from './minimum-load';
import { lossRows } from './survival-constraints';

const { POSITIVE_INFINITY } = Number;

/** Groups of which at least `least` are used: a group's rate is returned by each of its chosen clusters. */
interface Cover {
  readonly first: number;
  readonly groups: number;
  readonly least: number;
}

interface Inequalities {
  readonly rows: readonly Row[];
  readonly covers: readonly Cover[];
}

/** The inequalities of one app. `room` is the largest load by cluster, undefined where nothing limits it. */
export function pricedRules(app: AppProblem, room?: Float64Array, conflicts?: Uint8Array) {
  const rows: Row[] = [];
  const covers: Cover[] = [];
  for (const rule of app.rules) {
    if (rule.kind === 'count') rows.push(...countRows(app, rule));
    if (rule.kind === 'groups') {
      rows.push(...groupRows(app, rule));
      if (rule.minGroups <= 1 || rule.path === undefined) continue;
      covers.push({ first: rows.length, groups: rule.groups, least: rule.minGroups });
      rows.push(...coverRows(app, rule));
    }
  }
  rows.push(...exclusionRows(app, conflicts));
  rows.push(...changeRows(app), ...budgetRows(app), ...shareRows(app), ...lossRows(app, room));
  return new PricedRules(app, { rows, covers });
}

/** Rules with a price per unit. */
export class PricedRules {
  readonly names: readonly string[];
  /** By inequality: what steps along its rate are scaled by. */
  readonly units: Float64Array;
  /** True when serving costs some rule something. */
  readonly hasTolls: boolean;
  private readonly rows: readonly Row[];
  private readonly covers: readonly Cover[];
  private readonly isCover: Uint8Array;
  private readonly counts: Float64Array;
  /** By inequality with a toll: what the requests counted so far have paid. */
  private readonly paid: Float64Array;
  private readonly tolled: readonly number[];
  private costs = new Float64Array(0);

  constructor(
    private readonly app: AppProblem,
    { rows, covers }: Inequalities,
  ) {
    this.rows = rows;
    this.covers = covers;
    this.names = rows.map(({ name }) => name);
    this.units = Float64Array.from(rows, ({ unit = 1 }) => unit);
    this.tolled = [...rows.keys()].filter((r) => rows[r].toll !== undefined);
    this.hasTolls = this.tolled.length > 0;
    this.counts = new Float64Array(rows.length);
    this.paid = new Float64Array(rows.length);
    this.isCover = new Uint8Array(rows.length);
    for (const { first, groups } of covers) this.isCover.fill(1, first, first + groups);
  }

  /** The same inequalities for a part of the sets; those that do not hold for all of these say nothing. */
  forSizesOf(part: AppProblem): PricedRules {
    if (leastLoads(part) !== undefined) return this;
    const nobody = new Int32Array(0);
    const rows = this.rows.map((row) => (row.isUsed ? { ...row, members: nobody, limit: 0 } : row));
    return new PricedRules(this.app, { rows, covers: this.covers });
  }

  get length(): number {
    return this.rows.length;
  }

  /** The clusters of each clique that `cliques[i]` names. */
  get cliques(): readonly (readonly number[])[] {
    const cliques = this.rows.filter(({ name }) => name.startsWith('cliques['));
    return cliques.map(({ members }) => [...members]);
  }

  /** Cost of each pair of the lists with what it pays to rules at these rates; the costs themselves where nothing is paid. */
  costsAt(rates: Float64Array, lists: Lists): Float64Array {
    const active = this.tolled.filter((r) => rates[r] > 0);
    if (active.length === 0) return lists.cost;
    if (this.costs.length < lists.cost.length) this.costs = new Float64Array(lists.cost.length);
    const { costs, app } = this;
    const { start, origin, cost } = lists;
    for (let cluster = 0; cluster < lists.clusters; cluster++) {
      const end = start[cluster + 1];
      let flat = 0;
      for (const r of active) {
        const { perRequest } = this.rows[r].toll ?? {};
        flat += perRequest === undefined ? 0 : rates[r] * perRequest[cluster];
      }
      for (let k = start[cluster]; k < end; k++) {
        costs[k] = cost[k] + flat * app.requestsPerSecond[origin[k]];
      }
      for (const r of active) {
        const { free } = this.rows[r].toll ?? {};
        if (free === undefined) continue;
        for (let k = start[cluster], row = cluster * app.origins; k < end; k++) {
          if (free[row + origin[k]] === 0) costs[k] += rates[r] * app.requestsPerSecond[origin[k]];
        }
      }
    }
    return costs;
  }

  /** Forgets what requests have paid. */
  forget(): void {
    this.paid.fill(0);
  }

  /** Counts what this share of the origin's requests pays there. */
  serve(cluster: number, u: number, share: number): void {
    const amount = share * this.app.requestsPerSecond[u];
    for (const r of this.tolled) {
      const { perRequest, free } = this.rows[r].toll ?? {};
      if (perRequest !== undefined) this.paid[r] += perRequest[cluster] * amount;
      if (free !== undefined && free[cluster * this.app.origins + u] === 0) this.paid[r] += amount;
    }
  }

  /** Lowers each worth by the rates of its rules; what the limits return is the result. */
  apply(rates: Float64Array, worth: Float64Array): number {
    let returned = 0;
    for (let r = 0; r < this.rows.length; r++) {
      const rate = rates[r];
      if (rate === 0) continue;
      const { members, weights, opposed, sign, limit } = this.rows[r];
      for (let i = 0; i < members.length; i++) {
        worth[members[i]] -= sign * rate * (weights === undefined ? 1 : weights[i]);
      }
      if (opposed) for (let i = 0; i < opposed.length; i++) worth[opposed[i]] += rate;
      if (this.isCover[r] === 0) returned += rate * limit;
    }
    for (const { first, groups, least } of this.covers) {
      // Whatever at least `least` used groups return is no less than the smallest rates.
      const sorted = rates.slice(first, first + groups).sort();
      for (let i = 0; i < least && i < groups; i++) returned += sorted[i];
    }
    return returned;
  }

  /** By rule: how far the set, and what was counted as served, is from its limit; positive where it breaks the rule. */
  slack(rates: Float64Array, open: readonly number[], slack: Float64Array): void {
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
      slack[r] = limit - sign * count + this.paid[r];
    }
    for (const { first, groups, least } of this.covers) {
      const order = Array.from({ length: groups }, (_, g) => first + g);
      // Among equal rates those of used groups come first: their slope is nearest to none.
      order.sort((a, b) => rates[a] - rates[b] || counts[b] - counts[a] || a - b);
      order.forEach((r, rank) => {
        slack[r] = (rank < least ? 1 : 0) - counts[r];
      });
    }
  }
}

function countRows(app: AppProblem, rule: Extract<SetRule, { kind: 'count' }>): Row[] {
  const { path: name, min, max } = rule;
  if (name === undefined) return [];
  const members = allowedOf(app, (cluster) => rule.members[cluster] === 1);
  const all = sizeRange(app);
  const candidates = app.allowed.reduce((sum, flag) => sum + flag, 0);
  // A rule about all clusters limits the size of the set, which is no inequality to be priced.
  if (members.length === candidates) return [];
  const rows: Row[] = [];
  if (min > 0) rows.push({ name, members, sign: 1, limit: min });
  if (max < Math.min(members.length, all.max)) rows.push({ name, members, sign: -1, limit: -max });
  return rows;
}

function groupRows(app: AppProblem, rule: Extract<SetRule, { kind: 'groups' }>): Row[] {
  const { path, names = [], groups, maxPerGroup, maxSkew } = rule;
  if (path === undefined || groups === 0) return [];
  const rows: Row[] = [];
  const { min, max } = sizeRange(app);
  for (let group = 0; group < groups; group++) {
    const members = allowedOf(app, (cluster) => rule.group[cluster] === group);
    if (maxPerGroup < Math.min(members.length, max)) {
      const name = `${path}.maxPerGroup.${names[group]}`;
      rows.push({ name, members, sign: -1, limit: -maxPerGroup });
    }
    if (maxSkew === POSITIVE_INFINITY) continue;
    // Some group has at most, and some at least, the mean: so none is farther than the skew beyond it.
    const most = Math.floor(max / groups) + maxSkew;
    const least = Math.ceil(min / groups) - maxSkew;
    if (most < Math.min(members.length, max)) {
      rows.push({ name: `${path}.maxSkew.most.${names[group]}`, members, sign: -1, limit: -most });
    }
    if (least > 0) {
      rows.push({ name: `${path}.maxSkew.least.${names[group]}`, members, sign: 1, limit: least });
    }
  }
  return rows;
}

function coverRows(app: AppProblem, rule: Extract<SetRule, { kind: 'groups' }>): Row[] {
  return Array.from({ length: rule.groups }, (_, group) => ({
    name: `${rule.path}.minGroups.${rule.names?.[group]}`,
    members: allowedOf(app, (cluster) => rule.group[cluster] === group),
    sign: 1 as const,
    limit: 1,
  }));
}

/** Kept less added clusters are at least the droppable ones less `maxChanges`. */
function changeRows(app: AppProblem): Row[] {
  if (app.maxChanges === POSITIVE_INFINITY) return [];
  const members = allowedOf(app, (cluster) => app.previous[cluster] === 1);
  const opposed = allowedOf(app, (cluster) => app.previous[cluster] === 0);
  const limit = members.length - app.maxChanges;
  return [{ name: 'maxChanges', members, opposed, sign: 1, limit }];
}
