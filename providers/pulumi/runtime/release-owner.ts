/** Release owner: which resource of which stack a release belongs to, and what creating it would find in the clusters. */
import { randomUUID } from 'node:crypto';
import {
  basisOf,
  type ClusterPlan,
  observeAndPlan,
  type ReleasePlan,
  type ReleaseProps,
  TAKE_OVER,
  type World,
} from '../../resources/release';
import type { Bag } from './property-bag';

/** The world of the resource with these inputs. One that is created may follow the one of its own name: it replaces it. */
export function acting(world: World, { owner }: Bag): World {
  const name = typeof owner === 'string' ? owner : 'Pulumi';
  return {
    ...world,
    owner: { id: randomUUID(), name },
    follows: (held) => typeof owner === 'string' && held.name === owner,
  };
}

/** Seconds that a check waits for a cluster that it only looks at. */
const lookSeconds = 10;

/**
 * The plan of a creation, with what the clusters that answer hold already. A check of a creation has no state, so the
 * clusters are asked; one that does not answer stays as it was planned.
 */
export async function creationPlan(
  planned: ReleasePlan,
  props: ReleaseProps,
  world: World,
): Promise<ReleasePlan> {
  const { rollout } = props;
  const answerSeconds = Math.min(rollout.answerSeconds, lookSeconds);
  const quick = { ...props, rollout: { ...rollout, answerSeconds } };
  const { onEvent: _, ...silent } = world;
  const open = await observeAndPlan(basisOf(quick, undefined), silent);
  await open.close();
  const seen = new Map(open.plan.clusters.map((one) => [one.name, one]));
  const clusters = planned.clusters.map((one): ClusterPlan => {
    const found = seen.get(one.name);
    return found === undefined || isSilent(found) ? one : found;
  });
  const left = open.plan.clusters.filter(({ step }) => step === 'remove');
  return { ...planned, clusters: [...clusters, ...left] };
}

/** Refused with nothing seen: no word about what is there. */
function isSilent({ step, name: _, objects, ...rest }: ClusterPlan): boolean {
  return step === 'unreachable' || (step === 'refused' && objects.length === 0 && !rest.held);
}

/** A failure for the clusters where another owner holds the release, one for all that say the same. */
export function heldFailures({ clusters }: ReleasePlan) {
  const groups = new Map<string, string[]>();
  for (const { name, step, held, reason = '' } of clusters) {
    if (step !== 'refused' || held !== true) continue;
    groups.set(reason, [...(groups.get(reason) ?? []), name]);
  }
  return [...groups].map(([reason, names]) => ({
    property: 'name',
    reason: `${names.join(', ')}: ${inPulumi(reason)}`,
  }));
}

/** A text about a release that somebody else holds, with the way to take it over as a program writes it. */
export function inPulumi(text: string): string {
  return text.replace(TAKE_OVER, 'rollout: { takeOver: true }, for one update');
}
