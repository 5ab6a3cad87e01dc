/** Which clusters an app may use at all: the rules about a cluster alone, read again from the documents. */
import type { AppDecision } from '../../model/decision';
import type { Cluster, Signal, Taint } from '../../model/fleet';
import { matches } from '../../model/match';
import type { EdgeApp } from '../../policy';
import { fits, NOTHING, roomOf, usageOf } from './load';

type Toleration = EdgeApp['policy']['constraints']['tolerations'][number];

/** What the verdict on a cluster depends on besides the cluster. */
export interface Visit {
  readonly app: EdgeApp;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly previous: AppDecision | undefined;
  /** How many tiers are open; every tier when the policy has none. */
  readonly openTiers: number;
}

/** Kubernetes gives pods five minutes on a node that cannot be reached; so do we with a cluster. */
const UNREACHABLE_SECONDS = 300;
const unreachableTaint: Taint = { key: 'littoral.dev/unreachable', value: '', effect: 'Evict' };

/** The first rule that refuses the cluster, or undefined when it may be chosen. */
export function refusal(visit: Visit, cluster: Cluster): string | undefined {
  const { constraints, tiers } = visit.app.policy;
  const { mustNotInclude, chooseFrom } = constraints;
  if (mustNotInclude.some((match) => matches(match, cluster))) return 'mustNotInclude';
  if (chooseFrom && !chooseFrom.some((match) => matches(match, cluster))) return 'chooseFrom';
  const open = tiers.slice(0, visit.openTiers);
  if (tiers.length > 0 && !open.some((match) => matches(match, cluster))) return 'tiers';
  if (cluster.state === 'unreachable' && !isWaitedFor(visit, cluster)) return 'state';
  if (cluster.taints.some((taint) => !isEndured(visit, cluster, taint))) return 'tolerations';
  if (cluster.state === 'cordoned' && !wasThere(visit, cluster)) return 'state';
  if (!signalsAgree(visit, cluster)) return 'signals';
  if (!holdsLeastReplicas(visit.app, cluster)) return 'capacity';
  return undefined;
}

/** Whether the previous decision keeps the app there for now: unreachable but waited for, or too young to leave. */
export function isHeld(visit: Visit, cluster: Cluster): boolean {
  const before = visit.previous?.clusters.find(({ name }) => name === cluster.name);
  if (before === undefined) return false;
  if (cluster.state === 'unreachable') return true;
  const dwelt = (visit.now - Date.parse(before.since)) / 1000;
  return dwelt < visit.app.policy.stability.minDwellSeconds;
}

/** Whether a PreferNoPlace taint of the cluster is not tolerated. */
export function isReluctant(app: EdgeApp, cluster: Cluster): boolean {
  return cluster.taints.some(
    (taint) => taint.effect === 'PreferNoPlace' && tolerationsOf(app, taint).length === 0,
  );
}

/** The signal's value, unless it is missing or has expired. */
export function signalValue(cluster: Cluster, name: string, now: number): number | undefined {
  const signal: Signal | undefined = Object.hasOwn(cluster.signals, name)
    ? cluster.signals[name]
    : undefined;
  if (signal === undefined) return undefined;
  const until = Date.parse(signal.observedAt) + signal.validForSeconds * 1000;
  return now > until ? undefined : signal.value;
}

function wasThere({ previous }: Visit, cluster: Cluster): boolean {
  return previous?.clusters.some(({ name }) => name === cluster.name) ?? false;
}

function isWaitedFor(visit: Visit, cluster: Cluster): boolean {
  if (!wasThere(visit, cluster)) return false;
  const found = tolerationsOf(visit.app, unreachableTaint);
  const seconds = found.length === 0 ? UNREACHABLE_SECONDS : shortest(found);
  return isWithin(visit, cluster, seconds);
}

function isEndured(visit: Visit, cluster: Cluster, taint: Taint): boolean {
  if (taint.effect === 'PreferNoPlace') return true;
  const found = tolerationsOf(visit.app, taint);
  if (taint.effect === 'NoPlace') return found.length > 0 || wasThere(visit, cluster);
  if (found.length === 0) return false;
  const seconds = shortest(found);
  if (seconds === Number.POSITIVE_INFINITY) return true;
  return wasThere(visit, cluster) && isWithin(visit, cluster, seconds);
}

/** Kubernetes takes the shortest of the tolerations that name a time; none that does means for ever. */
function shortest(tolerations: readonly Toleration[]): number {
  return Math.min(...tolerations.map((one) => one.tolerationSeconds ?? Number.POSITIVE_INFINITY));
}

function isWithin({ now }: Visit, cluster: Cluster, seconds: number): boolean {
  const since = cluster.since === undefined ? now : Date.parse(cluster.since);
  return now < since + seconds * 1000;
}

function tolerationsOf(app: EdgeApp, taint: Taint): readonly Toleration[] {
  return app.policy.constraints.tolerations.filter((one) => {
    if (one.effect !== undefined && one.effect !== taint.effect) return false;
    if (one.operator === 'Exists') return one.key === undefined || one.key === taint.key;
    return one.key === taint.key && (one.value ?? '') === taint.value;
  });
}

function signalsAgree({ app, now }: Visit, cluster: Cluster): boolean {
  return Object.entries(app.policy.constraints.signals).every(([name, { min, max, missing }]) => {
    const value = signalValue(cluster, name, now);
    if (value === undefined) return missing === 'ignore';
    return (min === undefined || value >= min) && (max === undefined || value <= max);
  });
}

function holdsLeastReplicas(app: EdgeApp, cluster: Cluster): boolean {
  const { capacity } = app.policy.constraints;
  if (capacity === false) return true;
  return fits(usageOf(app, 0), roomOf(cluster, capacity.headroom), NOTHING);
}
