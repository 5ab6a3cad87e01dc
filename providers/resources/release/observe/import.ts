/** Import: the state of a release that exists, from the inventories in its clusters. */
import { EdgeError } from '../../../../constructs/parsing';
import { soleOwner } from '../state/owner';
import type { Rollout } from '../state/props';
import type { ClusterState, ReleaseState } from '../state/state';
import { closeAll, observe } from './observe';
import type { World } from './world';

const form = /^([^/@]+)(?:\/([^/@]+))?@(.+)#([^#]+)$/;

/** `release[/namespace]@kubeconfig#context[,context...]`; contexts are the names of clusters. Throws EdgeError. */
export async function importRelease(
  id: string,
  { parallelism, answerSeconds }: Rollout,
  world: World,
): Promise<ReleaseState> {
  const [, release, space, kubeconfig, contexts] = form.exec(id) ?? [];
  if (release === undefined || kubeconfig === undefined || contexts === undefined) {
    throw wrong(
      `got ${JSON.stringify(id)}, expected release/namespace@kubeconfig#context,context`,
      'Write it like shop/shop@clusters.kubeconfig#fra,iad.',
    );
  }
  const namespace = space ?? release;
  const looks = contexts.split(',').map((context) => {
    return { cluster: { name: context, access: { kubeconfig, context } }, manifests: [] };
  });
  const seen = await observe(looks, { release, namespace, parallelism, answerSeconds }, world);
  await closeAll(seen);
  const clusters = seen.map((one): ClusterState => {
    const { access } = looks.find(({ cluster }) => cluster.name === one.name)?.cluster ?? {};
    const base = { name: one.name, ...(access === undefined ? {} : { access }) };
    if (!one.reachable) return { ...base, standing: 'unreachable', reason: one.reason };
    if (one.inventory === undefined) {
      throw wrong(
        `${one.name} has no inventory of ${release} in the namespace ${namespace}`,
        `Leave ${one.name} out, or apply the release there: what exists is adopted.`,
      );
    }
    const { inventory } = one;
    const standing = inventory.phase === 'ready' ? ('ready' as const) : ('unfinished' as const);
    return { ...base, standing, inventory };
  });
  const owner = soleOwner(
    release,
    seen.map((one) => (one.reachable ? one.inventory?.owner : undefined)),
  );
  const decision = seen.flatMap((one) => (one.reachable ? (one.inventory ?? []) : []))[0]?.decision;
  const held = owner === undefined ? {} : { owner };
  const digests = { decision: decision ?? '', fleet: '', objects: '' };
  return { release, namespace, ...held, ...digests, clusters };
}

function wrong(summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'InvalidDocument', path: 'id', summary, remedy });
}
