/** Autoscalers there: what scales a workload in a cluster, whoever put it there, and stays once the release is applied. */
import { scales } from '../../../../constructs/kubernetes/autoscalers';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { LiveObject } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { isOfRelease, keyOf, objectText, type ReleaseKey, refOf } from '../state/identity';
import type { Present } from './observe';

/** The autoscalers of one cluster, listed when they are first asked for. */
export interface AutoscalersThere {
  /** What scales the workload, as in "HorizontalPodAutoscaler shop/web"; undefined when nothing does, or nobody may say. */
  readonly of: (workload: Manifest) => Promise<string | undefined>;
}

const autoscaler = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };

/** Autoscalers of `release` that are not among `manifests` are about to go and scale nothing. */
export function autoscalersThere(
  { client, objects }: Present,
  manifests: readonly Manifest[],
  release: ReleaseKey,
): AutoscalersThere {
  const wanted = new Set(manifests.map((one) => keyOf(refOf(one))));
  const leaving = [...objects].filter(
    ([key, live]) => isOfRelease(live, release) && !wanted.has(key),
  );
  const goes = new Set(leaving.map(([, live]) => live.metadata.uid));
  const stays = ({ metadata }: LiveObject): boolean => {
    const owners = (metadata.ownerReferences ?? []) as readonly { readonly uid?: string }[];
    return !goes.has(metadata.uid) && !owners.some(({ uid = '' }) => goes.has(uid));
  };
  const lists = new Map<string, Promise<readonly LiveObject[]>>();
  const listed = (namespace: string): Promise<readonly LiveObject[]> => {
    const known = lists.get(namespace);
    if (known !== undefined) return known;
    const list = listIn(namespace);
    lists.set(namespace, list);
    return list;
  };
  const listIn = async (namespace: string): Promise<readonly LiveObject[]> => {
    if ((await client.scopeOf(autoscaler.apiVersion, autoscaler.kind)) === undefined) return [];
    try {
      const found = await client.list({ ...autoscaler, namespace }, '');
      return found.filter(stays);
    } catch (thrown) {
      if (thrown instanceof ClusterError && thrown.status === 403) return [];
      throw thrown;
    }
  };
  return {
    of: async (workload) => {
      const { namespace } = workload.metadata;
      if (namespace === undefined) return undefined;
      const found = (await listed(namespace)).find((one) => scales(one, workload, ''));
      return found === undefined ? undefined : objectText(refOf(found));
    },
  };
}
