/** State after: what is kept of a release once a rollout has ended in each of its clusters. */
import type { Cluster } from '../../../../constructs/model/fleet';
import type { Desired } from '../state/desired';
import { inOrder } from '../state/inventory';
import { type ClusterState, inNameOrder, type ReleaseState } from '../state/state';
import type { ClusterResult, ReleaseOutcome } from './result';
import type { Course } from './rollout';

/** The state after a rollout. A cluster is forgotten only when it was seen without the release. */
export function stateAfter(
  prior: ReleaseState | undefined,
  desired: Desired,
  outcome: ReleaseOutcome,
  { fleet, owner, delivery }: Pick<Course, 'fleet' | 'owner' | 'delivery'>,
): ReleaseState {
  const inFleet = new Map(fleet.clusters.map((one) => [one.name, one]));
  const before = new Map((prior?.clusters ?? []).map((one) => [one.name, one]));
  const clusters = outcome.clusters.flatMap((result): readonly ClusterState[] => {
    const { name, ending, reason } = result;
    if (ending === 'removed' || ending === 'left') return [];
    const known = before.get(name);
    const standing = standingAfter(ending);
    const inventory = result.inventory ?? known?.inventory;
    return [
      {
        name,
        ...accessOf(inFleet.get(name), known),
        standing,
        ...(standing === 'ready' || reason === undefined ? {} : { reason }),
        ...(inventory === undefined ? {} : { inventory: inOrder(inventory) }),
      },
    ];
  });
  const { release, namespace, decision, objects, fleet: digest } = desired;
  return {
    release,
    namespace,
    ...(owner === undefined ? {} : { owner }),
    decision,
    fleet: digest,
    objects,
    ...(delivery === undefined ? {} : { delivery }),
    clusters: inNameOrder(clusters),
  };
}

function standingAfter(ending: ClusterResult['ending']): ClusterState['standing'] {
  if (ending === 'ready' || ending === 'unchanged') return 'ready';
  if (ending === 'retiring') return 'leaving';
  return ending === 'unreachable' || ending === 'evacuated' ? ending : 'unfinished';
}

function accessOf(
  cluster: Cluster | undefined,
  known: ClusterState | undefined,
): { readonly access?: NonNullable<Cluster['access']> } {
  const access = cluster?.access ?? known?.access;
  return access === undefined ? {} : { access };
}
