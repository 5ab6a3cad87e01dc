/** Capacity: with how many replicas an autoscaled workload starts, and how many of them must be ready before it counts as ready. */
import {
  boundsOf,
  mayIdle,
  replicaBounds,
  scales,
} from '../../../../constructs/kubernetes/autoscalers';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { keyOf, refOf } from './identity';

/** Replicas of one workload whose number an autoscaler owns. */
export interface Capacity {
  /** It is created with this many; 0: as many as Kubernetes gives it. */
  readonly start: number;
  /** It is ready once this many are: the lower bound of its autoscaler, which is what the decision assigned. */
  readonly least: number;
}

/** Manifests of one cluster, and the capacity of workloads that an autoscaler among them scales, by key. */
export interface WithCapacity {
  readonly manifests: readonly Manifest[];
  readonly capacity: ReadonlyMap<string, Capacity>;
}

/** Takes `spec.replicas` out of autoscaled workloads: it is sent once, at creation, and never again. */
export function withCapacity(manifests: readonly Manifest[]): WithCapacity {
  const autoscalers = manifests.filter((one) => boundsOf(one) !== undefined);
  const capacity = new Map<string, Capacity>();
  const shaped = manifests.map((manifest) => {
    const owner = autoscalers.find((one) => scales(one, manifest, ''));
    if (owner === undefined) return manifest;
    const { least, most } = replicaBounds(owner);
    const stated = replicasOf(manifest) ?? 0;
    const start = Math.min(Math.max(stated, least), most);
    const floor = mayIdle(owner) ? 0 : Math.min(least, most);
    capacity.set(keyOf(refOf(manifest)), { start, least: floor });
    return withoutReplicas(manifest);
  });
  return { manifests: shaped, capacity };
}

/** The replicas that an object states; undefined when it states none. */
export function replicasOf({ spec }: Manifest): number | undefined {
  const { replicas } = (spec ?? {}) as { readonly replicas?: unknown };
  return typeof replicas === 'number' ? replicas : undefined;
}

/** The manifest without `spec.replicas`. */
export function withoutReplicas(manifest: Manifest): Manifest {
  if (replicasOf(manifest) === undefined) return manifest;
  const { replicas: _, ...spec } = manifest.spec as Readonly<Record<string, unknown>>;
  return { ...manifest, spec };
}
