/** The instance of one app: its placement problem as the documents state it, with origins and clusters by index. */

import { replicasFor } from '../../model/app/workload';
import type { AppDecision } from '../../model/decision';
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import { matches } from '../../model/match';
import type { EdgeApp } from '../../policy';
import { headroomOf, isCapacitated, type OtherApps } from './assignment-problem';
import { demandOf, previousOf, type VerificationContext } from './context';
import { type EligibilityContext, isHeld, refusingRule } from './eligibility';
import {
  addResources,
  largestLoad,
  NO_USAGE,
  type Resources,
  usableCapacity,
  usageOf,
  usageOfReplicas,
} from './load';
import { type Pairs, pairsOf, type Rates, ratesOf } from './pairs';

/** The placement problem of one app. */
export interface AppInstance {
  readonly app: EdgeApp;
  /** All clusters of the fleet, by name. */
  readonly clusters: readonly Cluster[];
  /** Origins with demand, by name; none for a static app. */
  readonly origins: readonly Origin[];
  /** Requests/s of all origins. */
  readonly total: number;
  readonly pairs: Pairs;
  readonly rates: Rates;
  /** By cluster: the rule that refuses it, or undefined. */
  readonly refused: readonly (string | undefined)[];
  /** Clusters that may be chosen, ascending. */
  readonly eligible: readonly number[];
  /** Clusters that must stay chosen, even with less than the minimum load. */
  readonly held: ReadonlySet<number>;
  /** Held clusters that may serve less than their minimum load. */
  readonly exempt: ReadonlySet<number>;
  readonly previous: AppDecision | undefined;
  /** Previous clusters that the fleet still has. */
  readonly before: ReadonlySet<number>;
  /** By cluster: requests/s that a chosen cluster must serve. */
  readonly minimumLoad: readonly number[];
  /** By cluster: what choosing it costs, regardless of its load. */
  readonly openingCost: readonly number[];
  /** The part of the cost that does not depend on the choice: the price of dropping every previous cluster. */
  readonly constantCost: number;
  /** Budget and cluster losses are evaluated with the demand divided by this: 1, or 1 plus leaveMargin. */
  readonly demandDivisor: number;
  /** How many tiers of the policy may be used. */
  readonly openTiers: number;
  /** Apps that keep their previous decision (fail static). */
  readonly fixedApps: FixedApps;
}

/** Apps that keep their previous decision: their clusters by name of the app, and what they use together. */
interface FixedApps {
  readonly sets: ReadonlyMap<string, ReadonlySet<number>>;
  readonly others: OtherApps;
}

/** The instance of `app` when the first `openTiers` of its tiers may be used. */
export function appInstance(
  context: VerificationContext,
  app: EdgeApp,
  openTiers: number,
): AppInstance {
  const { clusters, grants } = context.fleet;
  const previous = previousOf(context, app.name);
  const eligibility: EligibilityContext = { app, grants, now: context.now, previous, openTiers };
  const fixedApps = fixedAppsOf(context);
  const refused = clusters.map(
    (cluster, c) => refusingRule(eligibility, cluster) ?? linkRefusal(app, c, fixedApps),
  );
  const eligible = [...clusters.keys()].filter((c) => refused[c] === undefined);
  const origins = (demandOf(context, app.name)?.origins ?? []).filter(
    ({ requestsPerSecond }) => requestsPerSecond > 0,
  );
  const names = new Set(previous?.clusters.map(({ name }) => name));
  const before = new Set([...clusters.keys()].filter((c) => names.has(clusters[c]!.name)));
  const rates = ratesOf(app, context.fleet, context.now);
  const held = new Set(eligible.filter((c) => isHeld(eligibility, clusters[c]!)));
  return {
    app,
    clusters,
    origins,
    total: origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0),
    pairs: pairsOf(app, context.fleet, origins, rates),
    rates,
    refused,
    eligible,
    held,
    exempt: held,
    previous,
    before,
    minimumLoad: clusters.map((_, c) => minimumLoadOf(app, before.has(c))),
    openingCost: clusters.map((cluster, c) =>
      openingCostOf(app, cluster, previous && before.has(c)),
    ),
    constantCost: app.policy.objective.change * names.size,
    demandDivisor: 1,
    openTiers,
    fixedApps,
  };
}

/** The instance with the demand that budget and cluster losses are evaluated with. */
export function withDividedDemand(instance: AppInstance): AppInstance {
  const { demandDivisor, origins, total } = instance;
  if (demandDivisor === 1) return instance;
  const fewer = origins.map((origin) => ({
    ...origin,
    requestsPerSecond: origin.requestsPerSecond / demandDivisor,
  }));
  return { ...instance, origins: fewer, total: total / demandDivisor };
}

/** The largest load of the app on a cluster beside the apps that keep their previous decision: not below 0, Infinity without a limit. */
export function loadCapacityAt({ app, clusters, fixedApps }: AppInstance, cluster: number): number {
  if (!isCapacitated(app)) return Number.POSITIVE_INFINITY;
  const { others } = fixedApps;
  const headroom = Math.max(others.headroom(cluster), headroomOf(app));
  const capacity = usableCapacity(clusters[cluster]!, headroom);
  return Math.max(0, largestLoad(app, capacity, others.used(cluster)));
}

/** What the choice of the cluster subtracts from the cost: the weight of every preference that it matches. */
export function preferenceFor(app: EdgeApp, cluster: Cluster): number {
  const found = app.policy.objective.preferred.filter((one) => matches(one, cluster));
  return found.reduce((sum, one) => sum + one.weight, 0);
}

/** `together` and `apart` with an app that keeps its previous decision are rules about single clusters. */
function linkRefusal(
  { policy }: EdgeApp,
  cluster: number,
  { sets }: FixedApps,
): string | undefined {
  const { together, apart } = policy.constraints;
  if (together.some((name) => sets.get(name)?.has(cluster) === false)) return 'together';
  return apart.some((name) => sets.get(name)?.has(cluster) === true) ? 'apart' : undefined;
}

function fixedAppsOf(context: VerificationContext): FixedApps {
  const all = context.apps.filter((app) => context.bases.get(app.name)?.kind === 'failStatic');
  const lines = all.map((app) => {
    const standing = previousOf(context, app.name)?.clusters ?? [];
    const byName = new Map(standing.map((line) => [line.name, line]));
    return context.fleet.clusters.map(({ name }) => byName.get(name));
  });
  const there = (cluster: number) =>
    all.flatMap((app, index) => {
      const line = lines[index]![cluster];
      return line === undefined || !isCapacitated(app) ? [] : [{ app, line }];
    });
  const set = (index: number) =>
    new Set([...context.fleet.clusters.keys()].filter((c) => lines[index]![c] !== undefined));
  return {
    sets: new Map(all.map((app, index) => [app.name, set(index)])),
    others: {
      used: (cluster) =>
        there(cluster).reduce(
          (used, { app, line }) => addResources(used, usageOfStanding(app, line)),
          NO_USAGE,
        ),
      headroom: (cluster) => Math.max(0, ...there(cluster).map(({ app }) => headroomOf(app))),
    },
  };
}

/** What an app uses where it stands: for its load, and for replicas that it kept beyond need. */
function usageOfStanding(app: EdgeApp, line: AppDecision['clusters'][number]): Resources {
  const needed = usageOf(app, line.requestsPerSecond);
  if (line.spareReplicas === undefined) return needed;
  return app.sizing.reduce((used, one) => {
    const all = app.sizing.length === 1 ? line.replicas : line.componentReplicas?.[one.name];
    const spare = Math.max(0, (all ?? 0) - replicasFor(one, line.requestsPerSecond));
    return addResources(used, usageOfReplicas(one, spare));
  }, needed);
}

function minimumLoadOf(app: EdgeApp, wasChosen: boolean): number {
  const { constraints, stability } = app.policy;
  if (app.policy.static) return 0;
  const least = constraints.minRequestsPerSecond;
  return wasChosen
    ? (stability.exitRequestsPerSecond ?? 0.8 * least)
    : (stability.enterRequestsPerSecond ?? least);
}

/** `wasChosen` is undefined when there is no previous decision. */
function openingCostOf(app: EdgeApp, cluster: Cluster, wasChosen: boolean | undefined): number {
  const { money, change } = app.policy.objective;
  const moved = wasChosen === undefined ? 0 : wasChosen ? -change : change;
  return money * cluster.usdPerHour - preferenceFor(app, cluster) + moved;
}
