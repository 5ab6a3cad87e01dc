/** Remembered clocks: since when clusters are silent or evict, as earlier decisions saw it, so that tolerations run out although every reading says "since now". */
import type { ClusterDecision, PlacementDecision } from '../../model/decision';
import type { Cluster, Fleet } from '../../model/fleet';
import type { EdgeApp } from '../../policy';
import { evictionSeconds } from '../../policy';

/** What a decision keeps of a cluster's clocks. */
type Clocks = Pick<ClusterDecision, 'unreachableSince' | 'evictedSince'>;

/**
 * The fleet with `since` of silent and evicting clusters as the previous decision knows it, where that is earlier. A
 * cluster that a decision saw answering is forgotten: its clock starts anew.
 */
export function rememberingFleet(fleet: Fleet, previous: PlacementDecision | undefined): Fleet {
  const known = new Map<string, Clocks>();
  for (const { clusters } of previous?.apps ?? []) {
    for (const { name, unreachableSince, evictedSince } of clusters) {
      const before = known.get(name);
      known.set(name, {
        unreachableSince: earlier(before?.unreachableSince, unreachableSince),
        evictedSince: earlier(before?.evictedSince, evictedSince),
      });
    }
  }
  const clusters = fleet.clusters.map((cluster) => remembering(cluster, known.get(cluster.name)));
  const isSame = clusters.every((one, index) => one === fleet.clusters[index]);
  return isSame ? fleet : { ...fleet, clusters };
}

/** What a decision made at `now` keeps of the clocks of a cluster that the app stands on. */
export function clocksOf(app: EdgeApp, cluster: Cluster | undefined, now: string): Clocks {
  if (cluster === undefined) return {};
  if (cluster.state === 'unreachable') return { unreachableSince: cluster.since ?? now };
  const seconds = evictionSeconds(app.policy.constraints.tolerations, cluster);
  return seconds === undefined ? {} : { evictedSince: cluster.since ?? now };
}

function remembering(cluster: Cluster, clocks: Clocks | undefined): Cluster {
  if (clocks === undefined) return cluster;
  const { unreachableSince, evictedSince } = clocks;
  const known = cluster.state === 'unreachable' ? unreachableSince : evictedSince;
  // A cluster that answers has a clock only where a taint evicts; its fleet may say since when, and is believed.
  if (cluster.state !== 'unreachable' && cluster.since !== undefined) return cluster;
  const since = earlier(cluster.since, known);
  return since === undefined || since === cluster.since ? cluster : { ...cluster, since };
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(other) < Date.parse(one) ? other : one;
}
