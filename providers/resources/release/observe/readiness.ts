/** Readiness: waits until what was applied in one cluster does its work, and says what does not. */
import type { ClusterClient, ObjectRef } from '../../../clusters/cluster';
import type { Capacity } from '../state/capacity';
import { isHolder, keyOf, objectText, stepOf } from '../state/identity';
import { goOn, type World } from './world';

const workloads = stepOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: '' });
const jobs = stepOf({ apiVersion: 'batch/v1', kind: 'Job', name: '' });
const others = stepOf({ apiVersion: 'example.com/v1', kind: 'Anything', name: '' });

/** Kinds whose readiness is in their status: workloads, jobs, definitions and custom resources. */
export function canBeUnready(ref: ObjectRef): boolean {
  const step = stepOf(ref);
  if (step === others) return true;
  return (isHolder(ref) && ref.kind !== 'Namespace') || step === workloads || step === jobs;
}

/** Undefined when all are ready, with the replicas that `capacity` wants by key; else the first reason. */
export async function waitFor(
  client: ClusterClient,
  refs: readonly ObjectRef[],
  deadlineSeconds: number,
  world: World,
  capacity: ReadonlyMap<string, Capacity> = new Map(),
): Promise<string | undefined> {
  if (refs.length === 0) return undefined;
  goOn(world.signal);
  world.onEvent?.({ cluster: client.name, phase: 'waiting' });
  const states = await client.waitReady(refs, {
    deadlineSeconds,
    leastReplicas: (ref) => capacity.get(keyOf(ref))?.least ?? 0,
    ...(world.signal === undefined ? {} : { signal: world.signal }),
    onChange: ({ ref, ready, reason }) => {
      if (!ready) world.onEvent?.({ cluster: client.name, phase: 'waiting', object: ref, reason });
    },
  });
  goOn(world.signal);
  const late = states.find(({ failed }) => failed) ?? states.find(({ ready }) => !ready);
  if (late === undefined) return undefined;
  const after = late.failed ? '' : ` after ${deadlineSeconds} s`;
  return `${objectText(late.ref)} is not ready${after}: ${late.reason}`;
}
