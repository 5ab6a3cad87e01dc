/** The oracle's reading of the rules: which clusters may be chosen, which set holds, written one sentence after the other. */
import type { Demand, Origin } from '../../constructs/model/demand';
import type { Cluster } from '../../constructs/model/fleet';
import { kilometersBetween } from '../../constructs/model/geography';
import { matches } from '../../constructs/model/match';
import type { EdgeApp } from '../../constructs/placement/app';
import type { PlaceInput } from '../../constructs/placement/input';
import { type Amounts, assignment, leftOf, loads, replicas } from './oracle-assignment';

/** One app as the oracle sees it. */
export interface Case {
  readonly app: EdgeApp;
  readonly clusters: readonly Cluster[];
  readonly origins: readonly Origin[];
  readonly milliseconds: readonly (readonly number[])[];
  readonly kilometers: readonly (readonly number[])[];
  /** Per request/s; Infinity where not legal. */
  readonly cost: readonly (readonly number[])[];
  readonly eligible: readonly boolean[];
  readonly held: readonly boolean[];
  /** Previous clusters by name, with when they began; undefined without a previous decision. */
  readonly before: ReadonlyMap<string, string> | undefined;
  readonly signals: (cluster: Cluster) => number;
}

/** A set with its assignment. */
export interface Try {
  readonly chosen: readonly number[];
  readonly amounts: Amounts;
}

/** The case of an app with so many tiers open. */
export function caseOf(input: PlaceInput, app: EdgeApp, openTiers: number): Case {
  const now = Date.parse(input.now as string);
  const { clusters } = input.fleet;
  const said = input.previous?.apps.find((one) => one.app === app.name);
  const before = said && new Map(said.clusters.map(({ name, since }) => [name, since]));
  const all = input.demand as Demand | Readonly<Record<string, Demand>>;
  const demand = (
    Array.isArray(all.origins) ? all : (all as Record<string, Demand>)[app.name]
  ) as Demand;
  const origins = app.policy.static
    ? []
    : demand.origins.filter((one) => one.requestsPerSecond > 0);
  const kilometers = origins.map((origin) =>
    clusters.map((cluster) => kilometersBetween(origin, cluster)),
  );
  const { baseMilliseconds, per1000KilometersMilliseconds } = input.fleet.latencyModel;
  const milliseconds = origins.map((origin, o) =>
    clusters.map((cluster, c) => {
      const measured = input.fleet.latency.find(
        ([a, b]) => a === origin.name && b === cluster.name,
      );
      const modelled =
        baseMilliseconds + (per1000KilometersMilliseconds * (kilometers[o]?.[c] as number)) / 1000;
      return measured ? measured[2] : modelled;
    }),
  );
  const eligible = clusters.map((cluster) => isEligible(app, cluster, before, now, openTiers));
  const held = clusters.map((cluster, c) => {
    const since = before?.get(cluster.name);
    if (since === undefined || !eligible[c]) return false;
    const age = (now - Date.parse(since)) / 1000;
    return cluster.state === 'unreachable' || age < app.policy.stability.minDwellSeconds;
  });
  const { objective } = app.policy;
  const valid = (cluster: Cluster, name: string) => {
    const signal = cluster.signals[name];
    if (!signal) return undefined;
    return now > Date.parse(signal.observedAt) + signal.validForSeconds * 1000
      ? undefined
      : signal.value;
  };
  const signals = (cluster: Cluster) =>
    Object.entries(objective.signals).reduce((sum, [name, weight]) => {
      const known = clusters.map((one) => valid(one, name)).filter((one) => one !== undefined);
      const worst = known.length === 0 ? 0 : Math.max(...known);
      return sum + weight * (valid(cluster, name) ?? worst);
    }, 0);
  const partial = {
    app,
    clusters,
    origins,
    milliseconds,
    kilometers,
    eligible,
    held,
    before,
    signals,
  };
  return {
    ...partial,
    cost: origins.map((_, o) => clusters.map((_, c) => pairCost(partial, o, c))),
  };
}

function pairCost(one: Omit<Case, 'cost'>, o: number, c: number): number {
  const { constraints, objective } = one.app.policy;
  const [origin, cluster] = [one.origins[o] as Origin, one.clusters[c] as Cluster];
  const milliseconds = one.milliseconds[o]?.[c] as number;
  for (const rule of constraints.residency) {
    if (matches(rule.origins, origin) && !matches(rule.clusters, cluster))
      return Number.POSITIVE_INFINITY;
  }
  if (constraints.latency?.share === 1 && milliseconds > constraints.latency.milliseconds) {
    return Number.POSITIVE_INFINITY;
  }
  let usd = 0;
  for (const size of one.app.sizing) {
    usd += (cluster.usdPerReplicaHour * size.requestsPerRequest) / size.requestsPerSecondPerReplica;
    usd +=
      (cluster.usdPerGibibyteEgress * size.requestsPerRequest * 3600 * size.kibibytesPerResponse) /
      1048576;
  }
  return (
    objective.latency * milliseconds +
    objective.distance * (one.kilometers[o]?.[c] as number) +
    one.signals(cluster) +
    objective.money * usd
  );
}

function isEligible(
  app: EdgeApp,
  cluster: Cluster,
  before: ReadonlyMap<string, string> | undefined,
  now: number,
  openTiers: number,
): boolean {
  const { constraints, tiers } = app.policy;
  const wasThere = before?.has(cluster.name) ?? false;
  const tolerating = (key: string, value: string, effect: string) =>
    constraints.tolerations.filter((one) => {
      const sameKey = one.operator === 'Exists' && one.key === undefined ? true : one.key === key;
      const sameValue = one.operator === 'Exists' || (one.value ?? '') === value;
      return sameKey && sameValue && (one.effect === undefined || one.effect === effect);
    });
  const age = cluster.since === undefined ? 0 : (now - Date.parse(cluster.since)) / 1000;

  if (constraints.mustNotInclude.some((match) => matches(match, cluster))) return false;
  if (constraints.chooseFrom && !constraints.chooseFrom.some((match) => matches(match, cluster)))
    return false;
  if (tiers.length > 0 && !tiers.slice(0, openTiers).some((match) => matches(match, cluster)))
    return false;
  if (cluster.state === 'cordoned' && !wasThere) return false;
  if (cluster.state === 'unreachable') {
    const found = tolerating('littoral.dev/unreachable', '', 'Evict');
    const seconds =
      found.length === 0 ? 300 : (found[0]?.tolerationSeconds ?? Number.POSITIVE_INFINITY);
    if (!wasThere || age >= seconds) return false;
  }
  for (const { key, value, effect } of cluster.taints) {
    const found = tolerating(key, value, effect);
    if (effect === 'NoPlace' && found.length === 0 && !wasThere) return false;
    if (effect !== 'Evict') continue;
    if (found.length === 0) return false;
    const seconds = found[0]?.tolerationSeconds;
    if (seconds !== undefined && (!wasThere || age >= seconds)) return false;
  }
  for (const [name, rule] of Object.entries(constraints.signals)) {
    const signal = cluster.signals[name];
    const isMissing =
      !signal || now > Date.parse(signal.observedAt) + signal.validForSeconds * 1000;
    if (isMissing && rule.missing === 'reject') return false;
    if (!isMissing && rule.min !== undefined && signal.value < rule.min) return false;
    if (!isMissing && rule.max !== undefined && signal.value > rule.max) return false;
  }
  const { capacity } = constraints;
  if (capacity === false) return true;
  const share = 1 - capacity.headroom;
  const {
    cpuMillicores = Infinity,
    memoryMebibytes = Infinity,
    pods = Infinity,
  } = cluster.allocatable ?? {};
  let [cpu, memory, count] = [0, 0, 0];
  for (const size of app.sizing) {
    cpu += size.minReplicas * size.resources.cpuMillicores;
    memory += size.minReplicas * size.resources.memoryMebibytes;
    count += size.minReplicas;
  }
  return cpu <= cpuMillicores * share && memory <= memoryMebibytes * share && count <= pods * share;
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
  for (const { by, minGroups, maxPerGroup, maxSkew } of constraints.spread) {
    const group = (cluster: Cluster) =>
      (typeof by === 'string' ? cluster[by] : cluster.labels[by.label]) ?? 'none';
    const groups = [...new Set(clusters.filter((_, c) => eligible[c]).map(group))];
    const counts = groups.map((one) => picked.filter((cluster) => group(cluster) === one).length);
    if (minGroups !== undefined && counts.filter((count) => count > 0).length < minGroups)
      return false;
    if (maxPerGroup !== undefined && counts.some((count) => count > maxPerGroup)) return false;
    if (maxSkew !== undefined && Math.max(...counts) - Math.min(...counts) > maxSkew) return false;
  }
  const apart = constraints.apartKilometers ?? 0;
  return picked.every((a, i) => picked.slice(0, i).every((b) => kilometersBetween(a, b) >= apart));
}

/** USD/h of an answer. */
export function usd({ app, clusters }: Case, { chosen, amounts }: Try): number {
  const by = loads(amounts, clusters.length);
  return chosen.reduce((sum, c) => {
    const { usdPerHour, usdPerReplicaHour, usdPerGibibyteEgress } = clusters[c] as Cluster;
    const load = by[c] as number;
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
    const least = one.before?.has(cluster.name)
      ? (stability.exitRequestsPerSecond ?? 0.8 * min)
      : (stability.enterRequestsPerSecond ?? min);
    if ((by[c] as number) >= least - 1e-9 * Math.max(1, least)) continue;
    if (mayBeThin && one.held[c]) continue;
    if (chosen.length - 1 < constraints.minClusters) continue;
    const isNeeded = constraints.mustInclude.some(({ count, ...match }) => {
      const found = chosen.filter((other) => matches(match, one.clusters[other] as Cluster));
      return found.includes(c) && found.length - 1 < count;
    });
    if (!isNeeded) return false;
  }
  if (
    constraints.latency &&
    total > 0 &&
    far(one, amounts) > (1 - constraints.latency.share + 1e-9) * total
  )
    return false;
  if (constraints.budget && usd(one, answer) > constraints.budget.usdPerHour * (1 + 1e-9) + 1e-9)
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
      requestsPerSecond: one.origins.map((o) => o.requestsPerSecond),
    };
    const amounts = assignment([seat], leftOf(one.clusters, [seat], others))?.[0];
    return amounts !== undefined && far(one, amounts) <= (1 - (latency?.share ?? 1) + 1e-9) * total;
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
