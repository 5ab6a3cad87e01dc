/** Fit: which clusters an app may be on at all, and which it may not leave yet. */

import type { Rejection } from '../model/decision';
import type { Cluster } from '../model/fleet';
import { describeMatch, matches } from '../model/match';
import type { EdgeApp } from './app';
import type { FitContext } from './constraints/row';
import { isReluctant, unreachableUntil } from './constraints/selection';
import { rowsOf } from './constraints/table';

/** Clusters by what fit says of them; flags are in fleet order. */
export interface Fit {
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
export function fitClusters(
  app: EdgeApp,
  clusters: readonly Cluster[],
  previous: PreviousClusters,
  now: number,
  tiers: number,
  lost: ReadonlySet<string>,
): Fit {
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
      : refusal(app, cluster, context, tiers);
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

/** Rules before the state of a cluster; what a policy forbids is forbidden in any state. */
const beforeState = ['mustNotInclude', 'chooseFrom'];

function refusal(
  app: EdgeApp,
  cluster: Cluster,
  context: FitContext,
  tiers: number,
): { readonly rule: string; readonly reason: string } | undefined {
  const rows = [...rowsOf(app.policy.constraints)];
  const ask = (early: boolean) => {
    for (const { key, row, value } of rows) {
      if (beforeState.includes(key) !== early) continue;
      const reason = row.cluster?.(value, cluster, context);
      if (reason !== undefined) return { rule: key, reason };
    }
    return undefined;
  };
  return (
    ask(true) ??
    tierRefusal(app, cluster, tiers) ??
    stateRefusal(app, cluster, context) ??
    ask(false)
  );
}

function tierRefusal(app: EdgeApp, cluster: Cluster, tiers: number) {
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

function stateRefusal(app: EdgeApp, cluster: Cluster, context: FitContext) {
  const isPrevious = context.isPrevious(cluster.name);
  if (cluster.state === 'cordoned' && !isPrevious) {
    return { rule: 'state', reason: 'is cordoned: nothing new is placed there' };
  }
  if (cluster.state !== 'unreachable') return undefined;
  if (!isPrevious) return { rule: 'state', reason: `is unreachable since ${cluster.since}` };
  const until = unreachableUntil(app.policy.constraints.tolerations, cluster, context.now);
  return context.now < until
    ? undefined
    : { rule: 'state', reason: `is unreachable since ${cluster.since}, longer than tolerated` };
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
