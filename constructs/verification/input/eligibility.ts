/** Which clusters an app may use: the rules about a single cluster, evaluated again from the documents. */
import type { AppDecision } from '../../model/decision';
import type { Cluster, Fleet, Signal, Taint } from '../../model/fleet';
import { matches } from '../../model/match';
import type { EdgeApp } from '../../policy';
import { fits, NO_USAGE, usableCapacity, usageOf } from './load';

type Toleration = EdgeApp['policy']['constraints']['tolerations'][number];

/** What eligibility depends on besides the cluster. */
export interface EligibilityContext {
  readonly app: EdgeApp;
  /** Which teams may use which clusters. */
  readonly grants: Fleet['grants'];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly previous: AppDecision | undefined;
  /** How many tiers may be used, the first ones first; without effect when the policy has no tiers. */
  readonly openTiers: number;
}

/** How long an unreachable cluster keeps its apps: as long as Kubernetes keeps pods on an unreachable node. */
const UNREACHABLE_SECONDS = 300;
const unreachableTaint: Taint = { key: 'littoral.dev/unreachable', value: '', effect: 'Evict' };

/** The first rule that refuses the cluster, or undefined when it may be chosen. */
export function refusingRule(
  eligibility: EligibilityContext,
  cluster: Cluster,
): string | undefined {
  if (!isForTeam(eligibility, cluster)) return 'grants';
  const { constraints, tiers } = eligibility.app.policy;
  const { mustNotInclude, chooseFrom } = constraints;
  if (mustNotInclude.some((match) => matches(match, cluster))) return 'mustNotInclude';
  if (chooseFrom && !chooseFrom.some((match) => matches(match, cluster))) return 'chooseFrom';
  const open = tiers.slice(0, eligibility.openTiers);
  if (tiers.length > 0 && !open.some((match) => matches(match, cluster))) return 'tiers';
  if (cluster.state === 'unreachable' && !isUnreachableTolerated(eligibility, cluster))
    return 'state';
  if (cluster.taints.some((taint) => !isTaintTolerated(eligibility, cluster, taint)))
    return 'tolerations';
  if (isClosed(cluster) && !wasChosenBefore(eligibility, cluster)) return 'state';
  if (!satisfiesSignals(eligibility, cluster)) return 'signals';
  if (!fitsMinimumReplicas(eligibility.app, cluster)) return 'capacity';
  return undefined;
}

/** Whether some grant gives the cluster to the team of the app; a fleet without grants gives all to all. */
function isForTeam({ app, grants }: EligibilityContext, cluster: Cluster): boolean {
  if (grants === undefined) return true;
  const given = grants.filter(({ team }) => team === app.team).flatMap(({ clusters }) => clusters);
  return given.some((match) => matches(match, cluster));
}

/** Whether what is there stays and nothing new may come. */
function isClosed({ state }: Cluster): boolean {
  return state === 'cordoned' || state === 'forbidden' || state === 'misconfigured';
}

/** Whether the app must stay on the cluster for now: it is unreachable but tolerated, we cannot ask it, or minDwellSeconds have not passed. */
export function isHeld(eligibility: EligibilityContext, cluster: Cluster): boolean {
  const before = eligibility.previous?.clusters.find(({ name }) => name === cluster.name);
  if (before === undefined) return false;
  if (['unreachable', 'forbidden', 'misconfigured'].includes(cluster.state)) return true;
  const dwelt = (eligibility.now - Date.parse(before.since)) / 1000;
  return dwelt < eligibility.app.policy.stability.minDwellSeconds;
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

function wasChosenBefore({ previous }: EligibilityContext, cluster: Cluster): boolean {
  return previous?.clusters.some(({ name }) => name === cluster.name) ?? false;
}

function isUnreachableTolerated(eligibility: EligibilityContext, cluster: Cluster): boolean {
  if (!wasChosenBefore(eligibility, cluster)) return false;
  const found = tolerationsOf(eligibility.app, unreachableTaint);
  const seconds = found.length === 0 ? UNREACHABLE_SECONDS : shortestToleration(found);
  return isWithin(eligibility, cluster, seconds);
}

function isTaintTolerated(
  eligibility: EligibilityContext,
  cluster: Cluster,
  taint: Taint,
): boolean {
  if (taint.effect === 'PreferNoPlace') return true;
  const found = tolerationsOf(eligibility.app, taint);
  if (taint.effect === 'NoPlace') return found.length > 0 || wasChosenBefore(eligibility, cluster);
  if (found.length === 0) return false;
  const seconds = shortestToleration(found);
  if (seconds === Number.POSITIVE_INFINITY) return true;
  return wasChosenBefore(eligibility, cluster) && isWithin(eligibility, cluster, seconds);
}

/** The seconds that these tolerations allow: as in Kubernetes the shortest that is given, Infinity when none is given. */
function shortestToleration(tolerations: readonly Toleration[]): number {
  return Math.min(...tolerations.map((one) => one.tolerationSeconds ?? Number.POSITIVE_INFINITY));
}

/** Since when the fleet says that the cluster is silent, or that a taint which the app tolerates for a while evicts it. */
export function clocksOf(
  eligibility: Pick<EligibilityContext, 'app' | 'now'>,
  cluster: Cluster,
): Pick<AppDecision['clusters'][number], 'unreachableSince' | 'evictedSince'> {
  const since = cluster.since ?? new Date(eligibility.now).toISOString();
  if (cluster.state === 'unreachable') return { unreachableSince: since };
  const waits = cluster.taints
    .filter(({ effect }) => effect === 'Evict')
    .map((taint) => tolerationsOf(eligibility.app, taint))
    .filter((found) => found.length > 0)
    .some((found) => shortestToleration(found) < Number.POSITIVE_INFINITY);
  return waits ? { evictedSince: since } : {};
}

function isWithin({ now }: EligibilityContext, cluster: Cluster, seconds: number): boolean {
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

function satisfiesSignals({ app, now }: EligibilityContext, cluster: Cluster): boolean {
  return Object.entries(app.policy.constraints.signals).every(([name, { min, max, missing }]) => {
    const value = signalValue(cluster, name, now);
    if (value === undefined) return missing === 'ignore';
    return (min === undefined || value >= min) && (max === undefined || value <= max);
  });
}

function fitsMinimumReplicas(app: EdgeApp, cluster: Cluster): boolean {
  const { capacity } = app.policy.constraints;
  if (capacity === false) return true;
  return fits(usageOf(app, 0), usableCapacity(cluster, capacity.headroom), NO_USAGE);
}
