/** The oracle's reading of the rules: which set holds, what it is worth, one sentence after the other. */
import type { Cluster } from '../../constructs/model/fleet';
import { kilometersBetween } from '../../constructs/model/geography';
import { matches } from '../../constructs/model/match';
import { type Amounts, assignment, leftOf, loads, replicas } from './oracle-assignment';
import type { Case } from './oracle-case';

/** A set with its assignment. */
export interface Try {
  readonly chosen: readonly number[];
  readonly amounts: Amounts;
}

/** Whether the rules about the set alone hold. */
export function setHolds({ app, clusters, eligible }: Case, chosen: readonly number[]): boolean {
  const { constraints } = app.policy;
  const picked = chosen.map((c) => clusters[c] as Cluster);
  if (chosen.length < constraints.minClusters || chosen.length > constraints.maxClusters)
    return false;
  if (chosen.some((c) => !eligible[c])) return false;
  for (const { count, ...match } of constraints.mustInclude) {
    if (picked.filter((cluster) => matches(match, cluster)).length < count) return false;
  }
  for (const element of constraints.mustIncludeEvery ?? []) {
    if (clusters.some((one, c) => eligible[c] && matches(element, one) && !chosen.includes(c)))
      return false;
  }
  for (const { by, minGroups, maxGroups, maxPerGroup, maxSkew } of constraints.spread) {
    const group = (cluster: Cluster) =>
      (typeof by === 'string' ? cluster[by] : cluster.labels[by.label]) ?? 'none';
    const groups = [...new Set(clusters.filter((_, c) => eligible[c]).map(group))];
    const counts = groups.map((one) => picked.filter((cluster) => group(cluster) === one).length);
    const used = counts.filter((count) => count > 0).length;
    if (used < (minGroups ?? 0) || used > (maxGroups ?? used)) return false;
    if (maxPerGroup !== undefined && counts.some((count) => count > maxPerGroup)) return false;
    if (maxSkew !== undefined && Math.max(...counts) - Math.min(...counts) > maxSkew) return false;
  }
  const apart = constraints.apartKilometers ?? 0;
  return picked.every((a, i) => picked.slice(0, i).every((b) => kilometersBetween(a, b) >= apart));
}

/** USD/h of an answer. */
export function usd({ app, clusters }: Case, { chosen, amounts }: Try, ease = 1): number {
  const by = loads(amounts, clusters.length);
  return chosen.reduce((sum, c) => {
    const { usdPerHour, usdPerReplicaHour, usdPerGibibyteEgress } = clusters[c] as Cluster;
    const load = (by[c] as number) / ease;
    const egress = app.sizing.reduce(
      (all, one) =>
        all + (load * one.requestsPerRequest * 3600 * one.kibibytesPerResponse) / 1048576,
      0,
    );
    const count = replicas(app, load).reduce((all, each) => all + each, 0);
    return sum + usdPerHour + usdPerReplicaHour * count + usdPerGibibyteEgress * egress;
  }, 0);
}

/** The objective, with or without its term for change. */
export function value(one: Case, answer: Try, withChange: boolean): number {
  const { objective } = one.app.policy;
  let total = objective.money * usd(one, answer);
  for (const [o, row] of answer.amounts.entries()) {
    for (const [c, amount] of row.entries()) {
      if (amount === 0) continue;
      total += amount * objective.latency * (one.milliseconds[o]?.[c] as number);
      total += amount * objective.distance * (one.kilometers[o]?.[c] as number);
      total += amount * one.signals(one.clusters[c] as Cluster);
    }
  }
  const names = answer.chosen.map((c) => (one.clusters[c] as Cluster).name);
  for (const { weight, ...match } of objective.preferred) {
    total -=
      weight * answer.chosen.filter((c) => matches(match, one.clusters[c] as Cluster)).length;
  }
  if (withChange && one.before !== undefined) {
    const added = names.filter((name) => !one.before?.has(name)).length;
    const dropped = [...one.before.keys()].filter((name) => !names.includes(name)).length;
    total += objective.change * (added + dropped);
  }
  return total;
}

/** Whether the rules about what is served hold; `beside` are the other apps' answers. */
export function loadHolds(
  one: Case,
  answer: Try,
  mayBeThin: boolean,
  beside: readonly { readonly of: Case; readonly answer: Try }[],
): boolean {
  const { constraints, stability } = one.app.policy;
  const { chosen, amounts } = answer;
  const by = loads(amounts, one.clusters.length);
  const total = one.origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0);
  for (const c of one.app.policy.static ? [] : chosen) {
    const cluster = one.clusters[c] as Cluster;
    const min = constraints.minRequestsPerSecond;
    const usual = one.before?.has(cluster.name)
      ? (stability.exitRequestsPerSecond ?? 0.8 * min)
      : (stability.enterRequestsPerSecond ?? min);
    const least = (mayBeThin ? one.least?.[c] : undefined) ?? usual;
    if ((by[c] as number) >= least - 1e-9 * Math.max(1, least)) continue;
    if (mayBeThin && one.held[c] && one.least === undefined) continue;
    if (!mayBeThinByCounts(one, chosen, c)) return false;
  }
  if (
    constraints.latency &&
    total > 0 &&
    far(one, amounts) > (1 - constraints.latency.share + 1e-9) * total
  )
    return false;
  if (
    constraints.budget &&
    usd(one, answer, one.ease) > constraints.budget.usdPerHour * (1 + 1e-9) + 1e-9
  )
    return false;
  for (const name of constraints.together) {
    const other = beside.find(({ of }) => of.app.name === name);
    if (other && chosen.some((c) => !other.answer.chosen.includes(c))) return false;
  }
  for (const name of constraints.apart) {
    const other = beside.find(({ of }) => of.app.name === name);
    if (other && chosen.some((c) => other.answer.chosen.includes(c))) return false;
  }
  return total === 0 || survives(one, answer, total, beside);
}

/** Whether minClusters, mustInclude or mustIncludeEvery would not hold without this cluster. */
function mayBeThinByCounts(one: Case, chosen: readonly number[], c: number): boolean {
  const { constraints } = one.app.policy;
  if (chosen.length - 1 < constraints.minClusters) return true;
  if (constraints.mustIncludeEvery?.some((match) => matches(match, one.clusters[c] as Cluster)))
    return true;
  return constraints.mustInclude.some(({ count, ...match }) => {
    const found = chosen.filter((other) => matches(match, one.clusters[other] as Cluster));
    return found.includes(c) && found.length - 1 < count;
  });
}

/** The case for other sets than the previous one, which may stay with this answer: what each of its clusters must then serve. */
export function besideStanding(one: Case, { chosen, amounts }: Try): Case {
  const { constraints, stability } = one.app.policy;
  if (one.app.policy.static) return one;
  const by = loads(amounts, one.clusters.length);
  const enter = stability.enterRequestsPerSecond ?? constraints.minRequestsPerSecond;
  const exit = stability.exitRequestsPerSecond ?? 0.8 * constraints.minRequestsPerSecond;
  const least = one.clusters.map((_, c) => {
    if (!chosen.includes(c)) return enter;
    const load = by[c] as number;
    if (load >= enter * (1 - 1e-9) || mayBeThinByCounts(one, chosen, c)) return enter;
    return Math.max(one.held[c] ? 0 : exit, Math.min(enter, load));
  });
  return { ...one, least };
}

/** Requests/s served beyond the latency limit. */
function far(one: Case, amounts: Amounts): number {
  const limit = one.app.policy.constraints.latency?.milliseconds ?? Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const [o, row] of amounts.entries()) {
    for (const [c, amount] of row.entries())
      if ((one.milliseconds[o]?.[c] as number) > limit) sum += amount;
  }
  return sum;
}

function survives(
  one: Case,
  { chosen }: Try,
  total: number,
  beside: readonly { readonly of: Case; readonly answer: Try }[],
): boolean {
  const { survive, latency } = one.app.policy.constraints;
  if (survive === 0) return true;
  const limit = latency?.milliseconds ?? Number.POSITIVE_INFINITY;
  const cost = one.cost.map((row, o) =>
    row.map((each, c) =>
      each === Infinity ? Infinity : (one.milliseconds[o]?.[c] as number) > limit ? 1 : 0,
    ),
  );
  const others = beside.map(({ of, answer }) => {
    const by = loads(answer.amounts, one.clusters.length);
    return { app: of.app, loads: new Map(answer.chosen.map((c) => [c, by[c] as number])) };
  });
  return subsetsOf(chosen, chosen.length - survive).every((rest) => {
    const seat = {
      app: one.app,
      chosen: rest,
      cost,
      requestsPerSecond: one.origins.map((o) => o.requestsPerSecond / one.ease),
    };
    const amounts = assignment([seat], leftOf(one.clusters, [seat], others))?.[0];
    return (
      amounts !== undefined &&
      far(one, amounts) <= ((1 - (latency?.share ?? 1) + 1e-9) * total) / one.ease
    );
  });
}

/** All subsets of this size; the empty set when there are fewer members. */
export function subsetsOf(
  members: readonly number[],
  size: number,
): readonly (readonly number[])[] {
  if (size <= 0) return [[]];
  return members.flatMap((first, index) =>
    subsetsOf(members.slice(index + 1), size - 1).map((rest) => [first, ...rest]),
  );
}
