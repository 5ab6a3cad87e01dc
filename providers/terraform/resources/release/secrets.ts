/** Release secrets: notices while refreshing that a Secret is not as it should be, as nothing about its values may be remembered. */
import { eachOf } from '../../../clusters/parallel';
import type { ReleaseProps, ReleaseState, World } from '../../../resources/release/index';

/** Clusters at the same time. */
const parallelism = 16;

/**
 * The state, with Secrets whose values differ from what is to be marked as changed. `read` gives what is to be;
 * when it throws, or clusters do not answer, the state stays as it is: planning says what is wrong.
 */
export async function secretsSeen(
  state: ReleaseState,
  read: () => ReleaseProps,
  world: World,
): Promise<ReleaseState> {
  const props = tryRead(read);
  if (props === undefined) return state;
  const { desiredOf } =
    require('../../../resources/release/state/desired') as typeof import('../../../resources/release/state/desired');
  const identity =
    require('../../../resources/release/state/identity') as typeof import('../../../resources/release/state/identity');
  const { isSecret, keyOf, refOf } = identity;
  const { hasSameSecrets } =
    require('../../../resources/release/state/secrecy') as typeof import('../../../resources/release/state/secrecy');
  if (!props.bundle.objects.some(({ manifest }) => isSecret(manifest))) return state;
  const wanted = new Map(desiredOf(props).clusters.map((one) => [one.name, one.manifests]));
  const clusters = await eachOf(state.clusters, parallelism, async (cluster) => {
    const secrets = (wanted.get(cluster.name) ?? []).filter(isSecret);
    const { inventory } = cluster;
    if (secrets.length === 0 || inventory === undefined || cluster.standing === 'unreachable') {
      return cluster;
    }
    const other = new Set<string>();
    try {
      const client = await world.connect(cluster, props.rollout.answerSeconds);
      try {
        for (const manifest of secrets) {
          const live = await client.get(refOf(manifest));
          const isOther = live !== undefined && !hasSameSecrets(live, manifest);
          if (isOther) other.add(keyOf(refOf(manifest)));
        }
      } finally {
        await client.close();
      }
    } catch {
      return cluster;
    }
    const objects = inventory.objects.map((entry) => {
      if (!other.has(keyOf(entry))) return entry;
      const { fields: _, ...rest } = entry;
      return rest;
    });
    return { ...cluster, inventory: { ...inventory, objects } };
  });
  return { ...state, clusters: [...clusters] };
}

function tryRead(read: () => ReleaseProps): ReleaseProps | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
