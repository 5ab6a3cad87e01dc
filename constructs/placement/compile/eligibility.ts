/** Fit: which clusters an app may be on at all, and which it may not leave yet. */

import type { Rejection } from '../../model/decision';
import type { Cluster } from '../../model/fleet';
import { describeMatch, matches } from '../../model/match';
import type { EdgeApp, FitContext } from '../../policy';
import { isReluctant, rowsOf, unreachableUntil } from '../../policy';

/** Clusters by what fit says of them; flags are in fleet order. */
export interface Eligibility {
  /** 1: may be chosen. */
  readonly allowed: Uint8Array;
  /** 1: must be chosen: unreachable within its toleration, or younger than minDwellSeconds. */
  readonly held: Uint8Array;
  /** Why a held cluster is held. */
  readonly holds: ReadonlyMap<string, string>;
  /** 1: chosen by the previous decision. */
  readonly previous: Uint8Array;
  /** 1: a PreferNoPlace taint is not tolerated. */
  readonly reluctant: Uint8Array;
  readonly rejections: readonly Rejection[];
}

/** What was chosen before: cluster name and when the app entered it. */
export type PreviousClusters = ReadonlyMap<string, string>;

/** Judges every cluster for one app; `tiers`: how many tiers are open; `lost`: clusters that are gone. */
export function eligibilityOf(
  app: EdgeApp,
  clusters: readonly Cluster[],
  previous: PreviousClusters,
  now: number,
  tiers: number,
  lost: ReadonlySet<string>,
): Eligibility {
  const context: FitContext = { now, isPrevious: (name) => previous.has(name), sizing: app.sizing };
  const flags = () => new Uint8Array(clusters.length);
  const found = { allowed: flags(), held: flags(), previous: flags(), reluctant: flags() };
  const holds = new Map<string, string>();
  const rejections: Rejection[] = [];
  clusters.forEach((cluster, index) => {
    found.previous[index] = previous.has(cluster.name) ? 1 : 0;
    found.reluctant[index] = isReluctant(app.policy.constraints.tolerations, cluster) ? 1 : 0;
    const refused = lost.has(cluster.name)
      ? { rule: 'lost', reason: 'is lost in this scenario' }
      : exclusionOf(app, cluster, context, tiers);
    if (refused !== undefined) {
      rejections.push({ name: cluster.name, ...refused });
      return;
    }
    found.allowed[index] = 1;
    const hold = holdOf(app, cluster, previous.get(cluster.name), now);
    if (hold === undefined) return;
    found.held[index] = 1;
    holds.set(cluster.name, hold);
  });
  return { ...found, holds, rejections };
}

/** What speaks before the rest of the table: what a policy forbids is forbidden in any state. */
const first = ['mustNotInclude', 'chooseFrom'];
/** What speaks of the cluster as it is now, before what it has room for. */
const second = ['tolerations'];
const third = ['signals'];

type Exclusion = { readonly rule: string; readonly reason: string } | undefined;

function exclusionOf(
  app: EdgeApp,
  cluster: Cluster,
  context: FitContext,
  tiers: number,
): Exclusion {
  const rows = [...rowsOf(app.policy.constraints)];
  const early = [...first, ...second, ...third];
  const ask = (speaks: (key: string) => boolean): Exclusion => {
    for (const { key, row, value } of rows) {
      const reason = speaks(key) ? row.cluster?.(value, cluster, context) : undefined;
      if (reason !== undefined) return { rule: key, reason };
    }
    return undefined;
  };
  return (
    ask((key) => first.includes(key)) ??
    excludedByTier(app, cluster, tiers) ??
    excludedAsUnreachable(app, cluster, context) ??
    ask((key) => second.includes(key)) ??
    excludedByCordon(cluster, context) ??
    ask((key) => third.includes(key)) ??
    ask((key) => !early.includes(key))
  );
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

function excludedByCordon(cluster: Cluster, context: FitContext): Exclusion {
  if (cluster.state !== 'cordoned' || context.isPrevious(cluster.name)) return undefined;
  return { rule: 'state', reason: 'is cordoned: nothing new is placed there' };
}

function excludedAsUnreachable(app: EdgeApp, cluster: Cluster, context: FitContext): Exclusion {
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
  const { minDwellSeconds } = app.policy.stability;
  const age = (now - Date.parse(since)) / 1000;
  return age < minDwellSeconds
    ? `there for ${Math.max(0, age)} s of minDwellSeconds ${minDwellSeconds}`
    : undefined;
}
