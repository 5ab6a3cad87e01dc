/** Autoscalers: objects that own the replicas of another one: which one, and within which bounds. */
import type { Manifest } from '../model/app/workload';
import { valueAt } from './json-pointer';
import { groupOf } from './kinds';

/** What a kind of autoscaler calls its bounds, and what it takes an absent one for. */
export interface BoundsOfKind {
  readonly group: string;
  readonly least: string;
  readonly most: string;
  readonly defaultLeast: number;
  /** Undefined: a server refuses an object without it. */
  readonly defaultMost: number | undefined;
}

const boundsByKind: Readonly<Record<string, BoundsOfKind>> = {
  HorizontalPodAutoscaler: {
    group: 'autoscaling',
    least: 'minReplicas',
    most: 'maxReplicas',
    defaultLeast: 1,
    defaultMost: undefined,
  },
  ScaledObject: {
    group: 'keda.sh',
    least: 'minReplicaCount',
    most: 'maxReplicaCount',
    defaultLeast: 0,
    defaultMost: 100,
  },
};

/** How an autoscaler of this kind states its bounds; undefined for anything else. */
export function boundsOf({ kind, apiVersion }: Manifest): BoundsOfKind | undefined {
  const found = Object.hasOwn(boundsByKind, kind) ? boundsByKind[kind] : undefined;
  return found?.group === groupOf(apiVersion) ? found : undefined;
}

interface Reference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
}

/**
 * Whether `autoscaler` owns the replicas of `workload`. Objects that name no namespace are in `namespace`, as they
 * will be once they are complete.
 */
export function scales(autoscaler: Manifest, workload: Manifest, namespace: string): boolean {
  if (boundsOf(autoscaler) === undefined) return false;
  const reference = valueAt(autoscaler, ['spec', 'scaleTargetRef']) as Reference | undefined;
  // KEDA may leave out kind and apiVersion, and means a Deployment of apps.
  const { kind = 'Deployment', name, apiVersion } = reference ?? {};
  const home = ({ metadata }: Manifest) => metadata.namespace || namespace;
  return (
    kind === workload.kind &&
    name === workload.metadata.name &&
    (!apiVersion || groupOf(apiVersion) === groupOf(workload.apiVersion)) &&
    home(autoscaler) === home(workload)
  );
}

/** The bounds of an autoscaler in numbers, absent ones as its controller reads them. */
export function replicaBounds(autoscaler: Manifest): {
  readonly least: number;
  readonly most: number;
} {
  const kind = boundsOf(autoscaler);
  const number = (key: string | undefined, otherwise: number): number => {
    const written = key === undefined ? undefined : valueAt(autoscaler, ['spec', key]);
    return typeof written === 'number' ? written : otherwise;
  };
  return {
    least: number(kind?.least, kind?.defaultLeast ?? 1),
    most: number(kind?.most, kind?.defaultMost ?? Number.POSITIVE_INFINITY),
  };
}

/** Whether it may take its workload below its lower bound: KEDA does with idle replicas, and while it is paused. */
export function mayIdle(autoscaler: Manifest): boolean {
  const annotations = (autoscaler.metadata.annotations ?? {}) as Readonly<Record<string, unknown>>;
  const isPaused = Object.keys(annotations).some((key) =>
    key.startsWith('autoscaling.keda.sh/paused'),
  );
  return isPaused || valueAt(autoscaler, ['spec', 'idleReplicaCount']) !== undefined;
}
