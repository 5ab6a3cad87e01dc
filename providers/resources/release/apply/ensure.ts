/** Ensure: brings one chosen cluster to the desired state: announce, apply, wait, prune, record. A run may be interrupted after any step. */
import { EdgeError } from '../../../../constructs/parsing';
import type { ObjectRef } from '../../../clusters/cluster';
import { eachOf } from '../../../clusters/parallel';
import type { Finding } from '../observe/inspect';
import type { Present } from '../observe/observe';
import { canBeUnready, waitFor } from '../observe/readiness';
import { failureOf, goOn, type Phase, type World } from '../observe/world';
import type { ClusterPlan } from '../plan/plan';
import type { DesiredCluster } from '../state/desired';
import { keyOf, objectText, refOf, stepOf } from '../state/identity';
import type { Inventory } from '../state/inventory';
import type { Owner } from '../state/owner';
import type { Rollout } from '../state/props';
import { hiding } from '../state/secrecy';
import { applyOne, handOver } from './apply-object';
import { type Kept, writeInventory } from './claim';
import { type DeleteContext, deleteObjects } from './delete';
import { inventoryAfter, inventoryBefore, planned } from './inventory-input';
import type { ClusterResult, Done } from './result';

/** One chosen cluster, everything known about it, and what to do there. */
export interface Work {
  readonly release: string;
  readonly namespace: string;
  readonly decision: string;
  readonly owner?: Owner | undefined;
  readonly desired: DesiredCluster;
  readonly seen: Present;
  readonly plan: ClusterPlan;
  readonly findings: readonly Finding[];
  readonly rollout: Rollout;
}

/** What was done, and how it ended. */
export interface Ensured {
  readonly result: ClusterResult;
  /** In the order it was done. */
  readonly done: readonly Done[];
  /** What the inventory was when it was last written. */
  readonly kept: Kept;
}

/** What a run has done so far, whatever stops it. */
interface Trace {
  readonly done: Done[];
  kept: Kept;
}

/** Objects of one step that are applied at the same time. */
const abreast = 8;

/** Failures of a cluster are part of the result and never reject. A cluster that is as desired costs no request. */
export async function ensure(work: Work, world: World): Promise<Ensured> {
  const { plan, seen } = work;
  const trace: Trace = { done: [], kept: seen };
  const name = plan.name;
  const say = (phase: Phase, reason?: string, object?: ObjectRef) =>
    world.onEvent?.({
      cluster: name,
      phase,
      ...(reason === undefined ? {} : { reason }),
      ...(object === undefined ? {} : { object }),
    });
  const inventory = seen.inventory ? { inventory: seen.inventory } : {};
  const refused = plan.objects.filter(({ change }) => change === 'refused');
  const hide = hiding(work.desired.manifests);
  if (refused.length > 0) {
    const reason = hide(
      refused.map((one) => `${objectText(one.ref)}: ${one.reason ?? 'refused'}`).join('; '),
    );
    say('failed', reason);
    return { result: { name, ending: 'refused', reason, objects: [], ...inventory }, ...trace };
  }
  if (plan.step === 'keep') {
    say('ready');
    return { result: { name, ending: 'unchanged', objects: [], ...inventory }, ...trace };
  }
  try {
    return { result: await steps(work, world, trace, say), ...trace };
  } catch (thrown) {
    const { reason, dead } = failureOf(thrown);
    say(dead ? 'unreachable' : 'failed', hide(reason));
    const ending = dead ? 'unreachable' : 'failed';
    const objects = trace.done.map(({ finding }) => changeOf(plan, finding));
    return { result: { name, ending, reason: hide(reason), objects, ...inventory }, ...trace };
  }
}

type Say = (phase: Phase, reason?: string, object?: ObjectRef) => void;

async function steps(work: Work, world: World, trace: Trace, say: Say): Promise<ClusterResult> {
  const { plan, seen, findings } = work;
  const { done } = trace;
  const changing = findings.filter((finding) => isChanging(plan, finding));
  const first = changing.filter(
    ({ manifest, live }) => manifest.kind === 'Namespace' && live === undefined,
  );
  say('applying');
  await applyAll(first, work, world, done, say);
  await record(work, inventoryBefore(work), trace);
  const later = changing.filter((finding) => !first.includes(finding));
  for (const group of bySteps(later)) {
    await applyAll(group, work, world, done, say);
    if (stepOf(refOf(group[0]!.manifest)) === crdStep) await takenUp(group, work, world);
  }
  const failure = await waitFor(
    seen.client,
    work.desired.manifests.map(refOf).filter(canBeUnready),
    work.rollout.deadlineSeconds,
    world,
    work.desired.capacity,
  );
  const pruned =
    failure === undefined
      ? await deleteObjects(
          plan.objects.filter(({ change }) => change === 'deleted'),
          deletion(work, world),
        )
      : undefined;
  const staying = pruned?.staying ?? [];
  const leaving = plan.objects.filter(({ change }) => change === 'deleted').map(({ ref }) => ref);
  const remaining = failure === undefined ? staying.map(({ ref }) => ref) : leaving;
  const reason = failure ?? staying[0]?.reason;
  const recorded = inventoryAfter(work, done, remaining, reason === undefined);
  await record(work, recorded, trace);
  say(reason === undefined ? 'ready' : 'failed', reason);
  const objects = [
    ...done.map(({ finding }) => changeOf(plan, finding)),
    ...(pruned?.gone ?? []).map((ref) => ({ ref, change: 'deleted' as const })),
  ];
  const ending = reason === undefined ? ('ready' as const) : ('failed' as const);
  const why = reason === undefined ? {} : { reason };
  return { name: plan.name, ending, ...why, objects, inventory: recorded };
}

const crdStep = stepOf({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  name: '',
});

function changeOf(plan: ClusterPlan, { manifest }: Finding) {
  const one = planned(plan, manifest);
  return { ref: refOf(manifest), change: one?.change ?? ('changed' as const) };
}

function isChanging(plan: ClusterPlan, { manifest }: Finding): boolean {
  const change = planned(plan, manifest)?.change;
  return change === 'created' || change === 'changed' || change === 'adopted';
}

function bySteps(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  const groups = new Map<number, Finding[]>();
  for (const finding of findings) {
    const step = stepOf(refOf(finding.manifest));
    groups.set(step, [...(groups.get(step) ?? []), finding]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

async function applyAll(
  group: readonly Finding[],
  work: Work,
  world: World,
  done: Done[],
  say: Say,
): Promise<void> {
  const { client } = work.seen;
  const { force, deadlineSeconds } = work.rollout;
  await eachOf(group, abreast, async (finding) => {
    goOn(world.signal);
    const { manifest, live } = finding;
    const ref = refOf(manifest);
    say('applying', undefined, ref);
    if (live?.metadata.deletionTimestamp !== undefined) {
      await client.delete(ref, { uid: live.metadata.uid, deadlineSeconds });
    }
    const object = await applyOne(client, finding, force || finding.takes === true);
    const start = work.desired.capacity.get(keyOf(ref))?.start ?? 0;
    const isMade = live === undefined || live.metadata.uid !== object.metadata.uid;
    if (isMade && start > 1) await handOver(client, manifest, start, false);
    done.push({ finding, object });
  });
}

async function record({ seen, namespace }: Work, next: Inventory, trace: Trace): Promise<void> {
  const version = await writeInventory(seen.client, next, namespace, trace.kept);
  trace.kept = { inventory: next, version };
}

/** Waits until the server serves the kind. */
async function takenUp(group: readonly Finding[], work: Work, world: World): Promise<void> {
  const refs = group.map(({ manifest }) => refOf(manifest));
  const failure = await waitFor(work.seen.client, refs, work.rollout.deadlineSeconds, world);
  if (failure === undefined) return;
  const remedy = 'Look at the definition, or allow more time.';
  throw new EdgeError({ code: 'SourceFailed', path: '', summary: failure, remedy });
}

function deletion({ seen, release, rollout }: Work, { signal, onEvent }: World): DeleteContext {
  const { deadlineSeconds } = rollout;
  return { client: seen.client, release, deadlineSeconds, signal, onEvent };
}
