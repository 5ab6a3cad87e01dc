/** Facts: one app's problem as the documents state it, with origins and clusters by index. */
import type { AppDecision } from '../../model/decision';
import type { Origin } from '../../model/demand';
import type { Cluster } from '../../model/fleet';
import { matches } from '../../model/match';
import type { EdgeApp } from '../../policy';
import { headroomOf, isCounted, type Others } from './app-assignment';
import { isHeld, isReluctant, refusal, type Visit } from './eligibility';
import { type Circumstances, demandOf, previousOf } from './inputs';
import { NOTHING, sum, usageOf } from './load';
import { type Pairs, pairsOf, type Rates, ratesOf } from './pairs';

/** One app's problem. */
export interface Facts {
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
  /** Clusters that must stay chosen, and may be thin. */
  readonly held: ReadonlySet<number>;
  /** By cluster: chosen only to break ties. */
  readonly reluctant: readonly boolean[];
  readonly previous: AppDecision | undefined;
  /** Previous clusters that the fleet still has. */
  readonly before: ReadonlySet<number>;
  /** By cluster: requests/s that a chosen cluster must serve. */
  readonly threshold: readonly number[];
  /** By cluster: what being chosen costs, whatever it serves. */
  readonly openCost: readonly number[];
  /** Paid whatever is chosen: what all previous clusters would cost if dropped. */
  readonly constantCost: number;
  /** Budget and losses are judged by the demand divided by this: 1, unless the app stands within leaveMargin. */
  readonly ease: number;
  /** How many tiers of the policy are open. */
  readonly openTiers: number;
  /** Apps whose previous decision stands: where they are and what they use. */
  readonly standing: Standing;
}

/** Apps that do not move, by name with their clusters, and what they use together. */
export interface Standing {
  readonly sets: ReadonlyMap<string, ReadonlySet<number>>;
  readonly others: Others;
}

/** The facts of `app` when `openTiers` of its tiers are open. */
export function factsOf(given: Circumstances, app: EdgeApp, openTiers: number): Facts {
  const { clusters } = given.fleet;
  const previous = previousOf(given, app.name);
  const visit: Visit = { app, now: given.now, previous, openTiers };
  const standing = standingOf(given);
  const refused = clusters.map(
    (cluster, c) => refusal(visit, cluster) ?? linkRefusal(app, c, standing),
  );
  const eligible = [...clusters.keys()].filter((c) => refused[c] === undefined);
  const origins = (demandOf(given, app.name)?.origins ?? []).filter(
    ({ requestsPerSecond }) => requestsPerSecond > 0,
  );
  const names = new Set(previous?.clusters.map(({ name }) => name));
  const before = new Set([...clusters.keys()].filter((c) => names.has(clusters[c]!.name)));
  const rates = ratesOf(app, given.fleet, given.now);
  return {
    app,
    clusters,
    origins,
    total: origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0),
    pairs: pairsOf(app, given.fleet, origins, rates),
    rates,
    refused,
    eligible,
    held: new Set(eligible.filter((c) => isHeld(visit, clusters[c]!))),
    reluctant: clusters.map((cluster) => isReluctant(app, cluster)),
    previous,
    before,
    threshold: clusters.map((_, c) => thresholdOf(app, before.has(c))),
    openCost: clusters.map((cluster, c) => openCostOf(app, cluster, previous && before.has(c))),
    constantCost: app.policy.objective.change * names.size,
    ease: 1,
    openTiers,
    standing,
  };
}

/** The facts with the demand that budget and losses are judged by. */
export function withLessDemand(facts: Facts): Facts {
  const { ease, origins, total } = facts;
  if (ease === 1) return facts;
  const fewer = origins.map((origin) => ({
    ...origin,
    requestsPerSecond: origin.requestsPerSecond / ease,
  }));
  return { ...facts, origins: fewer, total: total / ease };
}

/** What being chosen subtracts: the weight of every preference that the cluster matches. */
export function preferenceFor(app: EdgeApp, cluster: Cluster): number {
  const found = app.policy.objective.preferred.filter((one) => matches(one, cluster));
  return found.reduce((sum, one) => sum + one.weight, 0);
}

/** An app that follows or avoids one that stands is bound to where that one is. */
function linkRefusal({ policy }: EdgeApp, cluster: number, { sets }: Standing): string | undefined {
  const { together, apart } = policy.constraints;
  if (together.some((name) => sets.get(name)?.has(cluster) === false)) return 'together';
  return apart.some((name) => sets.get(name)?.has(cluster) === true) ? 'apart' : undefined;
}

function standingOf(given: Circumstances): Standing {
  const all = given.apps.filter((app) => given.bases.get(app.name)?.kind === 'stands');
  const loads = all.map((app) => {
    const lines = previousOf(given, app.name)?.clusters ?? [];
    const byName = new Map(lines.map((line) => [line.name, line.requestsPerSecond]));
    return given.fleet.clusters.map(({ name }) => byName.get(name));
  });
  const there = (cluster: number) =>
    all.flatMap((app, index) => {
      const load = loads[index]![cluster];
      return load === undefined || !isCounted(app) ? [] : [{ app, load }];
    });
  const set = (index: number) =>
    new Set([...given.fleet.clusters.keys()].filter((c) => loads[index]![c] !== undefined));
  return {
    sets: new Map(all.map((app, index) => [app.name, set(index)])),
    others: {
      taken: (cluster) =>
        there(cluster).reduce((used, { app, load }) => sum(used, usageOf(app, load)), NOTHING),
      headroom: (cluster) => Math.max(0, ...there(cluster).map(({ app }) => headroomOf(app))),
    },
  };
}

function thresholdOf(app: EdgeApp, wasChosen: boolean): number {
  const { constraints, stability } = app.policy;
  if (app.policy.static) return 0;
  const least = constraints.minRequestsPerSecond;
  return wasChosen
    ? (stability.exitRequestsPerSecond ?? 0.8 * least)
    : (stability.enterRequestsPerSecond ?? least);
}

/** `wasChosen` is undefined when there is no previous decision to differ from. */
function openCostOf(app: EdgeApp, cluster: Cluster, wasChosen: boolean | undefined): number {
  const { money, change } = app.policy.objective;
  const moved = wasChosen === undefined ? 0 : wasChosen ? -change : change;
  return money * cluster.usdPerHour - preferenceFor(app, cluster) + moved;
}
