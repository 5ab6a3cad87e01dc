/** Rollout: changes the clusters in waves, then removes the release from dropped clusters once the new ones are ready. */
import type { DeliverySettings } from '../../../../constructs/delivery';
import type { Cluster, Fleet } from '../../../../constructs/model/fleet';
import { eachOf } from '../../../clusters/parallel';
import type { Finding } from '../observe/finding';
import type { Present, Seen } from '../observe/observe';
import { canBeUnready, waitFor } from '../observe/readiness';
import { failureOf, pauseFor, type World } from '../observe/world';
import type { ClusterPlan, ReleasePlan } from '../plan/plan';
import type { Desired } from '../state/desired';
import { refOf } from '../state/identity';
import type { Owner } from '../state/owner';
import type { Rollout } from '../state/props';
import { type Ensured, ensure, type Work } from './ensure';
import { remove } from './remove';
import { restore } from './restore';
import { type ClusterResult, isShort, type ReleaseOutcome } from './result';
import { wavesOf } from './waves';

/** Everything a rollout acts on. */
export interface Course {
  readonly desired: Desired;
  readonly plan: ReleasePlan;
  readonly seen: readonly Seen[];
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly fleet: Pick<Fleet, 'clusters'>;
  readonly rollout: Rollout;
  /** The engine that delivers; undefined: littoral itself. */
  readonly delivery?: DeliverySettings | undefined;
  /** Who holds the release after this. */
  readonly owner?: Owner | undefined;
  /** Clusters that are known to have had the release before. */
  readonly holders: ReadonlySet<string>;
}

/** Applies the plan as far as clusters allow. Failures of a cluster are part of the result and never reject. */
export async function rollOut(course: Course, world: World): Promise<ReleaseOutcome> {
  const { plan } = course;
  const results = new Map<string, ClusterResult>();
  for (const cluster of plan.clusters) {
    const result = untouched(cluster);
    if (result !== undefined) results.set(cluster.name, result);
  }
  const stopped = await waves(course, world, results);
  const leaving = plan.clusters.filter(({ step }) => step === 'remove');
  const reason = leaving.length === 0 ? undefined : await whyStay(course, world, results, stopped);
  const bySeen = new Map(course.seen.map((one) => [one.name, one]));
  await eachOf(leaving, course.rollout.parallelism, async (cluster) => {
    const here = bySeen.get(cluster.name);
    const present = here?.reachable ? here : undefined;
    results.set(cluster.name, await leave(cluster, present, course, world, reason));
  });
  const names = plan.clusters.map(({ name }) => name);
  return { release: plan.release, clusters: names.flatMap((name) => results.get(name) ?? []) };
}

/** Why nothing is removed: others are not ready to take over, or users are still sent here. */
async function whyStay(
  course: Course,
  world: World,
  results: ReadonlyMap<string, ClusterResult>,
  stopped: string | undefined,
): Promise<string | undefined> {
  const late = await mayNotLeave(course, world, results, stopped);
  if (late !== undefined) return late;
  const leaving = course.plan.clusters.filter(({ step }) => step === 'remove');
  return world.beforeRemoval?.(
    course.plan.release,
    leaving.map(({ name }) => name),
  );
}

/** The result of a cluster that the rollout does not change: unreachable, refused or evacuated. */
function untouched({ name, step, reason, holds, chosen }: ClusterPlan): ClusterResult | undefined {
  const why = reason === undefined ? {} : { reason };
  if (step === 'evacuate') return { name, ending: 'evacuated', ...why, objects: [] };
  if (step === 'leave') return { name, ending: 'left', ...why, objects: [] };
  if (step === 'retire') return { name, ending: 'retiring', objects: [] };
  if (step !== 'unreachable' && step !== 'refused') return undefined;
  if (!chosen && !holds) return undefined;
  return { name, ending: step, ...why, objects: [] };
}

/** Goes wave by wave; returns why it stopped, if it did. */
async function waves(
  course: Course,
  world: World,
  results: Map<string, ClusterResult>,
): Promise<string | undefined> {
  const { rollout } = course;
  const most = rollout.maxFailures ?? (rollout.waves.length > 0 ? 0 : Number.POSITIVE_INFINITY);
  const works = worksOf(course);
  const kept = works.filter(({ plan }) => plan.step === 'keep');
  for (const work of kept) results.set(work.plan.name, (await ensure(work, world)).result);
  const facts = new Map(course.fleet.clusters.map((one) => [one.name, one]));
  const groups = wavesOf(
    works
      .filter(({ plan }) => plan.step !== 'keep')
      .map((work) => waiting(work, facts.get(work.desired.name))),
    rollout.waves,
  );
  let failures = 0;
  for (const [index, group] of groups.entries()) {
    const ensured = await wave(group, most - failures, rollout, world);
    const soaked = index < groups.length - 1 ? await soak(group, ensured, rollout, world) : ensured;
    for (const { result } of soaked) results.set(result.name, result);
    failures += soaked.filter(({ result }) => isFailure(result)).length;
    if (failures <= most) continue;
    const why = failureText(soaked);
    if (rollout.waves.length > 0) await rollBack(group, soaked, why, world, results);
    for (const later of groups.slice(index + 1).flat()) {
      results.set(later.name, { name: later.name, ending: 'skipped', reason: why, objects: [] });
      world.onEvent?.({ cluster: later.name, phase: 'skipped', reason: why });
    }
    return why;
  }
  return undefined;
}

type Waiting = ReturnType<typeof waiting>;

function workByName(group: readonly Waiting[]): ReadonlyMap<string, Work> {
  return new Map(group.map(({ name, work }) => [name, work]));
}

function waiting(work: Work, cluster: Cluster | undefined) {
  const { name, requestsPerSecond } = work.desired;
  return { name, requestsPerSecond, facts: cluster ?? { name }, work };
}

function worksOf({ desired, plan, seen, findings, rollout, owner }: Course): readonly Work[] {
  const bySeen = new Map(seen.map((one) => [one.name, one]));
  const byPlan = new Map(plan.clusters.map((one) => [one.name, one]));
  const { release, namespace, decision } = desired;
  return desired.clusters.flatMap((cluster): readonly Work[] => {
    const here = bySeen.get(cluster.name);
    const its = byPlan.get(cluster.name);
    if (here === undefined || !here.reachable || its === undefined) return [];
    if (its.step === 'refused') return [];
    const found = findings.get(cluster.name) ?? [];
    const context = { release, namespace, decision, rollout, owner };
    return [{ ...context, desired: cluster, seen: here, plan: its, findings: found }];
  });
}

/** Clusters that are new may all come at once; of those that serve only a few may change at a time. */
async function wave(
  group: readonly Waiting[],
  most: number,
  rollout: Rollout,
  world: World,
): Promise<readonly Ensured[]> {
  const { parallelism, maxUnavailableClusters = parallelism } = rollout;
  let failures = 0;
  const go = async ({ work, name }: Waiting): Promise<Ensured> => {
    if (failures > most) {
      const reason = 'another cluster of its wave failed';
      const result = { name, ending: 'skipped' as const, reason, objects: [] };
      return { result, done: [], kept: work.seen };
    }
    const ensured = await ensure(work, world);
    if (isFailure(ensured.result)) failures += 1;
    return ensured;
  };
  const isNew = ({ work }: Waiting) => work.plan.step === 'add';
  const [added, changed] = await Promise.all([
    eachOf(group.filter(isNew), parallelism, go),
    eachOf(
      group.filter((one) => !isNew(one)),
      Math.min(parallelism, maxUnavailableClusters),
      go,
    ),
  ]);
  return [...added, ...changed];
}

/** After the pause everything must still be ready. */
async function soak(
  group: readonly Waiting[],
  ensured: readonly Ensured[],
  { soakSeconds, parallelism }: Rollout,
  world: World,
): Promise<readonly Ensured[]> {
  if (soakSeconds === 0) return ensured;
  await (world.pause ?? pauseFor)(soakSeconds, world.signal);
  const works = workByName(group);
  return eachOf(ensured, parallelism, async (one): Promise<Ensured> => {
    const work = works.get(one.result.name);
    if (work === undefined || one.result.ending !== 'ready') return one;
    const late = await lateReason(work, world);
    if (late === undefined) return one;
    const reason = `after ${soakSeconds} s: ${late}`;
    return { ...one, result: { ...one.result, ending: 'failed', reason } };
  });
}

/** A cluster that does not answer is no verdict on what was applied. */
function isFailure({ ending }: ClusterResult): boolean {
  return ending === 'failed' || ending === 'refused';
}

function failureText(ensured: readonly Ensured[]): string {
  const failed = ensured.filter(({ result }) => isFailure(result));
  return failed.map(({ result }) => `${result.name}: ${result.reason ?? 'failed'}`).join('; ');
}

async function rollBack(
  group: readonly Waiting[],
  ensured: readonly Ensured[],
  why: string,
  world: World,
  results: Map<string, ClusterResult>,
): Promise<void> {
  const touched = ensured.filter(({ done }) => done.length > 0);
  const works = workByName(group);
  await eachOf(touched, 16, async ({ result, done, kept }) => {
    const work = works.get(result.name);
    if (work === undefined || result.ending === 'unreachable') return;
    results.set(result.name, await restore(work, { done, kept }, why, world));
  });
}

/** Why nothing may be removed yet; undefined when it may. */
async function mayNotLeave(
  course: Course,
  world: World,
  results: ReadonlyMap<string, ClusterResult>,
  stopped: string | undefined,
): Promise<string | undefined> {
  if (stopped !== undefined) return `the rollout stopped: ${stopped}`;
  const { desired, plan, rollout } = course;
  const late = plan.clusters.filter(
    (cluster) => cluster.chosen && mustTakeOver(cluster, course, results.get(cluster.name)),
  );
  if (late.length > 0) {
    return `${late.map(({ name }) => name).join(', ')} ${late.length === 1 ? 'is' : 'are'} not ready to take over`;
  }
  const least = Math.min(rollout.minClusters, desired.clusters.length);
  const ready = await eachOf(worksOf(course), rollout.parallelism, (work) =>
    isReadyNow(work, world, results.get(work.plan.name)),
  );
  const count = ready.filter(Boolean).length;
  if (count >= least) return undefined;
  return `only ${count} of the other clusters ${count === 1 ? 'is' : 'are'} ready, and ${least} must be`;
}

/**
 * Whether a chosen cluster lacks the capacity that was decided for it: it is new there or has changed, and is not
 * ready. A cluster that had the release and is silent or unchanged says nothing about capacity that is to come.
 */
function mustTakeOver(
  { step, name }: ClusterPlan,
  { desired, holders }: Course,
  result: ClusterResult | undefined,
): boolean {
  const ending = result?.ending;
  if (step === 'add' || step === 'update') return ending !== 'ready' && ending !== 'unchanged';
  if (step !== 'unreachable' && step !== 'refused') return false;
  const isNew = desired.clusters.some((one) => one.name === name && one.added);
  return isNew && !holders.has(name);
}

async function isReadyNow(
  work: Work,
  world: World,
  result: ClusterResult | undefined,
): Promise<boolean> {
  if (result?.ending === 'ready') return true;
  if (result === undefined || result.ending !== 'unchanged') return false;
  return (await lateReason(work, world)) === undefined;
}

/** Why a cluster that was ready is not any more; undefined when it is. */
async function lateReason(work: Work, world: World): Promise<string | undefined> {
  const { desired, findings, seen, rollout } = work;
  const refs = findings.map(({ manifest }) => refOf(manifest)).filter(canBeUnready);
  const seconds = Math.min(rollout.deadlineSeconds, rollout.answerSeconds);
  try {
    return await waitFor(seen.client, refs, seconds, world, desired.capacity);
  } catch (thrown) {
    return failureOf(thrown).reason;
  }
}

async function leave(
  cluster: ClusterPlan,
  here: Present | undefined,
  { desired, rollout }: Course,
  world: World,
  reason: string | undefined,
): Promise<ClusterResult> {
  const { name } = cluster;
  const inventory = here?.inventory === undefined ? {} : { inventory: here.inventory };
  if (here === undefined || reason !== undefined) {
    world.onEvent?.({ cluster: name, phase: 'kept', reason: reason ?? '' });
    return { name, ending: 'kept', reason: reason ?? '', objects: [], ...inventory };
  }
  const { client } = here;
  const { release, namespace } = desired;
  const { deadlineSeconds } = rollout;
  const { signal, onEvent } = world;
  const { objects } = cluster;
  const context = { client, release, deadlineSeconds, signal, onEvent };
  return remove({ ...context, namespace, kept: here, objects });
}

/** True when something is left to do, or could not be done. */
export function fellShort({ clusters }: ReleaseOutcome): boolean {
  return clusters.some(isShort);
}
