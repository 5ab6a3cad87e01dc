/**
 * The core problem: the few clusters that the relaxation points at (Avella, Boccia, Salerno and Vasilyev, Computers and Operations
 * Research 39, 2012). A search among them takes a fraction of the time of one among all.
 */

import {
  type Amounts,
  type AppProblem,
  type Coarser,
  costAt,
  type Limits,
  type SetRule,
} from '../problem/problem';

/** A core problem. Its cluster i is `members[i]` of the app. */
export interface CoreProblem {
  readonly app: AppProblem;
  readonly limits: Limits;
  readonly members: readonly number[];
}

/** At least `size` members, ascending: those that may not be left out, those of `known`, then those of least reduced cost. */
export function coreMembers(
  app: AppProblem,
  known: readonly number[],
  reducedCost: Float64Array,
  size: number,
): number[] {
  const members = new Set<number>(known);
  const others: number[] = [];
  app.allowed.forEach((flag, cluster) => {
    if (flag === 0) return;
    if (app.required[cluster] === 1 || app.previous[cluster] === 1) members.add(cluster);
    else others.push(cluster);
  });
  others.sort((a, b) => reducedCost[a] - reducedCost[b] || a - b);
  for (const cluster of others) if (members.size < size) members.add(cluster);
  return [...members].sort((a, b) => a - b);
}

/**
 * The problem of cells with its limits on these clusters alone. A pair costs what all origins of the cell cost there, and not only
 * their centroid: so sets are ranked as those of origins are, up to cells that several clusters divide.
 */
export function coreProblem(
  app: AppProblem,
  coarse: AppProblem & Coarser,
  limits: Limits,
  members: readonly number[],
): CoreProblem {
  const pick = (values: Float64Array) => Float64Array.from(members, (cluster) => values[cluster]);
  const flags = (values: Uint8Array) => Uint8Array.from(members, (cluster) => values[cluster]);
  const cost = new Float64Array(members.length * coarse.origins);
  members.forEach((cluster, i) => {
    const row = i * coarse.origins;
    for (let u = 0; u < app.origins; u++) cost[row + coarse.cellOf[u]] += costAt(app, cluster, u);
  });
  return {
    members,
    app: {
      ...coarse,
      clusters: members.length,
      cost,
      openCost: pick(app.openCost),
      replicaCost: pick(app.replicaCost),
      threshold: pick(app.threshold),
      allowed: flags(app.allowed),
      required: flags(app.required),
      previous: flags(app.previous),
      reluctant: flags(app.reluctant),
      rules: app.rules.map((rule) => ruleAmong(rule, members, app.clusters)),
    },
    limits: {
      total: amountsOf(limits.total, pick),
      taken: amountsOf(limits.taken, pick),
      headroom: pick(limits.headroom),
    },
  };
}

function amountsOf(amounts: Amounts, pick: (values: Float64Array) => Float64Array): Amounts {
  return {
    cpuMillicores: pick(amounts.cpuMillicores),
    memoryMebibytes: pick(amounts.memoryMebibytes),
    pods: pick(amounts.pods),
    requestsPerSecond: pick(amounts.requestsPerSecond),
  };
}

function ruleAmong(rule: SetRule, members: readonly number[], clusters: number): SetRule {
  if (rule.kind === 'count')
    return { ...rule, members: Uint8Array.from(members, (cluster) => rule.members[cluster]) };
  if (rule.kind === 'groups')
    return { ...rule, group: Int32Array.from(members, (cluster) => rule.group[cluster]) };
  const near = new Uint8Array(members.length * members.length);
  members.forEach((a, i) => {
    members.forEach((b, j) => {
      near[i * members.length + j] = rule.near[a * clusters + b];
    });
  });
  return { ...rule, near };
}
