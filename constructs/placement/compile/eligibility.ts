/** Eligibility: the clusters that an app may be placed on, and those that it may not leave yet. */

import type { Cluster, Fleet } from '../../model/fleet';
import { isGranted } from '../../model/grants';
import { describeMatch, matches } from '../../model/match';
import type { EdgeApp, EligibilityContext, EligibilityStage } from '../../policy';
import { isReluctant, rowsOf, unreachableUntil } from '../../policy';

/** A rule that refuses clusters, with the sentence about them; one object for all clusters that it is said of. */
export interface Refusal {
  readonly rule: string;
  readonly reason: string;
}

/** Flags of clusters for one app, in fleet order. */
export interface Eligibility {
  /** 1: may be chosen. */
  readonly allowed: Uint8Array;
  /** 1: must be chosen: unreachable within its toleration, not to be asked by us, or younger than minDwellSeconds. */
  readonly held: Uint8Array;
  /** By cluster name: why it must be chosen. */
  readonly holds: ReadonlyMap<string, string>;
  /** 1: chosen by the previous decision. */
  readonly previous: Uint8Array;
  /** 1: a PreferNoPlace taint is not tolerated. */
  readonly reluctant: Uint8Array;
  /** What refuses the cluster; undefined where it may be chosen. */
  readonly refusals: readonly (Refusal | undefined)[];
}

/** Clusters of the previous decision: the name, and when the app entered it. */
export type PreviousClusters = ReadonlyMap<string, string>;

/** The eligibility of every cluster for one app. `tiers`: how many tiers are open. `lost`: clusters that are lost in this scenario. */
export function eligibilityOf(
  app: EdgeApp,
  fleet: Pick<Fleet, 'clusters' | 'grants'>,
  previous: PreviousClusters,
  now: number,
  tiers: number,
  lost: ReadonlySet<string>,
): Eligibility {
  const { clusters } = fleet;
  const context: EligibilityContext = {
    now,
    isPrevious: (name) => previous.has(name),
    sizing: app.sizing,
  };
  const excludes = exclusionsOf(app, context, tiers);
  const flags = () => new Uint8Array(clusters.length);
  const found = { allowed: flags(), held: flags(), previous: flags(), reluctant: flags() };
  const holds = new Map<string, string>();
  const known = new Map<string, Refusal>();
  const refusals = clusters.map((): Refusal | undefined => undefined);
  clusters.forEach((cluster, index) => {
    found.previous[index] = previous.has(cluster.name) ? 1 : 0;
    found.reluctant[index] = isReluctant(app.policy.constraints.tolerations, cluster) ? 1 : 0;
    const refused = lost.has(cluster.name)
      ? { rule: 'lost', reason: 'is lost in this scenario' }
      : (excludedByGrants(app, fleet, cluster) ?? excludes(cluster));
    if (refused !== undefined) {
      const key = `${refused.rule} ${refused.reason}`;
      refusals[index] = known.get(key) ?? refused;
      known.set(key, refusals[index]);
      return;
    }
    found.allowed[index] = 1;
    const hold = holdOf(app, cluster, previous.get(cluster.name), now);
    if (hold === undefined) return;
    found.held[index] = 1;
    holds.set(cluster.name, hold);
  });
  return { ...found, holds, refusals };
}

type Exclusion = Refusal | undefined;

/** By cluster: the first rule that excludes it. See EligibilityStage for the order of constraints. */
function exclusionsOf(
  app: EdgeApp,
  context: EligibilityContext,
  tiers: number,
): (cluster: Cluster) => Exclusion {
  const rows = [...rowsOf(app.policy.constraints)].flatMap(({ key, row, value }) => {
    const { cluster: reasonOf, stage } = row;
    return reasonOf === undefined ? [] : [{ key, stage, value, reasonOf }];
  });
  const firstOf = (wanted: EligibilityStage | undefined) => {
    const staged = rows.filter(({ stage }) => stage === wanted);
    return (cluster: Cluster): Exclusion => {
      for (const { key, value, reasonOf } of staged) {
        const reason = reasonOf(value, cluster, context);
        if (reason !== undefined) return { rule: key, reason };
      }
      return undefined;
    };
  };
  const byPolicy = firstOf('policy');
  const byTaints = firstOf('taints');
  const bySignals = firstOf('signals');
  const byOthers = firstOf(undefined);
  return (cluster) =>
    byPolicy(cluster) ??
    excludedByTier(app, cluster, tiers) ??
    excludedAsUnreachable(app, cluster, context) ??
    byTaints(cluster) ??
    excludedAsClosed(cluster, context) ??
    bySignals(cluster) ??
    byOthers(cluster);
}

function excludedByGrants(
  { team }: EdgeApp,
  fleet: Pick<Fleet, 'grants'>,
  cluster: Cluster,
): Exclusion {
  if (isGranted(fleet, team, cluster)) return undefined;
  return { rule: 'grants', reason: `is not granted to ${team ?? 'an app without a team'}` };
}

function excludedByTier(app: EdgeApp, cluster: Cluster, tiers: number): Exclusion {
  const all = app.policy.tiers;
  if (all.length === 0 || all.slice(0, tiers).some((tier) => matches(tier, cluster)))
    return undefined;
  const tier = all.findIndex((one) => matches(one, cluster));
  const reason =
    tier < 0
      ? 'is in no tier'
      : `is in tier ${tier + 1} (${describeMatch(all[tier])}), which is not needed`;
  return { rule: 'tiers', reason };
}

/** States in which nothing new comes and what is there stays, as the reason says it. */
const closed: Readonly<Partial<Record<Cluster['state'], string>>> = {
  cordoned: 'is cordoned',
  forbidden: 'may not be looked at with our credentials',
  misconfigured: 'cannot be asked, because our way to it is wrong',
};

function excludedAsClosed(cluster: Cluster, context: EligibilityContext): Exclusion {
  const why = closed[cluster.state];
  if (why === undefined || context.isPrevious(cluster.name)) return undefined;
  return { rule: 'state', reason: `${why}: nothing new is placed there` };
}

function excludedAsUnreachable(
  app: EdgeApp,
  cluster: Cluster,
  context: EligibilityContext,
): Exclusion {
  if (cluster.state !== 'unreachable') return undefined;
  const since = `is unreachable since ${cluster.since}`;
  if (!context.isPrevious(cluster.name)) return { rule: 'state', reason: since };
  const until = unreachableUntil(app.policy.constraints.tolerations, cluster, context.now);
  if (context.now < until) return undefined;
  return { rule: 'state', reason: `${since}, longer than tolerated` };
}

function holdOf(
  app: EdgeApp,
  cluster: Cluster,
  since: string | undefined,
  now: number,
): string | undefined {
  if (since === undefined) return undefined;
  if (cluster.state === 'unreachable') {
    return `unreachable since ${cluster.since}; unreachable is not gone, it stays until its toleration ends`;
  }
  if (cluster.state === 'forbidden' || cluster.state === 'misconfigured') {
    return `${closed[cluster.state]}: that is no failure of the cluster, what is there stays`;
  }
  const { minDwellSeconds } = app.policy.stability;
  const age = (now - Date.parse(since)) / 1000;
  return age < minDwellSeconds
    ? `there since ${since}, not yet for minDwellSeconds ${minDwellSeconds}`
    : undefined;
}
