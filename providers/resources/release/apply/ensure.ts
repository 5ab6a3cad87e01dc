/** Ensure: brings one chosen cluster to the desired state: announce, apply, wait, prune, record. A run may be interrupted after any step. */

import { hookOf } from '../../../../constructs/kubernetes/hooks';
import { EdgeError } from '../../../../constructs/parsing';
import type { ClusterClient, ObjectRef } from '../../../clusters/cluster';
import { eachOf } from '../../../clusters/parallel';
import type { Finding } from '../observe/finding';
import { ownWebhook } from '../observe/forecast';
import type { Present } from '../observe/observe';
import { canBeUnready, waitFor } from '../observe/readiness';
import { failureOf, goOn, type Phase, type World } from '../observe/world';
import type { ClusterPlan } from '../plan/plan';
import type { DesiredCluster } from '../state/desired';
import { keyOf, objectText, refOf } from '../state/identity';
import type { Inventory } from '../state/inventory';
import type { Owner } from '../state/owner';
import type { Rollout } from '../state/props';
import { hiding } from '../state/secrecy';
import { applyOne, handOver } from './apply-object';
import { type Kept, writeInventory } from './claim';
import { type DeleteContext, type Deleted, deleteObjects } from './delete';
import { disownObjects } from './disown';
import { inventoryAfter, inventoryBefore, planned } from './inventory-input';
import { isAdmission, isRefusal, ownRefusal, patiently } from './own-admission';
import type { ClusterResult, Done } from './result';
import { stagesOf } from './stages';

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
  const { plan, findings } = work;
  const { done } = trace;
  const changing = findings.filter((finding) => isChanging(plan, finding));
  const first = changing.filter(
    ({ manifest, live }) => manifest.kind === 'Namespace' && live === undefined,
  );
  say('applying');
  await applyAll(first, work, world, done, say);
  const mended = await announce(work, changing, world, trace, say);
  const later = changing.filter((one) => !first.includes(one) && !mended.includes(one));
  const stages = stagesOf(later);
  for (const { findings: group, waits } of stages.filter(({ last }) => !last)) {
    await applyAll(group, work, world, done, say);
    if (waits) await mustBeReady(group, work, world);
  }
  let failure = await waitUntilReady(work, world);
  for (const { findings: group } of failure === undefined
    ? stages.filter(({ last }) => last)
    : []) {
    await applyAll(group, work, world, done, say);
    failure ??= await readyOf(group, work, world);
    if (failure !== undefined) break;
  }
  const pruned = failure === undefined ? await prune(work, world) : undefined;
  const staying = pruned?.staying ?? [];
  const leaving = plan.objects
    .filter(({ change, disowned }) => change === 'deleted' || disowned === true)
    .map(({ ref }) => ref);
  const remaining = failure === undefined ? staying.map(({ ref }) => ref) : leaving;
  const reason = failure ?? staying[0]?.reason;
  const recorded = inventoryAfter(work, done, remaining, reason === undefined);
  const write = () => record(work, recorded, trace);
  const isMended = done.some(({ finding }) => isAdmission(finding.manifest));
  await (isMended ? patiently(write, world.signal) : write()).catch((thrown) => {
    throw ownRefusal(thrown, admissionOf(work));
  });
  const left = (pruned?.kept ?? []).map((one) => one.reason).join('; ');
  say(reason === undefined ? 'ready' : 'failed', reason ?? (left === '' ? undefined : left));
  const objects = [
    ...done.map(({ finding }) => changeOf(plan, finding)),
    ...(pruned?.gone ?? []).map((ref) => ({ ref, change: 'deleted' as const })),
  ];
  const ending = reason === undefined ? ('ready' as const) : ('failed' as const);
  const why = reason === undefined && left === '' ? {} : { reason: reason ?? left };
  return { name: plan.name, ending, ...why, objects, inventory: recorded };
}

/**
 * Lists in the inventory what is about to be made. Where the server refuses that, what the release has there to admit objects is
 * brought up to date first: it may be what refuses. Returns what was applied for it.
 */
async function announce(
  work: Work,
  changing: readonly Finding[],
  world: World,
  trace: Trace,
  say: Say,
): Promise<readonly Finding[]> {
  const { client } = work.seen;
  const write = () => record(work, inventoryBefore(work), trace);
  const refused = await write().then(
    () => undefined,
    (thrown: unknown) => thrown ?? 'refused',
  );
  const blocked = changing.find(({ unchecked }) => unchecked === ownWebhook);
  if (refused === undefined && blocked === undefined) return [];
  const mended = changing.filter(
    ({ manifest, entry, live }) =>
      entry !== undefined && live !== undefined && isAdmission(manifest),
  );
  const leaving = work.plan.objects.filter(
    ({ ref, change }) => change === 'deleted' && isAdmission(ref),
  );
  if (mended.length + leaving.length === 0 || (refused !== undefined && !isRefusal(refused))) {
    if (refused !== undefined) throw ownRefusal(refused, admissionOf(work));
    return [];
  }
  await applyAll(mended, work, world, trace.done, say);
  await deleteObjects(leaving, deletion(work, world));
  await patiently(write, world.signal);
  if (blocked !== undefined) {
    const tried = () => client.apply(blocked.manifest, { dryRun: true, force: true });
    await patiently(tried, world.signal);
  }
  return mended;
}

/** What the release has, or is to have, to admit objects. */
function admissionOf({ findings }: Work): readonly ObjectRef[] {
  return findings.map(({ manifest }) => refOf(manifest)).filter(isAdmission);
}

/** Everything but the hooks that come last. */
function waitUntilReady({ desired, findings, seen, rollout }: Work, world: World) {
  const refs = findings
    .filter(({ manifest }) => hookOf(manifest)?.moment !== 'after')
    .map(({ manifest }) => refOf(manifest))
    .filter(canBeUnready);
  return waitFor(seen.client, refs, rollout.deadlineSeconds, world, desired.capacity);
}

/** Takes away what is no longer wanted; gives up what stays. */
async function prune(work: Work, world: World): Promise<Deleted> {
  const { objects } = work.plan;
  const given = await disownObjects(objects, work.seen.client, world.signal);
  const keeping = objects.filter(({ change }) => change === 'kept').map(({ ref }) => ref);
  const leaving = objects.filter(({ change }) => change === 'deleted');
  const deleted = await deleteObjects(leaving, { ...deletion(work, world), keeping });
  return { ...deleted, kept: [...given, ...deleted.kept] };
}

function changeOf(plan: ClusterPlan, { manifest }: Finding) {
  const one = planned(plan, manifest);
  return { ref: refOf(manifest), change: one?.change ?? ('changed' as const) };
}

function isChanging(plan: ClusterPlan, { manifest }: Finding): boolean {
  const change = planned(plan, manifest)?.change;
  return change !== undefined && ['created', 'changed', 'replaced', 'adopted'].includes(change);
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
    const isReplaced = planned(work.plan, manifest)?.change === 'replaced';
    if (live !== undefined && (isReplaced || live.metadata.deletionTimestamp !== undefined)) {
      await takeAway(client, ref, live.metadata.uid, deadlineSeconds);
    }
    const asSeen = isReplaced ? withoutLive(finding) : finding;
    const object = await applyOne(client, asSeen, force || finding.takes === true);
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

function withoutLive({ live: _, handsOver: __, migrates: ___, ...finding }: Finding): Finding {
  return finding;
}

/** Deletes with everything that belongs to it, so that nothing old runs beside the new one. */
async function takeAway(
  client: ClusterClient,
  ref: ObjectRef,
  uid: string,
  deadlineSeconds: number,
): Promise<void> {
  const answer = await client.delete(ref, { uid, propagation: 'Foreground', deadlineSeconds });
  if (answer.gone) return;
  const held =
    answer.finalizers.length === 0 ? '' : `: it waits for ${answer.finalizers.join(', ')}`;
  throw new EdgeError({
    code: 'SourceFailed',
    path: '',
    summary: `${objectText(ref)} is not gone after ${deadlineSeconds} s${held}, so it cannot be made anew`,
    remedy: 'Remove what holds it, or allow more time.',
  });
}

function readyOf(group: readonly Finding[], work: Work, world: World) {
  const refs = group.map(({ manifest }) => refOf(manifest)).filter(canBeUnready);
  return waitFor(work.seen.client, refs, work.rollout.deadlineSeconds, world);
}

/** Waits until the server serves a kind, or a hook has done its work. */
async function mustBeReady(group: readonly Finding[], work: Work, world: World): Promise<void> {
  const failure = await readyOf(group, work, world);
  if (failure === undefined) return;
  const remedy = 'Nothing that comes after it was applied. Look at it, or allow more time.';
  throw new EdgeError({ code: 'SourceFailed', path: '', summary: failure, remedy });
}

function deletion(
  { seen, release, namespace, rollout }: Work,
  { signal, onEvent }: World,
): DeleteContext {
  const { deadlineSeconds } = rollout;
  return { client: seen.client, release, namespace, deadlineSeconds, signal, onEvent };
}
