/** The oracle's reading of the documents: what pairs cost and which clusters may be chosen, one sentence after the other. */
import type { Demand, Origin } from '../../constructs/model/demand';
import type { Cluster } from '../../constructs/model/fleet';
import { kilometersBetween } from '../../constructs/model/geography';
import { matches } from '../../constructs/model/match';
import type { EdgeApp } from '../../constructs/policy/edge-app';
import type { PlaceInput } from '../../constructs/policy/place-input';

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
  /** Budget and losses are judged as if all demand were divided by this. */
  readonly ease: number;
  /** By cluster: what it must serve, where the previous clusters may stay; nothing exempts what is held then. */
  readonly least?: readonly number[];
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
    const isAway = ['unreachable', 'forbidden', 'misconfigured'].includes(cluster.state);
    return isAway || age < app.policy.stability.minDwellSeconds;
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
    ease: 1,
  };
  return {
    ...partial,
    cost: origins.map((_, o) => clusters.map((_, c) => pairCost(partial, o, c))),
  };
}

/** The case of an app that stays where it is, with every limit a share further off; undefined when it was nowhere. */
export function standingCase(input: PlaceInput, app: EdgeApp, openTiers: number): Case | undefined {
  const share = app.policy.stability.leaveMargin ?? 0.1;
  const { constraints } = app.policy;
  const { signals, latency, capacity } = constraints;
  if (share === 0) return undefined;
  const further = Object.fromEntries(
    Object.entries(signals).map(([name, { min, max, leaveMin, leaveMax }]) => [
      name,
      {
        min: min === undefined ? undefined : (leaveMin ?? min - share * Math.abs(min)),
        max: max === undefined ? undefined : (leaveMax ?? max + share * Math.abs(max)),
        missing: 'ignore' as const,
      },
    ]),
  );
  const eased = {
    ...constraints,
    signals: further,
    latency: latency && {
      milliseconds: latency.milliseconds * (1 + share),
      share: latency.share === 1 ? 1 : 1 - (1 - latency.share) * (1 + share),
    },
    capacity: capacity && {
      ...capacity,
      headroom: Math.max(0, 1 - (1 - capacity.headroom) * (1 + share)),
    },
  };
  const one = caseOf(input, { ...app, policy: { ...app.policy, constraints: eased } }, openTiers);
  return one.before === undefined || one.before.size === 0
    ? undefined
    : { ...one, ease: 1 + share };
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
  const closed = ['cordoned', 'forbidden', 'misconfigured'];
  if (closed.includes(cluster.state) && !wasThere) return false;
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
